"""`regulars worker`: the background work, in a process of its own."""

import typer

from regulars.kit import lifeline, log
from regulars.processes import tables, worker
from regulars.settings import CONFIG, DATA

app = typer.Typer(add_completion=False)


@app.command(name="worker", help="Run the background work until told to stop. Any number may run.")
def run() -> None:
    log.configure(DATA, CONFIG.log_level, "worker")
    lifeline.attach(DATA)
    with tables.ready():
        worker.run()
