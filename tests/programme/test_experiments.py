"""Experiments in a programme file: what is wrong with them, what they say, what changes."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from regulars.kit import clock
from regulars.programme.building import build
from regulars.programme.cautions import cautions
from regulars.programme.diff import compare
from regulars.programme.loader import load
from regulars.programme.sentences import rules_in_words
from tests.programme.test_faults import BASE, faults

SOUND = BASE.replace(
    "rules:\n",
    """\
experiments:
  gift: {name: 送礼, holdout: 10%, metric: orders, days: 14, until: 2027-01-31}
  text: {name: 文案, variants: {plain: 50%, warm: {share: 50%, name: 亲切}}}
control_group: {share: 2.5%, from: 2026-12-01, except: [care]}
campaigns:
  spring: {name: 春季, experiment: gift}
  care: {name: 关怀}
rules:
  - {id: a, name: 甲, on: order.paid, campaign: spring, then: [{message: {template: note}}]}
  - {id: b, name: 乙, on: order.paid, experiment: {id: text, variant: warm}, then: [{message: {template: note}}]}
""",
)


def test_what_a_file_says_of_experiments() -> None:
    programme = load(SOUND)
    gift = programme.experiments["gift"]
    assert [(group.id, group.share) for group in gift.groups] == [
        ("holdout", Fraction(1, 10)),
        ("treated", Fraction(9, 10)),
    ]
    assert gift.ends_at == datetime(2027, 1, 31, 16, tzinfo=UTC)
    assert programme.control_group is not None
    assert programme.control_group.share == Fraction(1, 40)
    said = {one.rule.id: one.bounds for one in rules_in_words(programme, "zh-hans")}
    assert said["a"] == "属于活动“春季”；在实验“送礼”中，对照组不发放；全局对照组除外。"
    assert said["b"] == "在实验“文案”中，只给“亲切”组。"
    assert cautions(programme, clock.now()) == []


@pytest.mark.parametrize(
    ("old", "new", "place", "text"),
    [
        ("holdout: 10%", "holdout: 0%", "experiments.gift.holdout", "share above 0"),
        ("holdout: 10%", "holdout: 10", "experiments.gift.holdout", "such as 10%"),
        ("holdout: 10%", "holdout: 100%", "experiments.gift.holdout", "hold everybody out"),
        ("holdout: 10%, metric", "metric", "experiments.gift", "nothing to compare"),
        ("metric: orders", "metric: margin", "experiments.gift.metric", "state insight"),
        ("{plain: 50%,", "{plain: 60%,", "experiments.text.variants", "come to 110%"),
        ("{plain: 50%,", "{plain: 40%,", "experiments.text.variants", "come to 90%"),
        ("{plain: 50%,", "{treated: 50%,", "experiments.text.variants.treated", "another name"),
        ("variant: warm", "variant: cold", "rules.1.experiment.variant", "there are: plain, warm"),
        ("{id: text, variant: warm}", "texts", "rules.1.experiment.id", "there are: gift, text"),
        ("experiment: gift", "experiment: gifts", "campaigns.spring.experiment.id", "there are: gift, text"),
        (
            "campaign: spring, then",
            "campaign: spring, experiment: text, then",
            "rules.0.experiment",
            "one only",
        ),
        ("except: [care]", "except: [cure]", "control_group.except.0", "no such campaign or rule"),
        ("share: 2.5%", "share: 51%", "control_group.share", "more than half"),
        ("from: 2026-12-01", "from: soon", "control_group.from", "2026"),
    ],
)
def test_what_cannot_be(old: str, new: str, place: str, text: str) -> None:
    assert old in SOUND
    found = faults(SOUND.replace(old, new))
    assert [one[1] for one in found] == [place]
    assert text in found[0][2]


def test_what_is_hardly_meant() -> None:
    alone = SOUND.replace("experiment: gift", "").replace(
        "experiment: {id: text, variant: warm}", "experiment: text"
    )
    alone = alone.replace("campaign: spring, ", "")
    found = cautions(load(alone), clock.now())
    assert [".".join(map(str, one.place)) for one in found] == [
        "experiments.gift",
        "experiments.text.variants",
        "control_group",
    ]


def test_what_changed_is_said() -> None:
    after = SOUND.replace("holdout: 10%", "holdout: 20%").replace("share: 2.5%", "share: 5%")
    told = {
        one.title: [each.text for each in one.changes] for one in compare(load(SOUND), load(after), "zh-hans")
    }
    assert told["实验"][0].startswith(
        "“送礼”：“对照组 10%、实验组 90%；按首次符合规则后 14 天的人均订单数比较"
    )
    assert told["全局对照组"] == [
        "“全局对照组”：“2.5% 的会员自 2026-12-01 起不参加任何活动（关怀 除外），按 90 天的消费比较” →"
        " “5% 的会员自 2026-12-01 起不参加任何活动（关怀 除外），按 90 天的消费比较”"
    ]


def test_a_rule_by_itself_is_checked_too() -> None:
    raw = {"id": "c", "name": "c", "on": "checkin", "experiment": "gone", "then": [{"tag": {"add": ["x"]}}]}
    built = build(raw, load(SOUND))
    assert [problem.place for problem in built.problems] == [("experiment", "id")]
