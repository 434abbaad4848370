"""The process that unpacks a workbook: XLSX on standard input, CSV in UTF-8 on standard output.

It gives itself bounds before it reads anything. What is wrong is one word on standard error.
"""

import csv
import io
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any, NoReturn

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from regulars.imports.refusals import CELL_MOST, COLUMNS_MOST, ROWS_MOST

MEMORY_MOST = 1536 * 1024 * 1024
CPU_SECONDS_MOST = 50
EXACT_BELOW = 1e15
"""A spreadsheet keeps 15 digits: of a larger number the last ones are gone."""


def main() -> None:
    """Read, write, end: 0, or 1 with a word on what is wrong."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MOST, MEMORY_MOST))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MOST, CPU_SECONDS_MOST))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with CalamineWorkbook.from_filelike(sys.stdin.buffer) as book:
            sheet = _first(book)
            if sheet is None:
                _end("empty")
            _write(sheet)
    except MemoryError:
        _end("large")
    except CalamineError:
        _end("broken")


def _first(book: CalamineWorkbook) -> CalamineSheet | None:
    """The first sheet that is shown and has something on it."""
    for place, about in enumerate(book.sheets_metadata):
        if about.visible == SheetVisibleEnum.Visible:
            sheet = book.get_sheet_by_index(place)
            if sheet.height and sheet.width:
                return sheet
    return None


def _write(sheet: CalamineSheet) -> None:
    if sheet.total_width > COLUMNS_MOST and sheet.width > COLUMNS_MOST:
        _end("columns")
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    writer = csv.writer(out)
    blank = sheet.start[0] if sheet.start else 0
    for _each in range(blank):
        out.write("\r\n")
    count = 0
    for row in sheet.iter_rows():
        cells = [_said(value) for value in row]
        if any(cells):
            count += 1
            if count > ROWS_MOST + 1:
                _end("rows")
            writer.writerow(cells)
        else:
            out.write("\r\n")
    out.flush()


def _said(value: Any) -> str:
    """A cell as a person would type it. A number that has lost digits shows that it has."""
    if isinstance(value, str):
        return value[: CELL_MOST + 1]
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float | int):
        if abs(value) >= EXACT_BELOW:
            return f"{value:.14e}"
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return "" if value is None else str(value)[: CELL_MOST + 1]


def _end(word: str) -> NoReturn:
    print(word, file=sys.stderr, flush=True)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
