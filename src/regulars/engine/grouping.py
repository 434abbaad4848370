"""The live audiences of a programme made ready to be asked: which of them an event can have changed, and who enters
or leaves. Pure.

Every audience has a bit. What was decided about an event names keys (`totals`, `tally:order.paid`, `tags`, …); the
audiences that ask for any of them are asked, in an order in which each comes after those that it asks for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from regulars.audiences.contracts import FIELD, Definition, Kind
from regulars.audiences.logic import in_order, named
from regulars.engine.sheet import Holds, Mask, Reading, Sheet, make_reading
from regulars.language.condition import (
    Compiled,
    Condition,
    Facts,
    Field,
    Fields,
    Leaf,
    RefusedError,
    compile_condition,
    parse_condition,
)
from regulars.language.effects import (
    Credit,
    Effect,
    EntitlementStep,
    Give,
    LevelChange,
    OrderPaid,
    OrderRefunded,
    PlanChange,
    ProfileChange,
    TagChange,
    Take,
    ToppedUp,
    TopUpRefunded,
)
from regulars.language.events import Event
from regulars.language.matching import leaves_of
from regulars.language.snapshot import Snapshot

Move = tuple[str, bool, list[Any]]
"""(audience, whether the member enters it, what a trace keeps of why: the values seen, and the revision that asked)"""

BY_AUDIENCE = "audience:"
"""How a line of a trace names an audience that was entered or left, where others name a rule."""

LISTED, REVIEWED = "audience.listed", "audience.reviewed"
"""Somebody was put on a list or taken off it; audiences are asked again, without anything that happened."""

ANEW = frozenset({"tier.reckoned", "member.restored"})
"""Types of event by which everything about a member may be otherwise: two records were made one, or apart again."""

ANY = f"{FIELD}:*"
"""The key of whoever asks whether a member is in any audience at all."""

IDENTITIES = "identities"
"""Names come with any event, without an effect of their own."""

KEYS: dict[type[Effect], str] = {
    Credit: "balances",
    Take: "balances",
    Give: "balances",
    ToppedUp: "balances",
    TopUpRefunded: "balances",
    OrderPaid: "totals",
    OrderRefunded: "totals",
    LevelChange: "standings",
    TagChange: "tags",
    ProfileChange: "profile",
    EntitlementStep: "benefits",
    PlanChange: "plans",
}
"""What an effect changes of what conditions look at."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One live audience by rule. `nested`: it asks for other audiences. `holds`: its condition as a question about the
    bits of its leaves; None where one bit, its own, says so."""

    id: str
    condition: Condition
    ask: Compiled
    keys: frozenset[str]
    revision: int
    nested: bool
    holds: Holds | None = None


@dataclass(frozen=True, slots=True)
class Looking:
    """How some audiences are asked: what is read for them, which bits are theirs at once, and who has to be asked about
    the bits, or, being nested, about the member."""

    reading: Reading
    direct: Mask
    parts: tuple[tuple[Holds, Mask], ...]
    nested: Mask

    def held(self, facts: Facts) -> Mask:
        """Which of them the member satisfies, but for nested ones."""
        bits = self.reading.bits(facts)
        held = bits & self.direct
        for holds, bit in self.parts:
            if holds(bits):
                held |= bit
        return held


@dataclass(frozen=True, slots=True)
class Groups:
    """All live audiences of one generation, under one programme.

    `asked`: those by rule, in order; `bits` and `by_key` say which of them something concerns. `lists`: those kept by
    hand. `broken`: those whose condition asks for what the programme does not have; nobody enters or leaves them.
    """

    asked: tuple[Asked, ...]
    lists: frozenset[str]
    broken: frozenset[str]
    bits: Mapping[str, Mask]
    by_key: Mapping[str, Mask]
    always: Mask
    """Those that any event may concern."""
    fields: Fields
    leaves: Mapping[Leaf, Mask]
    under: Mapping[str, Mask]
    """Of each that asks for other audiences by name: those, and those that they ask for."""
    looks: dict[Mask, Looking] = field(default_factory=dict, compare=False)
    seen: dict[frozenset[str], Mask] = field(default_factory=dict, compare=False)

    @property
    def everything(self) -> Mask:
        return (1 << len(self.asked)) - 1

    def concerned(self, keys: frozenset[str]) -> Mask:
        """The audiences that ask for any of these."""
        known = self.seen.get(keys)
        if known is None:
            known = self.always
            for key in keys:
                known |= self.by_key.get(key, 0)
            if len(self.seen) < REMEMBERED:
                self.seen[keys] = known
        return known

    def of(self, audiences: Iterable[str]) -> Mask:
        """These audiences, those among them that there are."""
        mask, bits = 0, self.bits
        for audience in audiences:
            mask |= bits.get(audience, 0)
        return mask

    def after(self, audience: str) -> Mask:
        """The audiences that ask for this one."""
        return self.by_key.get(f"{FIELD}:{audience}", 0) | self.by_key.get(ANY, 0)

    def changes(self, facts: Facts, left: Mask) -> Iterator[Move]:
        """Which of `left` the member now enters or leaves. The snapshot follows.

        Before one that asks for others, those are asked too: time may have changed them, and nobody enters an audience
        by what was true of another a moment ago.
        """
        look = self._look(left)
        inside = self.of(facts.member.audiences)
        held = look.held(facts)
        moving = (held ^ inside) & left & ~look.nested
        nested, asked = look.nested, left & ~look.nested
        while moving:
            lowest = moving & -moving
            moving ^= lowest
            one = self.asked[lowest.bit_length() - 1]
            yield self._move(one, bool(held & lowest), facts)
            nested |= self.after(one.id)
        while nested:
            lowest = nested & -nested
            one = self.asked[lowest.bit_length() - 1]
            first = self.under.get(one.id, 0) & ~asked
            if first:
                nested |= first
                asked |= first
                continue
            nested ^= lowest
            holds_now = one.ask.matches(facts)
            if holds_now is not (one.id in facts.member.audiences):
                yield self._move(one, holds_now, facts)
                nested |= self.after(one.id)

    def differing(self, facts: Facts, some: Mask) -> list[str]:
        """Which of these the member would enter or leave if they were asked now. Nothing changes."""
        look = self._look(some)
        held = look.held(facts)
        nested = look.nested
        while nested:
            lowest = nested & -nested
            nested ^= lowest
            if self.asked[lowest.bit_length() - 1].ask.matches(facts):
                held |= lowest
        differ = (held ^ self.of(facts.member.audiences)) & some
        return [one.id for one in self.asked if differ & self.bits[one.id]] if differ else []

    def _move(self, one: Asked, enters: bool, facts: Facts) -> Move:
        seen = one.ask.explain(facts)[1]
        if enters:
            facts.member.audiences.add(one.id)
        else:
            facts.member.audiences.discard(one.id)
        return one.id, enters, [seen, one.revision]

    def _look(self, mask: Mask) -> Looking:
        known = self.looks.get(mask)
        if known is None:
            known = self._make_look(mask)
            if len(self.looks) < REMEMBERED:
                self.looks[mask] = known
        return known

    def _make_look(self, mask: Mask) -> Looking:
        chosen = [(one, self.bits[one.id]) for one in self.asked if self.bits[one.id] & mask]
        flat = [(one, bit) for one, bit in chosen if not one.nested]
        asked = {leaf for one, _ in flat for leaf in leaves_of(one.condition)}
        leaves = {leaf: bits for leaf, bits in self.leaves.items() if leaf in asked}
        direct = nested = 0
        for one, bit in chosen:
            if one.nested:
                nested |= bit
            elif one.holds is None:
                direct |= bit
        parts = tuple((one.holds, bit) for one, bit in flat if one.holds is not None)
        return Looking(make_reading(leaves, self.fields), direct, parts, nested)


def by_hand(event: Event, whose: Snapshot, groups: Groups) -> list[Move]:
    """The list that the event puts the member on, or takes them off, if that changes anything. The snapshot follows."""
    if event.type != LISTED:
        return []
    audience, enters = event.data["audience"], event.data["on"]
    if audience not in groups.lists or enters is (audience in whose.audiences):
        return []
    if enters:
        whose.audiences.add(audience)
    else:
        whose.audiences.discard(audience)
    return [(audience, enters, [[]])]


REMEMBERED = 4096
"""So many different sets of keys are remembered with the audiences that they concern."""


def make_groups(definitions: Sequence[Definition], fields: Fields) -> Groups | None:
    """The set of audiences, for a programme's `fields`; None where there are none."""
    if not definitions:
        return None
    rules = {one.id: one for one in definitions if one.kind is Kind.RULE}
    parsed: dict[str, Condition] = {}
    broken: set[str] = set()
    for audience in in_order({ident: named(one.condition) for ident, one in rules.items()}):
        try:
            parsed[audience] = parse_condition(rules[audience].condition, fields)
        except RefusedError:
            broken.add(audience)
    sheet, asked = Sheet(fields, following=len(parsed)), []
    for at, (audience, condition) in enumerate(parsed.items()):
        asked.append(_asked(rules[audience], condition, 1 << at, sheet))
    by_key: dict[str, Mask] = {}
    for at, one in enumerate(asked):
        for key in one.keys:
            by_key[key] = by_key.get(key, 0) | 1 << at
    return Groups(
        tuple(asked),
        frozenset(one.id for one in definitions if one.kind is Kind.LIST),
        frozenset(broken),
        {one.id: 1 << at for at, one in enumerate(asked)},
        by_key,
        by_key.get(IDENTITIES, 0),
        fields,
        sheet.leaves,
        _under(rules, parsed),
    )


