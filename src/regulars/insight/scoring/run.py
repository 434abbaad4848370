"""A scoring run: everybody's scores computed and written, a bucket a transaction, one run at a time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import numpy as np
import structlog
from django.db import connection, transaction

from regulars.engine.audiences import look_again
from regulars.insight.scoring import offering
from regulars.insight.scoring.arrays import Column, People
from regulars.insight.scoring.compute import Scored, kept, score
from regulars.insight.scoring.models import Run
from regulars.insight.scoring.recommend import MEASURED_MOST, measure
from regulars.kit import clock
from regulars.kit.problems import Problem
from regulars.kit.rows import cursor
from regulars.language.calendar import local_day
from regulars.language.problems import words
from regulars.members.scoring import Given, replace
from regulars.programme.contracts import Programme
from regulars.warehouse.contracts import Tables

BUCKETS = 64
SCORES = "score:"
"""What audiences look at when they ask for scores begins so."""
_LOCK = 0x53636F72
_log = structlog.get_logger(__name__)


class RunGoesOn(Problem):
    """Another run is under way."""

    status = 409
    code = "scoring_running"

    def __init__(self) -> None:
        super().__init__(
            words(
                "评分正在计算，请等它完成。",
                "評分正在計算，請等它完成。",
                "Scores are being computed already; wait until that is done.",
            )
        )


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run did."""

    until: date
    members: int
    changed: int
    seconds: float


def run(tables: Tables, programme: Programme, until: date | None = None) -> Ran:
    """Score everybody by what is known through `until` (today in the programme's zone). Raises `RunGoesOn`.

    Scores are replaced a bucket at a time, each in a transaction of its own: a run that dies leaves some buckets as
    they were, and the next one sees to them.
    """
    began = clock.now()
    day = until or local_day(began, programme.zone)
    with _alone():
        scored = score(tables, programme.insight, day)
        changed = _write(scored, began)
        offering.write(tables, scored.people, day)
        measured = measure(tables, day, members_most=MEASURED_MOST)
        ended = clock.now()
        Run.objects.create(
            began_at=began,
            ended_at=ended,
            until=day,
            members=len(scored.people),
            changed=changed,
            fit=scored.fit | {"recommendations": None if measured is None else measured.record()},
        )
    again = look_again(SCORES) if changed else 0
    ran = Ran(day, len(scored.people), changed, (ended - began).total_seconds())
    told = {"members": ran.members, "changed": ran.changed, "seconds": round(ran.seconds, 1)}
    _log.info("members_scored", **told, audiences=again)
    return ran


def _write(scored: Scored, as_of: datetime) -> int:
    """The sum of what changed. Buckets without members are cleared, too."""
    changed = 0
    for bucket, rows in _buckets(scored.people):
        given = _given(scored.people, scored.columns, rows)
        with transaction.atomic(), cursor() as open_cursor:
            changed += replace(open_cursor, bucket, given, as_of)
    return changed


def _buckets(people: People) -> Iterator[tuple[int, np.ndarray]]:
    """Each bucket with the rows of its members: the low six bits of the id, as everywhere."""
    buckets = np.array([int(one[-2:], 16) & (BUCKETS - 1) for one in people.ids], dtype=np.int64)
    for bucket in range(BUCKETS):
        yield bucket, np.flatnonzero(buckets == bucket)


def _given(people: People, columns: Mapping[str, Column], rows: np.ndarray) -> list[Given]:
    """The scores of these members, those that say nothing left out."""
    given: list[Given] = []
    ids = [UUID(one) for one in people.ids[rows]]
    for name, column in columns.items():
        told = column.given[rows]
        values, labels = column.values[rows], column.labels[rows]
        given += [(ids[at], name, kept(values[at]), str(labels[at])) for at in np.flatnonzero(told)]
    return given


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as locking:
        locking.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not locking.fetchone()[0]:
            raise RunGoesOn
        try:
            yield
        finally:
            locking.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
