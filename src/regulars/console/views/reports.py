"""The reports: one page for all of them, the members behind a figure, and every table as a file."""

import json
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.audiences.contracts import AudienceExists, Kind, Wish
from regulars.audiences.queries import every as every_audience
from regulars.console import formats, reporting
from regulars.console.audience_forms import spoken
from regulars.console.people import ANSWERING, EXPORTERS
from regulars.console.shell import operator_of, page, programme_of
from regulars.console.tables import KINDS, as_file
from regulars.console.views import scoring
from regulars.console.views.bulk import start
from regulars.engine import audiences as work
from regulars.insight import answers
from regulars.insight.asking import address_of, against_of, asked_of
from regulars.insight.bulk import service as bulk
from regulars.insight.bulk.contracts import Deed
from regulars.insight.expressing import condition_of
from regulars.insight.ground import check, ladder_of
from regulars.insight.members import MemberFilter, Sort, View, list_members
from regulars.insight.periods import PRESETS, USUAL, days_of
from regulars.insight.registry import REPORTS, report_of
from regulars.insight.report import Against, Asked, BadQuestion, NoSuchReport, Report
from regulars.insight.subscriptions.logic import Rhythm
from regulars.kit import clock
from regulars.language.calendar import local_day
from regulars.language.channels import CHANNELS
from regulars.language.sql_text import Sql
from regulars.language.text import say
from regulars.members.queries import as_id
from regulars.programme.contracts import Programme
from regulars.staff.service import audit
from regulars.warehouse.trouble import WarehouseUnavailable

AGAINST = {
    Against.NOTHING: gettext_lazy("nothing"),
    Against.PREVIOUS: gettext_lazy("the period before"),
    Against.LAST_YEAR: gettext_lazy("the year before"),
}
RHYTHMS = {
    Rhythm.DAILY.value: gettext_lazy("every day, of the day before"),
    Rhythm.WEEKLY.value: gettext_lazy("every Monday, of the week before"),
    Rhythm.MONTHLY.value: gettext_lazy("on the first, of the month before"),
}
LISTED = 50
NAME_MOST = 60
SORTS = {Sort.SPEND, Sort.LAST_ORDER, Sort.JOINED}


@dataclass(frozen=True, slots=True)
class Question:
    """What the page asks: the report, the question, and what was wrong with the address, if anything."""

    report: Report
    asked: Asked
    preset: str
    wrong: str = ""

    @property
    def address(self) -> dict[str, str]:
        """The question for links."""
        return address_of(self.asked, self.preset)

    @property
    def query(self) -> str:
        return urlencode(self.address)


@page()
def show(request: HttpRequest, name: str) -> HttpResponse:
    """The page: what is asked, in the head; the answer is fetched, for counting may take a moment."""
    programme = programme_of(request)
    question = question_of(request, name, programme)
    context = _head(question, programme) | {
        "part": "insight",
        "rhythms": RHYTHMS.items(),
        "hours": range(6, 21),
        "scoring": scoring.state(request, name) if name in scoring.PAGES else None,
    }
    return render(request, "console/report.html", context)


@page()
def counted(request: HttpRequest, name: str) -> HttpResponse:
    """The answer alone. Where the warehouse can't be read, a banner says so; everything else goes on. Asked for while
    somebody types, the address of the page follows."""
    programme = programme_of(request)
    question = question_of(request, name, programme)
    context: dict[str, object] = {"question": question, "wrong": question.wrong}
    try:
        found = answers.glanced(question.report, question.asked, programme, question.address)
        if found.renewing and request.GET.get("shown") == found.at.isoformat():
            return HttpResponse(status=204)
        context |= {
            "found": found,
            "shown": reporting.shown(found, programme),
            "may_export": operator_of(request).role in EXPORTERS,
            "compared": _compared(found, question.asked),
        }
    except WarehouseUnavailable as trouble:
        context["trouble"] = trouble.say(get_language() or "en")
    except BadQuestion as bad:
        context["wrong"] = bad.say(get_language() or "en")
    response = render(request, "console/_report.html", context)
    typed = request.headers.get("HX-Trigger-Name", "")
    if not context["wrong"] and typed in {option.id for option in question.report.options}:
        response["HX-Replace-Url"] = f"{reverse('console:report', args=[name])}?{question.query}"
    return response


