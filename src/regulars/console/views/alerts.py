"""Alerts: what is not as it should be, since when, who knows of it; and when the books were last in order."""

from collections.abc import Iterator

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.alerts import queries, service
from regulars.alerts.contracts import NoteMissing
from regulars.console.notices import Notice, books_check, notice
from regulars.console.people import ANSWERING
from regulars.console.shell import operator_of, page, programme_of
from regulars.staff.service import audit

OVER_SHOWN = 50


@page(needs_programme=False)
def index(request: HttpRequest) -> HttpResponse:
    """What is there, and the latest that is over. Readers look; others say what they know."""
    programme = programme_of(request)
    there = [notice(row, programme) for row in queries.there()]
    context = {
        "part": "alerts",
        "books": books_check(),
        "there": list(_advised(there)),
        "over": [notice(row, programme) for row in queries.over(OVER_SHOWN)],
        "may_answer": operator_of(request).role in ANSWERING,
        "note_length": service.NOTE_LENGTH,
    }
    return render(request, "console/alerts.html", context)


def _advised(notices: list[Notice]) -> Iterator[tuple[Notice, str]]:
    """Each with what to do about it; what many have in common is said at the first."""
    said = set()
    for each in notices:
        yield each, "" if each.advice in said else each.advice
        said.add(each.advice)


@page(roles=ANSWERING, needs_programme=False)
@require_POST
def acknowledge(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Somebody knows of it, and says what. It calls no more; it goes when it is put right."""
    operator = operator_of(request)
    try:
        with transaction.atomic():
            first = service.acknowledge(alert_id, operator.email, request.POST.get("note", ""))
            if first:
                audit(operator.email, "alert.acknowledged", str(alert_id))
    except NoteMissing as problem:
        messages.error(request, problem.say(get_language() or "en"))
        return redirect("console:alerts")
    if first:
        messages.success(request, _("Noted. The alert stays listed until the cause is gone."))
    else:
        messages.info(request, _("Somebody has taken note of it before you."))
    return redirect("console:alerts")
