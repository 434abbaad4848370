"""A change to many members: the ticked rows, or all that fit the filters: looked at first, undone after.

Small ones are done at once, larger ones by the workers while the page shows how far they are.
"""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.audiences import queries as audiences
from regulars.audiences.contracts import Kind
from regulars.console import bulk_words as told
from regulars.console import filters
from regulars.console.people import ANSWERING
from regulars.console.shell import operator_of, page, programme_of
from regulars.insight.bulk import queries, service
from regulars.insight.bulk.contracts import AT_ONCE, Measure
from regulars.insight.bulk.tasks import do_now
from regulars.insight.freshness import kept
from regulars.insight.members import selection
from regulars.kit import clock
from regulars.kit.problems import Problem
from regulars.language.calendar import local_day
from regulars.language.problems import words
from regulars.language.sql_text import Sql
from regulars.language.text import say
from regulars.members.queries import as_id, tags

NOW_PORTIONS = -(-AT_ONCE // service.PORTION)
TICKED_MOST = 1000
QUERY_MOST = 2000


class NobodyMeant(Problem):
    """No row was ticked, or the filters can't be read."""

    status = 422
    code = "nobody_meant"

    def __init__(self) -> None:
        super().__init__(
            words(
                "请先在会员列表中勾选会员，或选择“符合筛选的全部会员”。",
                "請先在會員列表中勾選會員，或選擇「符合篩選的全部會員」。",
                "Tick members on the list first, or choose all that fit the filters.",
            )
        )


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is meant: those ticked, or all that fit the filters in `query`."""

    ticked: tuple[UUID, ...]
    every: bool
    query: str
    sql: Sql
    chips: tuple[filters.Chip, ...] = ()

    @property
    def back(self) -> str:
        """The list they were chosen on."""
        return f"{reverse('console:members')}?{self.query}" if self.query else reverse("console:members")


@page(roles=ANSWERING)
def choose(request: HttpRequest) -> HttpResponse:
    """What to do with them; with a value, whom it would change; when that is confirmed, it is done."""
    asked = request.POST if request.method == "POST" else request.GET
    kind = asked.get("do", "")
    kind = kind if kind in told.DEEDS else told.TAG
    whom = _whom(request, asked)
    value = asked.get("value", "").replace("\0", "").strip()
    measure, fault = _measured(kind, value, whom)
    if measure and request.method == "POST" and asked.get("sure"):
        return _do(request, kind, value, whom)
    looked = {"kind": kind, "measure": measure, "fault": fault}
    if request.headers.get("HX-Request"):
        return render(request, "console/_bulk_looked.html", looked)
    context = looked | {
        "part": "members",
        "section": "members",
        "title": told.DEEDS[kind],
        "whom": whom,
        "meant": queries.measure(told.deed_of(kind, ""), whom.sql).members,
        "value": value,
        "once": asked.get("once") or uuid4(),
        "tags": kept("members.tags", lambda: tags(50)).value if kind not in told.LISTS else (),
        "lists": _lists() if kind in told.LISTS else (),
    }
    return render(request, "console/bulk_choose.html", context)


@page()
def index(request: HttpRequest) -> HttpResponse:
    """What was changed of many members, the latest first."""
    context = {
        "part": "members",
        "section": "members",
        "jobs": [told.shown(one) for one in queries.latest()],
    }
    return render(request, "console/bulk_jobs.html", context)


@page()
def show(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """How far it is, or what came of it."""
    job = queries.get(job_id)
    context = {
        "part": "members",
        "section": "members",
        "one": told.shown(job),
        "may_edit": operator_of(request).role in ANSWERING,
    }
    return render(request, "console/bulk.html", context)


@page()
def progress(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """How far it is, to be put into the page; the page is loaded anew when it is over."""
    job = queries.get(job_id)
    if not job.open:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "console/_bulk_progress.html", {"one": told.shown(job)})


@page(roles=ANSWERING)
@require_POST
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """No further; what was done stays until it is undone."""
    queries.get(job_id)
    if service.cancel(job_id, operator_of(request).email):
        messages.success(request, _("Stopped. What was done stays, and can be undone."))
    return redirect("console:bulk_job", job_id)


@page(roles=ANSWERING)
@require_POST
def undo(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Take back what it did."""
    found = service.undo(job_id, operator_of(request).email)
    start(found)
    return redirect("console:bulk_job", found)


def start(job_id: UUID) -> None:
    """Small ones are over when the answer comes."""
    if queries.get(job_id).moving <= AT_ONCE:
        do_now(job_id, NOW_PORTIONS)


def _do(request: HttpRequest, kind: str, value: str, whom: Whom) -> HttpResponse:
    name = request.POST.get("once", "")[:60] or uuid4()
    found = service.ask(
        told.deed_of(kind, value),
        whom.sql,
        once=f"console:{name}",
        by=operator_of(request).email,
        back=whom.back if whom.every else reverse("console:members"),
    )
    start(found)
    return redirect("console:bulk_job", found)


def address(do: str, query: str, value: str = "") -> str:
    """Where something is begun with all whom a list's filters fit; `value`: the tag or list that is chosen already."""
    asked = {"do": do, "all": "1", "query": query} | ({"value": value} if value else {})
    return f"{reverse('console:bulk')}?{urlencode(asked)}"


def _whom(request: HttpRequest, asked: QueryDict) -> Whom:
    """Raises NobodyMeant."""
    programme = programme_of(request)
    query = asked.get("query", "")[:QUERY_MOST].replace("\0", "")
    if asked.get("all"):
        chosen = filters.read(QueryDict(query), programme, local_day(clock.now(), programme.zone))
        if not chosen.form.is_valid() or chosen.filter.status:
            raise NobodyMeant
        return Whom((), True, query, selection(programme, chosen.filter, chosen.view), chosen.chips)
    ids = [as_id(one) for one in asked.getlist("member")[:TICKED_MOST]]
    ticked = tuple(dict.fromkeys(one for one in ids if one is not None))
    if not ticked:
        raise NobodyMeant
    return Whom(ticked, False, query, Sql("SELECT unnest(%s::uuid[])", (list(ticked),)))


def _measured(kind: str, value: str, whom: Whom) -> tuple[Measure | None, str]:
    """Whom it would change; or what is wrong with the value."""
    if not value:
        return None, ""
    try:
        return queries.measure(service.sound(told.deed_of(kind, value)), whom.sql), ""
    except Problem as problem:
        return None, problem.say(get_language() or "en")


def _lists() -> list[tuple[str, str]]:
    language = get_language() or "en"
    return [
        (one.id, say(one.names, language) or one.id) for one in audiences.every() if one.kind is Kind.LIST
    ]
