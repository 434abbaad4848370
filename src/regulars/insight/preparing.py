"""The pages of reports before anybody opens them: each as it opens, without a filter, counted once a night."""

import structlog
from procrastinate.contrib.django import app

from regulars.insight import answers, shelf
from regulars.insight.asking import address_of, asked_of
from regulars.insight.periods import USUAL
from regulars.insight.registry import REPORTS
from regulars.kit import clock
from regulars.language.calendar import local_day
from regulars.ledger.tasks import latest
from regulars.programme.contracts import Programme
from regulars.programme.service import NotPublished, current
from regulars.warehouse.trouble import WarehouseUnavailable

_log = structlog.get_logger(__name__)


def prepare_all(programme: Programme) -> bool:
    """Count every report as its page opens if that has not been done since the latest night, for this version of the
    programme; False: it has, or nothing can be kept. A report that fails does not keep the others back. Raises
    `WarehouseUnavailable`."""
    now = clock.now()
    since = latest(now, programme.zone)
    mark = f"prepared {programme.id} {programme.number}"
    last = shelf.look(mark)
    if last is not None and last.at >= since:
        return False
    if not shelf.lay(f"{mark} begun", None):
        _log.warning("reports_not_prepared", why="nothing can be written beside the warehouse")
        return False
    for report in REPORTS:
        asked = asked_of({}, report, local_day(now, programme.zone))
        try:
            answers.prepare(report, asked, programme, address_of(asked, USUAL), since)
        except WarehouseUnavailable:
            raise
        except Exception:
            _log.exception("report_not_prepared", report=report.id)
    shelf.lay(mark, None)
    return True


@app.periodic(cron="*/10 * * * *")
@app.task(name="insight.prepare", queueing_lock="insight.prepare", lock="insight.prepare")
def prepare(timestamp: int) -> bool:  # noqa: ARG001 - procrastinate passes it
    """Once a night, and soon after another version is published. Asked every ten minutes, so that a worker that slept
    through makes up for it; False: nothing was done."""
    try:
        return prepare_all(current())
    except (NotPublished, WarehouseUnavailable):
        return False
