"""The home page's figures and `regulars stats`, exact on a handful of rows."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from regulars.insight import freshness, reports
from regulars.insight.metrics import METRICS
from regulars.insight.stats import stats
from regulars.kit import clock
from regulars.ledger.contracts import Position
from tests.queries import rows
from tests.queries.rows import NOW, PROGRAMME, days_ago

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    freshness.forget()
    with clock.fixed(NOW):
        yield
    freshness.forget()


def a_small_year() -> None:
    """Four members: one who bought twice and rose, one who bought once, one long ago, one never."""
    alice = rows.member("Alice", days_ago(380))
    bob = rows.member("Bob", days_ago(45))
    carol = rows.member("Carol", days_ago(800))
    rows.member("Dora", days_ago(3))
    rows.order(alice, "1", 120_000, days_ago(200))
    second = rows.order(alice, "2", 5_000, days_ago(10), refunded_minor=1_000)
    rows.order(bob, "3", 700, days_ago(40))
    rows.order(carol, "4", 9_900, days_ago(500))
    rows.standing(alice, "silver", date(2026, 5, 1), date(2027, 5, 31))
    rows.change(alice, second, "basic", "silver", days_ago(10))
    rows.entry(alice, rows.event(alice, "checkin", days_ago(5)), 0, "points", -20, "spend", days_ago(5))


def test_the_home_page_of_a_small_year() -> None:
    a_small_year()
    home = reports.home(PROGRAMME)
    assert home.at == NOW
    found = home.value
    assert (found.members, found.new_30d, found.new_30d_before) == (4, 1, 1)
    assert (found.active_30d, found.active_90d) == (1, 2)
    assert (found.orders_30d, found.sales_30d_minor, found.sales_30d_before_minor) == (1, 5_000, 700)
    assert (found.orders_12m, found.sales_12m_minor, found.refunded_12m_minor) == (3, 125_700, 1_000)
    assert (found.buyers_12m, found.repurchase_rate, found.upgrade_rate) == (2, 0.5, 0.5)
    assert found.assets["points"] == Position(1356, 20, 0, 0, 1336)
    shares = [(share.level.id, share.members, share.share) for share in found.levels["level"]]
    assert shares == [("basic", 3, 0.75), ("silver", 1, 0.25), ("gold", 0, 0.0)]


def test_the_home_page_of_an_empty_house() -> None:
    found = reports.home(PROGRAMME).value
    assert (found.members, found.sales_12m_minor, found.repurchase_rate, found.upgrade_rate) == (
        0,
        0,
        None,
        None,
    )
    assert [share.share for share in found.levels["level"]] == [0.0, 0.0, 0.0]
    assert len(reports.weekly(PROGRAMME).value) == 53


def test_a_day_begins_at_midnight_in_the_programmes_zone() -> None:
    alice = rows.member("Alice")
    first_moment = datetime(2026, 10, 23, 16, 0, tzinfo=UTC)  # 24 October, 00:00 in Shanghai
    rows.order(alice, "in", 100, first_moment)
    rows.order(alice, "out", 1_000, first_moment - timedelta(seconds=1))
    assert reports.home(PROGRAMME).value.sales_30d_minor == 100


def test_figures_are_kept_for_a_while_and_say_since_when() -> None:
    before = reports.home(PROGRAMME)
    rows.member("Alice")
    assert reports.home(PROGRAMME) is before
    freshness.forget()
    assert reports.home(PROGRAMME).value.members == 1


def test_quick_figures_are_counted_anew_slow_ones_shown_as_they_were_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, counts = [1000.0], iter(range(10))
    done = threading.Event()
    monkeypatch.setattr(freshness, "monotonic", lambda: now[0])

    def quick() -> int:
        return next(counts)

    def slow() -> int:
        now[0] += 1.0
        value = next(counts)
        done.set()
        return value

    assert freshness.kept("quick", quick).value == 0
    assert freshness.kept("slow", slow).value == 1
    now[0] += 28
    assert [freshness.kept("quick", quick).value, freshness.kept("slow", slow).value] == [0, 1]
    now[0] += 4
    done.clear()
    assert [freshness.kept("quick", quick).value, freshness.kept("slow", slow).value] == [2, 1]
    assert done.wait(5)
    while freshness._slot("slow").lock.locked():
        time.sleep(0.01)
    assert freshness.kept("slow", slow).value == 3
    assert freshness.at_hand("slow")
    now[0] += 301
    assert not freshness.at_hand("slow")
    assert freshness.at_hand("quick")
    assert freshness.kept("slow", slow).value == 4


def test_a_count_that_fails_leaves_what_was_known_and_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(freshness, "monotonic", lambda: now[0])
    monkeypatch.setattr(freshness, "QUICK_SECONDS", -1.0)
    assert freshness.kept("figure", lambda: 7).value == 7
    now[0] += 31
    for _ in range(3):
        assert freshness.kept("figure", lambda: 1 // 0).value == 7
        while freshness._slot("figure").lock.locked():
            time.sleep(0.01)


def test_weeks_and_months_have_no_gaps() -> None:
    a_small_year()
    weeks = reports.weekly(PROGRAMME, 8).value
    assert [week.monday for week in weeks] == [date(2026, 9, 28) + timedelta(weeks=n) for n in range(8)]
    assert [week.sales_minor for week in weeks] == [0, 0, 700, 0, 0, 0, 5_000, 0]
    assert [week.new_members for week in weeks] == [0, 1, 0, 0, 0, 0, 0, 1]
    flows = reports.monthly_flows(PROGRAMME, 3).value
    assert [(flow.period, flow.issued, flow.spent) for flow in flows["points"]] == [
        (date(2026, 9, 1), 0, 0), (date(2026, 10, 1), 7, 0), (date(2026, 11, 1), 50, 20),
    ]  # fmt: skip


def test_stats_are_added_up_from_the_books() -> None:
    a_small_year()
    rows.Balance.objects.all().delete()
    found = stats()
    assert (found["members"], found["orders"], found["sales_minor"], found["refunded_minor"]) == (
        4, 4, 135_600, 1_000,
    )  # fmt: skip
    assert found["assets"]["points"] == {
        "issued": 1356, "spent": 20, "expired": 0, "reversed": 0, "outstanding": 1336,
    }  # fmt: skip
    assert (found["points_issued"], found["growth_outstanding"]) == (1356, 1356)
    assert found["messages"] == {"total": 0, "waiting": 0}
    assert found["events"] == 5
    assert found["programme_version"] == 0


def test_stats_of_an_empty_house() -> None:
    found = stats()
    assert (found["members"], found["points_issued"], found["members_per_level"]) == (0, 0, {})


def test_every_metric_is_defined_in_three_languages() -> None:
    for metric in METRICS.values():
        assert set(metric.name) == set(metric.definition) == {"zh-hans", "zh-hant", "en"}
        assert all(metric.definition.values())
