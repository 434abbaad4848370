"""Paid plans over the API: what there is, what a member has, and the commands on it."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from regulars.api import plan_bodies as bodies
from regulars.api import value_examples as examples
from regulars.api.auth import key
from regulars.api.commands import COMMANDS
from regulars.api.endpoints import Endpoint, add
from regulars.api.members import REFERENCE, member_id
from regulars.api.problems import language_of
from regulars.api.reading import parameters
from regulars.engine.queries import amount_of
from regulars.language.sentence import sentence
from regulars.language.text import say
from regulars.plans import queries
from regulars.plans.contracts import Entry, PaidPlan
from regulars.programme.contracts import Programme
from regulars.programme.service import current
from regulars.programme.vocabulary import fields_for
from regulars.staff.contracts import Scope

router = Router(tags=["plans"])


@router.get(
    "/plans",
    response=list[bodies.PlanOut],
    auth=key(Scope.PROGRAMME_READ),
    summary="List paid plans",
    operation_id="listPlans",
)
@parameters()
def plans(request: HttpRequest) -> Any:
    """The plans of the programme in force, with their prices and who may have them."""
    programme, language = current(), language_of(request)
    return [_plan(one, programme, language) for one in programme.plans.values()]


@router.get(
    "/members/{path:ref}/plans",
    response=list[bodies.MemberPlanOut],
    auth=key(Scope.MEMBERS_READ),
    summary="A member's paid plans",
    operation_id="listMemberPlans",
    description=f"Those that run, and those that ran or were asked for. {REFERENCE}",
)
@parameters()
def member_plans(request: HttpRequest, ref: str) -> Any:
    programme, language = current(), language_of(request)
    return [
        bodies.MemberPlanOut(
            plan=one.plan,
            name=say(programme.plans[one.plan].name, language) if one.plan in programme.plans else one.plan,
            status=one.status,
            period=one.period,
            since=one.since,
            until=one.until,
            last_day=one.last_day,
            auto_renew=one.auto_renew,
            trial_used=one.trial_used,
            application=one.application,
        )
        for one in queries.of_member(member_id(ref))
    ]


def _plan(plan: PaidPlan, programme: Programme, language: str) -> bodies.PlanOut:
    digits = programme.minor_digits
    return bodies.PlanOut(
        id=plan.id,
        name=say(plan.name, language),
        perks=say(plan.perks, language) if plan.perks else "",
        family=plan.family,
        rank=plan.rank,
        periods=[
            bodies.PlanPeriodOut(
                id=one.id,
                name=say(one.name, language),
                months=one.months,
                price=str(amount_of(one.price_minor, digits)),
            )
            for one in plan.periods
        ],
        trial_days=plan.trial_days,
        grace_days=plan.grace_days,
        refund=plan.refund.value,
        entry=_entry(plan.entry, programme, language) if plan.entry is not None else None,
    )


def _entry(entry: Entry, programme: Programme, language: str) -> bodies.EntryOut:
    fields = fields_for(programme, entry.asked)
    return bodies.EntryOut(
        condition=entry.when.to_raw() if entry.when is not None else None,
        sentence=sentence(entry.when, fields, language) if entry.when is not None else "",
        hint=say(entry.hint, language) if entry.hint else "",
        evidence=[
            bodies.EvidenceOut(
                id=one.id, name=say(one.name, language), kind=one.kind.value, required=one.required
            )
            for one in entry.evidence
        ],
        approval=entry.approval,
    )


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "plans/trials",
        "Start a trial",
        "startPlanTrial",
        "Once for each member, while no plan of the family runs. 409 `trial_used`, `plan_running`.",
    ),
    Endpoint(
        "plans/applications",
        "Apply for a plan",
        "applyForPlan",
        "With the evidence that the plan asks for. 409 `entry_not_met` says which conditions are not met, with the"
        " values seen. Where no operator has to decide, it is approved at once.",
    ),
    Endpoint(
        "plans/approvals",
        "Approve an application",
        "approvePlanApplication",
        "A payment that waited for it counts from now. 409 `nothing_to_decide`.",
    ),
    Endpoint(
        "plans/refusals",
        "Refuse an application",
        "refusePlanApplication",
        "`reason` is for the applicant. They may apply again. 409 `nothing_to_decide`.",
    ),
    Endpoint(
        "plans/cancellations",
        "Stop renewing a plan",
        "cancelPlan",
        "It runs to the end that is paid, without grace. 409 `plan_not_running`, `no_change`.",
    ),
    Endpoint(
        "plans/resumptions",
        "Renew a plan after all",
        "resumePlan",
        "It renews by itself again. 409 `plan_not_running`, `no_change`.",
    ),
    Endpoint(
        "plans/quotes",
        "Quote a plan",
        "quotePlan",
        "What a period of a plan costs this member now: the price less what is left of lower plans of its family, line"
        " by line. The first effect holds it. Take the payment, then send `plan.paid` with this `operation_id` as"
        " `quote`.",
    ),
)
add(router, ENDPOINTS, COMMANDS, examples.of)
