"""The programme in words, as a colleague would say it: what rules do, what assets are, how levels are reached.

One place for every face: the console shows the parts, the API the whole sentence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from regulars.campaigns.contracts import (
    Action,
    Budget,
    CreditAction,
    DebitAction,
    LevelAction,
    Limit,
    Rounding,
    Rule,
    TagAction,
)
from regulars.events.contracts import EventType, FieldKind
from regulars.language.condition import Leaf
from regulars.language.sentence import grouped, sentence, spoken_money, tidy
from regulars.language.text import Text, say
from regulars.ledger.contracts import Asset
from regulars.programme import wording
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary import fields_for
from regulars.tiers.contracts import Ladder, Level


@dataclass(frozen=True, slots=True)
class RuleWords:
    """One rule as it reads. `what` says on what, on which condition, and what follows; `bounds` how much of it
    a member and all members can have (empty: no bound). `sentence` is both in one, `when` the condition alone
    (empty: always)."""

    rule: Rule
    when: str
    what: str
    bounds: str
    sentence: str


_BLANK = re.compile(r"\{\{-?\s*([^}|]*?)\s*(\|[^}]*)?-?\}\}|\{%.*?%\}", re.DOTALL)


def blanks(text: str) -> str:
    """A message's wording with “…” where something of the member or the order is put in."""
    return _BLANK.sub("…", text)


