"""`regulars reconcile`: do the books add up?"""

import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from regulars.cli import reconcile_words as say_words
from regulars.cli.words import language
from regulars.kit.problems import Sentence, speak
from regulars.ledger.reconcile import Difference, Reconciled
from regulars.ledger.reconcile_words import ADVICE, CHECKS
from regulars.ledger.tasks import look
from regulars.processes import tables

app = typer.Typer(add_completion=False)

SHOWN = 20


@app.command(
    help="Compare balances, entries, lots and effects of every member; what differs becomes an alert in the console."
    " Exit code 0: everything adds up, 1: it does not."
)
def reconcile(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    out = Console(highlight=False)
    watching = not as_json and sys.stdout.isatty()
    with tables.ready():
        if watching:
            with out.status(_say(say_words.STEPS["entry"])) as status:
                result = look(lambda step: status.update(_say(say_words.STEPS[step])))
        else:
            result = look()
    if as_json:
        print(json.dumps(result.record(), ensure_ascii=False))
    else:
        _print(out, result)
    if not result.ok:
        raise typer.Exit(1)


def _say(text: Sentence, **values: object) -> str:
    return speak(text, language(), **values)


def _print(out: Console, result: Reconciled) -> None:
    counts = {name: f"{count:,}" for name, count in result.checked.items()}
    out.print(_say(say_words.COMPARED, seconds=f"{result.seconds:.1f}", **counts), soft_wrap=True)
    if result.house:
        out.print(_house(result))
    if result.ok:
        out.print(_say(say_words.IN_ORDER))
        return
    out.print(_say(say_words.DIFFER, count=f"{result.count:,}"))
    for each in result.differences[:SHOWN]:
        out.print(f"  {_line(each)}", soft_wrap=True, markup=False)
    if result.count > SHOWN:
        out.print(_say(say_words.MORE, count=f"{result.count - SHOWN:,}"), soft_wrap=True)
    out.print(_say(ADVICE), soft_wrap=True)


def _line(each: Difference) -> str:
    place = ", ".join(part for part in (_member(each), each.asset, each.where) if part)
    values = _say(say_words.VALUES, expected=_shown(each.expected), found=_shown(each.found))
    title = speak(CHECKS[each.check], language())
    return f"[{each.check}] {title}: {place}: {values}" if place else f"[{each.check}] {title}: {values}"


def _member(each: Difference) -> str:
    return _say(say_words.MEMBER, id=each.member_id) if each.member_id else ""


def _shown(value: int | str | None) -> str:
    if value is None:
        return _say(say_words.NOTHING)
    return f"{value:,}" if isinstance(value, int) else value


def _house(result: Reconciled) -> Table:
    """Per asset what the house gave and took and what members have, in smallest units."""
    names = [
        name for name in say_words.ACCOUNTS if any(accounts.get(name) for accounts in result.house.values())
    ]
    table = Table(box=None)
    table.add_column(_say(say_words.ASSET))
    for name in (*names, "sum"):
        table.add_column(_say(say_words.ACCOUNTS.get(name, say_words.SUM)), justify="right")
    for asset, accounts in result.house.items():
        cells = [f"{accounts.get(name, 0):,}" for name in names]
        table.add_row(asset, *cells, f"{sum(accounts.values()):,}")
    return table
