"""Conditions over the warehouse: the same tree that rules and audiences ask, as an Ibis expression over its tables.

The answer is that of `language.matching`, for every field that the warehouse holds; a condition that asks for any other
is refused with its name. What a field needs of the facts (orders by window, events by type, what is left of lots) is
summed once for each member, and joined to the members. Written for any backend: no SQL, no function of one database.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from operator import and_, or_
from typing import Any
from uuid import UUID

import ibis
import ibis.expr.types as ir

from regulars.kit.problems import Problem
from regulars.language.calendar import local_day, window_start
from regulars.language.comparing import by_day, compares_ranks, lowered, operands, ranks_of, test_of
from regulars.language.condition import Condition, Facts, Field, Fields, Group, Leaf, Op, Quantifier, Window
from regulars.language.fields import Type
from regulars.language.matching import leaves_of
from regulars.language.problems import words
from regulars.language.snapshot import Snapshot
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary import fields_for
from regulars.warehouse.contracts import Tables

UPPER, LOWER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
LEAP_DAY, DAY_BEFORE = 229, 228

_OWN = {
    "member.gender": "gender",
    "member.language": "language",
    "member.source": "source",
}
_PLAIN = frozenset({"member.birthday", "member.joined_at", "member.days_since_joining", "member.age", "tags"})
_ORDERS = frozenset({"count", "spend", "average", "first_at", "last_at", "days_since_last"})
_PARTS = frozenset({Type.TEXT, Type.CHOICE, Type.BOOLEAN})
"""Types of attributes that JSON holds exactly."""

_CONTRARY = {
    Op.NE: Op.EQ,
    Op.NOT_IN: Op.IN,
    Op.NOT_CONTAINS: Op.CONTAINS,
    Op.HAS_NOT: Op.HAS,
    Op.HAS_NONE: Op.HAS_ANY,
    Op.IS_NOT_SET: Op.IS_SET,
}
"""Operators that hold just where another does not, a missing value included."""

Summed = dict[str, ir.Value]


class NotInWarehouse(Problem):
    """The warehouse does not hold what the condition asks for."""

    status = 422
    code = "not_in_warehouse"

    def __init__(self, fields: Iterable[str]) -> None:
        named = ", ".join(sorted(set(fields)))
        super().__init__(
            words(
                f"报表的数据里没有：{named}。请在人群中使用这些条件，或改用其他条件。",
                f"報表的資料裡沒有：{named}。請在人群中使用這些條件，或改用其他條件。",
                f"The data that reports read have no {named}: ask for that in an audience, or ask for something else.",
            ),
            field="condition",
        )


def answerable(field: Field, programme: Programme) -> bool:
    """Whether the warehouse holds what the field asks for."""
    room, _, name = field.name.partition(".")
    if field.name in _OWN or field.name in _PLAIN:
        return True
    if room == "member" and name.startswith("attribute."):
        return field.type in _PARTS
    if room == "orders":
        return name in _ORDERS
    if room == "calendar":
        return not field.part
    return room in ("level", "balance") and name in (
        programme.ladders if room == "level" else programme.assets
    )


def who(condition: Condition, programme: Programme, tables: Tables, at: datetime) -> ir.Table:
    """The numbers (`member`) of those who satisfy the condition as of `at`, each once. Raises NotInWarehouse."""
    asker = _asker([condition], programme, tables, at)
    return asker.members.filter(asker.ask(condition)).select("member")


def marked(
    conditions: Mapping[str, Condition], programme: Programme, tables: Tables, at: datetime
) -> ir.Table:
    """Every member once (`member`), with a boolean column for each of the conditions, by its name. Raises
    NotInWarehouse."""
    asker = _asker(conditions.values(), programme, tables, at)
    answers = {name: asker.ask(condition) for name, condition in conditions.items()}
    return asker.members.select("member", **answers)


def _asker(conditions: Iterable[Condition], programme: Programme, tables: Tables, at: datetime) -> "_Asker":
    fields = fields_for(programme, None)
    leaves = [leaf for condition in conditions for leaf in leaves_of(condition)]
    missing = [leaf.field for leaf in leaves if not answerable(fields[leaf.field], programme)]
    if missing:
        raise NotInWarehouse(missing)
    return _Asker(programme, fields, tables, at, leaves)


class _Asker:
    """Conditions on their way: `members` with all that its leaves look at beside them."""

    def __init__(
        self, programme: Programme, fields: Fields, tables: Tables, at: datetime, leaves: list[Leaf]
    ) -> None:
        self.programme = programme
        self.fields = fields
        self.tables = tables
        self.at = at
        self.day = local_day(at, programme.zone)
        self.members = self._joined(leaves)

    def ask(self, condition: Condition) -> ir.BooleanValue:
        """The condition as a boolean over `members`, never NULL."""
        if isinstance(condition, Leaf):
            return self._leaf(condition, self.fields[condition.field])
        assert isinstance(condition, Group), "members have no order lines"
        parts = [self.ask(node) for node in condition.nodes]
        if condition.quantifier is Quantifier.ALL:
            return reduce(and_, parts)
        some = reduce(or_, parts)
        return some if condition.quantifier is Quantifier.ANY else ~some

    # What is beside the members

    def _joined(self, leaves: list[Leaf]) -> ir.Table:
        joined = self.tables.members
        windows = {leaf.window for leaf in leaves if leaf.field.startswith("orders.")}
        if windows:
            joined = _beside(joined, self._orders(windows))
        for name in sorted({leaf.field for leaf in leaves}):
            room, _, of = name.partition(".")
            if room == "level":
                standing = self.tables.standings.filter(self.tables.standings.ladder == of)
                joined = _beside(joined, standing.select("member", **{name: standing.level}))
            elif room == "balance":
                lots = self.tables.lots.filter(self.tables.lots.asset == of)
                joined = _beside(joined, lots.group_by("member").aggregate(**{name: lots.remaining.sum()}))
        return joined

    def _orders(self, windows: set[Window | None]) -> ir.Table:
        """Orders and what they came to, refunds taken off on the day of the order, over each window; none from before
        the longest window is read."""
        orders, refunds = self.tables.orders, self.tables.refunds
        firsts = [self._first(window) for window in windows if window is not None]
        if len(firsts) == len(windows):
            orders = orders.filter(orders.day >= ibis.literal(min(firsts)))
        back = refunds.group_by("order").aggregate(back=refunds.amount_minor.sum())
        whole = orders.left_join(back, "order")
        whole = whole.mutate(net=whole.total_minor - whole.back.fill_null(0))
        summed: Summed = {
            "first_at": whole["at"].min(),
            "last_at": whole["at"].max(),
            "first_day": whole.day.min(),
            "last_day": whole.day.max(),
        }
        for window in windows:
            inside = self._inside(whole.day, window)
            summed[_name("count", window)] = inside.cast("int64").sum()
            summed[_name("spend", window)] = ibis.ifelse(inside, whole.net, 0).sum()
        return whole.group_by("member").aggregate(**summed)

    def _inside(self, day: ir.DateValue, window: Window | None) -> ir.BooleanValue:
        if window is None:
            return day.notnull()
        return (day >= ibis.literal(self._first(window))) & (day <= ibis.literal(self.day))

    def _first(self, window: Window) -> date:
        return window_start(self.day, days=window.days, months=window.months)

    # Leaves

    def _leaf(self, leaf: Leaf, field: Field) -> ir.BooleanValue:
        if field.name.startswith("calendar."):
            return self._calendar(leaf, field)
        op = _CONTRARY.get(leaf.op, leaf.op)
        positive = Leaf(leaf.field, op, leaf.value, leaf.window)
        found = self._tags(positive) if field.type is Type.TAGS else self._compared(positive, field)
        held = found.fill_null(False)
        return held if op is leaf.op else ~held

    def _calendar(self, leaf: Leaf, field: Field) -> ir.BooleanValue:
        """The same for everybody: answered once, here."""
        facts = Facts(None, Snapshot(UUID(int=0)), self.day, self.programme.zone, self.at)
        read = field.reader(leaf.window)
        if leaf.op in (Op.WITHIN_DAYS, Op.NEXT_DAYS):
            distance = (self.day - read(facts)).days * (1 if leaf.op is Op.WITHIN_DAYS else -1)
            return ibis.literal(0 <= distance < _days(leaf))
        return ibis.literal(test_of(leaf, field, self.fields)(read(facts)))

    def _tags(self, leaf: Leaf) -> ir.BooleanValue:
        tags = self.members.tags
        if leaf.op is Op.IS_SET:
            return tags.length() > 0
        asked = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
        each = [tags.contains(one) for one in asked]
        return reduce(or_ if leaf.op is Op.HAS_ANY else and_, each)

    def _compared(self, leaf: Leaf, field: Field) -> ir.BooleanValue:
        value = self._value(leaf, field, by_day(leaf, field))
        if leaf.op is Op.IS_SET:
            return value.notnull()
        if leaf.op in (Op.WITHIN_DAYS, Op.NEXT_DAYS):
            return self._days(leaf, value)
        values = operands(leaf, field, self.fields)
        if leaf.field.startswith("balance."):
            scale = self.programme.assets[leaf.field.removeprefix("balance.")].scale
            values = tuple(Decimal(each).scaleb(scale) for each in values) if scale else values
        if compares_ranks(leaf.op, field):
            value = value.cases(*((name, rank) for name, rank in ranks_of(field).items()))
        return _COMPARED[leaf.op](value, [_literal(each) for each in values], values)

    def _days(self, leaf: Leaf, day: ir.DateValue) -> ir.BooleanValue:
        """`day` is one of so many that end, or begin, with today."""
        distance = _days(leaf) - 1
        first, last = (-distance, 0) if leaf.op is Op.WITHIN_DAYS else (0, distance)
        return (day >= ibis.literal(_moved(self.day, first))) & (day <= ibis.literal(_moved(self.day, last)))

    def _value(self, leaf: Leaf, field: Field, day: bool) -> Any:
        name, m = field.name, self.members
        if name in _OWN:
            return m[_OWN[name]].nullif("")
        if name == "member.birthday":
            return m.birthday
        if name == "member.joined_at":
            return m.joined_day if day else m.joined_at
        if name == "member.days_since_joining":
            return ibis.literal(self.day).delta(m.joined_day, unit="day")
        if name == "member.age":
            return self._age()
        if name.startswith("member.attribute."):
            return self._attribute(name.removeprefix("member.attribute."), field.type)
        if name.startswith("level."):
            lowest = self.programme.ladders[name.removeprefix("level.")].levels[0]
            return m[name].fill_null(lowest.id) if lowest.at <= 0 else m[name]
        if name.startswith("balance."):
            return m[name].fill_null(0)
        return self._order_value(name.removeprefix("orders."), leaf.window, day)

    def _order_value(self, name: str, window: Window | None, day: bool) -> Any:
        m = self.members
        if name in ("first_at", "last_at"):
            return m[name.replace("_at", "_day")] if day else m[name]
        if name == "days_since_last":
            return ibis.literal(self.day).delta(m.last_day, unit="day")
        count, spend = (m[_name(each, window)].fill_null(0) for each in ("count", "spend"))
        if name != "average":
            return count if name == "count" else spend
        # Towards zero, as PostgreSQL divides integers; some backends divide to the floor.
        whole = spend.abs() // count.nullif(0)
        return ibis.ifelse(spend < 0, -whole, whole)

    def _attribute(self, key: str, kind: Type) -> Any:
        value = self.members.attributes.cast("json")[key]
        if kind is Type.BOOLEAN:
            return value.bool
        return value.str.nullif("")

    def _age(self) -> ir.IntegerValue:
        """Completed years; 29 February is kept on the 28th where the year has no 29th."""
        born = self.members.birthday
        kept = born.month() * 100 + born.day()
        if not (self.day.year % 4 == 0 and (self.day.year % 100 != 0 or self.day.year % 400 == 0)):
            kept = ibis.ifelse(kept == LEAP_DAY, DAY_BEFORE, kept)
        ahead = kept > self.day.month * 100 + self.day.day
        return ibis.literal(self.day.year) - born.year() - ahead.cast("int32")


def _beside(members: ir.Table, found: ir.Table) -> ir.Table:
    joined = members.left_join(found, "member")
    return joined.drop("member_right") if "member_right" in joined.columns else joined


def _name(what: str, window: Window | None) -> str:
    return what if window is None else f"{what}_{window.days}_{window.months}"


def _days(leaf: Leaf) -> int:
    assert isinstance(leaf.value, int)
    return leaf.value


def _moved(day: date, by: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + by, 1), date.max.toordinal()))


def _literal(value: Any) -> Any:
    """Decimals with as many digits as they have; whole ones as numbers."""
    if not isinstance(value, Decimal):
        return ibis.literal(value)
    if value == value.to_integral_value():
        return ibis.literal(int(value))
    exponent = value.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return ibis.literal(value, type=f"decimal(38, {-exponent})")


def _contains(value: Any, _: list[Any], raw: tuple[Any, ...]) -> Any:
    return value.translate(UPPER, LOWER).contains(lowered(raw[0]))


_COMPARED: dict[Op, Callable[[Any, list[Any], tuple[Any, ...]], Any]] = {
    Op.EQ: lambda value, wanted, _: value == wanted[0],
    Op.IN: lambda value, wanted, _: value.isin(wanted),
    Op.LT: lambda value, wanted, _: value < wanted[0],
    Op.LTE: lambda value, wanted, _: value <= wanted[0],
    Op.GT: lambda value, wanted, _: value > wanted[0],
    Op.GTE: lambda value, wanted, _: value >= wanted[0],
    Op.BEFORE: lambda value, wanted, _: value < wanted[0],
    Op.AFTER: lambda value, wanted, _: value > wanted[0],
    Op.BETWEEN: lambda value, wanted, _: (value >= wanted[0]) & (value <= wanted[1]),
    Op.MULTIPLE_OF: lambda value, wanted, _: (value != 0) & (value % wanted[0] == 0),
    Op.CONTAINS: _contains,
    Op.STARTS_WITH: lambda value, _, raw: value.startswith(raw[0]),
}
