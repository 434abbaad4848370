"""Rules may ask for scores; brands whose rules don't ask pay nothing."""

import pytest

from regulars.engine.plan import plan
from regulars.kit import clock
from regulars.kit.ids import bucket_of
from regulars.members.models import Score
from regulars.programme.service import current
from tests.engine.world import EARN, balances, event, fresh, joined, order, shop, took, who_is

pytestmark = pytest.mark.django_db

WIN_BACK = """\
  - id: win_back
    name: Welcome back
    on: checkin
    when:
      all:
        - {field: score.lifecycle, op: in, value: [sleeping, lost]}
        - {field: score.clv, op: gte, value: "50.00"}
    then: [{credit: {asset: points, amount: 100}}]
"""


def give(who: str, name: str, label: str = "", value: float | None = None) -> None:
    member = who_is(who)
    Score.objects.create(
        member_id=member, bucket=bucket_of(member), name=name, label=label, value=value, as_of=clock.now()
    )


def test_a_rule_for_sleeping_members_of_value() -> None:
    fresh(shop(EARN + WIN_BACK))
    assert plan(current().number).scores == {"lifecycle", "clv"}
    took(*(joined(who, "2026-03-01") for who in "abc"))
    give("a", "lifecycle", "sleeping")
    give("a", "clv", value=5_000)
    give("b", "lifecycle", "sleeping")
    give("b", "clv", value=4_999)
    took(*(event("checkin", who, "2026-03-02") for who in "abc"))
    assert [balances(who).get("points", 0) for who in "abc"] == [100, 0, 0]


def test_programmes_that_do_not_ask_read_no_scores() -> None:
    fresh(shop())
    took(joined("a", "2026-03-01"), order("a", "2026-03-02", 5, "1"))
    assert plan(current().number).scores == frozenset()
