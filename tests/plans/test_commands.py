"""Trials, applications, quotes and renewals as commands."""

import pytest

from tests.engine.world import balances, took
from tests.plans.shop import (
    BUSINESS,
    SVIP,
    VIP,
    acts,
    code,
    command,
    happened,
    member,
    night,
    opened,
    paid,
    refused,
    stands,
)

pytestmark = pytest.mark.django_db

GOOD = {"revenue": 21_000_000, "founded": "2020-05-17"}


def test_a_trial_runs_once_and_ends_by_itself() -> None:
    opened(VIP, SVIP)
    member()
    assert command("2026-01-10", "take_trial", "vip", key="k").status == "processed"
    assert command("2026-01-10", "take_trial", "vip", key="k").status == "duplicate"
    assert stands("vip") == ("trial", "", "01-10", "01-17")
    assert code(command("2026-01-11", "take_trial", "vip")) == "trial_used"
    assert code(command("2026-01-11", "take_trial", "svip")) == "no_trial"
    night("2026-01-12 08:00")
    night("2026-01-18 00:00")
    assert stands("vip")[0] == "lapsed"
    assert [kind for kind, _ in happened()] == [
        "trial_taken",
        "trial_started",
        "expiring",
        "turned",
        "trial_ended",
    ]
    assert code(command("2026-01-20", "take_trial", "vip")) == "trial_used"


def test_who_pays_during_the_trial_keeps_its_days() -> None:
    opened(VIP)
    member()
    command("2026-01-10", "take_trial", "vip")
    took(paid("vip", "2026-01-12"))
    assert stands("vip") == ("active", "", "01-10", "02-17")
    night("2026-01-18 00:00")
    assert stands("vip") == ("active", "month", "01-10", "02-17")
    assert "changed" not in [kind for kind, _ in happened()]


def test_a_trial_is_refused_to_who_has_a_plan_of_its_family() -> None:
    opened(VIP, SVIP)
    took(paid("svip", "2026-01-01", price="60.00"))
    assert code(command("2026-01-02", "take_trial", "vip")) == "plan_running"
    assert acts() == [("svip", "paid")]


def test_an_application_says_which_condition_is_not_met_and_what_was_seen() -> None:
    opened(BUSINESS)
    member()
    short = command("2026-01-10", "apply", "business", {"revenue": 5_000_000, "founded": "2025-05-17"})
    assert code(short) == "entry_not_met"
    assert short.error is not None
    assert short.error.text["en"] == (
        "does not meet: Revenue is more than 20,000,000 (now: 5,000,000); Founded is before 2024-01-01 "
        "(now: 2025-05-17)"
    )
    assert acts() == []
    missing = command("2026-01-10", "apply", "business", {"revenue": 21_000_000})
    assert (code(missing), missing.error and missing.error.field) == ("evidence_missing", "evidence.founded")
    assert code(command("2026-01-10", "apply", "business", {**GOOD, "revenue": "much"})) == "evidence_number"
    assert (
        code(command("2026-01-10", "apply", "business", {**GOOD, "founded": "long ago"})) == "evidence_date"
    )


def test_an_application_waits_for_an_operator_and_the_payment_with_it() -> None:
    opened(BUSINESS)
    member()
    assert command("2026-01-10", "apply", "business", GOOD).status == "processed"
    assert code(command("2026-01-11", "apply", "business", GOOD)) == "already_applied"
    took(paid("business", "2026-01-12", "year", "16800.00"))
    assert stands("business")[0] == "applied"
    assert command("2026-01-15", "approve", "business", by="li@brand").status == "processed"
    assert stands("business") == ("active", "year", "01-15", "2027-01-15")
    assert code(command("2026-01-16", "approve", "business")) == "nothing_to_decide"


def test_a_refused_application_may_be_made_again() -> None:
    opened(BUSINESS)
    member()
    command("2026-01-10", "apply", "business", GOOD)
    command("2026-01-11", "refuse", "business", by="li@brand")
    assert stands("business")[0] == "refused"
    assert command("2026-01-12", "apply", "business", GOOD).status == "processed"
    assert stands("business")[0] == "applied"


def test_a_quote_is_paid_once_and_by_its_own_member() -> None:
    opened(VIP, SVIP)
    took(paid("vip", "2026-01-15"))
    found = command("2026-01-20", "quote", "svip", "month")
    told = found.effects[0]
    assert (told["price"], told["credit"], told["due"]) == ("60.00", "25.16", "34.84")
    assert (told["starts"], told["ends"], told["extra_days"]) == ("2026-01-20", "2026-02-20", 0)
    assert [(one["days"], one["of"], one["worth"]) for one in told["lines"]] == [(26, 31, "25.16")]
    assert stands("vip")[0] == "active", "a quote changes nothing"
    quote = str(found.event_id)
    member("b")
    assert refused(paid("svip", "2026-01-20", price="34.84", quote=quote, who="b")) == "quote_unknown"
    took(paid("svip", "2026-01-20", price="34.84", quote=quote))
    assert stands("svip") == ("active", "month", "01-20", "02-20")
    assert stands("vip")[0] == "lapsed"
    assert refused(paid("svip", "2026-01-21", price="34.84", quote=quote)) == "quote_used"
    assert balances("a") == {"growth": 20}, "two days, lived through by the second event"


def test_renewal_is_switched_off_and_on() -> None:
    opened(VIP)
    took(paid("vip", "2026-01-15", auto_renew=True))
    assert code(command("2026-01-16", "resume", "vip")) == "no_change"
    assert command("2026-01-16", "cancel", "vip").status == "processed"
    assert stands("vip")[0] == "cancelled"
    assert command("2026-01-17", "resume", "vip").status == "processed"
    assert stands("vip")[0] == "active"
    assert code(command("2026-01-17", "cancel", "svip")) == "plan_unknown"
