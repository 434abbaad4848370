"""Jobs that keep failing are alerts."""

from regulars.alerts import service
from regulars.alerts.contracts import Alarm
from regulars.alerts.machinery import JOB_FAILING
from regulars.kit.background import failing

IN_A_ROW = 2
"""A job that failed so often, one time after the other, keeps failing."""


def watch_jobs() -> int:
    """Raise jobs that keep failing, resolve those that succeeded since. Returns 0: nothing is left to do."""
    found = [
        Alarm(JOB_FAILING, name, {"name": name, "failures": failures})
        for name, failures in failing().items()
        if failures >= IN_A_ROW
    ]
    service.settle([JOB_FAILING.code], found)
    return 0
