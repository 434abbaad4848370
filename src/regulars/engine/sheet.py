"""Many conditions asked at once: what they look at is read once for all of them, and each comparison is a bit. Pure.

A *slot* is one field over one window, with all that is compared with it; for numbers a table says for every value
which comparisons hold. A condition is then a question about bits. The answers are those of `language.matching`, whose
tests fill the tables.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from regulars.language.calendar import window_start
from regulars.language.comparing import days_test_of, operands, test_of
from regulars.language.condition import Condition, Facts, Fields, Group, Leaf, Op, Quantifier, Window
from regulars.language.fields import NUMERIC
from regulars.language.fields import Field as Asked
from regulars.language.snapshot import Snapshot

Mask = int
Holds = Callable[[Mask], bool]
Table = Callable[[Facts], Mask]

_POINTWISE = frozenset(
    {Op.EQ, Op.NE, Op.IN, Op.NOT_IN, Op.LT, Op.LTE, Op.GT, Op.GTE, Op.BETWEEN, Op.IS_SET, Op.IS_NOT_SET}
)
"""Operators whose answer is the same between two neighbouring values that are asked for."""


@dataclass(slots=True)
class Sheet:
    """All leaves of some conditions, each with its bits."""

    fields: Fields
    leaves: dict[Leaf, Mask] = field(default_factory=dict)
    following: int = 0

    def bit(self, leaf: Leaf) -> Mask:
        """A bit of its own for a leaf; the same leaf again has the same bit."""
        known = self.leaves.get(leaf)
        if known is None:
            known = self.leaves[leaf] = self.fresh()
        return known

    def fresh(self) -> Mask:
        """A bit that nothing else has."""
        self.following += 1
        return 1 << (self.following - 1)

    def holds(self, condition: Condition) -> Holds:
        """The condition as a question about bits."""
        if isinstance(condition, Leaf):
            bit = self.bit(condition)
            return lambda bits: bits & bit != 0
        assert isinstance(condition, Group), "audiences ask for no order lines"
        leaves = [node for node in condition.nodes if isinstance(node, Leaf)]
        if len(leaves) == len(condition.nodes):
            mask = 0
            for leaf in leaves:
                mask |= self.bit(leaf)
            return _of_leaves(condition.quantifier, mask)
        return _of_parts(condition.quantifier, tuple(self.holds(node) for node in condition.nodes))


def _of_leaves(quantifier: Quantifier, mask: Mask) -> Holds:
    if quantifier is Quantifier.ALL:
        return lambda bits: bits & mask == mask
    if quantifier is Quantifier.ANY:
        return lambda bits: bits & mask != 0
    return lambda bits: bits & mask == 0


def _of_parts(quantifier: Quantifier, parts: tuple[Holds, ...]) -> Holds:
    if quantifier is Quantifier.ALL:
        return lambda bits: all(part(bits) for part in parts)
    if quantifier is Quantifier.ANY:
        return lambda bits: any(part(bits) for part in parts)
    return lambda bits: not any(part(bits) for part in parts)


NO_DAYS: dict[date, list[int]] = {}

Sums = dict[tuple[str, int, int], tuple[int, int]]
"""(tally, days, months) → (count, total) over the window that ends with the facts' day."""

DAYS_KEPT = 64


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows over one tally, summed in one pass over its days."""

    tally: str
    windows: tuple[Window, ...]
    starts: dict[date, tuple[list[date], list[tuple[str, int, int]]]] = field(default_factory=dict)
    """Last day → the first days, in order, and the windows' names."""

    def sum(self, sums: Sums, member: Snapshot, last: date) -> None:
        """Put what the tally comes to over all of them into `sums`."""
        starts, names = self.starts.get(last) or self._starts(last)
        base = member.bases.get(self.tally) if self.tally in member.unread else None
        if base is not None and base.day != last:
            base = None
        days = member.tally(self.tally) if base is None else member.tallies.get(self.tally, NO_DAYS)
        if base is not None and days and min(days) >= starts[-1] and max(days) <= last:
            # What is new is of today or nearly: it lies in every window.
            count = sum(each[0] for each in days.values())
            total = sum(each[1] for each in days.values())
            known, places = base.sums, base.places
            for name in names:
                place = places[name]
                sums[name] = (known[place] + count, known[place + 1] + total)
            return
        counts, totals = [0] * (len(starts) + 1), [0] * (len(starts) + 1)
        for day, (count, total) in days.items():
            if day <= last:
                at = bisect_right(starts, day)
                counts[at] += count
                totals[at] += total
        count = total = 0
        for at in range(len(starts), 0, -1):
            count += counts[at]
            total += totals[at]
            name = names[at - 1]
            if base is not None:
                place = base.places[name]
                sums[name] = (count + base.sums[place], total + base.sums[place + 1])
            else:
                sums[name] = (count, total)

    def _starts(self, last: date) -> tuple[list[date], list[tuple[str, int, int]]]:
        order = sorted(
            (window_start(last, days=one.days, months=one.months), (self.tally, one.days, one.months))
            for one in self.windows
        )
        if len(self.starts) >= DAYS_KEPT:
            self.starts.clear()
        found = [start for start, _ in order], [name for _, name in order]
        self.starts[last] = found
        return found


