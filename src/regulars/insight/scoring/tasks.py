"""When scores are made: every night in the programme's time zone, and when somebody asks."""

from procrastinate.contrib.django import app

from regulars.insight.scoring.queries import last_run
from regulars.insight.scoring.run import Ran, RunGoesOn, run
from regulars.kit import background, clock
from regulars.ledger.tasks import latest
from regulars.programme.service import NotPublished, current
from regulars.warehouse.queries import open_tables
from regulars.warehouse.trouble import WarehouseUnavailable

NOW = "insight.score_now"


def score_everybody() -> Ran:
    """Score everybody now, by what the warehouse holds. Raises `RunGoesOn`, `NotPublished`, `WarehouseUnavailable`."""
    return run(open_tables(), current())


@app.periodic(cron="23,53 * * * *")
@app.task(name="insight.score", queueing_lock="insight.score", lock="insight.score")
def score(timestamp: int) -> bool:  # noqa: ARG001 - procrastinate passes it
    """Score everybody once a night. Asked twice an hour, so that a worker that slept through makes up for it, and so
    that a warehouse that is not ready yet is waited for; False: nothing was done."""
    try:
        programme = current()
        last = last_run()
        if last is not None and last.began_at >= latest(clock.now(), programme.zone):
            return False
        score_everybody()
    except (NotPublished, WarehouseUnavailable, RunGoesOn):
        return False
    return True


@app.task(name=NOW, queueing_lock=NOW, lock="insight.score")
def score_now() -> bool:
    """Score everybody because somebody asked."""
    try:
        score_everybody()
    except RunGoesOn:
        return False
    return True


def ask() -> bool:
    """Have the worker score everybody; False: that is queued or goes on already."""
    return background.ask(NOW, "insight.score")


def waiting() -> background.State | None:
    """How the run that was asked for stands; None: none is."""
    return background.state(NOW)
