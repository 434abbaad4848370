"""What a ladder, a matrix or a decay can't say: each fault with its place and a way out."""

from typing import Any

import pytest

from regulars.programme.holdings import asset_terms_in_words
from regulars.programme.ladder_words import ladder_in_words, level_in_words
from regulars.programme.loader import InvalidProgramme, load

BASE = """\
programme: shop
name: Shop
timezone: Asia/Shanghai
currency: CNY
assets:
  points: {name: points}
  growth: {name: growth, spendable: false, decay: {after_days: 7, per_day: 5}}
attributes:
  taste: {name: taste, choices: [film, food]}
  city: {name: city, type: text}
ladders:
  level:
    name: Level
    measure: {of: spend, over: calendar_year}
    period: {months: 12, round: year}
    down: {floor: silver}
    grace: {days: 30}
    levels:
      - {id: basic, name: Basic, at: 0}
      - {id: silver, name: Silver, at: 100, keep_at: 80}
      - {id: gold, name: Gold, at: "999.50", keep_at: 500, when: {field: level.other, op: gte, value: b}}
  other:
    name: Other
    measure: {event: checkin, over: lifetime}
    period: none
    levels:
      - {id: a, name: A, at: 0}
      - {id: b, name: B, at: 3}
matrices:
  cross: {name: Cross, ladder: level, attribute: taste, cells: {gold/film: Gold film}}
"""

CASES: list[tuple[str, str, str, str]] = [
    ("of: spend", "of: spend, asset: points", "ladders.level.measure", "one thing to rank by"),
    ("event: checkin", "event: tier.kept", "ladders.other.measure.event", "no such event type"),
    ("over: lifetime", "over: lifetime, months: 3", "ladders.other.measure.over", "beside months"),
    ("of: spend", "topup: salon", "ladders.level.measure.topup", "no such wallet"),
    ("keep_at: 80", "keep_at: 101", "ladders.level.levels.1.keep_at", "could not keep it"),
    ("keep_at: 500", "keep_at: 70", "ladders.level.levels.2.keep_at", "must not be below silver"),
    ("at: 100,", "at: 1000,", "ladders.level.levels.2.at", "above the level before"),
    ("name: Basic, at: 0", "name: Basic, at: 0, keep_at: 0", "ladders.level.levels.0.keep_at", "leave it out"),
    ("floor: silver", "floor: iron", "ladders.level.down.floor", "there is no such level; there are: basic"),
    ("period: none", "period: none\n    down: one", "ladders.other.down", "goes with a period"),
    ("period: none", "period: none\n    up: day_end", "ladders.other.up", "goes with a period"),
    ("period: none", "period: none\n    grace: {days: 3}", "ladders.other.grace", "goes with a period"),
    ("period: none", "period: sometimes", "ladders.other.period", "must be none, or say how long"),
    ("down: {floor: silver}", "down: far", "ladders.level.down", "must be earned, one, or say how far"),
    ("field: level.other, op: gte, value: b", "field: level.level, op: gte, value: gold",
     "ladders.level.levels.2.when", "(level → level)"),
    ("name: B, at: 3", "name: B, at: 3, when: {field: matrix.cross, op: eq, value: gold/film}",
     "ladders.level.levels.2.when", "(level → other → level)"),
    ("attribute: taste", "attribute: city", "matrices.cross.attribute", "lists its choices"),
    ("gold/film: Gold film", "iron/film: Iron", "matrices.cross.cells.iron/film", "there is no such cell"),
    ("spendable: false, decay", "decay", "assets.growth.decay", "state expires"),
    ("per_day: 5}", "per_day: 5}, expires: {months: 1}", "assets.growth.decay", "beside expires"),
    ("per_day: 5}", "per_day: 5, of: {plan: vip}}", "assets.growth.decay.of.plan", "such plan"),
]  # fmt: skip


def test_the_programme_is_sound_and_says_itself() -> None:
    programme = load(BASE)
    level = programme.ladders["level"]
    assert [(one.at, one.keep_at) for one in level.levels] == [(0, 0), (10000, 8000), (99950, 50000)]
    assert ladder_in_words(level, programme, "en") == (
        "The level follows the money spent, less refunds, in the calendar year. Members rise at once; a level is kept "
        "for 12 months to the end of the year, then looked at again, with 30 days of grace for who does not keep it; "
        "nobody falls below Silver from there or above."
    )
    assert level_in_words(level.levels[1], level, programme, "zh-hans") == "100 元起，保级 80 元"
    other = programme.ladders["other"]
    assert ladder_in_words(other, programme, "zh-hans") == (
        "按入会以来“签到”的次数定级。达标即升级；等级没有有效期，不达标即降级。"
    )


def test_decay_says_itself() -> None:
    programme = load(BASE)
    growth = programme.assets["growth"]
    assert asset_terms_in_words(growth, programme, "en")[0] == (
        "After 7 days without earning or spending, 5 go every day, down to 0."
    )
    assert asset_terms_in_words(growth, programme, "zh-hans")[0] == (
        "连续 7 天没有获得或使用，之后每天减少 5，最低到 0。"
    )
    plan = "plans:\n  vip: {name: VIP, periods: [{id: month, name: Month, months: 1, price: 10}]}\n"
    paid = load(BASE.replace("per_day: 5}", "per_day: 5, floor: 20, of: {plan: vip}}") + plan)
    terms = [
        asset_terms_in_words(paid.assets["growth"], paid, one)[0] for one in ("en", "zh-hans", "zh-hant")
    ]
    assert terms == [
        "7 days after “VIP” lapsed, 5 go every day, down to 20, until it runs again.",
        "“VIP”到期 7 天后，每天减少 5，最低到 20；续费即停止。",
        "「VIP」到期 7 天後，每日減少 5，最低到 20；續費即停止。",
    ]


@pytest.mark.parametrize(("right", "wrong", "field", "says"), CASES, ids=[case[1][:40] for case in CASES])
def test_a_fault_has_its_place_and_a_way_out(right: str, wrong: str, field: str, says: str) -> None:
    assert right in BASE
    with pytest.raises(InvalidProgramme) as caught:
        load(BASE.replace(right, wrong, 1))
    found: list[Any] = [
        (".".join(map(str, fault.problem.place)), fault.problem.text["en"]) for fault in caught.value.faults
    ]
    assert any(place == field and says in text for place, text in found), found
