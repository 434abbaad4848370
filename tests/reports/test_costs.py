"""Costs as reports: the figures that everybody tells of points cards, and a brand's own."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from regulars.cli import report
from regulars.insight import saying
from regulars.insight.answers import check_options
from regulars.insight.ground import ground_of
from regulars.insight.registry import report_of
from regulars.insight.report import Answer, Asked, BadQuestion
from regulars.programme.contracts import Insight, PointsValue
from tests.queries.rows import PROGRAMME
from tests.reports.small import member, order, says_what_it_means, tables_of

MILLION = 1_000_000_00
TOLD = {"sales": "1,000,000,000", "earn": "1", "exchange": "100", "redeemed": "30,50,80"}


def asked(first: date = date(2026, 1, 1), last: date = date(2026, 12, 31), **options: str) -> Asked:
    return Asked(first, last, options=tuple(options.items()))


def economics(**options: str) -> Answer:
    report, question = report_of("economics"), asked(**options)
    check_options(report, question, PROGRAMME)
    return report.build(ground_of(question, PROGRAMME, tables_of(), question.last))


def cells(found: Answer, table: str, column: str) -> list[object]:
    shown = found.table(table)
    place = [each.id for each in shown.columns].index(column)
    return [row[place] for row in shown.rows]


def test_a_billion_of_sales() -> None:
    found = economics(**TOLD)
    assert cells(found, "years", "issued") == [1_000_000_000] * 3
    assert cells(found, "years", "gifts") == [3 * MILLION, 5 * MILLION, 8 * MILLION]
    assert cells(found, "years", "budget") == [375_000_000, 625_000_000, 10 * MILLION]
    assert cells(found, "years", "share")[-1] == 0.01
    assert cells(found, "shares", "budget")[:4] == [375_000_000, 625_000_000, 750_000_000, 10 * MILLION]
    assert {figure.metric.id: figure.value for figure in found.figures} == {
        "cost_budget": 10 * MILLION, "cost_share": 0.01, "cost_liability": 8 * MILLION, "cost_breakage": 0.2,
    }  # fmt: skip


def test_operations_of_gifts_and_a_margin() -> None:
    found = economics(**TOLD, base="gifts", margin="40")
    assert cells(found, "years", "budget")[0] == 360_000_000
    assert found.figures[4].value == pytest.approx(9.6 / 400)
    dearer = economics(**TOLD | {"exchange": "150"}, years="1")
    assert cells(dearer, "years", "gifts") == [2 * MILLION]


@pytest.mark.parametrize("redeemed", ["0", "100"])
def test_nobody_or_everybody_redeems(redeemed: str) -> None:
    found = economics(**TOLD | {"redeemed": redeemed}, years="1")
    assert cells(found, "years", "gifts") == [10 * MILLION * int(redeemed) // 100]
    assert cells(found, "years", "liability") == [0]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("sales", "much"), ("sales", "-1"), ("earn", "0"), ("exchange", "0"), ("redeemed", "50,30"),
        ("redeemed", "120"), ("redeemed", ","), ("operations", "100"), ("margin", "101"), ("years", "7"), ("base", "x"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(field: str, text: str) -> None:
    with pytest.raises(BadQuestion) as refused:
        economics(**TOLD | {field: text})
    assert [each.field for each in refused.value.errors] == [field]


def entry(number: int, account: str, units: int, day: date, rule: str = "earn") -> dict[str, Any]:
    return {"member": number, "asset": "points", "account": account, "units": units, "rule": rule, "day": day}


VALUED = replace(
    PROGRAMME, insight=Insight(points_value=(PointsValue("points", Decimal("0.10"), Decimal(20)),))
)
HISTORY = tables_of(
    members=[member(1, date(2026, 1, 2))],
    orders=[order(1, "1", date(2026, 1, 5), 1_100_000), order(1, "2", date(2026, 3, 5), 50_000)],
    refunds=[{"member": 1, "order": "shop/1", "day": date(2026, 1, 9), "amount_minor": 100_000}],
    entries=[
        entry(1, "issue", 900, date(2026, 1, 5)),
        entry(1, "issue", 100, date(2026, 1, 6), ""),
        entry(1, "spend", -300, date(2026, 2, 5), ""),
        entry(1, "expire", -700, date(2026, 4, 1), ""),
    ],
)


def deferred(question: Asked, programme: Any = VALUED, tables: Any = HISTORY) -> Answer:
    return report_of("deferred").build(ground_of(question, programme, tables, question.last))


def test_deferred_revenue_month_by_month() -> None:
    """10,000.00 sold net; 90 % of 1,000 points came with orders, 80 % will be used at 0.10: 72.00. Of 10,072 parts 72
    are 71.49."""
    found = deferred(asked(last=date(2026, 4, 30)))
    money = ("opening", "added", "taken", "used", "breakage", "closing")
    rows = list(zip(*(cells(found, "roll", name) for name in money), strict=True))
    # 300 of 800 expected: 26.81, of which 300 of 1,000: 21.45; all is revenue when the rest has lapsed.
    assert rows == [
        (0, 7149, 0, 0, 0, 7149), (7149, 0, 0, 2145, 536, 4468), (4468, 0, 0, 0, 0, 4468), (4468, 0, 0, 0, 4468, 0),
    ]  # fmt: skip
    assert cells(found, "roll", "sales") == [1_000_000, 0, 50_000, 0]
    assert {figure.metric.id: figure.value for figure in found.figures} == {
        "deferred": 0, "deferred_added": 7149, "deferred_revenue": 7149, "breakage": 0.2,
    }  # fmt: skip
    says_what_it_means(found)
    spring = deferred(asked(date(2026, 3, 1), date(2026, 4, 30)))
    assert cells(spring, "roll", "opening") == [4468, 4468]


def test_assets_that_defer_nothing_say_so() -> None:
    assert deferred(asked(), PROGRAMME).empty, "neither price nor cost"
    assert deferred(asked(asset="growth")).empty
    assert deferred(asked(), VALUED, tables_of()).empty


def test_the_model_stands_beside_what_was() -> None:
    """10,500.00 net of refunds; 1,000 points given, 300 used, at 0.05."""
    points = replace(PROGRAMME.assets["points"], cost=Decimal("0.05"))
    programme = replace(PROGRAMME, assets=PROGRAMME.assets | {"points": points})
    question = asked(last=date(2026, 3, 31), **TOLD)
    found = report_of("economics").build(ground_of(question, programme, HISTORY, question.last))
    assert found.table("actual").rows[0][1:] == (
        1_050_000, 1000, 300, 1500, pytest.approx(1500 / 1_050_000), 700, 3500,
    )  # fmt: skip
    assert cells(found, "actual", "gifts")[1] == cells(found, "years", "gifts")[0]


def test_what_it_really_cost() -> None:
    """900 + 100 points at 0.05 were given, 300 used in February beside a benefit of 3.00; growth costs nothing."""
    points = replace(PROGRAMME.assets["points"], cost=Decimal("0.05"))
    programme = replace(PROGRAMME, assets=PROGRAMME.assets | {"points": points})
    tables = replace(
        HISTORY,
        entitlements=tables_of(
            entitlements=[
                {
                    "member": 1,
                    "benefit": "tea",
                    "used_day": date(2026, 2, 9),
                    "cost_minor": 300,
                    "state": "used",
                }
            ]
        ).entitlements,
    )
    question = asked(last=date(2026, 3, 31))
    found = report_of("costs").build(ground_of(question, programme, tables, question.last))
    assert {figure.metric.id: figure.value for figure in found.figures} == {
        "cost_used": 1800, "cost_of_sales": 1800 / 1_150_000, "cost_given": 5000, "cost_owed": 3500,
    }  # fmt: skip
    assert found.table("assets").rows[0][1:] == (1000, 300, 0, 0, 700, 5000, 1500, 3500)
    assert [row[3:] for row in found.table("rules").rows] == [(900, 4500), (100, 500)]
    (cohort,) = found.table("cohorts").rows
    assert cohort == (date(2026, 1, 1), 1000, 300, 0, 700, 0.3, 0.3, None, None, None, None)
    assert found.hints == ()


def test_lapsing_alone_is_no_estimate_of_breakage() -> None:
    """Nobody has used any: all of January's points are expected to be used until they lapse in April."""
    entries = [entry(1, "issue", 1000, date(2026, 1, 5)), entry(1, "expire", -1000, date(2026, 4, 1), "")]
    tables = replace(HISTORY, entries=tables_of(entries=entries).entries)
    estimating = replace(PROGRAMME, insight=Insight(points_value=(PointsValue("points", Decimal("0.10")),)))
    found = deferred(asked(last=date(2026, 5, 31)), estimating, tables)
    # 10,000.00 × 100 / 10,100 = 99.01.
    assert cells(found, "roll", "closing") == [9901, 9901, 9901, 0, 0]
    assert cells(found, "roll", "breakage") == [0, 0, 0, 9901, 0]
    assert (found.figures[3].value, len(found.hints)) == (0, 1)


@pytest.mark.parametrize("columns", [0, 60])
def test_no_figure_is_cut_on_the_command_line(
    columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a pipe every line is as long as it has to be; in a narrow window figures go on below."""
    table = economics(**TOLD).table("years")
    if columns:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("COLUMNS", str(columns))
    report._console().print(report._shown(table, PROGRAMME, "en"))
    shown = re.sub(r"\x1b\[\d*m", "", capsys.readouterr().out)
    cells = [
        saying.value(cell, column.unit, PROGRAMME, "en", column.asset)
        for row in table.rows
        for column, cell in zip(table.columns, row, strict=True)
    ]
    assert Counter(filter(str.isdigit, shown)) == Counter(filter(str.isdigit, "".join(cells)))
    assert columns or all(cell in shown for cell in cells)
