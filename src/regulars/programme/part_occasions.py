"""The shape of what a rule says about time, about rules beside it, and about whom it is tried with."""

from datetime import time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, PlainValidator
from pydantic_core import PydanticCustomError

from regulars.campaigns.contracts import Pick
from regulars.campaigns.occasions import MOST_AROUND
from regulars.programme.part import Id, Part

Around = Annotated[int, Field(ge=0, le=MOST_AROUND, strict=True)]
Weekdays = Annotated[list[Annotated[int, Field(ge=1, le=7, strict=True)]], Field(max_length=7)]
MonthDays = Annotated[list[Annotated[int, Field(ge=-31, le=31, strict=True)]], Field(max_length=31)]
Months = Annotated[list[Annotated[int, Field(ge=1, le=12, strict=True)]], Field(max_length=12)]
HOURS = r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]|24):[0-5][0-9]$"
Hours = Annotated[list[Annotated[str, Field(pattern=HOURS)]], Field(max_length=10)]
Moment = Annotated[str, Field(max_length=40)]
"""A day or a moment as ISO 8601 writes it; without an offset in the programme's zone."""


def _clock_time(value: Any) -> time:
    if isinstance(value, str) and len(value) == 5:
        try:
            return time.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("clock_time", "")


class AroundPart(Part):
    before: Around = 0
    after: Around = 0
    month: bool = False


class HolidayPart(Part):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    before: Around = 0
    after: Around = 0


class DaysPart(Part):
    weekdays: Weekdays = []
    days: MonthDays = []
    months: Months = []
    hours: Hours = []


class WindowPart(DaysPart):
    holiday: HolidayPart | None = None
    birthday: AroundPart | None = None
    anniversary: AroundPart | None = None
    member_day: Literal[True] | None = None


class DuePart(Part):
    days_before: Annotated[int, Field(ge=0, le=180, strict=True)] = 0
    days_after: Annotated[int, Field(ge=0, le=180, strict=True)] = 0


class HolidayDuePart(DuePart):
    name: Annotated[str, Field(min_length=1, max_length=200)]


class SchedulePart(Part):
    """Exactly one occasion."""

    cron: Annotated[str, Field(max_length=100)] | None = None
    birthday: DuePart | None = None
    anniversary: DuePart | None = None
    holiday: HolidayDuePart | None = None
    member_day: DuePart | None = None
    at: Annotated[time, PlainValidator(_clock_time)] | None = None
    catch_up_hours: Annotated[int, Field(ge=0, le=168, strict=True)] = 24


class GroupPart(Part):
    id: Id
    pick: Pick = Pick.FIRST


class TestPart(Part):
    """At least one of these."""

    members: Annotated[list[UUID], Field(max_length=500)] = []
    tag: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    when: Any = None
