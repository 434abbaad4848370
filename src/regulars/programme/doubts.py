"""What can't come to be, though each word of it is sound: conditions that nothing satisfies, budgets that are used up
by the first credit, benefits that there are too few of, or that bring themselves about. Cautions, as in `cautions`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from regulars.benefits.contracts import KINDS, Benefit
from regulars.campaigns.contracts import CreditAction, GrantAction, Rule
from regulars.language.condition import Condition, Group, Items, Leaf, Op, Quantifier
from regulars.language.problems import Place, Problem, words
from regulars.language.text import Text
from regulars.programme.contracts import Programme

CREDITED = "credit"


def doubts(programme: Programme) -> list[Problem]:
    """All of it, in the order of the file."""
    return [*_impossible(programme), *_spent_at_once(programme), *_benefits(programme)]


# Conditions


@dataclass(slots=True)
class _Span:
    """What comparisons leave of a field's values. `strict`: the bound itself is out."""

    low: Any = None
    high: Any = None
    low_strict: bool = False
    high_strict: bool = False

    def above(self, value: Any, strict: bool) -> None:
        if self.low is None or value > self.low or (value == self.low and strict):
            self.low, self.low_strict = value, strict

    def below(self, value: Any, strict: bool) -> None:
        if self.high is None or value < self.high or (value == self.high and strict):
            self.high, self.high_strict = value, strict

    @property
    def empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return bool(self.low > self.high or (self.low == self.high and (self.low_strict or self.high_strict)))


def _impossible(programme: Programme) -> Iterator[Problem]:
    for place, when in _conditions(programme):
        field = contradicted(when)
        if field:
            yield Problem(place, _never(field))


def _conditions(programme: Programme) -> Iterator[tuple[Place, Condition]]:
    for ladder in programme.ladders.values():
        for number, level in enumerate(ladder.levels):
            if level.when is not None:
                yield ("ladders", ladder.id, "levels", number, "when"), level.when
    for plan in programme.plans.values():
        if plan.entry is not None and plan.entry.when is not None:
            yield ("plans", plan.id, "entry", "when"), plan.entry.when
    for benefit in programme.benefits.values():
        if benefit.when is not None:
            yield ("benefits", benefit.id, "grant", "when"), benefit.when
    for number, rule in enumerate(programme.rules):
        if rule.when is not None:
            yield ("rules", number, "when"), rule.when


def contradicted(when: Condition) -> str:
    """The field of which a condition asks what no value is; empty: there may be one. Comparisons of numbers and days
    that must all hold are looked at, in groups within groups too."""
    match when:
        case Leaf():
            return ""
        case Items():
            return contradicted(when.where) if when.quantifier is Quantifier.ANY else ""
        case Group(quantifier=Quantifier.ANY):
            found = [contradicted(node) for node in when.nodes]
            return found[0] if all(found) else ""
        case Group(quantifier=Quantifier.NONE):
            return ""
    spans: dict[tuple[Any, ...], _Span] = {}
    for node in _together(when):
        if isinstance(node, Leaf):
            _narrow(node, spans)
        elif inner := contradicted(node):
            return inner
    return next((str(key[0]) for key, span in spans.items() if span.empty), "")


def _together(group: Group) -> Iterator[Condition]:
    """What must hold at the same time."""
    for node in group.nodes:
        if isinstance(node, Group) and node.quantifier is Quantifier.ALL:
            yield from _together(node)
        else:
            yield node


def _narrow(leaf: Leaf, spans: dict[tuple[Any, ...], _Span]) -> None:
    values: tuple[Any, ...] = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    if any(isinstance(one, bool) or not isinstance(one, int | Decimal | date) for one in values):
        return
    span = spans.setdefault(
        (leaf.field, leaf.window, isinstance(values[0], date), type(values[0]) is date), _Span()
    )
    match leaf.op:
        case Op.GT | Op.AFTER:
            span.above(values[0], leaf.op is Op.GT)
        case Op.GTE:
            span.above(values[0], False)
        case Op.LT | Op.BEFORE:
            span.below(values[0], leaf.op is Op.LT)
        case Op.LTE:
            span.below(values[0], False)
        case Op.EQ | Op.BETWEEN:
            span.above(min(values), False)
            span.below(max(values), False)
        case _:
            pass


