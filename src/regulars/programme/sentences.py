"""The programme in words, as a colleague would say it: what rules do; what assets are is in `holdings`, how
levels are reached in `ladder_words`.

One place for every face: the console shows the parts, the API the whole sentence.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from regulars.campaigns.contracts import (
    Action,
    Budget,
    Campaign,
    CreditAction,
    DebitAction,
    GrantAction,
    LevelAction,
    Limit,
    Rounding,
    Rule,
    Schedule,
    TagAction,
)
from regulars.events.contracts import EventType, FieldKind
from regulars.language.condition import Fields, Leaf
from regulars.language.sentence import grouped, sentence, spoken_money, tidy
from regulars.language.text import Text, say
from regulars.ledger.contracts import Asset
from regulars.programme import wording
from regulars.programme.contracts import Programme
from regulars.programme.experiment_words import bounds_in_words
from regulars.programme.holdings import asset_in_words, said_money, units
from regulars.programme.occasion_words import Times
from regulars.programme.vocabulary import NOT_NAMED, fields_for

__all__ = [
    "RuleWords", "asset_in_words", "begun", "blanks", "campaign_in_words", "credits_of", "rules_in_words",
]  # fmt: skip


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


def rules_in_words(
    programme: Programme, language: str, audiences: Mapping[str, Text] = NOT_NAMED
) -> Iterator[RuleWords]:
    """Every rule, in the order of the programme. `audiences`: what people call them; without, they go by their ids."""
    speaker = _Speaker(programme, language, audiences)
    return (speaker.rule(rule) for rule in programme.rules)


def credits_of(rule: Rule) -> tuple[str, ...]:
    """The assets that a rule credits, each once."""
    return tuple(dict.fromkeys(action.asset for action in rule.then if isinstance(action, CreditAction)))


def campaign_in_words(campaign: Campaign, programme: Programme, language: str) -> str:
    """The budget that a campaign's rules share."""
    if campaign.budget is None:
        return say(wording.NO_BUDGET, language)
    said = _Speaker(programme, language).shared(campaign, campaign.budget)
    return begun(tidy(said)) + say(wording.STOP, language)


def _whole_steps(action: CreditAction, asset: Asset) -> bool:
    """Whether only full steps count, so that there is nothing to round."""
    return not asset.scale and action.rounding is Rounding.DOWN and action.for_each == action.multiplier == 1


