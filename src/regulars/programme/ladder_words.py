"""Ladders in words: what they rank by, how members rise, stay and fall, what a level asks for."""

from regulars.language.calendar import RoundUp
from regulars.language.problems import words
from regulars.language.sentence import sentence
from regulars.language.text import Text, say
from regulars.programme.contracts import Programme
from regulars.programme.holdings import said_money, span, units
from regulars.programme.vocabulary import fields_for
from regulars.tiers.contracts import Down, Kind, Ladder, Level, Measure, Over, Period, Up

_NAMES: dict[Kind, Text] = {
    Kind.ASSET: words("{name}", "{name}", "{name}"),
    Kind.SPEND: words("消费金额", "消費金額", "spending"),
    Kind.ORDERS: words("订单数", "訂單數", "orders"),
    Kind.TOPUP: words("{name}充值金额", "{name}儲值金額", "money paid into {name}"),
    Kind.EVENT: words("{name}次数", "{name}次數", "times of “{name}”"),
}
_AMOUNTS: dict[Kind, Text] = {
    Kind.ASSET: words("{amount} {name}", "{amount} {name}", "{amount} {name}"),
    Kind.ORDERS: words("{amount} 单", "{amount} 筆訂單", "{amount} orders"),
    Kind.EVENT: words("{name} {amount} 次", "{name} {amount} 次", "{amount} × {name}"),
}
_MEASURES: dict[Kind, Text] = {
    Kind.ASSET: words("获得的{name}", "獲得的{name}", "{name} earned"),
    Kind.SPEND: words("的消费金额（扣除退款）", "的消費金額（扣除退款）", "money spent, less refunds,"),
    Kind.ORDERS: words(
        "的订单数（全额退款的不计）", "的訂單數（全額退款者不計）", "orders that were not wholly refunded,"
    ),
    Kind.TOPUP: words(
        "充入{name}的金额（扣除退还）",
        "儲入{name}的金額（扣除退還）",
        "money paid into {name}, less what was paid back,",
    ),
    Kind.EVENT: words("“{name}”的次数", "「{name}」的次數", "number of times of “{name}”"),
}
_SPANS: dict[Over, Text] = {
    Over.MONTHS: words("最近 {window}", "最近 {window}", "in the last {window}"),
    Over.LIFETIME: words("入会以来", "入會以來", "since joining"),
    Over.CALENDAR_YEAR: words("当年（自然年）", "當年（日曆年）", "in the calendar year"),
    Over.MEMBER_YEAR: words(
        "本会员年度（从入会日起每年）",
        "本會員年度（自入會日起每年）",
        "in the member’s year, from the day of joining on",
    ),
}
_BY = words("按{span}{measure}定级。", "依{span}{measure}定級。", "The level follows the {measure} {span}. ")
_UP: dict[Up, Text] = {
    Up.AT_ONCE: words("达标即升级", "達標即升級", "Members rise at once"),
    Up.DAY_END: words("达标次日升级", "達標次日升級", "Members rise on the next day"),
}
_KEPT = words(
    "；等级保留 {period}，到期重新核定",
    "；等級保留 {period}，到期重新核定",
    "; a level is kept for {period}, then looked at again",
)
_FOLLOWS = words(
    "；等级没有有效期，不达标即降级",
    "；等級沒有有效期限，不達標即降級",
    ", and fall at once when it is no longer enough",
)
_GRACE = words(
    "，未达标的另有 {days}宽限期",
    "，未達標者另有 {days}寬限期",
    ", with {days} of grace for who does not keep it",
)
_DOWN: dict[Down, Text] = {
    Down.EARNED: words("", "", ""),
    Down.ONE: words("，未达标的降一级", "，未達標者降一級", "; who does not keep it falls by one level"),
    Down.FLOOR: words(
        "，最低降到{floor}", "，最低降到{floor}", "; nobody falls below {floor} from there or above"
    ),
}
_STOP = words("。", "。", ".")
_LOWEST = words("入会即得", "入會即得", "Everybody who joins")
_FROM = words("{amount}起", "{amount}起", "From {amount}")
_KEEP_FROM = words("，保级 {amount}", "，續等 {amount}", ", kept from {amount}")
_ONLY_IF = words("，且{when}", "，且{when}", ", if {when}")
_LASTS = words("，保留 {period}", "，保留 {period}", ", for {period}")
_ROUNDED: dict[RoundUp, Text] = {
    RoundUp.DAY: words("{months}", "{months}", "{months}"),
    RoundUp.MONTH: words("{months}", "{months}", "{months}"),
    RoundUp.QUARTER: words("{months}到季末", "{months}到季末", "{months} to the end of the quarter"),
    RoundUp.YEAR: words("{months}到年底", "{months}到年底", "{months} to the end of the year"),
}


