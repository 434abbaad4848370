"""The benefits of a programme file: who gets what, how often, and whether that can be."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from regulars.benefits.contracts import (
    KINDS,
    Benefit,
    Choice,
    Claim,
    Level,
    Loss,
    Mode,
    Quota,
    Stock,
    Turnover,
    Use,
)
from regulars.campaigns.contracts import GrantAction, Rule
from regulars.language.condition import Condition, Fields, Group, Leaf, Op, Quantifier, parse_condition
from regulars.language.problems import Errors, Place, words
from regulars.language.text import Text
from regulars.programme.amounts import smallest
from regulars.programme.contracts import Programme
from regulars.programme.document import BenefitGrantPart, BenefitPart, Document
from regulars.programme.shape import not_below, shape_problem, unknown_text
from regulars.programme.vocabulary import fields_for
from regulars.programme.wallets import principal_text, principals

NO_REMINDER = words(
    "没有截止时间可提醒，请写 within_days",
    "沒有截止時間可提醒，請寫 within_days",
    "has no end to announce: state within_days",
)


def read_benefits(document: Document, programme: Programme, errors: Errors) -> dict[str, Benefit]:
    """The benefits that `document` states for `programme`, which has everything but its benefits and rules."""
    fields = fields_for(programme, None)
    benefits = {
        one_id: _Reader(one_id, part, programme, fields, errors).benefit()
        for one_id, part in document.benefits.items()
    }
    found = {one_id: one for one_id, one in benefits.items() if one is not None}
    _groups(found, errors)
    return found


class _Reader:
    """Reads one benefit, and is the house that its kind asks."""

    def __init__(
        self, benefit_id: str, part: BenefitPart, programme: Programme, fields: Fields, errors: Errors
    ) -> None:
        self.id = benefit_id
        self.part = part
        self.programme = programme
        self.fields = fields
        self.errors = errors
        self.place: Place = ("benefits", benefit_id)

    def benefit(self) -> Benefit | None:
        """None where its kind is not known."""
        part = self.part
        kind = KINDS.get(part.kind)
        if kind is None:
            self.refuse("kind", unknown_text("kind of benefit", KINDS))
            return None
        found = Benefit(
            self.id,
            part.name,
            part.kind,
            part.description,
            self._terms(),
            levels=self._levels(part.grant),
            when=self._when(part.grant),
            claim=self._claim(),
            use=self._use(),
            quota=Quota(part.quota.times, part.quota.per) if part.quota else None,
            choice=Choice(part.choice.group, part.choice.pick) if part.choice else None,
            stock=Stock(part.stock.units, part.stock.per) if part.stock else None,
            lost_on=frozenset(part.taken_back),
            needs_verification=part.needs_verification,
            cost_minor=self.money(part.cost, "cost"),
        )
        self._sense(found)
        return found

    # What kinds ask

    def money(self, found: Decimal | None, field: str) -> int:
        """Money in the currency's smallest unit; 0 for None."""
        if found is None:
            return 0
        return smallest(found, self.programme.minor_digits, (*self.place, field), self.errors)

    def units(self, asset: str, found: int | Decimal, field: str) -> int:
        """Units of an asset in its smallest unit."""
        known = self.programme.assets.get(asset)
        return smallest(found, known.scale if known else 0, (*self.place, field), self.errors)

    def asset(self, asset: str, field: str) -> None:
        """The asset must exist, and be no money that members paid in."""
        if asset not in self.programme.assets:
            self.refuse(field, unknown_text("asset", self.programme.assets))
        wallet = principals(self.programme.wallets).get(asset)
        if wallet is not None:
            self.refuse(field, principal_text(wallet))

    def event_type(self, type_id: str, field: str) -> None:
        """The type of event must exist."""
        if type_id not in self.programme.event_types:
            self.refuse(field, unknown_text("event type", self.programme.event_types))

    def refuse(self, field: str, text: Text) -> None:
        """Note what is wrong with `field`, or with the benefit."""
        self.errors.add((*self.place, field) if field else self.place, text)

    # Its parts

    def _terms(self) -> Mapping[str, Any]:
        kind = KINDS[self.part.kind]
        try:
            settings = kind.settings.model_validate(self.part.model_extra or {})
        except ValidationError as error:
            for one in error.errors():
                self.errors.add((*self.place, *one["loc"]), shape_problem(one))
            return {}
        return kind.read(settings, self)

    def _levels(self, grant: BenefitGrantPart) -> tuple[Level, ...]:
        found: dict[Level, None] = {}
        for index, written in enumerate(grant.levels):
            place = (*self.place, "grant", "levels", index)
            ladder_id, _, level_id = written.partition("/")
            ladder = self.programme.ladders.get(ladder_id)
            if ladder is None:
                self.errors.add(place, unknown_text("ladder", self.programme.ladders))
                continue
            ids = [level.id for level in ladder.levels]
            above = level_id.endswith("+")
            if level_id.removesuffix("+") not in ids:
                known = [f"{ladder_id}/{one}" for one in ids]
                self.errors.add(place, unknown_text("level", known))
                continue
            first = ids.index(level_id.removesuffix("+"))
            for one in ids[first:] if above else [ids[first]]:
                found[ladder_id, one] = None
        return tuple(found)

    def _when(self, grant: BenefitGrantPart) -> Condition | None:
        if grant.when is None:
            return None
        return parse_condition(grant.when, self.fields, (*self.place, "grant", "when"), self.errors)

    def _claim(self) -> Claim | None:
        part = self.part.claim
        if part is None:
            return None
        if part.remind_days and not part.within_days:
            self.errors.add((*self.place, "claim", "remind_days"), NO_REMINDER)
        elif part.remind_days and part.within_days and part.remind_days > part.within_days:
            self.errors.add((*self.place, "claim", "within_days"), not_below("remind_days"))
        return Claim(part.within_days, part.remind_days or 0)

    def _use(self) -> Use:
        part = self.part.use
        if part.within_days and part.with_level:
            self.errors.add(
                (*self.place, "use"),
                words(
                    "within_days 与 with_level 只能写一个",
                    "within_days 與 with_level 只能寫一個",
                    "must state either within_days or with_level",
                ),
            )
        if part.remind_days and not (part.within_days or part.with_level):
            self.errors.add((*self.place, "use", "remind_days"), NO_REMINDER)
        elif part.remind_days and part.within_days and part.remind_days > part.within_days:
            self.errors.add((*self.place, "use", "within_days"), not_below("remind_days"))
        return Use(part.within_days, part.with_level, part.remind_days or 0)

    # Whether it makes sense

    def _sense(self, benefit: Benefit) -> None:
        """What is stated must be possible together."""
        part, claimed = self.part, benefit.claim is not None
        if benefit.levels and benefit.when is not None:
            self.refuse(
                "grant",
                words(
                    "levels 与 when 只能写一个；等级也可以写进 when",
                    "levels 與 when 只能寫一個；等級也可以寫進 when",
                    "must state either levels or when; levels can be asked for in when, too",
                ),
            )
        if benefit.standing and (claimed or benefit.mode is Mode.VALUE) and benefit.quota is None:
            self.refuse(
                "quota",
                words(
                    "需要领取的权益请写 quota，例如 {times: 1, per: lifetime}，否则可无限领取",
                    "需要領取的權益請寫 quota，例如 {times: 1, per: lifetime}，否則可無限領取",
                    "must be stated for what members claim, or they claim it without end: {times: 1, per: lifetime}",
                ),
            )
        if benefit.standing and benefit.mode is Mode.VALUE and not claimed:
            self.refuse(
                "claim",
                words(
                    "入账类权益由等级或人群享有时须领取，请写 claim: any_time 或 {within_days: …}",
                    "入帳類權益由等級或人群享有時須領取，請寫 claim: any_time 或 {within_days: …}",
                    "is needed where value comes with a level or an audience: any_time, or {within_days: …}",
                ),
            )
        if benefit.kind == "cashback" and benefit.standing:
            self.refuse(
                "grant",
                words(
                    "返现按订单计算，只能由 on: order.paid 的规则发放",
                    "現金回饋依訂單計算，只能由 on: order.paid 的規則發放",
                    "must be left out: cashback is a share of an order, and granted by a rule on order.paid",
                ),
            )
        self._turns(benefit)
        if benefit.use.with_level and not benefit.levels:
            self.errors.add((*self.place, "use", "with_level"), _needs_levels())
        if Loss.DOWNGRADE in benefit.lost_on and not benefit.standing:
            self.refuse("taken_back", _needs_levels())
        if part.use != type(part.use)() and benefit.mode is Mode.VALUE:
            self.refuse(
                "use",
                words(
                    "入账类权益领取即生效，请去掉 use",
                    "入帳類權益領取即生效，請移除 use",
                    "must be left out: value is credited as it is claimed",
                ),
            )
        if benefit.needs_verification and benefit.mode is Mode.VALUE:
            self.refuse(
                "needs_verification",
                words(
                    "入账类权益无需核销",
                    "入帳類權益無需核銷",
                    "makes no sense: value is credited as it is claimed",
                ),
            )

    def _turns(self, benefit: Benefit) -> None:
        """What begins anew must have something that it begins anew with."""
        quota, stock = benefit.quota, benefit.stock
        if quota is not None and quota.per is Turnover.PERIOD and not benefit.levels:
            self.errors.add((*self.place, "quota", "per"), _needs_levels())
        if stock is not None and stock.per is Turnover.PERIOD:
            self.errors.add(
                (*self.place, "stock", "per"),
                words(
                    "库存为全体会员共用，请写 day、week、month、year 或 lifetime",
                    "庫存為全體會員共用，請寫 day、week、month、year 或 lifetime",
                    "is shared by all members: write day, week, month, year or lifetime",
                ),
            )
        window = benefit.claim.within_days if benefit.claim else None
        if window and benefit.when is not None and (quota is None or quota.per is Turnover.LIFETIME):
            self.errors.add(
                (*self.place, "claim", "within_days"),
                words(
                    "人群没有起始日，领取期限无从计算；请给 quota 写按日、周、月或年",
                    "人群沒有起始日，領取期限無從計算；請為 quota 寫按日、週、月或年",
                    "can't be counted: an audience has no first day; state a quota per day, week, month or year",
                ),
            )
        if benefit.choice is not None and (benefit.claim is None or quota is None):
            self.refuse(
                "choice",
                words(
                    "多选几的权益须领取，请写 claim 和 quota",
                    "多選幾的權益須領取，請寫 claim 和 quota",
                    "is made by claiming: state claim and quota",
                ),
            )


