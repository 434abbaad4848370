"""Experiments: all of them with what they say, and one with its groups, differences and course."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from regulars.audiences.queries import names
from regulars.campaigns.experiments import CONTROL
from regulars.console import experimenting
from regulars.console.shell import page, programme_of
from regulars.insight.experiments import answer
from regulars.insight.experiments.compare import READABLE
from regulars.insight.experiments.queries import experiment, experiments
from regulars.insight.experiments.reading import Reading
from regulars.programme.contracts import Programme
from regulars.programme.experiment_words import control_in_words, experiment_in_words
from regulars.programme.sentences import rules_in_words


@page()
def index(request: HttpRequest) -> HttpResponse:
    """Running ones first."""
    programme = programme_of(request)
    found = experiments(programme)
    shown = [experimenting.shown(each, programme) for each in found.value]
    context = {
        "part": "insight",
        "tab": "experiments",
        "lists": [
            (_("Running"), [each for each in shown if each.state_id != "ended"]),
            (_("Ended"), [each for each in shown if each.state_id == "ended"]),
        ],
        "any": bool(shown),
        "at": found.at,
        "campaign": next(iter(programme.campaigns.values()), None),
    }
    return render(request, "console/experiments.html", context)


@page()
def show(request: HttpRequest, ident: str) -> HttpResponse:
    """One experiment."""
    programme = programme_of(request)
    found = experiment(ident, programme)
    reading = found.value
    said = experimenting.shown(reading, programme)
    context = {
        "part": "insight",
        "tab": "experiments",
        "shown": said,
        "reading": reading,
        "at": found.at,
        "about": _about(ident, programme, request.LANGUAGE_CODE or "en"),
        "tables": [
            experimenting.table(answer.groups_table(reading), programme),
            experimenting.effects(reading, programme),
        ],
        "charts": [
            experimenting.path(reading, arm.id, programme) for arm in reading.design.others if reading.path
        ],
        "worths": experimenting.worths(reading, programme),
        "rules": [
            words
            for words in rules_in_words(programme, request.LANGUAGE_CODE or "en", names())
            if words.rule.id in {rule.id for rule in reading.design.rules}
        ],
        "readable": READABLE,
        "quieter": _quieter(reading),
    }
    return render(request, "console/experiment.html", context)


def _about(ident: str, programme: Programme, language: str) -> str:
    if ident == CONTROL and programme.control_group is not None:
        return control_in_words(programme.control_group, programme, language)
    known = programme.experiments.get(ident)
    return experiment_in_words(known, programme, language) if known is not None else ""


def _quieter(reading: Reading) -> int:
    """By how many percent knowing what members did before takes noise away."""
    left = [effect.noise_left for effect in reading.main.values() if effect.low is not None]
    return round(100 * (1 - sum(left) / len(left))) if left else 0
