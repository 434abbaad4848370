"""What-if: what a programme would have cost, and where its members would stand, had it been in force all along."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.campaigns.logic import MICRO
from regulars.engine.decide import Decided
from regulars.engine.history import History
from regulars.engine.plan import make_plan
from regulars.engine.simulate import World
from regulars.insight.stats import STANDARD_ASSETS
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

FIGURES = ("issued", "spent", "expired", "reversed")
_ACCOUNTS = {ISSUE: "issued", SPEND: "spent", EXPIRE: "expired", REVERSE: "reversed"}


@dataclass(slots=True)
class Tried:
    """What came of it. Sums over the whole history, but for those of the `period`, from `first` on.

    `units`: (rule, asset) → units that rules gave in the period, `times`: how often; both net of nothing that went
    back. `levels`: ladder → member → level at the end. `refused`: what the programme would have turned down, by type.
    """

    programme: Programme
    first: datetime
    until: datetime
    costs: Mapping[str, int]
    members: int = 0
    left_out: int = 0
    events: int = 0
    orders: int = 0
    sales_minor: int = 0
    refunded_minor: int = 0
    assets: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    outstanding: Counter[str] = field(default_factory=Counter)
    units: Counter[tuple[str, str]] = field(default_factory=Counter)
    times: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    levels: dict[str, dict[UUID, str]] = field(default_factory=lambda: defaultdict(dict))

    def cost_minor(self, rule: str | None = None) -> int:
        """What was given in the period costs, of one rule or of all, in the currency's smallest unit."""
        micro = sum(
            units * self.costs[asset]
            for (one, asset), units in self.units.items()
            if rule is None or one == rule
        )
        return -(-micro // MICRO)

    def distribution(self) -> dict[str, dict[str, int]]:
        """Ladder → level → members, the lowest first; who was never placed stands on the lowest."""
        found = {}
        for ladder in self.programme.ladders.values():
            placed = Counter(self.levels[ladder.id].values())
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
            "messages": {"total": self.messages.total(), **dict(sorted(self.messages.items()))},
            "events": self.events,
            "programme_version": self.programme.number,
            "period": {"from": self.first.isoformat(), "to": self.until.isoformat()},
            "cost_minor": self.cost_minor(),
            "rules": {
                rule.id: {
                    "times": self.times[rule.id],
                    "cost_minor": self.cost_minor(rule.id),
                    "units": {
                        asset: units for (one, asset), units in sorted(self.units.items()) if one == rule.id
                    },
                }
                for rule in self.programme.rules
            },
            "refused": dict(sorted(self.refused.items())),
        }


def attempt(programme: Programme, past: History, first: datetime) -> Tried:
    """Live through a history under a programme, in memory; what was given from `first` on is told by rule."""
    world = World(make_plan(programme), past.origins())
    tried = Tried(programme, first, past.until, world.plan.costs, left_out=past.left_out)
    for received_at, batch in past.batches():
        tried.events += len(batch)
        _count(tried, world.take(batch, received_at))
    _count(tried, world.settle(past.until))
    tried.members = len(world.members)
    for member_id, snapshot in world.members.items():
        tried.outstanding.update(snapshot.balances)
        for ladder, standing in snapshot.standings.items():
            tried.levels[ladder][member_id] = standing.level
    tried.refused.update(one.event.type for one in world.refused)
    return tried


def _count(tried: Tried, decided: Iterable[Decided]) -> None:
    for one in decided:
        within = one.event.time >= tried.first
        acted: set[str] = set()
        for effect in one.effects:
            if isinstance(effect, Credit | Take | Give):
                _move(tried, effect)
            if isinstance(effect, OrderPaid):
                tried.orders += 1
                tried.sales_minor += effect.total_minor
            elif isinstance(effect, OrderRefunded):
                tried.refunded_minor += effect.amount_minor
            elif isinstance(effect, MessageWish):
                tried.messages[effect.template] += 1
            if within and isinstance(effect, Credit) and effect.rule:
                tried.units[effect.rule, effect.asset] += effect.amount
            rule = getattr(effect, "rule", "")
            if rule and within:
                acted.add(rule)
        tried.times.update(acted)


def _move(tried: Tried, effect: Credit | Take | Give) -> None:
    name = _ACCOUNTS.get(effect.account)
    if name is not None:
        sign = -1 if isinstance(effect, Give) else 1
        tried.assets[effect.asset][name] += sign * effect.amount


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
