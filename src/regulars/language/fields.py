"""What conditions can ask for: fields with a type, a label, a way to read them in Python and one in SQL.

The actual fields of a programme are listed by `programme.vocabulary`; this is the form they have.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from regulars.language.events import Event
from regulars.language.snapshot import Snapshot
from regulars.language.sql_text import Clock, Sql
from regulars.language.text import Text
from regulars.language.tree import Op, Window


class Type(StrEnum):
    """What a field holds, and what its reader gives: str, int, Decimal or int, int (minor units), bool, date,
    aware datetime, str, a set of str. None: the value is missing."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    CHOICE = "choice"
    TAGS = "tags"


NUMERIC = frozenset({Type.INTEGER, Type.NUMBER, Type.MONEY})


class Scope(StrEnum):
    """What a field is read from: the facts of an event and its member, or one order line."""

    FACTS = "facts"
    LINE = "line"


class Style(StrEnum):
    """How a sentence speaks of the field: as an amount, a point in the calendar, or a thing that is or has."""

    AMOUNT = "amount"
    POINT = "point"
    PLAIN = "plain"
    SET = "set"


@dataclass(slots=True)
class Facts:
    """All that a condition may look at. `day` is the local day of `moment` in `zone`; windows end with it. `sums`, if
    any: what tallies come to over windows, (tally, days, months) → (count, total), known already."""

    event: Event | None
    member: Snapshot
    day: date
    zone: ZoneInfo
    moment: datetime
    sums: dict[tuple[str, int, int], tuple[int, int]] | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a field may have, and what people call it."""

    value: str | int
    label: Text


Read = Callable[[Any], Any]
"""Facts (or an order line, for fields of that scope) → the value, None where it is missing."""


@dataclass(frozen=True, slots=True, repr=False)
class Field:
    """One thing to ask for.

    `reader(window)` and `sql(clock, window)` must give the same value. `choices` are all allowed values
    (empty: any); `ranked` choices compare by their order. `known` are values worth offering that aren't all.
    `least` and `most` bound the numbers worth comparing with. `never_missing` promises that the reader never
    gives None. `tally` and `count` name what the engine must load (`tally` without a window: all its days);
    `part` the part of the snapshot that is read.
    """

    name: str
    type: Type
    label: Text
    reader: Callable[[Window | None], Read]
    sql: Callable[[Clock, Window | None], Sql]
    scope: Scope = Scope.FACTS
    choices: tuple[Choice, ...] = ()
    known: tuple[Choice, ...] = ()
    ranked: bool = False
    windows: bool = False
    least: int | None = None
    most: int | None = None
    never_missing: bool = False
    tally: str = ""
    count: str = ""
    part: str = ""
    style: Style = Style.PLAIN
    unit: Text = field(default_factory=dict)
    frame: Text = field(default_factory=dict)
    """How the sentence is put together, where not as usual: `{window}`, `{name}`, `{is}` (verb and value)."""
    phrases: Mapping[Op, Text] = field(default_factory=dict)
    """Whole sentences for single operators: `{window}`, `{value}`. For a boolean that is never missing IS_SET
    says yes and IS_NOT_SET no."""

    def __repr__(self) -> str:
        return f"Field({self.name})"

    def value_label(self, value: object) -> Text | None:
        """What people call `value`, if the field knows."""
        return next((each.label for each in (*self.choices, *self.known) if each.value == value), None)


class UnknownFieldError(KeyError):
    """There is no field of that name. `near` holds the most similar names there are."""

    def __init__(self, name: str, near: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name = name
        self.near = near


class Fields:
    """The fields of one programme (and event type), by name, with the zone and currency they are read in."""

    def __init__(self, fields: Iterable[Field], *, zone: ZoneInfo, currency: str, minor_digits: int) -> None:
        self._fields = {each.name: each for each in fields}
        self.zone = zone
        self.currency = currency
        self.minor_digits = minor_digits

    def __getitem__(self, name: str) -> Field:
        """The field of that name; `UnknownFieldError` with the nearest names where there is none."""
        found = self._fields.get(name)
        if found is None:
            raise UnknownFieldError(name, tuple(get_close_matches(name, self._fields, n=3, cutoff=0.5)))
        return found

    def __iter__(self) -> Iterator[Field]:
        return iter(self._fields.values())

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def to_minor(self, amount: Decimal) -> int:
        """Whole currency units as the smallest unit."""
        return int(amount.scaleb(self.minor_digits))

    def from_minor(self, amount: int | Decimal) -> Decimal:
        """The smallest unit as whole currency units."""
        return Decimal(amount).scaleb(-self.minor_digits)
