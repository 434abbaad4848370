"""Everything a condition can ask for in one programme: the fields of the rooms' tables and of the payloads."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from regulars.events.contracts import EventType
from regulars.language.fields import Field, Fields
from regulars.language.text import Text
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary.audiences import audience_field
from regulars.programme.vocabulary.benefits import benefit_fields
from regulars.programme.vocabulary.calendar import calendar_fields
from regulars.programme.vocabulary.event import event_fields
from regulars.programme.vocabulary.history import history_fields
from regulars.programme.vocabulary.holidays import country_of
from regulars.programme.vocabulary.member import member_fields
from regulars.programme.vocabulary.plans import plan_fields
from regulars.programme.vocabulary.scores import score_fields

__all__ = ["NOT_NAMED", "fields_for"]


NOT_NAMED: Mapping[str, Text] = {}


def fields_for(
    programme: Programme, event_type: EventType | None, audiences: Mapping[str, Text] = NOT_NAMED
) -> Fields:
    """The fields for rules on `event_type`, or (None) for audiences, which have no event to ask about. `audiences`:
    those there are, where sentences are to call them by their names."""
    if audiences is NOT_NAMED:
        return _unnamed(programme, event_type)
    return _fields(programme, event_type, audiences)


@lru_cache(maxsize=256)
def _unnamed(programme: Programme, event_type: EventType | None) -> Fields:
    return _fields(programme, event_type, NOT_NAMED)


def _fields(programme: Programme, event_type: EventType | None, audiences: Mapping[str, Text]) -> Fields:
    return Fields(
        _all(programme, event_type, audiences),
        zone=programme.zone,
        currency=programme.currency,
        minor_digits=programme.minor_digits,
    )


def _all(
    programme: Programme, event_type: EventType | None, audiences: Mapping[str, Text]
) -> Iterator[Field]:
    if event_type is not None:
        yield from event_fields(programme, event_type)
    yield from member_fields(programme)
    yield from benefit_fields(programme)
    yield from plan_fields(programme)
    yield from score_fields()
    yield audience_field(audiences)
    yield from history_fields(programme)
    yield from calendar_fields(country_of(programme.zone, programme.currency))
