"""`regulars programme`: validate, publish, show and compare programmes."""

import difflib
import json
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from regulars.cli import simulating
from regulars.cli.loading import loaded
from regulars.cli.words import language, some
from regulars.engine.revising import movement
from regulars.events.queries import known_since
from regulars.kit import clock
from regulars.kit.errors import USAGE, CliError
from regulars.kit.problems import Problem
from regulars.language.text import say
from regulars.processes import tables
from regulars.programme import publications, publishing, queries, service
from regulars.programme.cautions import cautions
from regulars.programme.contracts import Programme
from regulars.programme.diff import compare
from regulars.programme.held import StillHeld
from regulars.programme.loader import InvalidProgramme, load
from regulars.programme.publishing import Wish
from regulars.tiers.contracts import Ladder, Move

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Validate, publish, show or compare programmes."
)

LOCAL, SPARK = "local", "spark"

File = Annotated[Path, typer.Argument(help="A programme's YAML file.")]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise CliError(f"{path} is no UTF-8 text.", USAGE) from None
    except OSError as error:
        raise CliError(f"{path}: {error.strerror}.", USAGE) from None


def _checked(path: Path) -> tuple[str, Programme]:
    source = _read(path)
    try:
        return source, load(source)
    except InvalidProgramme as error:
        spoken = language()
        raise CliError(
            "\n".join([f"{path} is no valid programme:", *(fault.say(spoken) for fault in error.faults)])
        ) from None


@app.command(help="Check a file; every problem is told with its line and field.")
def validate(file: File) -> None:
    _, programme = _checked(file)
    print(
        f"{file} is valid: {some(len(programme.rules), 'rule')}, {some(len(programme.ladders), 'ladder')},"
        f" {some(len(programme.assets), 'asset')}."
    )
    for caution in cautions(programme, clock.now()):
        print(f"look again: {caution.say(language())}")


@app.command(help="Make a file the programme in force, as a new version; now, or at a moment.")
def publish(
    file: File,
    note: Annotated[str, typer.Option(help="What changed, for the versions list.")] = "",
    at: Annotated[
        str,
        typer.Option(help="When, such as 2026-11-11T00:00+08:00; without an offset in the programme's zone."),
    ] = "",
    accept: Annotated[
        list[str] | None, typer.Option(help="A place that members hold and lose by it, as it was told.")
    ] = None,
) -> None:
    source, programme = _checked(file)
    with tables.ready():
        _ask(Wish(source, note, _moment(at, programme.zone), accepted=tuple(accept or ())))


@app.command(help="Publish an old version again, as a new one.")
def back(
    number: Annotated[int, typer.Argument(min=1, help="Which version.")],
    note: Annotated[str, typer.Option(help="Why, for the versions list.")] = "",
    accept: Annotated[
        list[str] | None, typer.Option(help="A place that members hold and lose by it, as it was told.")
    ] = None,
) -> None:
    with tables.ready():
        _ask(Wish(_source(number), note or f"Back to version {number}", accepted=tuple(accept or ())))


