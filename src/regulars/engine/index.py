"""Which rules can hold for an event at all, found without asking each: rules by what they ask of the event. Pure.

Of a condition whose parts must all hold, those parts that look at nothing but the event and the calendar are its
guards: `event.channel eq web`, `event.total gte 100`, `items any category eq tea`, the time from which a rule counts.
For every field that guards name, a table says for each value which rules it leaves, as the bits of a number; the
rules that all tables leave are asked. What the event says does not change while it is decided, so a rule that a
guard rules out can't come to hold by what another rule did.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from regulars.campaigns.contracts import Rule
from regulars.language.comparing import by_day, compares_ranks, operands
from regulars.language.condition import Facts, Field, Fields, Group, Items, Leaf, Op, Quantifier
from regulars.language.fields import Type
from regulars.language.matching import lines_of
from regulars.language.tree import Condition

INDEX_FROM = 8
"""So many rules on one type of event are told apart by tables; fewer are asked one by one sooner."""

MOST_TABLES = 12
"""So many fields have a table: those that tell most rules apart."""

_SAME = frozenset({Op.EQ, Op.IN})
_ORDERED = frozenset({Op.LT, Op.LTE, Op.GT, Op.GTE, Op.BETWEEN, Op.BEFORE, Op.AFTER})
_PLAIN = frozenset({Type.TEXT, Type.CHOICE, Type.BOOLEAN, Type.INTEGER, Type.MONEY, Type.NUMBER})

Mask = int
Table = Callable[[Facts], Mask]


@dataclass(frozen=True, slots=True)
class Guard:
    """A part of a rule's condition without which the rule can't hold; `leaf` asks `field`, of the event or, with
    `lines`, of any of its order lines."""

    leaf: Leaf
    lines: bool
    part: Condition

    @property
    def name(self) -> str:
        return self.leaf.field


def guards_of(rule: Rule, fields: Fields) -> Iterator[Guard]:
    """The guards of a rule's condition."""
    if rule.when is not None:
        yield from _guards(rule.when, fields)


def _guards(condition: Condition, fields: Fields) -> Iterator[Guard]:
    if isinstance(condition, Group):
        if condition.quantifier is Quantifier.ALL or (
            condition.quantifier is Quantifier.ANY and len(condition.nodes) == 1
        ):
            for node in condition.nodes:
                yield from _guards(node, fields)
    elif isinstance(condition, Items):
        if condition.quantifier is not Quantifier.NONE:
            for leaf in _all_of(condition.where):
                if leaf.op in _SAME and fields[leaf.field].type is Type.TEXT:
                    yield Guard(leaf, True, condition)
    elif _guarding(condition, fields[condition.field]):
        yield Guard(condition, False, condition)


def _all_of(condition: Condition) -> Iterator[Leaf]:
    if isinstance(condition, Leaf):
        yield condition
    elif isinstance(condition, Group) and condition.quantifier is Quantifier.ALL:
        for node in condition.nodes:
            yield from _all_of(node)


def _guarding(leaf: Leaf, field: Field) -> bool:
    """Whether the leaf looks at the event or the calendar alone, in a way that a table can answer."""
    if not field.name.startswith(("event.", "calendar.")) or field.part or leaf.window:
        return False
    if field.type in _PLAIN:
        return leaf.op in _SAME or (leaf.op in _ORDERED and not compares_ranks(leaf.op, field))
    return field.type is Type.DATE and leaf.op in _ORDERED | _SAME and not by_day(leaf, field)


@dataclass(frozen=True, slots=True)
class Index:
    """The rules on one type of event. `candidates` are those that can hold, in their order."""

    rules: tuple[Any, ...]
    tables: tuple[Table, ...]

    def candidates(self, facts: Facts) -> Iterator[Any]:
        left = (1 << len(self.rules)) - 1
        for table in self.tables:
            left &= table(facts)
            if not left:
                return
        rules = self.rules
        while left:
            lowest = left & -left
            yield rules[lowest.bit_length() - 1]
            left ^= lowest


def make_index(planned: Sequence[Any], fields: Fields) -> Index | None:
    """The index of these planned rules (in their order); None: they are better asked one by one."""
    if len(planned) < INDEX_FROM:
        return None
    guards = [list(guards_of(one.rule, fields)) for one in planned]
    uses = Counter((guard.lines, guard.name) for some in guards for guard in some)
    tables = [_table(lines, name, guards, fields) for (lines, name), _ in uses.most_common(MOST_TABLES)]
    timed = _time_table([one.rule for one in planned])
    if timed is not None:
        tables.append(timed)
    return Index(tuple(planned), tuple(tables)) if tables else None


