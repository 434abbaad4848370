"""Members lived through in portions come to the same as all of them at once."""

import pytest

from regulars.engine import operations
from regulars.engine.history import BUCKETS, portions
from regulars.engine.operations import Request
from regulars.engine.tasks import settle_all
from regulars.insight.comparing import packed, unpacked, whole
from regulars.insight.portions import divided, live_apart, live_through
from regulars.kit import clock
from regulars.programme.loader import load
from regulars.programme.service import current
from tests.engine.world import fresh, moment, order, refund, shop, today, took, who_is

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("life")]
SHOP = shop(expires="{months: 2}").replace(
    "clawback: debt}\n  growth", 'clawback: debt, cost: "0.01", gifts: {least: 1}}\n  growth'
)
DRAFT = SHOP.replace("points, for_each: 1", "points, for_each: 3").replace("at: 250", "at: 280")
BUDGET = DRAFT.replace(
    "    on: order.paid\n",
    "    on: order.paid\n    budget: {units: 500, per: month, when_short: partial}\n",
    1,
)


@pytest.fixture
def life() -> None:
    with today("2026-01-01"):
        fresh(SHOP)
    names = [f"m{number}" for number in range(12)]
    with today("2026-01-10"):
        took(*(order(who, "2026-01-10", 20 * place + 7, who) for place, who in enumerate(names)))
        operations.gift(Request(who_is("m3"), "console", "g1", "alice"), "points", 20, who_is("m8"))
    with today("2026-02-10"):
        took(
            *(order(who, "2026-02-10", 130, f"{who}b") for who in names[6:]),
            refund("m9", "2026-02-10", 30, "m9"),
        )
    with today("2026-04-20"):
        settle_all()


def test_portions_come_to_the_whole_and_gifts_keep_members_together() -> None:
    before, after, first = current(), load(DRAFT), moment("2026-02-01")
    with today("2026-04-21"):
        until = clock.now()
        parts = portions(until, 5)
        assert sorted(bucket for part in parts for bucket in part.buckets) == list(BUCKETS)
        assert len(parts) == 5
        giver, friend = (who_is(name).int & 63 for name in ("m3", "m8"))
        assert sum(giver in part.buckets and friend in part.buckets for part in parts) == 1
        lived = [live_through(before, after, part.buckets, first, until) for part in parts]
        apart = whole([unpacked(packed(one), before, after, first, until) for one in lived])
        together = live_through(before, after, BUCKETS, first, until)
        assert apart.as_json() == together.as_json()
        assert live_apart(before, after, first, until).as_json() == together.as_json()
    told = together.as_json()
    assert (told["cost_minor"], told["in_force"]["cost_minor"]) == (6 * 390, 6 * 130)
    assert (told["better"], told["worse"], len(told["winners"])) == (6, 0, 6)
    assert told["winners"][0]["after"] - told["winners"][0]["before"] == 260
    assert sum(each["members"] for each in told["spread"]) == 6
    assert told["liability"][-1]["cost_minor"] == together.after.outstanding["points"]
    assert [each["month"] for each in told["liability"]] == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert told["flows"] == {
        "level": [{"from": "gold", "to": "silver", "members": told["flows"]["level"][0]["members"]}]
    }


def test_who_shares_a_budget_is_lived_through_in_one_piece() -> None:
    with today("2026-04-21"):
        now = clock.now()
        assert len(divided(current(), load(DRAFT), now)) == 1, "few events are not worth dividing"
        (part,) = divided(current(), load(BUDGET), now, least=8)
        assert part.buckets == BUCKETS
        tried = live_through(current(), load(BUDGET), part.buckets, moment("2026-01-01"), now).after
    assert sum(tried.units.values()) == 1000, "500 in January, 500 in February, to the unit"
