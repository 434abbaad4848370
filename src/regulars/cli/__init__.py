"""The command line: `regulars <command>`. Each command is a module of this package with a typer `app`."""

from regulars.cli.main import main

__all__ = ["main"]
