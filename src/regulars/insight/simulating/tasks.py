"""What workers do for simulations: divide one into portions, live through a portion, put the portions together.

Several workers may be at one simulation. A portion is claimed for LEASE and told of every BEAT; one whose worker died
is taken up again from its beginning, three times at most. Nothing is ever counted twice: a portion has one result.
"""

import time
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction

from regulars.insight.comparing import packed, unpacked, whole
from regulars.insight.portions import divided, live_through
from regulars.insight.simulating import queries
from regulars.insight.simulating.contracts import DONE, FAILED, OPEN, RUNNING, WAITING, Asked
from regulars.insight.simulating.faults import broke_off, unsound
from regulars.insight.simulating.models import Portion, Simulation
from regulars.kit import clock
from regulars.kit.sqlread import row
from regulars.language.calendar import start_of
from regulars.language.text import Text
from regulars.programme.contracts import Programme
from regulars.programme.loader import InvalidProgramme, load
from regulars.programme.queries import version_source
from regulars.programme.service import version

LEASE = timedelta(seconds=90)
BEAT_SECONDS = 1.0
ATTEMPTS_MOST = 3
REASON_MOST = 300
KEPT = timedelta(days=90)

CLAIM_WAITING = """
UPDATE simulating_simulation SET claimed_until = %s, started_at = coalesce(started_at, %s)
 WHERE id = (SELECT id FROM simulating_simulation
              WHERE state = 'waiting' AND (claimed_until IS NULL OR claimed_until < %s)
              ORDER BY asked_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""
CLAIM_PORTION = """
UPDATE simulating_portion SET claimed_until = %s, attempts = attempts + 1, done = 0
 WHERE id = (SELECT portion.id FROM simulating_portion AS portion
               JOIN simulating_simulation AS one ON one.id = portion.simulation_id
              WHERE one.state = 'running' AND portion.done_at IS NULL
                AND (portion.claimed_until IS NULL OR portion.claimed_until < %s)
              ORDER BY one.asked_at, portion.id LIMIT 1 FOR UPDATE OF portion SKIP LOCKED)
RETURNING id, simulation_id, buckets, attempts
"""

_log = structlog.get_logger(__name__)


class LeftOff(Exception):
    """Nobody waits for the portion any more, or another worker has it."""


def simulate_due() -> int:
    """Divide the oldest simulation that waits, or live through one portion; 0: there is nothing to do."""
    now = clock.now()
    found = row(CLAIM_WAITING, [now + LEASE, now, now])
    if found is not None:
        _divide(queries.get(found[0]))
        Simulation.objects.filter(ended_at__lt=now - KEPT).delete()
        return 1
    claimed = row(CLAIM_PORTION, [now + LEASE, now])
    if claimed is None:
        return 0
    portion_id, simulation_id, buckets, attempts = claimed
    asked = queries.get(simulation_id)
    if attempts > ATTEMPTS_MOST:
        _fail(asked.id, broke_off(ATTEMPTS_MOST, ""))
        return 1
    try:
        _work(asked, portion_id, list(buckets), attempts)
    except LeftOff:
        pass
    except Exception as error:
        _log.exception("simulation_broke_off", simulation=str(asked.id), attempts=attempts)
        Portion.objects.filter(id=portion_id, attempts=attempts).update(claimed_until=None)
        if attempts >= ATTEMPTS_MOST:
            _fail(asked.id, broke_off(ATTEMPTS_MOST, f"{type(error).__name__}: {error}"[:REASON_MOST]))
    return 1


def _programmes(asked: Asked) -> tuple[Programme, Programme]:
    """The version in force then, and what was asked about; one object where they say the same."""
    before = version(asked.version)
    return before, before if asked.source == version_source(asked.version) else load(asked.source)


def _divide(asked: Asked) -> None:
    try:
        before, after = _programmes(asked)
    except InvalidProgramme as error:
        _fail(asked.id, unsound(error.faults))
        return
    try:
        parts = divided(before, after, asked.until)
    except DatabaseError:
        raise
    except Exception as error:
        _log.exception("simulation_not_divided", simulation=str(asked.id))
        _fail(asked.id, broke_off(1, f"{type(error).__name__}: {error}"[:REASON_MOST]))
        return
    with transaction.atomic():
        taken = Simulation.objects.filter(id=asked.id, state=WAITING).update(
            state=RUNNING, claimed_until=None
        )
        if taken:
            Portion.objects.bulk_create(
                Portion(simulation_id=asked.id, buckets=list(part.buckets), events=part.events)
                for part in parts
            )


def _work(asked: Asked, portion_id: int, buckets: list[int], attempts: int) -> None:
    before, after = _programmes(asked)
    first = start_of(asked.first_day, before.zone)
    beat = _Beat(asked.id, portion_id, attempts)
    found = live_through(before, after, buckets, first, asked.until, beat.said, asked.audiences)
    result = packed(found)
    with transaction.atomic():
        there = Simulation.objects.select_for_update().filter(id=asked.id, state=RUNNING).first()
        if there is None:
            return
        now = clock.now()
        Portion.objects.filter(id=portion_id, attempts=attempts).update(
            result=result, done_at=now, claimed_until=None
        )
        portions = list(Portion.objects.filter(simulation_id=asked.id).order_by("id"))
        if all(one.done_at is not None for one in portions):
            _put_together(
                there, [one.result for one in portions if one.result is not None], before, after, first, now
            )


def _put_together(
    there: Simulation,
    results: list[dict[str, object]],
    before: Programme,
    after: Programme,
    first: datetime,
    now: datetime,
) -> None:
    found = whole([unpacked(one, before, after, first, there.until) for one in results])
    there.result, there.state, there.ended_at = found.as_json(), DONE, now
    there.save(update_fields=["result", "state", "ended_at"])
    Portion.objects.filter(simulation=there).update(result=None)


def _fail(simulation_id: UUID, error: Text) -> None:
    Simulation.objects.filter(id=simulation_id, state__in=OPEN).update(
        state=FAILED, error=dict(error), ended_at=clock.now(), claimed_until=None
    )


class _Beat:
    """Tells how far a portion is, and keeps the claim on it."""

    def __init__(self, simulation_id: UUID, portion_id: int, attempts: int) -> None:
        self.simulation_id, self.portion_id, self.attempts = simulation_id, portion_id, attempts
        self.done = 0
        self.last = time.monotonic()

    def said(self, more: int) -> None:
        """So many more. Raises LeftOff where nobody waits any more."""
        self.done += more
        if time.monotonic() - self.last < BEAT_SECONDS:
            return
        self.last = time.monotonic()
        kept = Portion.objects.filter(id=self.portion_id, attempts=self.attempts, done_at=None).update(
            done=self.done, claimed_until=clock.now() + LEASE
        )
        if not kept or queries.cancelled(self.simulation_id):
            raise LeftOff
