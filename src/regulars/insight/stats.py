"""The installation in figures, added up from the books: what `regulars stats` prints."""

from typing import Any

from regulars.events.queries import count as count_events
from regulars.insight.reports import level_shares
from regulars.ledger.contracts import Position
from regulars.ledger.queries import positions_from_entries
from regulars.members.queries import count as count_members
from regulars.messaging.queries import count as count_messages
from regulars.messaging.queries import counts as count_deliveries
from regulars.orders.queries import sales_in_all
from regulars.programme.contracts import Programme
from regulars.programme.service import current_number, version
from regulars.tiers.queries import distribution

STANDARD_ASSETS = ("points", "growth")
"""Assets whose figures also stand at the top level: `points_issued`, `growth_outstanding`, ..."""


def stats() -> dict[str, Any]:
    """Members, orders, money, assets, levels and messages as plain JSON values.

    Assets are added up from the entries, sales from the orders. Without a published programme, levels are
    empty and `programme_version` is 0.
    """
    number = current_number()
    programme = version(number) if number else None
    members = count_members()
    sold = sales_in_all()
    assets = _assets(programme)
    levels = _levels(programme, members)
    return {
        "members": members,
        "orders": sold.orders,
        "sales_minor": sold.sales_minor,
        "refunded_minor": sold.refunded_minor,
        "currency": programme.currency if programme else "",
        "assets": assets,
        **{
            f"{asset}_{figure}": value
            for asset in STANDARD_ASSETS
            for figure, value in assets.get(asset, _figures(Position())).items()
        },
        "levels": levels,
        "members_per_level": next(iter(levels.values()), {}),
        "messages": {"total": count_messages(), **count_deliveries()},
        "events": count_events(),
        "programme_version": number,
    }


def _assets(programme: Programme | None) -> dict[str, dict[str, int]]:
    """Figures of every asset that the programme has or that was ever moved."""
    moved = positions_from_entries()
    known = [*(programme.assets if programme else ()), *sorted(moved)]
    return {asset: _figures(moved.get(asset, Position())) for asset in dict.fromkeys(known)}


def _figures(position: Position) -> dict[str, int]:
    return {
        "issued": position.issued,
        "spent": position.spent,
        "expired": position.expired,
        "reversed": position.reversed,
        "outstanding": position.outstanding,
    }


def _levels(programme: Programme | None, members: int) -> dict[str, dict[str, int]]:
    placed = distribution()
    if programme is None:
        return placed
    return {
        ladder.id: {
            share.level.id: share.members
            for share in level_shares(ladder, placed.get(ladder.id, {}), members)
        }
        for ladder in programme.ladders.values()
    }
