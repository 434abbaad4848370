"""Benefits in words: what they are, who gets them, and on which terms."""

from collections.abc import Iterator
from dataclasses import dataclass

from regulars.benefits.contracts import KINDS, Benefit, Loss, Turnover
from regulars.campaigns.contracts import GrantAction
from regulars.language.problems import words
from regulars.language.sentence import sentence, tidy
from regulars.language.text import Text, say
from regulars.programme import wording
from regulars.programme.contracts import Programme
from regulars.programme.holdings import said_money, units
from regulars.programme.vocabulary import fields_for

BY_LEVEL = words("{levels}", "{levels}", "members on {levels}")
AND_ABOVE = words("{level}及以上", "{level}以上", "{level} and above")
BY_AUDIENCE = words("满足“{when}”的会员", "符合「{when}」的會員", "members for whom this holds: {when}")
BY_RULES = words("由规则{rules}发放", "由規則{rules}發放", "granted by the rule {rules}")
BY_HAND = words("只由人工发放", "僅由人工發放", "granted by hand only")

TURNS: dict[Turnover, Text] = {
    Turnover.DAY: words("每天", "每日", "a day"),
    Turnover.WEEK: words("每周", "每週", "a week"),
    Turnover.MONTH: words("每月", "每月", "a month"),
    Turnover.YEAR: words("每年", "每年", "a year"),
    Turnover.PERIOD: words("每个等级有效期", "每個等級有效期", "in each period of the level"),
    Turnover.LIFETIME: words("终身", "終身", "in all"),
}
ONCE = words("{per} 1 次", "{per} 1 次", "once {per}")
TIMES = words("{per} {n} 次", "{per} {n} 次", "{n} times {per}")
PICK = words("与{others}中任选 {n} 项", "與{others}中任選 {n} 項", "pick {n} of this and {others}")
STOCK = words(
    "{per}共 {n} 份，先到先得",
    "{per}共 {n} 份，先到先得",
    "{n} for all members {per}, first come, first served",
)
CLAIM = words("需领取", "需領取", "has to be claimed")
CLAIM_WITHIN = words("需在 {n} 天内领取", "需在 {n} 天內領取", "to be claimed within {n} days")
USE_WITHIN = words("领取后 {n} 天内有效", "領取後 {n} 天內有效", "good for {n} days once claimed")
USE_WITH_LEVEL = words("有效至等级到期", "有效至等級到期", "good until the level’s period ends")
VERIFIED = words("到店核销", "到店核銷", "verified in store")
REMIND_CLAIM = words(
    "截止领取前 {n} 天提醒", "截止領取前 {n} 天提醒", "announced {n} days before it can be claimed no more"
)
REMIND_USE = words("到期前 {n} 天提醒", "到期前 {n} 天提醒", "announced {n} days before it ends")
LOST: dict[Loss, Text] = {
    Loss.DOWNGRADE: words("失去资格时收回", "失去資格時收回", "taken back when the standing is lost"),
    Loss.REFUND: words("订单退款时收回", "訂單退款時收回", "taken back when the order is refunded"),
}
COST = words("每次成本 {money}", "每次成本 {money}", "costs {money} a use")


@dataclass(frozen=True, slots=True)
class BenefitWords:
    """A benefit as it reads: `kind` its kind's name, `what` what it comes to, `who` gets it, `terms` on which terms."""

    benefit: Benefit
    kind: str
    what: str
    who: str
    terms: tuple[str, ...]


class _Speaker:
    """Says amounts in one language."""

    def __init__(self, programme: Programme, language: str) -> None:
        self.programme = programme
        self.language = language

    def money(self, minor: int) -> str:
        """`¥10`"""
        return said_money(minor, self.programme, self.language)

    def units(self, asset: str, units_: int) -> str:
        """`50 points`"""
        known = self.programme.assets[asset]
        return f"{units(units_, known)} {say(known.name, self.language)}"