def _needs_levels() -> Text:
    return words(
        "只适用于 grant: {levels: …} 的权益",
        "僅適用於 grant: {levels: …} 的權益",
        "goes with grant: {levels: …} only",
    )


def _groups(benefits: Mapping[str, Benefit], errors: Errors) -> None:
    """Of a group one picks as many everywhere, in the same turn, and fewer than there are."""
    groups: dict[str, list[Benefit]] = {}
    for one in benefits.values():
        if one.choice is not None:
            groups.setdefault(one.choice.group, []).append(one)
    for group, members in groups.items():
        first = members[0]
        assert first.choice is not None
        for one in members:
            place: Place = ("benefits", one.id, "choice")
            assert one.choice is not None
            if one.choice.pick > len(members):
                errors.add(
                    (*place, "pick"),
                    words(
                        f"{group} 只有 {len(members)} 项可选",
                        f"{group} 只有 {len(members)} 項可選",
                        f"is more than the {len(members)} that {group} has to choose from",
                    ),
                )
            elif one.choice.pick != first.choice.pick:
                errors.add(
                    (*place, "pick"),
                    words(
                        f"与 {first.id} 的 pick 不一致",
                        f"與 {first.id} 的 pick 不一致",
                        f"must be {first.choice.pick}, as {first.id} has it",
                    ),
                )
            if one.quota and first.quota and one.quota.per is not first.quota.per:
                errors.add(
                    ("benefits", one.id, "quota", "per"),
                    words(
                        f"同组权益的周期须一致：{first.id} 为 {first.quota.per}",
                        f"同組權益的週期須一致：{first.id} 為 {first.quota.per}",
                        f"must be {first.quota.per}, as {first.id} of the same group has it",
                    ),
                )


