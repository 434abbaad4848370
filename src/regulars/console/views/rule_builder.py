"""The rule builder: a rule as its parts, what it says, whom it fits, what it would do, and into which draft it goes."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.audiences.queries import names
from regulars.console import editing, effects, formats, rule_words
from regulars.console.people import ANSWERING
from regulars.console.shell import may, operator_of, page, programme_of
from regulars.console.views.conditions import among, body, draft_id, fitting, told
from regulars.engine import trying
from regulars.engine.doors import Faulty
from regulars.events.contracts import RecordedEvent
from regulars.events.queries import by_id, of_member
from regulars.kit import clock
from regulars.kit.problems import NotFound, Problem
from regulars.language.text import say
from regulars.members.queries import ids_like
from regulars.programme import building, drafts
from regulars.programme.building import Built
from regulars.programme.contracts import Programme
from regulars.programme.queries import version_source
from regulars.staff.contracts import Permission

EVENTS_OFFERED = 20


@page()
def builder(request: HttpRequest) -> HttpResponse:
    """The builder: empty, or with a rule of the version in force or of a draft."""
    programme, source = among(request, request.GET.get("draft", ""))
    wanted = request.GET.get("rule", "")
    rule = building.raw_rule(source, wanted) if wanted else None
    if wanted and rule is None:
        raise NotFound(rule_words.no_such_rule(wanted))
    setup = rule_words.setup(programme, get_language() or "en") | {
        "rule": rule,
        "language": get_language() or "en",
        "drafts": [(str(one.id), one.name) for one in drafts.every()],
        "draft": request.GET.get("draft", ""),
        "may_edit": may(request, Permission.PROGRAMME_EDIT),
    }
    context = {
        "part": "programme",
        "tab": "rules",
        "setup": setup,
        "words": editing.words() | rule_words.words(),
        "draft": request.GET.get("draft", ""),
    }
    return render(request, "console/rule_builder.html", context)


@page()
@require_POST
def check(request: HttpRequest) -> JsonResponse:
    """What the rule says, or what is wrong with it; how many members its condition fits; and how a file would have
    it."""
    raw, programme, built = _built(request)
    yaml = building.written(raw) if raw else ""
    if built.rule is None:
        return JsonResponse({"problems": told(built.problems), "yaml": yaml})
    sentence = say(dict(built.sentence), get_language() or "en")
    fits = fitting(trying.fits(built.rule.when, programme))
    return JsonResponse({"sentence": sentence, "fits": fits, "problems": [], "yaml": yaml})


@page()
@require_POST
def try_out(request: HttpRequest) -> JsonResponse:
    """What the rule would do for one member: on their latest event of its type, on one that is chosen, on an order
    that is typed, or now where it goes by the time."""
    _raw, programme, built = _built(request)
    if built.rule is None:
        return JsonResponse({"problems": told(built.problems)})
    asked, rule, language = body(request), built.rule, get_language() or "en"
    wanted = asked.get("member", "")
    found = ids_like(wanted) if isinstance(wanted, str) and wanted.strip() else []
    if not found:
        return _nothing(_("No member is known by this."))
    member = found[0]
    known = of_member(member, None, EVENTS_OFFERED, [rule.on])
    events = [{"id": str(one.id), "name": _named(one, programme)} for one in known]
    try:
        event = _event(asked, rule, programme, member, known)
    except Faulty as faulty:
        problems = [{"place": f"order.{one.field}", "text": say(one.text, language)} for one in faulty.errors]
        return JsonResponse({"problems": problems, "events": events})
    if event is None:
        return _nothing(_("This member has no such event yet to try the rule on."))
    tried = trying.try_on(rule, programme, event, language)
    if tried is None:
        return _nothing(_("No member is known by this."))
    return JsonResponse(
        {
            "told": tried.verdict.sentence,
            "held": tried.verdict.held,
            "parts": list(tried.verdict.parts),
            "effects": [line.text for line in effects.lines(list(tried.effects), programme)],
            "events": events,
        }
    )


@page(roles=ANSWERING)
@require_POST
def keep(request: HttpRequest) -> JsonResponse:
    """Put the rule into a draft: the one named, or a new one of the version in force."""
    raw, _programme, built = _built(request)
    if built.rule is None:
        return JsonResponse({"problems": told(built.problems)})
    named, by = body(request).get("draft"), operator_of(request).email
    try:
        if named:
            draft = drafts.get(draft_id(str(named)))
            made = drafts.save(draft.id, draft.revision, by, building.put_rule(draft.source, raw))
        else:
            number = programme_of(request).number
            text = building.put_rule(version_source(number) or "", raw)
            made = drafts.create(say(built.rule.name, get_language() or "en"), text, by, number)
    except (Problem, ValueError) as problem:
        said = problem.say(get_language() or "en") if isinstance(problem, Problem) else str(problem)
        return JsonResponse({"problems": [{"place": "", "text": said}]}, status=409)
    return JsonResponse({"goto": reverse("console:draft", args=[made.id])})


def _nothing(said: str) -> JsonResponse:
    return JsonResponse({"told": said, "parts": [], "effects": []})


def _built(request: HttpRequest) -> tuple[dict[str, Any], Programme, Built]:
    """The rule as it was sent, the programme that it is read by, and what it is."""
    sent = body(request)
    programme, _source = among(request, str(sent.get("among") or ""))
    raw = sent.get("rule")
    given = raw if isinstance(raw, dict) else {}
    return given, programme, building.build(given, programme, names())


def _event(
    asked: dict[str, Any], rule: Any, programme: Programme, member: UUID, known: list[RecordedEvent]
) -> RecordedEvent | None:
    """The event to try the rule on; None: there is none."""
    if rule.schedule is not None:
        return trying.at_moment(rule, member, {}, clock.now())
    if isinstance(asked.get("order"), dict):
        return trying.stated(programme, rule, member, _order(asked["order"], programme))
    chosen = asked.get("event")
    if isinstance(chosen, str) and chosen:
        try:
            found = by_id(member, UUID(chosen))
        except ValueError:
            return None
        return found if found is not None and found.type == rule.on else None
    return known[0] if known else None


def _order(typed: dict[str, Any], programme: Programme) -> dict[str, Any]:
    """An order as it would be sent: lines without a number get one, and the rest is what was typed."""
    lines = typed.get("items")
    items = [
        {"sku": f"line-{at}"} | {key: value for key, value in one.items() if value != ""}
        for at, one in enumerate(lines if isinstance(lines, list) else (), start=1)
        if isinstance(one, dict)
    ]
    for one in items:
        quantity = str(one.get("quantity", ""))
        if quantity.isdecimal():
            one["quantity"] = int(quantity)
    rest = {key: value for key, value in typed.items() if key != "items" and value != ""}
    given = {"order_id": "try", "currency": programme.currency} | rest
    return given | ({"items": items} if items else {})


def _named(event: RecordedEvent, programme: Programme) -> str:
    """4 Mar 2026 15:20 · Order paid · ¥120.00."""
    parts = [formats.moment(event.time), effects.event_title(event.type, event.data, programme)]
    total = event.data.get("total_minor")
    if isinstance(total, int):
        parts.append(formats.money(total, programme))
    return " · ".join(parts)