def _under(rules: Mapping[str, Definition], parsed: Iterable[str]) -> dict[str, Mask]:
    """For every audience that asks for others, the bits of all that its answer hangs on."""
    bits: dict[str, Mask] = {}
    under: dict[str, Mask] = {}
    for at, audience in enumerate(parsed):
        bits[audience] = 1 << at
        mask = 0
        for one in named(rules[audience].condition):
            mask |= bits.get(one, 0) | under.get(one, 0)
        if mask:
            under[audience] = mask
    return under


def _asked(definition: Definition, condition: Condition, bit: Mask, sheet: Sheet) -> Asked:
    """An audience with its place on the sheet: one that is a single comparison has that one's bit for its own."""
    fields = sheet.fields
    leaves = list(leaves_of(condition))
    keys = frozenset(key for leaf in leaves for key in keys_of(leaf, fields[leaf.field]))
    nested = any(leaf.field == FIELD for leaf in leaves)
    holds = None
    if not nested and isinstance(condition, Leaf):
        sheet.leaves[condition] = sheet.leaves.get(condition, 0) | bit
    elif not nested:
        holds = sheet.holds(condition)
    ask = compile_condition(condition, fields)
    return Asked(definition.id, condition, ask, keys, definition.revision, nested, holds)


def keys_of(leaf: Leaf, field: Field) -> Iterator[str]:
    """The keys of what a leaf looks at; none where that is the calendar alone."""
    if field.name == FIELD:
        if leaf.value is None:
            yield ANY
        else:
            values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
            yield from (f"{FIELD}:{value}" for value in values)
    elif leaf.window:
        yield f"tally:{field.tally}"
    elif field.count:
        yield f"tally:{field.count}"
    elif field.part:
        yield field.part
        if field.name.startswith("matrix."):
            yield "profile"
    elif field.tally:
        yield f"tally:{field.tally}"