def measure_name(ladder: Ladder, programme: Programme, language: str) -> str:
    """What the ladder ranks by: growth, spending, orders, …"""
    measure = ladder.measure
    return say(_NAMES[measure.kind], language).format(name=_of(measure, programme, language))


def measured(ladder: Ladder, found: int, programme: Programme, language: str) -> str:
    """So much of the measure: `1,000 growth`, `¥1,000`, `5 orders`."""
    measure = ladder.measure
    if measure.kind in (Kind.SPEND, Kind.TOPUP):
        return said_money(found, programme, language)
    said = figure(ladder, found, programme, language)
    return say(_AMOUNTS[measure.kind], language).format(amount=said, name=_of(measure, programme, language))


def figure(ladder: Ladder, found: int, programme: Programme, language: str) -> str:
    """The same without what it counts: `1,000`, `¥1,000`."""
    measure = ladder.measure
    if measure.kind in (Kind.SPEND, Kind.TOPUP):
        return said_money(found, programme, language)
    return units(found, programme.assets[measure.of]) if measure.kind is Kind.ASSET else f"{found:,}"


def _of(measure: Measure, programme: Programme, language: str) -> str:
    if measure.kind is Kind.ASSET:
        return say(programme.assets[measure.of].name, language)
    if measure.kind is Kind.TOPUP:
        return say(programme.wallets[measure.wallet].name, language)
    return say(programme.event_types[measure.of].name, language) if measure.kind is Kind.EVENT else ""


def span_in_words(ladder: Ladder, language: str) -> str:
    """Over which time the measure is taken."""
    measure = ladder.measure
    return say(_SPANS[measure.over], language).format(window=span(measure.months, 0, language))


def ladder_in_words(ladder: Ladder, programme: Programme, language: str) -> str:
    """How members rise and fall."""
    measure = ladder.measure
    by = say(_MEASURES[measure.kind], language).format(name=_of(measure, programme, language))
    text = say(_BY, language).format(span=span_in_words(ladder, language), measure=by)
    text += say(_UP[ladder.up], language)
    if ladder.period is None:
        text += say(_FOLLOWS, language)
    else:
        text += say(_KEPT, language).format(period=_period(ladder.period, language))
    if ladder.grace_days:
        text += say(_GRACE, language).format(days=span(0, ladder.grace_days, language))
    floor = say(ladder.level(ladder.floor).name, language) if ladder.floor else ""
    text += say(_DOWN[ladder.down], language).format(floor=floor)
    return text + say(_STOP, language)


def _period(period: Period, language: str) -> str:
    return say(_ROUNDED[period.round], language).format(months=span(period.months, 0, language))


def level_in_words(level: Level, ladder: Ladder, programme: Programme, language: str) -> str:
    """What a level asks for."""
    if not level.rank:
        return say(_LOWEST, language)
    text = say(_FROM, language).format(amount=measured(ladder, level.at, programme, language))
    if level.keep_at != level.at:
        text += say(_KEEP_FROM, language).format(amount=measured(ladder, level.keep_at, programme, language))
    if level.when is not None:
        when = sentence(level.when, fields_for(programme, None), language)
        text += say(_ONLY_IF, language).format(when=when)
    if level.period is not None:
        text += say(_LASTS, language).format(period=_period(level.period, language))
    return text
