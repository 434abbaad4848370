"""Reports by mail: asking for one, stopping one, from the page or from the mail itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from regulars.audiences.queries import every as every_audience
from regulars.console import formats
from regulars.console.shell import operator_of, page, programme_of
from regulars.console.views.reports import RHYTHMS, question_of
from regulars.insight.registry import REPORTS
from regulars.insight.report import Report
from regulars.insight.subscriptions import service
from regulars.insight.subscriptions.logic import HOURS, Rhythm
from regulars.language.channels import channel_name
from regulars.language.text import Text, say
from regulars.programme.contracts import Programme
from regulars.staff.service import audit

HOUR = 8


@require_POST
@page()
def subscribe(request: HttpRequest, name: str) -> HttpResponse:
    """Get this report, narrowed as the page is, again and again. Asked twice it is one."""
    programme, operator = programme_of(request), operator_of(request)
    question = question_of(request, name, programme)
    kept = {
        key: value
        for key, value in question.address.items()
        if key not in ("period", "from", "to", "against")
    }
    try:
        rhythm, hour = Rhythm(request.POST.get("rhythm", "")), int(request.POST.get("hour", HOUR))
    except ValueError:
        raise Http404 from None
    if hour not in HOURS:
        raise Http404
    row = service.subscribe(operator.pk, name, urlencode(sorted(kept.items())), rhythm, hour, programme.zone)
    audit(operator.email, "report.subscribed", name, rhythm=rhythm.value)
    messages.success(
        request,
        _("The first one goes to %(email)s on %(when)s.")
        % {"email": operator.email, "when": formats.moment(row.due_at)},
    )
    return redirect("console:report_mails")


@page()
def index(request: HttpRequest) -> HttpResponse:
    """What the operator gets, and since when."""
    language = get_language() or "en"
    known, names = {report.id: report for report in REPORTS}, _names(programme_of(request))
    lines = []
    for row in service.of_operator(operator_of(request).pk):
        report = known.get(row.report)
        name = say(report.name, language) if report else row.report
        narrowed = _narrowed(report, row.question, names) if report else row.question
        lines.append((row, name, narrowed, RHYTHMS[row.rhythm]))
    return render(request, "console/report_mails.html", {"part": "insight", "lines": lines})


@dataclass(frozen=True, slots=True)
class _Names:
    """What a report can be narrowed to: how each is called on the page, and what its values are called."""

    programme: Programme
    labels: Mapping[str, str]
    values: Mapping[str, Callable[[str], Text | None]]


def _names(programme: Programme) -> _Names:
    audiences = {one.id: one.names for one in every_audience()}
    ladders = programme.ladders
    levels = {level.id: level.name for one in ladders.values() for level in one.levels}
    return _Names(
        programme,
        {
            "audience": _("Audience"), "ladder": _("Ladder"), "level": _("Level now"), "channel": _("Channel"),
            "store": _("Store"),
        },
        {
            "audience": audiences.get,
            "ladder": {one.id: one.name for one in ladders.values()}.get,
            "level": levels.get,
            "channel": channel_name,
        },
    )  # fmt: skip


def _narrowed(report: Report, question: str, names: _Names) -> str:
    """What a report was narrowed to when it was asked for, in words; what is not there any more as it was written."""
    language, found = get_language() or "en", []
    options = {one.id: one for one in report.options}
    for name, value in parse_qsl(question):
        if name in options:
            label, called = (
                say(options[name].name, language),
                options[name].choices(names.programme).get(value),
            )
        else:
            label, called = names.labels.get(name, name), names.values.get(name, _nothing)(value)
        found.append(f"{label} {say(called, language) if called else value}")
    return " · ".join(found)


def _nothing(_value: str) -> None:
    return None


@require_POST
@page()
def stop(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """No more of it."""
    operator = operator_of(request)
    if service.stop(subscription_id, operator.pk):
        audit(operator.email, "report.unsubscribed", str(subscription_id))
        messages.success(request, _("You get this report no more."))
    return redirect("console:report_mails")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail, signed in or not: a click asks once more, a mail program's one-click POST (RFC 8058) stops."""
    found = service.read_token(token)
    if found is None:
        raise Http404
    stopped = request.method == "POST"
    if stopped:
        service.stop(*found)
    return render(request, "console/report_stop.html", {"stopped": stopped})
