"""What the editor of conditions asks for as one goes: fields, values, what a condition says and whom it fits."""

import json
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.audiences.queries import names
from regulars.console.shell import page, programme_of
from regulars.engine import completing, trying
from regulars.language.problems import Problem
from regulars.language.text import say
from regulars.programme import building, drafts
from regulars.programme.contracts import Programme
from regulars.programme.queries import version_source

BODY_MOST = 200_000


@page()
def fields(request: HttpRequest) -> JsonResponse:
    """What rules on a type of event can ask for."""
    language = get_language() or "en"
    programme = _programme(request)
    known = building.vocabulary(programme, request.GET.get("on", ""), names())
    if known is None:
        return JsonResponse({"error": _("There is no such type of event.")}, status=404)
    return JsonResponse({"fields": [one.row(language) for one in building.offered(known, language)]})


@page()
def values(request: HttpRequest) -> JsonResponse:
    """Values that a field may have, for completing what is typed."""
    asked = request.GET
    found = completing.complete(
        _programme(request),
        asked.get("on", building.ON_MEMBER),
        asked.get("field", ""),
        asked.get("q", ""),
        get_language() or "en",
    )
    return JsonResponse({"values": [{"value": one.value, "label": one.label} for one in found or ()]})


def _programme(request: HttpRequest) -> Programme:
    draft = request.GET.get("draft", "")
    return among(request, draft)[0] if draft else programme_of(request)


@page()
@require_POST
def check(request: HttpRequest) -> JsonResponse:
    """What a condition says and how many members it fits, or what is wrong with it."""
    raw, programme = body(request), programme_of(request)
    known = building.vocabulary(programme, str(raw.get("on", building.ON_MEMBER)), names())
    if known is None:
        return JsonResponse({"error": _("There is no such type of event.")}, status=404)
    asked = building.ask(raw.get("condition"), known)
    if asked.problems:
        return JsonResponse({"problems": told(asked.problems)})
    return JsonResponse(
        {
            "sentence": say(dict(asked.sentence), get_language() or "en") if asked.sentence else "",
            "fits": fitting(trying.fits(asked.condition, programme)),
            "problems": [],
        }
    )


def among(request: HttpRequest, draft: str) -> tuple[Programme, str]:
    """The programme whose names a condition may use, and its file: a draft's while that can be read, else the one in
    force."""
    if draft:
        row = drafts.get(draft_id(draft))
        return _read(row.source) or programme_of(request), row.source
    return programme_of(request), version_source(programme_of(request).number) or ""


@lru_cache(maxsize=4)
def _read(source: str) -> Programme | None:
    return drafts.check(source).programme


def draft_id(text: str) -> UUID:
    """The id of a draft that an address or a body names. Raises UnknownDraft."""
    try:
        return UUID(text)
    except ValueError:
        raise drafts.UnknownDraft from None


def body(request: HttpRequest) -> dict[str, Any]:
    """The JSON that was sent; empty where it is no object."""
    try:
        found = json.loads(request.body[:BODY_MOST])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def told(problems: tuple[Problem, ...]) -> list[dict[str, str]]:
    """Each problem with the place that it is about, as the editor's parts are named."""
    language = get_language() or "en"
    return [{"place": ".".join(map(str, one.place)), "text": say(one.text, language)} for one in problems]


def fitting(counted: trying.Fits) -> str:
    """How many members a condition fits, and how that is known."""
    if counted.members is None:
        return _("How many members it fits could not be counted within a second.")
    said = _("Fits %(members)s of %(of)s members, counted just now.") % {
        "members": f"{counted.members:,}",
        "of": f"{counted.of:,}",
    }
    if counted.sampled:
        said += " " + _("Estimated from a sample.")
    if not counted.whole:
        said += " " + _("What is asked of the event itself is not counted in.")
    return said
