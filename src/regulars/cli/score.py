"""`regulars score`: give everybody their scores now, or see how they are made and how good they are."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from regulars.cli.words import language, some
from regulars.insight.scoring.queries import last_run
from regulars.insight.scoring.recommend import measure
from regulars.insight.scoring.registry import MADE, how_made
from regulars.insight.scoring.tasks import score_everybody
from regulars.kit import clock
from regulars.kit.errors import CliError
from regulars.language.calendar import local_day
from regulars.language.text import say
from regulars.members.scores import SCORES
from regulars.processes import tables
from regulars.programme.service import current
from regulars.warehouse.queries import open_tables

app = typer.Typer(add_completion=False, no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command(
    "run", help="Score every member now, by what the warehouse holds; the worker does it every night."
)
def run_command(as_json: Json = False) -> None:
    with tables.ready():
        ran = score_everybody()
    if as_json:
        found = {
            "until": str(ran.until),
            "members": ran.members,
            "changed": ran.changed,
            "seconds": ran.seconds,
        }
        print(json.dumps(found))
    else:
        print(
            f"{some(ran.members, 'member')} scored by {ran.until} in {ran.seconds:.1f} s;"
            f" {some(ran.changed, 'score')} changed."
        )


@app.command("models", help="What the models were fitted to at the latest run, and how well they foretold.")
def models_command(as_json: Json = False) -> None:
    with tables.ready():
        ran = last_run()
    if ran is None:
        raise CliError("No run yet: `regulars score run` makes one.")
    if as_json:
        print(json.dumps({"until": str(ran.until), "members": ran.members, **ran.fit}))
        return
    _print_model("BG/NBD", ran.fit["buying"])
    _print_model("Gamma-Gamma", ran.fit["spending"])
    print(f"Regularity of gaps  k={ran.fit['regularity']:.3f}")
    _print_calibration(ran.fit["calibration"])
    told = ran.fit.get("recommendations")
    if told is not None:
        _print_precision(told)


@app.command(
    "recommendations", help="How many recommended products were bought in the last days of the history."
)
def recommendations_command(
    days: Annotated[int, typer.Option(min=1, max=180, help="So many days are held out.")] = 30,
    as_json: Json = False,
) -> None:
    with tables.ready():
        programme = current()
        found = measure(open_tables(), local_day(clock.now(), programme.zone), days)
    if found is None:
        raise CliError(
            "Nobody bought anything in these days who had bought before: there is nothing to measure."
        )
    if as_json:
        print(json.dumps(found.record()))
        return
    _print_precision(found.record())


@app.command("how", help="How every score is made, under the programme in force.")
def how_command() -> None:
    with tables.ready():
        terms = current().insight
    for score in SCORES.values():
        source = MADE[score.name].source
        print(f"score.{score.name}  {say(score.label, language())}")
        print(f"  {how_made(score, terms, language())}" + (f" [{source}]" if source else ""))


def _print_model(name: str, fit: dict[str, float] | None) -> None:
    if fit is None:
        print(f"{name}  not fitted: too few members bought again")
    else:
        print(f"{name}  " + "  ".join(f"{key}={value:.4g}" for key, value in fit.items()))


def _print_precision(found: dict[str, Any]) -> None:
    print(
        f"Offered on {found['fitted_to']}, bought by {found['until']}: {some(found['members'], 'member')},"
        f" {found['most']} products each"
    )
    for name, own, popular in (
        ("bought of those offered", "offered", "popular"),
        ("of those new to the member", "fresh", "fresh_popular"),
    ):
        print(f"  {name:<32}  {found[own]:.1%}  (what most members buy: {found[popular]:.1%})")


def _print_calibration(found: dict[str, Any] | None) -> None:
    if found is None:
        print("Not calibrated: that takes eight weeks of orders, and members who bought again.")
        return
    print(
        f"Fitted {found['fitted_from']} to {found['fitted_to']}, asked about the days to {found['until']}:"
        f" {some(found['members'], 'member')}, {found['expected']:,.0f} orders expected, {found['actual']:,.0f} made,"
        f" correlation {_number(found['correlation'])}; χ²({found['degrees']}) = {_number(found['chi_square'])},"
        f" p = {_number(found['p_value'])}"
    )
    table = Table(box=None)
    for head in ("orders before", "members", "expected each", "made each"):
        table.add_column(head, justify="right")
    for bar in found["bars"]:
        span = f"{bar['least']}+" if bar["most"] is None else f"{bar['least']}–{bar['most']}"
        table.add_row(span, f"{bar['members']:,}", f"{bar['expected']:.2f}", f"{bar['actual']:.2f}")
    Console(highlight=False).print(table)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
