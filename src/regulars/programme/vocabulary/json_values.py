"""Values inside JSON, read the same in Python and in PostgreSQL.

A value of another kind than its field's is missing.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from regulars.events.contracts import FieldKind
from regulars.language.fields import Type
from regulars.language.sql_text import Sql, param, sql

_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_TIME = (
    r"^[1-8][0-9]{3}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?"
    r"(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$"
)
_DATE_FORM, _TIME_FORM = re.compile(_DATE), re.compile(_TIME)

TYPES = {
    FieldKind.TEXT: Type.TEXT,
    FieldKind.INTEGER: Type.INTEGER,
    FieldKind.NUMBER: Type.NUMBER,
    FieldKind.MONEY: Type.MONEY,
    FieldKind.BOOLEAN: Type.BOOLEAN,
    FieldKind.TIME: Type.TIME,
    FieldKind.DATE: Type.DATE,
}


def as_text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def as_number(value: Any) -> int | Decimal | None:
    """Exactly the number that the JSON says: a float's shortest form, as PostgreSQL keeps it."""
    if type(value) is int:
        return value
    return Decimal(repr(value)) if isinstance(value, float) else None


def as_boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def as_date(value: Any) -> date | None:
    if not isinstance(value, str) or not _DATE_FORM.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def as_time(value: Any) -> datetime | None:
    if not isinstance(value, str) or not _TIME_FORM.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def json_reader(kind: Type) -> Callable[[Any], Any]:
    """The reader of a JSON value for a field of that type."""
    return _READERS[kind]


def json_sql(kind: Type, value: Sql) -> Sql:
    """The typed value of the jsonb expression `value`, NULL where it is missing or of another kind."""
    template = _SQL[kind]
    pattern = {Type.DATE: _DATE, Type.TIME: _TIME}.get(kind)
    return sql(template, value) if pattern is None else sql(template, value, param(pattern, "text"))


_READERS: dict[Type, Callable[[Any], Any]] = {
    Type.TEXT: as_text,
    Type.CHOICE: as_text,
    Type.INTEGER: as_number,
    Type.NUMBER: as_number,
    Type.MONEY: as_number,
    Type.BOOLEAN: as_boolean,
    Type.DATE: as_date,
    Type.TIME: as_time,
}

_TEXT_SQL = "CASE WHEN jsonb_typeof({0}) = 'string' THEN NULLIF({0} #>> '{{}}', '') END"
_NUMBER_SQL = "CASE WHEN jsonb_typeof({0}) = 'number' THEN ({0} #>> '{{}}')::numeric END"
_DATED_SQL = (
    "CASE WHEN jsonb_typeof({{0}}) = 'string' AND ({{0}} #>> '{{{{}}}}') ~ {{1}} "
    "AND pg_input_is_valid({{0}} #>> '{{{{}}}}', '{0}') THEN ({{0}} #>> '{{{{}}}}')::{0} END"
)
_SQL: dict[Type, str] = {
    Type.TEXT: _TEXT_SQL,
    Type.CHOICE: _TEXT_SQL,
    Type.INTEGER: _NUMBER_SQL,
    Type.NUMBER: _NUMBER_SQL,
    Type.MONEY: _NUMBER_SQL,
    Type.BOOLEAN: "CASE WHEN jsonb_typeof({0}) = 'boolean' THEN ({0} #>> '{{}}')::boolean END",
    Type.DATE: _DATED_SQL.format("date"),
    Type.TIME: _DATED_SQL.format("timestamptz"),
}
