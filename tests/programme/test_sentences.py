"""Rules read the way a colleague in the trade would say them, in each language."""

from pathlib import Path

import pytest

from regulars.events.payloads import standard_types
from regulars.language.text import LANGUAGES
from regulars.programme import wording
from regulars.programme.ladder_words import ladder_in_words, level_in_words
from regulars.programme.loader import load
from regulars.programme.sentences import (
    asset_in_words,
    blanks,
    rules_in_words,
)

GROCERY = (Path(__file__).parents[2] / "programmes" / "grocery.yaml").read_text(encoding="utf-8")

RICHER = """
  - id: probe
    name: probe
"""


def said(rule: str, language: str, more: str = "") -> str:
    """The sentence of one rule, put at the end of the grocery's programme."""
    lines = "".join(f"    {line}\n" for line in rule.strip().splitlines())
    source = GROCERY.replace("rules:\n", more + "rules:\n") + RICHER + lines
    return list(rules_in_words(load(source), language))[-1].sentence


def test_the_grocerys_rules() -> None:
    programme = load(GROCERY)
    assert [each.sentence for each in rules_in_words(programme, "zh-hans")] == [
        "会员入会时：送 100 积分；发送消息“欢迎加入邻家超市会员”；每人限 1 次。",
        "会员消费时：订单金额每满 1 元送 1 积分；订单金额每满 1 元送 1 成长值；发送消息“本次消费获得 … 积分”。",
        "会员消费时（每月 18 日）：订单金额每满 1 元送 1 积分。",
        "会员升级时：发送消息“恭喜升级为…”。",
        "会员使用资产时（资产是积分）：发送消息“…变动通知”。",
        "人工调整资产时（资产是积分）：发送消息“…变动通知”。",
        "会员收到赠送时（资产是积分）：发送消息“收到好友赠送的 … 积分”。",
        "会员赠送资产时：发送消息“…变动通知”。",
        "会员撤回赠送时：发送消息“…变动通知”。",
        "收到的赠送被撤回时：发送消息“…变动通知”。",
        "资产变动撤销时：发送消息“…变动通知”。",
        "资产变动更正时：发送消息“…变动通知”。",
        "会员资产即将到期时（资产是积分）：发送消息“积分到期提醒：… 积分将于 … 到期”。",
        "会员资产到期时（资产是积分）：发送消息“… 积分已到期”。",
        "会员充值时：发送消息“充值成功：… 元”。",
        "储值退款时：发送消息“储值退款：… 元”。",
        "权益即将到期时：发送消息“…将于 … 到期”。",
    ]
    assert [each.sentence for each in rules_in_words(programme, "zh-hant")] == [
        "會員入會時：贈送 100 點數；傳送訊息「歡迎加入鄰家超市會員」；每人限 1 次。",
        "會員消費時：訂單金額每滿 1 元贈送 1 點數；訂單金額每滿 1 元贈送 1 成長值；傳送訊息「本次消費獲得 … 點」。",
        "會員消費時（每月 18 日）：訂單金額每滿 1 元贈送 1 點數。",
        "會員升級時：傳送訊息「恭喜升級為…」。",
        "會員使用資產時（資產是點數）：傳送訊息「…異動通知」。",
        "人工調整資產時（資產是點數）：傳送訊息「…異動通知」。",
        "會員收到贈送時（資產是點數）：傳送訊息「收到好友贈送的 … 點」。",
        "會員贈送資產時：傳送訊息「…異動通知」。",
        "會員撤回贈送時：傳送訊息「…異動通知」。",
        "收到的贈送被撤回時：傳送訊息「…異動通知」。",
        "資產變動撤銷時：傳送訊息「…異動通知」。",
        "資產變動更正時：傳送訊息「…異動通知」。",
        "會員資產即將到期時（資產是點數）：傳送訊息「點數到期提醒：… 點將於 … 到期」。",
        "會員資產到期時（資產是點數）：傳送訊息「… 點已到期」。",
        "會員儲值時：傳送訊息「儲值成功：… 元」。",
        "儲值退款時：傳送訊息「儲值金退款：… 元」。",
        "權益即將到期時：傳送訊息「…將於 … 到期」。",
    ]
    assert [each.sentence for each in rules_in_words(programme, "en")] == [
        "When a member joins: give 100 points; send “Welcome to the Corner Grocery Club”; once per member.",
        "When a member buys: give points, 1 for every full ¥1 of the order total; give growth, 1 for every full ¥1 of "
        "the order total; send “You earned … points”.",
        "When a member buys (on day 18 of the month): give points, 1 for every full ¥1 of the order total.",
        "When a member moves up: send “You are now …”.",
        "When a member spends (asset is points): send “A change to your …”.",
        "When an operator adjusts a balance (asset is points): send “A change to your …”.",
        "When a member receives a gift (asset is points): send “A gift of … points”.",
        "When a member gives a gift: send “A change to your …”.",
        "When a member takes a gift back: send “A change to your …”.",
        "When a gift is withdrawn from a member: send “A change to your …”.",
        "When an operation is reversed: send “A change to your …”.",
        "When an operation is corrected: send “A change to your …”.",
        "When a member’s balance is about to expire (asset is points): send “… points expire on …”.",
        "When a member’s balance expires (asset is points): send “… points have expired”.",
        "When a member tops up a wallet: send “Receipt for your top-up of …”.",
        "When a top-up is paid back: send “… of your top-up paid back”.",
        "When a claimed benefit is about to expire: send “…: good until …”.",
    ]


