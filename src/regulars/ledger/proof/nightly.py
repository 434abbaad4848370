"""The nightly verification: what is not as it was written becomes an alert, and the chain's head is logged.

The head that one night finds is what the next one expects. It is kept beside the books, so it only catches those who
forget it; the log's copy, and whatever is noted elsewhere, catches everybody.
"""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction

from regulars.alerts import queries as alerts
from regulars.alerts import service
from regulars.alerts.contracts import Alarm
from regulars.kit import clock
from regulars.ledger.proof.checks import verify
from regulars.ledger.proof.database import opened
from regulars.ledger.proof.report import Difference, Head, Kind, Report
from regulars.ledger.proof.words import ALERTS
from regulars.ledger.tasks import latest

CHECK = "chain"

_CODES = [kind.code for kind in ALERTS.values()]
_MOVED = (Kind.HEAD_DIFFERS, Kind.HEAD_REMOVED)
_log = structlog.get_logger(__name__)


def verify_nightly(zone: ZoneInfo) -> bool:
    """Verify the books if tonight's verification has not been had; False: it has."""
    last = alerts.check(CHECK)
    if last is not None and last.at >= latest(clock.now(), zone):
        return False
    look()
    return True


def look() -> Report:
    """Verify the books against the head noted last, and let log and console know."""
    at, began = clock.now(), time.monotonic()
    before = noted()
    with opened() as books:
        report = verify(books, before)
    _tell(report, before, at, time.monotonic() - began)
    return report


def noted() -> Head | None:
    """The head that the last verification found, or the one that it missed."""
    last = alerts.check(CHECK)
    head = last.figures.get("head") if last is not None else None
    return Head(head["number"], head["hash"]) if head else None


def _tell(report: Report, before: Head | None, at: datetime, seconds: float) -> None:
    moved = any(report.counts[kind] for kind in _MOVED)
    head = before if moved else report.head
    figures = {
        "entries": report.entries,
        "pages": report.pages,
        "seals": report.seals,
        "unsealed": report.unsealed,
        "differences": report.counts.total(),
        "head": {"number": head.number, "hash": head.hash} if head else None,
    }
    with transaction.atomic():
        whole = report.counts.total() == len(report.differences)
        service.settle(_CODES, [_alarm(each) for each in report.differences], whole=whole)
        service.note_check(CHECK, at, seconds, report.ok, figures)
    tell = _log.info if report.ok else _log.error
    tell("books_verified", ok=report.ok, seconds=round(seconds, 1), **{**figures, "head": str(report.head)})


def _alarm(each: Difference) -> Alarm:
    params = {"page": each.page, "seal": each.seal, "written": each.written, "found": each.found}
    places = [str(place) for place in (each.page, each.seal) if place is not None]
    return Alarm(ALERTS[each.kind], ":".join(places), params)
