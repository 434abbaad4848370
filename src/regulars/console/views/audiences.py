"""Audiences: all of them, one with how it grows and why somebody is in it, how they overlap, and what ends them."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.audiences import queries
from regulars.audiences.contracts import Audience, Kind
from regulars.console import audience_words as told
from regulars.console.bulk_words import LIST, TAG, UNLIST
from regulars.console.people import ANSWERING
from regulars.console.shell import operator_of, page, programme_of
from regulars.console.views.bulk import address as bulk_address
from regulars.engine import audiences as work
from regulars.insight.freshness import kept
from regulars.insight.members import MemberFilter, list_members
from regulars.kit import clock
from regulars.language.calendar import local_day
from regulars.members.queries import count
from regulars.programme.audiences import uses

CHANGE_DAYS = 7
PERIODS = (30, 90, 365)
OTHERS_MOST = 12
MATRIX_MOST = 12
FOUND_MOST = 20


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the matrix: of the row's audience, how many and which part are in the column's too."""

    both: int
    share: float


@page()
def index(request: HttpRequest) -> HttpResponse:
    """All audiences, the latest changed first."""
    archived = bool(request.GET.get("archived"))
    found, asking = queries.every(archived), uses()
    since = clock.now() - timedelta(days=CHANGE_DAYS)
    moved = kept("audiences.moved", lambda: queries.moved(since)).value if found and not archived else {}
    lines = [told.shown(one, moved.get(one.id, (0, 0)), asking.get(one.id, ())) for one in found]
    context = _head(request) | {
        "lines": lines,
        "archived": archived,
        "several": len(lines) > 1,
    }
    return render(request, "console/audiences.html", context)


@page()
def show(request: HttpRequest, audience: str) -> HttpResponse:
    """One audience. `days` says how far back its size is drawn, `member` whom to explain it for."""
    found, programme = queries.get(audience), programme_of(request)
    days = _days(request)
    today = local_day(clock.now(), programme.zone)
    size, of = queries.size(audience), kept("members.count", count).value
    past = queries.growth(audience, today - timedelta(days=days - 1), today, programme.zone)
    week = past[-CHANGE_DAYS:]
    asking = uses().get(audience, [])
    context = _head(request) | {
        "shown": told.shown(found, (0, 0), asking),
        "size": size,
        "of": of,
        "share": size / of if of else 0.0,
        "entered": sum(one.entered for one in week),
        "left": sum(one.left for one in week),
        "chart": told.growth(past),
        "days": days,
        "periods": PERIODS,
        "bars": _bars(found),
        "uses": told.use_lines(asking),
        "tag_url": bulk_address(TAG, f"audience={audience}"),
        "list_url": bulk_address(LIST, f"audience={audience}"),
        "unlist_url": bulk_address(
            UNLIST, f"audience={audience}", audience if found.kind is Kind.LIST else ""
        ),
        "changes": told.changes(queries.revisions(audience)),
        **_why(request, audience),
    }
    return render(request, "console/audience.html", context)


@page()
def filling(request: HttpRequest, audience: str) -> HttpResponse:
    """How far a new definition has come, asked for by the page while it is not settled."""
    found = queries.get(audience)
    answer = render(request, "console/_audience_filling.html", {"shown": told.shown(found)})
    if found.settled:
        answer["HX-Refresh"] = "true"
    return answer


@page()
def overlap(request: HttpRequest) -> HttpResponse:
    """Which audiences share how many members: the chosen ones, or those that were changed last."""
    live = queries.every()
    asked = [one for one in request.GET.getlist("id") if any(each.id == one for each in live)]
    chosen = (asked or [one.id for one in live])[:MATRIX_MOST]
    names_of = {one.id: told.name_of(one.names, one.id) for one in live}
    sizes: dict[str, int] = {}
    both: dict[tuple[str, str], int] = {}
    for one in queries.overlaps(chosen) if len(chosen) > 1 else ():
        sizes[one.one], sizes[one.other] = one.members_one, one.members_other
        both[one.one, one.other] = both[one.other, one.one] = one.both
    rows = [
        (row, names_of[row], sizes.get(row, 0), [_cell(row, column, sizes, both) for column in chosen])
        for row in chosen
    ]
    context = _head(request) | {
        "rows": rows if len(chosen) > 1 else [],
        "columns": [(each, names_of[each]) for each in chosen],
        "names": names_of,
        "chosen": chosen,
        "most": MATRIX_MOST,
    }
    return render(request, "console/audience_overlap.html", context)


@page(roles=ANSWERING)
@require_POST
def archive(request: HttpRequest, audience: str) -> HttpResponse:
    """Nobody is in it any more; refused while something asks for it."""
    work.archive(audience, operator_of(request).email)
    messages.success(request, _("The audience is archived. Its history stays, and it can be restored."))
    return redirect("console:audience", audience=audience)


@page(roles=ANSWERING)
@require_POST
def restore(request: HttpRequest, audience: str) -> HttpResponse:
    """Live again."""
    work.restore(audience, operator_of(request).email)
    messages.success(request, _("The audience is live again."))
    return redirect("console:audience", audience=audience)


@page(roles=ANSWERING)
@require_POST
def delete(request: HttpRequest, audience: str) -> HttpResponse:
    """Gone with its history; refused while something asks for it."""
    work.delete(audience, operator_of(request).email)
    messages.success(request, _("The audience is deleted."))
    return redirect("console:audiences")


def _head(request: HttpRequest) -> dict[str, object]:
    return {
        "part": "members",
        "section": "audiences",
        "may_edit": operator_of(request).role in ANSWERING,
        "may_export": operator_of(request).role in ANSWERING,
    }


def _days(request: HttpRequest) -> int:
    text = request.GET.get("days", "")
    days = int(text) if text.isascii() and text.isdigit() else PERIODS[0]
    return days if days in PERIODS else PERIODS[0]


def _bars(found: Audience) -> list[told.Bar]:
    """How it meets the others that were changed last."""
    others = {one.id: one.names for one in queries.every() if one.id != found.id}
    asked = [found.id, *list(others)[:OTHERS_MOST]]
    if found.archived or len(asked) < 2:
        return []
    return told.bars(found.id, queries.overlaps(asked), others)


def _cell(row: str, column: str, sizes: dict[str, int], both: dict[tuple[str, str], int]) -> Cell | None:
    if row == column:
        return None
    shared = both.get((row, column), 0)
    return Cell(shared, shared / sizes[row] if sizes.get(row) else 0.0)


def _why(request: HttpRequest, audience: str) -> dict[str, object]:
    """Why a member is in or not: of one that is found, or a choice of several."""
    text = request.GET.get("member", "").replace("\0", "").strip()
    if not text:
        return {"asked": ""}
    found = list_members(programme_of(request), MemberFilter(search=text), limit=FOUND_MOST).items
    if len(found) != 1:
        return {"asked": text, "choices": [line.member for line in found]}
    member = found[0].member
    why = work.why(audience, member.id, get_language() or "en")
    return {"asked": text, "member": member, "why": why}
