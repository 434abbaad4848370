"""`regulars operator`: accounts for the console."""

import sys
from getpass import getpass
from typing import Annotated

import typer

from regulars.kit.errors import USAGE, CliError
from regulars.processes import tables
from regulars.staff import service

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Accounts for the console.")


@app.callback()
def operator() -> None:
    """Keeps `create` a sub-command though it is the only one."""


@app.command(help="Create an account; its password is asked for, or made up where nobody can be asked.")
def create(
    email: Annotated[str, typer.Argument(help="The address to sign in with.")],
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
    role: Annotated[str, typer.Option(help="admin, operator or reader.")] = "admin",
    password: Annotated[str, typer.Option(help="The password; better leave it out and type it.")] = "",
) -> None:
    chosen = password or _ask()
    with tables.ready():
        created, word = service.create_operator(email, name, role, chosen)
    print(f"{created.email} can sign in to the console.")
    if not chosen:
        print(f"Password: {word}")


def _ask() -> str | None:
    if not sys.stdin.isatty():
        return None
    first = getpass("Password (empty: make one up): ")
    if first and getpass("Again: ") != first:
        raise CliError("The two passwords differ.", USAGE)
    return first or None
