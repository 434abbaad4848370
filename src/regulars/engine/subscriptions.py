"""What events about paid plans mean. A member's plans are worked out anew from all that was done (`plans.course`).

What the payment side tells happened: it is refused only where it can't be understood, or is known already.
"""

from collections.abc import Callable
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

from regulars.engine.plan_moves import place_on_levels
from regulars.engine.stated import refusal
from regulars.engine.turn import Turn
from regulars.language.calendar import local_day
from regulars.language.effects import PlanAct, PlanChange
from regulars.language.snapshot import RUNNING, Subscription
from regulars.plans.contracts import PaidPlan, Period, family_of
from regulars.plans.course import Course, follow
from regulars.plans.logic import stand

KEPT = ("reminded_to", "grown_to", "due_at")
"""What of a subscription is not worked out from the acts."""


def plan_of(turn: Turn, plan_id: str) -> PaidPlan:
    """The plan of that id. Raises Rejected."""
    plan = turn.plan.programme.plans.get(plan_id)
    if plan is None:
        known = ", ".join(turn.plan.programme.plans) or "—"
        raise refusal(
            "plan_unknown", "data.plan",
            f"没有这个付费会员方案，现有：{known}", f"沒有這個付費會員方案，現有：{known}",
            f"is no paid plan; there are: {known}",
        )  # fmt: skip
    return plan


def period_of(plan: PaidPlan, period_id: str) -> Period:
    """The plan's period of that id. Raises Rejected."""
    period = plan.period(period_id)
    if period is None:
        known = ", ".join(one.id for one in plan.periods)
        raise refusal(
            "period_unknown", "data.period",
            f"该方案没有这个周期，现有：{known}", f"該方案沒有這個週期，現有：{known}",
            f"is no period of this plan; there are: {known}",
        )  # fmt: skip
    return period


def acts_of(turn: Turn) -> list[PlanAct]:
    """All that was done about the member's plans so far."""
    if turn.snapshot.plan_acts is None:
        raise LookupError(f"what was done about the plans of {turn.snapshot.member_id} was not loaded")
    return turn.snapshot.plan_acts


def course_of(turn: Turn, plan: PaidPlan) -> Course:
    return follow(family_of(turn.plan.programme.plans, plan), acts_of(turn))


def new_act(turn: Turn, plan: PaidPlan, kind: str, **more: Any) -> PlanAct:
    event = turn.event
    return PlanAct(turn.take_id(), plan.id, kind, event.time, turn.day, event.source, **more)


def done(turn: Turn, plan: PaidPlan, act: PlanAct, **told: Any) -> None:
    """Note what was done, and see where it leads."""
    acts_of(turn).append(act)
    before = turn.snapshot.plans.get(plan.id)
    refresh(turn, plan)
    after = turn.snapshot.plans[plan.id]
    turn.effects.append(
        PlanChange(plan.id, act.kind, before.status if before else "", after.status, after.until, act, told)
    )


def refresh(turn: Turn, plan: PaidPlan) -> None:
    """Where the member stands with every plan of the family, now that something was done or time has passed.

    What is known of later days stays: something late is looked at from the last moment that was lived through.
    """
    family, plans = family_of(turn.plan.programme.plans, plan), turn.snapshot.plans
    course = follow(family, acts_of(turn))
    moments = [one.known_at for one in plans.values() if one.plan in family and one.known_at is not None]
    moment = max([turn.event.time, *moments])
    day = local_day(moment, turn.plan.programme.zone)
    old = {plan_id: plans.get(plan_id) for plan_id in family}
    for plan_id in family:
        before, now = old[plan_id], stand(course, plan_id, day)
        if before is None and plan_id != plan.id and now.status == "lapsed" and now.since is None:
            continue  # nothing ever happened about that one
        if before is not None:
            for name in KEPT:
                setattr(now, name, getattr(before, name))
        if before is None or _differs(before, now) or plan_id == plan.id:
            now.known_at, now.changed_by, now.changed = moment, turn.event.id, True
            plans[plan_id] = now
    _tell(turn, old)
    for plan_id in family:
        if plan_id in plans:
            _grow_on(turn, course, family[plan_id], old[plan_id], day)
    place_on_levels(turn, family, old)


def _differs(before: Subscription, now: Subscription) -> bool:
    names = [
        one.name
        for one in fields(Subscription)
        if one.name not in (*KEPT, "known_at", "changed_by", "changed")
    ]
    return any(getattr(before, name) != getattr(now, name) for name in names)


