"""How an import stands, for its pages: the columns and what they may say, what was found, what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from regulars.console import formats
from regulars.console.asked import person
from regulars.imports import encodings, mapping
from regulars.imports.contracts import (
    AGAIN,
    CANCELLED,
    CHECKED,
    CHECKING,
    CHOOSING,
    DONE,
    DOUBTFUL,
    FAILED,
    FAULTY,
    IMPORTING,
    JOINED,
    KNOWN,
    LISTED,
    NEW,
    REFUSED,
    REPEATED,
    SAME,
    STRANGER,
    TAGGED,
    UPDATED,
    Asked,
    Rejected,
    Target,
)
from regulars.kit import clock, sheets
from regulars.language.text import say
from regulars.programme.contracts import Programme

STATES: Mapping[str, Promise] = {
    CHOOSING: gettext_lazy("columns to be chosen"),
    CHECKING: gettext_lazy("being checked"),
    CHECKED: gettext_lazy("checked, not imported yet"),
    IMPORTING: gettext_lazy("being imported"),
    DONE: gettext_lazy("imported"),
    FAILED: gettext_lazy("did not finish"),
    CANCELLED: gettext_lazy("called off"),
}
FOUND: Mapping[str, Promise] = {
    NEW: gettext_lazy("New members"),
    KNOWN: gettext_lazy("Members already"),
    AGAIN: gettext_lazy("Imported before from this file"),
    REPEATED: gettext_lazy("Repeated in the file"),
    STRANGER: gettext_lazy("Not members"),
    DOUBTFUL: gettext_lazy("Of two members"),
    FAULTY: gettext_lazy("Faulty rows"),
}
WROTE: Mapping[str, Promise] = {
    JOINED: gettext_lazy("New members joined"),
    UPDATED: gettext_lazy("Members updated"),
    SAME: gettext_lazy("Known like this already"),
    AGAIN: gettext_lazy("Imported before from this file"),
    TAGGED: gettext_lazy("Members tagged"),
    LISTED: gettext_lazy("Put on the list"),
    REFUSED: gettext_lazy("Refused after all"),
}
SEPARATORS = (
    (",", gettext_lazy("Comma")),
    ("\t", gettext_lazy("Tab")),
    (";", gettext_lazy("Semicolon")),
    ("|", "|"),
)


PROFILE = (
    mapping.NAME, mapping.GENDER, mapping.BIRTHDAY, mapping.LANGUAGE, mapping.TAGS, mapping.CONSENT,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """An import and, while somebody is at it, how far it is."""

    asked: Asked
    state: str
    by: str
    error: str
    percent: int
    rate: int
    left: str
    found: list[tuple[str, int]]
    wrote: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column of the file: its heading, the first values below it, and what it says."""

    name: str
    heading: str
    samples: tuple[str, ...]
    target: str


def shown(asked: Asked) -> Shown:
    """As its page shows it."""
    now = clock.now()
    seconds = asked.seconds_left(now)
    return Shown(
        asked,
        str(STATES[asked.state]),
        person(asked.by),
        say(asked.error, get_language() or "en"),
        asked.percent(),
        round(asked.rate(now)),
        "" if seconds is None else formats.duration(seconds),
        [(str(label), asked.checked[what]) for what, label in FOUND.items() if asked.checked.get(what)],
        [(str(label), asked.counts[what]) for what, label in WROTE.items() if asked.counts.get(what)],
    )


def columns(asked: Asked) -> list[ColumnChoice]:
    """The columns, in the file's order."""
    samples = asked.samples or ((),) * len(asked.headings)
    return [
        ColumnChoice(f"c{place}", heading, some, target)
        for place, (heading, some, target) in enumerate(
            zip(asked.headings, samples, asked.mapping, strict=True)
        )
    ]


def choices(programme: Programme) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a column may say, in groups."""
    language = get_language() or "en"
    named = [(target, say(dict(text), language)) for target, text in mapping.targets(programme).items()]
    groups = (
        (_("How they are known"), (mapping.IDENTITY, mapping.ID)),
        (_("Profile"), PROFILE),
        (_("Joining"), (mapping.JOINED, mapping.STORE, mapping.CHANNEL)),
        (_("Fields of your own"), (mapping.ATTRIBUTE,)),
    )  # fmt: skip
    found = [
        (title, [(target, text) for target, text in named if _is_of(target, kinds)])
        for title, kinds in groups
    ]
    return [(title, some) for title, some in found if some]


def chosen(request: HttpRequest, asked: Asked) -> tuple[list[str], Target]:
    """What the form says of the columns, and of what is to be done."""
    targets = [request.POST.get(f"c{place}", "") for place in range(len(asked.headings))]
    audience, tag = (request.POST.get(name, "").replace("\0", "").strip() for name in ("audience", "tag"))
    return targets, Target(audience, tag, "only_known" in request.POST)


def encoding_choices(asked: Asked) -> list[tuple[str, str]]:
    """Encodings to choose from; the one that the file was read in is among them."""
    known = dict(encodings.ENCODINGS)
    known.setdefault(asked.form.encoding, encodings.name_of(asked.form.encoding))
    if asked.form.encoding not in encodings.ENCODINGS:
        known.pop(encodings.UTF_16, None)
    return list(known.items())


def left_out_columns(asked: Asked) -> list[sheets.Column[Rejected]]:
    """The file's own columns, then the row and, last, the reason: mended, the file can be imported as it is."""
    language = get_language() or "en"
    own = [_own(heading, place) for place, heading in enumerate(asked.headings)]
    row: sheets.Column[Rejected] = sheets.Column(_("Row in the file"), lambda one: one.number)
    return [*own, row, sheets.Column(_("Reason"), lambda one: reason(one, language), 60)]


def _own(heading: str, place: int) -> sheets.Column[Rejected]:
    return sheets.Column(heading, lambda one: _cell(one.cells, place))


def reason(one: Rejected, language: str) -> str:
    """Why a row was left out, in one line."""
    said = [
        (f"{fault.field}：" if language.startswith("zh") else f"{fault.field}: ") * bool(fault.field)
        + say(fault.text, language)
        for fault in one.faults
    ]
    return ("；" if language.startswith("zh") else "; ").join(said)


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _is_of(target: str, kinds: Sequence[str]) -> bool:
    return any(target.startswith(kind) if kind.endswith(".") else target == kind for kind in kinds)
