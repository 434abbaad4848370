"""Conditions and rules over the API while they are being written: what can be asked for, whom it fits, what a rule
would do. Nothing here writes."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from regulars.api import texts
from regulars.api.auth import key
from regulars.api.members import member_id
from regulars.api.problems import ApiProblem, language_of
from regulars.api.reading import parameters
from regulars.api.schemas import Strict
from regulars.audiences.queries import names
from regulars.engine import completing, trying
from regulars.engine.doors import Faulty
from regulars.engine.records import told
from regulars.events.contracts import RecordedEvent
from regulars.events.queries import get, of_member
from regulars.kit import clock
from regulars.kit.problems import FieldError, Problem
from regulars.language.fields import Fields
from regulars.language.problems import Problem as Fault
from regulars.language.text import say
from regulars.programme import building
from regulars.programme.contracts import Programme
from regulars.programme.service import current
from regulars.staff.contracts import Scope

router = Router(tags=["programme"])

On = Annotated[
    str, Query(building.ON_MEMBER, max_length=62, description="A type of event, `schedule`, or `member`.")
]


class OperatorOut(Schema):
    """`wants`: what `value` must be: `nothing`, `one`, `pair`, `many`, `days`, `step`."""

    id: str
    label: str
    wants: str


class ValueOut(Schema):
    """A value, and what people call it."""

    value: str | int
    label: str


class FieldOut(Schema):
    """What a condition can ask for. `choices` are all allowed values (empty: any), `known` some worth offering. `line`:
    of an order's lines, asked within `items` and `where`. `windows`: may be counted over the last days or months."""

    name: str
    label: str
    type: str
    group: str
    line: bool
    operators: list[OperatorOut]
    choices: list[ValueOut]
    known: list[ValueOut]
    windows: bool
    unit: str


class CountIn(Strict):
    """A condition as YAML and JSON have it; `on` says what it may ask for."""

    on: Annotated[str, Field(max_length=62)] = building.ON_MEMBER
    condition: dict[str, Any] | None = None


class CountOut(Schema):
    """How many members a condition fits; null where there was no time to count. `sampled`: estimated. `whole` is false
    where it also asks for something of the event, which is not counted in. `condition`: in its canonical form."""

    sentence: str
    condition: dict[str, Any] | None
    members: int | None
    of: int
    sampled: bool
    whole: bool
    counted_at: datetime


class EventNameIn(Strict):
    """An event of the member's by its name."""

    source: Annotated[str, Field(min_length=1, max_length=60)]
    id: Annotated[str, Field(min_length=1, max_length=200)]


class TryIn(Strict):
    """A rule and a member. At most one of `event`, which happened to the member, and `data`, the payload of one that
    did not; neither: the member's latest event of the rule's type."""

    rule: dict[str, Any]
    member: Annotated[str, Field(min_length=1, max_length=300, description="An id, or `kind:value`.")]
    event: EventNameIn | None = None
    data: dict[str, Any] | None = None


class PartOut(Schema):
    """One part of the rule's condition, and the value it saw."""

    text: str
    held: bool
    seen: str | None
    parts: list["PartOut"]


class TriedOut(Schema):
    """What the rule would do. `verdict` says in a sentence whether it held, and why not."""

    sentence: str
    held: bool
    verdict: str
    parts: list[PartOut]
    notes: list[str]
    effects: list[dict[str, Any]]
    tried_on: datetime


class FaultyCondition(Problem):
    """What was written is no condition, or no rule; every fault with its place."""

    status = 422
    code = "invalid"

    def __init__(self, root: str, faults: tuple[Fault, ...]) -> None:
        errors = tuple(
            FieldError(".".join([root, *map(str, each.place)]), "invalid", each.text) for each in faults
        )
        super().__init__(dict(faults[0].text), errors=errors)


@router.get(
    "/programme/fields",
    response=list[FieldOut],
    auth=key(Scope.PROGRAMME_READ),
    summary="List what conditions can ask for",
    operation_id="listConditionFields",
)
@parameters("on")
def fields(request: HttpRequest, on: On) -> Any:
    """The fields of rules on a type of event, of rules that start by themselves (`schedule`), or of audiences
    (`member`), in your language, each with its operators."""
    language = language_of(request)
    return [_field(one, language) for one in building.offered(_vocabulary(current(), on), language)]


@router.get(
    "/programme/values",
    response=list[ValueOut],
    auth=key(Scope.MEMBERS_READ),
    summary="Search a field's values",
    operation_id="searchConditionValues",
)
@parameters("field", "q", "on")
def values(
    request: HttpRequest,
    field: Annotated[str, Query(max_length=120)],
    on: On,
    q: Annotated[str, Query("", max_length=100, description="A piece of the value.")],
) -> Any:
    """Up to 20 values that the programme names, members have or events had lately. None for numbers and days."""
    found = completing.complete(current(), on, field, q.replace("\0", ""), language_of(request))
    if found is None:
        raise ApiProblem(404, "field_unknown", texts.FIELD_UNKNOWN, field="field", name=field)
    return [ValueOut(value=one.value, label=one.label) for one in found]


