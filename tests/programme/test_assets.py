"""What a programme file may say about assets and conversions: every option is read, and what can't be is refused."""

from decimal import Decimal
from typing import Any

import pytest

from regulars.language.calendar import RoundUp
from regulars.language.text import LANGUAGES
from regulars.ledger.contracts import (
    Asset,
    Caps,
    Clawback,
    Conversion,
    Expiry,
    Gifting,
    Pending,
    SpendOrder,
)
from regulars.programme.gallery import template
from regulars.programme.holdings import asset_in_words, asset_terms_in_words, conversion_in_words
from regulars.programme.loader import load
from tests.programme.test_faults import BASE, faults

HEAD = "programme: shop\nname: Shop\ntimezone: Asia/Shanghai\ncurrency: CNY\n"
LADDERS = """\
ladders:
  level: {name: Level, measure: {asset: growth}, levels: [{id: basic, name: Basic, at: 0}]}
"""


def shop(points: str = "", more: str = "", growth: str = "") -> str:
    """A programme whose asset `points` is on line 6 and `growth`, which decides the level, on line 7."""
    assets = (
        f"assets:\n  points: {{name: points{points and ', ' + points}}}\n"
        f"  growth: {{name: growth{growth and ', ' + growth}}}\n"
    )
    return HEAD + assets + more + LADDERS


def points(said: str) -> Asset:
    return load(shop(said)).assets["points"]


EXPIRIES = [
    ("never", Expiry()),
    ("{days: 30}", Expiry(days=30)),
    ("{months: 12, round: month}", Expiry(months=12, round=RoundUp.MONTH)),
    ("{months: 1, days: 15}", Expiry(months=1, days=15)),
    ('{on: "2027-12-31"}', Expiry(on="2027-12-31")),
    ("{on: 12-31}", Expiry(on="12-31")),
    ("{idle_months: 12, round: quarter}", Expiry(idle_months=12, round=RoundUp.QUARTER)),
    ("{with_level: level}", Expiry(with_level="level")),
]


@pytest.mark.parametrize(("said", "meant"), EXPIRIES, ids=[each[0] for each in EXPIRIES])
def test_each_way_to_expire(said: str, meant: Expiry) -> None:
    assert points(f"expires: {said}").expiry == meant


OPTIONS = [
    ("pending: {days: 7}", {"pending": Pending(7)}),
    ("pending: {until: completed}", {"pending": Pending(0, completed=True)}),
    ("pending: {until: completed, days: 30}", {"pending": Pending(30, completed=True)}),
    ("caps: {day: 1000, month: 20000, lifetime: 100000}", {"caps": Caps(1000, 20_000, 100_000)}),
    ("caps: {month: 20000}", {"caps": Caps(month=20_000)}),
    ("caps: {day: 5, month: 5}", {"caps": Caps(5, 5)}),
    ("spend_order: newest", {"spend_order": SpendOrder.NEWEST}),
    ("spend_order: oldest", {"spend_order": SpendOrder.OLDEST}),
    ("clawback: debt, floor: -500", {"floor": -500}),
    ("floor: 0", {"floor": 0}),
    ("clawback: waive", {"clawback": Clawback.WAIVE}),
    ("expires: {days: 40}, grace_days: 30", {"expiry": Expiry(days=40), "grace_days": 30}),
    ('cost: "0.01"', {"cost": Decimal("0.01")}),
    ("cost: 0.01", {"cost": Decimal("0.01")}),
    ("cost: 2", {"cost": Decimal(2)}),
    ("adjust: {limit: 1000}", {"adjust_limit": 1000}),
    ("adjust: {limit: 0}", {"adjust_limit": 0}),
    ("credit: {most: 5000}", {"credit_most": 5000}),
    ('scale: 2, credit: {most: "50.00"}', {"scale": 2, "credit_most": 5000}),
    ("expires: {months: 6}, remind_days: 7", {"expiry": Expiry(months=6), "remind_days": 7}),
    (
        "gifts: {least: 10, most: 1000, per_day: 1000, revoke_hours: 24}",
        {"gifting": Gifting(10, 1000, 1000, 24)},
    ),
    ("gifts: {}", {"gifting": Gifting()}),
    ('scale: 2, gifts: {least: "0.50", most: 1000}', {"scale": 2, "gifting": Gifting(50, 1000)}),
    (
        'scale: 2, caps: {day: "12.5"}, adjust: {limit: "200.00"}, floor: "-5.00"',
        {"scale": 2, "caps": Caps(1250), "adjust_limit": 20_000, "floor": -500},
    ),
]


