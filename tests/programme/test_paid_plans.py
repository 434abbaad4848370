"""Paid plans in a programme file: what may be said, and what is refused with its place."""

import pytest

from regulars.language.text import LANGUAGES
from regulars.plans.contracts import Growth, Period, Placing, RefundMode
from regulars.programme.held import StillHeld
from regulars.programme.loader import load
from regulars.programme.service import publish, version
from regulars.programme.vocabulary import fields_for
from tests.engine.world import took
from tests.plans.shop import BUSINESS, HEAD, SVIP, VIP, opened, paid
from tests.programme.test_faults import faults

WHOLE = HEAD + VIP + SVIP + BUSINESS


def test_plans_are_read() -> None:
    plans = load(WHOLE).plans
    vip, svip, business = plans.values()
    assert [(one.id, one.months, one.price_minor) for one in vip.periods] == [
        ("month", 1, 3000), ("quarter", 3, 8000), ("year", 12, 30000),
    ]  # fmt: skip
    assert vip.periods[0] == Period("month", {"zh-hans": "月付", "zh-hant": "月付", "en": "monthly"}, 1, 3000)
    assert (vip.family, vip.trial_days, vip.grace_days, vip.remind_days) == ("club", 7, 3, 5)
    assert (svip.refund, svip.level) == (RefundMode.END, Placing("level", "gold"))
    assert svip.daily == Growth("growth", 10, {"year": 15})
    assert (business.family, business.asks_approval) == ("business", True)


def test_each_plan_has_fields_in_three_languages() -> None:
    fields = fields_for(load(WHOLE), None)
    names = [f"plan.vip.{name}" for name in ("active", "days_left", "since_days", "period")]
    assert all(set(fields[name].label) == set(LANGUAGES) for name in names)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("rank: 2", "rank: 1", "plans.svip.rank"),
        ("{id: quarter, months: 3", "{id: month, months: 3", "plans.vip.periods.1.id"),
        ('price: "80.00"', "price: 0", "plans.vip.periods.1.price"),
        ('price: "80.00"', 'price: "80.001"', "plans.vip.periods.1.price"),
        ("renew_reminder_days: 5", "renew_reminder_days: 28", "plans.vip.renew_reminder_days"),
        ("level: gold}", "level: silver}", "plans.svip.level.level"),
        ("level: gold}", "level: basic}", "plans.svip.level.level"),
        ("ladder: level,", "ladder: none,", "plans.svip.level.ladder"),
        ("asset: growth, units: 10", "asset: luck, units: 10", "plans.svip.daily.asset"),
        ("by_period: {year: 15}", "by_period: {week: 15}", "plans.svip.daily.by_period.week"),
        ("refund: end", "refund: never", "plans.svip.refund"),
        ("{id: note,", "{id: reason,", "plans.business.entry.evidence.2.id"),
        ("{id: note,", "{id: founded,", "plans.business.entry.evidence.2.id"),
        ("field: event.revenue", "field: event.income", "plans.business.entry.when.all.0.field"),
        ("trial: {days: 7}", "trial: {days: 0}", "plans.vip.trial.days"),
    ],
)
def test_each_refusal_names_its_place(old: str, new: str, place: str) -> None:
    assert old in WHOLE
    assert place in "\n".join(str(one) for one in faults(WHOLE.replace(old, new, 1)))


def test_an_entry_that_everybody_passes_is_none() -> None:
    empty = VIP + "    entry: {hint: Everybody}\n"
    assert "plans.vip.entry" in "\n".join(str(one) for one in faults(HEAD + empty))


@pytest.mark.django_db
def test_a_plan_that_members_have_is_not_published_away() -> None:
    opened(VIP, SVIP)
    took(paid("svip", "2026-01-01", price="60.00"))
    with pytest.raises(StillHeld):
        publish(HEAD + VIP, "tests", accepted=("plans.svip",))
    version.cache_clear()
    assert publish(HEAD + SVIP, "tests").plans.keys() == {"svip"}, "nobody has the other one"
