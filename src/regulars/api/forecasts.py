"""When members will reach the next level, and what gets them there, over the API."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from regulars.api.auth import key
from regulars.api.members import REFERENCE, member_id
from regulars.api.problems import language_of
from regulars.api.reading import parameters
from regulars.api.schemas import Amount, Units
from regulars.engine.queries import money_of
from regulars.insight.guide import Guide, guide
from regulars.kit import clock
from regulars.language.calendar import local_day
from regulars.language.text import say
from regulars.members import queries as members
from regulars.members.contracts import MemberProfile, MemberUnknown
from regulars.programme.contracts import Programme
from regulars.programme.service import current
from regulars.staff.contracts import Scope
from regulars.tiers.contracts import Span
from regulars.tiers.queries import Outlook, outlook

router = Router(tags=["members"])


class SpanOut(Schema):
    """From a day to a day."""

    first: date
    last: date | None = Field(description="Null where it lies more than a year ahead.")


class ForecastOut(Schema):
    """When the next level of a ladder will probably come, and whether this one will be kept."""

    ladder: str
    level: str
    next_level: str | None
    missing: Units = Field(description="To the next level.")
    likely: date | None = Field(
        description="The day about which it most probably comes; null where it is less likely than not within a year,"
        " or there is nothing to go by."
    )
    median: date | None = Field(description="As likely before as after.")
    half: SpanOut | None = Field(description="Holds it with a chance of 50 %.")
    most: SpanOut | None = Field(description="Holds it with a chance of 80 %.")
    chance: float | None = Field(description="That it comes within a year, 0 to 1.")
    waits: bool = Field(description="Enough is earned; what else the level asks for is missing.")
    keep: float | None = Field(description="The chance that this level is kept at its end, 0 to 1.")
    monthly: Units = Field(description="What 30 days bring on average.")
    seen: int = Field(description="On how many days of the last 400 something was earned.")


class UsualOut(Schema):
    """The member's usual order: the middle of their latest ones that were kept."""

    orders: int = Field(description="How many were looked at.")
    total: Amount
    units: Units = Field(description="What such an order brought.")
    times: int = Field(description="So many more reach the next level.")


class FavouriteOut(Schema):
    """A category, or a product where orders name no category, that brought the member most."""

    name: str
    kind: str = Field(description="`category` or `product`.")
    orders: int = Field(description="In how many of the latest orders.")
    of: int
    spend: Amount = Field(description="For how much each time, in the middle.")
    units: Units
    times: int


class TaskOut(Schema):
    """A rule that credits what the ladder measures and that the member can still do."""

    rule: str
    name: str
    event: str = Field(description="The type of event that it is about.")
    says: str = Field(description="The rule in words.")
    bounds: str
    units: Units | None = Field(description="What one time brings; null where it depends.")
    times: int | None = Field(
        description="How many reach the next level; null: more than can be had, or unknown."
    )
    left: int | None = Field(description="How often it can be had in this period; null: no bound.")
    opens: date | None = Field(description="From which day, where it is not open today.")


class LikelyOut(Schema):
    """A product that is recommended to the member, and what so much spent brought them on average."""

    name: str
    reason: str = Field(description="`again`, `together`, `alike` or `popular`.")
    price: Amount = Field(description="What it usually cost in the last 60 days.")
    units: Units


class GuideOut(Schema):
    """What gets the member to the next level of a ladder, by what one time brings."""

    ladder: str
    next_level: str | None
    missing: Units
    usual: UsualOut | None
    favourites: list[FavouriteOut]
    tasks: list[TaskOut]
    likely: list[LikelyOut]


@router.get(
    "/members/{path:ref}/levels/forecast",
    response=list[ForecastOut],
    auth=key(Scope.MEMBERS_READ),
    summary="When the next level will come",
    operation_id="getForecast",
    description="On every ladder, with its uncertainty; docs/prediction.md says how it is made and how often it is"
    f" right. {REFERENCE}",
)
@parameters()
def forecast(request: HttpRequest, ref: str) -> Any:  # noqa: ARG001
    programme = current()
    return [_forecast(one) for one in _outlook(_member(ref), programme)]


@router.get(
    "/members/{path:ref}/levels/guide",
    response=list[GuideOut],
    auth=key(Scope.MEMBERS_READ),
    summary="What gets a member to the next level",
    operation_id="getGuide",
    description="On every ladder: the member's usual order and what brought them most, from their latest orders, and"
    f" the rules that they can still do. {REFERENCE}",
)
@parameters()
def show_guide(request: HttpRequest, ref: str) -> Any:
    programme, member, language = current(), _member(ref), language_of(request)
    return [
        _guide(
            one,
            guide(
                member, programme, programme.ladders[one.progress.ladder], one.progress, clock.now(), language
            ),
            programme,
            language,
        )
        for one in _outlook(member, programme)
    ]


def _member(ref: str) -> MemberProfile:
    who = member_id(ref)
    found = members.profile(who)
    if found is None:
        raise MemberUnknown(str(who))
    return found


def _outlook(member: MemberProfile, programme: Programme) -> list[Outlook]:
    today = local_day(clock.now(), programme.zone)
    joined = local_day(member.joined_at, programme.zone)
    return outlook(member.id, programme.ladders.values(), today, joined, programme.zone)


def _forecast(one: Outlook) -> ForecastOut:
    found = one.forecast
    return ForecastOut(
        ladder=found.ladder,
        level=found.level,
        next_level=found.next_level,
        missing=one.progress.missing,
        likely=found.likely,
        median=found.median,
        half=_span(found.half),
        most=_span(found.most),
        chance=_chance(found.chance),
        waits=found.waits,
        keep=_chance(found.keep),
        monthly=found.monthly,
        seen=found.seen,
    )


def _span(span: Span | None) -> SpanOut | None:
    return None if span is None else SpanOut(first=span.first, last=span.last)


def _chance(chance: float | None) -> float | None:
    """More than a hundredth would be pretended."""
    return None if chance is None else round(chance, 2)


def _guide(one: Outlook, found: Guide, programme: Programme, language: str) -> GuideOut:
    digits = programme.minor_digits
    usual = found.usual
    return GuideOut(
        ladder=one.progress.ladder,
        next_level=one.progress.next_level,
        missing=one.progress.missing,
        usual=None
        if usual is None
        else UsualOut(
            orders=usual.orders,
            total=money_of(usual.total_minor, digits),
            units=usual.units,
            times=usual.times,
        ),
        favourites=[
            FavouriteOut(
                name=each.name,
                kind="category" if each.is_category else "product",
                orders=each.orders,
                of=each.of,
                spend=money_of(each.spend_minor, digits),
                units=each.units,
                times=each.times,
            )
            for each in found.favourites
        ],
        tasks=[
            TaskOut(
                rule=each.words.rule.id,
                name=say(each.words.rule.name, language),
                event=each.on,
                says=each.words.what,
                bounds=each.words.bounds,
                units=each.units,
                times=each.times,
                left=each.left,
                opens=each.opens,
            )
            for each in found.tasks
        ],
        likely=[
            LikelyOut(
                name=each.name,
                reason=each.reason,
                price=money_of(each.price_minor, digits),
                units=each.units,
            )
            for each in found.likely
        ],
    )