def begun(text: str) -> str:
    """`text` as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def rules_in_words(programme: Programme, language: str) -> Iterator[RuleWords]:
    """Every rule, in the order of the programme."""
    speaker = _Speaker(programme, language)
    return (speaker.rule(rule) for rule in programme.rules)


def asset_in_words(asset: Asset, language: str) -> tuple[str, ...]:
    """What one asset is for, how long it lives, what a return does to it."""
    use = wording.SPENDABLE if asset.spendable else wording.COUNTED
    return say(use, language), _lives(asset, language), say(wording.CLAWBACK[asset.clawback], language)


def ladder_in_words(ladder: Ladder, programme: Programme, language: str) -> str:
    """How members rise and fall."""
    return say(wording.LADDER, language).format(
        asset=say(programme.assets[ladder.asset].name, language),
        window=_span(ladder.window_months, 0, language),
        period=_span(ladder.period_months, 0, language),
    )


def level_in_words(level: Level, ladder: Ladder, programme: Programme, language: str) -> str:
    """What a level asks for."""
    if not level.at:
        return say(wording.LOWEST_LEVEL, language)
    asset = programme.assets[ladder.asset]
    return say(wording.LEVEL_FROM, language).format(
        amount=_units(level.at, asset), asset=say(asset.name, language)
    )


def _lives(asset: Asset, language: str) -> str:
    if asset.expiry.never:
        return say(wording.NEVER_EXPIRES, language)
    span = _span(asset.expiry.months, asset.expiry.days, language)
    return say(wording.EXPIRES[asset.expiry.round], language).format(span=span)


def _span(months: int, days: int, language: str) -> str:
    """`12 months`, `1 month and 15 days`."""
    parts = []
    for number, one, many in (
        (months, wording.ONE_MONTH, wording.MONTHS),
        (days, wording.ONE_DAY, wording.DAYS),
    ):
        if number:
            parts.append(say(one if number == 1 else many, language).format(n=number))
    return say(wording.AND, language).join(parts)


def _units(units: int | Decimal, asset: Asset) -> str:
    """Units as people count them: 1234 at scale 2 is 12.34."""
    return grouped(Decimal(units).scaleb(-asset.scale) if asset.scale else units)


def _whole_steps(action: CreditAction) -> bool:
    """Whether only full steps count, so that there is nothing to round."""
    return action.rounding is Rounding.DOWN and action.for_each == action.multiplier == 1


class _Speaker:
    """Speaks about one programme's rules in one language."""

    def __init__(self, programme: Programme, language: str) -> None:
        self.programme = programme
        self.language = language

    def word(self, text: Text) -> str:
        return say(text, self.language)

    def rule(self, rule: Rule) -> RuleWords:
        kind = self.programme.event_types[rule.on]
        when = (
            "" if rule.when is None else sentence(rule.when, fields_for(self.programme, kind), self.language)
        )
        row, stop = self.word(wording.ROW), self.word(wording.STOP)
        acts = row.join(self.action(action, kind) for action in rule.then)
        what = self.opening(kind, when) + self.word(wording.COLON) + acts
        bounds = row.join(tidy(bound) for bound in self.bounds(rule))
        whole = f"{what}{row}{bounds}{stop}" if bounds else what + stop
        return RuleWords(rule, when, what + stop, bounds and begun(bounds) + stop, whole)

    def opening(self, kind: EventType, when: str) -> str:
        known = wording.WHEN.get(kind.id)
        said = self.word(known) if known else self.word(wording.WHEN_OTHER).format(event=self.word(kind.name))
        if not when:
            return said
        nested = "(" in when or "（" in when
        frame = wording.ONLY_IF if nested else wording.IN_BRACKETS
        return said + self.word(frame).format(when=when)

    def action(self, action: Action, kind: EventType) -> str:
        match action:
            case CreditAction():
                return self.credit(action, kind)
            case DebitAction():
                asset = self.programme.assets[action.asset]
                said = self.word(wording.TAKE).format(
                    amount=_units(action.amount, asset), asset=self.word(asset.name)
                )
                return said + self.word(wording.TAKE_SHORT[action.when_short])
            case LevelAction():
                return self.level(action)
            case TagAction():
                return self.tags(action)
        subject = blanks(self.word(self.programme.templates[action.template].subject))
        return self.word(wording.TELL).format(subject=subject)

    def level(self, action: LevelAction) -> str:
        ladder = self.programme.ladders[action.ladder]
        frame = wording.RAISE if action.up_only else wording.PUT
        said = self.word(frame).format(level=self.word(ladder.level(action.level).name))
        if len(self.programme.ladders) == 1:
            return said
        return self.word(wording.ON_LADDER).format(ladder=self.word(ladder.name), said=said)

    def tags(self, action: TagAction) -> str:
        said = []
        for tags, one, many in (
            (action.add, wording.TAG, wording.TAGS),
            (action.remove, wording.UNTAG, wording.UNTAGS),
        ):
            if tags:
                named = self.word(wording.LIST).join(self.word(wording.QUOTES).format(tag) for tag in tags)
                said.append(self.word(one if len(tags) == 1 else many).format(tags=named))
        return self.word(wording.ROW).join(said)

    def credit(self, action: CreditAction, kind: EventType) -> str:
        asset = self.programme.assets[action.asset]
        name = self.word(asset.name)
        if action.amount:
            frame = wording.GIVE_ONE if action.amount == 1 else wording.GIVE
            said = self.word(frame).format(amount=_units(action.amount, asset), asset=name)
        else:
            said = self.rate(action, asset, kind)
        if action.multiplier != 1:
            said += self.word(wording.TIMES).format(factor=grouped(action.multiplier))
        if not (action.amount or _whole_steps(action)):
            said += self.word(wording.ROUNDED[action.rounding])
        if action.cap is not None:
            said += self.word(wording.CAP).format(cap=_units(action.cap, asset))
        return said

    def rate(self, action: CreditAction, asset: Asset, kind: EventType) -> str:
        """`points, 1 for every full ¥10 of the order total`, or how many for every step of it."""
        base, step = self.base(action, kind)
        return self.word(wording.GIVE_PER_FULL if _whole_steps(action) else wording.GIVE_PER).format(
            base=base, step=step, each=_units(action.for_each, asset), asset=self.word(asset.name)
        )

    def base(self, action: CreditAction, kind: EventType) -> tuple[str, str]:
        """What is counted, and the step in which it is counted, with its currency if it is money."""
        field = kind.fields.get(action.of.removeprefix("event."))
        if action.of != "items":
            money = field is not None and field.kind is FieldKind.MONEY
            name = self.word(field.name) if field else action.of
            return self.word(wording.FIELD).format(name), self.step(action.step, money)
        if action.where is None:
            return self.word(wording.LINES), self.step(action.step, True)
        where = sentence(action.where, fields_for(self.programme, kind), self.language)
        frame = wording.LINES_OF if isinstance(action.where, Leaf) else wording.LINES_WHERE
        return self.word(frame).format(where=where), self.step(action.step, True)

    def step(self, step: Decimal, money: bool) -> str:
        said = spoken_money(step, self.programme.currency, self.language) if money else grouped(step)
        return f"{said} " if self.language.startswith("zh") and said[-1].isascii() else said

    def bounds(self, rule: Rule) -> Iterator[str]:
        if rule.limit is not None:
            yield from self.limits(rule.limit, rule)
        if rule.budget is not None:
            yield self.budget(rule.budget, rule)

    def limits(self, limit: Limit, rule: Rule) -> Iterator[str]:
        per = self.word(wording.PER_MEMBER[limit.per])
        if limit.times:
            frame = wording.LIMIT_ONCE if limit.times == 1 else wording.LIMIT_TIMES
            yield self.word(frame).format(per=per, n=grouped(limit.times))
        if limit.units:
            yield self.word(wording.LIMIT_UNITS).format(per=per, units=self.sum(limit.units, rule))

    def budget(self, budget: Budget, rule: Rule) -> str:
        per = self.word(wording.PER_BUDGET[budget.per])
        said = self.word(wording.BUDGET).format(per=per, units=self.sum(budget.units, rule))
        return said + self.word(wording.BUDGET_SHORT[budget.when_short])

    def sum(self, units: int, rule: Rule) -> str:
        """Units of all the rule's credits together, named if they are of one kind."""
        credited = dict.fromkeys(action.asset for action in rule.then if isinstance(action, CreditAction))
        assets = [self.programme.assets[asset_id] for asset_id in credited]
        names = self.word(wording.AND).join(self.word(asset.name) for asset in assets)
        scales = {asset.scale for asset in assets}
        amount = _units(units, assets[0]) if len(scales) == 1 else grouped(units)
        return self.word(wording.SUM if len(assets) < 2 else wording.SUM_OF_MANY).format(
            amount=amount, asset=names or self.word(wording.UNITS)
        )
