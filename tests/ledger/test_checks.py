"""A batch that does not add up is not written."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from regulars.kit.ids import bucket_of, child_id
from regulars.language.effects import EXPIRE, HOLD, REVERSE, SPEND, Credit, Give, Take
from regulars.ledger.checks import Unbalanced, check
from regulars.ledger.page import Page

ANN = UUID("019b8be1-f500-7d2b-98af-98a36c09b000")
BO = UUID("019b8be1-f500-7d2b-98af-98a36c0ff001")
EVENT = UUID("019b8be2-0000-7d2b-98af-98a36c09b000")
OLD = UUID("019b8be0-0000-7d2b-98af-98a36c09b001")
BOS = UUID("019b8be0-0000-7d2b-98af-98a36c09c001")
AT = datetime(2026, 11, 20, tzinfo=UTC)


def lived() -> Page:
    """A credit that pays a debt, a pending one, a hold partly captured, an expiry, a refund that ends in debt."""
    page = Page()
    new, late = child_id(EVENT, 1), child_id(EVENT, 2)
    page.enter(ANN, Credit("points", 50, "base", AT, date(2026, 11, 20), None, new, [(OLD, 20)]))
    page.enter(ANN, Credit("points", 9, "base", AT, date(2026, 11, 20), None, late, pending=True))
    page.enter(ANN, Take(HOLD, "points", 12, "", AT, [(new, 12)], entry_id=child_id(EVENT, 4)))
    page.enter(ANN, Give(HOLD, "points", 5, "", AT, [(new, 5)], entry_id=child_id(EVENT, 5)))
    page.enter(ANN, Take(SPEND, "points", 5, "", AT, [(new, 5)], entry_id=child_id(EVENT, 6)))
    page.enter(ANN, Take(EXPIRE, "growth", 3, "", AT, [(OLD, 3)], entry_id=child_id(EVENT, 7)))
    back = Take(REVERSE, "points", 8, "", AT, [(BOS, 5)], 3, child_id(EVENT, 20), source_lot=BOS)
    back.entry_id = child_id(EVENT, 9)
    page.enter(BO, back)
    return page


def rows(page: Page) -> list[tuple[Any, ...]]:
    """The balances as they are written."""
    return [
        (member_id, asset, bucket_of(member_id), *cells, None, None)
        for (member_id, asset), cells in page.balances.items()
    ]


def test_whatever_happens_adds_up() -> None:
    page = lived()
    check(page, rows(page))
    check(Page(), [])


def _balance(page: Page) -> None:
    page.balances[ANN, "points"][0] += 1


def _column(page: Page) -> None:
    page.balances[ANN, "points"][1] += 1


def _entry_lost(page: Page) -> None:
    page.entries.pop()


def _entry_of_a_stranger(page: Page) -> None:
    page.entries.append((UUID(int=1), *page.entries[0][1:]))


def _lot(page: Page) -> None:
    page.lots[child_id(EVENT, 1)][5] -= 1


def _lot_lost(page: Page) -> None:
    del page.lots[child_id(EVENT, 2)]


def _move(page: Page) -> None:
    page.moves[OLD].remaining += 1


def _held(page: Page) -> None:
    page.lots[child_id(EVENT, 1)][10] += 1


def _pending(page: Page) -> None:
    page.lots[child_id(EVENT, 2)][11] -= 1


@pytest.mark.parametrize(
    "breaks",
    [_balance, _column, _entry_lost, _entry_of_a_stranger, _lot, _lot_lost, _move, _held, _pending],
)
def test_what_does_not_add_up_is_refused(breaks: Callable[[Page], None]) -> None:
    page = lived()
    breaks(page)
    with pytest.raises(Unbalanced):
        check(page, rows(page))


def test_a_balance_that_moves_is_written() -> None:
    page = lived()
    with pytest.raises(Unbalanced, match=f"member {ANN}, growth: entries and balance differ by -3"):
        check(page, [row for row in rows(page) if row[1] != "growth"])


def test_too_much_for_one_and_too_little_for_another_is_seen() -> None:
    page = lived()
    page.lots[child_id(EVENT, 1)][5] += 4
    page.moves[BOS].remaining -= 4
    with pytest.raises(Unbalanced, match=f"member {ANN}: lots.*member {BO}: lots"):
        check(page, rows(page))
