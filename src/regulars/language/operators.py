"""Which operators a type of field has, and what kind of value each of them wants."""

from enum import StrEnum

from regulars.language.fields import Field, Scope, Type
from regulars.language.tree import Op


class Wants(StrEnum):
    """What must stand beside an operator."""

    NOTHING = "nothing"
    ONE = "one"
    PAIR = "pair"
    MANY = "many"
    DAYS = "days"
    STEP = "step"


WANTS = dict.fromkeys(Op, Wants.ONE) | {
    Op.IS_SET: Wants.NOTHING,
    Op.IS_NOT_SET: Wants.NOTHING,
    Op.BETWEEN: Wants.PAIR,
    Op.IN: Wants.MANY,
    Op.NOT_IN: Wants.MANY,
    Op.HAS_ANY: Wants.MANY,
    Op.HAS_ALL: Wants.MANY,
    Op.HAS_NONE: Wants.MANY,
    Op.WITHIN_DAYS: Wants.DAYS,
    Op.NEXT_DAYS: Wants.DAYS,
    Op.MULTIPLE_OF: Wants.STEP,
}

_PRESENCE = (Op.IS_SET, Op.IS_NOT_SET)
_SAME = (Op.EQ, Op.NE, Op.IN, Op.NOT_IN)
_ORDER = (Op.LT, Op.LTE, Op.GT, Op.GTE, Op.BETWEEN)
_DATED = (Op.BEFORE, Op.LTE, Op.AFTER, Op.GTE, Op.BETWEEN, Op.WITHIN_DAYS, Op.NEXT_DAYS)

_OPERATORS = {
    Type.TEXT: (*_SAME, Op.CONTAINS, Op.NOT_CONTAINS, Op.STARTS_WITH, *_PRESENCE),
    Type.INTEGER: (*_SAME, *_ORDER, Op.MULTIPLE_OF, *_PRESENCE),
    Type.NUMBER: (*_SAME, *_ORDER, *_PRESENCE),
    Type.MONEY: (*_SAME, *_ORDER, *_PRESENCE),
    Type.BOOLEAN: (Op.EQ, Op.NE, *_PRESENCE),
    Type.DATE: (*_SAME, *_DATED, *_PRESENCE),
    Type.TIME: (*_SAME, *_DATED, *_PRESENCE),
    Type.CHOICE: (*_SAME, *_PRESENCE),
    Type.TAGS: (Op.HAS, Op.HAS_NOT, Op.HAS_ANY, Op.HAS_ALL, Op.HAS_NONE, *_PRESENCE),
}

OPPOSITE = {
    Op.EQ: Op.NE,
    Op.IN: Op.NOT_IN,
    Op.CONTAINS: Op.NOT_CONTAINS,
    Op.HAS: Op.HAS_NOT,
    Op.HAS_ANY: Op.HAS_NONE,
    Op.IS_SET: Op.IS_NOT_SET,
}
OPPOSITE |= {after: before for before, after in OPPOSITE.items()}
"""Operators of which exactly one holds, whatever the value, missing or not."""

REVERSE = {Op.LT: Op.GTE, Op.GTE: Op.LT, Op.LTE: Op.GT, Op.GT: Op.LTE}
"""Operators of which exactly one holds where the value isn't missing."""

_ALIASES = {Op.LT: Op.BEFORE, Op.GT: Op.AFTER}


def operators_of(field: Field) -> tuple[Op, ...]:
    """The operators that `field` can be asked with, in the order to offer them."""
    found = _OPERATORS[field.type]
    if field.type is Type.CHOICE and field.ranked:
        found = (*_SAME, *_ORDER, *_PRESENCE)
    if field.never_missing and field.type is not Type.TAGS:
        found = tuple(op for op in found if op not in _PRESENCE)
    if field.scope is Scope.LINE:
        found = tuple(op for op in found if op not in (Op.WITHIN_DAYS, Op.NEXT_DAYS))
    return found


def canonical(op: Op, field: Field) -> Op:
    """`lt` and `gt` of a date are `before` and `after`."""
    return _ALIASES.get(op, op) if field.type in (Type.DATE, Type.TIME) else op
