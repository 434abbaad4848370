"""Before it starts: how many members an experiment takes, and what an activity will bring and cost."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.audiences.queries import generation
from regulars.console import experimenting, formats, supposing
from regulars.console.forms import refuse
from regulars.console.planning_forms import ActivityForm, PlanForm
from regulars.console.shell import page, programme_of
from regulars.insight import saying
from regulars.insight.defining import Unit
from regulars.insight.experiments import answer
from regulars.insight.experiments.activity import Activity, Output, output
from regulars.insight.experiments.baseline import Baseline, Who
from regulars.insight.experiments.foreseen import Foreseen, foresee
from regulars.insight.experiments.gathering import BOUGHT, SALES
from regulars.insight.experiments.planning import Needed, for_means, for_rates, smallest_lift
from regulars.insight.experiments.queries import activities, usual
from regulars.insight.experiments.ran import Ran
from regulars.insight.freshness import kept
from regulars.kit import clock
from regulars.kit.problems import Problem
from regulars.language.calendar import local_day
from regulars.language.text import say
from regulars.programme.contracts import Programme

LATER_WEEKS = (2, 4, 8, 13, 26, 52)


@dataclass(frozen=True, slots=True)
class Seen:
    """What would show after so many weeks."""

    weeks: int
    members: int
    lift: str


def _bound(kind: type[forms.Form], request: HttpRequest, usual_values: dict[str, Any]) -> forms.Form:
    """The form as it is asked; what was not stated is as usual."""
    blank = kind()
    values = {name: field.initial for name, field in blank.fields.items()} | usual_values
    return kind({name: request.GET.get(name) or value for name, value in values.items()})


@page()
def plan(request: HttpRequest) -> HttpResponse:
    """How many members, and until when."""
    programme = programme_of(request)
    form = _bound(PlanForm, request, {})
    context: dict[str, Any] = {"part": "insight", "tab": "plan", "form": form}
    if form.is_valid():
        asked = form.cleaned_data
        found = usual(programme, asked["days"], Who(asked["who"]))
        context |= {"at": found.at, "found": found.value}
        try:
            context |= _planned(found.value, asked, programme)
        except Problem as problem:
            refuse(form, problem)
    return render(request, "console/experiment_plan.html", context)


def _planned(found: Baseline, asked: dict[str, Any], programme: Programme) -> dict[str, Any]:
    metric, share, power = asked["metric"], float(asked["share"]) / 100, float(asked["power"]) / 100
    lift, mean, spread = float(asked["lift"]) / 100, found.mean(metric), found.spread(metric)
    needed = (
        for_rates(mean, lift, share, power)
        if metric == BOUGHT
        else for_means(mean, spread, lift, share, power)
    )
    weeks = found.weeks_for(needed.always)
    unit = answer.UNITS[metric]
    language = get_language() or "en"
    later = LATER_WEEKS if found.who is Who.BUYERS else (1,)
    seen = [
        Seen(week, found.weeks[week - 1], formats.percent(least))
        for week in later
        if (least := smallest_lift(mean, spread, found.weeks[week - 1], share, power)) is not None
    ]
    return {
        "needed": needed,
        "held": round(needed.always * share),
        "sentence": _sentence(needed, weeks, found, asked),
        "mean": saying.value(mean, unit, programme, language),
        "spread": saying.value(spread, unit, programme, language),
        "metric_name": say(answer.MEASURES[metric], language),
        "seen": seen,
    }


def _sentence(needed: Needed, weeks: int | None, found: Baseline, asked: dict[str, Any]) -> str:
    values = {
        "members": formats.number(needed.always),
        "held": formats.number(round(needed.always * float(asked["share"]) / 100)),
        "lift": f"{asked['lift'].normalize():f}%",
        "weeks": formats.number(weeks),
        "days": formats.number(found.days),
    }
    if weeks is None:
        return (
            _(
                "A lift of %(lift)s takes %(members)s members, more than come within a year: hold out more, look for a"
                " larger lift, or count more days."
            )
            % values
        )
    if found.who is Who.EVERYBODY:
        return (
            _(
                "A lift of %(lift)s takes %(members)s members, %(held)s of them held out. It can be read"
                " after %(days)s days."
            )
            % values
        )
    return (
        _(
            "A lift of %(lift)s takes %(members)s members, %(held)s of them held out. As often as yours buy, they have"
            " come after %(weeks)s weeks; %(days)s days later it can be read."
        )
        % values
    )


@dataclass(frozen=True, slots=True)
class RanRow:
    """A campaign that ran, in words."""

    name: str
    first: str
    last: str
    participants: str
    cost: str
    brought: str
    roi: str
    experiment: str
    sure: bool


@page()
def activity(request: HttpRequest) -> HttpResponse:
    """活动产出计算: before it starts by the brand's own rates, afterwards by what was measured."""
    programme = programme_of(request)
    blank = ActivityForm()
    who = Who.EVERYBODY if request.GET.get("who") == Who.EVERYBODY.value else Who.BUYERS
    days = _days(request, blank)
    found = usual(programme, days, who)
    try:
        supposed, refusal = _supposed(request.GET.get("campaign", ""), programme, days), ""
    except Problem as problem:
        supposed, refusal = None, problem.say(get_language() or "en")
    form = _bound(ActivityForm, request, _usual(found.value, programme) | _as_supposed(supposed, programme))
    past = activities(programme)
    context: dict[str, Any] = {
        "part": "insight", "tab": "activity", "form": form, "at": found.at, "found": found.value,
        "rows": [_ran(each, programme) for each in past.value],
        "usual": formats.money(round(found.value.mean(SALES)), programme),
        "campaigns": supposing.campaigns(programme), "supposed": supposed, "refusal": refusal,
        "supposed_cost": formats.money(supposed.cost_minor, programme) if supposed else "",
    }  # fmt: skip
    if form.is_valid():
        try:
            context |= _reckoned(form.cleaned_data, found.value, programme)
        except Problem as problem:
            refuse(form, problem)
    return render(request, "console/activity.html", context)


