"""What commands about paid plans mean: each checks, then notes what was done. A refusal comes before anything."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from regulars.engine.contracts import Rejected
from regulars.engine.records import money_of
from regulars.engine.stated import refusal
from regulars.engine.subscriptions import acts_of, course_of, done, new_act, period_of, plan_of
from regulars.engine.turn import Turn
from regulars.kit.ids import child_id
from regulars.language.condition import Facts
from regulars.language.sentence import Line, describe_values
from regulars.language.text import LANGUAGES
from regulars.plans.contracts import Entry, EvidenceKind, PaidPlan, family_of
from regulars.plans.logic import Left, quote
from regulars.programme.vocabulary import fields_for

TEXT_MOST = 500
NUMBER_MOST = 10**15


def trial_taken(turn: Turn) -> None:
    """A trial, once for each member, while nothing of the plan's family runs."""
    plan = plan_of(turn, turn.event.data["plan"])
    if not plan.trial_days:
        raise refusal("no_trial", "plan", "没有试用", "沒有試用", "has no trial")
    course = course_of(turn, plan)
    if plan.id in course.tried:
        raise refusal("trial_used", "plan", "试用机会已经用过", "試用機會已經用過", "has been tried already")
    if any(term.last >= turn.day for term in course.terms):
        raise refusal(
            "plan_running", "plan",
            "已有同类会员，无需试用", "已有同類會員，無需試用", "or another plan of its kind runs already",
        )  # fmt: skip
    if any(term.plan == plan.id for term in course.terms):
        raise refusal("trial_used", "plan", "已经开通过", "已經開通過", "has been paid for already")
    if plan.entry is not None and plan.id not in course.approved:
        raise refusal("approval_needed", "plan", "请先申请", "請先申請", "has to be applied for first")
    done(turn, plan, new_act(turn, plan, "trial", days=plan.trial_days))


def applied(turn: Turn) -> None:
    """Somebody asks for a plan that not everybody may have. Who does not meet its conditions is told which."""
    data = turn.event.data
    plan = plan_of(turn, data["plan"])
    entry = plan.entry
    if entry is None:
        raise refusal(
            "entry_open", "plan", "无需申请，直接购买即可", "無需申請，直接購買即可", "needs no application"
        )
    state = course_of(turn, plan).applications.get(plan.id)
    if state == "applied":
        raise refusal(
            "already_applied", "plan", "申请正在审核", "申請正在審核", "has been applied for already"
        )
    if state == "approved":
        raise refusal("already_approved", "plan", "申请已通过", "申請已通過", "has been approved already")
    _check_evidence(entry, data)
    _check_entry(turn, plan, entry)
    evidence = {one.id: data[one.id] for one in entry.evidence if one.id in data}
    done(turn, plan, new_act(turn, plan, "applied", data={"evidence": evidence}))
    if not entry.approval:
        done(turn, plan, new_act(turn, plan, "approved", data={"by": ""}))


def _check_evidence(entry: Entry, data: Mapping[str, Any]) -> None:
    for one in entry.evidence:
        field, value = f"evidence.{one.id}", data.get(one.id)
        if value is None or value == "":
            if one.required:
                raise refusal("evidence_missing", field, "请填写", "請填寫", "is missing")
        elif one.kind is EvidenceKind.NUMBER:
            if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > NUMBER_MOST:
                raise refusal("evidence_number", field, "请填数字", "請填數字", "must be a number")
        elif not isinstance(value, str) or len(value) > TEXT_MOST:
            raise refusal(
                "evidence_text", field,
                f"请填文字，最多 {TEXT_MOST} 字", f"請填文字，最多 {TEXT_MOST} 字",
                f"must be a text of at most {TEXT_MOST} characters",
            )  # fmt: skip
        elif one.kind is EvidenceKind.DATE and not _is_day(value):
            raise refusal(
                "evidence_date", field,
                "请填日期，例如 2020-05-17", "請填日期，例如 2020-05-17", "must be a date such as 2020-05-17",
            )  # fmt: skip


