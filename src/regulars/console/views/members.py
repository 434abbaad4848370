"""The members list."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from regulars.console import filters
from regulars.console.filtered import audience_url
from regulars.console.shell import operator_of, page, programme_of
from regulars.insight.freshness import kept
from regulars.insight.members import count_members, list_members
from regulars.kit import clock
from regulars.language.calendar import local_day
from regulars.members.queries import ids_like, names, tags
from regulars.staff.models import Operator

PLACE = ("cursor", "go")
EXPORTERS = (Operator.Role.ADMIN, Operator.Role.OPERATOR)


@page()
def index(request: HttpRequest) -> HttpResponse:
    """Filters, order, columns and place are all in the URL."""
    programme = programme_of(request)
    if request.GET.get("go"):
        found = names(ids_like(request.GET.get("q", "").replace("\0", "")))
        if len(found) == 1:
            return redirect("console:member", member_id=next(iter(found)))
    chosen = filters.read(request.GET, programme, local_day(clock.now(), programme.zone))
    cursor = request.GET.get("cursor") or None
    shown = list_members(programme, chosen.filter, chosen.view, cursor)
    ladder = chosen.form.ladder
    asset = next((asset for asset in programme.assets.values() if asset.spendable), None)
    context = {
        "part": "members",
        "section": "members",
        "chosen": chosen,
        "columns": [(name, str(label)) for name, label in filters.COLUMNS if name in chosen.columns],
        "every_column": filters.COLUMNS,
        "lines": shown.items,
        "next": shown.next,
        "later_page": cursor is not None,
        "count": count_members(programme, chosen.filter, chosen.view),
        "levels": {level.id: level for level in ladder.levels} if ladder else {},
        "asset": asset,
        "tags": kept("members.tags", lambda: tags(50)).value,
        "has_choices": filters.HAS,
        "since_choices": filters.SINCE,
        "kept": [pair for pair in _pairs(request) if pair[0] not in ("cols", "cursor", "go")],
        "audience_url": audience_url(chosen) if operator_of(request).role in EXPORTERS else "",
        "may_bulk": operator_of(request).role in EXPORTERS and not chosen.filter.status,
        "bulk_query": urlencode([pair for pair in _pairs(request) if pair[0] not in PLACE]),
        "may_export": getattr(request.user, "role", "") in EXPORTERS,
    }
    return render(request, "console/members.html", context)


def _pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """What the address asks for."""
    return [(name, value) for name, values in request.GET.lists() for value in values]
