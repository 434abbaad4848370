"""The command line: `regulars <command>`. Each command is a module of this package with a typer `app`."""

import importlib
from typing import NoReturn

from regulars.cli import bytecode


def main() -> NoReturn:
    """Run the command that was typed, see `regulars.cli.main`. What is loaded from here on is kept compiled."""
    bytecode.keep()
    importlib.import_module("regulars.cli.main").main()
    raise AssertionError("the command ends the process")
