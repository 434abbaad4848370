"""The nightly look at the books: whatever does not add up becomes an alert, whatever does again is resolved."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.db import connection, transaction

from regulars.alerts import queries as alerts
from regulars.alerts import service
from regulars.alerts.contracts import Alarm
from regulars.kit import clock
from regulars.ledger.reconcile import Difference, Reconciled, Said, reconcile
from regulars.ledger.reconcile_words import KINDS

CHECK = "books"
HOUR = 3
"""When the night's run is due, in the programme's time zone."""

_LOCK = 0x426F_6F6B
_CODES = [kind.code for kind in KINDS.values()]
_log = structlog.get_logger(__name__)


def look(said: Said = lambda _: None) -> Reconciled:
    """Reconcile, and let the console know: differences are alerts, those that are gone are resolved."""
    result = reconcile(said)
    alarms = [_alarm(each) for each in result.differences]
    figures = {"checked": result.checked, "differences": result.count, "house": result.house}
    with transaction.atomic():
        service.settle(_CODES, alarms, whole=result.count == len(result.differences))
        service.note_check(CHECK, result.at, result.seconds, result.ok, figures)
    return result


def look_nightly(zone: ZoneInfo) -> bool:
    """Look at the books if tonight's look has not been had, by this worker or another; False: it has, or is being."""
    with _alone() as alone:
        if not alone or not due(clock.now(), zone):
            return False
        result = look()
        tell = _log.info if result.ok else _log.error
        tell("books_reconciled", differences=result.count, seconds=result.seconds, **result.checked)
        return True


def due(now: datetime, zone: ZoneInfo) -> bool:
    """Whether the last run began before the latest `HOUR` o'clock. One that was missed is made up for."""
    last = alerts.check(CHECK)
    return last is None or last.at < latest(now, zone)


def latest(now: datetime, zone: ZoneInfo) -> datetime:
    """The latest `HOUR` o'clock in `zone`, not after `now`."""
    day = now.astimezone(zone).date()
    tonight = datetime.combine(day, time(HOUR), zone).astimezone(UTC)
    if tonight <= now:
        return tonight
    return datetime.combine(day - timedelta(days=1), time(HOUR), zone).astimezone(UTC)


def _alarm(each: Difference) -> Alarm:
    member = str(each.member_id) if each.member_id else ""
    subject = ":".join(part for part in (member, each.asset, each.where) if part)
    params = {"asset": each.asset, "where": each.where, "expected": each.expected, "found": each.found}
    return Alarm(KINDS[each.check], subject, params, each.member_id)


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else does this now; if so, nobody does until the block ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        (got,) = cursor.fetchone()
        try:
            yield bool(got)
        finally:
            if got:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
