"""What events about paid plans say: those of the payment side, those that follow, and commands."""

from typing import Annotated, Any, NotRequired
from uuid import UUID

from pydantic import ConfigDict, Field, PlainValidator, TypeAdapter, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from regulars.events.contracts import EventType, FieldKind, PayloadField
from regulars.language.text import Text

_OPEN = ConfigDict(extra="allow", str_strip_whitespace=False, allow_inf_nan=False)
Name = Annotated[str, Field(min_length=1, max_length=100)]
Word = Annotated[str, Field(min_length=1, max_length=60)]
TEXT, INTEGER, MONEY = FieldKind.TEXT, FieldKind.INTEGER, FieldKind.MONEY
YES, DATE = FieldKind.BOOLEAN, FieldKind.DATE

NAMES: dict[str, Text] = {
    "plan": {"zh-hans": "付费会员方案", "zh-hant": "付費會員方案", "en": "plan"},
    "period": {"zh-hans": "付费周期", "zh-hant": "付費週期", "en": "period"},
    "price": {"zh-hans": "实付金额", "zh-hant": "實付金額", "en": "price paid"},
    "payment_id": {"zh-hans": "支付单号", "zh-hant": "付款單號", "en": "payment number"},
    "amount": {"zh-hans": "退款金额", "zh-hant": "退款金額", "en": "amount refunded"},
    "auto_renew": {"zh-hans": "自动续费", "zh-hant": "自動續費", "en": "renews by itself"},
    "before": {"zh-hans": "原方案", "zh-hant": "原方案", "en": "plan before"},
    "days_left": {"zh-hans": "剩余天数", "zh-hant": "剩餘天數", "en": "days left"},
    "until": {"zh-hans": "有效期至", "zh-hant": "有效期至", "en": "last day"},
    "reason": {"zh-hans": "原因", "zh-hant": "原因", "en": "reason"},
    "days": {"zh-hans": "天数", "zh-hant": "天數", "en": "days"},
}


def _uuid(value: Any) -> str:
    try:
        return str(UUID(value))
    except (TypeError, ValueError, AttributeError):
        raise PydanticCustomError("quote_id", "must be the operation_id that a quote answered with") from None


Quote = Annotated[str, PlainValidator(_uuid)]


def plan_types(amount: Any, own: Any, day: Any) -> tuple[EventType, ...]:
    """All types about plans; `amount`, `own` (currency) and `day` are what checks these in payloads."""

    @with_config(_OPEN)
    class Paid(TypedDict):
        plan: Word
        period: Word
        price_minor: Annotated[amount, Field(alias="price")]
        currency: NotRequired[own]
        payment_id: Name
        auto_renew: NotRequired[bool]
        starts: NotRequired[day]
        quote: NotRequired[Quote]

    @with_config(_OPEN)
    class Failed(TypedDict):
        plan: Word
        period: NotRequired[Word]
        payment_id: NotRequired[Name]
        reason: NotRequired[Annotated[str, Field(max_length=500)]]

    @with_config(_OPEN)
    class Refunded(TypedDict):
        payment_id: Name
        payment_source: NotRequired[Word]
        refund_id: NotRequired[Name]
        amount_minor: Annotated[amount, Field(alias="amount")]
        currency: NotRequired[own]

    @with_config(_OPEN)
    class Renewal(TypedDict):
        """Renewal by itself was switched off, or on again."""

        plan: Word
        reason: NotRequired[Annotated[str, Field(max_length=500)]]

    paid = _fields(plan=TEXT, period=TEXT, price=MONEY, payment_id=TEXT, auto_renew=YES)
    came = {"price": "price_minor", "amount": "amount_minor"}
    outside = (
        ("plan.paid", "支付会员费", "支付會員費", "plan paid", paid, Paid),
        (
            "plan.payment_failed", "会员费扣款失败", "會員費扣款失敗", "plan payment failed",
            _fields(plan=TEXT, period=TEXT, reason=TEXT), Failed,
        ),
        (
            "plan.refunded", "会员费退款", "會員費退款", "plan refunded",
            _fields(payment_id=TEXT, amount=MONEY), Refunded,
        ),
        ("plan.cancelled", "关闭自动续费", "關閉自動續費", "renewal cancelled", _fields(plan=TEXT), Renewal),
        (
            "plan.renewal_on", "开启自动续费", "開啟自動續費", "renewal switched on",
            _fields(plan=TEXT), Renewal,
        ),
    )  # fmt: skip
    types = [
        EventType(one, _text(*said), _stored(fields, came, shape), adapter=TypeAdapter(shape))
        for one, *said, fields, shape in outside
    ]
    types[0] = EventType(types[0].id, types[0].name, types[0].fields, joins=True, adapter=types[0].adapter)
    return (*types, *_derived(), *_commands())


