"""The programme's rules in words, for readers of the API."""

from collections.abc import Iterator
from decimal import Decimal

from regulars.campaigns.contracts import (
    Action,
    CreditAction,
    DebitAction,
    LevelAction,
    MessageAction,
    Rule,
    TagAction,
    WhenShort,
)
from regulars.language.calendar import Per
from regulars.language.sentence import sentence
from regulars.language.text import Text, say
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary import fields_for


def _three(hans: str, hant: str, english: str) -> Text:
    return {"zh-hans": hans, "zh-hant": hant, "en": english}


_ON = _three("发生“{event}”时", "發生「{event}」時", "On “{event}”")
_IF = _three("，如果{when}", "，如果{when}", ", if {when}")
_THEN = _three("：{then}", "：{then}", ": {then}")
_JOIN = _three("；", "；", "; ")
_END = _three("。", "。", ".")
_GIVE = _three("发放 {amount} {asset}", "發放 {amount} {asset}", "give {amount} {asset}")
_GIVE_EACH = _three(
    "{base}每 {step} 发放 {each} {asset}",
    "{base}每 {step} 發放 {each} {asset}",
    "give {each} {asset} for every {step} of the {base}",
)
_ITEMS = _three("商品金额", "商品金額", "order lines")
_ITEMS_WHERE = _three("{where}的商品金额", "{where}的商品金額", "order lines where {where}")
_TIMES = _three("，再乘以 {factor}", "，再乘以 {factor}", ", times {factor}")
_CAP = _three("，最多 {cap}", "，最多 {cap}", ", at most {cap}")
_TAKE = _three("扣除 {amount} {asset}", "扣除 {amount} {asset}", "take {amount} {asset}")
_UP = _three("等级至少升到{level}", "等級至少升到{level}", "raise the member to at least {level}")
_SET = _three("等级设为{level}", "等級設為{level}", "put the member on {level}")
_TAG = _three("打标签 {tags}", "加標籤 {tags}", "add the tags {tags}")
_UNTAG = _three("去掉标签 {tags}", "移除標籤 {tags}", "remove the tags {tags}")
_TELL = _three("发送消息“{subject}”", "傳送訊息「{subject}」", "send the message “{subject}”")
_LIMIT_TIMES = _three("每人{per}最多 {n} 次", "每人{per}最多 {n} 次", "at most {n} times {per} per member")
_LIMIT_UNITS = _three(
    "每人{per}最多 {n} 单位", "每人{per}最多 {n} 單位", "at most {n} units {per} per member"
)
_BUDGET = _three("全部会员{per}共 {n} 单位", "全部會員{per}共 {n} 單位", "{n} units {per} over all members")
_BUDGET_REST = _three("，不足时发放剩余", "，不足時發放剩餘", ", the last gets what is left")
_PER: dict[Per, Text] = {
    Per.DAY: _three("每天", "每天", "a day"),
    Per.WEEK: _three("每周", "每週", "a week"),
    Per.MONTH: _three("每月", "每月", "a month"),
    Per.YEAR: _three("每年", "每年", "a year"),
    Per.LIFETIME: _three("累计", "累計", "in all"),
}


def when_in_words(rule: Rule, programme: Programme, language: str) -> str:
    """The rule's condition; empty where it has none."""
    if rule.when is None:
        return ""
    return sentence(rule.when, fields_for(programme, programme.event_types[rule.on]), language)


def rule_in_words(rule: Rule, programme: Programme, language: str) -> str:
    """The whole rule in one sentence."""
    said = say(_ON, language).format(event=say(programme.event_types[rule.on].name, language))
    when = when_in_words(rule, programme, language)
    if when:
        said += say(_IF, language).format(when=when)
    parts = [_action(action, rule, programme, language) for action in rule.then]
    parts += _bounds(rule, language)
    said += say(_THEN, language).format(then=say(_JOIN, language).join(parts))
    return said + say(_END, language)


def _action(action: Action, rule: Rule, programme: Programme, language: str) -> str:
    match action:
        case CreditAction():
            return _credit(action, rule, programme, language)
        case DebitAction():
            asset = say(programme.assets[action.asset].name, language)
            return say(_TAKE, language).format(amount=_number(action.amount), asset=asset)
        case LevelAction():
            level = say(programme.ladders[action.ladder].level(action.level).name, language)
            return say(_UP if action.up_only else _SET, language).format(level=level)
        case TagAction():
            said = []
            if action.add:
                said.append(say(_TAG, language).format(tags=", ".join(action.add)))
            if action.remove:
                said.append(say(_UNTAG, language).format(tags=", ".join(action.remove)))
            return say(_JOIN, language).join(said)
        case MessageAction():
            subject = say(programme.templates[action.template].subject, language)
            return say(_TELL, language).format(subject=subject)


def _credit(action: CreditAction, rule: Rule, programme: Programme, language: str) -> str:
    asset = say(programme.assets[action.asset].name, language)
    if action.amount:
        said = say(_GIVE, language).format(amount=_number(action.amount), asset=asset)
    else:
        base = _base(action, rule, programme, language)
        said = say(_GIVE_EACH, language).format(
            base=base, step=_number(action.step), each=_number(action.for_each), asset=asset
        )
    if action.multiplier != 1:
        said += say(_TIMES, language).format(factor=_number(action.multiplier))
    if action.cap is not None:
        said += say(_CAP, language).format(cap=_number(action.cap))
    return said


def _base(action: CreditAction, rule: Rule, programme: Programme, language: str) -> str:
    kind = programme.event_types[rule.on]
    if action.of == "items":
        if action.where is None:
            return say(_ITEMS, language)
        where = sentence(action.where, fields_for(programme, kind), language)
        return say(_ITEMS_WHERE, language).format(where=where)
    field = kind.fields.get(action.of.removeprefix("event."))
    return say(field.name, language) if field else action.of


def _bounds(rule: Rule, language: str) -> Iterator[str]:
    if rule.limit is not None:
        per = say(_PER[rule.limit.per], language)
        if rule.limit.times:
            yield say(_LIMIT_TIMES, language).format(per=per, n=_number(rule.limit.times))
        if rule.limit.units:
            yield say(_LIMIT_UNITS, language).format(per=per, n=_number(rule.limit.units))
    if rule.budget is not None:
        per = say(_PER[rule.budget.per], language)
        said = say(_BUDGET, language).format(per=per, n=_number(rule.budget.units))
        yield said + (say(_BUDGET_REST, language) if rule.budget.when_short is WhenShort.PARTIAL else "")


def _number(value: int | Decimal) -> str:
    return (
        f"{value:,}" if value == int(value) and isinstance(value, int) else f"{Decimal(value).normalize():,f}"
    )