@app.command(
    help="What a programme would have cost and where members would stand, beside the programme in force: the history"
    " lived through in memory. Without a file, under the programme in force."
)
def simulate(
    file: Annotated[Path | None, typer.Argument(help="A programme's YAML file.")] = None,
    first: Annotated[
        str,
        typer.Option(
            "--from", help="From when on costs are told by rule; 30 days before the end, if left out."
        ),
    ] = "",
    until: Annotated[str, typer.Option("--to", help="Up to what was known then; now, if left out.")] = "",
    alone: Annotated[
        bool, typer.Option("--alone", help="Do not live through the programme in force beside it.")
    ] = False,
    processes: Annotated[
        int, typer.Option(min=0, max=64, help="How many processes; as many as processors, if left out.")
    ] = 0,
    engine: Annotated[
        str,
        typer.Option(
            help="local, or spark: over the Spark that WAREHOUSE_URL names, else one on this machine (extra: spark)."
        ),
    ] = LOCAL,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    if engine not in (LOCAL, SPARK):
        raise CliError("--engine is local or spark.", USAGE)
    source, programme = _checked(file) if file is not None else ("", None)
    with tables.ready():
        in_force = service.current()
        if programme is None or alone or source == queries.version_source(in_force.number):
            before = after = programme or in_force
        else:
            before, after = in_force, programme
        end = _moment(until, after.zone) or clock.now()
        start = _moment(first, after.zone) or end - timedelta(days=30)
        if start > end:
            raise CliError("--from must lie before --to.", USAGE)
        _within_what_is_known(end)
        if engine == SPARK:
            old = queries.version_source(before.number) or source
            sources = (old, old if before is after else source)
            lived = loaded("simulating_spark").lived(before, after, sources, start, end)
            simulating.tell(lived, as_json)
        else:
            simulating.show(before, after, start, end, processes, as_json)


def _ask(wish: Wish) -> None:
    before = service.current_number()
    try:
        row = publishing.ask(publications.TERMINAL, wish)
    except StillHeld as problem:
        spoken = language()
        told = [f"{each.place}: {say(each.text, spoken)}" for each in problem.findings]
        way = (
            []
            if any(each.grave for each in problem.findings)
            else ["To publish it all the same, name each with --accept."]
        )
        raise CliError("\n".join([*told, *way])) from None
    except Problem as problem:
        raise CliError(problem.say(language())) from None
    if row.state is publications.State.WAITING:
        print("It waits for a second person, who agrees in the console.")
    elif row.state is publications.State.SCHEDULED:
        print(f"It will be published at {row.publish_at:%Y-%m-%d %H:%M %Z}.")
    elif row.version == before:
        print(f"Version {before} is in force already and says the same.")
    else:
        print(f"Version {row.version} is in force.")


def _within_what_is_known(end: datetime) -> None:
    if end > clock.now():
        raise CliError("--to lies in the future, of which there is no history: leave it out.", USAGE)
    since = known_since()
    if since is not None and end <= since:
        raise CliError(
            f"Nothing was known yet at {end:%Y-%m-%d %H:%M %Z}: --to goes by when events came in, and the first"
            f" came in at {since.astimezone(end.tzinfo):%Y-%m-%d %H:%M %Z}. A history loaded at once is known"
            " from then on, whatever its days; leave --to out.",
            USAGE,
        )


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CliError(f"{text} is no moment: write it like 2026-11-11T00:00+08:00.", USAGE) from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


@app.command(help="Print the programme in force, or another version.")
def show(
    number: Annotated[int | None, typer.Option("--version", min=1, help="Which version.")] = None,
) -> None:
    with tables.ready():
        print(_source(number or service.current_number()), end="")


@app.command(help="What a file would change against the version in force, or against another one.")
def diff(
    file: File,
    number: Annotated[int | None, typer.Option("--version", min=1, help="Which version.")] = None,
    in_words: Annotated[bool, typer.Option("--words", help="As sentences rather than lines.")] = False,
) -> None:
    with tables.ready():
        if in_words:
            before = service.version(number) if number else service.current()
            for section in compare(before, _checked(file)[1], language()):
                print(section.title)
                print("\n".join(f"  {change.text}" for change in section.changes))
            return
        wanted = number or service.current_number()
        lines = difflib.unified_diff(
            _source(wanted).splitlines(keepends=True),
            _read(file).splitlines(keepends=True),
            f"version {wanted}",
            str(file),
        )
        print("".join(lines), end="")


@app.command(
    help="How many members a file would put on another level if it were published now, from level to level, on each"
    " ladder that it changes."
)
def moves(file: File, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    _, draft = _checked(file)
    with tables.ready():
        before = service.current()
        started = time.perf_counter()
        found = movement(before, draft)
        seconds = time.perf_counter() - started
    if as_json:
        print(json.dumps({"seconds": round(seconds, 2), "moves": [_move_record(one) for one in found]}))
        return
    spoken = language()
    for one in found:
        old, new = before.ladders.get(one.ladder), draft.ladders[one.ladder]
        print(
            f"{say(new.name, spoken)}: {_level_said(old, one.before, spoken)} → {_level_said(new, one.after, spoken)}:"
            f" {some(one.members, 'member')}"
        )
    if not found:
        print("Nobody would stand on another level.")


def _move_record(move: Move) -> dict[str, Any]:
    return {"ladder": move.ladder, "from": move.before, "to": move.after, "members": move.members}


def _level_said(ladder: Ladder | None, level: str, spoken: str) -> str:
    """The level's name; its id where the ladder has no such level."""
    names = {one.id: say(one.name, spoken) for one in ladder.levels} if ladder else {}
    return names.get(level, level)


def _source(number: int) -> str:
    source = queries.version_source(number) if number else None
    if source is None:
        raise CliError(f"There is no version {number}." if number else "No programme is published yet.")
    return source