def _derived() -> tuple[EventType, ...]:
    run = _fields(plan=TEXT, period=TEXT, until=DATE, auto_renew=YES)
    kinds = (
        ("plan.started", "付费会员开通", "付費會員開通", "plan started", run),
        ("plan.renewed", "付费会员续费", "付費會員續費", "plan renewed", run),
        ("plan.resumed", "付费会员恢复", "付費會員恢復", "plan resumed", run),
        ("plan.changed", "付费会员变更", "付費會員變更", "plan changed", _fields(plan=TEXT, period=TEXT, before=TEXT)),
        ("plan.trial_started", "试用开始", "試用開始", "trial started", _fields(plan=TEXT, until=DATE)),
        ("plan.trial_ended", "试用结束", "試用結束", "trial ended", _fields(plan=TEXT)),
        (
            "plan.expiring", "付费会员即将到期", "付費會員即將到期", "plan about to end",
            _fields(plan=TEXT, period=TEXT, until=DATE, days_left=INTEGER, auto_renew=YES),
        ),
        ("plan.lapsed", "付费会员到期", "付費會員到期", "plan lapsed", _fields(plan=TEXT, period=TEXT)),
        ("plan.turned", "付费周期切换", "付費週期切換", "next period began", _fields(plan=TEXT)),
        ("plan.day", "付费会员每日成长", "付費會員每日成長", "a day of a plan", _fields(plan=TEXT, period=TEXT)),
    )  # fmt: skip
    return tuple(EventType(one, _text(*said), fields, derived=True) for one, *said, fields in kinds)


def _commands() -> tuple[EventType, ...]:
    kinds = (
        ("plan.trial_taken", "领取试用", "領取試用", "trial taken", _fields(plan=TEXT)),
        ("plan.applied", "申请付费会员", "申請付費會員", "applied for a plan", _fields(plan=TEXT)),
        ("plan.approved", "申请通过", "申請通過", "application approved", _fields(plan=TEXT, reason=TEXT)),
        ("plan.refused", "申请未通过", "申請未通過", "application refused", _fields(plan=TEXT, reason=TEXT)),
        ("plan.quoted", "方案报价", "方案報價", "plan quoted", _fields(plan=TEXT, period=TEXT)),
    )  # fmt: skip
    return tuple(EventType(one, _text(*said), fields, command=True) for one, *said, fields in kinds)


def _text(hans: str, hant: str, en: str) -> Text:
    return {"zh-hans": hans, "zh-hant": hant, "en": en}


def _fields(**kinds: FieldKind) -> dict[str, PayloadField]:
    return {name: PayloadField(name, NAMES[name], kind, name) for name, kind in kinds.items()}


def _stored(fields: dict[str, PayloadField], paths: dict[str, str], shape: Any) -> dict[str, PayloadField]:
    """The same, money under the key that it is stored under, and required what the payload can't do without."""
    stored = {}
    for name, one in fields.items():
        path = paths[name] if one.kind is MONEY else name
        stored[name] = PayloadField(name, one.name, one.kind, path, path in shape.__required_keys__)
    return stored
