"""What-if: what a programme would have cost, and where its members would stand, had it been in force all along."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from regulars.audiences.contracts import Definition
from regulars.campaigns.logic import MICRO
from regulars.engine.asking import RuleFailed
from regulars.engine.decide import Decided
from regulars.engine.plan import Plan, plan_with_audiences
from regulars.engine.simulate import Batch, Origin, World
from regulars.engine.timetable import timetable_of
from regulars.insight.stats import STANDARD_ASSETS
from regulars.insight.today import concerned, looking_at_today
from regulars.language.calendar import add_months, local_day, start_of
from regulars.language.effects import (
    EXPIRE,
    ISSUE,
    REVERSE,
    SPEND,
    Credit,
    Give,
    MessageWish,
    OrderPaid,
    OrderRefunded,
    Take,
)
from regulars.programme.contracts import Programme

MOVING = (Credit, Take, Give)
NEVER = datetime.max.replace(tzinfo=UTC)
FIGURES = ("issued", "spent", "expired", "reversed")
_ACCOUNTS = {ISSUE: "issued", SPEND: "spent", EXPIRE: "expired", REVERSE: "reversed"}


class Past(Protocol):
    """A history as it is lived through: `engine.history.History`, or one that has been carried elsewhere."""

    @property
    def until(self) -> datetime: ...

    @property
    def left_out(self) -> int: ...

    def origins(self) -> Mapping[UUID, Origin]: ...

    def audiences(self) -> Sequence[Definition]: ...

    def batches(self) -> Iterator[tuple[datetime, Batch]]: ...


Said = Callable[[int], None]
"""Is told now and then how many more events are lived through. May raise, to break off."""


@dataclass(slots=True)
class Tried:
    """What came of it. Sums over the whole history, but for those of the `period`, from `first` on.

    `units`: (rule, asset) → units that rules gave in the period, `times`: how often; both net of nothing that went
    back. `net`: (month, asset) → by how much members' balances grew in it. `levels`: ladder → member → level at the
    end, `placed`: ladder → level → members. `given`: member → what rules gave them in the period, as `worth` counts
    it. `looked_at_today`: how many members something was asked of that is not of then, but of today (`insight.today`).
    `refused`: what the programme would have turned down, by type. `failing`: rules that broke off, with what went
    wrong; they were left out.
    """

    programme: Programme
    first: datetime
    until: datetime
    costs: Mapping[str, int]
    members: int = 0
    left_out: int = 0
    looked_at_today: int = 0
    events: int = 0
    orders: int = 0
    sales_minor: int = 0
    refunded_minor: int = 0
    assets: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    outstanding: Counter[str] = field(default_factory=Counter)
    net: Counter[tuple[str, str]] = field(default_factory=Counter)
    units: Counter[tuple[str, str]] = field(default_factory=Counter)
    times: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    placed: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    failing: dict[str, str] = field(default_factory=dict)
    levels: dict[str, dict[UUID, str]] = field(default_factory=lambda: defaultdict(dict))
    given: Counter[UUID] = field(default_factory=Counter)

    def cost_minor(self, rule: str | None = None) -> int:
        """What was given in the period costs, of one rule or of all, in the currency's smallest unit."""
        micro = sum(
            units * self.costs[asset]
            for (one, asset), units in self.units.items()
            if rule is None or one == rule
        )
        return -(-micro // MICRO)

    def worth(self, asset: str) -> int:
        """What one unit counts for a member: its cost, or where nothing has one, one for each that can be spent."""
        if any(self.costs.values()):
            return self.costs[asset]
        return 1 if self.programme.assets[asset].spendable else 0

    def liability(self) -> list[tuple[str, int]]:
        """(month, what members held at its end at cost, in the currency's smallest unit), first to last."""
        months = sorted({month for month, _ in self.net})
        found, micro = [], 0
        for month in _through(months):
            micro += sum(self.net[month, asset] * cost for asset, cost in self.costs.items() if cost)
            found.append((month, -(-micro // MICRO)))
        return found

    def distribution(self) -> dict[str, dict[str, int]]:
        """Ladder → level → members, the lowest first; who was never placed stands on the lowest."""
        found = {}
        for ladder in self.programme.ladders.values():
            placed = Counter(self.placed[ladder.id])
            lowest = ladder.levels[0].id
            placed[lowest] += self.members - sum(placed.values())
            found[ladder.id] = {level.id: placed[level.id] for level in ladder.levels}
        return found

    def as_json(self) -> dict[str, Any]:
        """The figures under the names of `regulars stats`, and the cost by rule."""
        assets = {
            asset: {
                **{name: self.assets[asset][name] for name in FIGURES},
                "outstanding": self.outstanding[asset],
            }
            for asset in self.programme.assets
        }
        levels = self.distribution()
        flat = {
            f"{asset}_{name}": value
            for asset in STANDARD_ASSETS
            if asset in assets
            for name, value in assets[asset].items()
        }
        return {
            "members": self.members,
            "members_left_out": self.left_out,
            "orders": self.orders,
            "sales_minor": self.sales_minor,
            "refunded_minor": self.refunded_minor,
            "currency": self.programme.currency,
            "assets": assets,
            **flat,
            "levels": levels,
            "members_per_level": next(iter(levels.values()), {}),
            "messages": {
                "total": self.messages.total(),
                **dict.fromkeys(("sent", "skipped", "waiting"), 0),  # a what-if sends nothing
                **dict(sorted(self.messages.items())),
            },
            "events": self.events,
            "programme_version": self.programme.number,
            "period": {"from": self.first.isoformat(), "to": self.until.isoformat()},
            "cost_minor": self.cost_minor(),
            "rules": {rule.id: self._of_rule(rule.id) for rule in self.programme.rules},
            "liability": [{"month": month, "cost_minor": cost} for month, cost in self.liability()],
            "refused": dict(sorted(self.refused.items())),
            "failing": dict(sorted(self.failing.items())),
            "as_of_today": {
                "asked_by": [one.as_json() for one in looking_at_today(self.programme)],
                "members": self.looked_at_today,
            },
        }

    def _of_rule(self, rule: str) -> dict[str, Any]:
        units = {asset: units for (one, asset), units in sorted(self.units.items()) if one == rule}
        return {"times": self.times[rule], "cost_minor": self.cost_minor(rule), "units": units}


def _through(months: list[str]) -> Iterator[str]:
    """Every month (`2026-03`) from the first of these to the last."""
    if not months:
        return
    year, month = (int(part) for part in months[0].split("-"))
    while (name := f"{year}-{month:02}") <= months[-1]:
        yield name
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def in_one_piece(plan: Plan) -> bool:
    """Whether what one member gets depends on what others got before: budgets, and what there is only so much of."""
    benefits = plan.benefits
    return any(one.pots for one in plan.by_id.values()) or (benefits is not None and bool(benefits.pots))


def attempt(programme: Programme, past: Past, first: datetime, said: Said = lambda _: None) -> Tried:
    """Live through a history under a programme, in memory; what was given from `first` on is told by rule."""
    return attempt_all([programme], past, first, said)[0]


def attempt_all(
    programmes: Iterable[Programme], past: Past, first: datetime, said: Said = lambda _: None
) -> list[Tried]:
    """As `attempt`, of several programmes: the history is read once. A rule that breaks off is left out, and all begins
    again without it."""
    audiences = past.audiences()
    plans = [plan_with_audiences(programme, audiences) for programme in programmes]
    failing: list[dict[str, str]] = [{} for _ in plans]
    while True:
        try:
            return _lived(plans, failing, past, first, said)
        except _Broken as broken:
            failing[broken.place][broken.rule] = broken.error


class _Broken(Exception):
    """A rule of the programme at that place broke off."""

    def __init__(self, place: int, error: RuleFailed) -> None:
        super().__init__(str(error))
        self.place, self.rule, self.error = place, error.rule, str(error.error)


def _lived(
    plans: list[Plan], failing: list[dict[str, str]], past: Past, first: datetime, said: Said
) -> list[Tried]:
    watched = [
        _Watched(place, one.without((), broken), past, first)
        for place, (one, broken) in enumerate(zip(plans, failing, strict=True))
    ]
    for received_at, batch in past.batches():
        said(len(batch))
        for one in watched:
            one.take(batch, received_at)
    for one, broken in zip(watched, failing, strict=True):
        one.finish()
        one.tried.failing = broken
    return [one.tried for one in watched]


class _Watched:
    """Members living under one programme, and the sums of it."""

    def __init__(self, place: int, plan: Plan, past: Past, first: datetime) -> None:
        self.place = place
        self.world = World(plan, past.origins(), tells=False, timetable=timetable_of(plan, past.until))
        self.tried = Tried(plan.programme, first, past.until, plan.costs, left_out=past.left_out)
        self.worth = {asset: self.tried.worth(asset) for asset in plan.programme.assets}
        self.moved: dict[str, dict[str, int]] = defaultdict(dict)
        """Local month → asset → by how much members' balances grew in it."""
        self.month: tuple[datetime, datetime, dict[str, int]] = (NEVER, NEVER, {})
        looking = looking_at_today(plan.programme)
        self.asked_on = concerned(plan.programme, looking) if looking else frozenset[str]()
        self.asked_of: set[UUID] = set()

    def take(self, batch: Batch, received_at: datetime) -> None:
        self._count(self.world.take(batch, received_at))

    def finish(self) -> None:
        """What time alone does through the end, and where everybody then stands."""
        tried = self.tried
        self._count(self.world.settle(tried.until))
        for month, moved in self.moved.items():
            tried.net.update({(month, asset): units for asset, units in moved.items()})
        merged = self.world.merged
        asked_of = self.world.members if self.asked_on is None else self.asked_of
        tried.looked_at_today = len({_root(one, merged) for one in asked_of})
        tried.members = len(self.world.members) - len(merged)
        for gone in merged:
            tried.given[_root(gone, merged)] += tried.given.pop(gone, 0)
        for member_id, snapshot in self.world.members.items():
            tried.outstanding.update(snapshot.balances)
            for ladder, standing in snapshot.standings.items():
                tried.levels[ladder][member_id] = standing.level
        for ladder, members in tried.levels.items():
            tried.placed[ladder].update(members.values())
        tried.refused.update(one.event.type for one in self.world.refused)

    def _count(self, decided: Iterable[Decided]) -> None:
        try:
            for one in decided:
                self.tried.events += 1
                if one.effects:
                    self._add(one)
                if self.asked_on and one.event.type in self.asked_on:
                    self.asked_of.add(one.event.member_id)
        except RuleFailed as error:
            raise _Broken(self.place, error) from error

    def _add(self, one: Decided) -> None:
        tried, event = self.tried, one.event
        month: dict[str, int] | None = None
        for effect in one.effects:
            if isinstance(effect, MOVING):
                if month is None:
                    month = self._month(event.time)
                self._move(effect, month)
            elif isinstance(effect, OrderPaid):
                tried.orders += 1
                tried.sales_minor += effect.total_minor
            elif isinstance(effect, OrderRefunded):
                tried.refunded_minor += effect.amount_minor
            elif isinstance(effect, MessageWish):
                tried.messages[effect.template] += 1
        if event.time >= tried.first:
            self._tell_by_rule(one)

    def _tell_by_rule(self, one: Decided) -> None:
        """What rules gave within the period."""
        tried = self.tried
        acted: set[str] = set()
        for effect in one.effects:
            rule = getattr(effect, "rule", "")
            if rule:
                acted.add(rule)
                if isinstance(effect, Credit):
                    tried.units[rule, effect.asset] += effect.amount
                    tried.given[one.event.member_id] += effect.amount * self.worth[effect.asset]
        for rule in acted:
            tried.times[rule] += 1

    def _month(self, moment: datetime) -> dict[str, int]:
        """What moved in the local month that a moment lies in; of many moments in a row most lie in the same."""
        starts, ends, moved = self.month
        if not starts <= moment < ends:
            zone = self.tried.programme.zone
            day = local_day(moment, zone)
            first = day.replace(day=1)
            starts, ends = start_of(first, zone), start_of(add_months(first, 1), zone)
            moved = self.moved[day.isoformat()[:7]]
            self.month = (starts, ends, moved)
        return moved

    def _move(self, effect: Credit | Take | Give, moved: dict[str, int]) -> None:
        tried, asset = self.tried, effect.asset
        name = _ACCOUNTS.get(effect.account)
        if name is not None:
            counted = tried.assets[asset]
            amount = -effect.amount if isinstance(effect, Give) else effect.amount
            counted[name] = counted.get(name, 0) + amount
        if isinstance(effect, Take):
            moved[asset] = moved.get(asset, 0) - effect.amount
        elif isinstance(effect, Give) or not effect.pending:
            moved[asset] = moved.get(asset, 0) + effect.amount


def _root(member_id: UUID, merged: Mapping[UUID, UUID]) -> UUID:
    """Who somebody is in the end."""
    while member_id in merged:
        member_id = merged[member_id]
    return member_id


def moves(before: Tried, after: Tried) -> dict[str, Counter[tuple[str, str]]]:
    """Ladder → (level before, level after) → members, of ladders that both have and members who would move."""
    found: dict[str, Counter[tuple[str, str]]] = {}
    for ladder in after.programme.ladders.values():
        old = before.programme.ladders.get(ladder.id)
        if old is None:
            continue
        mine, yours = before.levels[ladder.id], after.levels[ladder.id]
        pairs = (
            (mine.get(member, old.levels[0].id), yours.get(member, ladder.levels[0].id))
            for member in {*mine, *yours}
        )
        found[ladder.id] = Counter(pair for pair in pairs if pair[0] != pair[1])
    return found
