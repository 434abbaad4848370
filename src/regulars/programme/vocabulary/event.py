"""Fields of the event itself and of its order lines."""

from collections.abc import Callable, Iterator
from typing import Any

from regulars.events.contracts import EventType, PayloadField
from regulars.language.fields import NUMERIC, Choice, Facts, Field, Read, Scope, Style, Type
from regulars.language.problems import words
from regulars.language.sql_text import Clock, Sql, param, sql
from regulars.language.text import Text
from regulars.language.tree import Window
from regulars.ledger.contracts import Asset, Conversion, Wallet
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary.channels import KNOWN_CHANNELS
from regulars.programme.vocabulary.json_values import TYPES, json_reader, json_sql

EVENT_NAMES = ("type", "source", "time")
"""What conditions call `event.…` beside the payload's fields, which therefore must be called otherwise."""

TOPPED_UP = "wallet.topped_up"
DRAWN = ("asset.spent", "asset.held")
"""Commands that take units of an asset, or of a wallet."""

PLAN = "plan."

LINE = Sql("l.line")
"""The order line that a condition on lines asks about, in SQL."""


def event_fields(programme: Programme, event_type: EventType) -> Iterator[Field]:
    """What can be asked about an event of this type."""
    yield Field(
        "event.type",
        Type.CHOICE,
        words("事件", "事件", "event"),
        lambda _: lambda facts: facts.event.type if facts.event else None,
        lambda _clock, _window: Sql("e.type"),
        choices=tuple(Choice(each.id, each.name) for each in programme.event_types.values()),
        never_missing=True,
    )
    yield Field(
        "event.source",
        Type.TEXT,
        words("事件来源", "事件來源", "event source"),
        lambda _: lambda facts: (facts.event.source or None) if facts.event else None,
        lambda _clock, _window: Sql("NULLIF(e.source, '')"),
    )
    yield Field(
        "event.time",
        Type.TIME,
        words("发生时间", "發生時間", "time of the event"),
        lambda _: lambda facts: facts.event.time if facts.event else None,
        lambda _clock, _window: Sql("e.time"),
        never_missing=True,
        style=Style.POINT,
    )
    for payload in event_type.fields.values():
        if payload.id not in EVENT_NAMES:
            yield _payload_field(payload, _named(programme, event_type, payload.id))
    if event_type.has_items:
        yield from _line_fields()


def _named(programme: Programme, event_type: EventType, name: str) -> tuple[Choice, ...]:
    """What a field of a type that is built in names of the programme, so that a rule can't ask for what there is
    not. A wallet is spent and held as an asset is."""
    if event_type.id.startswith(PLAN):
        return _plan_names(programme, name)
    if not (event_type.derived or event_type.command or event_type.id == TOPPED_UP):
        return ()
    named: list[Asset | Wallet | Conversion] = []
    if name == "asset":
        named += programme.assets.values()
    if name == "wallet" or (name == "asset" and event_type.id in DRAWN):
        named += programme.wallets.values()
    if name == "conversion":
        named += programme.conversions.values()
    return tuple(Choice(each.id, each.name) for each in named)


def _plan_names(programme: Programme, name: str) -> tuple[Choice, ...]:
    """The plans, or their periods, that an event about a plan may name."""
    if name in ("plan", "before"):
        return tuple(Choice(one.id, one.name) for one in programme.plans.values())
    if name == "period":
        periods = {one.id: one.name for plan in programme.plans.values() for one in plan.periods}
        return tuple(Choice(one, label) for one, label in periods.items())
    return ()


def _payload_field(payload: PayloadField, choices: tuple[Choice, ...]) -> Field:
    kind = Type.CHOICE if choices else TYPES[payload.kind]
    typed, path = json_reader(kind), payload.path

    def reader(_: Window | None) -> Read:
        def read(facts: Facts) -> Any:
            return typed(facts.event.data.get(path)) if facts.event else None

        return read

    return Field(
        f"event.{payload.id}",
        kind,
        payload.name,
        reader,
        lambda _clock, _window: json_sql(kind, sql("(e.data::jsonb -> {})", param(path, "text"))),
        choices=choices,
        known=KNOWN_CHANNELS if payload.id == "channel" else (),
        style=style_of(kind),
    )


def style_of(kind: Type) -> Style:
    """How sentences speak of a field of that type."""
    if kind in NUMERIC:
        return Style.AMOUNT
    return Style.POINT if kind in (Type.DATE, Type.TIME) else Style.PLAIN


def _line_fields() -> Iterator[Field]:
    text, number, money = Type.TEXT, Type.NUMBER, Type.MONEY
    yield _line_field("sku", text, "sku", words("商品编码", "商品編號", "product code"))
    yield _line_field("name", text, "name", words("名称", "名稱", "name"))
    yield _line_field("category", text, "category", words("品类", "品類", "category"))
    yield _line_field("brand", text, "brand", words("品牌", "品牌", "brand"))
    yield _line_field("quantity", number, "quantity", words("数量", "數量", "quantity"))
    yield _line_field("price", money, "price_minor", words("单价", "單價", "price"))
    yield _line_field("total", money, "total_minor", words("小计", "小計", "line total"))


def _line_field(name: str, kind: Type, path: str, label: Text) -> Field:
    typed = json_reader(kind)

    def sql_of(_clock: Clock, _window: Window | None) -> Sql:
        return json_sql(kind, sql("({} -> {})", LINE, param(path, "text")))

    return Field(
        f"item.{name}",
        kind,
        label,
        _line_reader(typed, path),
        sql_of,
        scope=Scope.LINE,
        style=style_of(kind),
    )


def _line_reader(typed: Callable[[Any], Any], path: str) -> Callable[[Window | None], Read]:
    return lambda _: lambda line: typed(line.get(path))
