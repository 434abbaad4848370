"""“Why 24 points?”: every rule that was asked, with what it saw, in the words of the version that decided."""

from pathlib import Path

import pytest

from regulars.engine.queries import explain
from regulars.events.queries import get
from regulars.programme.service import publish, version
from tests.queries import rows

GROCERY = Path(__file__).parents[2] / "programmes" / "grocery.yaml"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def grocery() -> None:
    version.cache_clear()
    publish(GROCERY.read_text(encoding="utf-8"), "tests")


def test_an_order_says_which_rules_held_and_what_they_saw() -> None:
    alice = rows.member("Alice")
    cause = rows.event(
        alice, "order.paid", rows.NOW, key="o-1",
        effects=[
            {"kind": "order", "rule": "", "order_id": "1", "total_minor": 2400},
            {"kind": "credit", "rule": "base_points", "asset": "points", "amount": 24},
            {"kind": "credit", "rule": "joining_gift", "asset": "points", "amount": 100, "event": "member.joined"},
        ],
        trace=[["base_points", True, [], "quiet"], ["member_day", False, [22]], ["long_gone", True, []]],
    )  # fmt: skip
    rows.event(
        alice, "member.joined", rows.NOW, cause=cause, source="rules",
        effects=[{"kind": "credit", "rule": "joining_gift", "asset": "points", "amount": 100}],
        trace=[["joining_gift", True, []]],
    )  # fmt: skip
    found = explain(get("pos", "o-1"), "en")
    base, day, gone = found.verdicts
    assert [effect["amount"] for effect in base.effects] == [24]
    assert (
        base.sentence == "“Points for purchases” always holds; the event is history, so nobody was notified"
    )
    assert (day.held, day.effects, [part["seen"] for part in day.parts]) == (False, (), ["22"])
    assert day.sentence == "“Double points on member day” did not hold: on day 18 of the month (seen: 22)"
    assert gone.sentence == "rule “long_gone” is not in version 1"
    assert [effect["kind"] for effect in found.own] == ["order"]
    (joined,) = found.followed
    assert [(each.rule, [effect["amount"] for effect in each.effects]) for each in joined.verdicts] == [
        ("joining_gift", [100])
    ]


def test_it_speaks_chinese_as_well() -> None:
    alice = rows.member("Alice")
    rows.event(alice, "order.paid", rows.NOW, key="o-1", trace=[["member_day", True, [18], "budget"]])
    (hans,) = explain(get("pos", "o-1"), "zh-hans").verdicts
    (hant,) = explain(get("pos", "o-1"), "zh-hant").verdicts
    assert (
        hans.sentence
        == "“会员日双倍积分”成立：每月 18 日（当时：18）；规则预算不足，未发放或只发放了剩余部分"
    )
    assert hant.sentence.startswith("「會員日雙倍點數」成立：每月 18 日")
