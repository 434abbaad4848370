"""The course of a member's plans: months, renewals, changes, refunds, to the day and to the fen."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.language.effects import PlanAct
from regulars.plans.contracts import Entry, RefundMode
from regulars.plans.course import Course, follow, share
from regulars.plans.logic import quote, stand
from tests.plans.acts import act, day, family, paid, plan, refunded

VIP, SVIP = plan("vip", 1), plan("svip", 2)


def spans(course: Course) -> list[tuple[str, str, str]]:
    return [(term.plan, term.first.isoformat()[5:], term.last.isoformat()[5:]) for term in course.terms]


def test_months_are_counted_from_the_start_of_the_run() -> None:
    course = follow(family(VIP), [paid("vip", "01-31"), paid("vip", "02-28"), paid("vip", "03-31")])
    assert spans(course) == [("vip", "01-31", "02-28"), ("vip", "03-01", "03-31"), ("vip", "04-01", "04-30")]


def test_a_year_from_a_leap_day_ends_on_the_last_of_february_and_four_years_later_on_the_29th() -> None:
    years = [paid("vip", f"{year}-02-28" if year % 4 else f"{year}-02-29", 12) for year in range(2024, 2028)]
    course = follow(family(VIP), years)
    assert [term.last for term in course.terms] == [
        day("2025-02-28"), day("2026-02-28"), day("2027-02-28"), day("2028-02-29"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("on", "until"),
    [("02-12", "03-15"), ("02-15", "03-15"), ("02-18", "03-15"), ("02-19", "03-19")],
    ids=["early", "last day", "in grace", "lapsed"],
)
def test_a_renewal_goes_on_from_the_end_and_after_the_grace_begins_anew(on: str, until: str) -> None:
    course = follow(family(VIP), [paid("vip", "01-15"), paid("vip", on)])
    assert course.terms[-1].last == day(until)


def test_who_cancelled_has_no_grace() -> None:
    course = follow(
        family(VIP), [paid("vip", "01-15"), act("cancelled", "vip", "01-20"), paid("vip", "02-17")]
    )
    assert spans(course) == [("vip", "01-15", "02-15"), ("vip", "02-17", "03-17")]


def test_the_order_of_arrival_says_nothing() -> None:
    first, second = paid("vip", "01-15"), paid("vip", "02-10")
    acts = [
        first,
        second,
        act("cancelled", "vip", "02-01"),
        paid("vip", "05-01"),
        refunded(first, "01-20", 1500),
    ]
    ends = {tuple(spans(follow(family(VIP), some))) for some in permutations(acts)}
    assert ends == {(("vip", "01-15", "01-30"), ("vip", "02-10", "03-10"), ("vip", "05-01", "06-01"))}


@settings(max_examples=50, deadline=None)
@given(st.permutations(range(5)), st.lists(st.integers(1, 28), min_size=5, max_size=5), st.integers(1, 6000))
def test_refunds_that_nobody_can_place_yet_end_where_the_others_do(
    order: list[int], days: list[int], amount: int
) -> None:
    def on(place: int, month: int) -> str:
        return f"{month:02}-{days[place]:02}"

    first, higher = paid("vip", on(0, 1)), paid("svip", on(1, 2), amount=6000)
    acts = [first, higher, refunded(first, on(2, 1), min(amount, 3000)), refunded(higher, on(3, 2), amount)]
    acts.append(paid("vip", on(4, 3)))
    placeless = [replace(one, plan="") if one.kind == "refunded" else one for one in acts]
    both = family(VIP, SVIP)
    assert spans(follow(both, [placeless[place] for place in order])) == spans(follow(both, acts))
    assert follow(family(plan("other")), placeless).terms == []


def test_a_share_and_the_rest_are_the_whole() -> None:
    assert (share(100, 1, 3), share(100, 2, 3)) == (33, 67)
    assert share(101, 1, 2) == 51, "a half goes to the part"


@given(st.integers(0, 10**9), st.integers(0, 400), st.integers(1, 400))
def test_no_fen_is_lost(value: int, part: int, whole: int) -> None:
    part = min(part, whole)
    given_back = share(value, part, whole)
    assert 0 <= given_back <= value
    assert abs(given_back * whole - value * part) * 2 <= whole


def test_a_higher_plan_begins_at_once_and_a_lower_one_when_it_is_over() -> None:
    both = family(VIP, SVIP)
    up = follow(both, [paid("vip", "01-15"), paid("svip", "01-20", amount=6000)])
    # 26 of 31 days were left: 25.16, which at 60.00 for 31 days is another 12 days
    assert spans(up) == [("vip", "01-15", "01-19"), ("svip", "01-20", "03-04")]
    assert up.terms[1].value == 6000 + 2516
    down = follow(
        both, [paid("svip", "01-15", amount=6000), paid("vip", "01-20"), paid("svip", "01-25", amount=6000)]
    )
    assert spans(down) == [("svip", "01-15", "02-15"), ("svip", "02-16", "03-15"), ("vip", "03-16", "04-15")]


def asked(course_acts: list[PlanAct], plan_id: str, months: int, on: str) -> object:
    both = family(VIP, replace(SVIP, periods=VIP.periods))
    chosen = both[plan_id]
    period = chosen.period(f"m{months}")
    assert period is not None
    moment = datetime(2026, int(on[:2]), int(on[3:]), 4, tzinfo=UTC)
    return quote(both, course_acts, chosen, period, moment, day(on), UUID(int=10**6))


def test_a_quote_states_each_payment_that_is_left_to_the_fen() -> None:
    acts = [paid("vip", "01-15", payment_id="a"), paid("vip", "01-16", 3, 8000, payment_id="b")]
    found = asked(acts, "svip", 12, "01-31")
    assert (found.kind, found.starts, found.until) == ("upgrade", day("01-31"), day("2027-01-31"))
    lines = [(one.payment_id, one.days, one.of, one.value_minor, one.worth_minor) for one in found.left]
    assert lines == [("a", 15, 31, 3000, 1452), ("b", 89, 89, 8000, 8000)]
    assert (found.price_minor, found.credit_minor, found.due_minor) == (30000, 9452, 20548)


def test_what_is_left_beyond_the_price_becomes_days() -> None:
    found = asked([paid("vip", "01-15", 12, 30000)], "svip", 1, "01-20")
    # 360 of 365 days: 295.89; a month of 31 days costs 30.00
    assert (found.credit_minor, found.due_minor, found.surplus_minor) == (29589, 0, 26589)
    assert found.extra_days == 26589 * 31 // 3000 == 274
    assert found.until == day("2026-11-21")


def test_a_quote_for_less_starts_when_the_higher_plan_is_over() -> None:
    found = asked([paid("svip", "01-15")], "vip", 1, "01-20")
    assert (found.kind, found.credit_minor, found.due_minor) == ("downgrade", 0, 3000)
    assert (found.starts, found.until) == (day("02-16"), day("03-15"))


def test_a_refund_in_proportion_takes_days_and_what_follows_moves_up() -> None:
    first, second = paid("vip", "01-15"), paid("vip", "01-16")
    half = follow(family(VIP), [first, second, refunded(first, "01-20", 1000), refunded(first, "01-21", 500)])
    # 10 of 31 days (10.33), then 16 in all (15.5)
    assert spans(half) == [("vip", "01-15", "01-30"), ("vip", "01-31", "02-28")]
    whole = follow(family(VIP), [first, second, refunded(first, "01-20", 3000)])
    assert spans(whole) == [("vip", "01-15", "01-19"), ("vip", "01-20", "02-19")]


def test_a_refund_that_ends_the_plan_ends_it_at_once_and_leaves_no_grace() -> None:
    strict = family(plan("vip", refund=RefundMode.END))
    first = paid("vip", "01-15")
    course = follow(strict, [first, refunded(first, "01-20", 100)])
    assert spans(course) == [("vip", "01-15", "01-19")]
    assert stand(course, "vip", day("01-19")).status == "active"
    assert stand(course, "vip", day("01-20")).status == "lapsed"


def test_a_payment_waits_for_approval_and_counts_from_then() -> None:
    guarded = family(plan("vip", entry=Entry(None, (), True, None)))  # type: ignore[arg-type]
    early = [paid("vip", "01-15")]
    assert stand(follow(guarded, early), "vip", day("01-16")).status == "applied"
    course = follow(guarded, [*early, act("approved", "vip", "01-20")])
    assert spans(course) == [("vip", "01-20", "02-20")]


def test_a_trial_is_followed_by_what_is_paid_meanwhile() -> None:
    course = follow(family(VIP), [act("trial", "vip", "01-01", days=7), paid("vip", "01-05")])
    assert spans(course) == [("vip", "01-01", "01-08"), ("vip", "01-09", "02-08")]
    assert (
        stand(follow(family(VIP), [act("trial", "vip", "01-01", days=7)]), "vip", day("01-03")).status
        == "trial"
    )
    assert stand(course, "vip", day("01-06")).status == "active"


def test_a_term_that_is_to_start_later_is_scheduled() -> None:
    course = follow(family(VIP), [paid("vip", "01-05", starts=day("03-01"))])
    found = stand(course, "vip", day("01-05"))
    assert (found.status, found.since, found.turns_on) == ("scheduled", day("03-01"), day("03-01"))
    assert stand(course, "vip", day("03-01")).status == "active"


def test_where_a_member_stands() -> None:
    both = family(VIP, SVIP)
    course = follow(both, [paid("svip", "01-15", amount=6000), paid("vip", "01-20", 3, 8000)])
    high, low = stand(course, "svip", day("01-20")), stand(course, "vip", day("01-20"))
    assert (high.status, high.until, high.last_day, high.turns_on) == (
        "active",
        day("02-15"),
        day("02-15"),
        day("02-16"),
    )
    assert (low.status, low.since, low.turns_on) == ("scheduled", day("02-16"), day("02-16"))
    later = stand(course, "vip", day("05-17"))
    assert (later.status, later.until, later.last_day) == ("active", day("05-15"), day("05-18")), "in grace"
    assert stand(course, "vip", day("05-19")).status == "lapsed"