def _tell(turn: Turn, old: dict[str, Subscription | None]) -> None:
    """What has become of the plans, as events that rules can start from."""
    ended = next((one for one in old if _ran(old[one]) and not turn.snapshot.plans[one].runs), "")
    began = [one for one in old if one in turn.snapshot.plans and turn.snapshot.plans[one].runs]
    for plan_id, before in old.items():
        now = turn.snapshot.plans.get(plan_id)
        if now is None:
            continue
        data = {"plan": plan_id, "period": now.period, "auto_renew": now.auto_renew}
        if now.until is not None:
            data["until"] = now.until.isoformat()
        if now.runs and not _ran(before):
            if now.status == "trial":
                turn.derive("plan.trial_started", {"plan": plan_id, "until": data["until"]})
            elif ended:
                turn.derive("plan.changed", {**data, "before": ended})
            else:
                again = before is not None and before.status == "lapsed" and before.since is not None
                turn.derive("plan.resumed" if again else "plan.started", data)
        elif now.runs and before is not None:
            _tell_of_running(turn, before, now, data)
        elif _ran(before) and not began:
            assert before is not None
            kind = "plan.trial_ended" if before.status == "trial" else "plan.lapsed"
            turn.derive(kind, {"plan": plan_id, "period": before.period})


def _tell_of_running(turn: Turn, before: Subscription, now: Subscription, data: dict[str, Any]) -> None:
    if before.status == "trial" and now.status != "trial":
        turn.derive("plan.started", data)
    elif turn.event.type == "plan.paid" and now.until != before.until and turn.event.data["plan"] == now.plan:
        turn.derive("plan.renewed", data)
    elif before.period and before.period != now.period:
        turn.derive("plan.changed", {**data, "before": now.plan})


def _ran(one: Subscription | None) -> bool:
    return one is not None and one.status in RUNNING


def _grow_on(turn: Turn, course: Course, plan: PaidPlan, before: Subscription | None, day: date) -> None:
    """Daily growth begins with the day on which a plan begins; trials have none."""
    now = turn.snapshot.plans[plan.id]
    if plan.daily is None or not now.runs or now.status == "trial":
        return
    if _ran(before) and before is not None and before.grown_to is not None:
        return
    term = course.at(day)
    if term is None:
        return
    if term.is_trial:
        now.grown_to = term.last
    elif now.grown_to is None or now.grown_to < day:
        now.grown_to = day
        turn.credit(plan.daily.asset, plan.daily.on(term.period), "")


# What the payment side tells


def paid(turn: Turn) -> None:
    """A payment brings a term: at once, after what runs, or once somebody has approved it."""
    data, event = turn.event.data, turn.event
    plan = plan_of(turn, data["plan"])
    period = period_of(plan, data["period"])
    acts = acts_of(turn)
    known = {one.payment for one in acts if one.kind == "paid"}
    if (event.source, data["payment_id"]) in known:
        raise refusal(
            "payment_known", "data.payment_id",
            "这笔支付已经入账", "這筆付款已經入帳", "this payment has been counted already",
        )  # fmt: skip
    quote = UUID(data["quote"]) if data.get("quote") else None
    quoted = next((one for one in acts if one.kind == "quoted" and quote and _is(one, quote)), None)
    if quote is not None and (quoted is None or (quoted.plan, quoted.period) != (plan.id, period.id)):
        raise refusal(
            "quote_unknown", "data.quote",
            "没有对该会员、该方案和周期的这份报价", "沒有對該會員、該方案與週期的這份報價",
            "is no quote for this member, plan and period",
        )  # fmt: skip
    if any(one.kind == "paid" and quoted is not None and one.quote == quoted.id for one in acts):
        raise refusal(
            "quote_used", "data.quote",
            "这份报价已经用过，请重新报价", "這份報價已經用過，請重新報價",
            "has been paid already: ask for a new quote",
        )  # fmt: skip
    turn.count_day(event.type, turn.day, data["price_minor"])
    act = new_act(
        turn, plan, "paid", payment_id=data["payment_id"], period=period.id, months=period.months,
        amount_minor=data["price_minor"], auto_renew=data.get("auto_renew"),
        starts=date.fromisoformat(data["starts"]) if data.get("starts") else None,
        quote=quoted.id if quoted is not None else None,
    )  # fmt: skip
    asked = quoted.amount_minor if quoted is not None else period.price_minor
    told: dict[str, Any] = {"period": period.id, "amount_minor": act.amount_minor}
    if asked != act.amount_minor:
        told["price_minor"] = asked
    back = sum(one.amount_minor for one in acts if one.kind == "refunded" and one.payment == act.payment)
    if back:
        told["back_minor"] = back
    done(turn, plan, act, **told)


