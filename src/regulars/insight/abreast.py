"""Two answers to the same question about different members, side by side: figures, tables and charts with both.

Pure. What differs is told in per cent of the other's, of rates in percentage points. A matrix of shades and a flow
can't hold two at once: they stand twice, each under its own name.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from regulars.insight.defining import Unit
from regulars.insight.report import Answer, Cell, Chart, Column, Draw, Figure, Table
from regulars.language.problems import words
from regulars.language.text import LANGUAGES, Text, say

OTHER, CHANGE = "_other", "_change"
"""What the ids of a column's two neighbours end in: the other's figure, and how they differ."""

_APART = words(
    "与另一方相差多少：比率为百分点，其他为百分比。",
    "與另一方相差多少：比率為百分點，其他為百分比。",
    "How far it is from the other side: rates in percentage points, all else in percent of it.",
)

AMOUNTS = (Unit.COUNT, Unit.MONEY, Unit.ASSET, Unit.NUMBER, Unit.RATE)
TOGETHER_MOST = 2
"""A chart of more columns than that would have too many colours with both."""

_DIFFERENCE = words("差异", "差異", "Difference")
_SPREAD = (Draw.HEAT, Draw.FLOW)
Names = tuple[Text, Text]


def abreast(mine: Answer, theirs: Answer, names: Names) -> Answer:
    """The one answer with the other beside it; `names` are whom either is about."""
    alone = {chart.table for chart in mine.charts if chart.draw in _SPREAD}
    others = {table.id: table for table in theirs.tables}
    tables: list[Table] = []
    for table in mine.tables:
        other = others.pop(table.id, None)
        tables += _tables(table, other, names, apart=table.id in alone)
    tables += [_theirs_alone(table, names) for table in others.values()]
    known = {table.id: {column.id for column in table.columns} for table in tables}
    charts = [each for chart in (mine.charts or theirs.charts) for each in _charts(chart, names)]
    return replace(
        mine,
        figures=_figures(mine, theirs),
        tables=tuple(tables),
        charts=tuple(one for one in charts if set(one.values) <= known.get(one.table, set())),
        hints=(*mine.hints, *(hint for hint in theirs.hints if hint not in mine.hints)),
        empty=mine.empty and theirs.empty,
        sides=names,
        other=theirs.sentence,
    )


def difference(unit: Unit, mine: float | None, theirs: float | None) -> float | None:
    """Of rates how far apart they are; of all else by which share of the other's. None where one is missing, or there
    is nothing to divide by."""
    if mine is None or theirs is None:
        return None
    if unit is Unit.RATE:
        return mine - theirs
    return (mine - theirs) / abs(theirs) if theirs else None


def _figures(mine: Answer, theirs: Answer) -> tuple[Figure, ...]:
    found = {(each.metric.id, each.asset): each for each in theirs.figures}
    both = []
    for figure in mine.figures:
        other = found.pop((figure.metric.id, figure.asset), None)
        both.append(replace(figure, before=other.value if other else None))
    missing = (replace(each, value=None, before=each.value, drill="") for each in found.values())
    return (*both, *missing)


def _tables(mine: Table, theirs: Table | None, names: Names, apart: bool) -> list[Table]:
    if theirs is None:
        return [mine]
    if apart:
        return [_named(mine, names[0]), _theirs_alone(theirs, names)]
    labels = _labels(mine)
    keyed = dict(_keyed(theirs, labels))
    blank: tuple[Cell, ...] = (None,) * (len(mine.columns) - labels)
    drills = dict(zip((key for key, _ in _keyed(mine, labels)), mine.drills, strict=bool(mine.drills)))
    rows: list[tuple[tuple[str, ...], tuple[Cell, ...]]] = []
    for key, row in _keyed(mine, labels):
        other = keyed.pop(key, None)
        rows.append((key, _row(mine, labels, row, (None,) * labels + blank if other is None else other)))
    for key, row in keyed.items():
        rows.append((key, _row(mine, labels, row[:labels] + blank, row)))
    if isinstance(rows[0][1][0] if rows else None, date):
        rows.sort(key=lambda pair: str(pair[1][0]))
    return [
        replace(
            mine,
            columns=tuple(_columns(mine, labels, names)),
            rows=tuple(row for _, row in rows),
            drills=tuple(drills.get(key, "") for key, _ in rows) if mine.drills else (),
            cells=(),
        )
    ]


def _labels(table: Table) -> int:
    """How many of the first columns name the row: the first, and the texts after it."""
    count = 1
    while count < len(table.columns) and table.columns[count].unit is Unit.TEXT:
        count += 1
    return count


def _keyed(table: Table, labels: int) -> Iterator[tuple[tuple[str, ...], tuple[Cell, ...]]]:
    """The rows by what names them; names that stand more than once are told apart by their order."""
    seen: Counter[tuple[str, ...]] = Counter()
    for row in table.rows:
        key = tuple(str(cell) for cell in row[:labels])
        seen[key] += 1
        yield (*key, str(seen[key])), row


def _columns(table: Table, labels: int, names: Names) -> Iterator[Column]:
    yield from table.columns[:labels]
    for column in table.columns[labels:]:
        if column.unit not in AMOUNTS:
            yield column
            continue
        yield replace(column, name=_of(column.name, names[0]))
        yield replace(column, id=column.id + OTHER, name=_of(column.name, names[1]))
        unit = Unit.POINTS if column.unit is Unit.RATE else Unit.CHANGE
        yield Column(column.id + CHANGE, _of(column.name, _DIFFERENCE), unit, definition=_APART)


def _row(table: Table, labels: int, mine: tuple[Cell, ...], theirs: tuple[Cell, ...]) -> tuple[Cell, ...]:
    cells = list(mine[:labels])
    for column, one, other in zip(table.columns[labels:], mine[labels:], theirs[labels:], strict=True):
        if column.unit not in AMOUNTS:
            cells.append(other if one is None else one)
            continue
        cells += [one, other, difference(column.unit, _number(one), _number(other))]
    return tuple(cells)


def _number(cell: Cell) -> float | None:
    return cell if isinstance(cell, int | float) else None


def _charts(chart: Chart, names: Names) -> list[Chart]:
    if chart.draw in _SPREAD:
        return [
            replace(chart, title=_of(chart.title, names[0])),
            replace(
                chart, id=chart.id + OTHER, title=_of(chart.title, names[1]), table=chart.table + OTHER, answer=None
            ),
        ]  # fmt: skip
    if chart.stacked or chart.draw is Draw.FUNNEL or len(chart.values) > TOGETHER_MOST:
        other = replace(
            chart, id=chart.id + OTHER, title=_of(chart.title, names[1]), values=_theirs(chart.values),
            lines=_theirs(chart.lines), below=_theirs(chart.below), answer=None,
        )  # fmt: skip
        return [replace(chart, title=_of(chart.title, names[0])), other]
    return [
        replace(
            chart, values=(*chart.values, *_theirs(chart.values)), lines=(*chart.lines, *_theirs(chart.lines)),
            below=(*chart.below, *_theirs(chart.below)), answer=None,
        )
    ]  # fmt: skip


def _theirs(columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(column + OTHER for column in columns)


def _theirs_alone(table: Table, names: Names) -> Table:
    """Its rows lead nowhere: the page's question is about the one side."""
    return replace(_named(table, names[1], OTHER), drills=(), cells=())


def _named(table: Table, name: Text, more: str = "") -> Table:
    return replace(table, id=table.id + more, title=_of(table.title, name))


def _of(text: Text, name: Text) -> Text:
    """`Sales (VIP)`, in every language."""
    hans, hant, en = (
        f"{say(text, language)} ({say(name, language)})" if language == "en"
        else f"{say(text, language)}（{say(name, language)}）"
        for language in LANGUAGES
    )  # fmt: skip
    return words(hans, hant, en)
