"""Wallets, campaigns and budgets in money: what a programme file may say of them, and how it reads."""

import pytest

from regulars.campaigns.contracts import Budget, Campaign, CreditAction, Limit, WhenShort
from regulars.language.calendar import Per
from regulars.language.text import LANGUAGES
from regulars.ledger.contracts import TopUp, Wallet, WalletOrder
from regulars.programme.gallery import template
from regulars.programme.holdings import wallet_in_words
from regulars.programme.loader import load
from regulars.programme.sentences import campaign_in_words, rules_in_words
from tests.programme.test_faults import faults

WALLET = """\
programme: shop
name: Shop
timezone: Asia/Shanghai
currency: CNY
assets:
  cash: {name: cash, scale: 2}
  bonus: {name: bonus, scale: 2, expires: {months: 12}}
  other: {name: other, scale: 2}
  points: {name: points, cost: "0.01"}
  growth: {name: growth, spendable: false}
wallets:
  wallet:
    name: Wallet
    principal: cash
    bonus: bonus
    spend: ratio
    steps: [{at: "500.00", bonus: "50.00"}, {at: 1000, bonus: 120.5}]
    least: "10.00"
    most_at_once: "5000.00"
    most: "10000.00"
campaigns:
  spring: {name: Spring, budget: {units: 1000}}
  quiet: {name: Quiet}
rules:
  - id: base
    name: Base
    on: order.paid
    campaign: spring
    limit: {money: "50.00", per: month}
    budget: {money: "2000.00", per: week, when_short: skip}
    then:
      - credit: {asset: points, for_each: 1}
"""


def text(said: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, said)


def test_a_wallet_is_read() -> None:
    steps = (TopUp(50_000, 5_000), TopUp(100_000, 12_050))
    assert load(WALLET).wallets == {
        "wallet": Wallet(
            "wallet", text("Wallet"), "cash", "bonus", WalletOrder.RATIO, steps, 1_000, 500_000, 1_000_000
        )
    }


def test_a_wallet_needs_no_more_than_its_two_sides() -> None:
    start = WALLET.index("    spend: ratio")
    plain = WALLET[:start] + WALLET[WALLET.index("campaigns:") :]
    assert load(plain).wallets["wallet"] == Wallet("wallet", text("Wallet"), "cash", "bonus")


def test_a_currency_without_decimals() -> None:
    yen = WALLET.replace("CNY", "JPY").replace(", scale: 2", "").replace("120.5", "120")
    assert load(yen).wallets["wallet"].steps == (TopUp(500, 50), TopUp(1_000, 120))
    assert ("wallets.wallet.steps.1.bonus", "has no decimals here: write a whole number") in [
        one[1:] for one in faults(WALLET.replace("CNY", "JPY").replace(", scale: 2", ""))
    ]


