"""The card: who I am here, and what comes next."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from regulars.kit import clock
from regulars.language.calendar import local_day
from regulars.language.text import say
from regulars.ledger.queries import balances
from regulars.members.recommending import TOLD, of_member
from regulars.portal import formats, growth, qr
from regulars.portal.ahead import keep_in_words, when_in_words
from regulars.portal.pages import MemberVisit, member_page
from regulars.portal.pockets import Held, Pocket, Soon, held, pockets, soon
from regulars.portal.views.points import expiries_of
from regulars.programme.contracts import Programme
from regulars.programme.ladder_words import figure, measure_name, measured, span_in_words
from regulars.tiers.contracts import Ladder, Level, Progress
from regulars.tiers.queries import outlook

OFFERS = 4
"""So many products are offered on the card."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What the member has in one pocket, and what goes next: `soon`, where that is not far, else at `ends`."""

    pocket: Pocket
    held: Held
    soon: Soon | None
    ends: date | None
    expiring: int


@dataclass(frozen=True, slots=True)
class Step:
    """The way to the next level as the page shows it."""

    level: Level
    above: Level | None
    name: str
    counts: str
    measure: str
    next_at: str
    missing: str
    money: str
    until: date | None
    grace: date | None
    keep_missing: str
    keep_money: str
    share: int
    ahead: str
    keeping: str
    ladder: Ladder
    progress: Progress


@require_safe
@member_page
def card(visit: MemberVisit) -> HttpResponse:
    """The member's card with code, level, progress and points."""
    steps = ways_up(visit)
    colour = growth.colour_of(steps[0].level) if steps else "#33415c"
    number = card_number(visit)
    return visit.show(
        "card",
        tab="card",
        number=number,
        code=qr.qr_svg(number) if number else "",
        steps=steps,
        level=steps[0].level if steps else None,
        colour=colour,
        ink=growth.ink_on(colour),
        holdings=holdings(visit),
        offers=offers(visit),
        now=clock.now(),
    )


def ways_up(visit: MemberVisit) -> list[Step]:
    """On every ladder: where the member stands, what leads further, what keeps the level."""
    programme = visit.programme
    today = timezone.localtime(clock.now()).date()
    steps = []
    joined = local_day(visit.member.joined_at, programme.zone)
    for one in outlook(visit.member.id, programme.ladders.values(), today, joined, programme.zone):
        found = one.progress
        ladder = programme.ladders[found.ladder]
        way = growth.next_step(programme, ladder, found)
        steps.append(
            Step(
                level=way.level,
                above=way.above,
                name=measure_name(ladder, programme, visit.language),
                counts=span_in_words(ladder, visit.language),
                measure=figure(ladder, found.measure, programme, visit.language),
                next_at=figure(ladder, found.next_at or 0, programme, visit.language),
                missing=measured(ladder, way.missing, programme, visit.language),
                money=_money(way.spend_minor, programme),
                until=way.until,
                grace=found.grace,
                keep_missing=measured(ladder, way.keep_missing, programme, visit.language)
                if way.keep_missing
                else "",
                keep_money=_money(way.keep_spend_minor, programme),
                share=way.share,
                ahead=when_in_words(one.forecast, say(way.above.name, visit.language)) if way.above else "",
                keeping=keep_in_words(one.forecast.keep),
                ladder=ladder,
                progress=found,
            )
        )
    return steps


def _money(minor: int | None, programme: Programme) -> str:
    return "" if minor is None else formats.round_money(minor, programme)


def card_number(visit: MemberVisit) -> str:
    """What the code says: the card's number; for a member who has none, the member's id."""
    cards = [each.value for each in visit.member.identities if each.kind == "card"]
    return cards[0] if cards else str(visit.member.id)


def offers(visit: MemberVisit) -> list[tuple[str, str]]:
    """Products to offer the member and why, in their language; those without a name can't be shown."""
    found = (one for one in of_member(visit.member.id, OFFERS) if one.name)
    return [(one.name, say(TOLD[one.reason], visit.language)) for one in found]


def holdings(visit: MemberVisit) -> list[Holding]:
    """What the member can spend, with what expires next."""
    rows = balances(visit.member.id)
    today = timezone.localtime(clock.now()).date()
    found = []
    for pocket in pockets(visit.programme):
        if pocket.spendable:
            ends = expiries_of(visit, pocket)
            last, units = ends[0] if ends else (None, 0)
            found.append(Holding(pocket, held(pocket, rows), soon(pocket, ends, today), last, units))
    return found
