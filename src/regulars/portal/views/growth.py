"""Growth: when the next level will come on each ladder, and what gets there."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from regulars.insight.guide import guide
from regulars.kit import clock
from regulars.portal.ahead import Hint, favourites, hints, likely
from regulars.portal.pages import MemberVisit, member_page
from regulars.portal.views.card import Step, ways_up


@dataclass(frozen=True, slots=True)
class Way:
    """The way up one ladder."""

    step: Step
    hints: list[Hint]
    favourites: list[Hint]
    likely: list[Hint]


@require_safe
@member_page
def growth(visit: MemberVisit) -> HttpResponse:
    """Every ladder with what is expected, and the personal guide."""
    ways = []
    for step in ways_up(visit):
        found = guide(visit.member, visit.programme, step.ladder, step.progress, clock.now(), visit.language)
        ways.append(
            Way(
                step,
                hints(found, step.ladder, visit.programme),
                favourites(found, step.ladder, visit.programme),
                likely(found, step.ladder, visit.programme),
            )
        )
    return visit.show("growth", tab="card", ways=ways)
