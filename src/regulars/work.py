"""The work that goes on behind the faces: every room's loops, in one list, and the jobs by the calendar.

A loop is for timers that are rows: it looks often, claims what is due, does it set-wise. A procrastinate job is for
what runs at an hour of the day or runs long. Never one job per member.
"""

from functools import partial

from regulars.console.report_mail import send_due
from regulars.engine.following import follow_due
from regulars.engine.revising import revise_due
from regulars.engine.schedules import run_due
from regulars.engine.tasks import settle_due
from regulars.imports import tasks as imports
from regulars.insight import preparing
from regulars.insight.bulk.tasks import bulk_due
from regulars.insight.pacing import keep_pace
from regulars.insight.scoring import tasks as scoring
from regulars.insight.simulating.tasks import simulate_due
from regulars.insight.watching import watch_budgets
from regulars.kit.loops import Loop
from regulars.ledger.sealing import seal_due
from regulars.messaging.tasks import deliver_due
from regulars.ops import nightly
from regulars.ops import tasks as ops_tasks
from regulars.ops.watching import watch_jobs
from regulars.portal.codes import clear_old as clear_old_codes
from regulars.programme.publishing import publish_due
from regulars.programme.service import version
from regulars.settings import CONFIG
from regulars.warehouse.service import follow

LOOPS: tuple[Loop, ...] = (
    Loop("settle", settle_due, 2.0),
    Loop("levels", revise_due, 2.0),
    Loop("audiences", follow_due, 1.0),
    Loop("schedules", run_due, 5.0),
    Loop("deliver", partial(deliver_due, version), 1.0, rest_seconds=0.2),
    Loop("seal", seal_due, 1.0, rest_seconds=1.0),
    Loop("budgets", watch_budgets, 20.0),
    Loop("jobs", watch_jobs, 60.0),
    Loop("pace", keep_pace, 600.0),
    Loop("publish", publish_due, 1.0),
    Loop("bulk", bulk_due, 1.0),
    Loop("simulate", simulate_due, 2.0),
    Loop("imports", imports.import_due, 1.0),
    Loop("imports-clear", imports.clear_old, 3600.0),
    Loop("warehouse", follow, CONFIG.warehouse_seconds),
    Loop("reports", send_due, 60.0),
    Loop("codes", clear_old_codes, 3600.0),
)

JOBS = (
    ops_tasks.sweep_stalled_jobs,
    ops_tasks.clear_old_jobs,
    ops_tasks.clear_sessions,
    nightly.reconcile,
    nightly.verify,
    nightly.verify_warehouse,
    nightly.reconcile_now,
    nightly.verify_now,
    scoring.score,
    scoring.score_now,
    preparing.prepare,
)