CASES = [
    ("principal: cash", "principal: gold", 14, "wallets.wallet.principal", "there is no such asset; there are"),
    ("bonus: bonus\n", "bonus: cash\n", 15, "wallets.wallet.bonus", "cash is wallet.principal already"),
    ("bonus: bonus\n", "bonus: points\n", 15, "wallets.wallet.bonus", "must have the currency's decimals: scale: 2"),
    ("other: {name: other, scale: 2}", "other: {name: other, scale: 2, spendable: false}", 0, "", ""),
    ("cash, scale: 2}", "cash, scale: 2, spendable: false}", 14, "wallets.wallet.principal", "must be spendable: true"),
    ("cash, scale: 2}", "cash, scale: 2, expires: {days: 3}}", 6, "assets.cash.expires", "must be never"),
    ("cash, scale: 2}", "cash, scale: 2, pending: {days: 3}}", 6, "assets.cash.pending", "has no pending"),
    ("cash, scale: 2}", "cash, scale: 2, caps: {day: 3}}", 6, "assets.cash.caps", "nothing to cap"),
    ("cash, scale: 2}", "cash, scale: 2, gifts: {}}", 6, "assets.cash.gifts", "it can't be given away"),
    ("  wallet:\n", "  points:\n", 12, "wallets.points", "is the name of an asset, too: choose another"),
    ("spend: ratio", "spend: both", 16, "wallets.wallet.spend", "must be 'principal_first', 'bonus_first' or 'ratio'"),
    ("at: 1000,", "at: 500,", 17, "wallets.wallet.steps.1.at", "must be above the step before it"),
    ("120.5", "49", 17, "wallets.wallet.steps.1.bonus", "must not be below that of the step before it"),
    ("120.5", "-1", 17, "wallets.wallet.steps.1.bonus", "must be an amount of money"),
    ("120.5", '"1.505"', 17, "wallets.wallet.steps.1.bonus", "must have at most 2 decimals"),
    ('"500.00", bonus', '"0.00", bonus', 17, "wallets.wallet.steps.0.at", "above 0"),
    ("at: 1000,", "at: 6000,", 17, "wallets.wallet.steps.1.at", "is out of reach"),
    ('most: "10000.00"', 'most: "4000.00"', 20, "wallets.wallet.most", "must not be below most_at_once"),
    ('most_at_once: "5000.00"', 'most_at_once: "5.00"', 19, "wallets.wallet.most_at_once", "must not be below least"),
    ("campaign: spring", "campaign: winter", 28, "rules.0.campaign", "there are: spring, quiet"),
    ("{units: 1000}", "{}", 22, "campaigns.spring.budget", "must state either units or money"),
    ("{units: 1000}", "{units: 1, money: 1}", 22, "campaigns.spring.budget", "must state either units or money"),
    ("{units: 1000}", "{units: 1, per: hour}", 22, "campaigns.spring.budget.per", "must be"),
    (', cost: "0.01"', "", 29, "rules.0.limit.money", "needs to know what units cost: state the cost of points"),
    (', cost: "0.01"', "", 30, "rules.0.budget.money", "needs to know what units cost: state the cost of points"),
    ("money: \"2000.00\"", "money: \"2000.00\", units: 3", 30, "rules.0.budget", "must state either units or money"),
    ('"50.00", per', '"50.001", per', 29, "rules.0.limit.money", "must have at most 2 decimals"),
    ("asset: points, for_each: 1", "asset: cash, amount: 1", 32, "rules.0.then.0.credit.asset", "use bonus instead"),
    ("credit: {asset: points, for_each: 1}", "tag: {add: [a]}", 29, "rules.0.limit.money", "nothing is credited here"),
    ("credit: {asset: points, for_each: 1}", "tag: {add: [a]}", 30, "rules.0.budget", "nothing is credited here"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "line", "place", "says"), CASES, ids=[each[1] for each in CASES])
def test_each_refusal_names_line_and_field(right: str, wrong: str, line: int, place: str, says: str) -> None:
    assert right in WALLET
    source = WALLET.replace(right, wrong, 1)
    if not place:
        assert load(source)
        return
    found = faults(source)
    assert (line, place) in [one[:2] for one in found], found
    assert any(says in words for at, where, words in found if (at, where) == (line, place)), found


def test_an_asset_serves_one_wallet() -> None:
    second = "  second: {name: Second, principal: other, bonus: bonus}\ncampaigns:\n"
    assert faults(WALLET.replace("campaigns:\n", second)) == [
        (21, "wallets.second.bonus", "bonus is wallet.bonus already: make an asset of its own")
    ]


def test_principal_is_never_converted() -> None:
    turn = (
        "conversions:\n"
        "  c: {name: C, from: cash, to: other, give: 1, get: 1}\n"
        "  d: {name: D, from: other, to: cash, give: 2, get: 1}\n"
    )
    found = faults(WALLET.replace("wallets:\n", turn + "wallets:\n", 1))
    assert [one[:2] for one in found] == [(12, "conversions.c.from"), (13, "conversions.d.to")]
    assert "which can't be converted" in found[0][2]