def _never(field: str) -> Text:
    return words(
        f"条件不可能成立：{field} 的几个比较互相矛盾；请放宽其中一个，或改为 any",
        f"條件不可能成立：{field} 的幾個比較互相矛盾；請放寬其中一個，或改為 any",
        f"can never hold: what it asks of {field} contradicts itself; relax one comparison, or ask for any of them",
    )


# Budgets


def _spent_at_once(programme: Programme) -> Iterator[Problem]:
    for number, rule in enumerate(programme.rules):
        once = sum(_fixed(rule))
        if rule.budget is not None and rule.budget.units and once > rule.budget.units:
            yield Problem(("rules", number, "budget", "units"), _TOO_LITTLE)
        campaign = programme.campaigns.get(rule.campaign) if rule.campaign else None
        if campaign is not None and campaign.budget and 0 < campaign.budget.units < once:
            yield Problem(("campaigns", campaign.id, "budget", "units"), _TOO_LITTLE)


def _fixed(rule: Rule) -> Iterator[int]:
    return (action.amount for action in rule.then if isinstance(action, CreditAction))


_TOO_LITTLE = words(
    "不够按规则足额发放一次；请提高预算，或减少发放数量",
    "不夠依規則足額發放一次；請提高預算，或減少發放數量",
    "is less than the rule gives once: raise the budget, or give less",
)


# Benefits


def _benefits(programme: Programme) -> Iterator[Problem]:
    for benefit in programme.benefits.values():
        place: Place = ("benefits", benefit.id)
        if benefit.stock is None and KINDS[benefit.kind].stocked and benefit.standing:
            yield Problem((*place, "stock"), _NO_STOCK)
        if _too_few(benefit):
            yield Problem((*place, "stock", "units"), _FEW)
        if _lifts(benefit, programme):
            yield Problem((*place, "asset"), _LIFTS)
    for number, rule in enumerate(programme.rules):
        if rule.on in ("benefit.granted", "benefit.claimed", "benefit.used") and rule.limit is None:
            for at, action in enumerate(rule.then):
                if isinstance(action, GrantAction) and programme.benefits[action.benefit].quota is None:
                    yield Problem(("rules", number, "then", at, "grant"), _CIRCLE)


def _too_few(benefit: Benefit) -> bool:
    """Whether not even one member can have it as often as the quota says."""
    stock, quota = benefit.stock, benefit.quota
    return stock is not None and quota is not None and stock.per is quota.per and stock.units < quota.times


def _lifts(benefit: Benefit, programme: Programme) -> bool:
    """Whether a level brings units enough for the next one."""
    if benefit.kind != CREDITED:
        return False
    for ladder_id, level_id in benefit.levels:
        ladder = programme.ladders[ladder_id]
        level = ladder.level(level_id)
        above = ladder.levels[level.rank + 1 : level.rank + 2]
        if ladder.asset == benefit.terms["asset"] and above:
            return bool(benefit.terms["amount"] >= above[0].at - level.at)
    return False


_NO_STOCK = words(
    "没有写库存，会员领多少就要备多少；请写 stock: {units: …, per: month} 之类",
    "沒有寫庫存，會員領多少就要備多少；請寫 stock: {units: …, per: month} 之類",
    "has no stock, so there must be one for whoever claims it: state stock, such as {units: 200, per: month}",
)
_FEW = words(
    "库存比一位会员可享的次数还少；请提高库存，或减少 quota.times",
    "庫存比一位會員可享的次數還少；請提高庫存，或減少 quota.times",
    "is less than one member may have: raise it, or lower quota.times",
)
_LIFTS = words(
    "等级带来的权益发放定级用的资产，领一次就够再升一级；请减少数量，或发放别的资产",
    "等級帶來的權益發放定級用的資產，領一次就夠再升一級；請減少數量，或發放別的資產",
    "what the level brings is enough for the next level: credit less, or another asset",
)
_CIRCLE = words(
    "权益带来权益，可能循环，最多 8 层后中断；请给规则加 limit，或给权益加 quota",
    "權益帶來權益，可能循環，最多 8 層後中斷；請為規則加 limit，或為權益加 quota",
    "benefits bring benefits, 8 deep until it is cut off: give the rule a limit, or the benefit a quota",
)
