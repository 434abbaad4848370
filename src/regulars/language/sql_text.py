"""Pieces of SQL that carry their parameters with them, so that values never become text of the query."""

from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from regulars.language.calendar import local_day

_FORMATTER = Formatter()


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL with psycopg's `%s` placeholders and the parameters for them, in order."""

    text: str
    params: tuple[Any, ...] = ()


def sql(template: str, *parts: Sql) -> Sql:
    """`template` with `{}` or `{0}` replaced by `parts`; a part used twice brings its parameters twice.

    A literal brace is doubled. The template is trusted text and holds no `%` but in placeholders.
    """
    text: list[str] = []
    params: list[Any] = []
    following = 0
    for literal, name, _, _ in _FORMATTER.parse(template):
        text.append(literal)
        if name is None:
            continue
        if name == "":
            name, following = str(following), following + 1
        part = parts[int(name)]
        text.append(part.text)
        params.extend(part.params)
    return Sql("".join(text), tuple(params))


def param(value: Any, cast: str) -> Sql:
    """A parameter with the type that PostgreSQL is to take it for."""
    return Sql(f"%s::{cast}", (value,))


def joined(separator: str, parts: list[Sql]) -> Sql:
    """`parts` with the trusted `separator` between them."""
    params = tuple(value for part in parts for value in part.params)
    return Sql(separator.join(part.text for part in parts), params)


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment that a query asks about: one that is given, or the time of each event row `e`."""

    zone: ZoneInfo
    fixed: datetime | None = None

    @property
    def zone_name(self) -> Sql:
        return param(self.zone.key, "text")

    @property
    def moment(self) -> Sql:
        return Sql("e.time") if self.fixed is None else param(self.fixed, "timestamptz")

    @property
    def day(self) -> Sql:
        """The local day of the moment."""
        if self.fixed is None:
            return sql("(e.time AT TIME ZONE {})::date", self.zone_name)
        return param(local_day(self.fixed, self.zone), "date")

    def day_of(self, moment: Sql) -> Sql:
        """The local day of another moment."""
        return sql("({} AT TIME ZONE {})::date", moment, self.zone_name)