@router.post(
    "/programme/conditions/count",
    response=CountOut,
    auth=key(Scope.AUDIENCES_READ),
    summary="Count whom a condition fits",
    operation_id="countFits",
    openapi_extra={
        "requestBody": {
            "content": {
                "application/json": {
                    "example": {
                        "on": "order.paid",
                        "condition": {
                            "all": [
                                {"field": "event.total", "op": "gte", "value": 100},
                                {"field": "orders.count", "window": {"days": 90}, "op": "gte", "value": 3},
                            ]
                        },
                    }
                }
            }
        }
    },
)
@parameters()
def count(request: HttpRequest, body: CountIn) -> Any:
    """What a condition says in your language and how many members its part about members fits now. Nothing is
    written."""
    programme = current()
    asked = building.ask(body.condition, _vocabulary(programme, body.on))
    if asked.problems:
        raise FaultyCondition("condition", asked.problems)
    found = trying.fits(asked.condition, programme)
    return CountOut(
        sentence=say(dict(asked.sentence), language_of(request)) if asked.sentence else "",
        condition=asked.condition.to_raw() if asked.condition else None,
        members=found.members,
        of=found.of,
        sampled=found.sampled,
        whole=found.whole,
        counted_at=clock.now(),
    )


@router.post(
    "/programme/rules/try",
    response=TriedOut,
    auth=key(Scope.MEMBERS_READ),
    summary="Try a rule on a member",
    operation_id="tryRule",
    openapi_extra={
        "requestBody": {
            "content": {
                "application/json": {
                    "example": {
                        "rule": {
                            "id": "weekend_double", "name": "Weekend double", "on": "order.paid",
                            "when": {"field": "calendar.weekday", "op": "in", "value": [6, 7]},
                            "then": [{"credit": {"asset": "points", "for_each": 1, "of": "event.total"}}],
                        },
                        "member": "phone:+8613800000000",
                        "data": {"order_id": "1", "total": "88.00", "currency": "CNY"},
                    }
                }
            }
        }
    },
)  # fmt: skip
@parameters()
def try_rule(request: HttpRequest, body: TryIn) -> Any:
    """What a rule would do for a member as things stand now: whether it held with the values seen, and its effects.
    Nothing is written."""
    programme, language = current(), language_of(request)
    built = building.build(body.rule, programme, names())
    if built.rule is None:
        raise FaultyCondition("rule", built.problems)
    event = _event(body, built.rule, programme, member_id(body.member))
    tried = trying.try_on(built.rule, programme, event, language) if event else None
    if event is None or tried is None:
        raise ApiProblem(404, "event_unknown", texts.NOTHING_TO_TRY, field="event")
    return TriedOut(
        sentence=say(dict(built.sentence), language),
        held=tried.verdict.held,
        verdict=tried.verdict.sentence,
        parts=[PartOut.model_validate(part) for part in tried.verdict.parts],
        notes=list(tried.verdict.notes),
        effects=[told(each, programme) for each in tried.effects],
        tried_on=event.time,
    )


def _vocabulary(programme: Programme, on: str) -> Fields:
    known = building.vocabulary(programme, on, names())
    if known is None:
        raise ApiProblem(404, "type_unknown", texts.TYPE_UNKNOWN, field="on", name=on)
    return known


def _field(one: building.Offered, language: str) -> FieldOut:
    row = one.row(language)
    for part in ("choices", "known"):
        row[part] = [{"value": value, "label": label} for value, label in row[part]]
    row["operators"] = [{"id": op, "label": label, "wants": wants} for op, label, wants in row.pop("ops")]
    return FieldOut.model_validate(row)


def _event(body: TryIn, rule: Any, programme: Programme, member: UUID) -> RecordedEvent | None:
    """What the rule is tried on; None: there is nothing."""
    if rule.schedule is not None:
        return trying.at_moment(rule, member, {}, clock.now())
    if body.data is not None:
        try:
            return trying.stated(programme, rule, member, body.data)
        except Faulty as faulty:
            errors = tuple(FieldError(each.field, each.code, each.text) for each in faulty.errors)
            raise _BadData(dict(faulty.errors[0].text), errors=errors) from None
    if body.event is not None:
        found = get(body.event.source, body.event.id)
        return found if (found.member_id, found.type) == (member, rule.on) else None
    return next(iter(of_member(member, None, 1, [rule.on])), None)


class _BadData(Problem):
    """The payload is none of the rule's type of event."""

    status = 422
    code = "invalid"
