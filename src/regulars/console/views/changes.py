"""Changing what a member has: a form, what will happen, and only then the deed. Sent twice, it is done once."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.approvals.contracts import Answer, Asker, Foreseen, State
from regulars.approvals.service import operator_asks
from regulars.console import effects, formats
from regulars.console.asked import other_member
from regulars.console.change_forms import ChangeForm, Operation
from regulars.console.foresight import Foresight, foretell
from regulars.console.forms import refuse
from regulars.console.house import asset_name
from regulars.console.shell import may, operator_of, page, programme_of
from regulars.console.ways import WAYS, Way
from regulars.engine.contracts import Outcome
from regulars.events.queries import by_id
from regulars.kit.problems import Problem
from regulars.ledger.draws import asset_of
from regulars.ledger.queries import balances
from regulars.members.queries import profile
from regulars.programme.contracts import Programme
from regulars.staff.contracts import Permission

KEY_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Case:
    """What is being changed: whose, how, and on which operation."""

    member_id: UUID
    kind: str
    way: Way
    operation: Operation | None
    programme: Programme


@page()
def change(
    request: HttpRequest, member_id: UUID, kind: str, operation_id: UUID | None = None
) -> HttpResponse:
    """The form; sent, what would happen; confirmed, it is done, or asked of a second person."""
    way = WAYS.get(kind)
    if way is None or (way.on is not None) != (operation_id is not None):
        raise Http404
    if not may(request, Permission.VALUE_ADJUST):
        raise PermissionDenied
    operator = operator_of(request)
    case = _case(programme_of(request), member_id, kind, way, operation_id)
    form = way.form(request.POST or None, case.programme, case.operation, request.GET.get("asset", ""))
    asker = operator_asks(operator.email, operator.role)
    foreseen: Foreseen | None = None
    if request.method == "POST" and "edit" not in request.POST and form.is_valid():
        try:
            if "confirm" in request.POST:
                done = _carry_out(request, case, form, asker)
                if done is not None:
                    return done
            foreseen = _foresee(case, form, asker)
        except Problem as problem:
            refuse(form, problem)
    return render(request, "console/change.html", _context(case, form, foreseen))


def _case(programme: Programme, member_id: UUID, kind: str, way: Way, operation_id: UUID | None) -> Case:
    member = profile(member_id)
    if member is None or member.merged_into is not None:
        raise Http404
    if operation_id is None:
        return Case(member_id, kind, way, None, programme)
    event, asset = by_id(member_id, operation_id), asset_of(member_id, operation_id)
    if event is None or asset is None:
        raise Http404
    named = Operation(
        operation_id,
        event.type,
        effects.event_name(event.type, programme),
        event.time,
        programme.assets.get(asset),
        other_member(event),
    )
    if way.on is None or not way.on(named):
        raise Http404
    return Case(member_id, kind, way, named, programme)


def _foresee(case: Case, form: ChangeForm, asker: Asker) -> Foreseen | None:
    """What would happen; None where the books refuse it, which the form says."""
    foreseen = case.way.deed.foresee(form, case.member_id, asker)
    return None if _refused(form, foreseen.outcome) else foreseen


def _carry_out(request: HttpRequest, case: Case, form: ChangeForm, asker: Asker) -> HttpResponse | None:
    """Do it, and say what became of it; None where it is refused."""
    key = request.POST.get("key", "")[:KEY_LENGTH]
    if not key:
        return None
    answer = case.way.deed.carry_out(form, case.member_id, asker, key)
    if answer.outcome is not None and _refused(form, answer.outcome):
        return None
    _say(request, answer)
    return redirect("console:holdings", case.member_id)


def _refused(form: ChangeForm, outcome: Outcome) -> bool:
    if outcome.error is None:
        return False
    form.refuse(outcome.error, get_language() or "en")
    return True


def _say(request: HttpRequest, answer: Answer) -> None:
    state = answer.request.state if answer.request else State.DONE
    match state:
        case State.WAITING:
            messages.info(request, _("Asked. It is done as soon as a second person approves it."))
        case State.REJECTED | State.WITHDRAWN:
            messages.info(request, _("This request has been decided already; nothing was done."))
        case _:
            messages.success(request, _("Done."))


def _context(case: Case, form: ChangeForm, foreseen: Foreseen | None) -> dict[str, object]:
    programme = case.programme
    told: Foresight | None = None
    if foreseen is not None:
        told = foretell(case.member_id, foreseen.outcome, programme)
    held = [
        (asset_name(row.asset, programme), row, programme.assets.get(row.asset))
        for row in balances(case.member_id)
        if row.asset in programme.assets
    ]
    return {
        "part": "members",
        "member": profile(case.member_id),
        "kind": case.kind,
        "title": case.way.title,
        "meaning": case.way.meaning,
        "operation": case.operation,
        "form": form,
        "told": told,
        "foreseen": foreseen,
        "over": _over(foreseen, programme),
        "stated": _stated(form) if foreseen is not None else [],
        "key": f"c:{uuid4()}",
        "held": held,
    }


def _stated(form: ChangeForm) -> list[tuple[str, Any]]:
    """What was filled in, as it was sent: (name, value)."""
    return [(field.html_name, field.data or "") for field in form]


def _over(foreseen: Foreseen | None, programme: Programme) -> list[str]:
    """What is left of what may be done alone today, where this is more."""
    if foreseen is None or not foreseen.needs_second:
        return []
    return [
        _("%(asset)s: this moves %(units)s; today you may still move %(left)s alone.")
        % {
            "asset": asset_name(asset, programme),
            "units": formats.units(foreseen.measures[asset], programme.assets.get(asset)),
            "left": formats.units(left, programme.assets.get(asset)),
        }
        for asset, left in foreseen.left.items()
        if foreseen.measures[asset] > left
    ]