class _Speaker:
    """Speaks about one programme's rules in one language."""

    def __init__(
        self, programme: Programme, language: str, audiences: Mapping[str, Text] = NOT_NAMED
    ) -> None:
        self.programme = programme
        self.language = language
        self.audiences = audiences

    def fields(self, kind: EventType) -> Fields:
        return fields_for(self.programme, kind, self.audiences)

    def word(self, text: Text) -> str:
        return say(text, self.language)

    def rule(self, rule: Rule) -> RuleWords:
        kind = self.programme.event_types[rule.on]
        when = "" if rule.when is None else sentence(rule.when, self.fields(kind), self.language)
        row, stop = self.word(wording.ROW), self.word(wording.STOP)
        acts = row.join(self.action(action, kind) for action in rule.then)
        opening = self.scheduled(rule.schedule, when) if rule.schedule else self.opening(kind, when)
        what = opening + self.word(wording.COLON) + acts
        bounds = row.join(tidy(bound) for bound in self.bounds(rule))
        whole = f"{what}{row}{bounds}{stop}" if bounds else what + stop
        return RuleWords(rule, when, what + stop, bounds and begun(bounds) + stop, whole)

    def scheduled(self, schedule: Schedule, when: str) -> str:
        """`每月 18 日 09:00，对符合（…）的会员`"""
        said = begun(Times(self.programme, self.language).schedule(schedule))
        return said + self.word(wording.FOR_THOSE if when else wording.FOR_EVERYBODY).format(when=when)

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
                    amount=units(action.amount, asset), asset=self.word(asset.name)
                )
                return said + self.word(wording.TAKE_SHORT[action.when_short])
            case LevelAction():
                return self.level(action)
            case TagAction():
                return self.tags(action)
            case GrantAction():
                name = self.word(self.programme.benefits[action.benefit].name)
                return self.word(wording.GRANT).format(benefit=name)
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
            said = self.word(frame).format(amount=units(action.amount, asset), asset=name)
        else:
            said = self.rate(action, asset, kind)
        if action.multiplier != 1:
            said += self.word(wording.TIMES).format(factor=grouped(action.multiplier))
        if not (action.amount or _whole_steps(action, asset)):
            said += self.word(wording.ROUNDED[action.rounding])
        if action.cap is not None:
            said += self.word(wording.CAP).format(cap=units(action.cap, asset))
        return said

    def rate(self, action: CreditAction, asset: Asset, kind: EventType) -> str:
        """`points, 1 for every full ¥10 of the order total`, or how many for every step of it."""
        base, step = self.base(action, kind)
        return self.word(wording.GIVE_PER_FULL if _whole_steps(action, asset) else wording.GIVE_PER).format(
            base=base, step=step, each=grouped(action.for_each), asset=self.word(asset.name)
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
        where = sentence(action.where, self.fields(kind), self.language)
        frame = wording.LINES_OF if isinstance(action.where, Leaf) else wording.LINES_WHERE
        return self.word(frame).format(where=where), self.step(action.step, True)

    def step(self, step: Decimal, money: bool) -> str:
        said = spoken_money(step, self.programme.currency, self.language) if money else grouped(step)
        return f"{said} " if self.language.startswith("zh") and said[-1].isascii() else said

    def bounds(self, rule: Rule) -> Iterator[str]:
        yield from Times(self.programme, self.language).bounds(rule)
        if rule.limit is not None:
            yield from self.limits(rule.limit, rule)
        if rule.budget is not None:
            yield self.budget(rule.budget, credits_of(rule))
        if rule.campaign:
            yield self.part_of(self.programme.campaigns[rule.campaign])
        yield from bounds_in_words(rule, self.programme, self.language)

    def limits(self, limit: Limit, rule: Rule) -> Iterator[str]:
        per = self.word(wording.PER_MEMBER[limit.per])
        if limit.times:
            frame = wording.LIMIT_ONCE if limit.times == 1 else wording.LIMIT_TIMES
            yield self.word(frame).format(per=per, n=grouped(limit.times))
        if limit.units:
            yield self.word(wording.LIMIT_UNITS).format(
                per=per, units=self.sum(limit.units, credits_of(rule))
            )
        if limit.money_minor:
            money = said_money(limit.money_minor, self.programme, self.language)
            yield self.word(wording.LIMIT_MONEY).format(per=per, money=money)

    def budget(self, budget: Budget, credited: Iterable[str]) -> str:
        per = self.word(wording.PER_BUDGET[budget.per])
        if budget.money_minor:
            money = said_money(budget.money_minor, self.programme, self.language)
            said = self.word(wording.BUDGET_MONEY).format(per=per, money=money)
        else:
            said = self.word(wording.BUDGET).format(per=per, units=self.sum(budget.units, credited))
        return said + self.word(wording.BUDGET_SHORT[budget.when_short])

    def part_of(self, campaign: Campaign) -> str:
        """The campaign that a rule belongs to, with the budget that its rules share."""
        said = self.word(wording.IN_CAMPAIGN).format(name=self.word(campaign.name))
        if campaign.budget is None:
            return said
        return self.word(wording.SHARED).format(said=said, budget=self.shared(campaign, campaign.budget))

    def shared(self, campaign: Campaign, budget: Budget) -> str:
        theirs = [rule for rule in self.programme.rules if rule.campaign == campaign.id]
        return self.budget(budget, dict.fromkeys(asset for rule in theirs for asset in credits_of(rule)))

    def sum(self, units_: int, credited: Iterable[str]) -> str:
        """Units of these assets together, named if they are of one kind."""
        assets = [self.programme.assets[asset_id] for asset_id in credited]
        names = self.word(wording.AND).join(self.word(asset.name) for asset in assets)
        scales = {asset.scale for asset in assets}
        amount = units(units_, assets[0]) if len(scales) == 1 else grouped(units_)
        return self.word(wording.SUM if len(assets) < 2 else wording.SUM_OF_MANY).format(
            amount=amount, asset=names or self.word(wording.UNITS)
        )
