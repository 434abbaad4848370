"""Lists as files: CSV as a stream, XLSX as a file. What members wrote can't become a formula in either."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import StringIO
from tempfile import TemporaryFile
from typing import IO, Generic, TypeVar

import xlsxwriter
from django.utils import timezone

Row = TypeVar("Row")
Cell = str | int | Decimal | datetime | None

BOM = "\ufeff"
"""So that Excel reads the file as UTF-8."""
CHUNK = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: its heading and how a row fills it."""

    heading: str
    cell: Callable[[Row], Cell]
    width: int = 16


def harmless(text: str) -> str:
    """`text`, with an apostrophe before what a spreadsheet would take for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_stream(columns: list[Column[Row]], rows: Iterable[Row]) -> Iterator[str]:
    """The lines of a CSV file, some hundred at a time."""
    out = StringIO()
    writer = csv.writer(out)
    out.write(BOM)
    writer.writerow([harmless(column.heading) for column in columns])
    for number, row in enumerate(rows, 1):
        writer.writerow([_plain(column.cell(row)) for column in columns])
        if number % CHUNK == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _plain(cell: Cell) -> str | int | Decimal:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return timezone.localtime(cell).strftime("%Y-%m-%d %H:%M:%S")
    return harmless(cell) if isinstance(cell, str) else cell


def xlsx_file(name: str, columns: list[Column[Row]], rows: Iterable[Row]) -> IO[bytes]:
    """The open, rewound temporary file of a workbook; it goes when it is closed. Rows are never all in memory."""
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(name[:31])
    bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.heading, bold)
    for line, row in enumerate(rows, 1):
        for place, column in enumerate(columns):
            cell = column.cell(row)
            if isinstance(cell, datetime):
                sheet.write_datetime(line, place, timezone.localtime(cell).replace(tzinfo=None), moment)
            elif isinstance(cell, str):
                sheet.write_string(line, place, cell)
            elif cell is not None:
                sheet.write_number(line, place, cell)
    book.close()
    file.seek(0)
    return file
