"""`regulars warehouse`: how fresh it is, making it anew, and whether it is what the database says."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from regulars.cli import warehouse_words as say_words
from regulars.cli.words import language
from regulars.kit import clock
from regulars.kit.problems import Sentence, speak
from regulars.processes import tables
from regulars.warehouse import queries, service
from regulars.warehouse.contracts import SCHEMAS
from regulars.warehouse.exporting import export as export_files
from regulars.warehouse.trouble import WarehouseNotReady
from regulars.warehouse.verifying import verify as compare

app = typer.Typer(add_completion=False, help="History as Parquet: what reports are counted from.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SHOWN = 40


@app.command(help="Up to when everything is in, the tables and their size.")
def status(as_json: Json = False) -> None:
    with tables.ready():
        found = _status()
    if as_json:
        print(json.dumps(found))
        return
    out = Console(highlight=False)
    if found["building"] is not None:
        out.print(_say(say_words.BUILDING, events=f"{found['building']:,}"), soft_wrap=True)
    if not found["ready"]:
        out.print(_say(say_words.NOT_READY), soft_wrap=True)
        return
    out.print(
        _say(say_words.FRESH, at=found["fresh"], seconds=f"{found['behind_seconds']:.0f}"), soft_wrap=True
    )
    listed = Table(box=None)
    for heading in (say_words.TABLE, say_words.ROWS, say_words.FILES, say_words.SIZE):
        listed.add_column(_say(heading), justify="left" if heading is say_words.TABLE else "right")
    for name, of in found["tables"].items():
        listed.add_row(name, f"{of['rows']:,}", f"{of['files']:,}", f"{of['bytes'] / 1e6:,.1f} MB")
    out.print(listed)


def _status() -> dict[str, Any]:
    building = queries.building()
    found: dict[str, Any] = {"ready": False, "building": building.events if building else None}
    try:
        known, fresh = queries.manifest(), queries.freshness_in_full()
    except WarehouseNotReady:
        return found
    return {
        **found,
        "ready": True,
        "zone": known.zone,
        "fresh": fresh.all.isoformat(),
        "facts_fresh": fresh.facts.isoformat(),
        "behind_seconds": round((clock.now() - fresh.all).total_seconds(), 1),
        "events": known.events,
        "tables": {
            name: {
                "rows": sum(file.rows for file in known.of(name)),
                "files": len(known.of(name)),
                "bytes": sum(file.bytes for file in known.of(name)),
            }
            for name in SCHEMAS
        },
    }


@app.command(help="Make it anew from the log. What is there serves until that is done.")
def rebuild() -> None:
    with tables.ready():
        service.rebuild()
    Console(highlight=False).print(_say(say_words.REBUILT), soft_wrap=True)


@app.command(
    help="Compare it with the database: rows and sums of every table and month, and every file with what was"
    " written. Exit code 0: it is the same, 1: it is not."
)
def verify(as_json: Json = False) -> None:
    with tables.ready():
        result = compare()
    if as_json:
        print(
            json.dumps(
                {
                    "ok": not result.differences,
                    "until": result.until.isoformat(),
                    "rows": result.tables,
                    "skipped": result.skipped,
                    "differences": [asdict(each) for each in result.differences],
                }
            )
        )
    else:
        out = Console(highlight=False)
        for each in result.differences[:SHOWN]:
            out.print(
                f"  {each.table} {each.month} {each.what}: {each.expected} / {each.found}", markup=False
            )
        words = say_words.DIFFERS if result.differences else say_words.SAME
        out.print(
            _say(words, rows=f"{sum(result.tables.values()):,}", count=f"{len(result.differences):,}"),
            soft_wrap=True,
        )
    if result.differences:
        raise typer.Exit(1)


@app.command(
    help="Copy the tables, as they are now, for another database to read: one folder for each table."
)
def export(
    folder: Annotated[Path, typer.Argument(help="Is made, or takes the place of an export from before.")],
) -> None:
    with tables.ready():
        files, size = export_files(folder)
    Console(highlight=False).print(
        _say(say_words.EXPORTED, files=f"{files:,}", size=f"{size / 1e6:,.1f}", folder=str(folder)),
        soft_wrap=True,
    )


def _say(text: Sentence, **values: object) -> str:
    return speak(text, language(), **values)
