"""The builder of audiences: the condition left, what it says and whom it fits right."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.audiences import queries
from regulars.audiences.contracts import Audience, BadAudience, Estimate, Kind
from regulars.console import audience_words as told
from regulars.console.audience_forms import PLACES, AudienceForm, spoken
from regulars.console.people import ANSWERING
from regulars.console.shell import operator_of, page, programme_of
from regulars.engine import audiences as work
from regulars.insight.members import MemberFilter, list_members
from regulars.kit.problems import Problem, speak
from regulars.language.text import say

SAMPLE = 10
STOPS = (work.CAUTIONS[work.NOBODY], work.CAUTIONS[work.EVERYBODY])
"""What is asked about once more before it is saved."""


@page(roles=ANSWERING)
def add(request: HttpRequest) -> HttpResponse:
    """A new audience; the address may bring a kind, a name and a condition. A condition that is posted by `copy` is
    only put into the form."""
    sent = request.POST if request.method == "POST" else request.GET
    kind = Kind.LIST if sent.get("kind") == Kind.LIST.value else Kind.RULE
    if request.method != "POST" or "copy" in sent:
        given = {"condition": sent.get("condition", ""), "note": sent.get("note", "")}
        name = sent.get("name", "")
        given["name"] = _("%(name)s (copy)") % {"name": name} if name and "copy" in sent else name
        return _page(request, AudienceForm(kind=kind, initial=given), None)
    form = AudienceForm(request.POST, kind=kind)
    cautions = _checked(form)
    if form.is_valid() and not cautions:
        try:
            made = work.create(form.ident(), form.wish(), "console", operator_of(request).email)
            return redirect("console:audience", audience=made.id)
        except Problem as problem:
            _refuse(form, problem)
    return _page(request, form, None, cautions)


@page(roles=ANSWERING)
def edit(request: HttpRequest, audience: str) -> HttpResponse:
    """An audience otherwise. Where somebody else was faster, that is said and nothing is overwritten."""
    found = queries.get(audience)
    if request.method != "POST":
        return _page(request, AudienceForm(kind=found.kind, others=True, initial=_initial(found)), found)
    form = AudienceForm(request.POST, kind=found.kind, others=True)
    cautions = _checked(form)
    if form.is_valid() and not cautions:
        try:
            work.change(audience, form.cleaned_data["revision"], form.wish(), operator_of(request).email)
            return redirect("console:audience", audience=audience)
        except Problem as problem:
            _refuse(form, problem)
    return _page(request, form, found, cautions)


@page()
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What a condition says, how many it fits, and some of them; nothing is written. What is wrong goes to its place in
    the editor."""
    text, language = request.POST.get("condition", ""), get_language() or "en"
    if not text:
        return render(request, "console/_audience_preview.html", {"empty": True})
    try:
        raw = json.loads(text)
        sentence, counted = work.said(raw, language), work.count(raw)
    except ValueError:
        return render(request, "console/_audience_preview.html", {"empty": True})
    except BadAudience as bad:
        answer = render(request, "console/_audience_preview.html", {"faulty": True})
        return _placed(answer, [(_place(one.field), speak(one.message, language)) for one in bad.errors])
    programme = programme_of(request)
    some = list_members(programme, MemberFilter(ids=counted.sample[:SAMPLE]), limit=SAMPLE).items
    ladder = next(iter(programme.ladders.values()), None)
    context = {
        "sentence": sentence,
        "counted": counted,
        "cautions": [say(one, language) for one in work.cautions(counted)],
        "lines": some,
        "levels": {level.id: level for level in ladder.levels} if ladder else {},
        "programme": programme,
        "rest": _rest(counted, len(some)),
    }
    return _placed(render(request, "console/_audience_preview.html", context), [])


def _rest(counted: Estimate, shown: int) -> int:
    return max(counted.members - shown, 0)


def _placed(answer: HttpResponse, problems: list[tuple[str, str]]) -> HttpResponse:
    """The answer, and for the editor what is wrong where."""
    told_at = [{"place": place, "text": text} for place, text in problems]
    answer["HX-Trigger"] = json.dumps(
        {"conditions:problems": {"target": "[data-conditions]", "problems": told_at}}
    )
    return answer


def _place(field: str) -> str:
    """A place as the editor names it: inside the condition."""
    return field.removeprefix("condition").lstrip(".")


def _initial(found: Audience) -> dict[str, Any]:
    names = dict(found.names)
    return {
        "name": names.get(spoken()) or told.name_of(found.names, found.id),
        "note": found.note,
        "condition": json.dumps(found.condition, ensure_ascii=False) if found.condition else "",
        "revision": found.revision,
        **{f"name_{code}": name for code, name in names.items() if code != spoken()},
    }


def _checked(form: AudienceForm) -> list[str]:
    """What somebody should look at once more before it is saved, unless they have."""
    if not form.is_valid() or form.cleaned_data["sure"] or form.kind is Kind.LIST:
        return []
    condition = form.cleaned_data["condition"]
    if condition is None:
        return []
    try:
        found = work.cautions(work.count(condition))
    except Problem as problem:
        _refuse(form, problem)
        return []
    return [say(one, get_language() or "en") for one in found if one in STOPS]


def _refuse(form: AudienceForm, problem: Problem) -> None:
    """What a room refused, at the field that it is about."""
    language = get_language() or "en"
    for error in problem.errors:
        head = error.field.partition(".")[0]
        field = PLACES.get(head, head)
        form.add_error(field if field in form.fields else None, speak(error.message, language))
    if not problem.errors:
        form.add_error(None, problem.say(language))


def _page(
    request: HttpRequest, form: AudienceForm, found: Audience | None, cautions: list[str] | None = None
) -> HttpResponse:
    value = form["condition"].value()
    context = {
        "part": "members",
        "section": "audiences",
        "form": form,
        "kind": form.kind.value,
        "found": found,
        "name": told.name_of(found.names, found.id) if found else "",
        "condition": _parsed(value) if isinstance(value, str) else value,
        "cautions": cautions or [],
        "uses": told.use_lines(work.uses(found.id)) if found else [],
    }
    return render(request, "console/audience_edit.html", context)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None
