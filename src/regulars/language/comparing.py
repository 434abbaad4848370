"""What each operator means, as functions of one value. `sql` says the same in SQL."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from regulars.language.calendar import local_day
from regulars.language.fields import Field, Fields, Type
from regulars.language.tree import Leaf, Op

Test = Callable[[Any], bool]

_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOWERED = str.maketrans(_UPPER, _UPPER.lower())


def lowered(text: str) -> str:
    """`text` with A–Z in lower case and nothing else changed: all the folding that `contains` does."""
    return text.lower() if text.isascii() else text.translate(_LOWERED)


def by_day(leaf: Leaf, field: Field) -> bool:
    """Whether a time is compared by its local day, because the value is one."""
    if field.type is not Type.TIME:
        return False
    first = leaf.value[0] if isinstance(leaf.value, tuple) else leaf.value
    return leaf.op in (Op.WITHIN_DAYS, Op.NEXT_DAYS) or not isinstance(first, datetime | None)


def operands(leaf: Leaf, field: Field, fields: Fields) -> tuple[Any, ...]:
    """The leaf's values in the unit of the field's reader: money in minor units, ranked choices as ranks."""
    parts = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    if field.type is Type.MONEY:
        return tuple(fields.to_minor(part) if isinstance(part, Decimal) else part for part in parts)
    if compares_ranks(leaf.op, field):
        ranks = ranks_of(field)
        return tuple(ranks[part] for part in parts)
    return parts


def compares_ranks(op: Op, field: Field) -> bool:
    """Whether the operator asks for the order of a choice, not for the choice itself."""
    return field.ranked and op in (Op.LT, Op.LTE, Op.GT, Op.GTE, Op.BETWEEN)


def ranks_of(field: Field) -> dict[Any, int]:
    """The place of each choice, the lowest first."""
    return {choice.value: rank for rank, choice in enumerate(field.choices)}


def test_of(leaf: Leaf, field: Field, fields: Fields) -> Test:
    """The leaf as a function of the value read, None included; not for WITHIN_DAYS and NEXT_DAYS."""
    values = operands(leaf, field, fields)
    test = _tag_test(leaf.op, values) if field.type is Type.TAGS else _test(leaf.op, values)
    if compares_ranks(leaf.op, field):
        return _of_rank(test, ranks_of(field))
    if by_day(leaf, field):
        return _of_day(test, fields.zone)
    return test


def days_test_of(leaf: Leaf, field: Field, fields: Fields) -> Callable[[Any, date], bool]:
    """WITHIN_DAYS or NEXT_DAYS as a function of the value read and the event's day, which both count in."""
    days = leaf.value
    assert isinstance(days, int)
    zone = fields.zone if field.type is Type.TIME else None

    def within(value: Any, day: date) -> bool:
        if value is None:
            return False
        when = local_day(value, zone) if zone else value
        return 0 <= (day - when).days < days

    def following(value: Any, day: date) -> bool:
        if value is None:
            return False
        when = local_day(value, zone) if zone else value
        return 0 <= (when - day).days < days

    return within if leaf.op is Op.WITHIN_DAYS else following


def _of_rank(test: Test, ranks: dict[Any, int]) -> Test:
    return lambda value: test(ranks.get(value))


def _of_day(test: Test, zone: ZoneInfo) -> Test:
    return lambda value: test(None if value is None else local_day(value, zone))


def _tag_test(op: Op, values: tuple[Any, ...]) -> Test:
    """Tests on a set, which is never missing."""
    tag, wanted = values[0], frozenset(values)
    tests: dict[Op, Test] = {
        Op.HAS: lambda tags: tag in tags,
        Op.HAS_NOT: lambda tags: tag not in tags,
        Op.HAS_ANY: lambda tags: not wanted.isdisjoint(tags),
        Op.HAS_NONE: lambda tags: wanted.isdisjoint(tags),
        Op.HAS_ALL: lambda tags: wanted.issubset(tags),
        Op.IS_SET: lambda tags: bool(tags),
        Op.IS_NOT_SET: lambda tags: not tags,
    }
    return tests[op]


def _test(op: Op, values: tuple[Any, ...]) -> Test:
    return _text_test(op, values[0]) or _same_test(op, values) or _order_test(op, values)


def _text_test(op: Op, value: Any) -> Test | None:
    if op in (Op.CONTAINS, Op.NOT_CONTAINS):
        part = lowered(value)
        if op is Op.CONTAINS:
            return lambda seen: seen is not None and part in lowered(seen)
        return lambda seen: seen is None or part not in lowered(seen)
    if op is Op.STARTS_WITH:
        return lambda seen: seen is not None and seen.startswith(value)
    return None


def _same_test(op: Op, values: tuple[Any, ...]) -> Test | None:
    value, among = values[0], frozenset(values)
    tests: dict[Op, Test] = {
        Op.EQ: lambda seen: seen == value,
        Op.NE: lambda seen: seen != value,
        Op.IN: lambda seen: seen in among,
        Op.NOT_IN: lambda seen: seen not in among,
        Op.IS_SET: lambda seen: seen is not None,
        Op.IS_NOT_SET: lambda seen: seen is None,
    }
    return tests.get(op)


def _order_test(op: Op, values: tuple[Any, ...]) -> Test:
    low, high = values[0], values[-1]
    tests: dict[Op, Test] = {
        Op.LT: lambda seen: seen is not None and seen < low,
        Op.LTE: lambda seen: seen is not None and seen <= low,
        Op.GT: lambda seen: seen is not None and seen > low,
        Op.GTE: lambda seen: seen is not None and seen >= low,
        Op.BEFORE: lambda seen: seen is not None and seen < low,
        Op.AFTER: lambda seen: seen is not None and seen > low,
        Op.BETWEEN: lambda seen: seen is not None and low <= seen <= high,
        Op.MULTIPLE_OF: lambda seen: seen is not None and seen != 0 and seen % low == 0,
    }
    return tests[op]
