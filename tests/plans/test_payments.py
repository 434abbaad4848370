"""What payments, refunds and time make of a member's plans."""

from datetime import date
from itertools import permutations

import pytest

from regulars.plans.models import Act, Subscription
from regulars.plans.queries import revenue
from tests.engine.world import balances, books, event, level, order, took, who_is
from tests.plans.shop import (
    SVIP,
    VIP,
    acts,
    cancelled,
    happened,
    member,
    night,
    opened,
    paid,
    refund,
    refused,
    stands,
)

pytestmark = pytest.mark.django_db


def test_a_plan_starts_is_announced_lapses_and_resumes() -> None:
    opened(VIP)
    took(paid("vip", "2026-01-31"))
    assert stands("vip") == ("active", "month", "01-31", "02-28")
    night("2026-02-23 00:00")
    assert happened()[-1] == ("expiring", "02-23")
    night("2026-03-03 23:59")
    assert stands("vip")[0] == "active", "in grace"
    night("2026-03-04 00:00")
    assert stands("vip")[0] == "lapsed"
    took(paid("vip", "2026-03-10"))
    assert stands("vip") == ("active", "month", "03-10", "04-10")
    assert happened() == [
        ("paid", "01-31"), ("started", "01-31"), ("expiring", "02-23"), ("turned", "03-04"), ("lapsed", "03-04"),
        ("paid", "03-10"), ("resumed", "03-10"),
    ]  # fmt: skip


def test_a_renewal_in_grace_goes_on_where_it_ended() -> None:
    opened(VIP)
    took(paid("vip", "2026-01-31"), paid("vip", "2026-03-02"))
    assert stands("vip") == ("active", "month", "01-31", "03-31")
    assert happened()[-1] == ("renewed", "03-02")


def test_a_payment_counts_once_however_often_it_is_told() -> None:
    opened(VIP)
    one = paid("vip", "2026-01-15", payment_id="p")
    took(one)
    assert refused({**one, "id": "another"}) == "payment_known"
    assert acts() == [("vip", "paid")]
    assert refused(paid("gold", "2026-01-15")) == "plan_unknown"
    assert refused(paid("vip", "2026-01-15", "week")) == "period_unknown"


def test_refunds_shorten_and_end() -> None:
    opened(VIP, SVIP)
    took(paid("vip", "2026-01-15", payment_id="p"), refund("p", "2026-01-20", "15.00", refund_id="r"))
    assert stands("vip") == ("active", "month", "01-15", "01-30")
    assert refused(refund("p", "2026-01-20", "15.00", refund_id="r")) == "refund_known"
    assert refused(refund("p", "2026-01-20", "15.01")) == "refund_exceeds_payment"
    took(refund("p", "2026-01-21", "15.00"))
    assert stands("vip") == ("lapsed", "month", "01-15", "01-20")
    assert happened()[-1] == ("lapsed", "01-21")


def test_what_comes_late_ends_where_it_would_have_ended_in_order() -> None:
    ends = set()
    for number, some in enumerate(permutations((("01-15", "p1"), ("02-10", "p2"), ("03-20", "p3")))):
        opened(VIP)
        who = f"m{number}"
        took(*(paid("vip", f"2026-{day}", payment_id=name, who=who) for day, name in some))
        ends.add(stands("vip", who))
    assert ends == {("active", "month", "03-20", "04-20")}


def test_a_refund_waits_for_its_payment() -> None:
    opened(VIP)
    some = [
        paid("vip", "2026-01-15", payment_id="p1", id="one"),
        refund("p1", "2026-01-20", "15.00", refund_id="r1"),
        refund("p1", "2026-01-21", "5.00", refund_id="r2"),
        paid("vip", "2026-01-25", payment_id="p2", id="two"),
    ]
    found = set()
    for number, told in enumerate(permutations(some)):
        who = f"m{number}"
        member(who)
        for one in told:  # each in a batch of its own
            took({**one, "id": f"{who}{one['id']}", "member": {"pos": who}})
        night("2026-03-20 10:00")
        one = Subscription.objects.get(member_id=who_is(who), plan="vip")
        income = Act.objects.filter(member_id=who_is(who), kind="refunded")
        found.add((stands("vip", who), one.grown_to, sum(act.amount_minor for act in income)))
    assert found == {(("lapsed", "month", "01-15", "02-25"), None, 2000)}
    (month,) = revenue("Asia/Shanghai", date(2026, 1, 1), date(2026, 1, 31))
    assert (month.plan, month.paid_minor, month.refunded_minor) == ("vip", 24 * 6000, 24 * 2000)


def test_a_refund_that_nobody_can_place_yet_is_kept_and_known_again() -> None:
    opened(VIP, SVIP)
    member()
    one = refund("p", "2026-01-20", "60.00", refund_id="r")
    took(one)
    assert refused({**one, "id": "another"}) == "refund_known"
    assert acts() == [("", "refunded")]
    assert not Subscription.objects.filter(member_id=who_is("a")).exists()
    took(paid("svip", "2026-01-20 09:00", price="60.00", payment_id="p"))
    assert stands("svip") == ("lapsed", "", "", "")
    assert balances("a") == {}, "no day of it was lived"


