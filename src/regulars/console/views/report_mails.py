"""Reports by mail: asking for one, stopping one, from the page or from the mail itself."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from regulars.console import formats
from regulars.console.shell import operator_of, page, programme_of
from regulars.console.views.reports import RHYTHMS, question_of
from regulars.insight.registry import REPORTS
from regulars.insight.subscriptions import service
from regulars.insight.subscriptions.logic import HOURS, Rhythm
from regulars.language.text import say
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
    names = {report.id: say(report.name, language) for report in REPORTS}
    lines = [
        (row, names.get(row.report, row.report), RHYTHMS[row.rhythm])
        for row in service.of_operator(operator_of(request).pk)
    ]
    return render(request, "console/report_mails.html", {"part": "insight", "lines": lines})


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
