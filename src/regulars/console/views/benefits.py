"""The catalogue of benefits: what each is, who gets it, and what it has come to; and who has one of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from regulars.benefits import queries
from regulars.benefits.contracts import KINDS, Family, Row
from regulars.console import effects
from regulars.console.people import EXPORTERS
from regulars.console.shell import operator_of, page, programme_of
from regulars.console.tables import KINDS as FILES
from regulars.console.tables import Column, Money, Share, Table, as_file
from regulars.insight.benefits import Figures, figures
from regulars.kit import clock
from regulars.language.text import say
from regulars.members.queries import names
from regulars.programme.benefit_words import BenefitWords, benefit_in_words
from regulars.programme.contracts import Programme
from regulars.staff.service import audit

FAMILIES = {
    Family.SERVICE: gettext_lazy("Services"),
    Family.ECONOMIC: gettext_lazy("Savings and gifts"),
    Family.FUNCTION: gettext_lazy("Features"),
    Family.VANITY: gettext_lazy("Recognition"),
    Family.PARTNER: gettext_lazy("From partners"),
    Family.ACCESS: gettext_lazy("Access"),
}
ROWS = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A benefit in words, with its figures."""

    words: BenefitWords
    figures: Figures

    @property
    def name(self) -> str:
        """What people call it."""
        return say(self.words.benefit.name, get_language() or "en")


@page()
def index(request: HttpRequest) -> HttpResponse:
    """Every benefit of the programme in force, by what it appeals to."""
    programme = programme_of(request)
    shown = _shown(programme)
    families = [
        (label, [one for one in shown if KINDS[one.words.benefit.kind].family is family])
        for family, label in FAMILIES.items()
    ]
    context = {
        "part": "benefits",
        "families": [(label, some) for label, some in families if some],
        "cost": sum(one.figures.cost_minor for one in shown),
        "waiting": sum(one.figures.open_claims for one in shown),
        "ready": sum(one.figures.open_uses for one in shown),
        "uses": sum(one.figures.uses for one in shown),
        "may_export": operator_of(request).role in EXPORTERS,
    }
    return render(request, "console/benefits.html", context)


def _shown(programme: Programme) -> list[Shown]:
    language = get_language() or "en"
    return [
        Shown(benefit_in_words(each.benefit, programme, language), each)
        for each in figures(programme, clock.now())
    ]


@page(roles=EXPORTERS)
def download(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The catalogue with its figures as a file."""
    if kind not in FILES:
        raise Http404
    programme = programme_of(request)
    table: Table[Shown] = Table("benefits", _("Benefits"), _columns(), _shown(programme), programme)
    audit(operator_of(request).email, "benefits.exported", kind)
    return as_file(kind, "benefits", table.title, table.sheet(), table.rows)


def _columns() -> list[Column[Shown]]:
    return [
        Column(_("Benefit"), lambda one: one.name),
        Column(_("Kind"), lambda one: one.words.kind),
        Column(_("What it is"), lambda one: one.words.what),
        Column(_("Who gets it"), lambda one: one.words.who),
        Column(_("Granted"), lambda one: one.figures.granted),
        Column(_("Claimed"), lambda one: one.figures.claimed),
        Column(_("Claim rate"), lambda one: Share(one.figures.claim_rate)),
        Column(_("Used"), lambda one: one.figures.used),
        Column(_("Use rate"), lambda one: Share(one.figures.use_rate)),
        Column(_("Uses"), lambda one: one.figures.uses),
        Column(_("Stock left"), lambda one: one.figures.stock_left),
        Column(_("Cost so far"), lambda one: Money(one.figures.cost_minor)),
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """One entitlement, and whose it is."""

    row: Row
    member: str
    state: str


@page()
def show(request: HttpRequest, benefit_id: str) -> HttpResponse:
    """One benefit, and who has it; 404 for one that the programme has not."""
    programme = programme_of(request)
    found = next((one for one in _shown(programme) if one.words.benefit.id == benefit_id), None)
    if found is None:
        raise Http404
    state = request.GET.get("state", "")
    state = state if state in effects.STATES else ""
    listed = queries.listed(benefit_id, state, request.GET.get("cursor") or None, ROWS)
    context = {
        "part": "benefits",
        "shown": found,
        "lines": _lines(list(listed.items)),
        "next": listed.next,
        "later_page": bool(request.GET.get("cursor")),
        "state": state,
        "states": list(effects.STATES.items()),
        "may_export": operator_of(request).role in EXPORTERS,
    }
    return render(request, "console/benefit.html", context)


def _lines(rows: list[Row]) -> list[Line]:
    known = names({row.member_id for row in rows})
    return [
        Line(row, _name(known.get(row.member_id)), str(effects.STATES.get(row.state, row.state)))
        for row in rows
    ]


def _name(known: object) -> str:
    return str(getattr(known, "name", "") or "")


@page(roles=EXPORTERS)
def download_members(request: HttpRequest, benefit_id: str, kind: str) -> HttpResponseBase:
    """Every entitlement of a benefit as a file."""
    programme = programme_of(request)
    if kind not in FILES or benefit_id not in programme.benefits:
        raise Http404
    columns: list[Column[Line]] = [
        Column(_("Member"), lambda line: line.member),
        Column("ID", lambda line: str(line.row.member_id), width=38),
        Column(_("State"), lambda line: line.state),
        Column(_("Granted on"), lambda line: line.row.granted_at),
        Column(_("Claimed on"), lambda line: line.row.claimed_at),
        Column(_("Used on"), lambda line: line.row.used_at),
        Column(_("Uses"), lambda line: line.row.uses),
        Column(_("Cost so far"), lambda line: Money(line.row.cost_minor)),
    ]
    name = effects.benefit_name(benefit_id, programme)
    table: Table[Line] = Table("members", name, columns, [], programme)
    audit(operator_of(request).email, "benefits.exported", f"{benefit_id} {kind}")
    return as_file(kind, f"benefit-{benefit_id}", name, table.sheet(), _every(benefit_id))


def _every(benefit_id: str) -> Iterator[Line]:
    some: list[Row] = []
    for row in queries.every(benefit_id):
        some.append(row)
        if len(some) == ROWS:
            yield from _lines(some)
            some = []
    yield from _lines(some)


def of_member_name(member_id: UUID) -> str:
    """What a member is called; empty where that is not known."""
    return _name(names([member_id]).get(member_id))
