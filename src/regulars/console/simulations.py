"""How a simulation stands, for pages; and which programme somebody asks about."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from regulars.console import formats
from regulars.console.asked import person
from regulars.insight.simulating.contracts import CANCELLED, DONE, FAILED, RUNNING, WAITING, Asked
from regulars.kit import clock
from regulars.kit.problems import Problem
from regulars.language.text import say
from regulars.programme import drafts, gallery
from regulars.programme.loader import Fault
from regulars.programme.queries import version_source

FILE_MOST = 400_000

STATES = {
    WAITING: gettext_lazy("waiting for the worker"),
    RUNNING: gettext_lazy("running"),
    DONE: gettext_lazy("done"),
    FAILED: gettext_lazy("did not finish"),
    CANCELLED: gettext_lazy("called off"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A simulation and, while it runs, how far it is; `error`: why it did not finish."""

    asked: Asked
    state: str
    by: str
    percent: int
    rate: int
    left: str
    error: str


def shown(asked: Asked) -> Shown:
    now = clock.now()
    seconds = asked.seconds_left(now)
    left = "" if seconds is None else formats.duration(seconds)
    return Shown(
        asked,
        str(STATES[asked.state]),
        person(asked.asked_by),
        asked.percent(),
        round(asked.rate(now)),
        left,
        say(asked.error, get_language() or "en"),
    )


class NoChoice(Problem):
    """Nothing was chosen, or it is gone."""

    status = 422
    code = "no_programme"

    def __init__(self) -> None:
        super().__init__(
            {
                "zh-hans": "请选择一份草稿、版本或模板，或上传一个 YAML 文件。",
                "zh-hant": "請選擇一份草稿、版本或範本，或上傳一個 YAML 檔案。",
                "en": "Choose a draft, a version or a template, or upload a YAML file.",
            }
        )


class Unsound(Problem):
    """The text is no sound programme."""

    status = 422
    code = "unsound_programme"

    def __init__(self, title: str, faults: Sequence[Fault]) -> None:
        first = {language: faults[0].say(language) for language in ("zh-hans", "zh-hant", "en")}
        super().__init__(
            {
                "zh-hans": f"“{title}”还不能推演，请先修正：{first['zh-hans']}",
                "zh-hant": f"「{title}」還不能推演，請先修正：{first['zh-hant']}",
                "en": f"“{title}” is no sound programme yet: {first['en']}",
            }
        )


def chosen(request: HttpRequest) -> tuple[str, str]:
    """The name and the text of the programme that the form names. Raises NoChoice."""
    sent = request.FILES.get("file")
    if sent is not None:
        try:
            return str(sent.name or "")[:100], sent.read(FILE_MOST).decode("utf-8")
        except UnicodeDecodeError:
            raise NoChoice from None
    kind, _colon, name = request.POST.get("programme", "").partition(":")
    if kind == "draft":
        try:
            row = drafts.get(UUID(name))
        except ValueError:
            raise NoChoice from None
        return row.name, row.source
    if kind == "version" and name.isdecimal():
        text = version_source(int(name))
        if text is not None:
            return _("Version %(number)s") % {"number": name}, text
    if kind == "template":
        for card in gallery.cards():
            if card.id == name:
                return say(card.programme.name, get_language() or "en"), gallery.template(name)
    raise NoChoice