def test_limits_and_budgets_in_money_and_campaigns_are_read() -> None:
    programme = load(WALLET)
    rule = programme.rules[0]
    assert rule.limit == Limit(Per.MONTH, money_minor=5_000)
    assert rule.budget == Budget(0, Per.WEEK, WhenShort.SKIP, 200_000)
    assert rule.campaign == "spring"
    assert programme.campaigns == {
        "spring": Campaign("spring", text("Spring"), Budget(1000, Per.LIFETIME)),
        "quiet": Campaign("quiet", text("Quiet")),
    }


def test_units_with_decimals_need_one_scale() -> None:
    both = WALLET.replace("for_each: 1}", 'for_each: 1}\n      - credit: {asset: bonus, amount: "5.00"}')
    assert isinstance(
        load(both.replace("name: bonus,", "name: bonus, cost: 1,")).rules[0].then[1], CreditAction
    )
    found = faults(
        both.replace("units: 1000", 'units: "10.00"').replace("name: bonus,", "name: bonus, cost: 1,")
    )
    assert found == [
        (
            22,
            "campaigns.spring.budget.units",
            "counts assets with different decimals: write smallest units, or money instead",
        )
    ]


def test_wallets_and_campaigns_in_words() -> None:
    mall = load(template("mall"))
    wallet, festival = mall.wallets["wallet"], mall.campaigns["shopping_festival"]
    assert wallet_in_words(wallet, mall, "zh-hans") == (
        "充值金额记为“储值本金”，赠送金额记为“储值赠金”；只退前者。",
        "支付时按本金与赠送的余额比例使用。",
        "充 500 元送 50 元；充 1,000 元送 150 元。",
        "每次最少充 10 元；每次最多充 5,000 元；账户最多存 10,000 元。",
    )
    assert wallet_in_words(wallet, mall, "zh-hant")[2] == "儲 500 元送 50 元；儲 1,000 元送 150 元。"
    assert wallet_in_words(wallet, mall, "en") == (
        "What is paid in is kept as “stored value”, what comes on top as “bonus credit”; only the former is paid back.",
        "Payments take from both, in the ratio of what the wallet holds.",
        "¥50 on top of ¥500; ¥150 on top of ¥1,000.",
        "At least ¥10 at a time; at most ¥5,000 at a time; at most ¥10,000 in the wallet.",
    )
    assert campaign_in_words(festival, mall, "en") == (
        "A budget of ¥5,000 a year for all members, at cost, the last one gets what is left."
    )
    plain = load(WALLET)
    assert campaign_in_words(plain.campaigns["quiet"], plain, "zh-hans") == "没有共同的预算。"
    assert campaign_in_words(plain.campaigns["spring"], plain, "zh-hans") == (
        "总预算 1,000 points，送完为止，最后一次送剩余部分。"
    )


@pytest.mark.parametrize(
    ("language", "bounds"),
    [
        (
            "zh-hans",
            "每人每月最多 50 元（按成本计）；每周预算 2,000 元（按成本计），余额不够一次就不送；"
            "属于活动“Spring”，共用总预算 1,000 points，送完为止，最后一次送剩余部分。",
        ),
        (
            "zh-hant",
            "每人每月最多 50 元（以成本計）；每週預算 2,000 元（以成本計），餘額不足一次即不贈送；"
            "屬於活動「Spring」，共用總預算 1,000 points，送完為止，最後一次贈送剩餘部分。",
        ),
        (
            "en",
            "At most ¥50 a month per member, at cost; a budget of ¥2,000 a week for all members, at cost, nothing "
            "where less is left; part of the campaign “Spring”, which has a budget of 1,000 points for all members, "
            "the last one gets what is left.",
        ),
    ],
)
def test_bounds_in_words(language: str, bounds: str) -> None:
    assert next(iter(rules_in_words(load(WALLET), language))).bounds == bounds