def test_a_rule_in_parts() -> None:
    joining = next(iter(rules_in_words(load(GROCERY), "en")))
    assert joining.what == "When a member joins: give 100 points; send “Welcome to the Corner Grocery Club”."
    assert joining.bounds == "Once per member."
    assert joining.when == ""


CASES = [
    (
        """
on: order.paid
then: [{credit: {asset: points, for_each: 2, step: 10, multiplier: 1.5, rounding: half_up, cap: 500}}]
limit: {units: 1000, times: 3, per: month}
budget: {units: 200000, per: year}
""",
        "会员消费时：订单金额每 10 元送 2 积分，按 1.5 倍发放，四舍五入，单次最多 500；每人每月限 3 次；"
        "每人每月最多 1,000 积分；每年预算 200,000 积分，送完为止，最后一次送剩余部分。",
        "會員消費時：訂單金額每 10 元贈送 2 點數，以 1.5 倍發放，四捨五入，單次最多 500；每人每月限 3 次；"
        "每人每月最多 1,000 點數；每年預算 200,000 點數，送完為止，最後一次贈送剩餘部分。",
        "When a member buys: give points, 2 for every ¥10 of the order total, times 1.5, rounded to the nearest, "
        "at most 500 each time; at most 3 times a month per member; at most 1,000 points a month per member; "
        "a budget of 200,000 points a year for all members, the last one gets what is left.",
    ),
    (
        """
on: order.paid
when:
  all:
    - any: [{field: tags, op: has, value: a}, {field: tags, op: has, value: b}]
    - none: [{field: tags, op: has, value: staff}]
then:
  - credit: {asset: points, for_each: 1, step: 5, of: items, where: {field: item.category, op: eq, value: 酒}}
budget: {units: 500, when_short: skip}
""",
        "会员消费时，仅当（含标签“a”，或含标签“b”），且不含标签“staff”：品类是“酒”的商品，金额每满 5 元送 1 积分；"
        "总预算 500 积分，余额不够一次就不送。",
        "會員消費時，僅當（含標籤「a」，或含標籤「b」），且不含標籤「staff」："
        "品類是「酒」的商品，金額每滿 5 元贈送 1 點數；"
        "總預算 500 點數，餘額不足一次即不贈送。",
        "When a member buys, only if (has the tag “a”, or has the tag “b”), and does not have the tag “staff”: "
        "give points, 1 for every full ¥5 of the items whose category is “酒”; "
        "a budget of 500 points for all members, nothing where less is left.",
    ),
    (
        """
on: order.paid
then:
  - credit:
      asset: points
      for_each: 1
      of: items
      where: {all: [{field: item.brand, op: eq, value: A}, {field: item.total, op: gte, value: 30}]}
  - credit: {asset: growth, amount: 10}
limit: {units: 100, times: 1, per: day}
""",
        "会员消费时：符合（品牌是“A”，且小计满 30 元）的商品，金额每满 1 元送 1 积分；送 10 成长值；每人每天限 1 次；"
        "每人每天最多积分和成长值合计 100。",
        "會員消費時：符合（品牌是「A」，且小計滿 30 元）的商品，金額每滿 1 元贈送 1 點數；贈送 10 成長值；"
        "每人每日限 1 次；每人每日最多點數和成長值合計 100。",
        "When a member buys: give points, 1 for every full ¥1 of the items that satisfy (brand is “A”, and line "
        "total is at least ¥30); give 10 growth; once a day per member; "
        "at most 100 of points and growth together a day per member.",
    ),
    (
        """
on: review.posted
when: {field: event.rating, op: gte, value: 4}
then:
  - credit: {asset: points, for_each: 3, of: event.rating, rounding: up}
  - debit: {asset: points, amount: 50, when_short: partial}
  - debit: {asset: points, amount: 50}
  - tier: {ladder: level, level: gold}
  - tier: {ladder: level, level: gold, up_only: false}
  - tag: {add: [vip, tea], remove: [new]}
""",
        "会员发表评价时（评分满 4）：评分每 1 送 3 积分，向上取整；"
        "扣除 50 积分，不足则扣完为止；扣除 50 积分，不足则不扣；"
        "升为金卡会员，已在更高等级的不变；等级定为金卡会员；打上标签“vip”、“tea”；去掉标签“new”。",
        "會員發表評價時（評分滿 4）：評分每 1 贈送 3 點數，無條件進位；"
        "扣除 50 點數，不足則扣完為止；扣除 50 點數，不足則不扣；"
        "升為金卡會員，已在更高等級者不變；等級定為金卡會員；加上標籤「vip」、「tea」；移除標籤「new」。",
        "When a member posts a review (rating is at least 4): give points, 3 for every 1 of the rating, rounded up; "
        "take 50 points, or what is left of them; take 50 points, or nothing if there is less; "
        "raise to Gold, unless already higher; set the level to Gold; add the tags “vip”, “tea”; remove the tag “new”.",
    ),
]


