"""Reading entitlements: whose they are, how they stand, where a code leads, and how many there are of each."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from regulars.benefits.contracts import Place, Row
from regulars.kit import paging
from regulars.kit.ids import bucket_of
from regulars.kit.sqlread import read, row, rows

_COLUMNS = (
    "id, member_id, benefit, state, origin, period, granted_at, claim_by, claimed_at, use_by, used_at, ended_at, uses,"
    " uses_left, units, cost_minor, code, use_event, stock_day"
)
HISTORY_MOST = 200


def of_member(member_id: UUID, most: int = HISTORY_MOST) -> list[Row]:
    """A member's entitlements, the latest first; those that are open come first of all."""
    return read(
        Row,
        f"SELECT {_COLUMNS} FROM benefits_entitlement WHERE member_id = %s AND bucket = %s"
        " ORDER BY (state IN ('granted', 'claimed')) DESC, id DESC LIMIT %s",
        [member_id, bucket_of(member_id), most],
    )


def one(member_id: UUID, entitlement_id: UUID) -> Row | None:
    """An entitlement of this member."""
    found = read(
        Row,
        f"SELECT {_COLUMNS} FROM benefits_entitlement WHERE member_id = %s AND bucket = %s AND id = %s",
        [member_id, bucket_of(member_id), entitlement_id],
    )
    return found[0] if found else None


def current(member_id: UUID, turns: Sequence[str]) -> list[Row]:
    """What is open of a member's, and what counts in one of these turns or in that of a level."""
    return read(
        Row,
        f"SELECT {_COLUMNS} FROM benefits_entitlement WHERE member_id = %s AND bucket = %s"
        " AND (state IN ('granted', 'claimed') OR period = ANY(%s) OR starts_with(period, 'level:')) ORDER BY id",
        [member_id, bucket_of(member_id), list(turns)],
    )


def place_of(code: str) -> Place | None:
    """Where a code leads."""
    found = row("SELECT member_id, entitlement_id FROM benefits_code WHERE code = %s", [written(code)])
    return Place(*found) if found else None


def written(code: str) -> str:
    """A code as it is kept: in capitals, without gaps, and with the letters that are taken for digits read as these."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return plain.translate(str.maketrans("OIL", "011"))[:40]


def counts() -> dict[str, dict[str, int]]:
    """Benefit → state → how many entitlements stand so; `uses` and `cost_minor` are sums over all, `units` what
    was credited and not taken back."""
    found = rows(
        "SELECT benefit, state, count(*), sum(uses)::bigint, sum(cost_minor)::bigint,"
        " count(claimed_at) FILTER (WHERE state <> 'taken_back'),"
        " count(*) FILTER (WHERE uses > 0 AND state <> 'taken_back'),"
        " coalesce(sum(units) FILTER (WHERE state = 'used'), 0)::bigint"
        " FROM benefits_entitlement GROUP BY benefit, state"
    )
    sums: dict[str, dict[str, int]] = {}
    for benefit, state, count, uses, cost, claimed, used, units in found:
        cells = sums.setdefault(benefit, {})
        cells[state] = count
        for name, value in (
            ("all", count), ("uses", uses), ("cost_minor", cost), ("ever_claimed", claimed), ("ever_used", used),
            ("units", units),
        ):  # fmt: skip
            cells[name] = cells.get(name, 0) + value
    return sums


_LIST = "benefits.entitlements"


def listed(benefit: str, state: str = "", cursor: str | None = None, limit: int = 50) -> paging.Page[Row]:
    """The entitlements of one benefit, the latest first; `state` keeps to those that stand so."""
    size = paging.bounded(limit)
    before = paging.decode(_LIST, cursor, UUID)[0] if cursor else None
    where: list[str] = ["benefit = %s"]
    params: list[Any] = [benefit]
    if state:
        where.append("state = %s")
        params.append(state)
    if before is not None:
        where.append("id < %s")
        params.append(before)
    found = read(
        Row,
        f"SELECT {_COLUMNS} FROM benefits_entitlement WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT %s",
        [*params, size + 1],
    )
    return paging.page(_LIST, found, size, lambda each: (each.id,))


def every(benefit: str) -> Iterator[Row]:
    """All entitlements of one benefit, the latest first, read page by page."""
    cursor = None
    while True:
        page = listed(benefit, cursor=cursor, limit=paging.LIMIT_MAX)
        yield from page.items
        cursor = page.next
        if cursor is None:
            return


def open_holders(benefits: Sequence[str]) -> dict[str, int]:
    """Benefit → how many members can still claim or use one that they were granted; those that nobody can are left
    out."""
    found = rows(
        "SELECT benefit, count(DISTINCT member_id) FROM benefits_entitlement"
        " WHERE benefit = ANY(%s) AND state IN ('granted', 'claimed') GROUP BY benefit",
        [list(benefits)],
    )
    return dict(found)
