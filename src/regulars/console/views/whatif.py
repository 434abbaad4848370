"""What-if: a programme held against the one in force over the brand's own history."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.console import bulk_words, importing, simulations, supposed
from regulars.console.people import ANSWERING
from regulars.console.shell import may, operator_of, page, programme_of
from regulars.console.tables import KINDS, as_file
from regulars.imports import queries as imports
from regulars.insight.bulk import queries as bulk
from regulars.insight.simulating import queries, service
from regulars.insight.simulating.contracts import DONE, BadPeriod
from regulars.kit.problems import Problem
from regulars.programme import drafts, gallery
from regulars.programme.queries import versions
from regulars.staff.contracts import Permission
from regulars.staff.service import audit


@page()
def index(request: HttpRequest) -> HttpResponse:
    """Ask what would have been, and what was asked before."""
    context = {
        "part": "insight",
        "may_ask": may(request, Permission.PROGRAMME_EDIT),
        "drafts": drafts.every(),
        "versions": versions(),
        "cards": gallery.cards(),
        "asked": [simulations.shown(one) for one in queries.latest()],
        "chosen": request.GET.get("programme", ""),
    }
    return render(request, "console/whatif.html", context)


@page()
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Have it lived through; what was asked before is opened at once."""
    if not may(request, Permission.PROGRAMME_EDIT):
        raise PermissionDenied
    try:
        title, source = simulations.chosen(request)
        checked = drafts.check(source)
        if checked.programme is None:
            raise simulations.Unsound(title, checked.faults)
        found = service.ask(
            title,
            source,
            programme_of(request),
            operator_of(request).email,
            _day(request, "first_day"),
            _day(request, "last_day"),
            anew="anew" in request.POST,
        )
    except Problem as problem:
        messages.error(request, problem.say(get_language() or "en"))
        return redirect("console:whatif")
    return redirect("console:whatif_one", found)


@page()
def show(request: HttpRequest, simulation_id: UUID) -> HttpResponse:
    """One question: how far it is, or the answer."""
    asked = queries.get(simulation_id)
    context = {
        "part": "insight",
        "one": simulations.shown(asked),
        "may_ask": may(request, Permission.PROGRAMME_EDIT),
    }
    if asked.state != DONE:
        return render(request, "console/whatif_one.html", context)
    found = supposed.Supposed(asked)
    flows = found.flows()
    context |= {
        "found": found,
        "flows": flows,
        "biggest": supposed.biggest(flows),
        "charts": [found.liability(), found.spread()],
        "winners": found.touched("winners", 10),
        "losers": found.touched("losers", 10),
        "stale": asked.version != programme_of(request).number,
        "may_export": True,
    }
    return render(request, "console/whatif_one.html", context)


@page()
def progress(request: HttpRequest, simulation_id: UUID) -> HttpResponse:
    """How far it is, to be put into the page; the page is loaded anew when it is over."""
    asked = queries.get(simulation_id)
    if not asked.open:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "console/_whatif_progress.html", {"one": simulations.shown(asked)})


@page()
def tray(request: HttpRequest) -> HttpResponse:
    """What runs, for the tray on every page; the answer stops asking when nothing does."""
    return render(
        request,
        "console/_whatif_tray.html",
        {
            "running": [simulations.shown(one) for one in queries.running()],
            "bulk": [bulk_words.shown(one) for one in bulk.running()],
            "imports": [importing.shown(one) for one in imports.running()] if _may_import(request) else [],
        },
    )


def _may_import(request: HttpRequest) -> bool:
    return operator_of(request).role in ANSWERING


@page()
@require_POST
def cancel(request: HttpRequest, simulation_id: UUID) -> HttpResponse:
    """Nobody waits for it any more."""
    if not may(request, Permission.PROGRAMME_EDIT):
        raise PermissionDenied
    if service.cancel(simulation_id, operator_of(request).email):
        messages.success(request, _("Called off. Nothing was changed."))
    return redirect("console:whatif")


@page()
def download(request: HttpRequest, simulation_id: UUID, kind: str) -> HttpResponseBase:
    """The figures as CSV, as a workbook, or everything as JSON. Who exported what is kept in the audit trail."""
    asked = queries.get(simulation_id)
    if asked.state != DONE or kind not in (*KINDS, "json"):
        raise Http404
    audit(operator_of(request).email, "programme.simulation_exported", str(simulation_id), kind=kind)
    name = f"what-if-{asked.first_day}-{asked.last_day}"
    if kind == "json":
        answer = JsonResponse(asked.result, json_dumps_params={"ensure_ascii": False, "indent": 1})
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
        return answer
    table = supposed.Supposed(asked).sheet()
    return as_file(kind, name, table.title, table.sheet(), table.rows)


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.POST.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadPeriod from None
