"""Whom a campaign would have reached: the brand's own past lived through under a programme, for some of its members.

By the very functions that decide in production (`engine.simulate`), so limits, groups and levels count as they would;
budgets are those of all members and are not shared out among the few who are looked at.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from regulars.audiences.queries import generation
from regulars.campaigns.logic import MICRO
from regulars.engine.asking import RuleFailed
from regulars.engine.decide import Decided
from regulars.engine.history import History, history, portions
from regulars.engine.plan import Plan, plan_with_audiences
from regulars.engine.simulate import World
from regulars.engine.timetable import timetable_of
from regulars.insight.portions import looked_at
from regulars.kit.problems import Problem
from regulars.language.effects import Credit, Exposure
from regulars.language.problems import words
from regulars.members.queries import count as count_members
from regulars.programme.contracts import Programme

MEMBERS_MOST = 50_000
"""Of more members this is a task for the what-if page, not for one that somebody waits for."""

EVENTS_LEAST = 4_000
"""Portions of the members are taken until about so many events are lived through."""

EVENTS_MOST = 40_000


class TooLarge(Problem):
    """It would take too long to wait for."""

    status = 422
    code = "too_large"

    def __init__(self) -> None:
        super().__init__(
            words(
                "历史数据较多，请在“推演”页面进行。",
                "歷史資料較多，請在「推演」頁面進行。",
                "There is too much history to wait for it here: use the what-if page.",
            ),
            field="campaign",
        )


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a campaign would have come to from a moment on, reckoned up to all members. `met`: members for whom a rule
    of it held; `participants`: who were given something; `looked_at` of `members`; `failing`: rules that broke off."""

    met: int
    participants: int
    times: int
    cost_minor: int
    looked_at: int
    members: int
    failing: tuple[str, ...] = ()

    @property
    def response(self) -> float:
        """The share of those who met it that was given something."""
        return self.participants / self.met if self.met else 0.0


def foresee(programme: Programme, rules: Iterable[str], first: datetime, until: datetime) -> Foreseen:
    """What these rules of `programme` would have given from `first` to `until`. Raises TooLarge."""
    members = count_members()
    if members > MEMBERS_MOST:
        raise TooLarge
    buckets: list[int] = []
    events = 0
    for portion in sorted(portions(until, 64), key=lambda each: each.events):
        if events >= EVENTS_LEAST or (buckets and events + portion.events > EVENTS_MOST):
            break
        buckets += portion.buckets
        events += portion.events
    if events > EVENTS_MOST:
        raise TooLarge
    revision = generation()
    lines, scores = looked_at(programme, programme, revision)
    past = history(until, buckets, lines, scores, revision)
    return _tried(programme, frozenset(rules), past, first, members)


def _tried(
    programme: Programme, rules: frozenset[str], past: History, first: datetime, members: int
) -> Foreseen:
    plan, failing = plan_with_audiences(programme, past.audiences()), set[str]()
    while True:
        seen = _Seen(plan.without((), failing), rules, first)
        world = World(seen.plan, past.origins(), timetable=timetable_of(seen.plan, past.until))
        try:
            for received_at, batch in past.batches():
                seen.note(world.take(batch, received_at))
            seen.note(world.settle(past.until))
        except RuleFailed as error:
            failing.add(error.rule)
            continue
        return seen.whole(len(world.members), members, tuple(sorted(failing)))


class _Seen:
    """What a few members met and were given."""

    def __init__(self, plan: Plan, rules: frozenset[str], first: datetime) -> None:
        self.plan, self.rules, self.first = plan, rules, first
        self.met: set[UUID] = set()
        self.given: Counter[UUID] = Counter()
        self.micro = 0

    def note(self, decided: Iterable[Decided]) -> None:
        for one in decided:
            if one.event.time < self.first or not one.trace:
                continue
            member_id = one.event.member_id
            if any(line[0] in self.rules and line[1] for line in one.trace):
                self.met.add(member_id)
            mine = [effect for effect in one.effects if getattr(effect, "rule", "") in self.rules]
            if any(not isinstance(effect, Exposure) for effect in mine):
                self.given[member_id] += 1
            for effect in mine:
                if isinstance(effect, Credit):
                    self.micro += effect.amount * self.plan.costs[effect.asset]

    def whole(self, looked_at: int, members: int, failing: tuple[str, ...]) -> Foreseen:
        """The same of all members."""
        scale = members / looked_at if looked_at else 0.0
        return Foreseen(
            round(len(self.met) * scale),
            round(len(self.given) * scale),
            round(sum(self.given.values()) * scale),
            round(self.micro / MICRO * scale),
            looked_at,
            members,
            failing,
        )
