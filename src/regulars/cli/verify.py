"""`regulars verify`: are the books as they were written?"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from regulars.cli import verify_words as say_words
from regulars.cli.words import language
from regulars.kit.errors import USAGE, CliError
from regulars.language.text import Text, say
from regulars.ledger.proof import database, dump
from regulars.ledger.proof.checks import Books, verify
from regulars.ledger.proof.report import Difference, Head, Report
from regulars.ledger.proof.words import DIFFERENCES
from regulars.processes import tables

app = typer.Typer(add_completion=False)

SHOWN = 20
_HEAD = re.compile(r"([1-9][0-9]{0,17}):([0-9a-fA-F]{64})")


@app.command(
    help="Recompute the chain over the books: finds every entry that was changed, removed or inserted."
    " Exit code 0: all is as it was written, 1: it is not."
)
def verify_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    dump_file: Annotated[
        Path | None,
        typer.Option(
            "--dump",
            metavar="FILE",
            help="Verify a plain dump of pg_dump (also .gz, - for standard input) instead, without a database.",
        ),
    ] = None,
    expect: Annotated[
        str,
        typer.Option(
            metavar="N:HASH", help="A head noted earlier: finds a chain that was made anew or cut off."
        ),
    ] = "",
) -> None:
    noted = _noted(expect)
    with _Telling() as telling:
        report = _database(telling, noted) if dump_file is None else _dump(telling, dump_file, noted)
    if as_json:
        print(json.dumps(shape(report), ensure_ascii=False))
    else:
        print("\n".join(_lines(report)))
    if not report.ok:
        raise typer.Exit(1)


def _noted(expect: str) -> Head | None:
    if not expect:
        return None
    found = _HEAD.fullmatch(expect.strip())
    if found is None:
        raise CliError(
            f"--expect {expect!r} is no head: give the seal's number, a colon and 64 hexadecimal digits, as"
            " `regulars verify` printed them.",
            USAGE,
        )
    return Head(int(found[1]), found[2].lower())


def _database(telling: "_Telling", noted: Head | None) -> Report:
    with tables.ready(), database.opened() as books:
        return _verified(telling, books, noted)


def _dump(telling: "_Telling", path: Path, noted: Head | None) -> Report:
    standard = str(path) == dump.STANDARD_INPUT
    size = path.stat().st_size if not standard and path.exists() else None
    with telling.of(say_words.READING) as told, dump.opened(path, lambda read: told(read, size)) as books:
        return _verified(telling, books, noted)


def _verified(telling: "_Telling", books: Books, noted: Head | None) -> Report:
    with telling.of(say_words.CHECKING) as told:
        return verify(books, noted, told)


class _Telling:
    """How far it is, on standard error, where somebody sits there."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._shown = self._progress.console.is_terminal

    def __enter__(self) -> "_Telling":
        if self._shown:
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._progress.stop()

    @contextmanager
    def of(self, what: Text) -> Iterator["_Told"]:
        """A line for one part of the work."""
        yield _Told(self._progress, self._progress.add_task(say(what, language()), total=None))


class _Told:
    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def __call__(self, done: int, total: int | None) -> None:
        self._progress.update(self._task, completed=done, total=total)


def shape(report: Report) -> dict[str, Any]:
    """The report as JSON has it."""
    head = report.head
    since = report.unsealed_since
    return {
        "ok": report.ok,
        "entries": report.entries,
        "pages": report.pages,
        "seals": report.seals,
        "unsealed": report.unsealed,
        "unsealed_since": since.isoformat() if since else None,
        "head": {"number": head.number, "hash": head.hash} if head else None,
        "found": {kind.value: count for kind, count in report.counts.items()},
        "differences": [_difference(one) for one in report.differences],
    }


def _difference(one: Difference) -> dict[str, Any]:
    places = {"page": one.page, "seal": one.seal, "written": one.written, "found": one.found}
    told: dict[str, Any] = {name: value for name, value in places.items() if value is not None}
    if one.members:
        told["members"] = list(one.members)
    return {"kind": one.kind.value, **told, "message": _sentence(one, "en")}


def _sentence(one: Difference, spoken: str) -> str:
    text = say(DIFFERENCES[one.kind], spoken)
    return text.format(page=one.page, seal=one.seal, written=one.written, found=one.found)


def _lines(report: Report) -> Iterator[str]:
    spoken = language()

    def told(text: Text, **values: object) -> str:
        return say(text, spoken).format(**values)

    found = sum(report.counts.values())
    figures = {"entries": report.entries, "pages": report.pages, "seals": report.seals}
    counted = {name: f"{figure:,}" for name, figure in figures.items()}
    yield told(say_words.GOOD if report.ok else say_words.BAD, found=f"{found:,}", **counted)
    for one in report.differences[:SHOWN]:
        yield f"  {_sentence(one, spoken)}"
        if one.members:
            yield f"    {told(say_words.MEMBERS, members=', '.join(one.members))}"
    if found > SHOWN:
        yield f"  {told(say_words.MORE, more=f'{found - SHOWN:,}')}"
    if report.unsealed:
        since = report.unsealed_since.isoformat(timespec="seconds") if report.unsealed_since else "?"
        yield told(say_words.UNSEALED, unsealed=f"{report.unsealed:,}", since=since)
    yield told(say_words.HEAD, head=report.head) if report.head else told(say_words.NO_HEAD)
