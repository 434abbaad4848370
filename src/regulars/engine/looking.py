"""When time can change who satisfies a condition. Pure.

A condition is written as SQL under two clocks: what reads alike under both does not change between them. So no list of
the fields that depend on time has to be kept; but the days that tell one holiday from none are few, so a question
about the calendar is taken for one that each day may answer otherwise.
"""

from datetime import UTC, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from regulars.language.calendar import local_day, start_of
from regulars.language.condition import Condition
from regulars.language.matching import leaves_of
from regulars.language.sql import to_sql
from regulars.language.sql_text import Clock
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary import fields_for

_NOON = datetime(2000, 1, 1, 12, tzinfo=UTC)
_CALENDAR = "calendar."


class Pace(Enum):
    """How often time can change who satisfies a condition: at each local midnight, or at each full hour too."""

    DAILY = "daily"
    HOURLY = "hourly"


def pace_of(condition: Condition, programme: Programme) -> Pace | None:
    """None: time changes nothing."""
    fields, zone = fields_for(programme, None), programme.zone

    def asked(at: datetime) -> tuple[str, list[object]]:
        return to_sql(condition, fields, Clock(zone, at))

    noon = start_of(_NOON.date(), zone) + timedelta(hours=12)
    if asked(noon) != asked(noon + timedelta(minutes=1)):
        return Pace.HOURLY
    daily = any(leaf.field.startswith(_CALENDAR) for leaf in leaves_of(condition))
    return Pace.DAILY if daily or asked(noon) != asked(noon + timedelta(days=1)) else None


def next_look(pace: Pace, zone: ZoneInfo, after: datetime) -> datetime:
    """The next moment after `after` at which to look again."""
    midnight = start_of(local_day(after, zone) + timedelta(days=1), zone)
    if pace is Pace.DAILY:
        return midnight
    local = after.astimezone(zone)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return min(after - past + timedelta(hours=1), midnight)
