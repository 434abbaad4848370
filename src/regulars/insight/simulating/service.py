"""Asking for a simulation, and calling it off."""

from datetime import date, datetime, time, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction

from regulars.audiences.queries import definitions, generation
from regulars.insight.simulating import queries
from regulars.insight.simulating.contracts import CANCELLED, DONE, FAILED, OPEN, BadPeriod
from regulars.insight.simulating.models import Simulation
from regulars.kit import clock, ids
from regulars.language.calendar import local_day
from regulars.programme.asking import audiences_for
from regulars.programme.contracts import Programme
from regulars.programme.loader import load
from regulars.staff.service import audit

DAYS = 30
"""How long the period is, where nobody says otherwise."""


def ask(
    title: str,
    source: str,
    in_force: Programme,
    by: str,
    first_day: date | None = None,
    last_day: date | None = None,
    anew: bool = False,
    retry: bool = True,
) -> UUID:
    """Have the workers live through the history under `source` and under the programme in force; the same question
    is answered once. `anew`: what was found before is out of date; `retry`: what did not finish is tried again. The
    source must be a sound programme.

    Raises BadPeriod.
    """
    now = clock.now()
    today = local_day(now, in_force.zone)
    last = last_day or today
    first = first_day or last - timedelta(days=DAYS - 1)
    if first > last or last > today:
        raise BadPeriod
    revision = generation()
    name = _name_of(source, in_force, first, last, revision)
    with transaction.atomic():
        forgotten = [state for state, wanted in ((DONE, anew), (FAILED, anew or retry)) if wanted]
        Simulation.objects.filter(name=name, state__in=forgotten).update(name="")
        found = queries.named(name)
        if found is not None:
            return found
    simulation = Simulation(
        id=ids.time_id(now),
        name=name,
        title=title[:200],
        source=source,
        version=in_force.number,
        first_day=first,
        last_day=last,
        until=min(_end_of(last, in_force), now),
        audiences=revision,
        asked_by=by,
        asked_at=now,
    )
    try:
        with transaction.atomic():
            simulation.save(force_insert=True)
            audit(by, "programme.simulated", str(simulation.id), title=simulation.title)
    except IntegrityError:
        there = queries.named(name)
        if there is None:
            raise
        return there
    return simulation.id


def _name_of(source: str, in_force: Programme, first: date, last: date, revision: int) -> str:
    """What is the same question: the text, what it is held against, the days, and what the audiences ask that either
    looks at."""
    live = definitions(revision)
    asked = {one.revision for each in (in_force, load(source)) for one in audiences_for(each, live)}
    said = (source, in_force.number, first, last, *sorted(asked))
    return sha256("\0".join(map(str, said)).encode()).hexdigest()


def cancel(simulation_id: UUID, by: str) -> bool:
    """Nobody waits for it any more; whether it was not over yet."""
    with transaction.atomic():
        changed = Simulation.objects.filter(id=simulation_id, state__in=OPEN).update(
            state=CANCELLED, name="", ended_at=clock.now(), claimed_until=None
        )
        if changed:
            audit(by, "programme.simulation_cancelled", str(simulation_id))
    return bool(changed)


def _end_of(day: date, programme: Programme) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), programme.zone)
