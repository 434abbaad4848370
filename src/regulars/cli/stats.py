"""`regulars stats`: the installation in figures."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from regulars.insight.stats import stats
from regulars.processes import tables

app = typer.Typer(add_completion=False)


@app.command(help="Members, orders, points, levels in figures, added up from the books.")
def stats_command(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    with tables.ready():
        figures = stats()
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    table = Table(box=None, show_header=False)
    for name, value in figures.items():
        if isinstance(value, dict):
            for inner, one in value.items():
                shown = (
                    ", ".join(f"{key} {number}" for key, number in one.items())
                    if isinstance(one, dict)
                    else one
                )
                table.add_row(f"{name}.{inner}", f"{shown}")
        else:
            table.add_row(name, f"{value:,}" if isinstance(value, int) else str(value))
    Console(highlight=False).print(table)
