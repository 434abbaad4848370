"""The rules in force: what keeps them from applying, when scheduled ones are due, and those that were parked."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.audiences.queries import names as audience_names
from regulars.campaigns import queries as campaigns
from regulars.campaigns import service
from regulars.campaigns.contracts import PARK_AFTER, NotParked
from regulars.console.shell import may, operator_of, page, programme_of
from regulars.engine import schedules
from regulars.kit import clock
from regulars.language.text import say
from regulars.programme.sentences import rules_in_words
from regulars.staff.contracts import Permission
from regulars.staff.service import audit


@page()
def index(request: HttpRequest) -> HttpResponse:
    """The rules in force, each with what keeps it from applying, and when scheduled ones are due."""
    programme, language = programme_of(request), get_language() or "en"
    faults = campaigns.faults(programme.number)
    names = {rule.id: say(rule.name, language) for rule in programme.rules}
    coming = {one.rule.id: one.at for one in schedules.coming(programme, clock.now())}
    context = {
        "part": "programme",
        "tab": "rules",
        "rules": [
            {"words": each, "fault": faults.get(each.rule.id), "next": coming.get(each.rule.id)}
            for each in rules_in_words(programme, language, audience_names())
        ],
        "park_after": PARK_AFTER,
        "runs": [{"row": run, "name": names.get(run.rule, run.rule)} for run in campaigns.runs(20)],
        "may_resume": may(request, Permission.PROGRAMME_PUBLISH),
        "may_edit": may(request, Permission.PROGRAMME_EDIT),
    }
    return render(request, "console/rules.html", context)


@page()
@require_POST
def resume(request: HttpRequest, rule: str) -> HttpResponse:
    """A parked rule is asked again."""
    if not may(request, Permission.PROGRAMME_PUBLISH):
        raise PermissionDenied
    try:
        with transaction.atomic():
            service.resume(rule)
            audit(operator_of(request).email, "rule.resumed", rule)
        messages.success(request, _("The rule is asked again from the next event on."))
    except NotParked as problem:
        messages.info(request, problem.say(get_language() or "en"))
    return redirect("console:rules")
