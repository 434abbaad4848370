"""Reports as plain values for other programs: the API's answer, the command line's JSON and CSV."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from regulars.engine.records import amount_of, money_of
from regulars.insight import saying
from regulars.insight.abreast import difference
from regulars.insight.answers import Answered
from regulars.insight.asking import against_of
from regulars.insight.defining import Unit
from regulars.insight.report import Cell, Column, Figure, Option, Report, Table
from regulars.language.text import say
from regulars.programme.contracts import Programme

Plain = str | int | float | None


def plain(cell: Cell, unit: Unit, programme: Programme, language: str, asset: str = "") -> Plain:
    """Money as decimal text, an asset's amount in its whole units, a rate with 1 for all, days as ISO dates."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, Mapping):
        return say(cell, language)
    if isinstance(cell, date):
        return cell.isoformat()
    match unit:
        case Unit.MONEY:
            return money_of(round(cell), programme.minor_digits)
        case Unit.ASSET:
            known = programme.assets.get(asset)
            return amount_of(round(cell), known.scale if known else 0)
        case Unit.RATE | Unit.NUMBER | Unit.CHANGE | Unit.POINTS:
            return round(float(cell), 6)
    return round(cell)


def of_answer(found: Answered, programme: Programme, language: str) -> dict[str, Any]:
    """The whole answer. Beside each amount of money or of an asset stands `units`, the same in the smallest unit."""
    answer, asked = found.answer, found.asked
    return {
        "report": found.report.id,
        "name": say(found.report.name, language),
        "from": asked.first.isoformat(),
        "to": asked.last.isoformat(),
        "against": against_of(asked) or asked.against.value,
        "sides": [say(side, language) for side in answer.sides or ()],
        "filters": {name: value for name in found.report.filters if (value := getattr(asked, name))},
        "options": dict(asked.options),
        "as_of": found.at.isoformat(),
        "currency": programme.currency,
        "programme_version": programme.number,
        "answer": saying.sentence(answer.sentence, programme, language),
        "other_answer": saying.sentence(answer.other, programme, language) if answer.other else None,
        "empty": answer.empty,
        "hints": [say(hint, language) for hint in answer.hints],
        "figures": {figure.metric.id: _figure(figure, programme, language) for figure in answer.figures},
        "tables": [_table(table, programme, language) for table in answer.tables],
    }


def _figure(figure: Figure, programme: Programme, language: str) -> dict[str, Any]:
    unit, asset = figure.metric.unit, figure.asset
    return {
        "name": say(figure.metric.name, language),
        "unit": unit.value,
        **({"asset": asset} if asset else {}),
        "value": plain(figure.value, unit, programme, language, asset),
        **({"units": figure.value} if unit in (Unit.MONEY, Unit.ASSET) else {}),
        "before": plain(figure.before, unit, programme, language, asset),
        "change": None if (by := difference(unit, figure.value, figure.before)) is None else round(by, 6),
        "definition": say(figure.metric.definition, language),
        **({"members": figure.drill} if figure.drill else {}),
    }


def _table(table: Table, programme: Programme, language: str) -> dict[str, Any]:
    return {
        "id": table.id,
        "title": say(table.title, language),
        "columns": [_column(column, language) for column in table.columns],
        "rows": lines(table, programme, language),
    }


def _column(column: Column, language: str) -> dict[str, Any]:
    return {
        "id": column.id,
        "name": say(column.name, language),
        "unit": column.unit.value,
        **({"asset": column.asset} if column.asset else {}),
        **({"definition": say(column.definition, language)} if column.definition else {}),
    }


def lines(table: Table, programme: Programme, language: str) -> list[list[Plain]]:
    """The rows of a table as plain values."""
    return [
        [
            plain(cell, column.unit, programme, language, column.asset)
            for column, cell in zip(table.columns, row, strict=True)
        ]
        for row in table.rows
    ]


def in_sheet(cell: Cell, column: Column, programme: Programme, language: str) -> str | int | Decimal | None:
    """A cell of a file: numbers as numbers, money as a decimal."""
    found = plain(cell, column.unit, programme, language, column.asset)
    if column.unit is Unit.MONEY and isinstance(found, str):
        return Decimal(found)
    return Decimal(str(found)) if isinstance(found, float) else found


def of_report(report: Report, programme: Programme, language: str) -> dict[str, Any]:
    """What a report is and what may be asked of it."""
    return {
        "id": report.id,
        "name": say(report.name, language),
        "about": say(report.about, language),
        "filters": list(report.filters),
        "compares": report.compares,
        "options": [_option(option, programme, language) for option in report.options],
        "metrics": [
            {
                "id": metric.id,
                "name": say(metric.name, language),
                "unit": metric.unit.value,
                "definition": say(metric.definition, language),
            }
            for metric in report.metrics
        ],
    }


def _option(option: Option, programme: Programme, language: str) -> dict[str, Any]:
    choices = option.choices(programme)
    return {
        "id": option.id,
        "name": say(option.name, language),
        "choices": {ident: say(name, language) for ident, name in choices.items()},
    }
