"""Every report answers whatever it is asked about: nothing at all, one member, a whole year."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import ibis
import pyarrow as pa
import pytest

from regulars.insight import plainly, saying
from regulars.insight.answers import EVERYBODY, Crowd, Who, counted
from regulars.insight.ground import ground_of
from regulars.insight.registry import REPORTS
from regulars.insight.report import Against, Answer, Asked, Report
from regulars.language.text import LANGUAGES
from regulars.warehouse.contracts import Tables
from tests.queries.rows import NOW, PROGRAMME
from tests.reports.small import member, order, says_what_it_means, tables_of
from tests.reports.year import year

IDS = [report.id for report in REPORTS]
SPRING = Asked(date(2017, 4, 1), date(2017, 4, 30))
WEEK = Asked(date(2026, 3, 2), date(2026, 3, 8))


def whole(report: Report, found: Answer) -> None:
    """Everything that a face relies on is there."""
    says_what_it_means(found)
    for language in LANGUAGES:
        assert not set("{|}") & set(saying.sentence(found.sentence, PROGRAMME, language))
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


def nobody(_ident: str) -> Crowd:
    """An audience without members."""
    return Crowd(EVERYBODY, ibis.memtable(pa.table({"member": pa.array([], pa.int64())})))


def everybody(_ident: str) -> Crowd:
    return Crowd(EVERYBODY, None)


def all_returned() -> Tables:
    """Two members whose orders all went back, with what they had brought."""
    day = WEEK.first
    orders = [order(number, str(number), day, 1200) for number in (1, 2)]
    back = [
        {"member": each["member"], "order": each["order"], "day": day, "amount_minor": 1200}
        for each in orders
    ]
    moved = [
        {"member": number, "asset": "points", "account": account, "units": units, "rule": rule, "day": day}
        for number in (1, 2)
        for account, units, rule in (("issue", 12, "earn"), ("reverse", -12, None))
    ]
    joined = [member(number, date(2026, 3, 1)) for number in (1, 2)]
    return tables_of(members=joined, orders=orders, refunds=back, entries=moved)


BAD: dict[str, tuple[Callable[[], Tables], Asked, Who]] = {
    "nothing": (tables_of, WEEK, everybody),
    "a member without orders": (lambda: tables_of(members=[member(1, WEEK.first)]), WEEK, everybody),
    "one order": (
        lambda: tables_of(members=[member(1, WEEK.first)], orders=[order(1, "1", WEEK.first, 1200)]), WEEK, everybody
    ),
    "all returned": (all_returned, WEEK, everybody),
    "nobody": (all_returned, WEEK, nobody),
    "a period before everything": (all_returned, Asked(date(1990, 1, 1), date(1990, 1, 31)), everybody),
}  # fmt: skip
HOLLOW = {"nothing", "nobody"}


@pytest.mark.parametrize("report", REPORTS, ids=IDS)
def test_bad_input(report: Report) -> None:
    """Whatever it is asked about, a report answers, in numbers that JSON knows, and says when it has nothing to say."""
    for case, (tables, asked, who) in BAD.items():
        asked = replace(asked, audience="some" if who is nobody and "audience" in report.filters else "")
        if report.compares and case == "all returned":
            asked = replace(asked, against=Against.PREVIOUS)
        who = who if asked.audience else everybody
        found = counted(report, asked, PROGRAMME, tables(), WEEK.last, NOW, who)
        whole(report, found.answer)
        for language in LANGUAGES:
            text = json.dumps(plainly.of_answer(found, PROGRAMME, language), allow_nan=False)
            assert "inf" not in json.loads(text)["answer"]
        if case in HOLLOW and (asked.audience or case == "nothing"):
            assert found.answer.empty, case
            assert not any(figure.value for figure in found.answer.figures), case


@pytest.mark.parametrize("report", REPORTS, ids=IDS)
def test_of_a_spring_and_the_members_behind_it(report: Report) -> None:
    ground = ground_of(SPRING, PROGRAMME, year(), SPRING.last)
    found = report.build(ground)
    whole(report, found)
    for drill in [figure.drill for figure in found.figures if figure.drill]:
        assert report.members is not None
        numbers = report.members(ground, drill).to_pyarrow()["member"].to_pylist()
        assert len(numbers) == len(set(numbers)) > 0, drill
