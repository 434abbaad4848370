"""The page an operator opens the day with. Every figure comes from insight, with its definition."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.console import charts, formats
from regulars.console.notices import books_check
from regulars.console.shell import page, programme_of
from regulars.insight import metrics
from regulars.insight.defining import Metric
from regulars.insight.reports import Home, home_at_hand, monthly_flows, weekly
from regulars.insight.reports import home as figures_of
from regulars.kit import figures
from regulars.language.text import say
from regulars.programme.contracts import Programme


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its definition."""

    name: str
    value: str
    definition: str
    note: str = ""


@page()
def home(request: HttpRequest) -> HttpResponse:
    """Figures at most 30 seconds old (5 minutes where there is much to count), and on an empty database how to send
    the first event. Where counting would take long the page comes without figures and asks for them."""
    programme = programme_of(request)
    context = {"part": "home"} | (_figures(programme) if home_at_hand(programme) else {"counting": True})
    return render(request, "console/home.html", context)


@page()
def counted(request: HttpRequest) -> HttpResponse:
    """The figures alone, once they are counted."""
    return render(request, "console/_figures.html", _figures(programme_of(request)))


@page()
def drawn(request: HttpRequest) -> HttpResponse:
    """The charts alone. They add up a year of orders and entries, so the page does not wait for them."""
    programme = programme_of(request)
    weeks, flows = weekly(programme).value, monthly_flows(programme).value
    shown = [charts.sales(weeks, programme), charts.orders(weeks)]
    shown += [charts.flow(asset, flows[asset.id]) for asset in programme.assets.values() if asset.spendable]
    shown += [charts.joined(weeks)]
    for ladder in programme.ladders.values():
        shares = figures_of(programme).value.levels[ladder.id]
        shown.append(charts.levels(ladder.id, say(ladder.name, get_language() or "en"), shares))
    return render(request, "console/_charts.html", {"charts": shown})


def _figures(programme: Programme) -> dict[str, object]:
    dated = figures_of(programme)
    return {
        "at": dated.at,
        "books": books_check(),
        "empty": not dated.value.members,
        "people": _people(dated.value, programme),
        "assets": _assets(dated.value, programme),
    }


def _figure(metric: Metric, value: str, note: str = "") -> Figure:
    language = get_language() or "en"
    return Figure(say(metric.name, language), value, say(metric.definition, language), note)


def _people(figures: Home, programme: Programme) -> list[Figure]:
    number, money = formats.number, formats.money
    return [
        _figure(metrics.MEMBERS, number(figures.members)),
        _figure(
            metrics.NEW_MEMBERS, number(figures.new_30d), _against(figures.new_30d, figures.new_30d_before)
        ),
        _figure(metrics.ACTIVE_30, number(figures.active_30d), _share(figures.active_30d, figures.members)),
        _figure(metrics.ACTIVE_90, number(figures.active_90d), _share(figures.active_90d, figures.members)),
        _figure(
            metrics.SALES_30,
            money(figures.sales_30d_minor, programme, digits=False),
            _against(figures.sales_30d_minor, figures.sales_30d_before_minor),
        ),
        _figure(
            metrics.SALES_YEAR,
            money(figures.sales_12m_minor, programme, digits=False),
            _("%(orders)s orders") % {"orders": number(figures.orders_12m)},
        ),
        _figure(metrics.REPURCHASE, formats.percent(figures.repurchase_rate)),
        _figure(metrics.UPGRADE, formats.percent(figures.upgrade_rate)),
    ]


def _assets(figures: Home, programme: Programme) -> list[tuple[str, list[Figure]]]:
    found = []
    for asset in programme.assets.values():
        at = figures.assets[asset.id]
        shown = [(metrics.ISSUED, at.issued), (metrics.SPENT, at.spent), (metrics.EXPIRED, at.expired)]
        shown += [(metrics.REVERSED, at.reversed), (metrics.OUTSTANDING, at.outstanding)]
        if asset.spendable:
            name = say(asset.name, get_language() or "en")
            found.append((name, [_figure(metric, formats.units(value, asset)) for metric, value in shown]))
    return found


def _share(part: int, whole: int) -> str:
    return _("%(share)s of all members") % {"share": formats.percent(part / whole)} if whole else ""


def _against(now: int, before: int) -> str:
    if not before:
        return ""
    return _("%(change)s on the 30 days before") % {
        "change": figures.signed(f"{(now - before) / before * 100:+.1f}%")
    }