@pytest.mark.parametrize(("said", "meant"), OPTIONS, ids=[each[0] for each in OPTIONS])
def test_each_option(said: str, meant: dict[str, Any]) -> None:
    plain = Asset("points", dict.fromkeys(LANGUAGES, "points"), True, Expiry(), Clawback.DEBT)
    found = points(said)
    assert {name: getattr(found, name) for name in Asset.__slots__} == {
        **{name: getattr(plain, name) for name in Asset.__slots__},
        **meant,
    }


ONE_WAY = "must say one way: days and months, on, idle_months, or with_level; or never"
REFUSED = [
    ("expires: {}", "expires", ONE_WAY),
    ("expires: {days: 0}", "expires", ONE_WAY),
    ("expires: {months: 6, on: 12-31}", "expires", ONE_WAY),
    ("expires: {idle_months: 6, with_level: level}", "expires", ONE_WAY),
    ("expires: sometimes", "expires", "must be never, or say when, such as {months: 12, round: month}"),
    ("expires: {on: 12-31, round: month}", "expires.round", "goes with days, months or idle_months only"),
    ("expires: {on: 13-01}", "expires.on", "must be a day such as"),
    ("expires: {on: 02-29}", "expires.on", "which has no 29 February"),
    ("expires: {on: 2027-02-29}", "expires.on", "must be a day such as"),
    ("expires: {on: soon}", "expires.on", "must be a day such as"),
    ("expires: {idle_months: 0}", "expires.idle_months", "greater than or equal to 1"),
    ("expires: {with_level: vip}", "expires.with_level", "there is no such ladder; there are: level"),
    ("pending: {}", "pending", "must state days, until: completed, or both"),
    ("pending: {days: 0}", "pending.days", "greater than or equal to 1"),
    ("pending: {until: paid}", "pending.until", "must be 'completed'"),
    ("pending: {days: 30}, expires: {days: 30}", "pending.days", "must be shorter than the time"),
    ("caps: {}", "caps", "must state day, month, lifetime, or several of them"),
    ("caps: {day: 10, month: 9}", "caps.month", "must not be below day"),
    ("caps: {day: 10, lifetime: 9}", "caps.lifetime", "must not be below day"),
    ("caps: {month: 10, lifetime: 9}", "caps.lifetime", "must not be below month"),
    ("caps: {day: 0}", "caps.day", "must be a whole number of smallest units above 0"),
    ("caps: {day: true}", "caps.day", "must be a whole number of smallest units above 0"),
    ('caps: {day: "1.5"}', "caps.day", "has no decimals here: write a whole number"),
    ('scale: 2, caps: {day: "1.505"}', "caps.day", "must have at most 2 decimals"),
    ("spend_order: random", "spend_order", "must be 'expiring', 'oldest' or 'newest'"),
    ("floor: 1", "floor", "must be 0 or below: how far the balance may go, such as -500"),
    ("floor: -5, clawback: cap", "floor", "goes with clawback: debt only"),
    ("grace_days: 30", "grace_days", "has no meaning where nothing expires"),
    ("remind_days: 30", "remind_days", "has no meaning where nothing expires"),
    (
        "remind_days: 7, expires: {days: 7}",
        "remind_days",
        "must be shorter than the time for which units live",
    ),
    ("cost: 0", "cost", "must be an amount of money above 0"),
    ("cost: -1", "cost", 'must be an amount of money such as "50.00"'),
    ("cost: cheap", "cost", 'must be an amount of money such as "50.00"'),
    ("adjust: {}", "adjust.limit", "is missing"),
    ("credit: {}", "credit.most", "is missing"),
    ("credit: {most: 0}", "credit.most", "must be a whole number"),
    ("credit: {most: 1.5}", "credit.most", "decimals"),
    ("adjust: {limit: -1}", "adjust.limit", "must be a whole number"),
    ("gifts: {least: 10, most: 9}", "gifts.most", "must not be below least"),
    ("gifts: {most: 10, per_day: 9}", "gifts.per_day", "must not be below most"),
    ("gifts: {least: 10, per_day: 9}", "gifts.per_day", "must not be below least"),
    ("gifts: {revoke_hours: 10000}", "gifts.revoke_hours", "less than or equal to 8760"),
    ("gifts: {}, spendable: false", "gifts", "is for value that members can spend"),
]


