# ruff: noqa: E501  sentences are told whole
"""What a file says about time and choice: faults with their place and a way out, cautions, and sentences."""

from datetime import UTC, datetime

import pytest

from regulars.programme.cautions import cautions
from regulars.programme.loader import InvalidProgramme, load
from regulars.programme.sentences import rules_in_words

HEAD = """\
programme: shop
name: Shop
timezone: Asia/Shanghai
currency: CNY
assets:
  points: {name: {zh-hans: 积分, en: points}}
  growth: {name: growth, spendable: false}
ladders:
  level:
    name: Level
    measure: {asset: growth}
    levels: [{id: basic, name: Basic, at: 0}, {id: gold, name: Gold, at: 100}]
"""
GIVE = "then: [{credit: {asset: points, amount: 5}}]"


def programme(*rules: str, member_day: str = "") -> str:
    said = "".join(
        f"  - {{id: r{number}, name: R{number}, {rule}{'' if 'then:' in rule else ', ' + GIVE}}}\n"
        for number, rule in enumerate(rules)
    )
    return HEAD + (f"member_day: {member_day}\n" if member_day else "") + "rules:\n" + said


def faults(source: str) -> list[str]:
    with pytest.raises(InvalidProgramme) as refused:
        load(source)
    return [fault.say("en").split(", ", 1)[1] for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("on: checkin, from: 2026-11-02, until: 2026-11-01", "rules.0.until: must be later than from"),
        ("on: checkin, from: tomorrow", "rules.0.from: must be a day (2026-11-22) or a moment (2026-11-22T10:00)"),
        ("on: checkin, windows: [{days: [31], months: [2, 4]}]", "rules.0.windows.0: can never be open"),
        ("on: checkin, windows: [{days: [0, 3]}]", "rules.0.windows.0.days: there is no day 0"),
        ("on: checkin, windows: [{}]", "rules.0.windows.0: must say when"),
        ("on: checkin, windows: [{hours: ['10:00-10:00']}]", "rules.0.windows.0.hours.0: must begin and end"),
        ("on: checkin, windows: [{member_day: true}]", "rules.0.windows.0.member_day: the programme states no member_day"),
        ("on: checkin, windows: [{holiday: {name: mid_autum}}]", "rules.0.windows.0.holiday.name: there is no such holiday; there are: mid_autumn"),
        ("on: checkin, from: 2026-11-02, until: 2026-11-05, windows: [{weekdays: [7]}]", "rules.0.windows: no day between from and until"),
        ("on: schedule", "rules.0.schedule: goes with on: schedule"),
        ("on: checkin, schedule: {cron: '0 9 * * *'}", "rules.0.schedule: goes with on: schedule"),
        ("on: schedule, schedule: {cron: '0 9 30 2 *'}", "rules.0.schedule.cron: is never due"),
        ("on: schedule, schedule: {cron: '*/5 * * * *'}", "rules.0.schedule.cron: must not be due more often than every 15 minutes"),
        ("on: schedule, schedule: {cron: 'every day'}", "rules.0.schedule.cron: is no cron"),
        ("on: schedule, schedule: {cron: '0 9 * * *', at: '10:00'}", "rules.0.schedule.at: the time is in cron already"),
        ("on: schedule, schedule: {cron: '0 9 * * *', birthday: {}}", "rules.0.schedule: must be exactly one of"),
        ("on: schedule, schedule: {birthday: {days_before: 1, days_after: 1}}", "rules.0.schedule.birthday: must state days_before or days_after"),
        ("on: schedule, schedule: {birthday: {}, at: '25:00'}", "rules.0.schedule.at: must be a time of day"),
        ("on: schedule, schedule: {birthday: {}}, when: {field: event.total, op: gte, value: 1}", "rules.0.when.field: There is no field “event.total” here"),
        ("on: schedule.due", "rules.0.on: there is no such event type"),
        ("on: checkin, test: {}", "rules.0.test: must state members, tag or when"),
        ("on: checkin, budget: {units: 0}", "rules.0.budget.units: must be a whole number"),
        ("on: checkin, group: {id: g, pick: best}, then: [{tag: {add: [x]}}]", "rules.0.group.pick: best compares what rules credit"),
    ],
)  # fmt: skip
def test_faults(rule: str, told: str) -> None:
    assert [fault[: len(told)] for fault in faults(programme(rule))] == [told]


