"""Paid plans for members: what there is, what one has, what a change costs; try, apply, cancel."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.kit import clock
from regulars.language.calendar import local_day
from regulars.plans.contracts import EvidenceKind, PaidPlan, Period
from regulars.plans.queries import SubscriptionRow, of_member
from regulars.portal import acts, formats, plan_commands
from regulars.portal.commands import sound_key
from regulars.portal.pages import MemberVisit, member_page

RUNNING = ("trial", "active", "cancelled")
INPUTS = {
    EvidenceKind.TEXT: "text",
    EvidenceKind.NUMBER: "number",
    EvidenceKind.DATE: "date",
    EvidenceKind.FILE: "text",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One plan as a member sees it: `row` is where they stand with it, None where nothing ever happened."""

    plan: PaidPlan
    row: SubscriptionRow | None
    runs: bool
    prices: list[tuple[Period, str]]
    may_try: bool
    apply: bool
    days_left: int | None


@member_page
def plans(visit: MemberVisit) -> HttpResponse:
    """All plans, the member's own first."""
    return visit.show("plans", tab="me", offers=_offers(visit), key=acts.new_key())


def _offers(visit: MemberVisit) -> list[Offer]:
    rows = {one.plan: one for one in of_member(visit.member.id)}
    today = local_day(clock.now(), visit.programme.zone)
    taken = {visit.programme.plans[one.plan].family for one in rows.values()
             if one.plan in visit.programme.plans and one.status in (*RUNNING, "scheduled")}  # fmt: skip
    offers = [_offer(visit, plan, rows.get(plan.id), plan.family in taken, today) for plan in _plans(visit)]
    return sorted(offers, key=lambda one: not one.runs)


def _plans(visit: MemberVisit) -> list[PaidPlan]:
    if not visit.programme.plans:
        raise Http404
    return list(visit.programme.plans.values())


def _offer(
    visit: MemberVisit, plan: PaidPlan, row: SubscriptionRow | None, taken: bool, today: date
) -> Offer:
    runs = row is not None and row.status in RUNNING
    approved = plan.entry is None or (row is not None and row.application == "approved")
    fresh = row is None or (not row.trial_used and row.since is None)
    applied = row.application if row is not None else ""
    until = row.until if row is not None and runs else None
    return Offer(
        plan,
        row,
        runs,
        [(one, formats.money(one.price_minor, visit.programme)) for one in plan.periods],
        bool(plan.trial_days) and fresh and not taken and approved,
        not approved and applied != "applied",
        (until - today).days if until is not None else None,
    )


def _plan(visit: MemberVisit, plan_id: str) -> PaidPlan:
    plan = visit.programme.plans.get(plan_id)
    if plan is None:
        raise Http404
    return plan


@member_page
def price(visit: MemberVisit, plan_id: str, period_id: str) -> HttpResponse:
    """What a period costs this member today, line by line; nothing is kept of it."""
    plan = _plan(visit, plan_id)
    period = plan.period(period_id)
    if period is None:
        raise Http404
    error, told = "", None
    try:
        told = plan_commands.price(visit.member.id, plan.id, period.id, visit.language)
    except acts.RefusedError as refused:
        error = str(refused)
    lines = [
        {
            **one,
            "name": visit.programme.plans[one["plan"]].name,
            "value": _money(visit, one["value"]),
            "worth": _money(visit, one["worth"]),
        }
        for one in (told or {}).get("lines", ())
    ]
    if told:
        told = {**told, "price": _money(visit, told["price"]), "due": _money(visit, told["due"])}
    days = {name: date.fromisoformat(told[name]) for name in ("starts", "ends")} if told else {}
    return visit.show(
        "plan_price", tab="me", plan=plan, period=period, told=told, lines=lines, error=error, **days
    )


def _money(visit: MemberVisit, amount: str) -> str:
    """An amount of a quote as it is read."""
    return formats.money(int(Decimal(amount).scaleb(visit.programme.minor_digits)), visit.programme)


@require_POST
@member_page
def change(visit: MemberVisit, plan_id: str, what: str) -> HttpResponse:
    """Start the trial, stop renewing, or renew after all. The same form sent twice does it once."""
    plan, key = _plan(visit, plan_id), visit.request.POST.get("key", "")
    if what not in plan_commands.CHANGES or not sound_key(key):
        raise Http404
    error = ""
    try:
        plan_commands.change(visit.member.id, key, what, plan.id, visit.language)
    except acts.RefusedError as refused:
        error = str(refused)
    if error:
        return visit.show("plans", tab="me", offers=_offers(visit), key=acts.new_key(), error=error)
    return redirect(reverse("portal:plans"))


@require_http_methods(["GET", "POST"])
@member_page
def apply(visit: MemberVisit, plan_id: str) -> HttpResponse:
    """The form with the evidence that the plan asks for."""
    plan = _plan(visit, plan_id)
    if plan.entry is None:
        raise Http404
    errors: dict[str, str] = {}
    stated: dict[str, Any] = {}
    if visit.request.method == "POST":
        key = visit.request.POST.get("key", "")
        stated = {one.id: visit.request.POST.get(one.id, "").strip() for one in plan.entry.evidence}
        evidence, errors = _evidence(plan, stated)
        if sound_key(key) and not errors:
            try:
                plan_commands.apply(visit.member.id, key, plan.id, evidence, visit.language)
                return redirect(reverse("portal:plans"))
            except acts.RefusedError as refused:
                errors = {"": str(refused)}
    asked = [
        (one, INPUTS[one.kind], stated.get(one.id, ""), errors.get(one.id, "")) for one in plan.entry.evidence
    ]
    return visit.show(
        "plan_apply", tab="me", plan=plan, asked=asked, error=errors.get("", ""), key=acts.new_key()
    )


def _evidence(plan: PaidPlan, stated: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What was stated in the kinds that the plan asks for, and what is wrong with it, by field."""
    assert plan.entry is not None
    found: dict[str, Any] = {}
    errors = {}
    for one in plan.entry.evidence:
        text = stated[one.id]
        if not text:
            if one.required:
                errors[one.id] = _("Please fill this in.")
        elif one.kind is EvidenceKind.NUMBER:
            try:
                found[one.id] = int(text) if text.lstrip("-").isdecimal() else float(text)
            except ValueError:
                errors[one.id] = _("Please type in a number.")
        else:
            found[one.id] = text
    return found, errors
