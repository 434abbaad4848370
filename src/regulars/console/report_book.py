"""A report as a workbook: every table a sheet, every chart of bars and lines a native chart beside its table."""

from io import BytesIO

import xlsxwriter
from django.utils.translation import get_language
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from regulars.insight import plainly, saying
from regulars.insight.answers import Answered
from regulars.insight.defining import Unit
from regulars.insight.report import Chart, Column, Draw, Table
from regulars.kit.sheets import harmless
from regulars.language.text import say
from regulars.programme.contracts import Programme

_FORMATS = {Unit.RATE: "0.0%", Unit.COUNT: "#,##0", Unit.NUMBER: "#,##0.00", Unit.ASSET: "#,##0",
            Unit.CHANGE: "+0.0%;-0.0%;0.0%", Unit.POINTS: "+0.0%;-0.0%;0.0%"}  # fmt: skip
_FORBIDDEN = str.maketrans("", "", "[]:*?/\\'")
WIDTH = 16


def workbook(found: Answered, programme: Programme) -> bytes:
    """The file, in the language in force."""
    language = get_language() or "en"
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    used: set[str] = set()
    for table in found.answer.tables:
        if not table.rows:
            continue
        name = _sheet_name(say(table.title, language), used)
        sheet = book.add_worksheet(name)
        _fill(book, sheet, table, programme, language)
        drawn = [chart for chart in found.answer.charts if chart.table == table.id]
        for place, chart in enumerate(drawn):
            _draw(book, sheet, name, chart, table, language, place)
    if not used:
        book.add_worksheet().write_string(0, 0, saying.sentence(found.answer.sentence, programme, language))
    book.close()
    return out.getvalue()


def _sheet_name(title: str, used: set[str]) -> str:
    """What Excel takes as a name: 31 characters, none of a few, each once whatever the case."""
    name = title.translate(_FORBIDDEN)[:28].strip() or "1"
    number = 1
    while (name if number == 1 else f"{name} {number}").lower() in used:
        number += 1
    name = name if number == 1 else f"{name} {number}"
    used.add(name.lower())
    return name


def _fill(book: Workbook, sheet: Worksheet, table: Table, programme: Programme, language: str) -> None:
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(table.columns) - 1, WIDTH)
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, say(column.name, language), bold)
        style = book.add_format({"num_format": _number_format(column, programme)})
        for line, row in enumerate(table.rows, 1):
            value = row[place]
            if column.unit in (Unit.DAY, Unit.WEEK, Unit.MONTH):
                sheet.write_string(line, place, saying.value(value, column.unit, programme, language))
                continue
            cell = plainly.in_sheet(value, column, programme, language)
            if isinstance(cell, str):
                sheet.write_string(line, place, harmless(cell))
            elif cell is not None:
                sheet.write_number(line, place, cell, style)


def _number_format(column: Column, programme: Programme) -> str:
    if column.unit is Unit.MONEY:
        return "#,##0" + ("." + "0" * programme.minor_digits if programme.minor_digits else "")
    return _FORMATS.get(column.unit, "General")


def _draw(
    book: Workbook, sheet: Worksheet, name: str, chart: Chart, table: Table, language: str, place: int
) -> None:
    """Bars and lines over time, and bars side by side; other shapes are what their table says."""
    if chart.draw not in (Draw.TIME, Draw.ACROSS, Draw.FUNNEL):
        return
    places = {column.id: number for number, column in enumerate(table.columns)}
    kind = {"type": "line"} if chart.lines else {"type": "column" if chart.draw is Draw.TIME else "bar"}
    if chart.stacked and not chart.lines:
        kind["subtype"] = "stacked"
    drawn = book.add_chart(kind)
    last = len(table.rows)
    for ident in chart.values:
        column = places[ident]
        drawn.add_series(
            {
                "name": [name, 0, column],
                "categories": [name, 1, places[chart.label], last, places[chart.label]],
                "values": [name, 1, column, last, column],
            }
        )
    drawn.set_title({"name": say(chart.title, language), "overlay": False})
    if chart.draw is not Draw.TIME:
        drawn.set_y_axis({"reverse": True})
    if len(chart.values) == 1:
        drawn.set_legend({"none": True})
    drawn.set_size({"width": 720, "height": 320})
    sheet.insert_chart(1 + place * 17, len(table.columns) + 1, drawn)