def test_a_late_payment_brings_back_what_had_lapsed_meanwhile() -> None:
    opened(VIP)
    took(paid("vip", "2026-01-15"))
    night("2026-02-20 10:00")
    assert stands("vip")[0] == "lapsed"
    took(paid("vip", "2026-02-14"))
    assert stands("vip") == ("active", "month", "01-15", "03-15")
    took(cancelled("vip", "2026-02-01"))
    assert stands("vip")[0] == "active", "the payment came after it was cancelled"
    night("2026-04-01 10:00")
    assert [kind for kind, _ in happened()].count("lapsed") == 2


def test_cancelled_it_runs_to_its_end_without_grace() -> None:
    opened(VIP)
    took(paid("vip", "2026-01-15", auto_renew=True), cancelled("vip", "2026-01-20"))
    assert stands("vip") == ("cancelled", "month", "01-15", "02-15")
    assert refused(cancelled("vip", "2026-01-21")) == "no_change"
    night("2026-02-16 00:00")
    assert stands("vip")[0] == "lapsed"
    assert refused(cancelled("vip", "2026-02-16")) == "plan_not_running"


def test_a_failed_payment_is_noted_and_the_plan_runs_on() -> None:
    opened(VIP)
    took(paid("vip", "2026-01-15"), event("plan.payment_failed", "a", "2026-02-15", {"plan": "vip"}))
    assert stands("vip")[0] == "active"
    assert acts() == [("vip", "paid"), ("vip", "failed")]


def test_the_higher_plan_takes_over_at_once_and_the_lower_one_when_it_is_over() -> None:
    opened(VIP, SVIP)
    took(paid("vip", "2026-01-15"), paid("svip", "2026-01-20", price="60.00"))
    assert stands("vip") == ("lapsed", "month", "01-15", "01-19")
    assert stands("svip") == ("active", "month", "01-20", "03-04")
    took(paid("vip", "2026-02-01"))
    assert stands("vip") == ("scheduled", "month", "03-05", "04-04")
    night("2026-03-05 00:00")
    assert stands("svip")[0] == "lapsed"
    assert stands("vip")[0] == "active"
    assert [one for one in happened() if one[0] in ("changed", "lapsed", "turned")] == [
        ("changed", "01-20"), ("turned", "03-05"), ("changed", "03-05"),
    ]  # fmt: skip


def test_a_plan_places_on_its_level_while_it_runs_and_brings_growth_by_the_day() -> None:
    opened(SVIP)
    took(paid("svip", "2026-01-01", price="60.00"))
    assert level("a") == ("gold", *_days("2026-01-01", "2026-02-01"))
    assert balances("a") == {"growth": 10}, "the first day at once"
    night("2026-01-05 00:00")
    assert balances("a") == {"growth": 50}
    took(paid("svip", "2026-01-05", "year", price="600.00"))
    assert level("a") == ("gold", *_days("2026-01-05", "2027-02-01"))
    night("2026-02-03 00:00")
    # to 1 February 32 days at 10; then 15 for the days of the year
    assert balances("a") == {"growth": 32 * 10 + 2 * 15}
    assert who_is("a")
    assert [one[0] for one in happened(prefix="plan.changed")] == ["changed"]


def test_a_plan_that_is_refunded_lets_go_of_its_level() -> None:
    opened(SVIP)
    took(paid("svip", "2026-01-01", price="60.00", payment_id="p"), refund("p", "2026-01-03", "60.00"))
    assert level("a")[0] == "basic"
    assert balances("a") == {"growth": 30}, "days that were lived keep their growth"


def test_a_lapse_falls_to_what_was_earned() -> None:
    opened(SVIP)
    took(paid("svip", "2026-01-01", price="60.00"))
    night("2026-02-02 00:00")
    assert stands("svip")[0] == "lapsed"
    assert balances("a") == {"growth": 320}
    assert level("a")[0] == "gold", "320 were earned by the day"
    changes = books(who_is("a")).changes
    assert [(one[3], one[4]) for one in changes] == [("gold", "rule"), ("gold", "kept")]


def test_rules_start_from_plans_and_ask_for_them() -> None:
    rules = """\
  - {id: hello, name: Hello, on: plan.started, then: [{credit: {asset: points, amount: 100}}]}
  - id: member_price
    name: Double
    on: order.paid
    when: {all: [{field: plan.vip.active, op: eq, value: true}, {field: plan.vip.days_left, op: gte, value: 10}]}
    then: [{credit: {asset: points, for_each: 1, of: event.total}}]
"""
    opened(VIP, rules=rules)
    took(
        paid("vip", "2026-01-15"),
        order("a", "2026-01-16", "50.00", "1"),
        order("a", "2026-02-10", "50.00", "2"),
    )
    assert balances("a")["points"] == 150


def test_programmes_without_plans_know_nothing_of_them() -> None:
    opened(VIP)
    member("b")
    assert not Subscription.objects.exists()


def _days(first: str, last: str) -> tuple[object, object]:
    return date.fromisoformat(first), date.fromisoformat(last)
