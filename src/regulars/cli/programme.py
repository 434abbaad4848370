"""`regulars programme`: validate, publish, show and compare programmes."""

import difflib
from pathlib import Path
from typing import Annotated

import typer

from regulars.cli.words import language
from regulars.kit import clock
from regulars.kit.errors import USAGE, CliError
from regulars.processes import tables
from regulars.programme import queries, service
from regulars.programme.cautions import cautions
from regulars.programme.contracts import Programme
from regulars.programme.loader import InvalidProgramme, load

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Validate, publish, show or compare programmes."
)

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
        f"{file} is valid: {len(programme.rules)} rules, {len(programme.ladders)} ladders,"
        f" {len(programme.assets)} assets."
    )
    for caution in cautions(programme, clock.now()):
        print(f"look again: {caution.say(language())}")


@app.command(help="Make a file the programme in force, as a new version.")
def publish(
    file: File, note: Annotated[str, typer.Option(help="What changed, for the versions list.")] = ""
) -> None:
    source, _ = _checked(file)
    with tables.ready():
        before = service.current_number()
        programme = service.publish(source, "command line", note)
    if programme.number == before:
        print(f"Version {before} is in force already and says the same.")
    else:
        print(f"Version {programme.number} is in force.")


@app.command(help="Print the programme in force, or another version.")
def show(
    number: Annotated[int | None, typer.Option("--version", min=1, help="Which version.")] = None,
) -> None:
    with tables.ready():
        print(_source(number or service.current_number()), end="")


@app.command(help="What a file would change against the version in force, or against another one.")
def diff(
    file: File, number: Annotated[int | None, typer.Option("--version", min=1, help="Which version.")] = None
) -> None:
    with tables.ready():
        wanted = number or service.current_number()
        lines = difflib.unified_diff(
            _source(wanted).splitlines(keepends=True),
            _read(file).splitlines(keepends=True),
            f"version {wanted}",
            str(file),
        )
        print("".join(lines), end="")


def _source(number: int) -> str:
    source = queries.version_source(number) if number else None
    if source is None:
        raise CliError(f"There is no version {number}." if number else "No programme is published yet.")
    return source
