"""Conditions as SQL, for audiences and reports: the same answer that `matching` gives, for every member.

The member's row is `m` (members_member); a condition on an event's fields needs its row as `e` (events_event).
Values are always parameters. Every leaf is true or false, never NULL, so the fragment can stand anywhere.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from regulars.language.comparing import by_day, compares_ranks, lowered, operands
from regulars.language.fields import NUMERIC, Field, Fields, Type
from regulars.language.sql_text import Clock, Sql, joined, param, sql
from regulars.language.tree import Condition, Group, Items, Leaf, Op, Quantifier

ALPHABET = "'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'"

LINES = (
    "jsonb_array_elements(CASE WHEN json_typeof(e.data -> 'items') = 'array' "
    "THEN (e.data -> 'items')::jsonb ELSE '[]'::jsonb END) AS l(line)"
)
IS_LINE = "jsonb_typeof(l.line) = 'object'"

_NEGATIVE = {
    Op.NE: Op.EQ,
    Op.NOT_IN: Op.IN,
    Op.NOT_CONTAINS: Op.CONTAINS,
    Op.HAS_NOT: Op.HAS,
    Op.HAS_NONE: Op.HAS_ANY,
    Op.IS_NOT_SET: Op.IS_SET,
}
"""Operators that say just the contrary of another, and so hold where the value is missing."""

_TEMPLATES = {
    Op.EQ: "{0} = {1}",
    Op.LT: "{0} < {1}",
    Op.LTE: "{0} <= {1}",
    Op.GT: "{0} > {1}",
    Op.GTE: "{0} >= {1}",
    Op.BEFORE: "{0} < {1}",
    Op.AFTER: "{0} > {1}",
    Op.BETWEEN: "{0} BETWEEN {1} AND {2}",
    Op.MULTIPLE_OF: "({0} <> 0 AND mod({0}, {1}) = 0)",
    Op.CONTAINS: f"strpos(translate({{0}}, {ALPHABET}), {{1}}) > 0",
    Op.STARTS_WITH: "starts_with({0}, {1})",
}


def to_sql(condition: Condition, fields: Fields, clock: Clock) -> tuple[str, list[Any]]:
    """A boolean SQL expression with `%s` placeholders, and its parameters in order.

    `clock` says which moment is asked about: `Clock(zone, moment)` for an audience as of that moment,
    `Clock(zone)` for the time of each event row `e`. Totals and balances are what the tables hold now.
    """
    found = _condition(condition, fields, clock)
    return found.text, list(found.params)


def _condition(condition: Condition, fields: Fields, clock: Clock) -> Sql:
    if isinstance(condition, Leaf):
        return _leaf(condition, fields[condition.field], fields, clock)
    if isinstance(condition, Group):
        return _group(condition, fields, clock)
    return _items(condition, fields, clock)


def _group(group: Group, fields: Fields, clock: Clock) -> Sql:
    nodes = [_condition(node, fields, clock) for node in group.nodes]
    if group.quantifier is Quantifier.ALL:
        return sql("({})", joined(" AND ", nodes))
    some = sql("({})", joined(" OR ", nodes))
    return some if group.quantifier is Quantifier.ANY else sql("(NOT {})", some)


def _items(items: Items, fields: Fields, clock: Clock) -> Sql:
    where = _condition(items.where, fields, clock)
    some = f"EXISTS (SELECT 1 FROM {LINES} WHERE {IS_LINE}"
    if items.quantifier is Quantifier.ANY:
        return sql(f"{some} AND {{}})", where)
    if items.quantifier is Quantifier.NONE:
        return sql(f"(NOT {some} AND {{}}))", where)
    return sql(f"({some}) AND NOT {some} AND NOT {{}}))", where)


def _leaf(leaf: Leaf, field: Field, fields: Fields, clock: Clock) -> Sql:
    value = field.sql(clock, leaf.window)
    positive = Leaf(leaf.field, _NEGATIVE.get(leaf.op, leaf.op), leaf.value, leaf.window)
    found = (
        _tags(positive, value) if field.type is Type.TAGS else _plain(positive, field, fields, clock, value)
    )
    return sql("({} IS TRUE)" if positive.op is leaf.op else "({} IS NOT TRUE)", found)


def _tags(leaf: Leaf, value: Sql) -> Sql:
    if leaf.op is Op.IS_SET:
        return sql("cardinality({}) > 0", value)
    asked = param(list(leaf.value) if isinstance(leaf.value, tuple) else [leaf.value], "text[]")
    return sql("({} && {})" if leaf.op is Op.HAS_ANY else "({} @> {})", value, asked)


def _plain(leaf: Leaf, field: Field, fields: Fields, clock: Clock, value: Sql) -> Sql:
    if leaf.op is Op.IS_SET:
        return sql("({} IS NOT NULL)", value)
    if leaf.op in (Op.WITHIN_DAYS, Op.NEXT_DAYS):
        return _days(leaf, field, clock, value)
    if by_day(leaf, field):
        value = clock.day_of(value)
    values = operands(leaf, field, fields)
    if compares_ranks(leaf.op, field):
        ranked = param([choice.value for choice in field.choices], "text[]")
        value = sql("array_position({}, {})", ranked, value)
        values = tuple(rank + 1 for rank in values)
    cast = _cast(values[0], field, leaf.op)
    if leaf.op is Op.IN:
        return sql("{} = ANY({})", value, param(list(values), f"{cast}[]"))
    if leaf.op is Op.CONTAINS:
        values = (lowered(values[0]),)
    if field.type in NUMERIC and leaf.op is Op.MULTIPLE_OF:
        value = sql("({})::numeric", value)
    return sql(_TEMPLATES[leaf.op], value, *(param(each, cast) for each in values))


def _days(leaf: Leaf, field: Field, clock: Clock, value: Sql) -> Sql:
    when = clock.day_of(value) if field.type is Type.TIME else value
    distance = (
        sql("({} - {})", clock.day, when) if leaf.op is Op.WITHIN_DAYS else sql("({} - {})", when, clock.day)
    )
    assert isinstance(leaf.value, int)
    return sql("{} BETWEEN 0 AND {}", distance, param(leaf.value - 1, "int"))


def _cast(value: object, field: Field, op: Op) -> str:
    if compares_ranks(op, field):
        return "int"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | Decimal):
        return "numeric"
    if isinstance(value, datetime):
        return "timestamptz"
    return "date" if isinstance(value, date) else "text"
