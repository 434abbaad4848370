"""Everything a condition can ask for in one programme: the fields of the rooms' tables and of the payloads."""

from collections.abc import Iterator

from regulars.events.contracts import EventType
from regulars.language.fields import Field, Fields
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary.benefits import benefit_fields
from regulars.programme.vocabulary.calendar import calendar_fields
from regulars.programme.vocabulary.event import event_fields
from regulars.programme.vocabulary.history import history_fields
from regulars.programme.vocabulary.holidays import country_of
from regulars.programme.vocabulary.member import member_fields
from regulars.programme.vocabulary.plans import plan_fields
from regulars.programme.vocabulary.scores import score_fields

__all__ = ["fields_for"]


def fields_for(programme: Programme, event_type: EventType | None) -> Fields:
    """The fields for rules on `event_type`, or (None) for audiences, which have no event to ask about."""
    return Fields(
        _all(programme, event_type),
        zone=programme.zone,
        currency=programme.currency,
        minor_digits=programme.minor_digits,
    )


def _all(programme: Programme, event_type: EventType | None) -> Iterator[Field]:
    if event_type is not None:
        yield from event_fields(programme, event_type)
    yield from member_fields(programme)
    yield from benefit_fields(programme)
    yield from plan_fields(programme)
    yield from score_fields()
    yield from history_fields(programme)
    yield from calendar_fields(country_of(programme.zone, programme.currency))
