"""`regulars forecast`: how often predicted upgrades came true on this installation's own history."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from regulars.kit import clock
from regulars.kit.errors import USAGE, CliError
from regulars.language.calendar import local_day
from regulars.processes import tables
from regulars.programme.service import current
from regulars.tiers.queries import LEADS, Score, Share, look_back

app = typer.Typer(add_completion=False)


@app.command(
    help="What forecasts of upgrades would have said at the beginning of each month, and what happened."
)
def forecast_command(
    ladder: Annotated[str, typer.Option(help="Which ladder; the first, if left out.")] = "",
    months: Annotated[int, typer.Option(min=1, max=60, help="Over so many months.")] = 12,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    with tables.ready():
        programme = current()
        chosen = ladder or next(iter(programme.ladders), "")
        if chosen not in programme.ladders:
            known = ", ".join(programme.ladders) or "none"
            raise CliError(f"The programme has no ladder {chosen!r}; it has: {known}.", USAGE)
        today = local_day(clock.now(), programme.zone)
        scores = look_back(programme.ladders[chosen], programme.zone, today, months)
    if as_json:
        print(json.dumps([asdict(score) for score in scores], ensure_ascii=False))
    elif scores:
        _print(scores)
    else:
        print(
            "There is no history yet to look back on: it takes a month and members below the highest level."
        )


def _print(scores: list[Score]) -> None:
    rows = [
        ("upgrades within two weeks of the date said", [score.foreseen for score in scores]),
        ("dates said that came true within two weeks", [score.true for score in scores]),
        ("  of those for which every way had one", [score.common for score in scores]),
        *(
            (f"  of those {low} to {high} days ahead", [score.by_lead[at] for score in scores])
            for at, (low, high) in enumerate(LEADS)
        ),
        ("50 % ranges that held the upgrade", [score.half for score in scores]),
        ("80 % ranges that held the upgrade", [score.most for score in scores]),
    ]
    _line("", [score.name for score in scores])
    for name, shares in rows:
        _line(name, [_said(share) for share in shares])
    _line("days missed by, in the middle", [f"{score.miss_days:g}" for score in scores])


def _line(name: str, cells: list[str]) -> None:
    print(f"{name:<44}" + "".join(f"{cell:>20}" for cell in cells))


def _said(share: Share) -> str:
    return f"{share.percent:.1f} % of {share.of:,}" if share.of else "–"
