"""A report's answer as a page, a file and a mail show it: figures, charts, tables, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.console import charts, formats
from regulars.insight import plainly, saying
from regulars.insight.abreast import CHANGE, OTHER
from regulars.insight.answers import Answered
from regulars.insight.defining import Unit
from regulars.insight.report import Answer, Cell, Chart, Column, Draw, Figure, Table
from regulars.kit import figures, sheets
from regulars.language.text import say
from regulars.programme.contracts import Programme

_KINDS = {
    Draw.TIME: "time",
    Draw.ACROSS: "across",
    Draw.FUNNEL: "funnel",
    Draw.HEAT: "heat",
    Draw.FLOW: "flow",
}
NUMBERS = (Unit.COUNT, Unit.MONEY, Unit.ASSET, Unit.RATE, Unit.NUMBER, Unit.CHANGE, Unit.POINTS)
FITS = 3
"""So many columns stand beside each other on a phone."""
MATRIX = 11
"""More columns than that are months side by side."""
LISTED = 100
"""So many rows of a table stand on a page."""
STEADY = 0.0005
"""A change of less than that is none."""


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure with its definition, and how it changed. `drill` names the members behind it."""

    name: str
    value: str
    definition: str
    note: str
    rising: bool | None
    drill: str


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell, under the heading `label`. `drill` names the members behind it; `beside` is what it is compared with, and
    the difference. `code`: it is a code, no word."""

    label: str
    text: str
    number: bool
    drill: str = ""
    beside: str = ""
    code: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column, with what its figures mean."""

    name: str
    number: bool
    definition: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row, and the key of the members behind it."""

    cells: list[ShownCell]
    drill: str


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table as it stands on the page; `charts` are drawn from it and stand above."""

    id: str
    title: str
    note: str
    head: list[Heading]
    rows: list[ShownRow]

    @property
    def folds(self) -> bool:
        """Whether a phone shows each row as a card; of a matrix the eye compares columns, and few columns fit."""
        return FITS < len(self.head) <= MATRIX and not any(
            cell.drill for row in self.rows for cell in row.cells
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything of an answer that a page shows."""

    sentence: str
    figures: list[ShownFigure]
    charts: list[charts.Chart]
    tables: list[ShownTable]
    hints: list[str] = field(default_factory=list)
    empty: bool = False
    other: str = ""
    """What is said of the members compared with."""
    currency: str = ""
    """What amounts are in; empty where there are none."""


def shown(found: Answered, programme: Programme) -> Shown:
    """The answer in the language in force."""
    language = get_language() or "en"
    answer = found.answer
    drawn_only = {chart.table for chart in answer.charts if chart.table in ("drawn", "loop", "curve")}
    return Shown(
        saying.sentence(answer.sentence, programme, language),
        [_figure(figure, answer, programme, language) for figure in answer.figures],
        [drawn(chart, answer, found, programme) for chart in answer.charts if answer.table(chart.table).rows],
        [
            with_other(table, answer, programme, language)
            for table in answer.tables
            if table.id not in drawn_only
        ],
        [say(hint, language) for hint in answer.hints],
        answer.empty,
        _other(answer, programme, language),
        formats.currency(programme) if _has_money(answer) else "",
    )


def _has_money(answer: Answer) -> bool:
    units = [figure.metric.unit for figure in answer.figures]
    units += [column.unit for table in answer.tables for column in table.columns]
    return Unit.MONEY in units


def _other(answer: Answer, programme: Programme, language: str) -> str:
    if answer.sides is None or answer.other is None:
        return ""
    said = saying.sentence(answer.other, programme, language)
    return _("%(who)s: %(answer)s") % {"who": say(answer.sides[1], language), "answer": said}


def _figure(figure: Figure, answer: Answer, programme: Programme, language: str) -> ShownFigure:
    unit, asset = figure.metric.unit, figure.asset
    against = say(answer.sides[1], language) if answer.sides else _("before")
    change, rising = _change(figure, against, programme, language)
    if figure.untold and figure.value is None:
        change = " · ".join(filter(None, (say(figure.untold, language), change)))
    return ShownFigure(
        say(figure.metric.name, language),
        saying.value(figure.value, unit, programme, language, asset),
        say(figure.metric.definition, language),
        change,
        rising,
        figure.drill,
    )


def _change(figure: Figure, against: str, programme: Programme, language: str) -> tuple[str, bool | None]:
    """How it differs from what is compared with: a rate by points, all else in per cent; and whether it is more."""
    now, before = figure.value, figure.before
    if before is None:
        return "", None
    then = saying.value(before, figure.metric.unit, programme, language, figure.asset)
    if now is None or not before:
        return _("%(against)s: %(value)s") % {"against": against, "value": then}, None
    if figure.metric.unit is Unit.RATE:
        by = now - before
        said = _("%(change)s points, %(against)s: %(value)s")
    else:
        by = (now - before) / abs(before)
        said = _("%(change)s%%, %(against)s: %(value)s")
    said %= {"change": figures.signed(f"{by * 100:+.1f}"), "against": against, "value": then}
    return said, None if abs(by) < STEADY else by > 0


def with_other(table: Table, answer: Answer, programme: Programme, language: str) -> ShownTable:
    """A table of the answer. Of two sides each cell holds both: three columns for each figure would not fit a page."""
    made = table_of(table, programme, language)
    changes = {column.id for column in table.columns}
    own = [
        place
        for place, column in enumerate(table.columns)
        if column.id + CHANGE in changes and column.id + OTHER in changes
    ]
    if answer.sides is None or not own:
        return made
    mine, theirs = (say(side, language) for side in answer.sides)
    note = _("In each cell: %(mine)s; below it %(theirs)s, and how far apart they are.")
    left = [place for place in range(len(table.columns)) if not {place - 1, place - 2} & set(own)]

    def plain(name: str) -> str:
        return name.removesuffix(f"（{mine}）").removesuffix(f" ({mine})")

    def both(cells: list[ShownCell], place: int) -> ShownCell:
        cell = replace(cells[place], label=plain(cells[place].label))
        if place not in own:
            return cell
        other, change = cells[place + 1].text, cells[place + 2].text
        return replace(cell, beside=other if change == saying.NOTHING else f"{other} · {change}")

    return replace(
        made,
        note=" ".join(filter(None, (made.note, note % {"mine": mine, "theirs": theirs}))),
        head=[replace(made.head[place], name=plain(made.head[place].name)) for place in left],
        rows=[replace(row, cells=[both(row.cells, place) for place in left]) for row in made.rows],
    )


def table_of(table: Table, programme: Programme, language: str) -> ShownTable:
    """A table in words."""

    digits = [
        _digits(column, [row[place] for row in table.rows]) for place, column in enumerate(table.columns)
    ]

    def cell(column: Column, digits: int, value: Cell, drill: str) -> ShownCell:
        text = saying.value(value, column.unit, programme, language, column.asset, digits)
        return ShownCell(
            say(column.name, language),
            text,
            column.unit in NUMBERS,
            drill,
            code=saying.is_code(value, column.unit),
        )

    drills = table.drills or ("",) * len(table.rows)
    cells = table.cells or (("",) * (len(table.columns) - 1),) * len(table.rows)
    return ShownTable(
        table.id,
        say(table.title, language),
        _note(table, language),
        [
            Heading(
                say(column.name, language),
                column.unit in NUMBERS,
                say(column.definition, language) if column.definition else "",
            )
            for column in table.columns
        ],
        [
            ShownRow(
                [
                    cell(column, places, value, one)
                    for column, places, value, one in zip(table.columns, digits, row, ("", *behind), strict=True)
                ],
                drill,
            )
            for row, drill, behind in islice(zip(table.rows, drills, cells, strict=True), LISTED)
        ],
    )  # fmt: skip


def _note(table: Table, language: str) -> str:
    note = say(table.note, language) if table.note else ""
    if len(table.rows) <= LISTED:
        return note
    cut = _("The first %(shown)d of %(rows)d rows are listed; an export has them all.")
    return " ".join(filter(None, (note, cut % {"shown": LISTED, "rows": len(table.rows)})))


def _digits(column: Column, cells: list[Cell]) -> int:
    """How many decimals the numbers of a column need, at most two: they stand under each other."""
    if column.unit is Unit.RATE:
        shares = [cell for cell in cells if isinstance(cell, float) and cell]
        return 2 if any(map(saying.small, shares)) and max(map(abs, shares)) < 0.05 else 1
    if column.unit is not Unit.NUMBER:
        return 0
    numbers = (round(cell, 2) for cell in cells if isinstance(cell, float))
    return max((0 if n == round(n) else 1 if n == round(n, 1) else 2 for n in numbers), default=0)


def drawn(chart: Chart, answer: Answer, found: Answered, programme: Programme) -> charts.Chart:
    """A chart for the island, from the rows of its table."""
    language = get_language() or "en"
    table = answer.table(chart.table)
    places = {column.id: place for place, column in enumerate(table.columns)}
    label = table.columns[places[chart.label]]
    values = [table.columns[places[name]] for name in chart.values]
    names = [row[places[chart.label]] for row in table.rows]
    flow = chart.draw is Draw.FLOW
    running = chart.draw is Draw.TIME and _runs(found, label.unit)
    return charts.Chart(
        id=f"chart-{found.report.id}-{chart.id}",
        title=say(chart.title, language),
        answer=saying.sentence(chart.answer, programme, language) if chart.answer else "",
        kind=_KINDS[chart.draw],
        labels=[] if flow else [saying.on_axis(name, label.unit, language) for name in names],
        titles=[saying.value(name, label.unit, programme, language) for name in names],
        series=[] if flow else [
            _series(column, places[column.id], chart, table, programme, language, running) for column in values
        ],
        axes=[_axis(values[0], programme)],
        drills=_drills(chart, table, [places[column.id] for column in values]),
        running=_("still running") if running and not chart.lines else "",
        links=_links(chart, table, places, language) if flow else [],
        nodes=[{"name": say(name, language), "colour": colour} for name, colour in chart.nodes],
    )  # fmt: skip


def behind(answer: Answer, key: str, programme: Programme) -> str:
    """What a key of members stands for, as the report calls it: a figure, a row, or a cell of a row. Empty: nothing
    of the answer has that key."""
    language = get_language() or "en"
    names = {figure.drill: say(figure.metric.name, language) for figure in reversed(answer.figures)}
    for table in reversed(answer.tables):
        first = table.columns[0]
        rows = [saying.value(row[0], first.unit, programme, language, first.asset) for row in table.rows]
        names |= dict(zip(table.drills, rows, strict=False))
        for row, cells in zip(rows, table.cells, strict=False):
            across = (say(column.name, language) for column in table.columns[1:])
            names |= {one: f"{row} · {name}" for one, name in zip(cells, across, strict=False)}
    return names.get(key, "")


def _drills(chart: Chart, table: Table, places: list[int]) -> list[list[str]]:
    """What a click on the drawn cell, bar or step leads to: what the cell of the table does. Of a heat map each cell
    has members of its own; where only its row has, a click on a cell would promise more than it keeps."""
    if chart.draw is Draw.HEAT:
        found = [[row[place - 1] for place in places] for row in table.cells]
    elif chart.draw in (Draw.ACROSS, Draw.FUNNEL):
        found = [[key] * len(places) for key in table.drills]
    else:
        return []
    return found if any(map(any, found)) else []


def _whole(values: list[float | None], column: Column, chart: Chart, running: bool) -> list[float | None]:
    """A line ends with the last period that is over: the next would look like a fall."""
    return [*values[:-1], None] if running and column.id in chart.lines and len(values) > 1 else values


def _runs(found: Answered, unit: Unit) -> bool:
    """Whether the last week or month of the chart is not over: bars of it would look like a fall."""
    return unit in (Unit.WEEK, Unit.MONTH) and found.asked.last >= found.at.date()


def _series(
    column: Column, place: int, chart: Chart, table: Table, programme: Programme, language: str, running: bool
) -> charts.Series:
    scale, sign = _scale(column, programme), -1 if column.id in chart.below else 1
    return charts.Series(
        say(column.name, language),
        _whole([_point(row[place], scale * sign) for row in table.rows], column, chart, running),
        "line" if column.id in chart.lines else "bar",
        stack=chart.id if chart.stacked else None,
    )


def _point(value: Cell, scale: int) -> float | None:
    return value / scale if isinstance(value, int | float) else None


def _scale(column: Column, programme: Programme) -> int:
    if column.unit is Unit.MONEY:
        return int(10**programme.minor_digits)
    asset = programme.assets.get(column.asset)
    return int(10**asset.scale) if asset else 1


def _axis(column: Column, programme: Programme) -> charts.Axis:
    match column.unit:
        case Unit.MONEY:
            return charts.Axis("", "money", programme.currency, programme.minor_digits)
        case Unit.RATE:
            return charts.Axis("", "percent")
    return charts.Axis("")


def _links(chart: Chart, table: Table, places: Mapping[str, int], language: str) -> list[dict[str, Any]]:
    """What flows from which name on the left to which on the right."""
    ends = (places[chart.label], places[chart.into], places[chart.values[0]])
    return [
        {
            "source": saying.on_axis(row[ends[0]], Unit.TEXT, language),
            "target": saying.on_axis(row[ends[1]], Unit.TEXT, language),
            "value": row[ends[2]],
        }
        for row in table.rows
        if row[ends[2]]
    ]


def sheet(table: Table, programme: Programme) -> list[sheets.Column[tuple[Cell, ...]]]:
    """The columns of a table's file."""
    language = get_language() or "en"
    return [
        sheets.Column(say(column.name, language), partial(_in_sheet, column, place, programme, language))
        for place, column in enumerate(table.columns)
    ]


def _in_sheet(
    column: Column, place: int, programme: Programme, language: str, row: tuple[Cell, ...]
) -> sheets.Cell:
    return plainly.in_sheet(row[place], column, programme, language)
