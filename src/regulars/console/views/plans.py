"""Paid plans: who has them, what ends soon, what they bring in, and the applications that wait for somebody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.console import formats
from regulars.console.plan_words import STATUSES, period_name, plan_name, status_name
from regulars.console.shell import may, operator_of, page, programme_of
from regulars.console.tables import KINDS, Column, Money, Table, as_file
from regulars.console.views.members import EXPORTERS
from regulars.engine import plan_operations
from regulars.engine.operations import Request
from regulars.kit import clock
from regulars.language.calendar import add_months, local_day
from regulars.language.text import say
from regulars.members.queries import names
from regulars.plans import queries
from regulars.plans.contracts import PaidPlan
from regulars.programme.contracts import Programme
from regulars.staff.contracts import Permission
from regulars.staff.service import audit

SOON_DAYS = 30
MONTHS = 12
REASON_MOST = 500
FILE_MOST = 100_000
RUNNING = ("trial", "active", "cancelled")


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One plan and how many members it has."""

    plan: PaidPlan
    name: str
    prices: str
    running: int
    trials: int
    cancelled: int
    lapsed: int
    due: int


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member's plan in words."""

    row: queries.SubscriptionRow
    member: str
    plan: str
    period: str
    status: str


@dataclass(frozen=True, slots=True)
class Application:
    """An application in words: what was stated, under the names the plan gives it."""

    row: queries.ActRow
    member: str
    plan: str
    evidence: list[tuple[str, str]]


@page()
def index(request: HttpRequest) -> HttpResponse:
    """Figures, income by month, and the members whose plans end first."""
    programme = programme_of(request)
    today = local_day(clock.now(), programme.zone)
    cursor = request.GET.get("cursor") or None
    chosen = _chosen(request, programme)
    found = queries.listed(chosen["plan"], chosen["status"], until_from=_from(chosen, today), cursor=cursor)
    context = {
        "part": "plans",
        "tab": "plans",
        "lines": list(_lines(programme, today)),
        "months": months_table(programme, today),
        "rows": _members(found.items, programme),
        "next": found.next,
        "later_page": cursor is not None,
        "statuses": [(one, STATUSES[one]) for one in ("active", "trial", "cancelled", "scheduled", "lapsed")],
        "chosen": chosen,
        "waiting": queries.waiting(),
        "may_export": operator_of(request).role in EXPORTERS,
        "today": today,
    }
    return render(request, "console/plans.html", context)


def _chosen(request: HttpRequest, programme: Programme) -> dict[str, str]:
    """The plan and the status in the URL; what there is not counts as not chosen."""
    plan, status = request.GET.get("plan", ""), request.GET.get("status", "")
    return {
        "plan": plan if plan in programme.plans else "",
        "status": status if status in STATUSES else "",
    }


def _from(chosen: dict[str, str], today: date) -> date | None:
    """Without a status those that ended long ago are of no interest."""
    return None if chosen["status"] else today - timedelta(days=SOON_DAYS)


def _lines(programme: Programme, today: date) -> Iterator[PlanLine]:
    counted = queries.counts()
    due = queries.due_between(today, today + timedelta(days=SOON_DAYS), RUNNING)
    language = get_language() or "en"

    def of(plan: PaidPlan, *statuses: str) -> int:
        return sum(n for (one, status, _), n in counted.items() if one == plan.id and status in statuses)

    for plan in programme.plans.values():
        prices = [
            f"{say(one.name, language)} {formats.money(one.price_minor, programme)}" for one in plan.periods
        ]
        yield PlanLine(
            plan,
            say(plan.name, language),
            " · ".join(prices),
            of(plan, *RUNNING),
            of(plan, "trial"),
            of(plan, "cancelled"),
            of(plan, "lapsed"),
            due.get(plan.id, 0),
        )


def _members(found: tuple[queries.SubscriptionRow, ...], programme: Programme) -> list[MemberLine]:
    known = names({one.member_id for one in found})
    return [
        MemberLine(
            one,
            member.name if (member := known.get(one.member_id)) and member.name else _("No name"),
            plan_name(one.plan, programme),
            period_name(one.plan, one.period, programme),
            status_name(one.status),
        )
        for one in found
    ]


def months_table(programme: Programme, today: date) -> Table[queries.Month]:
    """What plans brought in by month and plan, the latest first."""
    first = add_months(today.replace(day=1), 1 - MONTHS)
    return Table(
        "income",
        _("Income by month"),
        [
            Column(_("Month"), lambda one: formats.month(date.fromisoformat(f"{one.month}-01"))),
            Column(_("Plan"), lambda one: plan_name(one.plan, programme)),
            Column(_("Payments"), lambda one: one.payments),
            Column(_("Paid"), lambda one: Money(one.paid_minor)),
            Column(_("Refunded"), lambda one: Money(one.refunded_minor)),
            Column(_("Net"), lambda one: Money(one.paid_minor - one.refunded_minor)),
        ],
        queries.revenue(programme.zone.key, first, today)[::-1],
        programme,
    )


