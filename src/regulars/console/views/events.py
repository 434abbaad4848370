"""The event log as it grows, one event in full, and why it did what it did."""

import json
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.console import because, effects
from regulars.console.shell import page, programme_of
from regulars.engine.queries import Explanation, explain
from regulars.events.contracts import LoggedEvent
from regulars.events.queries import LogFilter, by_id, log, since, sources
from regulars.kit.paging import LIMIT_MAX
from regulars.kit.problems import BadCursor
from regulars.language.events import RULES, TIMER
from regulars.members.queries import ids_like, names
from regulars.programme.contracts import Programme


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the log."""

    event: LoggedEvent
    type_name: str
    member_name: str
    named: bool
    """Whether its ID means something to people: what Regulars derives itself has one that doesn't."""


@dataclass(frozen=True, slots=True)
class Told:
    """An explanation with its effects as lines; those that no rule decided each with a sentence that says why."""

    explanation: Explanation
    type_name: str
    verdicts: tuple[tuple[object, list[effects.EffectLine]], ...]
    own: list[tuple[effects.EffectLine, str]]
    followed: tuple["Told", ...]


def chosen(request: HttpRequest) -> tuple[LogFilter, str]:
    """The filter in the URL, and a sentence where the member it names is unknown."""
    reference = request.GET.get("member", "").strip().replace("\0", "")[:254]
    found = ids_like(reference) if reference else []
    wanted = LogFilter(
        type=request.GET.get("type", "")[:60],
        source=request.GET.get("source", "")[:60],
        member_id=found[0] if found else None,
    )
    if reference and not found:
        return wanted, _(
            "No member is known as “%(name)s”: write a phone number, an e-mail address, a card or an ID."
        ) % {"name": reference}
    return wanted, ""


@page()
def index(request: HttpRequest) -> HttpResponse:
    """Newest received first."""
    programme = programme_of(request)
    wanted, unknown = chosen(request)
    cursor = request.GET.get("cursor") or None
    found = log(wanted, cursor)
    filtered = any(request.GET.get(name) for name in ("type", "source", "member"))
    context = {
        "part": "events",
        "lines": [] if unknown else lines(found.items, programme),
        "next": None if unknown else found.next,
        "newest": found.newest or "",
        "searched_to": None if unknown else found.searched_to,
        "later_page": cursor is not None,
        "follows": cursor is None and not unknown,
        "unknown": unknown,
        "filtered": filtered,
        "types": sorted(
            (kind.id, effects.event_name(kind.id, programme)) for kind in programme.event_types.values()
        ),
        "sources": sources(),
    }
    return render(request, "console/events.html", context)


@page()
def newer(request: HttpRequest) -> HttpResponse:
    """Rows of what was received after `since`, newest first, and in an event where to go on; 204 when nothing was.

    An empty log that fills is loaded afresh; where too much came at once, the newest page takes the place of all.
    """
    wanted, _unknown = chosen(request)
    fresh, reload = HttpResponse(status=204), HttpResponse(status=204, headers={"HX-Refresh": "true"})
    try:
        news = since(request.GET.get("since", ""), wanted, LIMIT_MAX)
    except BadCursor:
        return reload
    if news.items and request.GET.get("rows") == "0":
        return reload
    newest, found = news.newest, news.items[::-1]
    if news.more:
        top = log(wanted)
        newest, found = top.newest or newest, top.items
    if found:
        context = {"lines": lines(found, programme_of(request)), "fresh": True}
        fresh = render(request, "console/_event_rows.html", context)
    if news.more:
        fresh.headers["HX-Reswap"] = "innerHTML"
    fresh.headers["HX-Trigger"] = json.dumps({"logFollowed": {"since": newest}})
    return fresh


@page()
def show(request: HttpRequest, member_id: UUID, event_id: UUID) -> HttpResponse:
    """One event: payload, effects, why."""
    programme = programme_of(request)
    event = by_id(member_id, event_id)
    if event is None:
        raise Http404
    cause = by_id(member_id, event.cause) if event.cause else None
    told = tell(explain(event, get_language() or "en"), programme)
    context = {
        "part": "events",
        "event": event,
        "type_name": effects.event_name(event.type, programme),
        "member": names([member_id]).get(member_id),
        "named": event.source not in (RULES, TIMER),
        "cause": cause,
        "cause_name": effects.event_name(cause.type, programme) if cause else "",
        "told": told,
        "balances": [
            (asset, event.outcome.get("balances", {}).get(asset.id)) for asset in programme.assets.values()
            if asset.id in event.outcome.get("balances", {})
        ],
    }  # fmt: skip
    return render(request, "console/event.html", context)


@page()
def why(request: HttpRequest, member_id: UUID, event_id: UUID) -> HttpResponse:
    """The explanation alone, to be put into a page."""
    event = by_id(member_id, event_id)
    if event is None:
        raise Http404
    told = tell(explain(event, get_language() or "en"), programme_of(request))
    return render(request, "console/_why.html", {"told": told, "event": event})


def tell(explanation: Explanation, programme: Programme) -> Told:
    """The explanation with its effects in words."""
    own = list(explanation.own)
    why = because.reasons(explanation.event, own, programme)
    return Told(
        explanation=explanation,
        type_name=effects.event_name(explanation.event.type, programme),
        verdicts=tuple((each, effects.lines(list(each.effects), programme)) for each in explanation.verdicts),
        own=list(zip(effects.lines(own, programme), why, strict=True)),
        followed=tuple(tell(each, programme) for each in explanation.followed),
    )


def lines(found: tuple[LoggedEvent, ...], programme: Programme) -> list[Line]:
    """Rows with the names of types and members."""
    known = names(event.member_id for event in found)
    return [
        Line(
            event,
            effects.event_name(event.type, programme),
            known[event.member_id].name if event.member_id in known else "",
            event.source not in (RULES, TIMER),
        )
        for event in found
    ]
