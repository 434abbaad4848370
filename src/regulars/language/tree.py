"""The one tree in which every condition is written: groups, leaves, and questions about order lines.

The tree holds what its author wrote, checked and typed (money as a Decimal in whole currency units); what
it means is in `matching` (Python), `sql` and `sentence`, which must agree.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

MAX_DEPTH = 8
"""A tree has at most so many floors, the leaf included."""
MAX_NODES = 200
MAX_VALUES = 500
"""At most so many values in one `in`, `has_any`, ..."""


class Op(StrEnum):
    """How a field is compared. A missing value satisfies none but NE, NOT_IN, NOT_CONTAINS, HAS_NOT, HAS_NONE
    and IS_NOT_SET; an empty text is a missing value, an empty set is a set that has nothing."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    BETWEEN = "between"
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    STARTS_WITH = "starts_with"
    IS_SET = "is_set"
    IS_NOT_SET = "is_not_set"
    HAS = "has"
    HAS_NOT = "has_not"
    HAS_ANY = "has_any"
    HAS_ALL = "has_all"
    HAS_NONE = "has_none"
    BEFORE = "before"
    AFTER = "after"
    WITHIN_DAYS = "within_days"
    NEXT_DAYS = "next_days"
    MULTIPLE_OF = "multiple_of"


class Quantifier(StrEnum):
    """How many of the parts must hold."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


Scalar = str | int | Decimal | bool | date | datetime
Value = Scalar | tuple[Scalar, ...] | None


@dataclass(frozen=True, slots=True)
class Window:
    """The last `days` or `months` (one of the two), which end with the event's own local day."""

    days: int = 0
    months: int = 0

    def to_raw(self) -> dict[str, int]:
        return {"months": self.months} if self.months else {"days": self.days}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One comparison: `field`, over `window` if any, stands in relation `op` to `value`."""

    field: str
    op: Op
    value: Value = None
    window: Window | None = None

    def to_raw(self) -> dict[str, Any]:
        """The canonical YAML/JSON form; parsing it gives this leaf again."""
        raw: dict[str, Any] = {"field": self.field}
        if self.window:
            raw["window"] = self.window.to_raw()
        raw["op"] = self.op.value
        if self.value is not None:
            raw["value"] = raw_value(self.value)
        return raw


@dataclass(frozen=True, slots=True)
class Group:
    """All, any or none of `nodes` hold. Never empty."""

    quantifier: Quantifier
    nodes: tuple["Condition", ...]

    def to_raw(self) -> dict[str, Any]:
        """The canonical YAML/JSON form; parsing it gives this group again."""
        return {self.quantifier.value: [node.to_raw() for node in self.nodes]}


@dataclass(frozen=True, slots=True)
class Items:
    """Any, all or none of the order's lines satisfy `where`, which asks for `item.*` fields only.

    An order without lines satisfies `none`, and neither `any` nor `all`.
    """

    quantifier: Quantifier
    where: "Condition"

    def to_raw(self) -> dict[str, Any]:
        """The canonical YAML/JSON form; parsing it gives this group again."""
        return {"items": self.quantifier.value, "where": self.where.to_raw()}


Condition = Leaf | Group | Items


def raw_value(value: Value) -> Any:
    """`value` as JSON writes it: numbers as numbers where a float is exact, dates and times as ISO 8601."""
    if isinstance(value, tuple):
        return [raw_value(part) for part in value]
    if isinstance(value, Decimal):
        return raw_number(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


def raw_number(value: Decimal) -> int | float | str:
    """A Decimal as an int or a float where that loses nothing, else as text."""
    if value == value.to_integral_value():
        return int(value)
    near = float(value)
    return near if Decimal(repr(near)) == value else format(value, "f")
