"""Housekeeping by the calendar."""

import structlog
from django.contrib.sessions.backends.db import SessionStore
from procrastinate.contrib.django import app

KEEP_JOBS_HOURS = 24 * 14
STALLED_SECONDS = 60

_log = structlog.get_logger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="ops.sweep_stalled_jobs", queueing_lock="ops.sweep_stalled_jobs")
async def sweep_stalled_jobs(timestamp: int) -> int:
    """Give the jobs of a worker that died back to the queue; return how many."""
    manager = app.job_manager
    stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS))
    for job in stalled:
        _log.warning("stalled_job_retried", job=job.id, task=job.task_name, timestamp=timestamp)
        await manager.retry_job(job)
    return len(stalled)


@app.periodic(cron="17 3 * * *")
@app.task(name="ops.clear_old_jobs", queueing_lock="ops.clear_old_jobs")
async def clear_old_jobs(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Forget jobs that ended two weeks ago, failed ones too."""
    await app.job_manager.delete_old_jobs(
        nb_hours=KEEP_JOBS_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


@app.periodic(cron="27 3 * * *")
@app.task(name="ops.clear_sessions", queueing_lock="ops.clear_sessions")
def clear_sessions(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Forget console sessions that ran out."""
    SessionStore.clear_expired()