def _table(lines: bool, name: str, guards: Sequence[Sequence[Guard]], fields: Fields) -> Table:
    """What each value of the field leaves of the rules."""
    field = fields[name]
    everybody = (1 << len(guards)) - 1
    same: dict[Any, Mask] = {}
    ranges: list[tuple[Mask, Leaf, tuple[Any, ...]]] = []
    asked_same = 0
    for at, some in enumerate(guards):
        mine = [guard.leaf for guard in some if (guard.lines, guard.name) == (lines, name)]
        equal = [set(operands(leaf, field, fields)) for leaf in mine if leaf.op in _SAME]
        if equal:
            asked_same |= 1 << at
            for value in equal[0] if lines else set.intersection(*equal):
                same[value] = same.get(value, 0) | 1 << at
        ranges += [(1 << at, leaf, operands(leaf, field, fields)) for leaf in mine if leaf.op in _ORDERED]
    read, free = field.reader(None), everybody & ~asked_same
    if lines:
        return _line_table(read, same, free)
    if not ranges:
        return lambda facts: free | same.get(read(facts), 0)
    return _range_table(read, same, free, ranges)


def _line_table(read: Callable[[Any], Any], same: Mapping[Any, Mask], free: Mask) -> Table:
    def left(facts: Facts) -> Mask:
        found = free
        for line in lines_of(facts):
            found |= same.get(read(line), 0)
        return found

    return left


def _range_table(
    read: Callable[[Any], Any],
    same: Mapping[Any, Mask],
    free: Mask,
    ranges: Sequence[tuple[Mask, Leaf, tuple[Any, ...]]],
) -> Table:
    """Between two bounds that rules name, and on each, the same rules hold: looked up by bisection."""
    bounds = sorted({value for _, _, values in ranges for value in values})
    bits = 0
    for bit, _, _ in ranges:
        bits |= bit
    rest = ~bits
    on = [_in_ranges(ranges, bits, value, value) for value in bounds]
    edges = [None, *bounds, None]
    between = [_in_ranges(ranges, bits, low, high, open_=True) for low, high in pairwise(edges)]

    def left(facts: Facts) -> Mask:
        value = read(facts)
        found = free | same.get(value, 0)
        if value is None:
            return found & rest
        at = bisect_left(bounds, value)
        if at < len(bounds) and bounds[at] == value:
            return found & (on[at] | rest)
        return found & (between[at] | rest)

    return left


def _in_ranges(
    ranges: Sequence[tuple[Mask, Leaf, tuple[Any, ...]]], bits: Mask, low: Any, high: Any, open_: bool = False
) -> Mask:
    """The rules all of whose ranges hold at a bound, or between two neighbouring ones (None: no bound there)."""
    out = 0
    for bit, leaf, values in ranges:
        if not _holds(leaf.op, values, low, high, open_):
            out |= bit
    return bits & ~out


def _holds(op: Op, values: tuple[Any, ...], low: Any, high: Any, open_: bool) -> bool:
    first, last = values[0], values[-1]
    if not open_:
        held: dict[Op, bool] = {
            Op.LT: low < first,
            Op.BEFORE: low < first,
            Op.LTE: low <= first,
            Op.GT: low > first,
            Op.AFTER: low > first,
            Op.GTE: low >= first,
            Op.BETWEEN: first <= low <= last,
        }
        return held[op]
    if op in (Op.LT, Op.BEFORE, Op.LTE):
        return high is not None and bool(high <= first)
    if op in (Op.GT, Op.AFTER, Op.GTE):
        return low is not None and bool(low >= first)
    return low is not None and high is not None and bool(low >= first and high <= last)


def _time_table(rules: Sequence[Rule]) -> Table | None:
    """Which rules have begun and have not ended."""
    bounds = sorted(
        {
            moment
            for rule in rules
            if rule.opening is not None
            for moment in (rule.opening.starts_at, rule.opening.ends_at)
            if moment is not None
        }
    )
    if not bounds:
        return None
    masks = []
    for moment in (None, *bounds):
        mask = 0
        for at, rule in enumerate(rules):
            starts = rule.opening.starts_at if rule.opening else None
            ends = rule.opening.ends_at if rule.opening else None
            begun = starts is None or (moment is not None and moment >= starts)
            if begun and (ends is None or moment is None or moment < ends):
                mask |= 1 << at
        masks.append(mask)
    return lambda facts: masks[bisect_right(bounds, facts.moment)]