def _is_day(value: str) -> bool:
    try:
        return 1800 <= date.fromisoformat(value).year <= 2200
    except ValueError:
        return False


def _check_entry(turn: Turn, plan: PaidPlan, entry: Entry) -> None:
    compiled = turn.plan.entries.get(plan.id)
    if compiled is None or entry.when is None:
        return
    programme = turn.plan.programme
    facts = Facts(turn.event, turn.snapshot, turn.day, programme.zone, turn.event.time)
    held, seen = compiled.explain(facts)
    if held:
        return
    fields = fields_for(programme, entry.asked)
    missed = {
        language: [
            one for one in describe_values(entry.when, fields, language, seen, turn.day) if not one["held"]
        ]
        for language in LANGUAGES
    }
    raise Rejected(
        "entry_not_met",
        "plan",
        {
            "zh-hans": f"不符合开通条件：{_said(missed['zh-hans'], '；', '（目前：{}）')}",
            "zh-hant": f"不符合開通條件：{_said(missed['zh-hant'], '；', '（目前：{}）')}",
            "en": f"does not meet: {_said(missed['en'], '; ', ' (now: {})')}",
        },
    )


def _said(lines: list[Line], between: str, now: str) -> str:
    return between.join(
        one["text"] + (now.format(one["seen"]) if one["seen"] is not None else "") for one in lines
    )


def approved(turn: Turn) -> None:
    """An operator says yes. A payment that waited for it counts from now."""
    _decided(turn, "approved")


def refused(turn: Turn) -> None:
    """An operator says no, and why."""
    _decided(turn, "refused")


def _decided(turn: Turn, kind: str) -> None:
    data = turn.event.data
    plan = plan_of(turn, data["plan"])
    course = course_of(turn, plan)
    waits = course.applications.get(plan.id) == "applied"
    paid = any(one.plan == plan.id for one in course.waiting)
    if not waits and not (paid and kind == "approved"):
        raise refusal(
            "nothing_to_decide", "plan", "没有待审核的申请", "沒有待審核的申請", "has no open application"
        )
    said = {name: data[name] for name in ("by", "reason") if data.get(name)}
    done(turn, plan, new_act(turn, plan, kind, data=said))


def quoted(turn: Turn) -> None:
    """What a period of a plan costs this member now, line by line. Naming it, the payment side sends `plan.paid`."""
    data, programme = turn.event.data, turn.plan.programme
    plan = plan_of(turn, data["plan"])
    period = period_of(plan, data["period"])
    family = family_of(programme.plans, plan)
    act_id = child_id(turn.event.id, turn.ordinal + 1)
    found = quote(family, acts_of(turn), plan, period, turn.event.time, turn.day, act_id)
    act = new_act(
        turn, plan, "quoted", period=period.id, months=period.months, amount_minor=found.due_minor,
        credit_minor=found.credit_minor, starts=found.starts,
        data={"price_minor": found.price_minor, "operation": str(turn.event.id)},
    )  # fmt: skip
    digits = programme.minor_digits
    done(
        turn, plan, act,
        period=period.id,
        change=found.kind,
        price=money_of(found.price_minor, digits),
        credit=money_of(found.credit_minor, digits),
        due=money_of(found.due_minor, digits),
        surplus=money_of(found.surplus_minor, digits),
        extra_days=found.extra_days,
        starts=found.starts.isoformat(),
        ends=found.until.isoformat(),
        lines=[_line(one, digits) for one in found.left],
    )  # fmt: skip


def _line(one: Left, digits: int) -> dict[str, Any]:
    return {
        "plan": one.plan,
        "period": one.period,
        "payment_id": one.payment_id,
        "days": one.days,
        "of": one.of,
        "value": money_of(one.value_minor, digits),
        "worth": money_of(one.worth_minor, digits),
    }


PLAN_COMMANDS: dict[str, Callable[[Turn], None]] = {
    "plan.trial_taken": trial_taken,
    "plan.applied": applied,
    "plan.approved": approved,
    "plan.refused": refused,
    "plan.quoted": quoted,
}
