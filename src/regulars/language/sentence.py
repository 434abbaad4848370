"""Conditions as sentences, the way a colleague would say them, in each language of the interface."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict

from regulars.language import phrases
from regulars.language.comparing import days_test_of, test_of
from regulars.language.fields import Field, Fields, Style, Type
from regulars.language.matching import quantified, reveal
from regulars.language.operators import OPPOSITE, REVERSE
from regulars.language.text import Text, say
from regulars.language.tree import Condition, Group, Items, Leaf, Op, Quantifier, Window


class Line(TypedDict):
    """One part of a condition with what was seen. `parts` are the parts of a group."""

    text: str
    held: bool
    seen: str | None
    parts: list["Line"]


def sentence(condition: Condition, fields: Fields, language: str) -> str:
    """`condition` in words: 近 30 天消费满 500 元，且不含标签“staff”."""
    return _Speaker(fields, language).say(condition)


def describe_values(
    condition: Condition, fields: Fields, language: str, seen: Sequence[Any], day: date
) -> list[Line]:
    """What `explain` saw, part by part; a group at the top gives its parts, anything else one line.

    `seen` is the list that `Compiled.explain` gave for the same condition, `day` the event's local day.
    """
    line = _Speaker(fields, language).describe(condition, iter(seen), day)
    return (
        line["parts"] if isinstance(condition, Group) and condition.quantifier is Quantifier.ALL else [line]
    )


class _Speaker:
    """Speaks about one vocabulary in one language."""

    def __init__(self, fields: Fields, language: str) -> None:
        self.fields = fields
        self.language = language

    def word(self, text: Text) -> str:
        return say(text, self.language)

    def say(self, condition: Condition) -> str:
        if isinstance(condition, Leaf):
            return self.leaf(condition)
        if isinstance(condition, Items):
            return self.items(condition)
        if condition.quantifier is Quantifier.NONE:
            return self.word(phrases.ALL_OF).join(self.negated(node) for node in condition.nodes)
        if len(condition.nodes) == 1:
            return self.say(condition.nodes[0])
        mark = phrases.ALL_OF if condition.quantifier is Quantifier.ALL else phrases.ANY_OF
        return self.word(mark).join(self.part(node, condition.quantifier) for node in condition.nodes)

    def part(self, node: Condition, around: Quantifier) -> str:
        """A part of a group, in brackets where it would otherwise run into its neighbours."""
        said = self.say(node)
        return said if joining(node) in (None, around) else self.word(phrases.BRACKETS).format(said)

    def negated(self, node: Condition) -> str:
        if isinstance(node, Leaf):
            contrary = self.contrary(node)
            if contrary is not None:
                return self.leaf(contrary)
        elif isinstance(node, Items) and node.quantifier is not Quantifier.ALL:
            other = Quantifier.NONE if node.quantifier is Quantifier.ANY else Quantifier.ANY
            return self.items(Items(other, node.where))
        elif isinstance(node, Group) and node.quantifier is Quantifier.ANY:
            return self.say(Group(Quantifier.NONE, node.nodes))
        return self.word(phrases.NOT).format(self.say(node))

    def contrary(self, leaf: Leaf) -> Leaf | None:
        """The leaf that holds just where `leaf` doesn't, if an operator says so. A level may have left its
        ladder, and is then neither above nor below another."""
        op = OPPOSITE.get(leaf.op)
        field = self.fields[leaf.field]
        if op is None and field.never_missing and not field.ranked:
            op = REVERSE.get(leaf.op)
        return None if op is None else Leaf(leaf.field, op, leaf.value, leaf.window)

    def items(self, items: Items) -> str:
        which = phrases.ITEMS_ONE if isinstance(items.where, Leaf) else phrases.ITEMS_MANY
        return self.word(which[items.quantifier.value]).format(self.say(items.where))

    def leaf(self, leaf: Leaf) -> str:
        field = self.fields[leaf.field]
        window = self.window(leaf.window, field)
        own = field.phrases.get(self._phrase_key(leaf, field))
        if own is not None:
            over = window if leaf.window else ""
            spoken = self.word(own).format(value=self.value(leaf, field), window=over)
        elif field.type is Type.BOOLEAN and leaf.op in (Op.EQ, Op.NE):
            spoken = self.boolean(leaf, field)
        else:
            name = self.word(field.label)
            predicate = self.word(phrases.PREDICATES[field.style][leaf.op])
            held = predicate.format(value=self.value(leaf, field), name=name)
            frame = self.word(field.frame or phrases.FRAMES[field.style])
            spoken = frame.format(window=window, name=name, **{"is": held})
        return tidy(spoken)

    def _phrase_key(self, leaf: Leaf, field: Field) -> Op:
        if field.type is Type.BOOLEAN and field.never_missing:
            return Op.IS_SET if (leaf.op is Op.EQ) == leaf.value else Op.IS_NOT_SET
        return leaf.op

    def boolean(self, leaf: Leaf, field: Field) -> str:
        value = self.word(phrases.YES if leaf.value else phrases.NO)
        predicate = self.word(phrases.PLAIN[leaf.op]).format(value=self.word(phrases.QUOTES).format(value))
        return self.word(phrases.FRAMES[Style.PLAIN]).format(name=self.word(field.label), **{"is": predicate})

    def window(self, window: Window | None, field: Field) -> str:
        if not field.windows:
            return ""
        if window is None:
            return self.word(phrases.LIFETIME)
        if window.months:
            return self.word(phrases.MONTHS if window.months > 1 else phrases.ONE_MONTH).format(
                n=window.months
            )
        return self.word(phrases.DAYS if window.days > 1 else phrases.ONE_DAY).format(n=window.days)

    def value(self, leaf: Leaf, field: Field) -> str:
        value = leaf.value
        if value is None:
            return ""
        if leaf.op is Op.MULTIPLE_OF and isinstance(value, int) and not self.language.startswith("zh"):
            return self.counted(value, field)
        if leaf.op in (Op.WITHIN_DAYS, Op.NEXT_DAYS, Op.MULTIPLE_OF):
            return str(value)
        if not isinstance(value, tuple):
            return self.one(value, field)
        if leaf.op is Op.BETWEEN:
            return self.between(value, leaf, field)
        said = [*(self.number(each, field) for each in value[:-1]), self.one(value[-1], field)]
        last = phrases.AND if leaf.op is Op.HAS_ALL else phrases.OR
        if len(said) == 1:
            return said[0]
        return self.word(phrases.LIST_MARK).join(said[:-1]) + self.spaced(self.word(last), said) + said[-1]

    def spaced(self, mark: str, said: list[str]) -> str:
        """`或` between figures stands free, between words it doesn't."""
        return f" {mark} " if said[-1][0].isascii() and said[-1][0].isalnum() and " " not in mark else mark

    def between(self, value: tuple[Any, ...], leaf: Leaf, field: Field) -> str:
        low, high = value
        frame = phrases.RANGE_OF_DAYS if leaf.op in field.phrases else phrases.RANGE
        return self.word(frame).format(self.number(low, field), self.one(high, field))

    def one(self, value: Any, field: Field) -> str:
        """One value as people write it."""
        label = field.value_label(value)
        if label is not None:
            return self.word(label)
        if field.type is Type.MONEY:
            return self.money(value)
        if isinstance(value, bool):
            return self.word(phrases.YES if value else phrases.NO)
        if isinstance(value, int | Decimal):
            return self.counted(value, field)
        if isinstance(value, datetime):
            return value.astimezone(self.fields.zone).strftime("%Y-%m-%d %H:%M")
        if isinstance(value, date):
            return value.isoformat()
        return self.word(phrases.QUOTES).format(" ".join(value.split()).replace(" ", KEPT_SPACE))

    def number(self, value: Any, field: Field) -> str:
        """One value of a row, of which only the last names the unit."""
        return grouped(value) if field.unit and isinstance(value, int | Decimal) else self.one(value, field)

    def counted(self, value: int | Decimal, field: Field) -> str:
        unit = self.word(field.unit)
        if not unit:
            return grouped(value)
        one, _, many = unit.partition("|")
        return f"{grouped(value)} {one if value == 1 or not many else many}"

    def money(self, amount: Decimal) -> str:
        return spoken_money(amount, self.fields.currency, self.language)

    def describe(self, condition: Condition, seen: Iterator[Any], day: date) -> Line:
        if isinstance(condition, Group):
            denied = self.denied(condition)
            if denied:
                whole_ = Group(Quantifier.ALL, denied)
                return self.describe(whole_ if len(denied) > 1 else denied[0], seen, day)
            parts = [self.describe(node, seen, day) for node in condition.nodes]
            held = [part["held"] for part in parts]
            whole = all(held) if condition.quantifier is Quantifier.ALL else any(held)
            if condition.quantifier is Quantifier.NONE:
                whole = not whole
            return {"text": self.say(condition), "held": whole, "seen": None, "parts": parts}
        shown = next(seen)
        if isinstance(condition, Items):
            satisfied, lines = shown
            said = self.word(phrases.ITEMS_SEEN).format(satisfied, lines)
            held_ = quantified(condition.quantifier, satisfied, lines)
            return {"text": self.items(condition), "held": held_, "seen": said, "parts": []}
        field = self.fields[condition.field]
        value = reveal(shown, field)
        return {
            "text": self.leaf(condition),
            "held": self.held(condition, field, value, day),
            "seen": self.seen(value, field),
            "parts": [],
        }

    def denied(self, group: Group) -> tuple[Leaf, ...]:
        """The contrary leaves of a `none` group, if each of its parts has one."""
        if group.quantifier is not Quantifier.NONE:
            return ()
        found = [self.contrary(node) if isinstance(node, Leaf) else None for node in group.nodes]
        return tuple(leaf for leaf in found if leaf is not None) if None not in found else ()

    def held(self, leaf: Leaf, field: Field, value: Any, day: date) -> bool:
        if leaf.op in (Op.WITHIN_DAYS, Op.NEXT_DAYS):
            return days_test_of(leaf, field, self.fields)(value, day)
        return test_of(leaf, field, self.fields)(value)

    def seen(self, value: Any, field: Field) -> str:
        if value is None or value == frozenset():
            return self.word(phrases.MISSING)
        if isinstance(value, frozenset):
            return self.word(phrases.LIST_MARK).join(self.one(each, field) for each in sorted(value))
        return self.one(self.fields.from_minor(value) if field.type is Type.MONEY else value, field).strip()


