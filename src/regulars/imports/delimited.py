"""A text file as rows of cells: its separator, its header, and what is wrong with single rows. Pure; a file is read as
a stream, and as often as it is asked for."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from regulars.imports import encodings
from regulars.imports.cells import looks_like_data
from regulars.imports.faults import Fault
from regulars.imports.refusals import CELL_MOST, COLUMNS_MOST, ROWS_MOST, BadFile
from regulars.language.problems import words

SEPARATORS = (",", "\t", ";", "|")
LOOKED_AT_ROWS = 30
SAMPLES = 3
SAMPLE_ROWS = 200
HEADING_MOST = 60


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is to be read."""

    encoding: str
    separator: str
    has_header: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `number` as a spreadsheet counts, from 1, the header and blank rows too. `fault`: it can't be read."""

    number: int
    cells: tuple[str, ...]
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """What is known of a file after it was looked over: `samples` are the first values of each column, `count` its
    rows that are not blank, without the header."""

    form: Form
    headings: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    count: int


def look_over(data: bytes, encoding: str = "", separator: str = "", has_header: bool | None = None) -> Table:
    """Read all of it once. What is not said is found out. Raises BadFile."""
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise BadFile.empty()
    found = encodings.require(data, encoding) if encoding else encodings.detect(data)
    cut = separator or _separator(data, found)
    first = next((row for row in _all(data, found, cut) if row.fault is None), None)
    if first is None:
        raise BadFile.no_rows()
    header = not looks_like_data(first.cells) if has_header is None else has_header
    form = Form(found, cut, header)
    width = len(first.cells)
    samples: list[list[str]] = [[] for _ in range(width)]
    count = 0
    for row in rows(data, form):
        count += 1
        if count > ROWS_MOST:
            raise BadFile.rows()
        if count <= SAMPLE_ROWS:
            _sample(row, samples)
    if not count:
        raise BadFile.no_rows()
    return Table(form, _headings(first.cells, header), tuple(map(tuple, samples)), count)


def rows(data: bytes, form: Form) -> Iterator[Row]:
    """The rows below the header that are not blank, each as wide as the first. Raises BadFile where a quotation mark
    is never closed."""
    width = 0
    for row in _all(data, form.encoding, form.separator):
        if not width and row.fault is None:
            width = len(row.cells)
            if width > COLUMNS_MOST:
                raise BadFile.columns()
            if form.has_header:
                continue
        yield row if row.fault else _fitted(row, width)


def _all(data: bytes, encoding: str, separator: str) -> Iterator[Row]:
    """Every row that is not blank, without blank cells at its end."""
    reader = _reader(data, encoding, separator)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise BadFile.unclosed(number) from None
            yield Row(number, (), _unreadable(error))
            continue
        while cells and not cells[-1].strip():
            cells.pop()
        if any(cell.strip() for cell in cells):
            yield Row(number, tuple(cells))


def _reader(data: bytes, encoding: str, separator: str) -> Iterator[list[str]]:
    text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    return csv.reader(text, delimiter=separator, strict=True)


def _fitted(row: Row, width: int) -> Row:
    """A row with a cell for each heading; one that has more, or too long a one, is faulty."""
    if len(row.cells) > width:
        return Row(row.number, row.cells[:COLUMNS_MOST], _too_wide(len(row.cells), width))
    long = next((place for place, cell in enumerate(row.cells) if len(cell) > CELL_MOST), None)
    if long is not None:
        cells = tuple(cell[:CELL_MOST] for cell in row.cells)
        return Row(row.number, cells, _too_long(long + 1))
    return Row(row.number, row.cells + ("",) * (width - len(row.cells)))


def _separator(data: bytes, encoding: str) -> str:
    """The one by which most rows have as many cells as the first; where none does, the comma: one column."""
    best, most = SEPARATORS[0], (0, 0)
    for separator in SEPARATORS:
        try:
            some = [row.cells for row in islice(_all(data, encoding, separator), LOOKED_AT_ROWS) if row.cells]
        except BadFile:
            continue
        width = len(some[0]) if some else 0
        fits = (sum(1 < len(cells) <= width for cells in some), width)
        if width > 1 and fits > most:
            best, most = separator, fits
    return best


def _headings(cells: Sequence[str], header: bool) -> tuple[str, ...]:
    """The names of the columns, each once; those that have none are called by their letter."""
    found: list[str] = []
    for place, cell in enumerate(cells):
        name = " ".join(cell.split())[:HEADING_MOST] if header else ""
        name = name or letter(place)
        again = sum(each == name or each.startswith(f"{name} (") for each in found)
        found.append(f"{name} ({again + 1})" if again else name)
    return tuple(found)


def letter(place: int) -> str:
    """The column's letter, as spreadsheets have it: 0 is A, 26 is AA."""
    rest, text = place + 1, ""
    while rest:
        rest, digit = divmod(rest - 1, 26)
        text = chr(ord("A") + digit) + text
    return text


def _sample(row: Row, samples: list[list[str]]) -> None:
    if row.fault is not None:
        return
    for place, cell in enumerate(row.cells[: len(samples)]):
        shown = cell.strip()[:HEADING_MOST]
        if shown and len(samples[place]) < SAMPLES and shown not in samples[place]:
            samples[place].append(shown)


def _unreadable(error: csv.Error) -> Fault:
    if "field limit" in str(error):
        return _too_long(0)
    return Fault(
        "quote",
        "",
        words(
            "双引号后面还有文字：引号要成对，内容里的引号要写两个",
            "雙引號後面還有文字：引號要成對，內容裡的引號要寫兩個",
            "something follows a closing quotation mark: quote the whole cell and double the marks inside",
        ),
    )


def _too_wide(cells: int, width: int) -> Fault:
    return Fault(
        "too_wide",
        "",
        words(
            f"这一行有 {cells} 格，表头只有 {width} 格：含分隔符的内容要加双引号",
            f"這一列有 {cells} 格，表頭只有 {width} 格：含分隔符號的內容要加雙引號",
            f"it has {cells} cells and the header {width}: put what contains the separator into quotation marks",
        ),
    )


def _too_long(column: int) -> Fault:
    at = (
        words(f"第 {column} 列", f"第 {column} 欄", f"column {column}") if column else words("", "", "a cell")
    )
    return Fault(
        "too_long",
        "",
        words(
            f"{at['zh-hans']}内容超过 {CELL_MOST:,} 个字符，请缩短，并检查双引号是否成对",
            f"{at['zh-hant']}內容超過 {CELL_MOST:,} 個字元，請縮短，並檢查雙引號是否成對",
            f"{at['en']} has more than {CELL_MOST:,} characters: shorten it, and see that quotation marks are paired",
        ),
    )
