"""Alerts in the reader's words. Every room that raises some has its kinds here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from regulars.alerts.contracts import AlertRow, CheckRow, Kind
from regulars.alerts.machinery import KINDS as MACHINERY
from regulars.alerts.machinery import ONE_ROLE
from regulars.alerts.queries import check
from regulars.campaigns.contracts import KINDS as RULES
from regulars.console import formats
from regulars.insight.watching import USED_UP
from regulars.kit import clock
from regulars.kit.problems import speak
from regulars.language.text import say
from regulars.ledger.proof.words import ALERTS as CHAIN
from regulars.ledger.reconcile_words import KINDS as BOOKS
from regulars.ledger.tasks import CHECK as BOOKS_CHECK
from regulars.programme.contracts import Programme
from regulars.programme.publishing import FAILED
from regulars.warehouse.trouble import DIFFERS, REBUILDING

BOOK_KINDS = frozenset(kind.code for kind in (*BOOKS.values(), *CHAIN.values()))
"""What says that the books are not as they should be."""

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (*BOOKS.values(), *CHAIN.values(), *MACHINERY, USED_UP, FAILED, *RULES, REBUILDING, DIFFERS)
}

STALE = timedelta(hours=36)
"""A nightly check that has not run for so long was missed."""


@dataclass(frozen=True, slots=True)
class Notice:
    """An alert as a page shows it. `of_books`: it has what was `expected` and what was `found`; others have a `detail`
    in words. `event_id`: the event that it is about; `place`: the lot or draw otherwise; `budget`: it is about one."""

    row: AlertRow
    title: str
    advice: str
    asset: str
    expected: str
    found: str
    place: str
    event_id: UUID | None
    of_books: bool
    budget: bool
    detail: str


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
        row.code in BOOK_KINDS,
        row.code == USED_UP.code,
        _detail(row, programme),
    )


def _detail(row: AlertRow, programme: Programme | None) -> str:
    """Which one of its kind it is, and since when or how often."""
    if row.code == USED_UP.code and programme:
        return _budget(row.params, programme)
    if row.code == ONE_ROLE.code:
        return ""
    name, failures = row.params.get("name") or row.subject, row.params.get("failures")
    if not isinstance(failures, int):
        return str(name)
    said = ngettext(
        "%(name)s: failed %(shown)s time in a row", "%(name)s: failed %(shown)s times in a row", failures
    )
    error = row.params.get("error")
    return said % {"name": name, "shown": formats.number(failures)} + (f" ({error})" if error else "")


def _budget(params: Mapping[str, Any], programme: Programme) -> str:
    most, asset = int(params.get("most", 0)), programme.assets.get(str(params.get("asset")))
    amount = formats.money(most, programme) if params.get("money") else formats.units(most, asset)
    name = say(params["name"], get_language() or "en") if params.get("name") else ""
    return _("%(name)s, %(amount)s: used up on %(moment)s") % {
        "name": name,
        "amount": f"{amount} {say(asset.name, get_language() or 'en')}"
        if asset and not params.get("money")
        else amount,
        "moment": formats.moment(datetime.fromisoformat(params["at"]))
        if params.get("at")
        else formats.NOTHING,
    }


def books_check() -> BooksCheck | None:
    """The latest look at the books; None: there was none yet."""
    row = check(BOOKS_CHECK)
    if row is None:
        return None
    entries = int(row.figures.get("checked", {}).get("entries", 0))
    return BooksCheck(row, entries, int(row.figures.get("differences", 0)), clock.now() - row.at > STALE)
