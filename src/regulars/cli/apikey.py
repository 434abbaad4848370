"""`regulars apikey`: keys for other systems."""

import json
from typing import Annotated

import typer

from regulars.processes import tables
from regulars.staff import queries, service
from regulars.staff.contracts import Scope

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Keys for other systems.")

SCOPES = ", ".join(scope.value for scope in Scope)


@app.command(help="Create a key and print it: this once, because only its digest is kept.")
def create(
    name: Annotated[str, typer.Option(help="Who will use it, e.g. 'POS Shanghai'.")],
    scope: Annotated[list[str], typer.Option(help=f"What it may do; repeat it. One of {SCOPES}.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    with tables.ready():
        key = service.create_api_key(name, scope)
    print(json.dumps({"name": name, "scopes": scope, "key": key}, ensure_ascii=False) if as_json else key)


@app.command(name="list", help="List every key, without the keys themselves.")
def list_keys() -> None:
    with tables.ready():
        for key in queries.api_keys():
            state = "revoked" if key.revoked_at else "in use" if key.last_used_at else "never used"
            print(f"{key.id}\trk_{key.prefix}_…\t{key.name}\t{' '.join(key.scopes)}\t{state}")


@app.command(help="End a key for good; `regulars apikey list` shows its number.")
def revoke(number: int) -> None:
    with tables.ready():
        ended = service.revoke_api_key(number, service.COMMAND_LINE)
    print(f"Key {number} is revoked." if ended else f"There is no key {number} in force.")
    if not ended:
        raise typer.Exit(1)
