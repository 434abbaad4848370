"""The books in a dump: a plain file of `pg_dump`, also compressed by gzip, and no database.

The rows of a dump lie in any order, so they are sorted outside memory; that takes about as much room in the system's
folder for temporary files as the three tables take in the dump.
"""

import gzip
import marshal
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from struct import Struct
from typing import IO, Any

from regulars.kit.errors import USAGE, CliError
from regulars.ledger.chain import ENTRY, form, microseconds
from regulars.ledger.proof.checks import LinkRow, PageRow
from regulars.ledger.proof.sorting import Sorter

STANDARD_INPUT = "-"
GZIP = b"\x1f\x8b"
CUSTOM = b"PGDMP"
END = b"\\.\n"
PROGRESS_LINES = 20_000
ID_BYTES = 16

COLUMNS = {
    "ledger_entry": ("page", *ENTRY),
    "ledger_page": ("id", "entries", "digest", "time"),
    "ledger_seal": ("number", "page", "hash"),
}
"""The tables that are read, and their columns in the order in which they are wanted here."""

INFINITE = {"infinity": 2**63 - 1, "-infinity": -(2**63)}
"""PostgreSQL's moments beyond all others, as the chain counts moments."""

_COPY = re.compile(rb"COPY (?:[^ ]+\.)?\"?(\w+)\"? \((.*)\) FROM stdin;\n")
_ENCODING = re.compile(rb"SET client_encoding = '(.*)';\n")
_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}

_KEY = Struct(">Q")
_SIGN = 1 << 63
_SMALL, _NORMAL, _BIG = 1 << 15, 1 << 31, 1 << 63

Read = Callable[[int], None]
"""Is told how many bytes of the file were read."""


class DumpBooks:
    """The books that a dump holds; `opened` makes it."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._entries, self._pages, self._both = self._sorter(), self._sorter(), self._sorter()
        self._count = 0

    def _sorter(self) -> Sorter:
        sorter = Sorter()
        self._stack.callback(sorter.close)
        return sorter

    def take(self, table: str, row: Sequence[str]) -> None:
        """Take a row down, its values as text in the order of `COLUMNS`. Refuses what is no row (ValueError)."""
        if table == "ledger_entry":
            self._entries.add(_key(_whole(row[0], _BIG)) + _form(row[1:]))
            self._count += 1
        elif table == "ledger_page":
            number = _whole(row[0], _BIG)
            page = (number, _whole(row[1], _NORMAL), _bytes(row[2]), _moment(row[3]))
            self._pages.add(_key(number) + marshal.dumps(page))
            self._both.add(_key(number) + b"\x00" + marshal.dumps(page))
        else:
            seal = (_whole(row[0], _BIG), _whole(row[1], _BIG), _bytes(row[2]))
            self._both.add(_key(seal[1]) + b"\x01" + marshal.dumps(seal))

    def total(self) -> int | None:
        """As many entries as were read."""
        return self._count

    def entries(self) -> Iterator[tuple[int, bytes]]:
        """Every entry as its page and canonical form, by page."""
        for item in self._entries.sorted():
            yield _KEY.unpack_from(item)[0] - _SIGN, item[8:]

    def pages(self) -> Iterator[PageRow]:
        """Every page, by number."""
        for item in self._pages.sorted():
            yield PageRow(*marshal.loads(item[8:]))

    def links(self) -> Iterator[LinkRow]:
        """Every seal by number with its page, and then every page that has none."""
        ordered = self._sorter()
        for number, page, hash_, content in self._joined():
            first = b"\x01" + _key(page) if number is None else b"\x00" + _key(number)
            ordered.add(first + marshal.dumps((number, page, hash_, content)))
        for item in ordered.sorted():
            number, page, hash_, content = marshal.loads(item[9:])
            yield LinkRow(number, page, hash_, PageRow(*content) if content else None)

    def _joined(self) -> Iterator[tuple[int | None, int, bytes, tuple[Any, ...] | None]]:
        """Seals and pages side by side, by the page's number: a page comes before its seals."""
        content: tuple[Any, ...] | None = None
        sealed = True
        for item in self._both.sorted():
            row = marshal.loads(item[9:])
            if item[8]:
                known = content is not None and content[0] == row[1]
                sealed = sealed or known
                yield row[0], row[1], row[2], content if known else None
                continue
            if content is not None and not sealed:
                yield None, content[0], b"", content
            content, sealed = row, False
        if content is not None and not sealed:
            yield None, content[0], b"", content


@contextmanager
def opened(path: Path, read: Read = lambda _bytes: None) -> Iterator[DumpBooks]:
    """The books of the dump at `path` (`-`: standard input), sorted.

    Refuses in a sentence: a file that is not there, another format than plain, a dump without these tables or that
    breaks off, and rows that PostgreSQL would not have written.
    """
    with ExitStack() as stack:
        books = DumpBooks(stack)
        try:
            _fill(books, stack.enter_context(_file(path)), path, read)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise CliError(
                f"{path} can't be unpacked: {error}. Copy it again, it is damaged or cut off."
            ) from None
        yield books