def _is(act: PlanAct, operation: UUID) -> bool:
    """Whether an act is what the event `operation` did."""
    return act.data.get("operation") == str(operation)


def payment_failed(turn: Turn) -> None:
    """Noted, and counted; what runs goes on to its end and through its grace."""
    plan = plan_of(turn, turn.event.data["plan"])
    turn.count_day(turn.event.type, turn.day, 0)
    done(turn, plan, new_act(turn, plan, "failed", payment_id=turn.event.data.get("payment_id", "")))


def refunded(turn: Turn) -> None:
    """Money of a payment went back. Where the payment is not known yet, it waits: it shortens the plan when the
    payment comes."""
    data, event = turn.event.data, turn.event
    name = (data.get("payment_source") or event.source, data["payment_id"])
    refund_id = data.get("refund_id") or event.key
    acts = acts_of(turn)
    earlier = [one for one in acts if one.kind == "refunded" and one.payment == name]
    if any(one.refund_id == refund_id for one in earlier):
        raise refusal(
            "refund_known", "data.refund_id",
            "这笔退款已经入账", "這筆退款已經入帳", "this refund has been counted already",
        )  # fmt: skip
    payment = next((one for one in acts if one.kind == "paid" and one.payment == name), None)
    back = sum(one.amount_minor for one in earlier)
    if payment is not None and back + data["amount_minor"] > payment.amount_minor:
        raise refusal(
            "refund_exceeds_payment", "data.amount",
            "退款合计超过支付金额", "退款合計超過付款金額", "the refunds come to more than the payment",
        )  # fmt: skip
    turn.count_day(event.type, turn.day, data["amount_minor"])
    act = PlanAct(
        turn.take_id(), payment.plan if payment else "", "refunded", event.time, turn.day, *name, refund_id,
        amount_minor=data["amount_minor"],
    )  # fmt: skip
    plan = turn.plan.programme.plans.get(act.plan)
    if plan is None:
        acts.append(act)
        turn.effects.append(
            PlanChange(act.plan, act.kind, "", "", None, act, {"amount_minor": act.amount_minor})
        )
    else:
        done(turn, plan, act, amount_minor=act.amount_minor)


def cancelled(turn: Turn) -> None:
    """The plan runs to the end that is paid, without grace, and is not renewed."""
    _renewal(turn, "cancelled", "cancelled")


def renewal_on(turn: Turn) -> None:
    """The plan is to be renewed again."""
    _renewal(turn, "resumed", "active")


def _renewal(turn: Turn, kind: str, already: str) -> None:
    plan = plan_of(turn, turn.event.data["plan"])
    now = turn.snapshot.plans.get(plan.id)
    if now is None or now.status not in (*RUNNING, "scheduled"):
        raise not_running()
    if now.status == already and (already == "cancelled" or now.auto_renew):
        raise refusal(
            "no_change", "data.plan",
            "已是该状态", "已是該狀態", "is so already",
        )  # fmt: skip
    turn.count_day(turn.event.type, turn.day, 0)
    done(turn, plan, new_act(turn, plan, kind))


def not_running() -> Exception:
    return refusal(
        "plan_not_running", "data.plan",
        "会员当前没有这个方案", "會員目前沒有這個方案", "is no plan that this member has now",
    )  # fmt: skip


# What time brings


def turned(turn: Turn) -> None:
    """The next period, or the next plan of the family, takes over; or the plan's time is over."""
    plan = turn.plan.programme.plans.get(turn.event.data["plan"])
    if plan is None:
        return
    before = turn.snapshot.plans[plan.id]
    refresh(turn, plan)
    after = turn.snapshot.plans[plan.id]
    turn.effects.append(PlanChange(plan.id, "turned", before.status, after.status, after.until))


def expiring(turn: Turn) -> None:
    """An end has been announced; it is not announced again."""
    one = turn.snapshot.plans[turn.event.data["plan"]]
    one.reminded_to, one.changed = one.until, True


def day_of_plan(turn: Turn) -> None:
    """A day of a paid plan brings growth, as much as that day's period says."""
    plan = turn.plan.programme.plans[turn.event.data["plan"]]
    one = turn.snapshot.plans[plan.id]
    one.grown_to, one.changed = turn.day, True
    if plan.daily is not None:
        turn.credit(plan.daily.asset, plan.daily.on(turn.event.data["period"]), "")


PLANS: dict[str, Callable[[Turn], None]] = {
    "plan.paid": paid,
    "plan.payment_failed": payment_failed,
    "plan.refunded": refunded,
    "plan.cancelled": cancelled,
    "plan.renewal_on": renewal_on,
    "plan.turned": turned,
    "plan.expiring": expiring,
    "plan.day": day_of_plan,
}
