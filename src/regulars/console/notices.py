"""Alerts in the reader's words. Every room that raises some has its kinds here."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils.translation import get_language

from regulars.alerts.contracts import AlertRow, CheckRow, Kind
from regulars.alerts.queries import check
from regulars.console import formats
from regulars.kit import clock
from regulars.kit.problems import speak
from regulars.language.text import say
from regulars.ledger.proof.words import ALERTS as CHAIN
from regulars.ledger.reconcile_words import KINDS as BOOKS
from regulars.ledger.tasks import CHECK as BOOKS_CHECK
from regulars.programme.contracts import Programme

KINDS: dict[str, Kind] = {kind.code: kind for kind in (*BOOKS.values(), *CHAIN.values())}

STALE = timedelta(hours=36)
"""A nightly check that has not run for so long was missed."""


@dataclass(frozen=True, slots=True)
class Notice:
    """An alert as a page shows it. `event_id`: the event that it is about; `place`: the lot or draw otherwise."""

    row: AlertRow
    title: str
    advice: str
    asset: str
    expected: str
    found: str
    place: str
    event_id: UUID | None


@dataclass(frozen=True, slots=True)
class BooksCheck:
    """The latest look at the books. `stale`: too long ago."""

    row: CheckRow
    entries: int
    differences: int
    stale: bool


def notice(row: AlertRow, programme: Programme | None) -> Notice:
    """`row` in words; one of a kind that nobody declares any more by its code."""
    language = get_language() or "en"
    kind = KINDS.get(row.code)
    params = row.params
    asset = programme.assets.get(str(params.get("asset") or "")) if programme else None
    where, _, name = str(params.get("where") or "").partition(" ")
    event = name.partition(" ")[0] if where == "event" else ""

    def shown(value: object) -> str:
        if isinstance(value, int):
            return formats.units(value, asset)
        return str(value) if value not in (None, "") else formats.NOTHING

    return Notice(
        row,
        speak(kind.title, language) if kind else row.code,
        speak(kind.advice, language) if kind else "",
        say(asset.name, language) if asset else str(params.get("asset") or ""),
        shown(params.get("expected")),
        shown(params.get("found")),
        "" if event else name,
        UUID(event) if event else None,
    )


def books_check() -> BooksCheck | None:
    """The latest look at the books; None: there was none yet."""
    row = check(BOOKS_CHECK)
    if row is None:
        return None
    entries = int(row.figures.get("checked", {}).get("entries", 0))
    return BooksCheck(row, entries, int(row.figures.get("differences", 0)), clock.now() - row.at > STALE)