# Grants that bring grants


def no_endless_grants(
    rules: Iterable[Rule], document: Document, programme: Programme, errors: Errors
) -> None:
    """Refuse rules on `benefit.granted` that grant a benefit whose grant makes them run again."""
    edges: dict[str, set[str]] = {}
    for rule in rules:
        if rule.on != "benefit.granted":
            continue
        granted = {action.benefit for action in rule.then if isinstance(action, GrantAction)}
        for benefit_id in programme.benefits:
            if _may_be(rule.when, benefit_id):
                edges.setdefault(benefit_id, set()).update(granted)
    places = {part.id: index for index, part in enumerate(document.rules)}
    for rule in rules:
        for number, action in enumerate(rule.then):
            looped = isinstance(action, GrantAction) and rule.on == "benefit.granted"
            if looped and isinstance(action, GrantAction) and _reaches(edges, action.benefit, action.benefit):
                errors.add(
                    ("rules", places[rule.id], "then", number, "grant", "benefit"),
                    words(
                        "发放会再次触发自身，无限循环；请用 event.benefit 限定条件",
                        "發放會再次觸發自身，無限循環；請用 event.benefit 限定條件",
                        "is granted without end, as its grant makes the rule run again: ask for event.benefit",
                    ),
                )


def _reaches(edges: Mapping[str, set[str]], start: str, goal: str) -> bool:
    waiting, seen = [start], set()
    while waiting:
        for following in edges.get(waiting.pop(), ()):
            if following == goal:
                return True
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return False


def _may_be(when: Condition | None, benefit_id: str) -> bool:
    """Whether a rule of this condition may run for the benefit: False only where it plainly can't."""
    if isinstance(when, Leaf) and when.field == "event.benefit":
        values = when.value if isinstance(when.value, tuple | list | frozenset) else (when.value,)
        if when.op in (Op.EQ, Op.IN):
            return benefit_id in values
        if when.op in (Op.NE, Op.NOT_IN):
            return benefit_id not in values
    if isinstance(when, Group) and when.quantifier is Quantifier.ALL:
        return all(_may_be(node, benefit_id) for node in when.nodes)
    return True