KEPT_SPACE = "\ue000"
"""Stands for a space inside a value, which is not ours to tidy."""

_CHINESE = "\u2e80-\u9fff\uff00-\uffef“”「」"
_LOOSE = re.compile(f"(?<=[{_CHINESE}]) (?=[{_CHINESE}])")


def tidy(spoken: str) -> str:
    """One space between words, none between Chinese characters."""
    return _LOOSE.sub("", " ".join(spoken.split())).replace(KEPT_SPACE, " ")


def joining(node: Condition) -> Quantifier | None:
    """Whether `node` is spoken as a row of parts, and of which kind."""
    if not isinstance(node, Group):
        return None
    if node.quantifier is Quantifier.NONE:
        inner = node.nodes[0]
        chained = isinstance(inner, Group) and inner.quantifier is Quantifier.ANY and len(inner.nodes) > 1
        return Quantifier.ALL if chained or len(node.nodes) > 1 else None
    return node.quantifier if len(node.nodes) > 1 else joining(node.nodes[0])


def grouped(value: int | Decimal) -> str:
    """1234567.50 as 1,234,567.5."""
    if isinstance(value, int) or value == value.to_integral_value():
        return f"{int(value):,}"
    return f"{value.normalize():,f}"


def spoken_money(amount: Decimal, currency: str, language: str) -> str:
    """An amount as people write it: 128 元, ¥128."""
    form = phrases.MONEY.get(currency)
    return say(form, language).format(grouped(amount)) if form else f"{grouped(amount)} {currency}"
