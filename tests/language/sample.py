"""A programme with one of everything that conditions can ask for."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.events.contracts import EventType, FieldKind, PayloadField
from regulars.kit import ids
from regulars.language.calendar import RoundUp, local_day
from regulars.language.condition import Condition, Facts, Fields, compile_condition, parse_condition
from regulars.language.events import Event
from regulars.language.problems import words
from regulars.language.snapshot import Snapshot
from regulars.ledger.contracts import Asset, Clawback, Expiry, Wallet
from regulars.programme.contracts import Attribute, Programme
from regulars.programme.vocabulary import fields_for
from regulars.tiers.contracts import TOTAL, Kind, Ladder, Level, Measure, Part, Period

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _payload(name: str, kind: FieldKind) -> PayloadField:
    path = f"{name}_minor" if kind is FieldKind.MONEY else name
    return PayloadField(name, words(f"{name} 字段", f"{name} 欄位", name), kind, path)


PAYLOAD = {
    "total": PayloadField(
        "total", words("订单金额", "訂單金額", "order total"), FieldKind.MONEY, "total_minor"
    ),
    "channel": PayloadField("channel", words("渠道", "通路", "channel"), FieldKind.TEXT, "channel"),
    "rating": _payload("rating", FieldKind.INTEGER),
    "weight": _payload("weight", FieldKind.NUMBER),
    "gift": _payload("gift", FieldKind.BOOLEAN),
    "due": _payload("due", FieldKind.DATE),
    "shipped": _payload("shipped", FieldKind.TIME),
}
ORDER = EventType("order.paid", words("消费", "消費", "purchase"), PAYLOAD, joins=True, has_items=True)
CHECKIN = EventType("checkin", words("签到", "簽到", "check-in"))


MEASURE = Measure(Kind.ASSET, (Part("credit:points", TOTAL),), "points")


def _levels() -> tuple[Level, ...]:
    return (
        Level("basic", words("普通会员", "一般會員", "Member"), 0, 0),
        Level("silver", words("银卡会员", "銀卡會員", "Silver"), 1000, 1),
        Level("gold", words("金卡会员", "金卡會員", "Gold"), 2500, 2),
    )


def programme(zone: ZoneInfo = SHANGHAI, currency: str = "CNY") -> Programme:
    """A programme with assets of scale 0 and 2, two ladders, attributes of every kind and two event types."""
    keep = Expiry()
    return Programme(
        number=1,
        id="sample",
        name=words("样例", "範例", "Sample"),
        zone=zone,
        currency=currency,
        minor_digits=2,
        language="zh-hans",
        quiet_after_days=2,
        assets={
            "points": Asset("points", words("积分", "點數", "points"), True, keep, Clawback.DEBT),
            "credit": Asset("credit", words("储值", "儲值", "credit"), True, keep, Clawback.DEBT, scale=2),
        },
        ladders={
            "level": Ladder(
                "level", words("会员等级", "會員等級", "level"), MEASURE, Period(12, RoundUp.MONTH), _levels()
            ),
            "vip": Ladder(
                "vip",
                words("VIP 等级", "VIP 等級", "VIP level"),
                MEASURE,
                Period(12, RoundUp.MONTH),
                _levels()[1:],
            ),
        },
        attributes={
            "city": Attribute("city", words("城市", "城市", "city"), "text"),
            "size": Attribute("size", words("家庭人数", "家庭人數", "household size"), "number"),
            "pet": Attribute("pet", words("养宠物", "有養寵物", "has a pet"), "boolean"),
            "married": Attribute("married", words("结婚日", "結婚日", "wedding day"), "date"),
            "age_group": Attribute(
                "age_group", words("年龄段", "年齡層", "age group"), "choice", ("19-24", "25-34", "65+")
            ),
        },
        templates={},
        event_types={ORDER.id: ORDER, CHECKIN.id: CHECKIN},
        rules=(),
        wallets={"purse": Wallet("purse", words("钱包", "錢包", "purse"), "credit", "points")},
    )


PROGRAMME = programme()
FIELDS = fields_for(PROGRAMME, ORDER)
AUDIENCE = fields_for(PROGRAMME, None)


def parsed(raw: Any, fields: Fields = FIELDS) -> Condition:
    return parse_condition(raw, fields)


def leaf(name: str, op: str, value: Any = None, **more: Any) -> dict[str, Any]:
    """A leaf as YAML gives it."""
    return {"field": name, "op": op, **({} if value is None else {"value": value}), **more}


def facts(
    member: Snapshot | None = None,
    at: datetime = datetime(2026, 11, 22, 2, tzinfo=UTC),
    data: dict[str, Any] | None = None,
    zone: ZoneInfo = SHANGHAI,
) -> Facts:
    """An order paid by `member` at `at`."""
    member = member or Snapshot(UUID(int=7))
    event = Event(ids.time_id(at), "pos", "o-1", "order.paid", member.member_id, at, data or {})
    return Facts(event, member, local_day(at, zone), zone, at)


def day(text: str) -> date:
    return date.fromisoformat(text)


def holds(raw: Any, given: Facts | None = None) -> bool:
    """Whether the condition holds, asked both ways."""
    compiled = compile_condition(parsed(raw), FIELDS)
    given = given or facts()
    held = compiled.matches(given)
    assert compiled.explain(given)[0] is held
    return held


def member(**more: Any) -> Snapshot:
    return Snapshot(UUID(int=7), **more)
