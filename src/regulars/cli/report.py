"""`regulars report NAME`: every report of the console, for eyes, for scripts, for a sheet."""

import csv
import io
import json
from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from regulars.insight import answers, plainly, saying
from regulars.insight.abreast import difference
from regulars.insight.answers import Answered
from regulars.insight.asking import read_against
from regulars.insight.defining import Unit
from regulars.insight.periods import PRESETS, USUAL, days_of
from regulars.insight.registry import REPORTS, report_of
from regulars.insight.report import Asked, Figure, Report
from regulars.insight.report import Table as ReportTable
from regulars.kit import clock
from regulars.kit.errors import USAGE, CliError
from regulars.kit.sheets import harmless
from regulars.language.calendar import local_day
from regulars.language.text import LANGUAGES, say
from regulars.processes import tables
from regulars.programme.contracts import Programme
from regulars.programme.service import current

WIDE = 10_000

app = typer.Typer(add_completion=False)


@app.command(help="A report over the brand's history; `regulars report list` names them all.")
def report_command(
    name: Annotated[str, typer.Argument(help="The report, or `list`.")],
    first: Annotated[str, typer.Option("--from", help="First day, 2026-01-31.")] = "",
    last: Annotated[str, typer.Option("--to", help="Last day; today, if left out.")] = "",
    period: Annotated[str, typer.Option(help=f"Instead of days: {', '.join(PRESETS)}.")] = USUAL,
    against: Annotated[
        str, typer.Option(help="Compare with: previous, last_year, everybody, or audience:ID.")
    ] = "",
    audience: Annotated[str, typer.Option(help="Only members in this audience.")] = "",
    level: Annotated[str, typer.Option(help="Only members on this level.")] = "",
    ladder: Annotated[str, typer.Option(help="Which ladder; the first, if left out.")] = "",
    channel: Annotated[str, typer.Option(help="Only orders of this channel.")] = "",
    store: Annotated[str, typer.Option(help="Only orders of this store.")] = "",
    option: Annotated[
        list[str] | None, typer.Option("--set", help="An option of the report, NAME=VALUE.")
    ] = None,
    language: Annotated[str, typer.Option(help=f"One of {', '.join(LANGUAGES)}.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_csv: Annotated[str, typer.Option("--csv", help="Print this table as CSV; `first`: the first.")] = "",
) -> None:
    if language not in LANGUAGES:
        raise CliError(f"There is no language {language!r}; choose one of: {', '.join(LANGUAGES)}.", USAGE)
    with tables.ready():
        programme = current()
        if name == "list":
            return _list(programme, language, as_json)
        today = local_day(clock.now(), programme.zone)
        start, end = _days(first, last, period, today)
        kind, other = read_against(against)
        asked = Asked(
            start, end, kind, audience, channel, store, level, ladder, _options(option or []), other
        )
        found = answers.answered(report_of(name), asked, programme)
    if as_json:
        print(json.dumps(plainly.of_answer(found, programme, language), ensure_ascii=False))
    elif as_csv:
        print(_csv(found, as_csv, programme, language), end="")
    else:
        _print(found, programme, language)
    return None


def _days(first: str, last: str, period: str, today: date) -> tuple[date, date]:
    if period not in PRESETS:
        raise CliError(f"There is no period {period!r}; choose one of: {', '.join(PRESETS)}.", USAGE)
    start, end = days_of(period, today)
    end = _day("--to", last) if last else (today if first else end)
    return (_day("--from", first) if first else min(start, end)), end


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CliError(f"{name} is not a day: write it as 2026-01-31.", USAGE) from None


def _options(given: list[str]) -> tuple[tuple[str, str], ...]:
    pairs = [text.partition("=") for text in given]
    wrong = [
        text for text, (name, equals, _value) in zip(given, pairs, strict=True) if not name or not equals
    ]
    if wrong:
        raise CliError(f"--set {wrong[0]!r} is not understood: write NAME=VALUE, such as by=brand.", USAGE)
    return tuple((name, value) for name, _equals, value in pairs)


def _list(programme: Programme, language: str, as_json: bool) -> None:
    if as_json:
        print(
            json.dumps([plainly.of_report(one, programme, language) for one in REPORTS], ensure_ascii=False)
        )
        return
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2))
    for one in REPORTS:
        table.add_row(f"[bold]{one.id}[/]", say(one.name, language), say(one.about, language) + _asked(one))
    Console(highlight=False).print(table)


def _asked(report: Report) -> str:
    return f" [dim]--set {', '.join(option.id for option in report.options)}[/]" if report.options else ""


def _csv(found: Answered, name: str, programme: Programme, language: str) -> str:
    shown = found.answer.tables
    table = shown[0] if name == "first" and shown else next((one for one in shown if one.id == name), None)
    if table is None:
        known = ", ".join(one.id for one in shown) or "none"
        raise CliError(f"This report has no table {name!r}; it has: {known}.", USAGE)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.id for column in table.columns])
    for row in plainly.lines(table, programme, language):
        writer.writerow(
            [harmless(cell) if isinstance(cell, str) and not _number(cell) else cell for cell in row]
        )
    return out.getvalue()


def _number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


def _print(found: Answered, programme: Programme, language: str) -> None:
    console = _console()
    console.print(f"[bold]{say(found.report.name, language)}[/]  {found.asked.first} – {found.asked.last}")
    console.print(saying.sentence(found.answer.sentence, programme, language))
    if found.answer.sides and found.answer.other:
        said = saying.sentence(found.answer.other, programme, language)
        console.print(f"[dim]{say(found.answer.sides[1], language)}: {said}[/]")
    console.print()
    figures = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2))
    for figure in found.answer.figures:
        now, before = (
            saying.value(each, figure.metric.unit, programme, language, figure.asset)
            for each in (figure.value, figure.before)
        )
        compared = f"[dim]{before}[/]" if figure.before is not None else ""
        change = _change(figure, programme, language)
        figures.add_row(say(figure.metric.name, language), f"[bold]{now}[/]", compared, change)
    console.print(figures)
    for table in found.answer.tables:
        console.print()
        console.print(_shown(table, programme, language))
    for hint in found.answer.hints:
        console.print(f"\n[dim]{say(hint, language)}[/]")
    console.print(f"\n[dim]{found.at.isoformat(timespec='seconds')}[/]")


def _console() -> Console:
    """Where nobody looks at a terminal, lines are as long as they have to be: figures are never cut."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDE, soft_wrap=True)


def _change(figure: Figure, programme: Programme, language: str) -> str:
    by = difference(figure.metric.unit, figure.value, figure.before)
    unit = Unit.POINTS if figure.metric.unit is Unit.RATE else Unit.CHANGE
    return "" if by is None else saying.value(by, unit, programme, language)


def _shown(table: ReportTable, programme: Programme, language: str) -> Table:
    shown = Table(title=say(table.title, language), title_justify="left", box=None, pad_edge=False)
    for place, column in enumerate(table.columns):
        shown.add_column(say(column.name, language), justify="right" if place else "left", overflow="fold")
    for row in table.rows:
        shown.add_row(
            *(
                saying.value(cell, column.unit, programme, language, column.asset)
                for column, cell in zip(table.columns, row, strict=True)
            )
        )
    return shown
