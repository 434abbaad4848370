"""`regulars migrate`: bring the database to this version."""

import typer

from regulars.processes import database, tables

app = typer.Typer(add_completion=False)


@app.command(help="Create or bring up to date the tables. Safe to run at any time, also twice at once.")
def migrate() -> None:
    with database.held():
        taken = tables.migrate()
    print(f"{taken} migrations taken." if taken else "The database is up to date.")
