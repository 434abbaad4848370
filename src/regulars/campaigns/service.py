"""Counting what rules have given, and how often they failed. Whole lists at a time, in the caller's transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from regulars.alerts.contracts import Alarm
from regulars.alerts.service import raise_alerts, resolve
from regulars.campaigns.contracts import FAILING, MISSED, PARK_AFTER, PARKED, Fault, NotParked, RunRow
from regulars.campaigns.logic import Budgets, Used
from regulars.campaigns.models import RuleFault, Run, Timetable
from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, array, cursor, unnest
from regulars.kit.sqlread import row

ADD_USES = """
MERGE INTO campaigns_ruleuse AS now
USING {rows} AS more(member_id, rule, period, bucket, times, units)
   ON now.member_id = more.member_id AND now.rule = more.rule AND now.period = more.period
  AND now.bucket = more.bucket
 WHEN MATCHED THEN UPDATE SET times = greatest(now.times + more.times, 0),
                              units = greatest(now.units + more.units, 0)
 WHEN NOT MATCHED AND more.units > 0 OR more.times > 0 THEN
      INSERT (member_id, rule, period, bucket, times, units)
      VALUES (more.member_id, more.rule, more.period, more.bucket, greatest(more.times, 0), greatest(more.units, 0))
"""

PUT_BUDGETS = """
UPDATE campaigns_budgetuse AS now SET units = now.units + row.units, used_up_at = row.used_up_at,
                                      used_up_of = row.used_up_of
  FROM {rows} AS row(rule, period, units, used_up_at, used_up_of)
 WHERE now.rule = row.rule AND now.period = row.period
"""

OPEN_BUDGETS = """
INSERT INTO campaigns_budgetuse (rule, period, units)
SELECT row.rule, row.period, 0 FROM {rows} AS row(rule, period)
ON CONFLICT (rule, period) DO NOTHING
"""

LOCK_BUDGETS = """
SELECT rule, period, units, used_up_at, used_up_of FROM campaigns_budgetuse
 WHERE (rule, period) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
 ORDER BY rule, period FOR UPDATE
"""


def lock_budgets(cursor: Cursor, names: Iterable[tuple[str, str]]) -> Budgets:
    """Lock the budgets (rule, period), in one order for everybody, and see what they have given so far.

    One that turns out to be needed later is locked then.
    """

    def look(rule: str, period: str) -> Used:
        return _lock(cursor, [(rule, period)])[rule, period]

    return Budgets(_lock(cursor, sorted(set(names))), look=look)


def _lock(cursor: Cursor, ordered: list[tuple[str, str]]) -> dict[tuple[str, str], Used]:
    if not ordered:
        return {}
    unnest(cursor, OPEN_BUDGETS, ("text", "text"), ordered)
    cursor.execute(
        LOCK_BUDGETS,
        [array((rule for rule, _ in ordered)), array((period for _, period in ordered))],
    )
    return {(rule, period): Used(*use) for rule, period, *use in cursor.fetchall()}


def write(cursor: Cursor, uses: Sequence[tuple[UUID, str, str, int, int]], budgets: Budgets) -> None:
    """Count uses (member, rule, period, times, units) and what the budgets gave in this batch."""
    totals: dict[tuple[UUID, str, str], list[int]] = {}
    for member_id, rule, period, times, units in uses:
        cells = totals.setdefault((member_id, rule, period), [0, 0])
        cells[0] += times
        cells[1] += units
    unnest(
        cursor,
        ADD_USES,
        ("uuid", "text", "text", "smallint", "int", "bigint"),
        [
            (member, rule, period, bucket_of(member), *cells)
            for (member, rule, period), cells in totals.items()
        ],
    )
    unnest(
        cursor,
        PUT_BUDGETS,
        ("text", "text", "bigint", "timestamptz", "bigint"),
        [
            (*key, units, budgets.used[key].up_at, budgets.used[key].up_of)
            for key, units in budgets.added.items()
        ],
    )


COUNT_FAULTS = """
INSERT INTO campaigns_rulefault AS now (rule, version, failures, first_at, last_at, error, event_id, member_id)
SELECT rule, version, failures, at, at, error, event_id, member_id
  FROM {rows} AS more(rule, version, failures, at, error, event_id, member_id)
 ORDER BY rule
ON CONFLICT (rule) DO UPDATE
   SET failures = excluded.failures + CASE WHEN now.version = excluded.version THEN now.failures ELSE 0 END,
       first_at = CASE WHEN now.version = excluded.version THEN now.first_at ELSE excluded.first_at END,
       parked_at = CASE WHEN now.version = excluded.version THEN now.parked_at END,
       version = excluded.version, last_at = excluded.last_at, error = excluded.error,
       event_id = excluded.event_id, member_id = excluded.member_id
