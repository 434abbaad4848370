"""Conditions as Python functions, made once and called for every event.

`matches` stops as soon as the answer is known; `explain` looks at everything and reports what it saw.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from regulars.language.comparing import days_test_of, test_of
from regulars.language.fields import Facts, Field, Fields, Type
from regulars.language.tree import (
    Condition,
    Group,
    Items,
    Leaf,
    Op,
    Quantifier,
    Window,
    raw_number,
)

Match = Callable[[Any], bool]
Watch = Callable[[Any, list[Any]], bool]
"""Like a Match; appends what each leaf saw."""

TAGS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Needs:
    """What the engine must load before a condition can be asked.

    `windows` says for each of the `tallies` which windows are read; a tally that is also in `lifetimes` is read
    over all its days. `counts` are event types of which the lifetime count is read. `parts` are the parts of
    the snapshot that are read: profile, identities, tags, standings, balances, totals, `score:<name>`.
    """

    tallies: frozenset[str] = frozenset()
    lifetimes: frozenset[str] = frozenset()
    windows: Mapping[str, frozenset[Window]] | None = None
    counts: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Compiled:
    """A condition ready to be asked. Neither function changes the facts or fails on facts of any content.

    `explain` gives the answer and one JSON value per leaf in the order they are written: the value seen (money in
    minor units, dates and times in ISO 8601, None where missing); for tags those of the member's that the
    leaf names; for a question about order lines [lines that satisfy it, lines in all].
    """

    matches: Callable[[Facts], bool]
    explain: Callable[[Facts], tuple[bool, list[Any]]]
    needs: Needs


def compile_condition(condition: Condition, fields: Fields) -> Compiled:
    """The functions for `condition`, which `parse_condition` has accepted for the same `fields`."""
    watch = _watch(condition, fields)

    def explain(facts: Facts) -> tuple[bool, list[Any]]:
        seen: list[Any] = []
        return watch(facts, seen), seen

    return Compiled(_match(condition, fields), explain, needs_of(condition, fields))


def compile_lines(condition: Condition, fields: Fields) -> Callable[[Mapping[str, Any]], bool]:
    """The function that tells whether one order line satisfies `condition`, which asks for `item.*` only."""
    return _match(condition, fields)


def needs_of(condition: Condition, fields: Fields) -> Needs:
    """What must be loaded for `condition`."""
    windows: dict[str, set[Window]] = {}
    lifetimes: set[str] = set()
    counts: set[str] = set()
    parts: set[str] = set()
    for leaf in leaves_of(condition):
        field = fields[leaf.field]
        if leaf.window:
            windows.setdefault(field.tally, set()).add(leaf.window)
        elif field.count:
            counts.add(field.count)
        elif field.part:
            parts.add(field.part)
        elif field.tally:
            lifetimes.add(field.tally)
    return Needs(
        frozenset(windows) | frozenset(lifetimes),
        frozenset(lifetimes),
        {name: frozenset(each) for name, each in windows.items()},
        frozenset(counts),
        frozenset(parts),
    )


def leaves_of(condition: Condition) -> Iterable[Leaf]:
    """All leaves, those about order lines included, in the order they are written."""
    if isinstance(condition, Leaf):
        yield condition
    elif isinstance(condition, Group):
        for node in condition.nodes:
            yield from leaves_of(node)
    else:
        yield from leaves_of(condition.where)


def asks_lines(condition: Condition) -> bool:
    """Whether the condition asks about the lines of an order."""
    if isinstance(condition, Group):
        return any(map(asks_lines, condition.nodes))
    return not isinstance(condition, Leaf)


def lines_of(facts: Facts) -> list[dict[str, Any]]:
    """The order lines of the event; empty where there are none."""
    lines = facts.event.data.get("items") if facts.event else None
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def _match(condition: Condition, fields: Fields) -> Match:
    if isinstance(condition, Leaf):
        return _match_leaf(condition, fields)
    if isinstance(condition, Group):
        return _match_group(condition.quantifier, tuple(_match(node, fields) for node in condition.nodes))
    return _match_items(condition.quantifier, _match(condition.where, fields))


def _match_leaf(leaf: Leaf, fields: Fields) -> Match:
    field = fields[leaf.field]
    read = field.reader(leaf.window)
    if leaf.op in (Op.WITHIN_DAYS, Op.NEXT_DAYS):
        days_test = days_test_of(leaf, field, fields)
        return lambda facts: days_test(read(facts), facts.day)
    test = test_of(leaf, field, fields)
    return lambda facts: test(read(facts))


def _match_group(quantifier: Quantifier, nodes: tuple[Match, ...]) -> Match:
    def every(facts: Any) -> bool:
        for node in nodes:  # noqa: SIM110  a generator costs more than the question
            if not node(facts):
                return False
        return True

    def some(facts: Any) -> bool:
        for node in nodes:  # noqa: SIM110
            if node(facts):
                return True
        return False

    if quantifier is Quantifier.ALL:
        return every
    return some if quantifier is Quantifier.ANY else lambda facts: not some(facts)


def _match_items(quantifier: Quantifier, node: Match) -> Match:
    if quantifier is Quantifier.ANY:
        return lambda facts: any(map(node, lines_of(facts)))
    if quantifier is Quantifier.NONE:
        return lambda facts: not any(map(node, lines_of(facts)))

    def every(facts: Facts) -> bool:
        lines = lines_of(facts)
        return bool(lines) and all(map(node, lines))

    return every


def quantified(quantifier: Quantifier, satisfied: int, lines: int) -> bool:
    """Whether so many of the order's lines are enough."""
    if quantifier is Quantifier.ALL:
        return 0 < satisfied == lines
    return (satisfied > 0) is (quantifier is Quantifier.ANY)


