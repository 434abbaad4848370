"""Everybody's scores made now: when they were made last, and the worker asked to make them again."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.console import formats
from regulars.console.people import ANSWERING
from regulars.console.shell import operator_of, page
from regulars.insight.registry import report_of
from regulars.insight.scoring import tasks
from regulars.insight.scoring.queries import last_run
from regulars.staff.service import audit
from regulars.warehouse.queries import open_tables
from regulars.warehouse.trouble import WarehouseUnavailable

PAGES = frozenset({"rfm", "lifecycle", "models"})
"""The reports about what scores say."""


def state(request: HttpRequest, name: str = "") -> dict[str, Any]:
    """The latest run, the one that was asked for if it is not over, and whether one may be asked for; for the report
    on models, how good recommendations were."""
    ran, job = last_run(), tasks.waiting()
    took = "" if ran is None else formats.number(max(1, round((ran.ended_at - ran.began_at).total_seconds())))
    tried = ran.fit.get("recommendations") if ran is not None and name == "models" else None
    return {
        "tried": tried and _tried(tried),
        "ran": ran,
        "took": took,
        "job": job,
        "may_run": operator_of(request).role in ANSWERING,
    }


def _tried(found: dict[str, Any]) -> dict[str, Any]:
    shares = {one: formats.percent(found[one]) for one in ("offered", "popular", "fresh", "fresh_popular")}
    days = {one: date.fromisoformat(found[one]) for one in ("fitted_to", "until")}
    return {**found, **shares, **days}


@page()
def running(request: HttpRequest) -> HttpResponse:
    """How the run that was asked for stands; the page is loaded anew when it is over."""
    found = state(request)
    if found["job"] is None:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "console/_scoring_runs.html", found)


@page(roles=ANSWERING)
@require_POST
def run(request: HttpRequest, name: str) -> HttpResponse:
    """Have the worker score everybody now. Asked again while it is at it, nothing more happens; where the warehouse
    can't be read, it says so at once."""
    report = report_of(name) if name in PAGES else report_of("rfm")
    try:
        open_tables()
    except WarehouseUnavailable as trouble:
        messages.error(request, trouble.say(get_language() or "en"))
    else:
        if tasks.ask():
            audit(operator_of(request).email, "scores.asked")
            messages.success(request, _("The worker is scoring everybody now."))
        else:
            messages.info(request, _("Scores are being made already."))
    return redirect("console:report", report.id)
