"""The rules of a programme file: what they name must exist, and what they say must be possible."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from regulars.campaigns.contracts import (
    SCHEDULED,
    Action,
    CreditAction,
    DebitAction,
    Exclusive,
    GrantAction,
    LevelAction,
    MessageAction,
    Pick,
    Rule,
    Schedule,
    TagAction,
    Trial,
)
from regulars.events.contracts import EventType, FieldKind
from regulars.language.condition import Condition, Fields, parse_condition
from regulars.language.fields import Scope
from regulars.language.problems import Errors, Place, words
from regulars.programme.amounts import smallest, smallest_or
from regulars.programme.budgets import Spending, credited
from regulars.programme.contracts import Programme
from regulars.programme.document import ActionPart, CreditPart, RulePart
from regulars.programme.experiments import check_rule
from regulars.programme.occasions import Occasions
from regulars.programme.part_occasions import TestPart
from regulars.programme.shape import follows_text, no_twins, unknown_text
from regulars.programme.vocabulary import fields_for
from regulars.programme.wallets import principal_text, principals

ON_SCHEDULE = "schedule"
"""What `on` says of a rule that starts by itself."""

ITEMS = "items"
"""`of: items` counts the order's lines (those that satisfy `where`) instead of a field of the event."""


ACTIONS = ("credit", "debit", "tier", "tag", "message", "grant")
"""What a rule can do; each of its actions is one of these."""


def by_event_type(rules: Iterable[Rule]) -> dict[str, tuple[Rule, ...]]:
    """Event type → its rules, highest priority first, else in the order of the file."""
    on: dict[str, list[Rule]] = {}
    for rule in rules:
        on.setdefault(rule.on, []).append(rule)
    return {type_id: tuple(sorted(some, key=lambda rule: -rule.priority)) for type_id, some in on.items()}


def read_rules(parts: Sequence[RulePart], programme: Programme, errors: Errors) -> tuple[Rule, ...]:
    """The rules that `parts` state for `programme` (whose own rules are not looked at)."""
    no_twins([part.id for part in parts], ("rules",), errors)
    occasions = Occasions(programme, errors)
    readers: dict[str, _Reader] = {}
    rules = []
    for index, part in enumerate(parts):
        place: Place = ("rules", index)
        scheduled = part.on == ON_SCHEDULE and ON_SCHEDULE not in programme.event_types
        event_type = programme.event_types.get(SCHEDULED if scheduled else part.on)
        if event_type is None or part.on == SCHEDULED:
            known = [ON_SCHEDULE, *(each for each in programme.event_types if each != SCHEDULED)]
            errors.add((*place, "on"), unknown_text("event type", known))
            continue
        if part.on not in readers:
            fields = fields_for(programme, None if scheduled else event_type)
            readers[part.on] = _Reader(programme, event_type, fields, occasions, errors)
        rules.append(readers[part.on].rule(part, place))
    check_groups(rules, parts, programme, errors)
    return tuple(rules)


def check_groups(
    rules: Sequence[Rule], parts: Sequence[RulePart], programme: Programme, errors: Errors
) -> None:
    """The rules of a group start from one type of event and are picked in one way, by something comparable."""
    places = {part.id: index for index, part in enumerate(parts)}
    groups: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.group is not None:
            groups.setdefault(rule.group.id, []).append(rule)
    for some in groups.values():
        first = some[0]
        given = {action.asset for rule in some for action in rule.then if isinstance(action, CreditAction)}
        costless = [one for one in given if one in programme.assets and not programme.assets[one].cost]
        for rule in some:
            place: Place = ("rules", places[rule.id], "group")
            if rule.on != first.on:
                errors.add((*place, "id"), _other_event(first.id))
            assert rule.group is not None
            assert first.group is not None
            if rule.group.pick is not first.group.pick:
                errors.add((*place, "pick"), _other_pick(first.id))
            elif rule.group.pick is Pick.BEST and not credited([parts[places[rule.id]]]):
                errors.add((*place, "pick"), _NOTHING_TO_COMPARE)
            elif rule.group.pick is Pick.BEST and len(given) > 1 and costless:
                errors.add((*place, "pick"), _costless(costless))


def _other_event(first: str) -> dict[str, str]:
    return words(
        f"同组规则须由同一事件触发，请与 {first} 一致，或换一个组",
        f"同組規則須由同一事件觸發，請與 {first} 一致，或換一個組",
        f"rules of one group start from one type of event: that of {first}; or choose another group",
    )


