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
from regulars.events.fields import fields
from regulars.events.own_types import OWN_TYPES
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
        return EventType(type_id, name, fields(Thing, **kinds), adapter=thing)

    ending = TypeAdapter(OrderEnd)
    profile = TypeAdapter(Profile)
    types = (
        EventType(
            "member.joined",
            {"zh-hans": "入会", "zh-hant": "入會", "en": "joined"},
            fields(channel=text, store=text),
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
            fields(
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
            fields(Refunded, order_id=text, amount=(FieldKind.MONEY, "amount_minor"), currency=text),
            has_items=True,
            adapter=TypeAdapter(Refunded),
        ),
        EventType(
            "order.completed",
            {"zh-hans": "订单完成", "zh-hant": "訂單完成", "en": "order completed"},
            fields(OrderEnd, order_id=text),
            adapter=ending,
        ),
        EventType(
            "order.cancelled",
            {"zh-hans": "订单取消", "zh-hant": "訂單取消", "en": "order cancelled"},
            fields(OrderEnd, order_id=text),
            adapter=ending,
        ),
        EventType(
            "wallet.topped_up",
            {"zh-hans": "储值充值", "zh-hant": "儲值", "en": "wallet topped up"},
            fields(
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
            fields(
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
        *OWN_TYPES,
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