@pytest.mark.parametrize(("said", "place", "says"), REFUSED, ids=[each[0] for each in REFUSED])
def test_each_refusal_names_line_and_field(said: str, place: str, says: str) -> None:
    found = faults(shop(said))
    assert [one[:2] for one in found] == [(6, f"assets.points.{place}")], found
    assert says in found[0][2]


def test_no_level_can_be_had_by_giving_or_converting() -> None:
    """Pitfall 15: what decides the level is earned; it can't be handed around."""
    assert faults(shop(growth="gifts: {}")) == [
        (
            7,
            "assets.growth.gifts",
            "decides the level on level, so it can't be given away: measure another asset there",
        )
    ]
    turn = "conversions:\n  up: {name: Up, from: points, to: growth, give: 1, get: 1}\n"
    assert faults(shop(more=turn)) == [
        (
            9,
            "conversions.up.to",
            "growth decides the level on level: a level is earned, not converted into",
        )
    ]
    assert (
        load(shop(more=turn.replace("points, to: growth", "growth, to: points"))).conversions["up"].give == 1
    )


def test_growth_may_ripen_before_it_counts() -> None:
    assert load(shop(growth="spendable: false, pending: {days: 7}")).assets["growth"].pending == Pending(7)


def test_what_was_published_with_an_empty_expiry_stays() -> None:
    assert load(shop("expires: {months: 0, round: year}"), 3).assets["points"].expiry.never


def conversions(*lines: str) -> str:
    more = "  a: {name: a, scale: 2}\n  b: {name: b}\n  still: {name: still, spendable: false}\n"
    return shop(more=more + "conversions:\n" + "".join(f"  {line}\n" for line in lines))


def test_a_conversion_is_read_in_smallest_units_of_its_sides() -> None:
    source = conversions('c: {name: C, from: points, to: a, give: 100, get: "1.50", per_day: 1000}')
    assert load(source).conversions == {
        "c": Conversion("c", dict.fromkeys(LANGUAGES, "C"), "points", "a", 100, 150, 1000)
    }


@pytest.mark.parametrize(
    ("lines", "line", "place", "says"),
    [
        (("c: {name: C, from: points, to: x, give: 1, get: 1}",), 12, "c.to", "there is no such asset; there are"),
        (("c: {name: C, from: y, to: b, give: 1, get: 1}",), 12, "c.from", "there is no such asset; there are"),
        (("c: {name: C, from: b, to: b, give: 1, get: 1}",), 12, "c.to", "must be another asset than from"),
        (("c: {name: C, from: still, to: b, give: 1, get: 1}",), 12, "c.from", "still is counted, not spent"),
        (("c: {name: C, from: b, to: still, give: 1, get: 1}",), 12, "c.to", "still is counted, not spent"),
        (("c: {name: C, from: a, to: b, give: 0, get: 1}",), 12, "c.give", "must be a whole number"),
        (("c: {name: C, from: a, to: b, give: 10, get: 1, per_day: 9}",), 12, "c.per_day", "must not be below give"),
        (("c: {name: C, source: a, target: b, give: 10, get: 1}",), 12, "c.source", "is not known here"),
    ],
)  # fmt: skip
def test_a_conversion_that_can_not_be(lines: tuple[str, ...], line: int, place: str, says: str) -> None:
    found = faults(conversions(*lines))
    assert (line, f"conversions.{place}") in [one[:2] for one in found], found
    assert any(says in text for _, where, text in found if where == f"conversions.{place}"), found


def test_no_circle_of_conversions_makes_value() -> None:
    """Pitfall 1 in another coat: going around must never bring more than was given."""
    there = "c: {name: C, from: points, to: a, give: 100, get: 250}"
    on = "d: {name: D, from: a, to: b, give: 5, get: 1}"
    fair = "e: {name: E, from: b, to: points, give: 1, get: 2}"
    assert set(load(conversions(there, on, fair)).conversions) == {"c", "d", "e"}
    more = fair.replace("get: 2", "get: 3")
    assert faults(conversions(there, on, more)) == [
        (14, "conversions.e.get", "makes more b than was given, together with c, d: lower get, or raise give")
    ]
    assert faults(conversions(more, there, on))[0][:2] == (14, "conversions.d.get"), (
        "the order does not matter"
    )
    back = (
        "c: {name: C, from: points, to: b, give: 1, get: 1}",
        "d: {name: D, from: b, to: points, give: 9, get: 10}",
    )
    assert faults(conversions(*back))[0][1] == "conversions.d.get"