def _other_pick(first: str) -> dict[str, str]:
    return words(
        f"同组规则的 pick 须一致，请与 {first} 一致",
        f"同組規則的 pick 須一致，請與 {first} 一致",
        f"must be the same in all rules of the group: that of {first}",
    )


def _costless(assets: Iterable[str]) -> dict[str, str]:
    names = ", ".join(sorted(assets))
    return words(
        f"同组规则发放不同资产，按成本比较，请先写 {names} 的 cost，或用 pick: first",
        f"同組規則發放不同資產，依成本比較，請先寫 {names} 的 cost，或用 pick: first",
        f"compares different assets by what they cost: state the cost of {names}, or write pick: first",
    )


_NOTHING_TO_COMPARE = words(
    "best 比较发放多少，这条规则没有发放动作；请用 pick: first",
    "best 比較發放多少，這條規則沒有發放動作；請用 pick: first",
    "best compares what rules credit, and this one credits nothing: write pick: first",
)


class _Reader:
    """Reads the rules on one type of event."""

    def __init__(
        self,
        programme: Programme,
        event_type: EventType,
        fields: Fields,
        occasions: Occasions,
        errors: Errors,
    ) -> None:
        self.programme = programme
        self.event_type = event_type
        self.fields = fields
        self.occasions = occasions
        self.errors = errors
        self.principals = principals(programme.wallets)

    def rule(self, part: RulePart, place: Place) -> Rule:
        when = self._condition(part.when, (*place, "when"))
        actions = [self._action(action, (*place, "then", index)) for index, action in enumerate(part.then)]
        spending = Spending(credited([part]), self.programme, self.errors)
        limit = budget = None
        if part.limit is not None:
            limit = spending.limit(part.limit, (*place, "limit"))
        if part.budget is not None:
            budget = spending.budget(part.budget, (*place, "budget"))
            if not spending.assets:
                self.errors.add(
                    (*place, "budget"),
                    words(
                        "没有发放动作，预算无从计算",
                        "沒有發放動作，預算無從計算",
                        "nothing is credited here, so there is nothing to count",
                    ),
                )
        if part.campaign is not None:
            self._known("campaign", part.campaign, self.programme.campaigns, (*place, "campaign"))
        check_rule(part, place, self.programme, self.errors)
        return Rule(
            part.id,
            part.name,
            self.event_type.id,
            when,
            tuple(action for action in actions if action is not None),
            limit,
            budget,
            part.priority,
            part.campaign or "",
            self.occasions.opening(part, place),
            self._schedule(part, place),
            Exclusive(part.group.id, part.group.pick) if part.group else None,
            part.stop,
            self._trial(part.test, (*place, "test")) if part.test else None,
            part.experiment.id if part.experiment else "",
            (part.experiment.variant or "") if part.experiment else "",
        )

    def _schedule(self, part: RulePart, place: Place) -> Schedule | None:
        """Stated where the rule starts by itself, and only there."""
        if (part.schedule is None) is (self.event_type.id == SCHEDULED):
            self.errors.add(
                (*place, "schedule"),
                words(
                    "on: schedule 与 schedule 须一起写：由事件触发的规则不写 schedule",
                    "on: schedule 與 schedule 須一起寫：由事件觸發的規則不寫 schedule",
                    "goes with on: schedule, and on: schedule needs it; a rule on an event has none",
                ),
            )
        return self.occasions.schedule(part.schedule, (*place, "schedule")) if part.schedule else None

    def _trial(self, part: TestPart, place: Place) -> Trial:
        """Of the fields of members, so that it can be told without an event who is among them."""
        if part == TestPart():
            self.errors.add(
                place,
                words(
                    "请写 members、tag 或 when；正式生效请删去 test",
                    "請寫 members、tag 或 when；正式生效請刪去 test",
                    "must state members, tag or when; leave test out to have the rule apply to everybody",
                ),
            )
        when = None
        if part.when is not None:
            fields = fields_for(self.programme, None)
            when = parse_condition(part.when, fields, (*place, "when"), self.errors, scope=Scope.FACTS)
        return Trial(frozenset(part.members), part.tag or "", when)

    def _condition(self, raw: Any, place: Place, scope: Scope = Scope.FACTS) -> Condition | None:
        return None if raw is None else parse_condition(raw, self.fields, place, self.errors, scope=scope)

    def _action(self, part: ActionPart, place: Place) -> Action | None:
        given = [name for name in ACTIONS if getattr(part, name) is not None]
        if len(given) != 1:
            self.errors.add(
                place,
                words(
                    f"每个动作只能写 {'、'.join(ACTIONS)} 中的一个",
                    f"每個動作只能寫 {'、'.join(ACTIONS)} 其中一個",
                    f"must be exactly one of {', '.join(ACTIONS)}",
                ),
            )
            return None
        place = (*place, given[0])
        if part.credit is not None:
            return self._credit(part.credit, place)
        if part.debit is not None:
            self._known("asset", part.debit.asset, self.programme.assets, (*place, "asset"))
            units = smallest(
                part.debit.amount, self._scale(part.debit.asset), (*place, "amount"), self.errors
            )
            return DebitAction(part.debit.asset, units, part.debit.when_short)
        if part.tier is not None:
            ladder = self.programme.ladders.get(part.tier.ladder)
            if self._known("ladder", part.tier.ladder, self.programme.ladders, (*place, "ladder")) and ladder:
                self._known(
                    "level", part.tier.level, [level.id for level in ladder.levels], (*place, "level")
                )
                if ladder.period is None:
                    self.errors.add((*place, "ladder"), follows_text(ladder.id))
            return LevelAction(part.tier.ladder, part.tier.level, part.tier.up_only)
        if part.message is not None:
            self._known("message", part.message.template, self.programme.templates, (*place, "template"))
            return MessageAction(part.message.template)
        if part.grant is not None:
            return self._grant(part.grant.benefit, (*place, "benefit"))
        assert part.tag is not None
        if not (part.tag.add or part.tag.remove):
            self.errors.add(
                place, words("请写 add 或 remove", "請寫 add 或 remove", "must state add, remove or both")
            )
        return TagAction(tuple(part.tag.add), tuple(part.tag.remove))

    def _grant(self, benefit_id: str, place: Place) -> GrantAction:
        self._known("benefit", benefit_id, self.programme.benefits, place)
        found = self.programme.benefits.get(benefit_id)
        if found is not None and found.kind == "cashback" and self.event_type.id != "order.paid":
            self.errors.add(
                place,
                words(
                    "返现按订单计算，只能由 on: order.paid 的规则发放",
                    "現金回饋依訂單計算，只能由 on: order.paid 的規則發放",
                    "is a share of an order: only a rule on order.paid can grant it",
                ),
            )
        return GrantAction(benefit_id)

    def _credit(self, part: CreditPart, place: Place) -> CreditAction:
        self._known("asset", part.asset, self.programme.assets, (*place, "asset"))
        wallet = self.principals.get(part.asset)
        if wallet is not None:
            self.errors.add((*place, "asset"), principal_text(wallet))
        if (part.amount is None) == (part.for_each is None):
            self.errors.add(
                place,
                words(
                    "amount 与 for_each 写且只写一个",
                    "amount 與 for_each 寫且只寫一個",
                    "must state either amount or for_each",
                ),
            )
        if part.for_each is not None:
            self._countable(part, place)
        where = self._condition(part.where, (*place, "where"), Scope.LINE)
        if where is not None and part.of != ITEMS:
            self.errors.add(
                (*place, "where"),
                words(
                    "只有 of: items 可以带 where", "只有 of: items 可以帶 where", "goes with of: items only"
                ),
            )
        scale = self._scale(part.asset)
        return CreditAction(
            part.asset,
            smallest_or(part.amount, scale, (*place, "amount"), self.errors),
            part.for_each or Decimal(0),
            part.step,
            part.of,
            where,
            part.multiplier,
            part.rounding,
            None if part.cap is None else smallest(part.cap, scale, (*place, "cap"), self.errors),
        )

    def _scale(self, asset_id: str) -> int:
        asset = self.programme.assets.get(asset_id)
        return asset.scale if asset else 0

    def _countable(self, part: CreditPart, place: Place) -> None:
        """`of` names an amount or a number of this event."""
        numbers = (FieldKind.MONEY, FieldKind.INTEGER, FieldKind.NUMBER)
        known = [f"event.{one.id}" for one in self.event_type.fields.values() if one.kind in numbers]
        if self.event_type.has_items:
            known.append(ITEMS)
        self._known("amount", part.of, known, (*place, "of"))

    def _known(self, what: str, name: str, known: Iterable[str], place: Place) -> bool:
        if name in known:
            return True
        self.errors.add(place, unknown_text(what, known))
        return False