@page(roles=EXPORTERS)
def download(request: HttpRequest, name: str, table: str, kind: str) -> HttpResponseBase:
    """One table as a file. Who exported what is kept in the audit trail."""
    programme = programme_of(request)
    question = question_of(request, name, programme)
    if kind not in KINDS:
        raise Http404
    found = answers.answered(question.report, question.asked, programme)
    chosen = next((one for one in found.answer.tables if one.id == table), None)
    if chosen is None:
        raise Http404
    audit(operator_of(request).email, "report.exported", f"{name}.{kind}", table=table, **question.address)
    title = say(question.report.name, get_language() or "en")
    file = f"{title}-{question.asked.first:%Y%m%d}-{question.asked.last:%Y%m%d}"
    return as_file(kind, file, title, reporting.sheet(chosen, programme), chosen.rows)


@page()
def members(request: HttpRequest, name: str) -> HttpResponse:
    """The members behind a figure: how many, and some of them as the members list shows them."""
    programme = programme_of(request)
    question = question_of(request, name, programme)
    key = request.GET.get("of", "")[:300]
    behind = answers.behind(question.report, question.asked, key, programme)
    sort = _sort(request)
    chosen = MemberFilter(ids=tuple(UUID(each) for each in behind.ids))
    found = list_members(programme, chosen, View(sort=sort), request.GET.get("cursor") or None, LISTED)
    ladder = next(iter(programme.ladders.values()), None)
    context = _head(question, programme) | {
        "part": "insight",
        "behind": behind,
        "what": _what(question, key, programme),
        "most": answers.MEMBERS_MOST,
        "lines": found.items,
        "next": found.next,
        "later_page": bool(request.GET.get("cursor")),
        "levels": {level.id: level for level in ladder.levels} if ladder else {},
        "sort": sort.value,
        "of": key,
        "back": question.query,
        "once": uuid4(),
        "may_keep": operator_of(request).role in ANSWERING and behind.count > 0,
        "audience_url": _audience_url(question, key, programme),
    }
    return render(request, "console/report_members.html", context)


@page(roles=ANSWERING)
@require_POST
def keep(request: HttpRequest, name: str) -> HttpResponse:
    """All members behind a figure, put on a list of their own: they stay on it, whatever they do."""
    programme = programme_of(request)
    question = question_of(request, name, programme)
    key, by = request.GET.get("of", "")[:300], operator_of(request).email
    once = as_id(request.POST.get("once", "")) or uuid4()
    ident = f"report_{once.hex[:16]}"
    ids = answers.behind(question.report, question.asked, key, programme, None).ids
    wish = Wish({spoken(): request.POST.get("name", "")[:NAME_MOST]}, Kind.LIST, note=_note(question))
    with suppress(AudienceExists):  # a second click
        work.create(ident, wish, "console", by)
    everybody = Sql("SELECT unnest(%s::uuid[])", (list(ids),))
    found = bulk.ask(
        Deed(audience=ident),
        everybody,
        once=f"report:{once}",
        by=by,
        back=reverse("console:audience", args=[ident]),
    )
    start(found)
    return redirect("console:bulk_job", found)


def _what(question: Question, key: str, programme: Programme) -> str:
    """What the members stand behind, in the report's words; the report has just been read and is remembered. Nothing,
    where it can't be read at the moment: the members are worth more than the words."""
    try:
        found = answers.answered(question.report, question.asked, programme)
    except WarehouseUnavailable:
        return ""
    return reporting.behind(found.answer, key, programme)


def _note(question: Question) -> str:
    asked = question.asked
    days = f"{formats.day(asked.first)} – {formats.day(asked.last)}"
    return f"{say(question.report.name, get_language() or 'en')} · {days}"