@dataclass(frozen=True, slots=True)
class Reading:
    """What some conditions look at: tables, and the windows over tallies that are summed in one pass each."""

    tables: tuple[Table, ...]
    windows: tuple[Windows, ...]

    def bits(self, facts: Facts) -> Mask:
        """Which of the leaves hold."""
        sums = facts.sums
        if sums is not None:
            for one in self.windows:
                one.sum(sums, facts.member, facts.day)
        found = 0
        for table in self.tables:
            found |= table(facts)
        return found


def make_reading(leaves: Mapping[Leaf, Mask], fields: Fields) -> Reading:
    """How these leaves, each with its bits, are read."""
    slots: dict[tuple[str, Window | None], list[tuple[Leaf, Mask]]] = {}
    windows: dict[str, dict[Window, None]] = {}
    for leaf, bits in leaves.items():
        slots.setdefault((leaf.field, leaf.window), []).append((leaf, bits))
        if leaf.window is not None:
            windows.setdefault(fields[leaf.field].tally, {})[leaf.window] = None
    tables = tuple(_table(fields[name], window, some, fields) for (name, window), some in slots.items())
    return Reading(tables, tuple(Windows(tally, tuple(some)) for tally, some in windows.items()))


def _table(asked: Asked, window: Window | None, some: Sequence[tuple[Leaf, Mask]], fields: Fields) -> Table:
    read = asked.reader(window)
    dated = [(days_test_of(leaf, asked, fields), bits) for leaf, bits in some if _dated(leaf)]
    plain = [(leaf, bits) for leaf, bits in some if not _dated(leaf)]
    if asked.type in NUMERIC and not dated and all(leaf.op in _POINTWISE for leaf, _ in plain):
        return _number_table(read, plain, asked, fields)
    tests = [(test_of(leaf, asked, fields), bits) for leaf, bits in plain]

    def bits_of(facts: Facts) -> Mask:
        value, found = read(facts), 0
        for test, bits in tests:
            if test(value):
                found |= bits
        for days_test, bits in dated:
            if days_test(value, facts.day):
                found |= bits
        return found

    return bits_of


def _dated(leaf: Leaf) -> bool:
    return leaf.op in (Op.WITHIN_DAYS, Op.NEXT_DAYS)


def _number_table(
    read: Callable[[Any], Any], some: Sequence[tuple[Leaf, Mask]], asked: Asked, fields: Fields
) -> Table:
    """On each number that is asked for and between two of them the same leaves hold: looked up by bisection."""
    tests = [(test_of(leaf, asked, fields), bits) for leaf, bits in some]
    bounds = sorted({each for leaf, _ in some for each in operands(leaf, asked, fields) if each is not None})
    missing = _held(tests, None)
    if not bounds:
        there = _held(tests, 0)
        return lambda facts: missing if read(facts) is None else there
    masks = [_held(tests, bounds[0] - 1)]
    for at, bound in enumerate(bounds):
        masks.append(_held(tests, bound))
        masks.append(_held(tests, _middle(bound, bounds[at + 1]) if at + 1 < len(bounds) else bound + 1))

    def bits_of(facts: Facts) -> Mask:
        value = read(facts)
        if value is None:
            return missing
        return masks[bisect_left(bounds, value) + bisect_right(bounds, value)]

    return bits_of


def _middle(low: Any, high: Any) -> Any:
    return Fraction(low + high, 2) if isinstance(low + high, int) else (low + high) / 2


def _held(tests: Iterable[tuple[Callable[[Any], bool], Mask]], value: Any) -> Mask:
    found = 0
    for test, bits in tests:
        if test(value):
            found |= bits
    return found
