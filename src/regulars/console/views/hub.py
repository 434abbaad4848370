"""Insight's first page: what there is to find out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.console.shell import page
from regulars.insight.boards.experiments import EXPERIMENT
from regulars.insight.registry import EFFECT, MONEY, SECTIONS
from regulars.insight.report import Report
from regulars.language.text import say

Card = tuple[str, str, str]
"""(address, title, the question that it answers)"""


@page()
def index(request: HttpRequest) -> HttpResponse:
    """Which reports there are, each with the question that it answers, and the pages that are no reports."""
    language, beside = get_language() or "en", _beside()
    sections = [
        (
            say(name, language),
            [*(_card(one, language) for one in some if one is not EXPERIMENT), *beside.get(ident, ())],
        )
        for ident, name, some in SECTIONS
    ]
    return render(request, "console/reports.html", {"part": "insight", "sections": sections})


def _card(report: Report, language: str) -> Card:
    return (
        reverse("console:report", args=[report.id]),
        say(report.name, language),
        say(report.about, language),
    )


def _beside() -> dict[str, tuple[Card, ...]]:
    """Section → the pages that stand in it beside its reports."""
    whatif = _(
        "Live the brand's own history through another programme: what it would have cost, where members would stand, "
        "who would win and who would lose."
    )
    worth = _("What a campaign is worth, by members who did not get it.")
    plan = _("Before an experiment starts: how many, and until when.")
    output = _("What it costs, the lift that pays for it, and what it really brought.")
    return {
        MONEY: ((reverse("console:whatif"), _("What-if"), whatif),),
        EFFECT: (
            (reverse("console:experiments"), _("One by one"), worth),
            (reverse("console:experiment_plan"), _("How many members it takes"), plan),
            (reverse("console:activity"), _("Output of an activity"), output),
        ),
    }