def what_it_is(benefit: Benefit, programme: Programme, language: str) -> str:
    """What a benefit comes to, in a few words."""
    return tidy(KINDS[benefit.kind].say(benefit.terms, _Speaker(programme, language)))


def benefit_in_words(benefit: Benefit, programme: Programme, language: str) -> BenefitWords:
    """A benefit in the words of a colleague."""
    return BenefitWords(
        benefit,
        say(KINDS[benefit.kind].name, language),
        what_it_is(benefit, programme, language),
        who_gets_it(benefit, programme, language),
        tuple(_terms(benefit, programme, language)),
    )


def who_gets_it(benefit: Benefit, programme: Programme, language: str) -> str:
    """By what members are entitled to it."""
    if benefit.levels:
        return say(BY_LEVEL, language).format(levels=_levels(benefit, programme, language))
    if benefit.when is not None:
        when = sentence(benefit.when, fields_for(programme, None), language)
        return say(BY_AUDIENCE, language).format(when=when)
    rules = [
        say(wording.QUOTES, language).format(say(rule.name, language))
        for rule in programme.rules
        if any(isinstance(one, GrantAction) and one.benefit == benefit.id for one in rule.then)
    ]
    if not rules:
        return say(BY_HAND, language)
    return say(BY_RULES, language).format(rules=say(wording.LIST, language).join(rules))


def _levels(benefit: Benefit, programme: Programme, language: str) -> str:
    """`Gold and above`, or each level by its name."""
    said = []
    for ladder_id in dict.fromkeys(ladder for ladder, _ in benefit.levels):
        ladder, mine = programme.ladders[ladder_id], benefit.ladder_levels(ladder_id)
        ids = [level.id for level in ladder.levels]
        first = min(ids.index(level) for level in mine)
        lowest = say(ladder.levels[first].name, language)
        if len(mine) > 1 and set(mine) == set(ids[first:]):
            said.append(say(AND_ABOVE, language).format(level=lowest))
        else:
            said += [say(ladder.level(level).name, language) for level in mine]
    return say(wording.LIST, language).join(said)


def _terms(benefit: Benefit, programme: Programme, language: str) -> Iterator[str]:
    def said(text: Text, **values: object) -> str:
        return say(text, language).format(**values)

    if benefit.quota is not None:
        per = say(TURNS[benefit.quota.per], language)
        yield said(ONCE if benefit.quota.times == 1 else TIMES, per=per, n=benefit.quota.times)
    if benefit.choice is not None:
        others = [
            say(one.name, language)
            for one in programme.benefits.values()
            if one.choice is not None and one.choice.group == benefit.choice.group and one is not benefit
        ]
        yield said(PICK, others=say(wording.LIST, language).join(others), n=benefit.choice.pick)
    if benefit.stock is not None:
        yield said(STOCK, per=say(TURNS[benefit.stock.per], language), n=benefit.stock.units)
    yield from _windows(benefit, language)
    if benefit.needs_verification:
        yield said(VERIFIED)
    for loss in Loss:
        if loss in benefit.lost_on:
            yield said(LOST[loss])
    if benefit.cost_minor:
        yield said(COST, money=said_money(benefit.cost_minor, programme, language))


def _windows(benefit: Benefit, language: str) -> Iterator[str]:
    """Until when it is claimed and used, and what is announced."""
    claim, use = benefit.claim, benefit.use
    found: list[tuple[Text, int | None]] = []
    if claim is not None:
        found.append((CLAIM_WITHIN, claim.within_days) if claim.within_days else (CLAIM, None))
        if claim.remind_days:
            found.append((REMIND_CLAIM, claim.remind_days))
    if use.within_days:
        found.append((USE_WITHIN, use.within_days))
    elif use.with_level:
        found.append((USE_WITH_LEVEL, None))
    if use.remind_days:
        found.append((REMIND_USE, use.remind_days))
    return (say(text, language).format(n=days) for text, days in found)
