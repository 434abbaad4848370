"""`regulars migrate`: bring the database to this version."""

import typer

from regulars.processes import database, roles, tables

app = typer.Typer(add_completion=False)


@app.command(help="Create or bring up to date the tables. Safe to run at any time, also twice at once.")
def migrate() -> None:
    with database.held():
        taken = tables.migrate()
        one_role = roles.one_for_all()
    print(f"{taken} migrations taken." if taken else "The database is up to date.")
    if one_role:
        print(
            "History is kept by triggers only: the database role that serves owns the tables"
            " (docs/deployment.md says how to have two roles)."
        )
