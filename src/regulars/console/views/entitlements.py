"""A member's benefits: what is theirs, what was had, giving one by hand and taking one back."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.console import effects
from regulars.console.shell import may, operator_of, page, programme_of
from regulars.engine import benefits
from regulars.engine.contracts import Outcome
from regulars.engine.operations import Request
from regulars.insight.benefits import Stage, of_member
from regulars.kit import clock
from regulars.language.text import say
from regulars.members.queries import profile
from regulars.programme.benefit_words import what_it_is
from regulars.staff.contracts import Permission

SOURCE = "console"
REASON_MAX = 500
STAGES = {
    Stage.CLAIMABLE: gettext_lazy("to be claimed"),
    Stage.CLAIMED: gettext_lazy("ready to use"),
    Stage.ACTIVE: gettext_lazy("in force"),
    Stage.SPENT: gettext_lazy("had for now"),
    Stage.LOCKED: gettext_lazy("with a higher level"),
}


@page()
def show(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """All of them; 404 for an id that nobody has."""
    programme, member = programme_of(request), profile(member_id)
    if member is None:
        raise Http404
    language = get_language() or "en"
    found = of_member(member_id, programme, clock.now())
    context = {
        "part": "members",
        "member": member,
        "held": [
            (one, what_it_is(one.benefit, programme, language), STAGES[one.stage]) for one in found.held
        ],
        "history": [
            (row, effects.benefit_name(row.benefit, programme), effects.STATES.get(row.state, row.state))
            for row in found.history
        ],
        "benefits": [one for one in programme.benefits.values() if one.kind != "cashback"],
        "may_change": may(request, Permission.VALUE_ADJUST) and member.status == "active",
        "key": uuid4().hex,
    }
    return render(request, "console/entitlements.html", context)


@page()
@require_POST
def give(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Give one by hand, with a reason."""
    asked = _request(request, member_id, f"give:{request.POST.get('key', '')[:60]}")
    if asked is not None:
        outcome = benefits.give(asked, request.POST.get("benefit", "")[:30])
        _say(request, outcome, _("Given."))
    return redirect("console:entitlements", member_id)


@page()
@require_POST
def take_back(request: HttpRequest, member_id: UUID, entitlement_id: UUID) -> HttpResponse:
    """Take one back, with a reason."""
    asked = _request(request, member_id, f"back:{entitlement_id}")
    if asked is not None:
        _say(request, benefits.take_back(asked, entitlement_id), _("Taken back."))
    return redirect("console:entitlements", member_id)


@page()
@require_POST
def undo(request: HttpRequest, member_id: UUID, use_id: UUID) -> HttpResponse:
    """Undo the last use of one."""
    asked = _request(request, member_id, f"unverify:{use_id}")
    if asked is not None:
        _say(request, benefits.restore(asked, use_id), _("Undone. It can be used again."))
    return redirect("console:entitlements", member_id)


def _request(request: HttpRequest, member_id: UUID, key: str) -> Request | None:
    """Who asks for what; None, and said so, where no reason is given."""
    if not may(request, Permission.VALUE_ADJUST):
        raise PermissionDenied
    reason = request.POST.get("reason", "").strip()[:REASON_MAX]
    if not reason:
        messages.error(request, _("Please say why: it stays with the change."))
        return None
    return Request(member_id, SOURCE, key, operator_of(request).email, reason)


def _say(request: HttpRequest, outcome: Outcome, done: str) -> None:
    if outcome.error is not None:
        messages.error(request, say(outcome.error.text, get_language() or "en"))
    else:
        messages.success(request, done)
