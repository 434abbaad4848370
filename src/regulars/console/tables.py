"""Tables that stand on a page and can be had as a file: the same columns and rows, written for eyes or for a sheet."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Generic, TypeVar

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.http import content_disposition_header

from regulars.console import formats
from regulars.kit import sheets
from regulars.ledger.contracts import Asset
from regulars.programme.contracts import Programme

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = ("csv", "xlsx")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Units:
    """So many smallest units of an asset."""

    amount: int
    asset: Asset | None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's smallest unit; None: it has no price."""

    minor: int | None


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, 1 being all of it; None: there is no whole."""

    part: float | None


Cell = str | int | Units | Money | Share | date | datetime | None


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column and how a row fills it. A `rare` one is shown only where a row has something in it; a file has it
    always."""

    heading: str
    cell: Callable[[Row], Cell]
    rare: bool = False
    width: int = 16


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell for a page."""

    label: str
    text: str
    number: bool
    zero: bool


@dataclass(frozen=True, slots=True)
class Table(Generic[Row]):
    """`name` is what its file is asked for under; the first column names the row."""

    name: str
    title: str
    columns: list[Column[Row]]
    rows: Sequence[Row]
    programme: Programme
    note: str = ""

    @property
    def visible(self) -> list[Column[Row]]:
        """The columns that have something to show."""
        return [
            column
            for column in self.columns
            if not column.rare or any(not _empty(column.cell(row)) for row in self.rows)
        ]

    @property
    def head(self) -> list[tuple[str, bool]]:
        """Headings, and whether numbers stand below."""
        first = self.rows[0] if self.rows else None
        return [
            (column.heading, first is not None and _is_number(column.cell(first))) for column in self.visible
        ]

    @property
    def body(self) -> list[list[Shown]]:
        """The rows as they are read."""
        visible = self.visible
        return [[self._shown(column, row) for column in visible] for row in self.rows]

    def sheet(self) -> list[sheets.Column[Row]]:
        """The columns of its file: numbers as numbers, amounts as decimals."""
        return [
            sheets.Column(column.heading, partial(self._in_file, column), column.width)
            for column in self.columns
        ]

    def _shown(self, column: Column[Row], row: Row) -> Shown:
        cell = column.cell(row)
        return Shown(column.heading, said(cell, self.programme), _is_number(cell), _empty(cell))

    def _in_file(self, column: Column[Row], row: Row) -> sheets.Cell:
        return self._plain(column.cell(row))

    def _plain(self, cell: Cell) -> sheets.Cell:
        if isinstance(cell, Units):
            return Decimal(cell.amount).scaleb(-cell.asset.scale) if cell.asset else cell.amount
        if isinstance(cell, Money):
            digits = self.programme.minor_digits
            return None if cell.minor is None else Decimal(cell.minor).scaleb(-digits)
        if isinstance(cell, Share):
            return None if cell.part is None else Decimal(f"{cell.part:.4f}")
        if isinstance(cell, date) and not isinstance(cell, datetime):
            return cell.isoformat()
        return cell


def said(cell: Cell, programme: Programme) -> str:
    """A cell as a person reads it."""
    match cell:
        case Units():
            return formats.units(cell.amount, cell.asset)
        case Money():
            return formats.money(cell.minor, programme)
        case Share():
            return formats.percent(cell.part)
        case datetime():
            return formats.moment(cell)
        case date():
            return formats.day(cell)
        case int():
            return formats.number(cell)
    return cell or formats.NOTHING


def as_file(
    kind: str, name: str, title: str, columns: list[sheets.Column[Any]], rows: Iterator[Any] | Sequence[Any]
) -> HttpResponseBase:
    """`name.kind` to be kept: CSV as a stream, or a workbook."""
    filename = f"{name}.{kind}"
    if kind == "xlsx":
        file = sheets.xlsx_file(title, columns, rows)
        return FileResponse(file, as_attachment=True, filename=filename, content_type=XLSX)
    response = StreamingHttpResponse(
        steady(sheets.csv_stream(columns, rows)), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    return response


def steady(lines: Iterator[str]) -> Iterator[str]:
    """`lines` in the language and zone of now: the stream is read after the request has left both."""
    language, zone = translation.get_language() or "en", timezone.get_current_timezone()

    def read() -> Iterator[str]:
        while True:
            with translation.override(language), timezone.override(zone):
                line = next(lines, None)
            if line is None:
                return
            yield line

    return read()


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | Units | Money | Share)


def _empty(cell: Cell) -> bool:
    match cell:
        case Units():
            return not cell.amount
        case Money():
            return not cell.minor
        case Share():
            return not cell.part
    return not cell