def _watch(condition: Condition, fields: Fields) -> Watch:
    if isinstance(condition, Leaf):
        return _watch_leaf(condition, fields)
    if isinstance(condition, Group):
        return _watch_group(condition.quantifier, tuple(_watch(node, fields) for node in condition.nodes))
    return _watch_items(condition, fields)


def _watch_leaf(leaf: Leaf, fields: Fields) -> Watch:
    field = fields[leaf.field]
    read = field.reader(leaf.window)
    show = _show(leaf, field)
    if leaf.op in (Op.WITHIN_DAYS, Op.NEXT_DAYS):
        days_test = days_test_of(leaf, field, fields)

        def watch_days(facts: Any, seen: list[Any]) -> bool:
            value = read(facts)
            seen.append(show(value))
            return days_test(value, facts.day)

        return watch_days
    test = test_of(leaf, field, fields)

    def watch(facts: Any, seen: list[Any]) -> bool:
        value = read(facts)
        seen.append(show(value))
        return test(value)

    return watch


def _watch_group(quantifier: Quantifier, nodes: tuple[Watch, ...]) -> Watch:
    def watch(facts: Any, seen: list[Any]) -> bool:
        held = 0
        for node in nodes:
            held += node(facts, seen)
        if quantifier is Quantifier.ALL:
            return held == len(nodes)
        return (held > 0) is (quantifier is Quantifier.ANY)

    return watch


def _watch_items(items: Items, fields: Fields) -> Watch:
    match = _match(items.where, fields)

    def watch(facts: Any, seen: list[Any]) -> bool:
        lines = lines_of(facts)
        satisfied = sum(map(match, lines))
        seen.append([satisfied, len(lines)])
        return quantified(items.quantifier, satisfied, len(lines))

    return watch


def _show(leaf: Leaf, field: Field) -> Callable[[Any], Any]:
    """How the value that a leaf saw is kept: as JSON, and enough to tell again whether the leaf held."""
    if field.type is Type.TAGS:
        if leaf.op in (Op.IS_SET, Op.IS_NOT_SET):
            return lambda tags: sorted(tags)[:TAGS_SHOWN]
        asked = frozenset(leaf.value if isinstance(leaf.value, tuple) else (leaf.value,))
        return lambda tags: sorted(asked.intersection(tags))
    return _SHOW.get(field.type, lambda value: value)


def _iso(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _number(value: int | Decimal | None) -> int | float | str | None:
    return raw_number(value) if isinstance(value, Decimal) else value


_SHOW: dict[Type, Callable[[Any], Any]] = {
    Type.DATE: _iso,
    Type.TIME: _iso,
    Type.NUMBER: _number,
    Type.INTEGER: _number,
    Type.MONEY: _number,
}


def reveal(shown: Any, field: Field) -> Any:
    """The value that `explain` kept, as the field's reader gave it."""
    if shown is None:
        return None
    if field.type is Type.DATE:
        return date.fromisoformat(shown)
    if field.type is Type.TIME:
        return datetime.fromisoformat(shown)
    if isinstance(shown, float) or (isinstance(shown, str) and field.type in _SHOW):
        return Decimal(str(shown))
    return frozenset(shown) if field.type is Type.TAGS else shown
