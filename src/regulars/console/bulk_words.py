"""What the console says of a change to many members: what it does, how it stands, what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from regulars.audiences import queries as audiences
from regulars.console import formats
from regulars.console.asked import person
from regulars.insight.bulk.contracts import CANCELLED, DONE, RUNNING, Deed, Job
from regulars.kit import clock
from regulars.language.text import say

TAG, UNTAG, LIST, UNLIST = "tag", "untag", "list", "unlist"
LISTS = (LIST, UNLIST)
DEEDS = {
    TAG: gettext_lazy("Put a tag on"),
    UNTAG: gettext_lazy("Take a tag off"),
    LIST: gettext_lazy("Put on a list"),
    UNLIST: gettext_lazy("Take off a list"),
}
STATES = {
    RUNNING: gettext_lazy("under way"),
    DONE: gettext_lazy("done"),
    CANCELLED: gettext_lazy("stopped"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A change in words; while it is under way also how far it is."""

    job: Job
    title: str
    by: str
    state: str
    percent: int
    rate: int
    left: str


def shown(job: Job) -> Shown:
    now = clock.now()
    seconds = job.seconds_left(now) if job.open else None
    said = said_of(job.deed)
    return Shown(
        job,
        _("Undo: %(deed)s") % {"deed": said} if job.undoes else said,
        person(job.asked_by),
        str(STATES[job.state]),
        job.percent(),
        round(job.rate(now)),
        "" if seconds is None else formats.duration(seconds),
    )


def said_of(deed: Deed) -> str:
    """What is done to each member."""
    if deed.audience:
        name = {"name": list_name(deed.audience)}
        return _("put on the list “%(name)s”") % name if deed.on else _("take off the list “%(name)s”") % name
    values = {"add": _tags(deed.add), "remove": _tags(deed.remove)}
    if deed.add and deed.remove:
        return _("tag “%(remove)s” becomes “%(add)s”") % values
    return _("put on the tag “%(add)s”") % values if deed.add else _("take off the tag “%(remove)s”") % values


def deed_of(kind: str, value: str) -> Deed:
    """The deed that a form asks for."""
    if kind in LISTS:
        return Deed(audience=value, on=kind == LIST)
    return Deed(add=(value,)) if kind == TAG else Deed(remove=(value,))


def list_name(audience: str) -> str:
    """What people call a list; its id where it is gone."""
    return say(audiences.names().get(audience, {}), get_language() or "en") or audience


def _tags(tags: Sequence[str]) -> str:
    return _(", ").join(tags)