def test_rules_of_a_group_agree() -> None:
    assert faults(
        programme(
            "on: checkin, group: {id: g}",
            "on: review.posted, group: {id: g}",
            "on: checkin, group: {id: g, pick: best}",
        )
    ) == [
        "rules.1.group.id: rules of one group start from one type of event: that of r0; or choose another group",
        "rules.2.group.pick: must be the same in all rules of the group: that of r0",
    ]
    growth = "then: [{credit: {asset: growth, amount: 5}}]"
    told = faults(
        programme(
            "on: checkin, group: {id: g, pick: best}", f"on: checkin, group: {{id: g, pick: best}}, {growth}"
        )
    )
    assert [one.split(":")[0] for one in told] == ["rules.0.group.pick", "rules.1.group.pick"]
    assert "state the cost of growth, points" in told[0]


def test_cautions() -> None:
    source = programme(
        "on: checkin, group: {id: g}, priority: 2",
        "on: checkin, group: {id: g}, when: {field: tags, op: has, value: x}",
        "on: checkin, until: 2026-01-01",
        "on: review.posted, stop: true, priority: 1",
        "on: review.posted, test: {tag: staff}",
        "on: tier.upgraded, then: [{credit: {asset: growth, amount: 50}}]",
        "on: tier.upgraded, then: [{tier: {ladder: level, level: basic, up_only: false}}]",
        "on: tier.downgraded, then: [{tier: {ladder: level, level: gold}}]",
    )
    found = cautions(load(source), datetime(2026, 11, 1, tzinfo=UTC))
    assert [(".".join(map(str, one.place)), one.text["en"].split(":")[0].split("”")[0]) for one in found] == [
        ("rules.1.group", "never applies"),
        ("rules.2.until", "“R2"),
        ("rules.4.test", "“R4"),
        ("rules.4", "never asked"),
        ("rules.5.then.0.credit", "“R5"),
        ("rules.6.then", "chases “R7"),
    ]


def test_an_ordinary_programme_has_none() -> None:
    limited = "on: checkin, group: {id: g}, priority: 2, limit: {times: 1, per: day}"
    assert (
        cautions(load(programme(limited, "on: checkin, group: {id: g}")), datetime(2026, 11, 1, tzinfo=UTC))
        == []
    )


@pytest.mark.parametrize(
    ("rule", "hans", "en"),
    [
        (
            "on: checkin, windows: [{days: [18, -1], hours: ['20:00-22:00']}, {weekdays: [6, 7]}]",
            "会员签到时：送 5 积分；生效时间：每月 18 日、最后一天、20:00–22:00，或每周六、周日。",
            "When a member checks in: give 5 points; open day 18, the last of the month, 20:00–22:00, or every Saturday, Sunday.",
        ),
        (
            "on: checkin, from: 2026-09-01, until: 2026-12-31, windows: [{holiday: {name: mid_autumn, before: 3}}]",
            "会员签到时：送 5 积分；生效时间：2026-09-01 至 2026-12-31、中秋节及前 3 天。",
            "When a member checks in: give 5 points; open from 2026-09-01 to 2026-12-31, Mid-Autumn Festival and 3 days before.",
        ),
        (
            "on: schedule, schedule: {cron: '0 9 18 * *'}, when: {field: tags, op: has, value: vip}",
            "每月 18 日 09:00，对符合（含标签“vip”）的会员：送 5 积分；错过后 24 小时内补发。",
            "Day 18 of the month at 09:00, for members with: has the tag “vip”: give 5 points; made up for within 24 hours where it was missed.",
        ),
        (
            "on: schedule, schedule: {birthday: {days_before: 7}, at: '10:00'}, group: {id: g, pick: best}, stop: true",
            "会员生日前 7 天 10:00，对全体会员：送 5 积分；错过后 24 小时内补发；与组“g”的其他规则只取发放最多的一条；生效后不再看后面的规则。",
            "7 days before the member’s birthday at 10:00, for every member: give 5 points; made up for within 24 hours where it was missed; of the group “g” only the one that gives most applies; no rule after it is asked once it applied.",
        ),
    ],
)  # fmt: skip
def test_sentences(rule: str, hans: str, en: str) -> None:
    found = load(programme(rule))
    said = [next(iter(rules_in_words(found, language))).sentence for language in ("zh-hans", "en")]
    assert said == [hans, en]
