"""Experiments over the API: what each says, and the groups of a member."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from regulars.api.auth import key
from regulars.api.members import REFERENCE, member_id
from regulars.api.problems import language_of
from regulars.api.reading import parameters
from regulars.engine.queries import money_of
from regulars.insight import saying
from regulars.insight.defining import Unit
from regulars.insight.experiments import answer
from regulars.insight.experiments.compare import Effect
from regulars.insight.experiments.queries import experiment, experiments, groups_of
from regulars.insight.experiments.reading import ArmRow, Reading
from regulars.language.text import say
from regulars.members import queries as members
from regulars.members.contracts import MemberUnknown
from regulars.programme.contracts import Programme
from regulars.programme.service import current
from regulars.staff.contracts import Scope

router = Router(tags=["experiments"])

Plain = str | float | None


class GroupOut(Schema):
    """A group and what its members did, each in the days after they came; the first one is the base."""

    id: str
    name: str
    share: float = Field(description="As stated, 1 for all.")
    came: int
    counted: int = Field(description="Of these, whose days are over; all other figures are of them.")
    sales: str | None = Field(description="Per member, decimal text.")
    orders: float | None = Field(description="Per member.")
    bought: float | None = Field(description="The share who bought.")
    order_value: str | None
    margin: str | None = Field(description="Per member, less what was given; null where no margin is stated.")
    cost: str | None = Field(description="What the rules gave, per member.")


class EffectOut(Schema):
    """What a group did beyond the base. Money is decimal text."""

    group: str
    measure: str = Field(description="`sales`, `orders`, `margin`, `bought` or `order_value`.")
    base: Plain
    difference: Plain
    low: Plain = Field(description="With `high`: holds at every look, with 95 %. Null: too early.")
    high: Plain
    once_low: Plain = Field(
        description="With `once_high`: for who looks once, on a day fixed beforehand (Welch)."
    )
    once_high: Plain
    relative: float | None = Field(description="The difference as a share of the base.")
    p: float | None = Field(description="Holds at every look; with several groups by Holm's correction.")
    verdict: str = Field(description="`more`, `less`, `even` or `open` (too early).")


class WorthOut(Schema):
    """What a group brought beyond the base, over all its members whose days are over."""

    group: str
    members: int
    sales: str
    sales_low: str | None
    sales_high: str | None
    margin: str | None = Field(description="Of those sales; null where no margin is stated.")
    cost: str = Field(description="What it was given beyond the base.")
    roi: float | None = Field(description="(margin − cost) ÷ cost.")


class LookOut(Schema):
    """What was known of the deciding measure by the end of a day."""

    day: date
    group: str
    difference: Plain
    low: Plain
    high: Plain


class SplitOut(Schema):
    """Whether the groups are as large as their shares say (chi-square)."""

    p: float | None
    skewed: bool


class ExperimentOut(Schema):
    """What an experiment says, as of the end of yesterday."""

    id: str
    name: str
    state: str = Field(description="`waiting` (nobody came), `early`, `running` (can be read) or `ended`.")
    says: str = Field(description="`nothing_yet`, `skewed`, `better`, `worse` or `even`.")
    best: str | None = Field(description="The group of which that is said.")
    sentence: str
    metric: str = Field(description="The measure that decides.")
    days: int = Field(description="For how many days each member counts.")
    since: date | None
    readable_on: date | None
    groups: list[GroupOut]
    effects: list[EffectOut]
    split: SplitOut
    worth: list[WorthOut]
    crossed: int = Field(description="Members who came in more than one group, by a merge; the first counts.")
    as_of: datetime


class ExperimentInFull(ExperimentOut):
    """With the course over time."""

    path: list[LookOut]


class MemberGroupOut(Schema):
    """The group of a member, by the hash of their id."""

    experiment: str
    name: str
    group: str
    group_name: str
    withheld: bool = Field(description="Whether none of its rules reaches the member now.")


@router.get(
    "/experiments",
    response=list[ExperimentOut],
    auth=key(Scope.REPORTS_READ),
    summary="All experiments, and what they say",
    operation_id="listExperiments",
    description="The control group first, where there is one; then those of the programme in force, then those of"
    " earlier versions. docs/experiments.md says how they are read.",
)
@parameters()
def all_experiments(request: HttpRequest) -> Any:
    programme = current()
    found = experiments(programme)
    return [ExperimentOut(**_told(each, found.at, programme, language_of(request))) for each in found.value]


@router.get(
    "/experiments/{ident}",
    response=ExperimentInFull,
    auth=key(Scope.REPORTS_READ),
    summary="What one experiment says",
    operation_id="getExperiment",
    description="With its course over time. `control_group` is the programme's control group.",
)
@parameters()
def one_experiment(request: HttpRequest, ident: str) -> Any:
    programme = current()
    found = experiment(ident, programme)
    reading, unit = found.value, answer.UNITS[found.value.metric]
    path = [
        LookOut(
            day=look.day,
            group=ident,
            difference=_plain(effect.difference, unit, programme),
            low=_plain(effect.low, unit, programme),
            high=_plain(effect.high, unit, programme),
        )
        for look in reading.path
        for ident, effect in look.effects.items()
    ]
    return ExperimentInFull(**_told(reading, found.at, programme, language_of(request)), path=path)


@router.get(
    "/members/{path:ref}/experiments",
    response=list[MemberGroupOut],
    auth=key(Scope.MEMBERS_READ),
    summary="The groups that a member is in",
    operation_id="getMemberExperiments",
    description=f"Of the experiments of the programme in force. {REFERENCE}",
)
@parameters()
def of_member(request: HttpRequest, ref: str) -> Any:
    programme, who, language = current(), member_id(ref), language_of(request)
    if members.profile(who) is None:
        raise MemberUnknown(str(who))
    return [
        MemberGroupOut(
            experiment=design.id,
            name=say(design.name, language),
            group=group,
            group_name=next(say(arm.name, language) for arm in design.arms if arm.id == group),
            withheld=withheld,
        )
        for design, group, withheld in groups_of(who, programme)
    ]


def _told(found: Reading, at: datetime, programme: Programme, language: str) -> dict[str, Any]:
    design = found.design
    return {
        "id": design.id,
        "name": say(design.name, language),
        "state": found.state.value,
        "says": found.says.value,
        "best": found.best or None,
        "sentence": saying.sentence(answer.sentence(found), programme, language),
        "metric": found.metric,
        "days": design.days,
        "since": found.since,
        "readable_on": found.readable_on,
        "groups": [_group(row, programme, language) for row in found.arms],
        "effects": [
            _effect(ident, measure, effect, programme)
            for measure, effects in found.effects.items()
            for ident, effect in effects.items()
        ],
        "split": SplitOut(p=_short(found.split.p), skewed=found.split.skewed),
        "worth": [_worth(ident, found, programme) for ident in found.worth],
        "crossed": found.crossed,
        "as_of": at,
    }


def _group(row: ArmRow, programme: Programme, language: str) -> GroupOut:
    known = row.counted > 0
    money = [
        _money(value if known else None, programme)
        for value in (row.sales, row.order_value, row.margin, row.cost)
    ]
    return GroupOut(
        id=row.arm.id,
        name=say(row.arm.name, language),
        share=row.arm.share,
        came=row.came,
        counted=row.counted,
        sales=money[0],
        orders=_short(row.orders) if known else None,
        bought=_short(row.bought) if known else None,
        order_value=money[1],
        margin=money[2],
        cost=money[3],
    )


def _effect(ident: str, measure: str, effect: Effect, programme: Programme) -> EffectOut:
    unit = answer.UNITS[measure]
    figures = (
        effect.base, effect.difference, effect.low, effect.high, effect.once_low, effect.once_high,
    )  # fmt: skip
    base, difference, low, high, once_low, once_high = (_plain(each, unit, programme) for each in figures)
    return EffectOut(
        group=ident,
        measure=measure,
        base=base,
        difference=difference,
        low=low,
        high=high,
        once_low=once_low,
        once_high=once_high,
        relative=_short(effect.relative(effect.difference)),
        p=_short(effect.held if effect.held is not None else effect.p),
        verdict=effect.verdict,
    )


def _worth(ident: str, found: Reading, programme: Programme) -> WorthOut:
    one = found.worth[ident]
    return WorthOut(
        group=ident,
        members=one.members,
        sales=_money(one.sales, programme) or "",
        sales_low=_money(one.sales_low, programme),
        sales_high=_money(one.sales_high, programme),
        margin=_money(one.gained, programme),
        cost=_money(one.cost, programme) or "",
        roi=_short(one.roi),
    )


def _plain(value: float | None, unit: Unit, programme: Programme) -> Plain:
    return _money(value, programme) if unit is Unit.MONEY else _short(value)


def _money(value: float | None, programme: Programme) -> str | None:
    return None if value is None else money_of(round(value), programme.minor_digits)


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