"""


def note_faults(cursor: Cursor, faults: Sequence[Fault], version: int, now: datetime) -> None:
    """Rules of `version` failed on events that are being taken. Those that fail too often in a row are parked; in
    either case there is an alert."""
    counts: dict[str, int] = {}
    last: dict[str, Fault] = {}
    for fault in faults:
        counts[fault.rule] = counts.get(fault.rule, 0) + 1
        last[fault.rule] = fault
    rows = [
        (rule, version, counts[rule], now, one.error, one.event_id, one.member_id)
        for rule, one in last.items()
    ]
    unnest(cursor, COUNT_FAULTS, ("text", "int", "int", "timestamptz", "text", "uuid", "uuid"), rows)
    RuleFault.objects.filter(
        rule__in=list(last), version=version, failures__gte=PARK_AFTER, parked_at=None
    ).update(parked_at=now)
    parked = set(
        RuleFault.objects.filter(rule__in=list(last)).exclude(parked_at=None).values_list("rule", flat=True)
    )
    raise_alerts(
        Alarm(
            PARKED if one.rule in parked else FAILING,
            one.rule,
            {"where": f"event {one.event_id}", "rule": one.rule, "found": one.error},
            one.member_id,
        )
        for one in last.values()
    )
    for rule in parked:
        resolve(FAILING.code, rule)


def note_successes(rules: Iterable[str]) -> None:
    """Rules that had failed did not this time: their failures are no longer in a row."""
    for rule in sorted(set(rules)):
        if RuleFault.objects.filter(rule=rule, parked_at=None).delete()[0]:
            resolve(FAILING.code, rule)


@transaction.atomic
def resume(rule: str) -> None:
    """A parked rule is asked again from the next event on. Raises NotParked."""
    if not RuleFault.objects.filter(rule=rule).exclude(parked_at=None).delete()[0]:
        raise NotParked
    resolve(PARKED.code, rule)
    resolve(FAILING.code, rule)


@transaction.atomic
def forget_faults(version: int) -> None:
    """A new version is in force: what failed in older ones is over."""
    gone = list(RuleFault.objects.exclude(version=version).values_list("rule", flat=True))
    RuleFault.objects.filter(rule__in=gone).exclude(version=version).delete()
    for rule in gone:
        resolve(PARKED.code, rule)
        resolve(FAILING.code, rule)


LEASE = timedelta(minutes=2)
"""Whoever works on a run has so long for a page; a run whose worker is gone is taken up by another then."""

PLAN = """
INSERT INTO campaigns_run (rule, due_at, version, members, failed, done_at, outcome)
SELECT * FROM {rows} AS run(rule, due_at, version, members, failed, done_at, outcome)
ON CONFLICT (rule, due_at) DO NOTHING
"""

PLANNED = """
INSERT INTO campaigns_timetable AS known (rule, planned_to) SELECT * FROM {rows} AS more(rule, planned_to)
ON CONFLICT (rule) DO UPDATE SET planned_to = greatest(known.planned_to, excluded.planned_to)
"""

CLAIM = """
UPDATE campaigns_run SET claimed_until = %s, started_at = coalesce(started_at, %s)
 WHERE (rule, due_at) = (
       SELECT rule, due_at FROM campaigns_run
        WHERE done_at IS NULL AND (claimed_until IS NULL OR claimed_until < %s)
        ORDER BY due_at, rule LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING rule, due_at, version, after, members, failed, started_at, done_at, outcome
"""


@transaction.atomic
def plan_runs(
    due: Sequence[tuple[str, datetime]],
    missed: Sequence[tuple[str, datetime]],
    scheduled: Sequence[str],
    version: int,
    now: datetime,
) -> None:
    """What has come due is there to be run, once; of what was missed there is a row and an alert. `scheduled` are all
    rules with a schedule: of others nothing is remembered, so that one that comes back begins anew."""
    with cursor() as one:
        unnest(
            one,
            PLAN,
            ("text", "timestamptz", "int", "int", "int", "timestamptz", "text"),
            [
                *((rule, at, version, 0, 0, None, "") for rule, at in due),
                *((rule, at, version, 0, 0, now, "missed") for rule, at in missed),
            ],
        )
        unnest(one, PLANNED, ("text", "timestamptz"), [(rule, now) for rule in scheduled])
    Timetable.objects.exclude(rule__in=scheduled).delete()
    raise_alerts(
        Alarm(
            MISSED,
            f"{rule} {at:%Y-%m-%dT%H:%MZ}",
            {"rule": rule, "where": f"rule {rule}", "found": at.isoformat()},
        )
        for rule, at in missed
    )


@transaction.atomic
def claim_run(now: datetime) -> RunRow | None:
    """The oldest run that is not done and nobody works on; it is the caller's for LEASE."""
    found = row(CLAIM, [now + LEASE, now, now])
    return RunRow(*found) if found else None


def move_run(run: RunRow, after: UUID | None, members: int, failed: int, done: bool, now: datetime) -> None:
    """The claimed run has reached members through `after`. Nothing, if another worker has moved it meanwhile."""
    Run.objects.filter(rule=run.rule, due_at=run.due_at, after=run.after, done_at=None).update(
        after=after,
        members=run.members + members,
        failed=run.failed + failed,
        claimed_until=None,
        done_at=now if done else None,
        outcome="done" if done else "",
    )


def put_off(run: RunRow, until: datetime) -> None:
    """The claimed run is not taken up before `until`."""
    Run.objects.filter(rule=run.rule, due_at=run.due_at, done_at=None).update(claimed_until=until)


def end_run(run: RunRow, outcome: str, now: datetime) -> None:
    """The run ends without reaching anybody further."""
    Run.objects.filter(rule=run.rule, due_at=run.due_at, done_at=None).update(
        done_at=now, outcome=outcome, claimed_until=None
    )