@contextmanager
def _file(path: Path) -> Iterator[IO[bytes]]:
    name: int | Path = 0 if str(path) == STANDARD_INPUT else path
    try:
        file = open(name, "rb", buffering=1 << 20, closefd=name != 0)  # noqa: SIM115
    except OSError as error:
        raise CliError(f"{path}: {error.strerror}.", USAGE) from None
    with file:
        yield file


def _plain(file: IO[bytes], path: Path) -> IO[bytes]:
    """The dump's text."""
    begin: bytes = file.peek(len(CUSTOM))  # type: ignore[attr-defined]
    if begin.startswith(CUSTOM):
        raise CliError(
            f"{path} is in pg_dump's own format. Give the plain one:"
            f" pg_restore --file=- {path} | regulars verify --dump -",
            USAGE,
        )
    return gzip.open(file) if begin.startswith(GZIP) else file  # type: ignore[return-value]


def _fill(books: DumpBooks, file: IO[bytes], path: Path, read: Read) -> None:
    """Read the whole file; blocks of other tables are passed over, so that no value of theirs is taken for one."""
    lines = enumerate(_plain(file, path), 1)
    seen: set[str] = set()
    for _, line in lines:
        if not line.startswith((b"COPY ", b"SET client_encoding")):
            continue
        encoding = _ENCODING.fullmatch(line)
        if encoding and encoding[1].upper() not in (b"UTF8", b"UTF-8"):
            raise CliError(
                f"{path} is in {encoding[1].decode()}; make it with pg_dump --encoding=UTF8.", USAGE
            )
        block = _COPY.fullmatch(line)
        if block is None:
            continue
        table = block[1].decode()
        if table in seen:
            raise CliError(f"{path} has the table {table} twice; dump one schema only.", USAGE)
        take = None
        if table in COLUMNS:
            seen.add(table)
            take = _taker(books, table, block[2].decode(), path)
        _block(lines, take, path, file, read)
    missing = [table for table in COLUMNS if table not in seen]
    if missing:
        raise CliError(
            f"{path} has no rows of {', '.join(missing)} in COPY form; make it with pg_dump in the plain format,"
            " without --inserts, --schema-only or --exclude-table.",
            USAGE,
        )


def _taker(books: DumpBooks, table: str, columns: str, path: Path) -> Callable[[bytes], None]:
    """What takes a line of this block."""
    names = [name.strip().strip('"') for name in columns.split(",")]
    missing = [name for name in COLUMNS[table] if name not in names]
    if missing:
        raise CliError(
            f"{path} is of another version of Regulars: {table} has no column {', '.join(missing)}.", USAGE
        )
    places = [names.index(name) for name in COLUMNS[table]]

    def take(line: bytes) -> None:
        cells = line[:-1].decode().split("\t")
        if len(cells) != len(names):
            raise ValueError("columns")
        if b"\\" in line:
            cells = [_text(cell) for cell in cells]
        books.take(table, [cells[place] for place in places])

    return take


def _block(
    lines: Iterator[tuple[int, bytes]],
    take: Callable[[bytes], None] | None,
    path: Path,
    file: IO[bytes],
    read: Read,
) -> None:
    """The lines of a table, through its end."""
    for number, line in lines:
        if line == END:
            return
        if number % PROGRESS_LINES == 0 and file.seekable():
            read(file.tell())
        if take is None:
            continue
        try:
            take(line)
        except ValueError:
            raise CliError(f"{path}, line {number}: that is no row as pg_dump writes it.") from None
    raise CliError(f"{path} breaks off within a table; it is not whole.")


def _text(cell: str) -> str:
    """A value as it is without the escapes of a COPY."""
    if "\\" not in cell:
        return cell
    if cell == "\\N":
        raise ValueError("NULL")
    return _ESCAPE.sub(_unescaped, cell.encode()).decode()


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found[1]
    if code[:1] == b"x" and len(code) > 1:
        return bytes([int(code[1:], 16)])
    if code.isdigit():
        return bytes([int(code, 8) & 0xFF])
    return _LETTERS.get(code, code)


def _key(number: int) -> bytes:
    """Eight bytes that sort as the numbers do."""
    return _KEY.pack(number + _SIGN)


def _whole(text: str, bound: int) -> int:
    number = int(text)
    if not -bound <= number < bound:
        raise ValueError(text)
    return number


def _id(text: str) -> bytes:
    value = bytes.fromhex(text.replace("-", ""))
    if len(value) != ID_BYTES:
        raise ValueError(text)
    return value


def _bytes(text: str) -> bytes:
    if not text.startswith("\\x"):
        raise ValueError(text)
    return bytes.fromhex(text[2:])


def _moment(text: str) -> int:
    return INFINITE[text] if text in INFINITE else microseconds(_at(text))


def _at(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


def _form(row: Sequence[str]) -> bytes:
    """The canonical form of an entry, its values in the order of `chain.ENTRY`."""
    member_id, entry_id, bucket, asset, amount, account, lot_id, rule, time = row
    return form(
        _id(member_id),
        _id(entry_id),
        _whole(bucket, _SMALL),
        asset,
        _whole(amount, _BIG),
        account,
        _id(lot_id),
        rule,
        _moment(time),
    )
