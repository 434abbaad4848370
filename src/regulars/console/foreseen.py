"""What a draft would have meant, in the reader's words: who would stand elsewhere, what last month would have cost."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import get_language

from regulars.engine.history import BUCKETS, sampled
from regulars.insight.whatif import Tried, attempt, moves
from regulars.kit import clock
from regulars.language.text import say
from regulars.programme.contracts import Programme
from regulars.tiers.contracts import Level

Whole = Callable[[int], int]

DAYS = 30
EVENTS_MOST = 8_000
"""A page waits for no more events than this; of a longer history some members stand for all."""


@dataclass(frozen=True, slots=True)
class Moved:
    """So many members would stand on another level."""

    ladder: str
    before: Level
    after: Level
    members: int
    up: bool


@dataclass(frozen=True, slots=True)
class Costing:
    """What a rule gave in the period, under either programme, in the currency's smallest unit; None: not there."""

    name: str
    before: int | None
    after: int | None

    @property
    def more(self) -> int:
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True, slots=True)
class Preview:
    """Both programmes lived through by the same members. `share`: which part of all members, 1 for all; figures are
    of all members, reckoned from that part."""

    moved: tuple[Moved, ...]
    costs: tuple[Costing, ...]
    before: int
    after: int
    refused: int
    members: int
    share: float
    days: int


def preview(before: Programme, after: Programme) -> Preview:
    """Live the brand's history through both."""
    now = clock.now()
    past = sampled(now, EVENTS_MOST)
    first = now - timedelta(days=DAYS)
    mine, yours = attempt(before, past, first), attempt(after, past, first)
    share = len(past.buckets) / len(BUCKETS)

    def whole(number: int) -> int:
        return round(number / share)

    return Preview(
        tuple(_moved(mine, yours, whole)),
        _costs(mine, yours, whole),
        whole(mine.cost_minor()),
        whole(yours.cost_minor()),
        whole(yours.refused.total()),
        mine.members,
        share,
        DAYS,
    )


def _moved(mine: Tried, yours: Tried, whole: Whole) -> list[Moved]:
    language = get_language() or "en"
    found = []
    for ladder_id, pairs in moves(mine, yours).items():
        old, new = mine.programme.ladders[ladder_id], yours.programme.ladders[ladder_id]
        for (was, now), members in pairs.most_common():
            one, two = old.level(was), new.level(now)
            found.append(Moved(say(new.name, language), one, two, whole(members), two.rank > one.rank))
    return found


def _costs(mine: Tried, yours: Tried, whole: Whole) -> tuple[Costing, ...]:
    """Every rule of either that cost something, the one that changes most first."""
    language = get_language() or "en"
    old = {rule.id: rule for rule in mine.programme.rules}
    new = {rule.id: rule for rule in yours.programme.rules}
    found = [
        Costing(
            say(rule.name, language),
            whole(mine.cost_minor(rule.id)) if rule.id in old else None,
            whole(yours.cost_minor(rule.id)) if rule.id in new else None,
        )
        for rule in {**old, **new}.values()
    ]
    return tuple(sorted((one for one in found if one.before or one.after), key=lambda one: -abs(one.more)))
