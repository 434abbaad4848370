"""The approvals inbox: what waits for a second person, what would come of it, deciding on it, and what was decided."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.approvals import queries, service
from regulars.approvals.contracts import Asker, Kind, RequestRow, State
from regulars.approvals.service import TEXT_MOST
from regulars.console import effects, formats
from regulars.console.asked import person
from regulars.console.foresight import foretell, kind_name
from regulars.console.house import asset_name
from regulars.console.shell import may, operator_of, page, programme_of
from regulars.events.queries import by_id
from regulars.kit.problems import Problem
from regulars.language.text import say
from regulars.ledger.draws import asset_of
from regulars.members.queries import names
from regulars.programme import publications
from regulars.programme.contracts import Programme
from regulars.staff.contracts import Permission

STATES = {
    State.DONE: gettext_lazy("done alone, within the limit"),
    State.WAITING: gettext_lazy("waiting"),
    State.APPROVED: gettext_lazy("approved"),
    State.REJECTED: gettext_lazy("rejected"),
    State.WITHDRAWN: gettext_lazy("withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A request in words. `own`: whoever looks asked for it, or made the key that did."""

    row: RequestRow
    what: str
    member: str
    asked_by: str
    decided_by: str
    state: str
    moves: str
    own: bool


@page()
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first, and below it what was decided, the latest first."""
    programme, email = programme_of(request), operator_of(request).email
    cursor = request.GET.get("cursor") or None
    waiting = queries.waiting()
    past = queries.requests(_state(request.GET.get("state", "")), cursor=cursor)
    known = names({row.change.member_id for row in (*waiting, *past.items)})

    def shown(row: RequestRow) -> Shown:
        member = known.get(row.change.member_id)
        return _shown(row, member.name if member else "", programme, email)

    context = {
        "part": "books",
        "tab": "approvals",
        "requests": [shown(row) for row in waiting],
        "publications": publications.waiting(),
        "past": [shown(row) for row in past.items if row.state is not State.WAITING],
        "states": [(state.value, name) for state, name in STATES.items() if state is not State.WAITING],
        "chosen": request.GET.get("state", ""),
        "next": past.next,
        "later_page": cursor is not None,
        "may_approve": may(request, Permission.VALUE_APPROVE),
        "note_length": TEXT_MOST,
    }
    return render(request, "console/approvals.html", context)


@page()
def foreseen(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """What would come of one request now, to be put into the page."""
    row, programme = queries.get(request_id), programme_of(request)
    outcome = service.foresee(Asker(row.asked_by, row.person, row.source), row.change).outcome
    if outcome.error is not None:
        error = say(outcome.error.text, get_language() or "en")
        return render(request, "console/_foresight.html", {"error": error[:1].upper() + error[1:]})
    told = foretell(row.change.member_id, outcome, programme)
    return render(request, "console/_foresight.html", {"told": told})


@page()
@require_POST
def approve(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The second person says yes: it is done at once."""
    operator = operator_of(request)
    try:
        answer = service.approve(request_id, operator.email, operator.role, request.POST.get("note", ""))
    except Problem as problem:
        return _told(request, problem)
    if answer.outcome is not None and answer.outcome.error is not None:
        why = say(answer.outcome.error.text, get_language() or "en")
        messages.error(request, _("It can't be done any more, and waits again: %(why)s") % {"why": why})
    else:
        messages.success(request, _("Approved and done."))
    return redirect("console:approvals")


@page()
@require_POST
def reject(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The second person says no, and why."""
    operator = operator_of(request)
    try:
        service.reject(request_id, operator.email, operator.role, request.POST.get("note", ""))
    except Problem as problem:
        return _told(request, problem)
    messages.success(request, _("Rejected. Nothing was changed."))
    return redirect("console:approvals")


@page()
@require_POST
def withdraw(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Whoever asked takes it back."""
    try:
        service.withdraw(request_id, operator_of(request).email)
    except Problem as problem:
        return _told(request, problem)
    messages.success(request, _("Withdrawn. Nothing was changed."))
    return redirect("console:approvals")


def _told(request: HttpRequest, problem: Problem) -> HttpResponse:
    """What a room refuses, on the inbox; what may not be done at all as an error page."""
    if problem.status in (403, 404):
        raise problem
    messages.error(request, problem.say(get_language() or "en"))
    return redirect("console:approvals")


def _state(text: str) -> State | None:
    return State(text) if text in {state.value for state in State} else None


def _shown(row: RequestRow, member: str, programme: Programme, email: str) -> Shown:
    return Shown(
        row,
        _what(row, programme),
        member or _("No name"),
        person(row.asked_by),
        person(row.decided_by) if row.decided_by else "",
        _("approved, not carried out yet") if row.unfinished else str(STATES[row.state]),
        _(", ").join(
            f"{formats.units(units, programme.assets.get(asset))} {asset_name(asset, programme)}"
            for asset, units in row.measures.items()
        ),
        email in (row.asked_by, row.person),
    )


def _what(row: RequestRow, programme: Programme) -> str:
    """The change in a few words: Adjust +500 points; Undo “Spent” of Nov 3."""
    change, name = row.change, kind_name(row.change.kind)
    asset = programme.assets.get(change.asset)
    if change.kind in (Kind.ADJUST, Kind.CREDIT) and change.units is not None:
        return f"{name} {effects.amount(change.asset, change.units, programme)}"
    if change.kind is Kind.END:
        if change.units is None:
            return _("%(what)s: all %(asset)s") % {"what": name, "asset": asset_name(change.asset, programme)}
        return f"{name} {formats.units(change.units, asset)} {asset_name(change.asset, programme)}"
    return _operation(row, name, programme)


def _operation(row: RequestRow, name: str, programme: Programme) -> str:
    change = row.change
    assert change.operation_id is not None
    event = by_id(change.member_id, change.operation_id)
    asset = programme.assets.get(asset_of(change.member_id, change.operation_id) or "")
    values = {
        "what": name,
        "event": effects.event_name(event.type, programme) if event else "",
        "day": formats.day(event.time) if event else "",
        "units": formats.units(change.units, asset),
    }
    if change.kind is Kind.CORRECT:
        return _("%(what)s “%(event)s” of %(day)s, to %(units)s") % values
    if change.units is None:
        return _("%(what)s “%(event)s” of %(day)s") % values
    return _("%(what)s “%(event)s” of %(day)s, by %(units)s") % values
