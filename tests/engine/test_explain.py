"""Which rules held for a stored event, which did not, and with which values."""

import pytest

from regulars.engine.queries import explain
from regulars.events.models import Event
from regulars.events.queries import get
from tests.engine.world import EARN, fresh, order, shop, took

pytestmark = pytest.mark.django_db

RULES = (
    EARN
    + """\
  - id: big
    name: {zh-hans: 大单, zh-hant: 大單, en: Big order}
    on: order.paid
    priority: 1
    when:
      all:
        - {field: event.total, op: gte, value: 100}
        - {field: orders.count, op: gte, value: 2}
    then:
      - credit: {asset: points, amount: 50}
  - id: reward
    name: Reward
    on: tier.upgraded
    then:
      - credit: {asset: points, amount: 9}
"""
)


def test_an_event_is_explained_by_what_was_seen() -> None:
    fresh(shop(RULES))
    took(order("a", "2026-03-01", 120, "1", id="first"), order("a", "2026-03-02", 130, "2", id="second"))
    first = explain(get("pos", "first"), "en")
    assert [(one.rule, one.held) for one in first.verdicts] == [("big", False), ("base", True)]
    assert [line["held"] for line in first.verdicts[0].parts] == [True, False]
    assert [one["amount"] for one in first.verdicts[1].effects] == [120, 120]
    assert Event.objects.get(key="first").trace == [["big", False, [12000, 1]], ["base", True, []]]
    joined, upgraded = sorted(first.followed, key=lambda one: one.event.type)
    assert (joined.event.type, joined.verdicts) == ("member.joined", ())
    assert [(one.rule, one.held, one.effects[0]["amount"]) for one in upgraded.verdicts] == [
        ("reward", True, 9)
    ]
    second = explain(get("pos", "second"), "en")
    assert [(one.rule, one.held) for one in second.verdicts] == [("big", True), ("base", True)]
    assert Event.objects.get(key="second").trace == [["big", True, [13000, 2]], ["base", True, []]]
    assert second.verdicts[0].name == "Big order"
    assert "130" in second.verdicts[0].sentence


def test_in_three_languages() -> None:
    fresh(shop(RULES))
    took(order("a", "2026-03-01", 120, "1", id="first"))
    said = [
        explain(get("pos", "first"), language).verdicts[0].name for language in ("zh-hans", "zh-hant", "en")
    ]
    assert said == ["大单", "大單", "Big order"]
