"""What each type of event may say. Money arrives as decimals and is kept as integers in `*_minor`."""

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal, NotRequired

from pydantic import ConfigDict, Field, PlainValidator, TypeAdapter, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from regulars.events.contracts import EventType, FieldKind, PayloadField
from regulars.events.plan_payloads import plan_types
from regulars.language.text import Text

MONEY_LIMIT = 10**12
"""Amounts are below this many minor units: 10 billion yuan. What is above is a mistake."""

QUANTITY_LIMIT = 10**9
PRICES = 20_000
"""How many spellings of amounts are remembered: a shop has few prices, and sells at them again and again."""

ITEMS_LIMIT = 1000
ATTRIBUTES_LIMIT = 100

_DECIMAL = re.compile(r"(\d{1,15})(?:\.(\d{1,6}))?", re.ASCII)
_OPEN = ConfigDict(extra="allow", str_strip_whitespace=False, allow_inf_nan=False)

Name = Annotated[str, Field(min_length=1, max_length=100)]
Label = Annotated[str, Field(max_length=500)]
Word = Annotated[str, Field(max_length=60)]


def money(digits: int) -> Callable[[Any], int]:
    """A parser of amounts with at most `digits` decimals, from `"128.00"` or 128, to minor units ≥ 0."""
    unit = 10**digits

    def parse(value: Any) -> int:
        if type(value) is str:
            return parse_text(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise PydanticCustomError("money_type", 'must be an amount such as "128.00"')
        return parse_text(repr(value))

    @lru_cache(maxsize=PRICES)
    def parse_text(text: str) -> int:
        found = _DECIMAL.fullmatch(text)
        if found is None:
            raise PydanticCustomError("money_format", 'must be an amount of 0 or more, such as "128.00"')
        whole, fraction = found[1], (found[2] or "").rstrip("0")
        if len(fraction) > digits:
            raise PydanticCustomError(
                "money_decimals", "must have at most {digits} decimals", {"digits": digits}
            )
        minor: int = int(whole) * unit + (int(fraction.ljust(digits, "0")) if digits and fraction else 0)
        if minor >= MONEY_LIMIT:
            raise PydanticCustomError("money_limit", "is larger than any amount that is accepted")
        return minor

    return parse


def quantity(value: Any) -> int | float:
    """A count or a measure of 0 or more, with at most three decimals: 2, 0.532, "1.5"."""
    if type(value) is int and 0 <= value < QUANTITY_LIMIT:
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise PydanticCustomError("quantity_type", "must be a number of 0 or more")
    found = _DECIMAL.fullmatch(value if isinstance(value, str) else repr(value))
    if found is None or len(found[1]) > 9:
        raise PydanticCustomError("quantity_format", "must be a number from 0 to 999,999,999")
    fraction = (found[2] or "").rstrip("0")[:3]
    return float(f"{found[1]}.{fraction}") if fraction else int(found[1])


Quantity = Annotated[int | float, PlainValidator(quantity)]


def _iso_date(value: Any) -> str:
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise PydanticCustomError("date_format", "must be a date such as 1990-05-17") from None
    if not 1900 <= day.year <= 2100:
        raise PydanticCustomError("date_range", "must lie between 1900 and 2100")
    return day.isoformat()


def _iso_time(value: Any) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise PydanticCustomError("time_format", "must be a time such as 2026-11-22T10:00:00+08:00") from None
    if moment.tzinfo is None:
        raise PydanticCustomError("time_zone", "must state its offset, such as +08:00 or Z")
    if not 1900 <= moment.year <= 2100:
        raise PydanticCustomError("date_range", "must lie between 1900 and 2100")
    return moment.isoformat()


Birthday = Annotated[str, PlainValidator(_iso_date)]


@with_config(_OPEN)
class Profile(TypedDict):
    """What `member.joined` and `member.updated` may say about a person."""

    name: NotRequired[Annotated[str, Field(max_length=200)]]
    gender: NotRequired[Literal["", "female", "male", "other"]]
    birthday: NotRequired[Birthday]
    language: NotRequired[Literal["", "zh-hans", "zh-hant", "en"]]
    attributes: NotRequired[Annotated[dict[Name, Any], Field(max_length=ATTRIBUTES_LIMIT)]]
    consent: NotRequired[Annotated[dict[Word, bool], Field(max_length=20)]]
    channel: NotRequired[Word]
    store: NotRequired[Word]


_TEXTS: dict[str, Text] = {
    "rule": {"zh-hans": "规则", "zh-hant": "規則", "en": "rule"},
    "order_id": {"zh-hans": "订单号", "zh-hant": "訂單編號", "en": "order number"},
    "total": {"zh-hans": "订单金额", "zh-hant": "訂單金額", "en": "order total"},
    "amount": {"zh-hans": "退款金额", "zh-hant": "退款金額", "en": "amount refunded"},
    "currency": {"zh-hans": "币种", "zh-hant": "幣別", "en": "currency"},
    "channel": {"zh-hans": "渠道", "zh-hant": "通路", "en": "channel"},
    "store": {"zh-hans": "门店", "zh-hant": "門市", "en": "store"},
    "sku": {"zh-hans": "商品编码", "zh-hant": "商品編號", "en": "product code"},
    "category": {"zh-hans": "品类", "zh-hant": "品類", "en": "category"},
    "rating": {"zh-hans": "评分", "zh-hant": "評分", "en": "rating"},
    "network": {"zh-hans": "分享平台", "zh-hant": "分享平台", "en": "network"},
    "invitee": {"zh-hans": "被邀请人", "zh-hant": "受邀人", "en": "person invited"},
    "survey": {"zh-hans": "问卷", "zh-hant": "問卷", "en": "survey"},
    "page": {"zh-hans": "页面", "zh-hant": "頁面", "en": "page"},
    "query": {"zh-hans": "搜索词", "zh-hant": "搜尋詞", "en": "search words"},
    "name": {"zh-hans": "名称", "zh-hant": "名稱", "en": "name"},
    "with_photo": {"zh-hans": "带图", "zh-hant": "附照片", "en": "with a photo"},
    "ladder": {"zh-hans": "等级体系", "zh-hant": "等級體系", "en": "ladder"},
    "before": {"zh-hans": "原等级", "zh-hant": "原等級", "en": "level before"},
    "after": {"zh-hans": "新等级", "zh-hant": "新等級", "en": "level after"},
    "level": {"zh-hans": "等级", "zh-hant": "等級", "en": "level"},
    "until": {"zh-hans": "有效期至", "zh-hant": "有效期限", "en": "until"},
    "asset": {"zh-hans": "资产", "zh-hant": "資產", "en": "asset"},
    "units": {"zh-hans": "数量", "zh-hant": "數量", "en": "units"},
    "reason": {"zh-hans": "原因", "zh-hant": "原因", "en": "reason"},
    "conversion": {"zh-hans": "兑换项目", "zh-hant": "兌換項目", "en": "conversion"},
    "wallet": {"zh-hans": "储值账户", "zh-hant": "儲值帳戶", "en": "wallet"},
    "topup": {"zh-hans": "充值金额", "zh-hant": "儲值金額", "en": "amount paid in"},
    "topup_back": {"zh-hans": "退还金额", "zh-hant": "退還金額", "en": "amount paid back"},
    "benefit": {"zh-hans": "权益", "zh-hant": "權益", "en": "benefit"},
    "was": {"zh-hans": "此前状态", "zh-hant": "先前狀態", "en": "state before"},
    "topup_id": {"zh-hans": "充值单号", "zh-hant": "儲值單號", "en": "top-up number"},
}


def _fields(
    shape: Any = None, **kinds: FieldKind | tuple[FieldKind, str] | tuple[FieldKind, str, str]
) -> dict[str, PayloadField]:
    """The fields of these kinds (with the key that they are stored under, and that of their name, where these are
    others); those that the payload's TypedDict can't do without are required."""
    needed = shape.__required_keys__ if shape is not None else ()
    fields = {}
    for name, given in kinds.items():
        kind, path, text = (*given, name)[:3] if isinstance(given, tuple) else (given, name, name)
        fields[name] = PayloadField(name, _TEXTS[text], kind, path, path in needed)
    return fields


@lru_cache(maxsize=8)
def standard_types(currency: str, digits: int) -> dict[str, EventType]:
    """The event types that every programme knows, checking money in `currency` with `digits` decimals."""
    amount = Annotated[int, PlainValidator(money(digits))]

    def own_currency(value: Any) -> str:
        if value != currency:
            raise PydanticCustomError(
                "currency", "must be {currency}, the programme's currency", {"currency": currency}
            )
        return currency

    own = Annotated[str, PlainValidator(own_currency)]

    @with_config(_OPEN)
    class Line(TypedDict):
        sku: Name
        name: NotRequired[Label]
        category: NotRequired[Label]
        brand: NotRequired[Label]
        quantity: NotRequired[Quantity]
        price_minor: NotRequired[Annotated[amount, Field(alias="price")]]
        total_minor: NotRequired[Annotated[amount, Field(alias="total")]]

    @with_config(_OPEN)
    class Paid(TypedDict):
        order_id: Name
        total_minor: Annotated[amount, Field(alias="total")]
        currency: own
        channel: NotRequired[Word]
        store: NotRequired[Word]
        items: NotRequired[Annotated[list[Line], Field(max_length=ITEMS_LIMIT)]]

    @with_config(_OPEN)
    class Refunded(TypedDict):
        order_id: Name
        refund_id: NotRequired[Name]
        order_source: NotRequired[Word]
        amount_minor: Annotated[amount, Field(alias="amount")]
        currency: own
        items: NotRequired[Annotated[list[Line], Field(max_length=ITEMS_LIMIT)]]

    @with_config(_OPEN)
    class OrderEnd(TypedDict):
        """An order was completed, or cancelled."""

        order_id: Name
        order_source: NotRequired[Word]

    @with_config(_OPEN)
    class ToppedUp(TypedDict):
        wallet: Word
        topup_id: NotRequired[Name]
        amount_minor: Annotated[amount, Field(alias="amount")]
        currency: own
        channel: NotRequired[Word]
        store: NotRequired[Word]

    @with_config(_OPEN)
    class TopUpRefunded(TypedDict):
        topup_id: Name
        topup_source: NotRequired[Word]
        refund_id: NotRequired[Name]
        amount_minor: Annotated[amount, Field(alias="amount")]
        currency: own

    @with_config(_OPEN)
    class Thing(TypedDict):
        """An act that points at something: a product, a page, a post."""

        sku: NotRequired[Name]
        name: NotRequired[Label]
        category: NotRequired[Label]
        page: NotRequired[Label]
        query: NotRequired[Label]
        channel: NotRequired[Word]
        store: NotRequired[Word]
        network: NotRequired[Word]
        rating: NotRequired[Annotated[int, Field(ge=1, le=5)]]
        with_photo: NotRequired[bool]
        order_id: NotRequired[Name]
        invitee: NotRequired[Name]
        survey: NotRequired[Name]

    text, integer, yes = FieldKind.TEXT, FieldKind.INTEGER, FieldKind.BOOLEAN
    thing = TypeAdapter(Thing)

    def act(type_id: str, hans: str, hant: str, en: str, **kinds: FieldKind) -> EventType:
        name: Text = {"zh-hans": hans, "zh-hant": hant, "en": en}
        return EventType(type_id, name, _fields(Thing, **kinds), adapter=thing)

    def derived(type_id: str, hans: str, hant: str, en: str, **kinds: FieldKind) -> EventType:
        name: Text = {"zh-hans": hans, "zh-hant": hant, "en": en}
        return EventType(type_id, name, _fields(**kinds), derived=True)

    def command(type_id: str, hans: str, hant: str, en: str, **kinds: FieldKind) -> EventType:
        name: Text = {"zh-hans": hans, "zh-hant": hant, "en": en}
        return EventType(type_id, name, _fields(**kinds), command=True)

    ending = TypeAdapter(OrderEnd)
    profile = TypeAdapter(Profile)
    types = (
        EventType(
            "member.joined",
            {"zh-hans": "入会", "zh-hant": "入會", "en": "joined"},
            _fields(channel=text, store=text),
            joins=True,
            adapter=profile,
            states_profile=True,
        ),
        EventType(
            "member.updated",
            {"zh-hans": "资料更新", "zh-hant": "資料更新", "en": "profile updated"},
            adapter=profile,
            states_profile=True,
        ),
        EventType(
            "order.paid",
            {"zh-hans": "消费", "zh-hant": "消費", "en": "purchase"},
            _fields(
                Paid,
                order_id=text,
                total=(FieldKind.MONEY, "total_minor"),
                currency=text,
                channel=text,
                store=text,
            ),
            joins=True,
            has_items=True,
            adapter=TypeAdapter(Paid),
        ),
        EventType(
            "order.refunded",
            {"zh-hans": "退款", "zh-hant": "退款", "en": "refund"},
            _fields(Refunded, order_id=text, amount=(FieldKind.MONEY, "amount_minor"), currency=text),
            has_items=True,
            adapter=TypeAdapter(Refunded),
        ),
        EventType(
            "order.completed",
            {"zh-hans": "订单完成", "zh-hant": "訂單完成", "en": "order completed"},
            _fields(OrderEnd, order_id=text),
            adapter=ending,
        ),
        EventType(
            "order.cancelled",
            {"zh-hans": "订单取消", "zh-hant": "訂單取消", "en": "order cancelled"},
            _fields(OrderEnd, order_id=text),
            adapter=ending,
        ),
        EventType(
            "wallet.topped_up",
            {"zh-hans": "储值充值", "zh-hant": "儲值", "en": "wallet topped up"},
            _fields(
                ToppedUp,
                wallet=text,
                topup_id=text,
                amount=(FieldKind.MONEY, "amount_minor", "topup"),
                currency=text,
            ),
            joins=True,
            adapter=TypeAdapter(ToppedUp),
        ),
        EventType(
            "wallet.refunded",
            {"zh-hans": "储值退款", "zh-hant": "儲值退款", "en": "top-up paid back"},
            _fields(
                TopUpRefunded,
                topup_id=text,
                amount=(FieldKind.MONEY, "amount_minor", "topup_back"),
                currency=text,
            ),
            adapter=TypeAdapter(TopUpRefunded),
        ),
        act("checkin", "签到", "簽到", "check-in", channel=text, store=text),
        act(
            "product.viewed", "浏览商品", "瀏覽商品", "product viewed", sku=text, category=text, channel=text
        ),
        act("page.viewed", "浏览页面", "瀏覽頁面", "page viewed", page=text, channel=text),
        act("search.made", "搜索", "搜尋", "search", query=text, channel=text),
        act("review.posted", "评价", "評價", "review", sku=text, rating=integer, with_photo=yes),
        act("content.shared", "分享", "分享", "share", network=text, page=text, sku=text),
        act("member.invited", "邀请好友", "邀請好友", "invitation", invitee=text, channel=text),
        act("survey.answered", "填写问卷", "填寫問卷", "survey answered", survey=text),
        derived("tier.upgraded", "升级", "升級", "moved up", ladder=text, before=text, after=text),
        derived("tier.downgraded", "降级", "降級", "moved down", ladder=text, before=text, after=text),
        derived("tier.kept", "保级", "保級", "level kept", ladder=text, after=text),
        derived("tier.period_ended", "等级到期", "等級到期", "level period ended", ladder=text),
        command(
            "tier.placed",
            "人工定级",
            "人工定級",
            "level decided by hand",
            ladder=text,
            level=text,
            until=FieldKind.DATE,
            reason=text,
        ),
        command(
            "tier.released",
            "解除人工定级",
            "解除人工定級",
            "level by hand released",
            ladder=text,
            reason=text,
        ),
        derived(
            "tier.recomputed",
            "按新方案重新定级",
            "依新方案重新定級",
            "level under a new version",
            ladder=text,
        ),
        derived("tier.reviewed", "等级复核", "等級複核", "level reviewed", ladder=text),
        derived(
            "tier.grace_began",
            "进入等级宽限期",
            "進入等級寬限期",
            "level grace began",
            ladder=text,
            after=text,
        ),
        derived("asset.expired", "资产到期", "資產到期", "value expired", asset=text, units=integer),
        derived(
            "asset.matured",
            "待生效转为可用",
            "待生效轉為可用",
            "pending value matured",
            asset=text,
            units=integer,
        ),
        derived(
            "asset.expiring",
            "资产即将到期",
            "資產即將到期",
            "value about to expire",
            asset=text,
            units=integer,
        ),
        derived("asset.decayed", "资产衰减", "資產衰減", "value decayed", asset=text),
        derived("asset.received", "收到赠送", "收到贈送", "gift received", asset=text, units=integer),
        derived("asset.withdrawn", "赠送被撤回", "贈送被撤回", "gift withdrawn", asset=text, units=integer),
        derived("schedule.due", "到了设定的时间", "到了設定的時間", "scheduled", rule=text),
        derived("hold.lapsed", "冻结超时释放", "凍結逾時釋放", "hold lapsed", asset=text, units=integer),
        command(
            "asset.credited",
            "发放",
            "發放",
            "credited",
            asset=text,
            units=integer,
            reason=text,
            order_id=text,
        ),
        command(
            "asset.spent", "使用", "使用", "spent", asset=text, units=integer, reason=text, order_id=text
        ),
        command("asset.held", "冻结", "凍結", "held", asset=text, units=integer, reason=text, order_id=text),
        command("hold.captured", "冻结转使用", "凍結轉使用", "hold captured", units=integer),
        command("hold.released", "冻结释放", "凍結釋放", "hold released", units=integer),
        command("asset.reversed", "撤销", "撤銷", "reversed", units=integer, reason=text),
        command("asset.corrected", "更正", "更正", "corrected", units=integer, reason=text),
        command("asset.adjusted", "调整", "調整", "adjusted", asset=text, units=integer, reason=text),
        command("asset.ended", "提前到期", "提前到期", "ended early", asset=text, units=integer, reason=text),
        command("asset.converted", "兑换", "兌換", "converted", conversion=text, units=integer),
        command("asset.gifted", "赠送", "贈送", "gifted", asset=text, units=integer, reason=text),
        command("member.merged", "会员合并", "會員合併", "members merged", reason=text),
        command("member.unmerged", "撤销合并", "取消合併", "merge undone", reason=text),
        derived("member.merged_away", "并入其他会员", "併入其他會員", "merged into another member"),
        derived("member.restored", "恢复为独立会员", "恢復為獨立會員", "a member of their own again"),
        derived(
            "asset.moved_out", "资产转出（合并会员）", "資產轉出（合併會員）", "value moved out by a merge"
        ),
        derived(
            "asset.moved_in", "资产转入（合并会员）", "資產轉入（合併會員）", "value moved in by a merge"
        ),
        derived(
            "asset.parted",
            "资产分开（撤销合并）",
            "資產分開（取消合併）",
            "value set apart by a merge",
        ),
        derived("tier.reckoned", "等级重新计算", "等級重新計算", "level reckoned anew"),
        command(
            "benefit.given",
            "人工发放权益",
            "人工發放權益",
            "benefit given by hand",
            benefit=text,
            reason=text,
        ),
        command("benefit.claimed", "领取权益", "領取權益", "benefit claimed"),
        command(
            "benefit.used", "使用权益", "使用權益", "benefit used", benefit=text, store=text, order_id=text
        ),
        command("benefit.restored", "撤销权益使用", "撤銷權益使用", "benefit use undone"),
        command(
            "benefit.withdrawn", "人工收回权益", "人工收回權益", "benefit taken back by hand", reason=text
        ),
        derived("benefit.granted", "获得权益", "獲得權益", "benefit granted", benefit=text),
        derived("benefit.expired", "权益过期", "權益過期", "benefit expired", benefit=text, was=text),
        derived(
            "benefit.expiring_claim",
            "权益即将截止领取",
            "權益即將截止領取",
            "benefit to be claimed soon",
            benefit=text,
        ),
        derived(
            "benefit.expiring_use", "权益即将到期", "權益即將到期", "benefit to be used soon", benefit=text
        ),
        derived("benefit.renewed", "权益新一期开始", "權益新一期開始", "benefit renewed", benefit=text),
        derived("benefit.taken_back", "权益收回", "權益收回", "benefit taken back", benefit=text),
        command("gift.revoked", "撤回赠送", "撤回贈送", "gift taken back"),
        *plan_types(amount, own, Birthday),
    )
    return {one.id: one for one in types}


_KINDS: dict[FieldKind, Any] = {
    FieldKind.TEXT: Annotated[str, Field(max_length=500)],
    FieldKind.INTEGER: Annotated[int, Field(ge=-(10**12), le=10**12)],
    FieldKind.NUMBER: Annotated[float, Field(ge=-1e12, le=1e12)],
    FieldKind.BOOLEAN: bool,
    FieldKind.TIME: Annotated[str, PlainValidator(_iso_time)],
    FieldKind.DATE: Annotated[str, PlainValidator(_iso_date)],
}


def brand_type(
    type_id: str, name: Text, fields: dict[str, PayloadField], joins: bool, digits: int
) -> EventType:
    """An event type that a brand registers in its programme."""
    kinds = {**_KINDS, FieldKind.MONEY: Annotated[int, PlainValidator(money(digits))]}
    shape: dict[str, Any] = {}
    for one in fields.values():
        kind = kinds[one.kind]
        if one.path != one.id:
            kind = Annotated[kind, Field(alias=one.id)]
        shape[one.path] = kind if one.required else NotRequired[kind]
    payload = with_config(_OPEN)(TypedDict("payload", shape))  # type: ignore[operator]
    return EventType(type_id, name, fields, joins=joins, adapter=TypeAdapter(payload))
