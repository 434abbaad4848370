"""One audience beside another, and beside everybody: figures, tables and charts with both, to the last unit."""

from dataclasses import replace
from datetime import date

import ibis
import pyarrow as pa
import pytest

from regulars.insight import plainly
from regulars.insight.answers import EVERYBODY, Answered, Crowd, check_options, counted
from regulars.insight.asking import address_of, asked_of
from regulars.insight.registry import REPORTS, report_of
from regulars.insight.report import Against, Asked, BadQuestion, Draw, Report
from regulars.language.problems import words
from tests.queries.rows import NOW, PROGRAMME
from tests.reports.small import member, order, tables_of
from tests.reports.test_every_report import whole

MARCH = Asked(date(2026, 3, 1), date(2026, 3, 31), Against.AUDIENCE, "loyal", other="late")
LOYAL, LATE = words("常客", "常客", "Loyal"), words("晚鸟", "晚鳥", "Late")
CROWDS = {"": (EVERYBODY, None), "loyal": (LOYAL, [1, 2]), "late": (LATE, [2, 3, 4])}


def who(ident: str) -> Crowd:
    name, numbers = CROWDS[ident]
    return Crowd(name, None if numbers is None else ibis.memtable(pa.table({"member": numbers})))


TABLES = tables_of(
    members=[member(number, date(2026, 1, number)) for number in (1, 2, 3, 4)],
    orders=[
        order(1, "1", date(2026, 3, 2), 3000), order(1, "2", date(2026, 3, 2), 1000, channel="app"),
        order(2, "3", date(2026, 3, 9), 2000), order(3, "4", date(2026, 3, 9), 500, channel="phone"),
    ],
)  # fmt: skip


def asked(report: str, question: Asked = MARCH) -> Answered:
    check_options(report_of(report), question, PROGRAMME)
    return counted(report_of(report), question, PROGRAMME, TABLES, question.last, NOW, who)


def test_figures_of_both_and_how_they_differ() -> None:
    found = plainly.of_answer(asked("overview"), PROGRAMME, "en")
    assert (found["against"], found["sides"]) == ("audience:late", ["Loyal", "Late"])
    assert found["answer"].startswith("2 of 2 members placed 3 orders for ¥60.00")
    assert found["other_answer"].startswith("2 of 3 members placed 2 orders for ¥25.00")
    shown = {name: (each["value"], each["before"], each["change"]) for name, each in found["figures"].items()}
    assert shown["sales"] == ("60.00", "25.00", 1.4)
    assert shown["buyers"] == (2, 2, 0.0)
    assert shown["activity_rate"] == (1.0, 0.666667, 0.333333)
    assert shown["refunded"] == ("0.00", "0.00", None)


def test_tables_have_a_row_for_whatever_either_has() -> None:
    table = asked("channels").answer.table("channel")
    assert [column.name["en"] for column in table.columns][:4] == [
        "Channel", "Member sales (Loyal)", "Member sales (Late)", "Member sales (Difference)",
    ]  # fmt: skip
    assert [column.id for column in table.columns][4:7] == ["share", "share_other", "share_change"]
    assert [row[:7] for row in table.rows] == [
        ("store", 5000, 2000, 1.5, 5000 / 6000, 0.8, 5000 / 6000 - 0.8),
        ("app", 1000, None, None, 1000 / 6000, None, None),
        ("phone", None, 500, None, None, 0.2, None),
    ]
    assert table.drills == ("store", "app", "")
    days = {row[0]: row[1:4] for row in asked("overview").answer.table("time").rows}
    assert (len(days), days[date(2026, 3, 9)], days[date(2026, 3, 2)]) == (
        31,
        (2000, 2500, -0.2),
        (4000, 0, None),
    )


def test_charts_draw_both_or_stand_twice() -> None:
    charts = {chart.id: chart for chart in asked("overview").answer.charts}
    assert charts["sales"].values == ("sales", "sales_other")
    assert charts["buyers"].lines == ("buyers", "joined", "buyers_other", "joined_other")
    mix = {chart.id: (chart.title["en"], chart.values) for chart in asked("mix").answer.charts}
    assert mix["sales_other"] == (
        "Sales to new and returning buyers (Late)", ("new_sales_other", "old_sales_other"),
    )  # fmt: skip
    flows = asked("lifecycle").answer
    both = [chart for chart in flows.charts if chart.draw is Draw.FLOW]
    assert [(chart.table, chart.title["zh-hans"]) for chart in both] == [
        ("flows", "与期初相比的流向（常客）"), ("flows_other", "与期初相比的流向（晚鸟）"),
    ]  # fmt: skip
    assert [bool(flows.table(name).drills) for name in ("flows", "flows_other")] == [True, False]
    assert [sum(row[2] for row in flows.table(name).rows) for name in ("flows", "flows_other")] == [2, 3]


@pytest.mark.parametrize(
    "report", [one for one in REPORTS if one.compares and "audience" in one.filters], ids=lambda one: one.id
)
def test_every_report_beside_everybody_is_whole(report: Report) -> None:
    found = asked(report.id, replace(MARCH, against=Against.EVERYBODY, other="")).answer
    assert found.sides == (LOYAL, EVERYBODY)
    whole(report, found)


def test_where_it_says_nothing_it_is_refused() -> None:
    for report, question in (
        ("deferred", MARCH), ("experiments", MARCH), ("overview", replace(MARCH, other="loyal")),
        ("overview", replace(MARCH, audience="", against=Against.EVERYBODY, other="")),
    ):  # fmt: skip
        with pytest.raises(BadQuestion) as refused:
            asked(report, question)
        assert refused.value.errors[0].field == "against"


def test_an_address_is_read_and_written_back() -> None:
    given = {"from": "2026-03-01", "to": "2026-03-31", "against": "audience:late", "audience": "loyal"}
    assert asked_of(given, report_of("overview"), MARCH.last) == MARCH
    assert address_of(MARCH) == given
    for wrong in ("audience", "audience:", "everybody:late", "late"):
        with pytest.raises(BadQuestion):
            asked_of(given | {"against": wrong}, report_of("overview"), MARCH.last)
