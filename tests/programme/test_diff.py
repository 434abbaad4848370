"""What changed between two programmes, as people say it; and nothing goes unsaid."""

from dataclasses import fields

import pytest

from regulars.language.text import LANGUAGES
from regulars.programme import diff_words
from regulars.programme.contracts import Programme
from regulars.programme.diff import PARTS, Kind, compare, count
from regulars.programme.gallery import template
from regulars.programme.loader import load

GROCERY = template("grocery")


def told(
    *replaced: tuple[str, str], language: str = "zh-hans", source: str = GROCERY
) -> dict[str, list[str]]:
    """The changes that these replacements in the text make, by part."""
    after = source
    for old, new in replaced:
        assert old in after, old
        after = after.replace(old, new)
    sections = compare(load(source), load(after), language)
    return {section.title: [change.text for change in section.changes] for section in sections}


def test_the_same_programme_has_no_changes() -> None:
    assert compare(load(GROCERY), load(GROCERY), "en") == ()
    assert (
        compare(
            load(GROCERY),
            load(GROCERY.replace("\nassets:", "\n# a word to whoever reads this\nassets:")),
            "en",
        )
        == ()
    )


def test_a_threshold_is_told_as_one_says_it() -> None:
    moved = ("at: 2500", "at: 3000")
    assert told(moved) == {"等级": ["“金卡会员”门槛由 2,500 改为 3,000"]}
    assert told(moved, language="zh-hant") == {"等級": ["「金卡會員」門檻由 2,500 改為 3,000"]}
    assert told(moved, language="en") == {"Levels": ["“Gold” starts at 3,000 instead of 2,500"]}


def test_of_a_rule_with_another_condition_the_condition_is_told() -> None:
    moved = ("op: eq, value: 18", "op: in, value: [8, 18]")
    assert told(moved) == {"规则": ["“会员日双倍积分”：“条件：每月 18 日” → “条件：每月 8 或 18 日”"]}


def test_of_a_rule_that_does_something_else_all_is_told() -> None:
    assert told(("credit: {asset: points, amount: 100}", "credit: {asset: points, amount: 200}")) == {
        "规则": [
            "“入会礼”：“会员入会时：送 100 积分；发送消息“欢迎加入邻家超市会员”” →"
            " “会员入会时：送 200 积分；发送消息“欢迎加入邻家超市会员””"
        ]
    }


def test_what_is_new_gone_and_renamed() -> None:
    gone = GROCERY[GROCERY.index("  - id: benefit_reminder") :]
    new = """  - id: daily
    name: {zh-hans: 签到积分, zh-hant: 簽到點數, en: Daily}
    on: checkin
    limit: {times: 1, per: day}
    then:
      - credit: {asset: points, amount: 5}
"""
    assert told((gone, new), ("zh-hans: 银卡会员", "zh-hans: 白银会员")) == {
        "等级": ["“银卡会员”改名为“白银会员”"],
        "规则": ["删除“权益到期提醒”", "新增“签到积分”：会员签到时：送 5 积分。 每人每天限 1 次。"],
    }


def test_terms_of_an_asset_come_go_and_change() -> None:
    assert told(
        ("    grace_days: 30\n", ""),
        ("remind_days: 7", "remind_days: 14"),
        ("limit: 1000}\n    gifts", "limit: 0}\n    gifts"),
    ) == {
        "资产": [
            "“积分”：“到期前 7 天发出预告” → “到期前 14 天发出预告”",
            "“积分”：增加“人工调整都须第二人审批”",
            "“积分”：不再“退回时已经到期的，延期 30 天”",
            "“积分”：不再“人工调整超过 1,000 须第二人审批”",
        ]
    }  # fmt: skip


def test_the_order_of_rules_is_told() -> None:
    first = GROCERY[GROCERY.index("  - id: joining_gift") : GROCERY.index("  - id: base_points")]
    assert told((first, ""), ("  - id: member_day", first + "  - id: member_day"), language="en") == {
        "Rules": ["They stand in another order"]
    }


