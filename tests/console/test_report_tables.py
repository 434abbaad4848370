"""Tables of reports as pages show them."""

from dataclasses import replace

from regulars.console.charts import Axis, Chart, Series
from regulars.console.reporting import table_of, with_other
from regulars.insight.abreast import abreast
from regulars.insight.defining import Unit
from regulars.insight.report import Answer, Column, Sentence, Table
from regulars.language.problems import words
from regulars.programme import gallery
from regulars.programme.loader import load

PROGRAMME = load(gallery.template("grocery"))
SIDES = (words("金卡", "金卡", "Gold"), words("全部", "全部", "everybody"))
TABLE = Table(
    "months",
    words("按月", "按月", "By month"),
    (
        Column("month", words("月", "月", "Month"), Unit.TEXT),
        Column("orders", words("订单", "訂單", "Orders"), Unit.COUNT),
        Column("rate", words("复购率", "回購率", "Bought again"), Unit.RATE),
        Column("gap", words("间隔", "間隔", "Days between"), Unit.NUMBER),
    ),
    (("May", 1, 0.5, 52.0), ("June", 2, 0.25, 33.25)),
)


def answered(table: Table) -> Answer:
    return Answer(Sentence(words("有", "有", "Some.")), tables=(table,))


def test_of_two_sides_each_cell_holds_both_and_how_far_apart_they_are() -> None:
    other = replace(TABLE, rows=(("May", 4, 0.4, 26.0), ("June", 0, None, None)))
    answer = abreast(answered(TABLE), answered(other), SIDES)
    shown = with_other(answer.tables[0], answer, PROGRAMME, "en")
    assert [head.name for head in shown.head] == ["Month", "Orders", "Bought again", "Days between"]
    assert [[(cell.text, cell.beside) for cell in row.cells] for row in shown.rows] == [
        [("May", ""), ("1", "4 · −75.0%"), ("50.0%", "40.0% · +10.0 points"), ("52.00", "26 · +100.0%")],
        [("June", ""), ("2", "0"), ("25.0%", "–"), ("33.25", "–")],
    ]
    assert "Gold" in shown.note
    assert "everybody" in shown.note


def test_the_numbers_of_a_column_have_the_same_decimals() -> None:
    shown = table_of(TABLE, PROGRAMME, "en")
    assert [row.cells[3].text for row in shown.rows] == ["52.00", "33.25"]
    assert shown.folds


def test_lines_with_long_names_are_named_above_the_chart() -> None:
    def chart(name: str) -> Chart:
        lines = [Series(name, [1, 2], "line")]
        return Chart("c", "Buyers", "", "time", ["May", "June"], lines, [Axis("")])

    assert (chart("Buyers").key, chart("Buyers").spec.get("keyed")) == ([], None)
    assert chart("消费会员（金卡）").key == ["消费会员（金卡）"]
    assert chart("消费会员（金卡）").spec["keyed"] is True
