"""The nightly look at the warehouse: what is not as the database says becomes an alert, and goes when it is again."""

import time
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction

from regulars.alerts import queries as alerts
from regulars.alerts import service
from regulars.alerts.contracts import Alarm
from regulars.kit import clock
from regulars.ledger.tasks import latest
from regulars.warehouse.trouble import DIFFERS
from regulars.warehouse.verifying import Difference, Verified, verify

CHECK = "warehouse"
ALERTS_MOST = 20
"""So many differences have an alert of their own; how many there are stands with the check."""
_log = structlog.get_logger(__name__)


def look_nightly(zone: ZoneInfo) -> bool:
    """Verify the warehouse if tonight's look has not been had; False: it has. Raises `WarehouseNotReady`."""
    last = alerts.check(CHECK)
    if last is not None and last.at >= latest(clock.now(), zone):
        return False
    look()
    return True


def look() -> Verified:
    """Verify the warehouse, and let log and console know. Raises `WarehouseNotReady`."""
    at, began = clock.now(), time.monotonic()
    result = verify()
    found = result.differences
    seconds = time.monotonic() - began
    figures = {"rows": sum(result.tables.values()), "differences": len(found)}
    with transaction.atomic():
        service.settle(
            [DIFFERS.code], [_alarm(one) for one in found[:ALERTS_MOST]], whole=len(found) <= ALERTS_MOST
        )
        service.note_check(CHECK, at, seconds, not found, figures)
    tell = _log.error if found else _log.info
    tell("warehouse_verified", ok=not found, seconds=round(seconds, 1), **figures)
    return result


def _alarm(one: Difference) -> Alarm:
    name = f"{one.table} {one.month} {one.what}: {one.expected} / {one.found}"
    return Alarm(DIFFERS, f"{one.table}:{one.month}:{one.what}", {"name": name})
