"""What a draft would have meant, in the reader's words: who would stand elsewhere, what last month would have cost."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils.translation import get_language

from regulars.console.supposed import Supposed
from regulars.engine.history import history
from regulars.insight.simulating import queries, service
from regulars.insight.simulating.contracts import DONE, Asked
from regulars.insight.whatif import Tried, attempt_all, moves
from regulars.kit import clock
from regulars.language.text import say
from regulars.programme.contracts import Programme
from regulars.tiers.contracts import Level

DAYS = 30
EVENTS_MOST = 2_000
"""A page waits for no more events than this; a longer history is the workers' to live through."""


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
    """Both programmes lived through by all members. `simulation`: where to read more of it."""

    moved: tuple[Moved, ...]
    costs: tuple[Costing, ...]
    before: int
    after: int
    refused: int
    members: int
    days: int
    simulation: UUID | None = None


def preview(before: Programme, after: Programme, title: str, source: str, by: str) -> Preview | Asked:
    """The brand's history lived through both: at once where it is short, else by the workers, and then how far they
    are. What was found once is found at once again."""
    now = clock.now()
    past = history(now)
    if past.count() > EVENTS_MOST:
        asked = queries.get(service.ask(title, source, before, by, retry=False))
        return _told(asked) if asked.state == DONE else asked
    mine, yours = attempt_all([before, after], past, now - timedelta(days=DAYS))
    return Preview(
        tuple(_moved(mine, yours)),
        _costs(mine, yours),
        mine.cost_minor(),
        yours.cost_minor(),
        yours.refused.total(),
        mine.members,
        DAYS,
    )


def _told(asked: Asked) -> Preview:
    found = Supposed(asked)
    return Preview(
        tuple(Moved(one.ladder, one.before, one.after, one.members, one.up) for one in found.flows()),
        tuple(Costing(one.name, one.before, one.after) for one in found.costs()),
        int(found.then["cost_minor"]),
        int(found.result["cost_minor"]),
        found.refused,
        int(found.result["members"]),
        found.days,
        asked.id,
    )


def _moved(mine: Tried, yours: Tried) -> list[Moved]:
    language = get_language() or "en"
    found = []
    for ladder_id, pairs in moves(mine, yours).items():
        old, new = mine.programme.ladders[ladder_id], yours.programme.ladders[ladder_id]
        for (was, now), members in pairs.most_common():
            one, two = old.level(was), new.level(now)
            found.append(Moved(say(new.name, language), one, two, members, two.rank > one.rank))
    return found


def _costs(mine: Tried, yours: Tried) -> tuple[Costing, ...]:
    """Every rule of either that cost something, the one that changes most first."""
    language = get_language() or "en"
    old = {rule.id: rule for rule in mine.programme.rules}
    new = {rule.id: rule for rule in yours.programme.rules}
    found = [
        Costing(
            say(rule.name, language),
            mine.cost_minor(rule.id) if rule.id in old else None,
            yours.cost_minor(rule.id) if rule.id in new else None,
        )
        for rule in {**old, **new}.values()
    ]
    return tuple(sorted((one for one in found if one.before or one.after), key=lambda one: -abs(one.more)))
