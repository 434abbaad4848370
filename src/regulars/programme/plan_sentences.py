"""Paid plans in words: what they cost, who may have them, what they do to those who have them."""

from collections.abc import Iterator

from regulars.language.condition import Condition, Group, Items, Leaf, Quantifier
from regulars.language.problems import words
from regulars.language.sentence import sentence, tidy
from regulars.language.text import Text, say
from regulars.plans.contracts import Entry, EvidenceKind, Growth, PaidPlan, RefundMode, family_of
from regulars.programme import wording
from regulars.programme.contracts import Programme
from regulars.programme.holdings import said_money, span, units
from regulars.programme.vocabulary import fields_for

_PRICE = words("{name} {money}（{months}）", "{name} {money}（{months}）", "{name} {money} ({months})")
_TRIAL = words("可先试用 {days} 天", "可先試用 {days} 天", "{days} days of trial first")
_FAMILY = words(
    "{plans}（由低到高）同一时间只能有一个",
    "{plans}（由低到高）同一時間只能有一個",
    "One at a time of {plans}, from the lowest to the highest",
)
_ENTRY_WHEN = words("须满足“{when}”", "須符合「{when}」", "For those for whom this holds: {when}")
_ENTRY_EVIDENCE = words("须提交{evidence}", "須提交{evidence}", "applicants state: {evidence}")
_ENTRY_APPROVAL = words("由运营人员审批", "由營運人員審核", "an operator approves each application")
_OPTIONAL = words("（选填）", "（選填）", " (may be left out)")
_KINDS: dict[EvidenceKind, Text] = {
    EvidenceKind.TEXT: words("{name}", "{name}", "{name}"),
    EvidenceKind.NUMBER: words("{name}（数字）", "{name}（數字）", "{name} (a number)"),
    EvidenceKind.DATE: words("{name}（日期）", "{name}（日期）", "{name} (a day)"),
    EvidenceKind.FILE: words("{name}（文件）", "{name}（檔案）", "{name} (a file)"),
}
_ENDS = words("到期即止", "到期即止", "Ends on its last day")
_GRACE = words("到期后宽限 {days} 天", "到期後寬限 {days} 天", "{days} days of grace after its end")
_REMIND = words("到期前 {days} 天提醒", "到期前 {days} 天提醒", "announced {days} days before")
_REFUND: dict[RefundMode, Text] = {
    RefundMode.END: words("退款即终止", "退款即終止", "A refund ends it"),
    RefundMode.PRO_RATA: words(
        "部分退款按比例缩短", "部分退款按比例縮短", "A refund shortens it by its share of the price"
    ),
}
_LEVEL = words(
    "有效期间为“{level}”（{ladder}）",
    "有效期間為「{level}」（{ladder}）",
    "On “{level}” of {ladder} while it runs",
)
_DAILY = words("每天得 {units} {asset}", "每天得 {units} {asset}", "{units} {asset} a day")
_DAILY_OTHER = words("{period}每天 {units}", "{period}每天 {units}", "{units} with {period}")


def plan_in_words(plan: PaidPlan, programme: Programme, language: str) -> tuple[tuple[str, str], ...]:
    """What a plan says of itself, as (aspect, sentence)."""
    return tuple((aspect, tidy(line)) for aspect, line in _Speaker(programme, language).lines(plan))


def brought_by(plan: PaidPlan, programme: Programme, language: str) -> str:
    """The benefits that having the plan brings, or that its level does, by their names; empty: none."""
    placed = (plan.level.ladder, plan.level.level) if plan.level else None
    return say(wording.LIST, language).join(
        say(one.name, language)
        for one in programme.benefits.values()
        if placed in one.levels or (one.when is not None and _is_for(one.when, f"plan.{plan.id}."))
    )


def _is_for(when: Condition, prefix: str) -> bool:
    """Whether a condition can be held by having the plan whose fields begin so."""
    match when:
        case Leaf():
            return when.field.startswith(prefix) and when.value is not False
        case Group():
            return when.quantifier is not Quantifier.NONE and any(_is_for(one, prefix) for one in when.nodes)
        case Items():
            return False


class _Speaker:
    """Says plans of one programme in one language."""

    def __init__(self, programme: Programme, language: str) -> None:
        self.programme = programme
        self.language = language

    def lines(self, plan: PaidPlan) -> Iterator[tuple[str, str]]:
        yield "price", self.sentence([self.listed(self.prices(plan))])
        if plan.trial_days:
            yield "trial", self.sentence([self.put(_TRIAL, days=plan.trial_days)])
        family = family_of(self.programme.plans, plan)
        if len(family) > 1:
            ranked = sorted(family.values(), key=lambda one: one.rank)
            names = self.listed([say(one.name, self.language) for one in ranked])
            yield "family", self.sentence([self.put(_FAMILY, plans=names)])
        if plan.entry is not None:
            yield from ((aspect, self.sentence([line])) for aspect, line in self.entry(plan.entry))
        grace = self.put(_GRACE, days=plan.grace_days) if plan.grace_days else self.put(_ENDS)
        remind = [self.put(_REMIND, days=plan.remind_days)] if plan.remind_days else []
        yield "end", self.sentence([grace, *remind])
        yield "refund", self.sentence([self.put(_REFUND[plan.refund])])
        if plan.level is not None:
            ladder = self.programme.ladders[plan.level.ladder]
            level = say(ladder.level(plan.level.level).name, self.language)
            said = self.put(_LEVEL, level=level, ladder=say(ladder.name, self.language))
            yield "level", self.sentence([said])
        if plan.daily is not None:
            yield "daily", self.sentence(list(self.daily(plan, plan.daily)))

    def prices(self, plan: PaidPlan) -> list[str]:
        return [
            self.put(
                _PRICE,
                name=say(one.name, self.language),
                money=said_money(one.price_minor, self.programme, self.language),
                months=span(one.months, 0, self.language),
            )
            for one in plan.periods
        ]

    def entry(self, entry: Entry) -> Iterator[tuple[str, str]]:
        if entry.when is not None:
            when = sentence(entry.when, fields_for(self.programme, entry.asked), self.language)
            yield "when", self.put(_ENTRY_WHEN, when=when)
        if entry.evidence:
            names = [
                self.put(_KINDS[one.kind], name=say(one.name, self.language))
                + ("" if one.required else self.put(_OPTIONAL))
                for one in entry.evidence
            ]
            yield "evidence", self.put(_ENTRY_EVIDENCE, evidence=self.listed(names))
        if entry.approval:
            yield "approval", self.put(_ENTRY_APPROVAL)

    def daily(self, plan: PaidPlan, daily: Growth) -> Iterator[str]:
        asset = self.programme.assets[daily.asset]
        yield self.put(_DAILY, units=units(daily.units, asset), asset=say(asset.name, self.language))
        for one in plan.periods:
            if one.id in daily.by_period:
                period = say(one.name, self.language)
                yield self.put(_DAILY_OTHER, period=period, units=units(daily.by_period[one.id], asset))

    def sentence(self, parts: list[str]) -> str:
        said = say(wording.ROW, self.language).join(parts) + say(wording.STOP, self.language)
        return said[:1].upper() + said[1:]

    def put(self, frame: Text, **values: object) -> str:
        return say(frame, self.language).format(**values)

    def listed(self, names: list[str]) -> str:
        return say(wording.LIST, self.language).join(names)