def test_units_of_rules_with_decimals() -> None:
    source = BASE.replace("points: {name: points,", "points: {name: points, scale: 2,")
    source = source.replace("for_each: 1, of: event.total", 'amount: "1.25", cap: "9.00"')
    rule = load(source.replace("units: 100", 'units: "100.00"')).rules[0]
    assert (rule.then[0].amount, rule.then[0].cap) == (125, 900)  # type: ignore[union-attr]
    assert rule.budget is not None
    assert rule.budget.units == 10_000
    found = faults(source.replace('"1.25"', '"1.255"'))
    assert found == [(29, "rules.0.then.0.credit.amount", "must have at most 2 decimals")]


def test_assets_in_words() -> None:
    mall = load(template("mall"))
    coins = mall.assets["coins"]
    assert asset_in_words(coins, "zh-hans") == (
        "会员可以使用。",
        "连续 12 个月没有获得或使用，就在当月月底全部到期。",
        "订单退款时，在余额范围内追回该订单所得。",
    )
    assert asset_terms_in_words(coins, mall, "zh-hant") == (
        "消費所得於訂單完成後生效，最遲 30 天後；此前退款則取消。",
        "每人依規則獲得的上限：每日 500、每月 5,000。",
        "先用最早獲得的。",
        "會員之間可以贈送：每次 10 至 200、每日最多 200、24 小時內可撤回。",
        "到期前 15 天發出預告。",
        "人工調整超過 100 須第二人審批。",
        "每 1 金豆成本 0.1 元。",
    )
    assert asset_terms_in_words(mall.assets["points"], mall, "en") == (
        "Rules give a member at most 2,000 a day, 20,000 a month.",
        "A member owes 5,000 at most; what is beyond is written off.",
        "What comes back after its end lives for another 30 days.",
        "Its end is announced 30 days ahead.",
        "Adjustments of more than 5,000 need a second person.",
        "Cost: ¥0.01 for each unit.",
    )
    assert asset_in_words(mall.assets["points"], "zh-hans")[1] == "每年 12 月 31 日到期。"
    turn = mall.conversions["points_to_coins"]
    assert conversion_in_words(turn, mall, "zh-hans") == "每 10 积分换 1 金豆，每人每天最多用 1,000 积分。"
    assert conversion_in_words(turn, mall, "en") == (
        "1 coins for every 10 points, at most 1,000 points a day per member."
    )


@pytest.mark.parametrize(
    ("said", "en"),
    [
        ('expires: {on: "2027-12-31"}', "It expires on 31 December 2027."),
        ("expires: {idle_months: 1}", "All of it expires 1 month after the last earning or spending."),
        (
            "expires: {with_level: level}",
            "It expires with the period of the member’s level; on a level without a period it does not.",
        ),
        (
            "pending: {days: 1}",
            "What an order earns takes effect 1 day later; a refund before that cancels it.",
        ),
        (
            "pending: {until: completed}",
            "What an order earns takes effect once the order is completed; a refund before that cancels it.",
        ),
        ("gifts: {revoke_hours: 1}", "Members can give it to each other: from 1 at a time, taken back within 1 hour."),
        ("floor: 0", "A member never owes any."),
        ("adjust: {limit: 0}", "Every adjustment needs a second person."),
        ("credit: {most: 5000}", "Another system credits at most 5,000 at a time."),
        ("spend_order: newest", "What was earned last is spent first."),
    ],
)  # fmt: skip
def test_single_terms_in_words(said: str, en: str) -> None:
    programme = load(shop(said))
    asset = programme.assets["points"]
    assert en in (*asset_in_words(asset, "en"), *asset_terms_in_words(asset, programme, "en"))
    for language in LANGUAGES:
        assert all((*asset_in_words(asset, language), *asset_terms_in_words(asset, programme, language)))
