"""The list of members: filtered, sorted, paged by keyset over what several rooms know about them.

The table that holds the sort value leads and only tables that a filter asks about are joined, so that a page
of a million members costs one pass over narrow rows at most. Members without the value (no order yet, no
balance, no name) follow at the end, whichever way the list is sorted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from regulars.kit import paging
from regulars.kit.sqlread import contains, row, rows
from regulars.language.sql_text import Sql
from regulars.ledger.queries import balances_of
from regulars.members.contracts import MemberProfile
from regulars.members.queries import ids_by_phone_part, ids_like, profiles
from regulars.orders.contracts import TotalsRow
from regulars.orders.queries import totals_of
from regulars.programme.contracts import Programme
from regulars.tiers.contracts import StandingRow
from regulars.tiers.queries import standings_of

COUNT_MAX = 100_000
"""Counts stop here: “more than 100,000” is all that a list needs to say."""
EXPORT_CHUNK = 1000


class Sort(StrEnum):
    """By what the list is sorted."""

    JOINED = "joined"
    NAME = "name"
    SPEND = "spend"
    LAST_ORDER = "last_order"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a level of a ladder and a choice of an attribute meet; no choice: who has chosen none of `choices`."""

    ladder: str
    level: str
    attribute: str
    choice: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """Which members to list; what is empty does not filter. `*_from` is included, `*_before` is not."""

    search: str = ""
    levels: tuple[str, ...] = ()
    """Levels of the ladder shown, any of them."""
    cell: Cell | None = None
    tags: tuple[str, ...] = ()
    """All of them."""
    has: tuple[str, ...] = ()
    """Kinds of identity that the member has, all of them."""
    source: str = ""
    status: str = ""
    joined_from: datetime | None = None
    joined_before: datetime | None = None
    ordered_from: datetime | None = None
    ordered_before: datetime | None = None
    """Bounds of the last order."""
    scores: tuple[tuple[str, str], ...] = ()
    """(score, word): of each score any of its words, all of the scores."""
    audiences: tuple[str, ...] = ()
    """All of them."""
    ids: tuple[UUID, ...] | None = None
    """Only these: for bulk actions on rows that were ticked."""


@dataclass(frozen=True, slots=True)
class View:
    """How to list: which ladder and asset the columns show, and in which order the rows stand."""

    ladder: str = ""
    """Empty: the programme's first."""
    asset: str = ""
    """Empty: the programme's first that can be spent."""
    sort: Sort = Sort.JOINED
    descending: bool = True


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One row of the list. `spend_minor` is before refunds; `balance` is of the asset shown."""

    member: MemberProfile
    level: str
    level_until: date | None
    balance: int
    totals: TotalsRow


@dataclass(frozen=True, slots=True)
class Count:
    """How many members satisfy a filter; `exact` is False where counting stopped at `COUNT_MAX`."""

    number: int
    exact: bool


@dataclass(frozen=True, slots=True)
class _Order:
    """Where a sort value lies: `table` is None for the members' own columns."""

    expression: str
    present: str
    table: str | None
    kind: Callable[[Any], Any]


_ORDERS: dict[Sort, _Order] = {
    Sort.JOINED: _Order("m.joined_at", "true", None, datetime.fromisoformat),
    Sort.NAME: _Order("lower(m.name)", "m.name <> ''", None, str),
    Sort.SPEND: _Order("(d.spend_minor - d.refunded_minor)", "true", "orders_membertotals", int),
    Sort.LAST_ORDER: _Order(
        "d.last_at", "d.last_at IS NOT NULL", "orders_membertotals", datetime.fromisoformat
    ),
    Sort.BALANCE: _Order("d.balance", "d.asset = %s", "ledger_balance", int),
}


_IN_AUDIENCE = (
    "EXISTS (SELECT 1 FROM audiences_membership a WHERE a.audience = %s AND a.member_id = {id}"
    " AND a.bucket = {bucket} AND a.until IS NULL)"
)


@dataclass(frozen=True, slots=True)
class _Condition:
    """A piece of WHERE about the member `{id}` in `{bucket}`; `own` where it asks the members table `m`."""

    sql: str
    params: tuple[object, ...]
    own: bool = False


