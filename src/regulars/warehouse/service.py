"""Keeping the warehouse: the worker's loop, and having it made anew."""

from pathlib import Path

from regulars.alerts import queries as alerts_read
from regulars.alerts import service as alerts
from regulars.alerts.contracts import Alarm
from regulars.kit import clock
from regulars.warehouse import follower
from regulars.warehouse.trouble import REBUILDING

CHECK = "warehouse"


def follow(place: Path | None = None, most: int = follower.CHUNK_EVENTS) -> int:
    """Take in what is new in the log; more than 0: go on at once. One process at a time does it, the others return.

    A warehouse that was there and is missing, damaged, of another log or of another time zone is made anew from the
    log, and that is an alert for as long as it takes. The first time is none.
    """
    done = follower.turn(place, most=most)
    if done is None:
        return 0
    if done.anew and alerts_read.check(CHECK) is not None:
        alerts.raise_alerts([Alarm(REBUILDING, params={"why": _why(done.anew)})])
    if not done.building:
        alerts.resolve(REBUILDING.code)
        if alerts_read.check(CHECK) is None:
            alerts.note_check(CHECK, clock.now(), 0.0, True, {"events": done.events})
    return done.events if done.building else 0


def rebuild() -> None:
    """Make the warehouse anew from the log; what is there serves until then. To the end, in this process."""
    follower.begin_anew()
    while (done := follower.turn()) is None or done.building:
        pass


def _why(fault: str) -> str:
    return fault if fault in ("missing", "log", "zone") else "damaged"
