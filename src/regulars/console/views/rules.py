"""Rules: how those in force fare, and the builder, which asks as one goes whom a rule fits and what it would do."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.campaigns import queries as campaigns
from regulars.campaigns import service
from regulars.campaigns.contracts import PARK_AFTER, NotParked
from regulars.console import effects
from regulars.console.people import ANSWERING
from regulars.console.shell import may, operator_of, page, programme_of
from regulars.engine import schedules, trying
from regulars.events.queries import of_member, values_seen
from regulars.kit import clock
from regulars.kit.problems import Problem
from regulars.language.text import say
from regulars.members.queries import ids_like, tags_seen
from regulars.programme import building, drafts
from regulars.programme.building import GROUPS, Built
from regulars.programme.queries import version_source
from regulars.programme.sentences import rules_in_words
from regulars.staff.contracts import Permission
from regulars.staff.service import audit

BODY_MOST = 200_000
VALUES_MOST = 20


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
            for each in rules_in_words(programme, language)
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


@page()
def builder(request: HttpRequest) -> HttpResponse:
    """The builder, empty or with a rule of the version in force."""
    programme, language = programme_of(request), get_language() or "en"
    known = next((rule for rule in programme.rules if rule.id == request.GET.get("rule")), None)
    context = {
        "part": "programme",
        "tab": "rules",
        "types": building.event_types(programme, language),
        "drafts": drafts.every(),
        "may_edit": may(request, Permission.PROGRAMME_EDIT),
        "start": building.raw_rule(programme_source(request), known.id) if known else None,
        "assets": [(one.id, say(one.name, language)) for one in programme.assets.values()],
        "templates": [(one.id, say(one.subject, language)) for one in programme.templates.values()],
        "words": _words(),
        "periods": [
            ("day", _("every day")),
            ("week", _("every week")),
            ("month", _("every month")),
            ("year", _("every year")),
            ("lifetime", _("never")),
        ],
    }
    return render(request, "console/rule_builder.html", context)


def programme_source(request: HttpRequest) -> str:
    return version_source(programme_of(request).number) or ""


def _words() -> dict[str, str]:
    """What the island says by itself."""
    return {
        "all": _("all of these hold"),
        "any": _("any of these holds"),
        "none": _("none of these holds"),
        "add": _("Add a condition"),
        "group": _("Add a group"),
        "remove": _("Remove"),
        "days": _("in the last days"),
        "always": _("No window: all of the past"),
        "lines": _("of any order line"),
        "yes": _("yes"),
        "no": _("no"),
        "and": _("to"),
        "several": _("several, separated by commas"),
        "failed": _("The server did not answer. Nothing is lost: change something to try again."),
    }


@page()
def fields(request: HttpRequest) -> JsonResponse:
    """What rules on a type of event can ask for."""
    language = get_language() or "en"
    known = building.vocabulary(programme_of(request), request.GET.get("on", ""))
    if known is None:
        return JsonResponse({"error": _("There is no such type of event.")}, status=404)
    offered = [
        {
            "name": one.name,
            "label": one.label,
            "type": one.type.value,
            "group": say(GROUPS[one.group], language),
            "line": one.scope.value == "line",
            "ops": one.ops,
            "choices": one.choices,
            "known": one.known,
            "windows": one.windows,
        }
        for one in building.offered(known, language)
    ]
    return JsonResponse({"fields": offered})


@page()
def values(request: HttpRequest) -> JsonResponse:
    """Values that a field had lately, for completing what is typed."""
    field, text = request.GET.get("field", ""), request.GET.get("q", "")
    if field == "tags":
        found = tags_seen(text, VALUES_MOST)
    elif field.startswith(("event.", "item.")):
        found = values_seen(field.partition(".")[2], field.startswith("item."), text, VALUES_MOST)
    else:
        found = []
    return JsonResponse({"values": found})


@page()
@require_POST
def check(request: HttpRequest) -> JsonResponse:
    """What the rule says, or what is wrong with it; and how many members its condition fits."""
    built = _built(request)
    if isinstance(built, JsonResponse):
        return built
    if built.rule is None:
        return JsonResponse(_faults(built))
    counted = trying.fits(built.rule, programme_of(request))
    told = _("Fits %(members)s of %(of)s members.") % {
        "members": f"{counted.members:,}",
        "of": f"{counted.of:,}",
    }
    if counted.sampled:
        told += " " + _("Estimated from a sample.")
    if not counted.whole:
        told += " " + _("What is asked of the event itself is not counted in.")
    sentence = say(dict(built.sentence), get_language() or "en")
    return JsonResponse({"sentence": sentence, "fits": told, "problems": []})


@page()
@require_POST
def try_out(request: HttpRequest) -> JsonResponse:
    """What the rule would do for one member: on their latest event of its type, or now where it goes by the time."""
    built = _built(request)
    if isinstance(built, JsonResponse):
        return built
    if built.rule is None:
        return JsonResponse(_faults(built))
    programme, language = programme_of(request), get_language() or "en"
    asked = _body(request).get("member", "")
    found = ids_like(asked) if isinstance(asked, str) and asked.strip() else []
    member = found[0] if found else None
    if member is None:
        return JsonResponse({"told": _("No member is known by this."), "parts": [], "effects": []})
    event = next(iter(of_member(member, None, 1, [built.rule.on])), None)
    if event is None or built.rule.schedule is not None:
        if built.rule.schedule is None:
            return JsonResponse(
                {
                    "told": _("This member has no such event yet to try the rule on."),
                    "parts": [],
                    "effects": [],
                }
            )
        event = trying.at_moment(built.rule, member, {}, clock.now())
    tried = trying.try_on(built.rule, programme, event, language)
    if tried is None:
        return JsonResponse({"told": _("No member is known by this."), "parts": [], "effects": []})
    return JsonResponse(
        {
            "told": tried.verdict.sentence,
            "held": tried.verdict.held,
            "parts": list(tried.verdict.parts),
            "effects": [line.text for line in effects.lines(list(tried.effects), programme)],
        }
    )


@page(roles=ANSWERING)
@require_POST
def keep(request: HttpRequest) -> JsonResponse:
    """Put the rule into a draft: the one named, or a new one of the version in force."""
    built = _built(request)
    if isinstance(built, JsonResponse):
        return built
    if built.rule is None:
        return JsonResponse(_faults(built))
    raw, by = _body(request), operator_of(request).email
    try:
        if raw.get("draft"):
            draft = drafts.get(UUID(str(raw["draft"])))
            made = drafts.save(draft.id, draft.revision, by, building.put_rule(draft.source, raw["rule"]))
        else:
            number = programme_of(request).number
            text = building.put_rule(version_source(number) or "", raw["rule"])
            made = drafts.create(say(built.rule.name, get_language() or "en"), text, by, number)
    except (Problem, ValueError) as problem:
        said = problem.say(get_language() or "en") if isinstance(problem, Problem) else str(problem)
        return JsonResponse({"problems": [{"place": "", "text": said}]}, status=409)
    return JsonResponse({"goto": reverse("console:draft", args=[made.id])})


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.body[:BODY_MOST])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _built(request: HttpRequest) -> Built | JsonResponse:
    raw = _body(request).get("rule")
    if not isinstance(raw, dict):
        return JsonResponse({"problems": [{"place": "", "text": _("No rule was sent.")}]}, status=422)
    return building.build(raw, programme_of(request))


def _faults(built: Built) -> dict[str, Any]:
    language = get_language() or "en"
    return {
        "problems": [
            {"place": ".".join(map(str, one.place)), "text": say(one.text, language)}
            for one in built.problems
        ]
    }