def test_the_frame_and_what_has_no_words_of_its_own() -> None:
    assert told(
        ("timezone: Asia/Shanghai", "timezone: Asia/Taipei"),
        ("quiet_after: {days: 2}", "quiet_after: {days: 3}\npublishing: {second_person: true}"),
        ("name: {zh-hans: 孩子数,", "name: {zh-hans: 小孩,"),
        ("  - id: member_day\n", "  - id: member_day\n    priority: 5\n"),
        ("欢迎您。入会礼", "您好。入会礼"),
        language="zh-hans",
    ) == {
        "基本设置": [
            "时区由 Asia/Shanghai 改为 Asia/Taipei",
            "历史事件静默天数由 2 改为 3",
            "发布需第二人审批由 否 改为 是",
        ],
        "规则": ["“会员日双倍积分”的优先级由 0 改为 5"],
        "消息": ["“欢迎加入邻家超市会员”的正文已修改"],
        "资料字段": ["“孩子数”改名为“小孩”"],
    }


def test_every_part_of_a_programme_is_compared_and_has_a_title() -> None:
    own = {"number", "id", "name", "zone", "currency", "minor_digits", "language", "quiet_after_days", "rules_on",
           "about", "second_person", "tag_rivals"}  # fmt: skip
    assert {each.name for each in fields(Programme)} == own | set(PARTS)
    assert set(PARTS) <= set(diff_words.PARTS), "a new part needs its title in diff_words.PARTS"


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_one_brand_to_another_everything_is_told(language: str) -> None:
    sections = compare(load(template("mall")), load(GROCERY), language)
    assert [section.part for section in sections] == [
        "frame", "assets", "wallets", "conversions", "ladders", "benefits", "campaigns", "rules", "templates",
        "attributes",
    ]  # fmt: skip
    assert count(sections) > 50
    assert {change.kind for section in sections for change in section.changes} == set(Kind)
    assert all(change.text.strip() for section in sections for change in section.changes)


WORKPASS = template("workpass")


def test_of_a_plan_its_price_its_trial_and_who_may_have_it_are_told() -> None:
    changed = told(
        ('price: "58.00"', 'price: "68.00"'),
        ("trial: {days: 7}", "trial: {days: 14}"),
        ("value: 20000000", "value: 10000000"),
        ("一对一引荐，品牌专访", "一对一引荐"),
        source=WORKPASS,
        language="en",
    )
    condition = (
        "For those for whom this holds: it is not the case that Company founded on is within the last 731 days, and"
        " it is not the case that Company founded on is within the next 3660 days, and Yearly revenue (CNY) is more"
        " than {}, and does not have the tag “不良记录”"
    )
    before, after = condition.format("20,000,000"), condition.format("10,000,000")
    assert changed == {
        "Paid plans": [
            "“Business”: “Monthly ¥58 (1 month)” → “Monthly ¥68 (1 month)”",
            "“Business”: “7 days of trial first” → “14 days of trial first”",
            f"“Entrepreneur”: “{before}” → “{after}”",
            "“Entrepreneur”: the text on what it brings was rewritten",
        ]
    }


def test_of_a_plan_what_applicants_need_not_state_is_told_once() -> None:
    file = "kind: file}"
    assert told((file, "kind: file, required: false}"), source=WORKPASS) == {
        "付费会员": [
            "“企业家会员”：“须提交公司全称、公司成立日期（日期）、年营收（元）（数字）、审计报告或纳税证明（文件）” →"
            " “须提交公司全称、公司成立日期（日期）、年营收（元）（数字）、审计报告或纳税证明（文件）（选填）”"
        ]
    }


def test_of_a_benefit_its_terms_are_told() -> None:
    changed = told(('cost: "2000.00"', 'cost: "2500.00"'), source=WORKPASS, language="zh-hant")
    assert changed == {"權益": ["「品牌專訪一次」：「每次成本 2,000 元」 → 「每次成本 2,500 元」"]}
