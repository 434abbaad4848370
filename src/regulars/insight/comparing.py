"""Two programmes beside each other over the same history: who would move, who would win, who would lose.

Members can be lived through in portions, by several processes or machines: what came of a portion travels as JSON, and
the portions add up to the whole.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nlargest
from typing import Any
from uuid import UUID

from regulars.campaigns.logic import MICRO
from regulars.engine.plan import make_plan
from regulars.insight.whatif import Past, Said, Tried, attempt_all, moves
from regulars.programme.contracts import Programme

SHOWN = 50
"""So many winners and losers are named."""

STEPS = (-1000, -100, -10, -1, 0, 1, 10, 100, 1000)
"""Where the change of what a member was given is cut, in whole units of the currency, or of what is counted."""

_COUNTERS = ("outstanding", "times", "messages", "refused")
_PAIRS = ("net", "units")
_SUMS = ("members", "looked_at_today", "events", "orders", "sales_minor", "refunded_minor")


@dataclass(frozen=True, slots=True)
class Change:
    """What rules gave a member in the period, under either programme, in the smallest unit of what is counted."""

    member_id: UUID
    before: int
    after: int

    @property
    def more(self) -> int:
        return self.after - self.before


@dataclass(slots=True)
class Compared:
    """Both programmes over the same history. `flows`: ladder → (level before, level after) → members who would stand
    elsewhere. `spread`: place among `STEPS` → members
    who would have been given so much more or less; `better`, `worse`: how many would have been given more, less."""

    before: Tried
    after: Tried
    flows: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    winners: list[Change] = field(default_factory=list)
    losers: list[Change] = field(default_factory=list)
    spread: Counter[int] = field(default_factory=Counter)
    better: int = 0
    worse: int = 0

    @property
    def in_money(self) -> bool:
        """Whether changes are counted in money; else in units of what can be spent."""
        return any(self.before.costs.values()) and any(self.after.costs.values())

    def as_json(self) -> dict[str, Any]:
        """The keys of `Tried.as_json`, of the draft, and how it differs from what is in force."""
        return {
            **self.after.as_json(),
            "in_force": self.before.as_json(),
            "flows": {
                ladder: [
                    {"from": was, "to": now, "members": members}
                    for (was, now), members in sorted(pairs.items(), key=lambda one: (-one[1], one[0]))
                ]
                for ladder, pairs in self.flows.items()
            },
            "counted_in": "money" if self.in_money else "units",
            "better": self.better,
            "worse": self.worse,
            "winners": [_told(one) for one in self.winners],
            "losers": [_told(one) for one in self.losers],
            "spread": [
                {"from": low, "to": high, "members": self.spread[place]}
                for place, (low, high) in enumerate(zip((None, *STEPS), (*STEPS, None), strict=True))
            ],
        }


def _told(one: Change) -> dict[str, Any]:
    return {"member": str(one.member_id), "before": one.before, "after": one.after}


def compare(
    before: Programme, after: Programme, past: Past, first: datetime, said: Said = lambda _: None
) -> Compared:
    """Live a history through both; once, where they are the same object."""
    if before is after:
        (mine,) = attempt_all([before], past, first, said)
        yours = nothing_yet(before, first, past.until)
        _fill(yours, _packed(mine))
        yours.levels, yours.given = mine.levels, mine.given
    else:
        mine, yours = attempt_all([before, after], past, first, said)
    found = Compared(mine, yours, moves(mine, yours))
    scale = MICRO if found.in_money else 1
    whole = 10**after.minor_digits if found.in_money else 1
    changes = [
        Change(member, mine.given[member] // scale, yours.given[member] // scale)
        for member in {*mine.given, *yours.given}
    ]
    found.better = sum(one.more > 0 for one in changes)
    found.worse = sum(one.more < 0 for one in changes)
    found.spread.update(_place(one.more, whole) for one in changes if one.more)
    found.winners, found.losers = _outstanding(changes)
    return found


def _place(more: int, whole: int) -> int:
    """Which of the ranges a change lies in."""
    return bisect_right([step * whole for step in STEPS], more)


def _outstanding(changes: Iterable[Change]) -> tuple[list[Change], list[Change]]:
    some = list(changes)
    up = nlargest(SHOWN, (one for one in some if one.more > 0), key=lambda one: (one.more, one.member_id))
    down = nlargest(SHOWN, (one for one in some if one.more < 0), key=lambda one: (-one.more, one.member_id))
    return up, down


def whole(portions: Sequence[Compared]) -> Compared:
    """What portions come to together. They must be of the same programmes and the same period, at least one."""
    first, *others = portions
    for one in others:
        _add(first.before, one.before)
        _add(first.after, one.after)
        for ladder, pairs in one.flows.items():
            first.flows.setdefault(ladder, Counter()).update(pairs)
        first.spread.update(one.spread)
        first.better += one.better
        first.worse += one.worse
    winners, losers = (
        [each for one in portions for each in getattr(one, name)] for name in ("winners", "losers")
    )
    first.winners, first.losers = _outstanding([*winners, *losers])
    return first


def _add(to: Tried, other: Tried) -> None:
    for name in _SUMS:
        setattr(to, name, getattr(to, name) + getattr(other, name))
    for name in (*_COUNTERS, *_PAIRS):
        getattr(to, name).update(getattr(other, name))
    for mine, theirs in ((to.assets, other.assets), (to.placed, other.placed)):
        for key, counted in theirs.items():
            mine.setdefault(key, Counter()).update(counted)
    to.failing |= other.failing


def packed(found: Compared) -> dict[str, Any]:
    """A portion as JSON."""
    return {
        "before": _packed(found.before),
        "after": _packed(found.after),
        "flows": {
            ladder: [[*pair, members] for pair, members in pairs.items()]
            for ladder, pairs in found.flows.items()
        },
        "winners": [[str(one.member_id), one.before, one.after] for one in found.winners],
        "losers": [[str(one.member_id), one.before, one.after] for one in found.losers],
        "spread": [[place, members] for place, members in found.spread.items()],
        "better": found.better,
        "worse": found.worse,
    }


def nothing_yet(programme: Programme, first: datetime, until: datetime) -> Tried:
    """What came of no history."""
    return Tried(programme, first, until, make_plan(programme).costs)


def unpacked(
    raw: dict[str, Any], before: Programme, after: Programme, first: datetime, until: datetime
) -> Compared:
    """The portion again, of the same programmes and period."""
    mine, yours = nothing_yet(before, first, until), nothing_yet(after, first, until)
    _fill(mine, raw["before"])
    _fill(yours, raw["after"])
    return Compared(
        mine,
        yours,
        {
            ladder: Counter({(was, now): members for was, now, members in pairs})
            for ladder, pairs in raw["flows"].items()
        },
        [Change(UUID(member), *units) for member, *units in raw["winners"]],
        [Change(UUID(member), *units) for member, *units in raw["losers"]],
        Counter(dict(raw["spread"])),
        raw["better"],
        raw["worse"],
    )


def _packed(tried: Tried) -> dict[str, Any]:
    return {
        **{name: getattr(tried, name) for name in _SUMS},
        **{name: dict(getattr(tried, name)) for name in _COUNTERS},
        **{name: [[*pair, units] for pair, units in getattr(tried, name).items()] for name in _PAIRS},
        "assets": {asset: dict(counted) for asset, counted in tried.assets.items()},
        "placed": {ladder: dict(counted) for ladder, counted in tried.placed.items()},
        "failing": tried.failing,
        "left_out": tried.left_out,
    }


def _fill(tried: Tried, raw: dict[str, Any]) -> None:
    for name in _SUMS:
        setattr(tried, name, raw[name])
    for name in _COUNTERS:
        setattr(tried, name, Counter(raw[name]))
    for name in _PAIRS:
        setattr(tried, name, Counter({(one, two): units for one, two, units in raw[name]}))
    for name in ("assets", "placed"):
        counters = {key: Counter(counted) for key, counted in raw[name].items()}
        setattr(tried, name, defaultdict(Counter, counters))
    tried.failing, tried.left_out = dict(raw["failing"]), raw["left_out"]
