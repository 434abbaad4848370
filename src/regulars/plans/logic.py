"""Where a member stands with the plans of a family on a day, and what comes next. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.language.calendar import add_months, start_of
from regulars.language.effects import PlanAct
from regulars.language.snapshot import Subscription
from regulars.plans.contracts import PaidPlan, Period
from regulars.plans.course import DAY, Course, Term, follow


def stand(course: Course, plan_id: str, day: date) -> Subscription:
    """Where the course puts the member with one plan on `day`."""
    own = [term for term in course.terms if term.plan == plan_id]
    found = Subscription(
        plan_id,
        _idle(course, plan_id, day),
        auto_renew=course.renews.get(plan_id, False),
        trial_used=plan_id in course.tried,
        application=course.applications.get(plan_id, ""),
    )
    now = course.at(day)
    if now is None or now.plan != plan_id:
        now = course.held_over(plan_id, day) if now is None else None
    if now is not None:
        return _running(course, found, now, day)
    ahead = [term for term in own if term.first > day]
    known = ahead[:1] or own[-1:]
    if not known:
        return found
    first, last = _run(course, known[0])
    found.status = "scheduled" if ahead else "lapsed"
    found.period, found.since, found.until = known[0].period, first.first, last.last
    found.last_day, found.turns_on = last.last, first.first if ahead else None
    return found


def _idle(course: Course, plan_id: str, day: date) -> str:
    """What is to be said of a plan that never ran."""
    if any(one.plan == plan_id and one.day <= day for one in course.waiting):
        return "applied"
    return course.applications.get(plan_id, "lapsed")


def _run(course: Course, now: Term) -> tuple[Term, Term]:
    """The first and the last term of the plan's unbroken run around `now`."""
    own = [term for term in course.terms if term.plan == now.plan]
    index = own.index(now)
    first = last = index
    while first and own[first - 1].last == own[first].anchor:
        first -= 1
    while last + 1 < len(own) and own[last + 1].anchor == own[last].last:
        last += 1
    return own[first], own[last]


def _running(course: Course, found: Subscription, now: Term, day: date) -> Subscription:
    first, last = _run(course, now)
    following = next((term for term in course.terms if term.first == last.last + DAY), None)
    stopped = now.plan in course.stopped
    found.status = "cancelled" if stopped else "active"
    if now.is_trial and last is now:
        found.status = "trial"
    found.period, found.since, found.until = now.period, first.first, last.last
    graceless = stopped or last.is_trial or last.ended or following is not None
    grace = 0 if graceless else course.plans[now.plan].grace_days
    found.last_day = last.last + grace * DAY
    turns = [
        term.first
        for term in course.terms
        if term.plan == now.plan and day < term.first <= last.last and term.period != now.period
    ]
    if following is not None:
        turns.append(following.first)
    found.turns_on = min(turns, default=None)
    return found


class Kind(IntEnum):
    """What time does to a plan, in the order of one moment: the next period or plan takes over, a day's growth, its
    end is announced, it ends."""

    TURN = 1
    GROW = 2
    REMIND = 3
    END = 4


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    kind: Kind
    day: date


def next_moment(one: Subscription, plan: PaidPlan, zone: ZoneInfo) -> Moment | None:
    """The next thing that time has to do with a plan; None: nothing."""
    days: list[tuple[date, Kind]] = []
    if one.turns_on is not None:
        days.append((one.turns_on, Kind.TURN))
    if one.runs and one.until is not None and one.last_day is not None:
        if one.turns_on is None or one.turns_on > one.last_day + DAY:
            days.append((one.last_day + DAY, Kind.END))
        if plan.remind_days and (one.reminded_to is None or one.reminded_to < one.until):
            days.append((one.until - plan.remind_days * DAY, Kind.REMIND))
        grown = one.grown_to
        if plan.daily is not None and grown is not None and one.status != "trial" and grown < one.until:
            days.append((grown + DAY, Kind.GROW))
    if not days:
        return None
    day, kind = min(days)
    return Moment(start_of(day, zone), kind, day)


# Quotes


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of one payment: `days` of `of`, worth `worth_minor` of `value_minor`."""

    plan: str
    period: str
    payment_id: str
    days: int
    of: int
    value_minor: int
    worth_minor: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What a period of a plan costs a member today. `kind`: new, renewal, upgrade or downgrade. `due_minor` is to pay:
    the price less what is `left` of lower plans. `surplus_minor`: what is left is worth more than the price by so
    much, and becomes `extra_days`. It runs from `starts` to `until`."""

    kind: str
    plan: str
    period: str
    price_minor: int
    left: tuple[Left, ...]
    credit_minor: int
    due_minor: int
    surplus_minor: int
    extra_days: int
    starts: date
    until: date


def quote(
    plans: Mapping[str, PaidPlan],
    acts: Iterable[PlanAct],
    plan: PaidPlan,
    period: Period,
    at: datetime,
    day: date,
    quote_id: UUID,
) -> Quote:
    """What `period` of `plan` costs on `day`, and what it brings, after all that was done."""
    known = list(acts)
    course = follow(plans, known)
    left = tuple(
        Left(
            term.plan,
            term.period,
            term.act.payment_id,
            term.unused(day),
            term.days,
            term.value,
            term.worth(day),
        )
        for term in course.terms
        if term.last >= day and course.rank(term.plan) < plan.rank and term.unused(day) and not term.is_trial
    )
    running = course.at(day) or course.held_over(plan.id, day)
    kind = "new"
    if running is not None:
        above = plan.rank - course.rank(running.plan)
        kind = "upgrade" if above > 0 else "downgrade" if above < 0 else "renewal"
    if kind != "upgrade":
        left = ()
    credit = sum(one.worth_minor for one in left)
    due = max(period.price_minor - credit, 0)
    quoted = PlanAct(
        quote_id, plan.id, "quoted", at, day, period=period.id, amount_minor=due, credit_minor=credit,
        data={"price_minor": period.price_minor},
    )  # fmt: skip
    bought = PlanAct(
        UUID(int=quote_id.int + 1), plan.id, "paid", at, day, source="", payment_id=str(quote_id),
        period=period.id, months=period.months, amount_minor=due, quote=quote_id,
    )  # fmt: skip
    acts_then = [*known, quoted, bought]
    if plan.asks_approval and plan.id not in course.approved:
        acts_then.append(PlanAct(quote_id, plan.id, "approved", at, day))
    then = follow(plans, acts_then)
    term = next(one for one in then.terms if one.act.payment_id == str(quote_id))
    extra = (term.last - add_months(day, period.months)).days if kind == "upgrade" else 0
    surplus = max(credit - period.price_minor, 0)
    return Quote(
        kind, plan.id, period.id, period.price_minor, left, credit, due, surplus, extra, term.first, term.last
    )