@pytest.mark.parametrize(("rule", "hans", "hant", "en"), CASES)
def test_richer_rules(rule: str, hans: str, hant: str, en: str) -> None:
    assert said(rule, "zh-hans") == hans
    assert said(rule, "zh-hant") == hant
    assert said(rule, "en") == en


def test_a_brands_own_event_is_called_by_its_name() -> None:
    own = "event_types:\n  drive: {name: {zh-hans: 试驾, zh-hant: 試駕, en: test drive}}\n"
    rule = "on: drive\nthen: [{credit: {asset: points, amount: 1}}]"
    assert said(rule, "zh-hans", own) == "发生“试驾”时：送 1 积分。"
    assert said(rule, "zh-hant", own) == "發生「試駕」時：贈送 1 點數。"
    assert said(rule, "en", own) == "When “test drive” happens: give points, 1 each time."


def test_value_with_decimals_is_said_with_them() -> None:
    stored = "  credit:\n    name: credit\n    scale: 2\n    expires: {days: 1}\n"
    source = GROCERY.replace("assets:\n", "assets:\n" + stored) + RICHER
    source += "    on: checkin\n    then: [{credit: {asset: credit, amount: 150}}]\n"
    source += "    limit: {units: 1000, per: week}\n"
    programme = load(source)
    assert list(rules_in_words(programme, "en"))[-1].sentence == (
        "When a member checks in: give 1.5 credit; at most 10 credit a week per member."
    )
    assert asset_in_words(programme.assets["credit"], "en")[1] == "It expires 1 day after it was earned."


def test_a_rate_of_value_with_decimals_counts_whole_units() -> None:
    """`for_each: 0.05` of an asset with two decimals is 5 of its smallest unit, as the engine reckons it."""
    stored = "  credit:\n    name: credit\n    scale: 2\n"
    source = GROCERY.replace("assets:\n", "assets:\n" + stored) + RICHER
    source += "    on: order.paid\n    then:\n"
    source += "".join(f"      - credit: {{asset: credit, for_each: {rate}}}\n" for rate in ("0.05", "1"))
    assert list(rules_in_words(load(source), "en"))[-1].sentence == (
        "When a member buys: give credit, 0.05 for every ¥1 of the order total, rounded down; "
        "give credit, 1 for every ¥1 of the order total, rounded down."
    )


def test_every_builtin_event_has_its_own_opening() -> None:
    assert set(wording.WHEN) == set(standard_types("CNY", 2))
    for opening in wording.WHEN.values():
        assert set(opening) == set(LANGUAGES)


def test_assets_and_levels() -> None:
    programme = load(GROCERY)
    ladder = programme.ladders["level"]
    assert asset_in_words(programme.assets["points"], "zh-hans") == (
        "会员可以使用。",
        "获得之日起 6 个月后，到当月月底到期。",
        "订单退款时，追回该订单所得；已使用的部分记为欠账。",
    )
    assert asset_in_words(programme.assets["growth"], "en")[:2] == (
        "It is counted, not spent.",
        "It never expires.",
    )
    assert ladder_in_words(ladder, programme, "zh-hant") == (
        "依最近 12 個月獲得的成長值定級。達標即升級；等級保留 12 個月，到期重新核定。"
    )
    assert [level_in_words(level, ladder, programme, "en") for level in ladder.levels] == [
        "Everybody who joins",
        "From 1,000 growth",
        "From 2,500 growth",
        "From 5,000 growth",
    ]


def test_what_is_put_into_a_message_is_left_out() -> None:
    assert blanks("Hi {{ member.name | upcase }}, {% if x %}you{% endif %}") == "Hi …, …you…"
