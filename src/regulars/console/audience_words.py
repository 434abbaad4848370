"""What the console says of audiences: kinds, how far a definition has come, what asks for them, their charts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from regulars.audiences import queries
from regulars.audiences.contracts import (
    Audience,
    BadAudience,
    Day,
    Kind,
    Overlap,
    Phase,
    RevisionRow,
    Stay,
    Use,
)
from regulars.console import formats
from regulars.console.asked import person
from regulars.console.charts import Axis, Chart, Series
from regulars.engine import audiences as work
from regulars.language.text import Text, say

KINDS = {Kind.RULE: gettext_lazy("by condition"), Kind.LIST: gettext_lazy("list")}
PHASES = {
    Phase.WAITING: gettext_lazy("waits to be filled"),
    Phase.FILLING: gettext_lazy("is being filled"),
    Phase.CHECKING: gettext_lazy("is being checked"),
    Phase.BROKEN: gettext_lazy("stands still"),
}
USES = {
    "rule": gettext_lazy("rule"),
    "level": gettext_lazy("level"),
    "benefit": gettext_lazy("benefit"),
    "plan": gettext_lazy("paid plan"),
    "draft": gettext_lazy("draft of the programme"),
    "audience": gettext_lazy("audience"),
    "tag_group": gettext_lazy("tag group"),
}
CHANNELS = {"inbox": gettext_lazy("Inbox"), "email": gettext_lazy("E-mail")}
CATEGORIES = {"marketing": gettext_lazy("Marketing"), "service": gettext_lazy("Service")}


@dataclass(frozen=True, slots=True)
class Shown:
    """An audience in words. `members` None: not counted yet; `net`: entered less left in the last seven days."""

    audience: Audience
    name: str
    kind: str
    state: str
    sentence: str
    members: int | None
    net: int
    uses: int


@dataclass(frozen=True, slots=True)
class UseLine:
    """Something that asks for an audience, and where it can be looked at; empty: it has no page of its own."""

    kind: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Another audience, and how it meets the one shown. `share`: of the one shown, the part that is in the other."""

    name: str
    url: str
    both: int
    share: float


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change of an audience in words."""

    at: datetime
    by: str
    said: str
    sentence: str


def name_of(names: Text, ident: str) -> str:
    """What people call an audience."""
    return say(names, get_language() or "en") or ident


def sentence_of(condition: object) -> str:
    """A condition in words; empty where there is none, or the programme in force can't answer it."""
    if condition is None:
        return ""
    try:
        return work.said(condition, get_language() or "en")
    except BadAudience:
        return ""


def shown(found: Audience, moved: tuple[int, int] = (0, 0), uses: Sequence[Use] = ()) -> Shown:
    """An audience as lists and pages show it."""
    return Shown(
        found,
        name_of(found.names, found.id),
        str(KINDS[found.kind]),
        "" if found.archived else str(PHASES.get(found.phase, "")),
        sentence_of(found.condition),
        found.members,
        moved[0] - moved[1],
        len(uses),
    )


def use_lines(uses: Iterable[Use]) -> list[UseLine]:
    """All that asks for an audience."""
    return [UseLine(str(USES.get(use.kind, use.kind)), _use_name(use), _use_url(use)) for use in uses]


def _use_name(use: Use) -> str:
    return say(use.name, get_language() or "en") or use.id


def _use_url(use: Use) -> str:
    match use.kind:
        case "rule":
            return reverse("console:rules")
        case "draft":
            return reverse("console:drafts")
        case "audience":
            return reverse("console:audience", args=[use.id])
        case "benefit":
            return reverse("console:benefit", args=[use.id])
        case "plan":
            return reverse("console:plans")
    return reverse("console:programme")


def bars(audience: str, meets: Iterable[Overlap], others: dict[str, Text]) -> list[Bar]:
    """How an audience meets others, those it shares the most members with first; none where it has no members."""
    found = []
    for one in meets:
        if audience not in (one.one, one.other):
            continue
        first = one.one == audience
        other, members = (one.other, one.members_one) if first else (one.one, one.members_other)
        if members:
            name = name_of(others.get(other, {}), other)
            found.append(Bar(name, reverse("console:audience", args=[other]), one.both, one.both / members))
    return sorted(found, key=lambda bar: (-bar.both, bar.name))


def changes(found: Sequence[RevisionRow]) -> list[ChangeLine]:
    """How an audience came to be what it is, the latest change first."""
    lines = []
    for at, one in enumerate(found):
        before = found[at + 1] if at + 1 < len(found) else None
        asked = before is None or before.condition != one.condition
        lines.append(
            ChangeLine(
                one.at, person(one.by), _changed(before, one), sentence_of(one.condition) if asked else ""
            )
        )
    return lines


def _changed(before: RevisionRow | None, one: RevisionRow) -> str:
    if before is None:
        return _("Created")
    if before.live != one.live:
        return _("Restored") if one.live else _("Archived")
    if before.condition != one.condition:
        return _("Asks something else")
    return _("Renamed") if before.names != one.names else _("Another note")


def member_audiences(member_id: UUID) -> list[tuple[str, str, Stay]]:
    """(id, name, stay) of each audience that a member is in, the latest entered first."""
    stays = queries.of_member(member_id)
    names = queries.names() if stays else {}
    return [(each.audience, name_of(names.get(each.audience, {}), each.audience), each) for each in stays]


def growth(days: Sequence[Day]) -> Chart:
    """How many were in at the end of each day; beside it in the table who entered and left."""
    first, last = days[0].members, days[-1].members
    return Chart(
        id="chart-growth",
        title=_("Size over time"),
        answer=_("From %(first)s to %(last)s members in %(days)s days.")
        % {"first": formats.number(first), "last": formats.number(last), "days": len(days)},
        kind="time",
        labels=[formats.short_day(each.day) for each in days],
        titles=[formats.day(each.day) for each in days],
        series=[Series(_("Members"), [each.members for each in days], type="line")],
        axes=[Axis("")],
        nothing=_("Nobody was in it on these days."),
        head=[_("Day"), _("Came in"), _("Went out"), _("Members")],
        rows=[
            [formats.day(each.day), *(formats.number(one) for one in (each.entered, each.left, each.members))]
            for each in reversed(days)
        ],
    )