def _supposed(choice: str, programme: Programme, days: int) -> Foreseen | None:
    """What the campaign chosen would have come to in the days before; None: none is chosen."""
    found = supposing.chosen(choice, programme) if choice else None
    if found is None:
        return None
    other, rules, text = found
    until = clock.now()
    day = local_day(until, programme.zone)
    key = ("supposed", programme.id, programme.number, choice, text, days, day, generation())
    return kept(key, lambda: foresee(other, rules, until - timedelta(days=days), until)).value


def _as_supposed(found: Foreseen | None, programme: Programme) -> dict[str, Any]:
    """What of it goes into the form."""
    if found is None or not found.met:
        return {}
    known: dict[str, Any] = {"reached": found.met, "response": max(round(100 * found.response, 2), 0.01)}
    if found.participants:
        each = Decimal(found.cost_minor) / found.participants / 10**programme.minor_digits
        known["each"] = each.quantize(Decimal("0.01"))
    return known


def _days(request: HttpRequest, blank: ActivityForm) -> int:
    try:
        return int(blank.fields["days"].clean(request.GET.get("days") or blank.fields["days"].initial))
    except forms.ValidationError:
        return int(blank.fields["days"].initial)


def _usual(found: Baseline, programme: Programme) -> dict[str, Any]:
    """What the brand's own history and its programme say."""
    reached = found.weeks[min(max(found.days // 7, 1), len(found.weeks)) - 1] or max(found.members, 1)
    known: dict[str, Any] = {"reached": reached}
    if programme.insight.margin_percent is not None:
        known["margin"] = programme.insight.margin_percent
    return known


def _reckoned(asked: dict[str, Any], found: Baseline, programme: Programme) -> dict[str, Any]:
    scale = 10**programme.minor_digits
    result = output(
        Activity(
            asked["reached"],
            float(asked["response"]) / 100,
            int(asked["each"] * scale),
            int(asked["fixed"] * scale),
            found.mean(SALES),
            float(asked["margin"]) / 100,
            float(asked["lift"]) / 100,
        )
    )
    return {
        "result": result,
        "sentence": _said(result, asked["lift"], programme),
        **_figures(result, programme),
    }


def _figures(result: Output, programme: Programme) -> dict[str, Any]:
    money = partial(formats.money, programme=programme, digits=False)
    figures = [
        (_("Participants"), formats.number(result.participants), ""),
        (_("Cost"), money(result.cost_minor), ""),
        (_("They buy anyway"), money(result.usual_minor), _("in these days, by your own history")),
        (_("Lift that pays for it"), formats.percent(result.even), _("margin of it = cost")),
        (_("Sales beyond that"), money(result.more_minor), _("at the lift you hope for")),
        (_("Margin of it"), money(result.gained_minor), ""),
        (_("Left after cost"), money(result.result_minor), ""),
        ("ROI", formats.percent(result.roi), ""),
    ]  # fmt: skip
    return {"figures": figures}


def _said(result: Output, lift: Decimal, programme: Programme) -> str:
    if result.even is None:
        return _("Members like these bought nothing in the past, so there is nothing that could be lifted.")
    values = {
        "even": formats.percent(result.even),
        "cost": formats.money(result.cost_minor, programme, digits=False),
        "participants": formats.number(result.participants),
        "lift": f"{lift.normalize():f}%",
        "left": formats.money(abs(result.result_minor), programme, digits=False),
    }
    if result.result_minor < 0:
        return (
            _(
                "%(participants)s take part for %(cost)s. It pays only if they buy %(even)s more than they would"
                " anyway; at %(lift)s it loses %(left)s."
            )
            % values
        )
    return (
        _(
            "%(participants)s take part for %(cost)s. It pays if they buy %(even)s more than they would anyway; at"
            " %(lift)s it leaves %(left)s."
        )
        % values
    )


def _ran(one: Ran, programme: Programme) -> RanRow:
    brought, roi, ident, sure = "", "", "", False
    if one.reading is not None:
        worths = experimenting.worths(one.reading, programme)
        ident = one.reading.design.id
        brought = worths[0].sales if len(worths) == 1 and worths[0].interval else ""
        roi = worths[0].roi if brought else ""
        sure = bool(brought) and worths[0].sure
    return RanRow(
        say(one.campaign.name, get_language() or "en"),
        formats.day(one.first),
        formats.day(one.last),
        formats.number(one.participants),
        saying.value(one.cost_minor, Unit.MONEY, programme, get_language() or "en"),
        brought,
        roi,
        ident,
        sure,
    )
