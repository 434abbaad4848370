"""For store staff: one field, one big answer. A form sent twice uses a code once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.benefits import queries
from regulars.console import effects
from regulars.console.shell import may, operator_of, page, programme_of
from regulars.console.views.benefits import of_member_name
from regulars.engine import benefits
from regulars.engine.benefits import Where
from regulars.engine.contracts import Rejected
from regulars.engine.operations import Request
from regulars.engine.verifying import Asker
from regulars.engine.verifying import verify as use_code
from regulars.language.snapshot import USED
from regulars.language.text import say
from regulars.programme.benefit_words import what_it_is
from regulars.programme.contracts import Programme
from regulars.staff.contracts import Permission

SOURCE = "console"
STORE = "verify_store"
TEXT_MAX = 100


@dataclass(frozen=True, slots=True)
class Verdict:
    """The big answer. `why` says what to tell the guest where it is no."""

    good: bool
    benefit: str = ""
    says: str = ""
    member_id: UUID | None = None
    member: str = ""
    at: datetime | None = None
    operation_id: UUID | None = None
    left: int | None = None
    repeated: bool = False
    why: str = ""


@page()
def verify(request: HttpRequest) -> HttpResponse:
    """The field; a code sent, the answer."""
    if not may(request, Permission.VALUE_ADJUST):
        raise PermissionDenied
    store = request.session.get(STORE, "")
    verdict = None
    code = ""
    if request.method == "POST":
        code, store = (request.POST.get(name, "").strip()[:TEXT_MAX] for name in ("code", "store"))
        request.session[STORE] = store
        key = request.POST.get("key", "")[:60]
        if code and key:
            verdict = _verdict(request, code, key, store)
    context = {
        "part": "benefits",
        "verdict": verdict,
        "code": "" if verdict and verdict.good else code,
        "store": store,
        "key": uuid4().hex,
    }
    return render(request, "console/verify.html", context)


def _verdict(request: HttpRequest, code: str, key: str, store: str) -> Verdict:
    programme, operator = programme_of(request), operator_of(request)
    asker = Asker(SOURCE, f"verify:{key}", operator.email)
    try:
        found = use_code(asker, code, Where(store, _("Console")))
    except Rejected as refused:
        return _refused(code, refused, programme)
    name, says = _told(found.benefit, programme)
    return Verdict(
        True,
        name,
        says,
        found.member_id,
        of_member_name(found.member_id),
        found.at,
        found.operation_id,
        found.uses_left,
        found.status == "duplicate",
    )


def _told(benefit_id: str, programme: Programme) -> tuple[str, str]:
    benefit = programme.benefits.get(benefit_id)
    says = what_it_is(benefit, programme, get_language() or "en") if benefit else ""
    return effects.benefit_name(benefit_id, programme), says


def _refused(code: str, refused: Rejected, programme: Programme) -> Verdict:
    """Why not. Who is signed in here is no stranger, and is told how the code stands."""
    place = queries.place_of(code)
    row = queries.one(place.member_id, place.entitlement_id) if place else None
    if row is None:
        return Verdict(False, why=_("There is no such code. Please type it in again, sign by sign."))
    name, says = _told(row.benefit, programme)
    said = say(refused.text, get_language() or "en")
    why = {
        USED: _("This code has been used already."),
        "expired": _("This code has expired."),
        "taken_back": _("This benefit was taken back."),
    }.get(row.state, said)
    at = row.used_at if row.state == USED else row.ended_at
    return Verdict(False, name, says, row.member_id, of_member_name(row.member_id), at, why=why)


@page()
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Undo the use that was just made."""
    if not may(request, Permission.VALUE_ADJUST):
        raise PermissionDenied
    try:
        member_id, use_id = UUID(request.POST.get("member", "")), UUID(request.POST.get("operation", ""))
    except ValueError:
        return redirect("console:verify")
    asked = Request(member_id, SOURCE, f"unverify:{use_id}", operator_of(request).email)
    outcome = benefits.restore(asked, use_id)
    if outcome.error is not None:
        messages.error(request, say(outcome.error.text, get_language() or "en"))
    else:
        messages.success(request, _("Undone. The code is good again."))
    return redirect("console:verify")