def list_members(
    programme: Programme,
    chosen: MemberFilter | None = None,
    view: View | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> paging.Page[MemberLine]:
    """One page of the members that satisfy the filter. Six queries, however long the page."""
    shown = _settled(programme, view or View())
    size = paging.bounded(limit)
    conditions = _conditions(programme, chosen or MemberFilter(), shown)
    found, follow = _page_of_ids(conditions, shown, cursor, size)
    return paging.Page(tuple(_lines(programme, shown, found)), follow)


def export_members(
    programme: Programme, chosen: MemberFilter | None = None, view: View | None = None
) -> Iterator[MemberLine]:
    """All members that satisfy the filter, in order, a thousand at a time."""
    shown = _settled(programme, view or View())
    conditions = _conditions(programme, chosen or MemberFilter(), shown)
    cursor: str | None = None
    while True:
        found, cursor = _page_of_ids(conditions, shown, cursor, EXPORT_CHUNK)
        yield from _lines(programme, shown, found)
        if cursor is None:
            return


def count_members(
    programme: Programme, chosen: MemberFilter | None = None, view: View | None = None, most: int = COUNT_MAX
) -> Count:
    """How many members satisfy the filter, counted up to `most`."""
    shown = _settled(programme, view or View())
    where, params = _where(_conditions(programme, chosen or MemberFilter(), shown), "m.id", "m.bucket")
    found = row(
        f"SELECT count(*) FROM (SELECT 1 FROM members_member m WHERE {where} LIMIT %s) AS counted",
        [*params, most + 1],
    )
    number = int(found[0]) if found else 0
    return Count(min(number, most), number <= most)


def selection(programme: Programme, chosen: MemberFilter, view: View | None = None) -> Sql:
    """The ids of all members that satisfy the filter, as a query."""
    shown = _settled(programme, view or View())
    where, params = _where(_conditions(programme, chosen, shown), "m.id", "m.bucket")
    return Sql(f"SELECT m.id FROM members_member m WHERE {where}", tuple(params))


def _settled(programme: Programme, view: View) -> View:
    """`view` with the programme's own ladder and asset where none was named."""
    spendable = [asset.id for asset in programme.assets.values() if asset.spendable]
    return View(
        ladder=view.ladder or next(iter(programme.ladders), ""),
        asset=view.asset or next(iter([*spendable, *programme.assets]), ""),
        sort=view.sort,
        descending=view.descending,
    )


def _page_of_ids(
    conditions: list[_Condition], view: View, cursor: str | None, size: int
) -> tuple[list[UUID], str | None]:
    """The ids of one page, those with a sort value first, and the cursor of the next page."""
    order = _ORDERS[view.sort]
    name = f"insight.members:{view.sort}:{view.descending}:{view.asset if view.sort is Sort.BALANCE else ''}"
    after = paging.decode(name, cursor, bool, order.kind, UUID) if cursor else None
    found: list[tuple[Any, UUID, bool]] = []
    if after is None or after[0]:
        found = [(value, member, True) for value, member in _valued(conditions, view, order, after, size + 1)]
    if len(found) <= size and (order.table or order.present != "true"):
        last = after[2] if after and not after[0] else None
        rest = _valueless(conditions, view, order, last, size + 1 - len(found))
        found += [(None, member, False) for member in rest]
    page = paging.page(name, found, size, lambda each: (each[2], each[0], each[1]))
    return [member for _, member, _ in page.items], page.next


def _valued(
    conditions: list[_Condition], view: View, order: _Order, after: tuple[Any, ...] | None, limit: int
) -> list[tuple[Any, ...]]:
    """(sort value, id) of the members that have one, in order."""
    leads = order.table is not None
    ident, bucket = ("d.member_id", "d.bucket") if leads else ("m.id", "m.bucket")
    tables = f"{order.table} d" if leads else "members_member m"
    if leads and any(condition.own for condition in conditions):
        tables += " JOIN members_member m ON m.id = d.member_id AND m.bucket = d.bucket"
    where, params = _where(conditions, ident, bucket)
    present = [view.asset] if "%s" in order.present else []
    direction, beyond = ("DESC", "<") if view.descending else ("ASC", ">")
    keyset, position = "true", []
    if after is not None:
        keyset, position = f"({order.expression}, {ident}) {beyond} (%s, %s)", [after[1], after[2]]
    return rows(
        f"SELECT {order.expression}, {ident} FROM {tables} WHERE {order.present} AND {where} AND {keyset}"
        f" ORDER BY {order.expression} {direction}, {ident} {direction} LIMIT %s",
        [*present, *params, *position, limit],
    )


def _valueless(
    conditions: list[_Condition], view: View, order: _Order, after: UUID | None, limit: int
) -> list[UUID]:
    """The ids of the members that have no sort value, oldest id first."""
    where, params = _where(conditions, "m.id", "m.bucket")
    present = [view.asset] if "%s" in order.present else []
    missing = f"NOT ({order.present})"
    if order.table is not None:
        missing = (
            f"NOT EXISTS (SELECT 1 FROM {order.table} d WHERE d.member_id = m.id AND d.bucket = m.bucket"
            f" AND {order.present})"
        )
    found = rows(
        f"SELECT m.id FROM members_member m WHERE {missing} AND {where} AND (%s::uuid IS NULL OR m.id > %s)"
        " ORDER BY m.id LIMIT %s",
        [*present, *params, after, after, limit],
    )
    return [each[0] for each in found]


def _where(conditions: list[_Condition], ident: str, bucket: str) -> tuple[str, list[object]]:
    texts = [condition.sql.replace("{id}", ident).replace("{bucket}", bucket) for condition in conditions]
    return " AND ".join(texts) or "true", [value for each in conditions for value in each.params]


def _conditions(programme: Programme, chosen: MemberFilter, view: View) -> list[_Condition]:
    """The filter as pieces of WHERE."""
    return [
        *_own_conditions(chosen),
        *_search(chosen.search),
        *_order_conditions(chosen),
        *_level_conditions(programme, chosen.levels, view.ladder),
        *_cell_conditions(programme, chosen.cell),
        *_score_conditions(chosen.scores),
        *(_Condition(_IN_AUDIENCE, (audience,)) for audience in chosen.audiences),
        *(
            _Condition(
                "EXISTS (SELECT 1 FROM members_identity i WHERE i.member_id = {id} AND i.kind = %s)", (kind,)
            )
            for kind in chosen.has
        ),
    ]


def _own_conditions(chosen: MemberFilter) -> list[_Condition]:
    parts = (
        ("m.tags @> %s::varchar[]", list(chosen.tags)),
        ("m.source = %s", chosen.source),
        ("m.status = %s", chosen.status),
        ("m.joined_at >= %s", chosen.joined_from),
        ("m.joined_at < %s", chosen.joined_before),
    )
    found = [_Condition(sql, (value,), own=True) for sql, value in parts if value]
    if chosen.status != "merged":
        gone = "ARRAY(SELECT gone FROM members_merge WHERE undone_at IS NULL)"
        found.append(_Condition(f"{{id}} <> ALL ({gone})", ()))
    if chosen.ids is not None:
        found.append(_Condition("{id} = ANY(%s)", (list(chosen.ids),)))
    return found


def _order_conditions(chosen: MemberFilter) -> list[_Condition]:
    if chosen.ordered_from is None and chosen.ordered_before is None:
        return []
    return [
        _Condition(
            "EXISTS (SELECT 1 FROM orders_membertotals o WHERE o.member_id = {id} AND o.bucket = {bucket}"
            " AND o.last_at >= coalesce(%s::timestamptz, '-infinity')"
            " AND o.last_at < coalesce(%s::timestamptz, 'infinity'))",
            (chosen.ordered_from, chosen.ordered_before),
        )
    ]


def _level_conditions(programme: Programme, levels: tuple[str, ...], ladder: str) -> list[_Condition]:
    """Members on one of `levels`; who has no standing yet counts as on the lowest."""
    if not levels:
        return []
    stands = (
        "EXISTS (SELECT 1 FROM tiers_standing s WHERE s.member_id = {id} AND s.bucket = {bucket}"
        " AND s.ladder = %s AND s.level = ANY(%s))"
    )
    known = programme.ladders.get(ladder)
    if known is None or known.levels[0].id not in levels:
        return [_Condition(stands, (ladder, list(levels)))]
    nowhere = (
        "NOT EXISTS (SELECT 1 FROM tiers_standing s WHERE s.member_id = {id} AND s.bucket = {bucket}"
        " AND s.ladder = %s)"
    )
    return [_Condition(f"({stands} OR {nowhere})", (ladder, list(levels), ladder))]


def _cell_conditions(programme: Programme, cell: Cell | None) -> list[_Condition]:
    if cell is None:
        return []
    if cell.choice:
        chose = _Condition("m.attributes ->> %s = %s", (cell.attribute, cell.choice), own=True)
    else:
        chose = _Condition(
            "NOT coalesce(m.attributes ->> %s = ANY(%s::text[]), false)",
            (cell.attribute, list(cell.choices)),
            own=True,
        )
    return [*_level_conditions(programme, (cell.level,), cell.ladder), chose]


def _score_conditions(scores: tuple[tuple[str, str], ...]) -> list[_Condition]:
    words: dict[str, list[str]] = {}
    for score, word in scores:
        words.setdefault(score, []).append(word)
    given = (
        "EXISTS (SELECT 1 FROM members_score c WHERE c.member_id = {id} AND c.bucket = {bucket} AND c.name = %s"
        " AND c.label = ANY(%s))"
    )
    return [_Condition(given, (score, some)) for score, some in words.items()]


def _search(text: str) -> list[_Condition]:
    """An exact identity decides; else a piece of the name, or of a phone number."""
    wanted = text.strip().replace("\0", "")
    if not wanted:
        return []
    exact = ids_like(wanted)
    if exact:
        return [_Condition("{id} = ANY(%s)", (exact,))]
    if len(wanted) >= 4 and wanted.isdigit():
        either = (contains(wanted), ids_by_phone_part(wanted))
        return [_Condition("(m.name ILIKE %s OR {id} = ANY(%s))", either, own=True)]
    return [_Condition("m.name ILIKE %s", (contains(wanted),), own=True)]


def _lines(programme: Programme, view: View, ids: list[UUID]) -> list[MemberLine]:
    """The rows of these members, in this order."""
    if not ids:
        return []
    people, totals = profiles(ids), totals_of(ids)
    standings, balances = standings_of(ids), balances_of(ids)
    ladder = programme.ladders.get(view.ladder)
    nowhere = StandingRow(view.ladder, ladder.levels[0].id if ladder else "", date.min, None)
    lines = []
    for member in ids:
        if member not in people:
            continue
        stands = next((each for each in standings.get(member, ()) if each.ladder == view.ladder), nowhere)
        held = next((each.balance for each in balances.get(member, ()) if each.asset == view.asset), 0)
        total = totals.get(member, TotalsRow())
        lines.append(MemberLine(people[member], stands.level, stands.until, held, total))
    return lines
