"""Budgets: what rules and campaigns may still give out."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from regulars.console import formats
from regulars.console.shell import page, programme_of
from regulars.insight.budgets import BudgetLine, budgets
from regulars.language.calendar import Per
from regulars.language.text import say
from regulars.programme.contracts import Programme

PERIODS = {
    Per.DAY: gettext_lazy("a day"),
    Per.WEEK: gettext_lazy("a week"),
    Per.MONTH: gettext_lazy("a month"),
    Per.YEAR: gettext_lazy("a year"),
    Per.LIFETIME: gettext_lazy("in all"),
}
TIGHT = 80
"""From so many percent on a budget is shown as tight."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A budget in words."""

    line: BudgetLine
    name: str
    of_campaign: bool
    used: str
    most: str
    left: str
    period: str
    days: list[str]
    state: str
    said: str


@page()
def index(request: HttpRequest) -> HttpResponse:
    """Every budget of the programme in force, the period that runs."""
    programme = programme_of(request)
    shown = [_shown(line, programme) for line in budgets(programme)]
    return render(request, "console/budgets.html", {"part": "books", "tab": "budgets", "budgets": shown})


def _shown(line: BudgetLine, programme: Programme) -> Shown:
    language = get_language() or "en"
    owner = line.campaign or line.rule
    return Shown(
        line,
        say(owner.name, language) if owner else line.name,
        line.campaign is not None,
        _amount(line, line.used, programme),
        _amount(line, line.most, programme),
        _amount(line, line.left, programme),
        str(PERIODS[line.per]),
        _days(line),
        "full" if line.used_up_at or not line.left else "tight" if line.percent >= TIGHT or line.gone_on else "",
        _said(line),
    )  # fmt: skip


def _days(line: BudgetLine) -> list[str]:
    """The period's first and last day, or its only one."""
    return [formats.day(day) for day in dict.fromkeys((line.starts, line.ends)) if day]


def _amount(line: BudgetLine, amount: int, programme: Programme) -> str:
    if line.money:
        return formats.money(amount, programme)
    asset = programme.assets.get(line.asset)
    if asset is None:
        return _("%(units)s units") % {"units": formats.number(amount)}
    return f"{formats.units(amount, asset)} {say(asset.name, get_language() or 'en')}"


def _said(line: BudgetLine) -> str:
    if line.used_up_at:
        at = {"moment": formats.moment(line.used_up_at)}
        if line.left:
            return _("Since %(moment)s too little is left for what its rules give.") % at
        if not line.ends:
            return _("Used up on %(moment)s.") % at
        return _("Used up on %(moment)s. Nothing more is given until the next period.") % at
    if not line.left:
        return _("Used up. Nothing more is given until the next period.") if line.ends else _("Used up.")
    if line.gone_on:
        return _("At this pace it is used up on %(day)s.") % {"day": formats.day(line.gone_on)}
    if not line.used:
        return _("Nothing is used yet.")
    return _("Lasts at this pace.") if line.ends else ""