def _audience_url(question: Question, key: str, programme: Programme) -> str:
    """Where an audience of those behind a figure is begun, that goes on by itself; empty where no condition says so."""
    today = local_day(clock.now(), programme.zone)
    condition = condition_of(question.report.id, question.asked, key, programme, today)
    if condition is None:
        return ""
    query = {"condition": json.dumps(condition, ensure_ascii=False)}
    return f"{reverse('console:audience_new')}?{urlencode(query)}"


def question_of(request: HttpRequest, name: str, programme: Programme) -> Question:
    """What the address asks. Where that makes no sense, the usual question, and what was wrong."""
    try:
        report = report_of(name)
    except NoSuchReport:
        raise Http404 from None
    today = local_day(clock.now(), programme.zone)
    given = request.GET.dict()
    try:
        asked = asked_of(given, report, today)
        check(asked, programme)
        answers.check_options(report, asked, programme)
        return Question(report, asked, _preset(given))
    except BadQuestion as bad:
        return Question(report, Asked(*days_of(USUAL, today)), USUAL, bad.say(get_language() or "en"))


def _preset(given: dict[str, str]) -> str:
    """The period's name, where it has one; days that were given have none."""
    if given.get("period"):
        return given["period"]
    return "" if given.get("from") or given.get("to") else USUAL


def _head(question: Question, programme: Programme) -> dict[str, object]:
    """What one may choose, with what is chosen."""
    language, report, asked = get_language() or "en", question.report, question.asked
    ladder = ladder_of(asked, programme)
    channels = [(code, say(text, language)) for code, text in CHANNELS.items()]
    return {
        "question": question,
        "title": say(report.name, language),
        "about": say(report.about, language),
        "presets": [(ident, say(one.name, language)) for ident, one in PRESETS.items()],
        "against": [(each.value, text) for each, text in AGAINST.items()] if report.compares else [],
        "others": _others(report, asked, language),
        "compared": against_of(asked),
        "levels": [(one.id, say(one.name, language)) for one in ladder.levels]
        if ladder and "level" in report.filters
        else [],
        "audiences": [(one.id, say(one.names, language)) for one in every_audience()]
        if "audience" in report.filters
        else [],
        "texts": [
            (name, label, getattr(asked, name), known)
            for name, label, known in (("channel", _("Channel"), channels), ("store", _("Store"), []))
            if name in report.filters
        ],
        "options": [
            (
                option.id,
                say(option.name, language),
                [(ident, say(text, language)) for ident, text in option.choices(programme).items()],
                asked.choice(option.id),
                say(option.blank, language) if option.blank else "",
            )
            for option in report.options
        ],
        "reports": [(one.id, say(one.name, language)) for one in REPORTS],
        "see": [(ident, say(report_of(ident).name, language)) for ident in report.see],
        "days": f"{formats.day(asked.first)} – {formats.day(asked.last)}",
    }


def _others(report: Report, asked: Asked, language: str) -> list[tuple[str, str]]:
    """The members to compare with: another audience, or everybody where one is chosen."""
    if not report.compares or "audience" not in report.filters:
        return []
    everybody = [(Against.EVERYBODY.value, say(answers.EVERYBODY, language))] if asked.audience else []
    named = [(f"{Against.AUDIENCE.value}:{one.id}", say(one.names, language)) for one in every_audience()
             if one.id != asked.audience]  # fmt: skip
    return everybody + named


def _compared(found: answers.Answered, asked: Asked) -> str:
    """The other period, or the other members, in words; empty where nothing is compared."""
    if found.answer.sides is not None:
        return say(found.answer.sides[1], get_language() or "en")
    other = asked.before() if found.report.compares else None
    return f"{formats.day(other.first)} – {formats.day(other.last)}" if other else ""


def _sort(request: HttpRequest) -> Sort:
    try:
        found = Sort(request.GET.get("sort", Sort.SPEND.value))
    except ValueError:
        return Sort.SPEND
    return found if found in SORTS else Sort.SPEND
