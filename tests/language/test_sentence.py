"""Conditions read the way a colleague would say them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import yaml

from regulars.language.condition import compile_condition
from regulars.language.operators import WANTS, Wants, operators_of
from regulars.language.sentence import describe_values, sentence
from regulars.language.snapshot import Profile, Snapshot, Standing
from regulars.language.text import LANGUAGES
from regulars.programme.vocabulary import fields_for
from tests.language.sample import FIELDS, ORDER, day, facts, leaf, parsed, programme

SENTENCES = [
    (
        """
        all:
          - {field: orders.spend, window: {days: 30}, op: gte, value: 500}
          - none: [{field: tags, op: has, value: staff}]
        """,
        "近 30 天消费满 500 元，且不含标签“staff”",
        "近 30 天消費滿 500 元，且不含標籤「staff」",
        "spent at least ¥500 in the last 30 days, and does not have the tag “staff”",
    ),
    ("{field: calendar.day, op: eq, value: 18}", "每月 18 日", "每月 18 日", "on day 18 of the month"),
    (
        "{field: calendar.weekday, op: in, value: [6, 7]}",
        "在周六或周日",
        "在週六或週日",
        "on Saturday or Sunday",
    ),
    ("{field: calendar.month, op: eq, value: 11}", "在 11 月", "在 11 月", "in November"),
    ("{field: calendar.is_birthday, op: eq, value: true}", "当天是生日", "當天是生日", "on the birthday"),
    (
        "{field: calendar.is_birthday, op: ne, value: true}",
        "当天不是生日",
        "當天不是生日",
        "not on the birthday",
    ),
    ("{field: calendar.holiday, op: is_set}", "在节假日", "在國定假日", "on a public holiday"),
    (
        "{field: calendar.hour, op: between, value: [18, 21]}",
        "时段（几点）在 18 至 21 点之间",
        "時段（幾點）介於 18 至 21 點",
        "hour of the day is between 18 and 21 o’clock",
    ),
    (
        "{field: level.level, op: gte, value: silver}",
        "会员等级在银卡会员及以上",
        "會員等級在銀卡會員及以上",
        "level is Silver or above",
    ),
    (
        "{field: member.identities, op: has_not, value: phone}",
        "未绑定手机",
        "未綁定手機",
        "has no phone on file",
    ),
    (
        "{field: orders.count, op: gte, value: 1}",
        "累计下单满 1 笔",
        "累計下單滿 1 筆",
        "placed at least 1 order in all",
    ),
    (
        "{field: orders.days_since_last, op: gt, value: 90}",
        "距上次消费超过 90 天",
        "距上次消費超過 90 天",
        "last purchase was more than 90 days ago",
    ),
    ("{field: orders.last_at, op: is_not_set}", "从未消费", "從未消費", "has never bought anything"),
    (
        "{field: event.total, op: between, value: [100, 1999.5]}",
        "订单金额在 100 元至 1,999.5 元之间",
        "訂單金額介於 100 元至 1,999.5 元",
        "order total is between ¥100 and ¥1,999.5",
    ),
    (
        "{field: earned.points, window: {months: 12}, op: lt, value: 3000}",
        "近 12 个月获得积分不足 3,000",
        "近 12 個月獲得點數未滿 3,000",
        "earned less than 3,000 points in the last 12 months",
    ),
    (
        "{field: events.checkin.count, window: {days: 7}, op: gte, value: 5}",
        "近 7 天“签到”满 5 次",
        "近 7 天「簽到」滿 5 次",
        "“check-in” happened at least 5 times in the last 7 days",
    ),
    (
        "{any: [{field: member.name, op: contains, value: 张 三}, {field: balance.points, op: eq, value: 0}]}",
        "姓名包含“张 三”，或积分余额等于 0",
        "姓名包含「张 三」，或點數餘額等於 0",
        "name contains “张 三”, or points balance is exactly 0",
    ),
    (
        """
        all:
          - any: [{field: tags, op: has, value: a}, {field: tags, op: has, value: b}]
          - {field: member.birthday, op: is_set}
        """,
        "（含标签“a”，或含标签“b”），且生日已填写",
        "（含標籤「a」，或含標籤「b」），且生日已填寫",
        "(has the tag “a”, or has the tag “b”), and birthday is known",
    ),
    (
        "{none: [{field: orders.spend, op: gte, value: 500}, {field: member.age, op: gte, value: 18}]}",
        "累计消费不足 500 元，且并非“年龄满 18 岁”",
        "累計消費未滿 500 元，且並非「年齡滿 18 歲」",
        "spent less than ¥500 in all, and it is not the case that age is at least 18 years",
    ),
    (
        "{items: none, where: {field: item.category, op: eq, value: 酒}}",
        "没有商品的品类是“酒”",
        "沒有商品的品類是「酒」",
        "no item’s category is “酒”",
    ),
    (
        "{none: [{items: any, where: {field: item.category, op: eq, value: 酒}}]}",
        "没有商品的品类是“酒”",
        "沒有商品的品類是「酒」",
        "no item’s category is “酒”",
    ),
    (
        """
        items: any
        where: {all: [{field: item.brand, op: eq, value: A}, {field: item.total, op: gte, value: 30}]}
        """,
        "有商品符合（品牌是“A”，且小计满 30 元）",
        "有商品符合（品牌是「A」，且小計滿 30 元）",
        "some item satisfies (brand is “A”, and line total is at least ¥30)",
    ),
]


@pytest.mark.parametrize(("written", "hans", "hant", "en"), SENTENCES)
def test_sentences(written: str, hans: str, hant: str, en: str) -> None:
    condition = parsed(yaml.safe_load(written))
    assert [sentence(condition, FIELDS, language) for language in LANGUAGES] == [hans, hant, en]


@pytest.mark.parametrize(
    ("currency", "hans", "hant", "en"),
    [
        ("TWD", "订单金额满新台币 500 元", "訂單金額滿 500 元", "order total is at least NT$500"),
        ("SEK", "订单金额满 500 SEK", "訂單金額滿 500 SEK", "order total is at least 500 SEK"),
    ],
)
def test_money_in_the_programmes_currency(currency: str, hans: str, hant: str, en: str) -> None:
    fields = fields_for(programme(ZoneInfo("Asia/Taipei"), currency), ORDER)
    condition = parsed(leaf("event.total", "gte", 500), fields)
    assert [sentence(condition, fields, language) for language in LANGUAGES] == [hans, hant, en]


def test_braces_in_a_brands_own_names_are_just_braces() -> None:
    named = replace(
        programme(),
        assets={"points": replace(programme().assets["points"], name={"en": "{x} points {"})},
        event_types={"order.paid": replace(ORDER, name={"en": "{0} buys }"})},
    )
    fields = fields_for(named, ORDER)
    said = [
        sentence(parsed(leaf(name, "gte", 5), fields), fields, "en")
        for name in ("earned.points", "balance.points", "events.order.paid.count")
    ]
    assert said == [
        "earned at least 5 {x} points { in all",
        "{x} points { balance is at least 5",
        "“{0} buys }” happened at least 5 times in all",
    ]


def every_leaf() -> list[dict[str, Any]]:
    """One leaf for every operator of every field."""
    plain = {
        "boolean": True,
        "date": "2026-11-22",
        "time": "2026-11-22",
        "number": 2.5,
        "money": 2.5,
        "integer": 5,
    }
    leaves = []
    for field in FIELDS:
        for op in operators_of(field):
            value = field.choices[0].value if field.choices else plain.get(field.type.value, "v")
            given = {Wants.NOTHING: None, Wants.ONE: value, Wants.PAIR: [value, value], Wants.MANY: [value, value],
                     Wants.DAYS: 7, Wants.STEP: 5}[WANTS[op]]  # fmt: skip
            raw = leaf(field.name, op.value, given)
            leaves.append({"items": "any", "where": raw} if field.scope == "line" else raw)
    return leaves


def test_every_operator_of_every_field_can_be_said() -> None:
    leaves = every_leaf()
    assert len(leaves) > 300
    said = {language: [sentence(parsed(raw), FIELDS, language) for raw in leaves] for language in LANGUAGES}
    for language, sentences in said.items():
        for raw, spoken in zip(leaves, sentences, strict=True):
            assert spoken == spoken.strip(), (language, raw)
            assert "{" not in spoken, (language, raw)
            assert "  " not in spoken, (language, raw)
            assert "|" not in spoken, (language, raw)
    assert all(hans.isascii() is False for hans in said["zh-hans"])
    assert not [en for en in said["en"] if any("\u4e00" <= char <= "\u9fff" for char in en)]


def test_what_was_seen_is_told_part_by_part() -> None:
    condition = parsed(
        {
            "all": [
                leaf("event.total", "gte", 500),
                {"any": [leaf("member.birthday", "is_set"), leaf("event.channel", "eq", "app")]},
                {"none": [leaf("tags", "has", "staff")]},
                {"items": "all", "where": leaf("item.category", "eq", "BREAD")},
            ]
        }
    )
    given = facts(
        Snapshot(UUID(int=7), tags={"staff", "vip"}, profile=Profile(birthday=day("2000-02-29"))),
        datetime(2026, 11, 22, tzinfo=UTC),
        {"total_minor": 12800, "items": [{"category": "BREAD"}, {"category": "MILK"}]},
    )
    held, seen = compile_condition(condition, FIELDS).explain(given)
    assert held is False
    assert describe_values(condition, FIELDS, "zh-hans", seen, given.day) == [
        {"text": "订单金额满 500 元", "held": False, "seen": "128 元", "parts": []},
        {
            "text": "生日已填写，或渠道是App",
            "held": True,
            "seen": None,
            "parts": [
                {"text": "生日已填写", "held": True, "seen": "2000-02-29", "parts": []},
                {"text": "渠道是App", "held": False, "seen": "没有", "parts": []},
            ],
        },
        {"text": "不含标签“staff”", "held": False, "seen": "“staff”", "parts": []},
        {"text": "每件商品的品类是“BREAD”", "held": False, "seen": "2 件中有 1 件符合", "parts": []},
    ]


def test_a_single_leaf_is_told_as_one_line() -> None:
    condition = parsed(leaf("calendar.weekday", "in", [6, 7]))
    given = facts()
    seen = compile_condition(condition, FIELDS).explain(given)[1]
    assert describe_values(condition, FIELDS, "en", seen, given.day) == [
        {"text": "on Saturday or Sunday", "held": True, "seen": "Sunday", "parts": []}
    ]


def test_a_level_that_left_the_ladder_is_neither_above_nor_below() -> None:
    condition = parsed({"none": [leaf("level.level", "lt", "silver")]})
    given = facts(
        Snapshot(UUID(int=7), standings={"level": Standing("level", "retired", day("2026-01-01"), None)})
    )
    held, seen = compile_condition(condition, FIELDS).explain(given)
    assert held is True
    (line,) = describe_values(condition, FIELDS, "zh-hans", seen, given.day)
    assert (line["text"], line["held"]) == ("并非“会员等级低于银卡会员”", True)
