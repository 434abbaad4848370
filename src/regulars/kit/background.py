"""Jobs that a person asks for: put into the worker's queue once, and how they stand."""

from dataclasses import dataclass
from datetime import datetime

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from regulars.kit.sqlread import row, rows


@dataclass(frozen=True, slots=True)
class State:
    """A job that is not over: it waits for the worker, or runs (`since` when either began, None: not known)."""

    name: str
    runs: bool
    since: datetime | None


def ask(name: str, lock: str) -> bool:
    """Queue the task of that name, to be run once and beside no other of that lock; False: it is queued or runs
    already. In the caller's transaction."""
    if state(name) is not None:
        return False
    try:
        app.configure_task(name, queueing_lock=name, lock=lock).defer()
    except AlreadyEnqueued:
        return False
    return True


def state(name: str) -> State | None:
    """How the task's latest job stands; None: there is none that is not over."""
    found = row(
        "SELECT job.task_name, job.status = 'doing',"
        " (SELECT max(at) FROM procrastinate_events AS event WHERE event.job_id = job.id)"
        " FROM procrastinate_jobs AS job WHERE job.task_name = %s AND job.status IN ('todo', 'doing')"
        " ORDER BY job.id DESC LIMIT 1",
        [name],
    )
    return State(*found) if found else None


FAILING = """
SELECT job.task_name, count(*) FROM procrastinate_jobs AS job
 WHERE job.status = 'failed'
   AND NOT EXISTS (SELECT FROM procrastinate_jobs AS later
                    WHERE later.task_name = job.task_name AND later.status = 'succeeded' AND later.id > job.id)
 GROUP BY job.task_name
"""


def failing() -> dict[str, int]:
    """Tasks whose latest job failed, and how many failed since one succeeded, as far as jobs are kept."""
    return dict(rows(FAILING))
