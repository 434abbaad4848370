"""Every report answers whatever it is asked about: nothing at all, one member, a whole year."""

from datetime import date

import pytest

from regulars.insight.ground import ground_of
from regulars.insight.registry import REPORTS
from regulars.insight.report import Answer, Asked, Report
from regulars.language.text import LANGUAGES
from tests.queries.rows import PROGRAMME
from tests.reports.small import member, order, tables_of
from tests.reports.year import year

IDS = [report.id for report in REPORTS]
SPRING = Asked(date(2017, 4, 1), date(2017, 4, 30))
WEEK = Asked(date(2026, 3, 2), date(2026, 3, 8))


def whole(report: Report, found: Answer) -> None:
    """Everything that a face relies on is there."""
    said = set(found.sentence.values)
    for language in LANGUAGES:
        text = found.sentence.text[language]
        assert text.format(**dict.fromkeys(said, "x"))
    for table in found.tables:
        assert all(len(row) == len(table.columns) for row in table.rows), table.id
        assert len(table.drills) in (0, len(table.rows)), table.id
    for chart in found.charts:
        known = {column.id for column in found.table(chart.table).columns}
        wanted = {
            chart.label,
            *chart.values,
            *chart.lines,
            *chart.below,
            *([chart.into] if chart.into else []),
        }
        assert wanted <= known, chart.id
    assert {figure.metric.id for figure in found.figures} <= {metric.id for metric in report.metrics}


@pytest.mark.parametrize("report", REPORTS, ids=IDS)
def test_of_nothing(report: Report) -> None:
    found = report.build(ground_of(WEEK, PROGRAMME, tables_of(), WEEK.last))
    whole(report, found)
    assert found.empty
    assert not any(figure.value for figure in found.figures)


@pytest.mark.parametrize("report", REPORTS, ids=IDS)
def test_of_one_member_with_one_order(report: Report) -> None:
    tables = tables_of(
        members=[member(1, date(2026, 3, 3))],
        orders=[order(1, "1", date(2026, 3, 3), 1200)],
    )
    whole(report, report.build(ground_of(WEEK, PROGRAMME, tables, WEEK.last)))


@pytest.mark.parametrize("report", REPORTS, ids=IDS)
def test_of_a_spring_and_the_members_behind_it(report: Report) -> None:
    ground = ground_of(SPRING, PROGRAMME, year(), SPRING.last)
    found = report.build(ground)
    whole(report, found)
    for drill in [figure.drill for figure in found.figures if figure.drill]:
        assert report.members is not None
        numbers = report.members(ground, drill).to_pyarrow()["member"].to_pylist()
        assert len(numbers) == len(set(numbers)) > 0, drill
