"""From what was typed to the command that does it, and from whatever goes wrong to one sentence and an exit code.

Only the module of the command that was asked for is loaded, after Django is ready: so `--help` answers at once, and
the modules can import models like any other.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import django
import structlog
import typer
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from regulars import __version__
from regulars.cli.loading import loaded
from regulars.kit import interpreter, log
from regulars.kit.errors import FAILED, USAGE, CliError
from regulars.kit.problems import Problem

INTERRUPTED = 130
CLOSED_PIPE = 141


@dataclass(frozen=True)
class Command:
    """A command: its module `regulars.cli.<module>`, and what the overview says of it."""

    module: str
    help: str


COMMANDS = {
    "up": Command("up", "Serve: database, server and worker, until Ctrl-C."),
    "demo": Command("demo", "Load a year of real purchases and serve them."),
    "migrate": Command("migrate", "Bring the database to this version."),
    "worker": Command("worker", "Run only the background work (`up` runs it too)."),
    "stats": Command("stats", "Members, orders, points, levels in figures."),
    "reconcile": Command("reconcile", "Check that the books add up, for every member and asset."),
    "verify": Command("verify", "Prove that no entry of the books was changed, removed or inserted."),
    "report": Command(
        "report", "Sales, funnel, retention, levels, points: every report, as JSON or CSV too."
    ),
    "warehouse": Command("warehouse", "History as Parquet: how fresh it is, rebuild, verify, export."),
    "forecast": Command("forecast", "How often predicted upgrades came true."),
    "score": Command("score", "Score every member; how scores are made, how good they are."),
    "members": Command("members", "Import members from a CSV, TSV or XLSX file."),
    "programme": Command("programme", "Validate, publish, show or compare programmes."),
    "apikey": Command("apikey", "Create keys for other systems."),
    "operator": Command("operator", "Create accounts for the console."),
    "bench": Command("bench", "Measure events per second on this machine."),
}


def main() -> NoReturn:
    """Run the command that `sys.argv` names and exit: 0 done, 1 failed, 2 not understood, 130 interrupted."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of the command that `arguments` name. Never raises, never prints a traceback."""
    try:
        return _dispatch(arguments)
    except CliError as error:
        return _fail(error.sentence, error.exit_code)
    except Problem as problem:
        return _fail(_with_places(problem), FAILED)
    except ValidationError as error:
        return _fail(_settings_sentence(error), USAGE)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except ImproperlyConfigured as error:
        return _fail(f"A setting is wrong: {error}", USAGE)
    except DatabaseError as error:
        return _fail(f"The database refused: {' '.join(str(error).split())}", FAILED, error)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        return _fail(f"{error.strerror or error}{where}.", FAILED, error)
    except Exception as error:
        return _fail(f"Something unexpected went wrong ({type(error).__name__}).", FAILED, error)


def _dispatch(arguments: list[str]) -> int:
    name = arguments[0] if arguments else "--help"
    if name in ("--help", "-h", "help"):
        return _overview()
    if name in ("--version", "version"):
        print(f"regulars {__version__}")
        return 0
    if name not in COMMANDS:
        raise CliError(f"There is no command {name!r}; `regulars --help` lists them.", USAGE)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
    with interpreter.loading():
        django.setup()
        command = typer.main.get_command(loaded(COMMANDS[name].module).app)
    try:
        command.main(arguments[1:], prog_name=f"regulars {name}")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else FAILED
    return 0


def _overview() -> int:
    console = Console()
    console.print(f"[bold]regulars[/] {__version__} · 回头客\n\nUsage: regulars COMMAND [OPTIONS]\n")
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2))
    for name, command in COMMANDS.items():
        table.add_row(f"[bold]{name}[/]", command.help)
    console.print(table)
    console.print(
        "\n`regulars COMMAND --help` explains one. REGULARS_DATA names the data folder (now"
        f" {os.environ.get('REGULARS_DATA', 'data')}), DATABASE_URL another database than the embedded one."
    )
    return 0


def _fail(sentence: str, exit_code: int, error: Exception | None = None) -> int:
    """Say what is wrong on standard error; where that says too little, the log has the traceback."""
    if error is not None:
        sentence = f"{sentence} {_log_traceback(error)}"
    print(f"regulars: {sentence}", file=sys.stderr)
    return exit_code


def _log_traceback(error: Exception) -> str:
    data = Path(os.environ.get("REGULARS_DATA", "data")).absolute()
    path = log.file_of(data)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        log.configure(data, "INFO", "command line", to_stderr=False)
        structlog.get_logger(__name__).error("command_failed", arguments=sys.argv[1:], exc_info=error)
    except OSError:
        return "There is no place to write the details to."
    return f"The details are in {path}."


def _with_places(problem: Problem) -> str:
    """The problem's sentence; where several places are wrong, each of them."""
    places = [f"{error.field}: {error.message.get('en', '')}" for error in problem.errors]
    return str(problem) if len(places) < 2 else "\n  ".join([str(problem), *places])


def _settings_sentence(error: ValidationError) -> str:
    wrong = []
    for found in error.errors():
        name = "_".join(str(part) for part in found["loc"]).upper()
        wrong.append(f"{name if name.startswith('DATABASE_') else f'REGULARS_{name}'}: {found['msg']}")
    return "A setting is wrong: " + "; ".join(wrong) + "."