@page(roles=EXPORTERS)
def download(request: HttpRequest, name: str, kind: str) -> HttpResponseBase:
    """Income by month, or the members of the list as it is filtered, as a file."""
    if name not in ("income", "members") or kind not in KINDS:
        raise Http404
    programme = programme_of(request)
    today = local_day(clock.now(), programme.zone)
    if name == "income":
        table = months_table(programme, today)
        audit(operator_of(request).email, "plans.exported", f"{name}.{kind}", rows=len(table.rows))
        return as_file(kind, f"{_('plans')}-{today.isoformat()}", table.title, table.sheet(), table.rows)
    chosen = _chosen(request, programme)
    rows = _members(tuple(_all(chosen, today)), programme)
    audit(operator_of(request).email, "plans.exported", f"{name}.{kind}", rows=len(rows), **chosen)
    listed: Table[MemberLine] = Table("members", _("Members with plans"), _columns(), rows, programme)
    return as_file(kind, f"{_('plans')}-{today.isoformat()}", listed.title, listed.sheet(), rows)


def _all(chosen: dict[str, str], today: date) -> Iterator[queries.SubscriptionRow]:
    cursor, count = None, 0
    while count < FILE_MOST:
        found = queries.listed(
            chosen["plan"], chosen["status"], until_from=_from(chosen, today), cursor=cursor, limit=500
        )
        yield from found.items
        count += len(found.items)
        cursor = found.next
        if cursor is None:
            return


def _columns() -> list[Column[MemberLine]]:
    return [
        Column(_("Member"), lambda line: line.member),
        Column("ID", lambda line: str(line.row.member_id), width=38),
        Column(_("Plan"), lambda line: line.plan),
        Column(_("Period"), lambda line: line.period),
        Column(_("State"), lambda line: line.status),
        Column(_("Since"), lambda line: line.row.since),
        Column(_("Paid until"), lambda line: line.row.until),
        Column(_("Renews by itself"), lambda line: _("yes") if line.row.auto_renew else _("no")),
    ]


@page()
def applications(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first, with what applicants stated."""
    programme = programme_of(request)
    found = queries.applications()
    known = names({one.member_id for one in found})
    shown = [
        Application(
            one,
            member.name if (member := known.get(one.member_id)) and member.name else _("No name"),
            plan_name(one.plan, programme),
            _stated(one, programme),
        )
        for one in found
    ]
    context = {
        "part": "plans",
        "tab": "applications",
        "applications": shown,
        "waiting": len(found),
        "may_decide": may(request, Permission.PLANS_DECIDE),
        "reason_length": REASON_MOST,
    }
    return render(request, "console/plan_applications.html", context)


def _stated(row: queries.ActRow, programme: Programme) -> list[tuple[str, str]]:
    plan, language = programme.plans.get(row.plan), get_language() or "en"
    asked = {one.id: say(one.name, language) for one in plan.entry.evidence} if plan and plan.entry else {}
    stated = row.data.get("evidence", {})
    return [
        (asked.get(name, name), formats.number(value) if isinstance(value, int) else str(value))
        for name, value in stated.items()
    ]


@page()
@require_POST
def decide(request: HttpRequest, member_id: UUID, plan: str) -> HttpResponse:
    """Yes or no to an application. Two operators who decide at once: the first one counts."""
    if not may(request, Permission.PLANS_DECIDE):
        raise PermissionDenied
    yes = "approve" in request.POST
    reason = request.POST.get("reason", "").strip()[:REASON_MOST]
    if not yes and not reason:
        messages.error(request, _("Please say why not: the applicant reads it."))
        return redirect("console:plan_applications")
    email = operator_of(request).email
    key = f"{request.POST.get('act', '')[:40]}:{'yes' if yes else 'no'}"
    asked = Request(member_id, "console", f"plan:{member_id}:{plan}:{key}", email, reason)
    outcome = plan_operations.approve(asked, plan) if yes else plan_operations.refuse(asked, plan)
    if outcome.error is not None:
        messages.error(request, say(outcome.error.text, get_language() or "en").capitalize())
    elif outcome.status == "processed":
        audit(email, "plan.approved" if yes else "plan.refused", str(member_id), plan=plan)
        messages.success(request, _("Approved.") if yes else _("Refused. The applicant can be told why."))
    return redirect("console:plan_applications")
