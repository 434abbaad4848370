"""`regulars members import`: members from a file, by the same way as in the console."""

import csv
import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from regulars.cli.words import language, some
from regulars.imports import mapping, queries, service
from regulars.imports.contracts import CHECKED, CHECKING, DONE, IMPORTING, Asked, BadFile, Rejected, Target
from regulars.imports.delimited import look_over
from regulars.imports.encodings import ENCODINGS
from regulars.imports.refusals import FILE_MOST
from regulars.imports.tasks import import_due
from regulars.kit.errors import USAGE, CliError
from regulars.kit.sheets import BOM, harmless
from regulars.language.text import say
from regulars.processes import tables
from regulars.programme.contracts import Programme
from regulars.programme.service import current
from regulars.staff.service import COMMAND_LINE

app = typer.Typer(add_completion=False, no_args_is_help=True)
PAUSE_SECONDS = 0.5
NAMES = {"utf-8": "utf-8-sig", "gbk": "gb18030", "gb18030": "gb18030", "big5": "cp950", "utf-16": "utf-16"}
SHOWN_MOST = 20


@app.callback()
def _members() -> None:
    """Members by the command line."""


@app.command(
    "import", help="Members from a CSV, TSV or XLSX file: checked first, then imported by events, once."
)
def import_command(
    file: Annotated[Path, typer.Argument(help="The file.")],
    audience: Annotated[str, typer.Option("--list", help="The id of a list onto which they go.")] = "",
    tag: Annotated[str, typer.Option(help="A tag for all of them.")] = "",
    only_known: Annotated[bool, typer.Option("--only-members", help="Nobody joins by this file.")] = False,
    columns: Annotated[
        list[str] | None,
        typer.Option("--column", help="What a column is, as HEADING=TARGET; `HEADING=` leaves it out."),
    ] = None,
    encoding: Annotated[str, typer.Option(help="utf-8, gbk, big5 or utf-16; else it is found out.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    left_out: Annotated[
        Path | None, typer.Option("--left-out", help="Write the rows that are left out here, with reasons.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Exit code 1 where rows were left out of an import."""
    data = _read(file)
    with tables.ready():
        programme = current()
        taken = service.take(file.name, data, programme, COMMAND_LINE, Target(audience, tag, only_known))
        if encoding:
            _read_as(taken, encoding, programme)
        asked = queries.get(taken)
        service.ask_check(taken, _targets(asked, columns or [], programme), asked.target, programme)
        asked = _work(taken, CHECKING, "checked", as_json)
        if asked.state == CHECKED and asked.wanted and not dry_run:
            service.start(taken, COMMAND_LINE)
            asked = _work(taken, IMPORTING, "imported", as_json)
        rows = list(queries.rejected(taken))
        if left_out is not None:
            _write(left_out, asked, rows)
        _tell(asked, rows, dry_run, as_json)
        if dry_run:
            service.cancel(taken, COMMAND_LINE)
    if asked.state not in (CHECKED, DONE):
        raise CliError(f"The import did not finish: {say(asked.error, language()) or asked.state}")
    if rows and not dry_run:
        raise typer.Exit(1)


def _read(file: Path) -> bytes:
    if not file.is_file():
        raise CliError(f"There is no file {file}.", USAGE)
    if file.stat().st_size > FILE_MOST:
        raise BadFile.large()
    return file.read_bytes()


def _read_as(taken: UUID, name: str, programme: Programme) -> None:
    encoding = NAMES.get(name.lower()) or (name if name in ENCODINGS else "")
    if not encoding:
        raise CliError(f"--encoding is one of {', '.join(NAMES)}.", USAGE)
    table = look_over(service.text_of(taken), encoding)
    service.read_otherwise(taken, encoding, table.form.separator, table.form.has_header, programme)


def _targets(asked: Asked, columns: list[str], programme: Programme) -> list[str]:
    """The columns as they were found out, and as the options have them otherwise."""
    known, found = mapping.targets(programme), list(asked.mapping)
    for option in columns:
        heading, equals, target = option.rpartition("=")
        if not equals or heading not in asked.headings:
            raise CliError(f"--column {option}: the columns are {', '.join(asked.headings)}.", USAGE)
        if target and target not in known:
            raise CliError(f"--column {option}: a column can be {', '.join(known)}.", USAGE)
        found[asked.headings.index(heading)] = target
    return found


def _work(taken: UUID, state: str, what: str, quiet: bool) -> Asked:
    """Do what a worker would, or watch the one that is quicker, until this step is over."""
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True, disable=quiet,
    )  # fmt: skip
    with bar:
        task = bar.add_task(what, total=None)
        while (asked := queries.get(taken)).state == state:
            bar.update(task, total=asked.total, completed=asked.gone)
            if not import_due(taken):
                time.sleep(PAUSE_SECONDS)
    return asked


def _write(path: Path, asked: Asked, rows: list[Rejected]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(BOM)
        writer = csv.writer(out)
        writer.writerow([*map(harmless, asked.headings), "row", "reason"])
        for one in rows:
            cells = [*one.cells, *[""] * len(asked.headings)][: len(asked.headings)]
            writer.writerow([*map(harmless, cells), one.number, harmless(_reason(one))])


def _reason(one: Rejected) -> str:
    said = [(f"{fault.field}: " if fault.field else "") + say(fault.text, language()) for fault in one.faults]
    return "; ".join(said)


def _tell(asked: Asked, rows: list[Rejected], dry_run: bool, as_json: bool) -> None:
    if as_json:
        faults = [{"row": one.number, "faults": [each.as_json() for each in one.faults]} for one in rows]
        told: dict[str, Any] = {
            "id": str(asked.id), "file": asked.title, "state": asked.state, "dry_run": dry_run, "rows": asked.rows,
            "encoding": asked.form.encoding, "columns": dict(zip(asked.headings, asked.mapping, strict=True)),
            "checked": asked.checked, "imported": asked.counts, "left_out": faults,
        }  # fmt: skip
        print(json.dumps(told, ensure_ascii=False))
        return
    shown = ", ".join(
        f"{heading} → {target or '–'}" for heading, target in zip(asked.headings, asked.mapping, strict=True)
    )
    print(f"{some(asked.rows, 'row')}, {shown}")
    print(
        "found    " + (", ".join(f"{count:,} {what}" for what, count in asked.checked.items()) or "nothing")
    )
    if not dry_run:
        print(
            "imported "
            + (", ".join(f"{count:,} {what}" for what, count in asked.counts.items()) or "nothing")
        )
    for one in rows[:SHOWN_MOST]:
        print(f"row {one.number:,}: {_reason(one)}", file=sys.stderr)
    if len(rows) > SHOWN_MOST:
        print(f"… {len(rows) - SHOWN_MOST:,} more: --left-out FILE writes them all", file=sys.stderr)
