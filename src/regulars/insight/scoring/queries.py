"""Reading scores: a member's, and how the latest run went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from regulars.insight.scoring.models import Run
from regulars.kit.ids import bucket_of
from regulars.kit.sqlread import rows
from regulars.members.scores import SCORES, Score


@dataclass(frozen=True, slots=True)
class GivenScore:
    """What a member was given under one name, and when it last became another."""

    score: Score
    value: float | None
    label: str
    as_of: datetime


@dataclass(frozen=True, slots=True)
class LastRun:
    """The latest run that ended."""

    began_at: datetime
    ended_at: datetime
    until: date
    members: int
    changed: int
    fit: dict[str, Any]


def scores_of(member_id: UUID) -> list[GivenScore]:
    """A member's scores, in the order in which they are shown; empty: no run saw the member yet."""
    return scores_of_all([member_id]).get(member_id, [])


def scores_of_all(member_ids: Sequence[UUID]) -> dict[UUID, list[GivenScore]]:
    """Many members' scores in one query."""
    found = rows(
        "SELECT member_id, name, value, label, as_of FROM members_score"
        " WHERE member_id = ANY(%s) AND bucket = ANY(%s)",
        [list(member_ids), sorted({bucket_of(one) for one in member_ids})],
    )
    order = {name: place for place, name in enumerate(SCORES)}
    given: dict[UUID, list[GivenScore]] = {}
    for member_id, name, value, label, as_of in sorted(found, key=lambda row: order.get(row[1], 99)):
        if name in SCORES:
            given.setdefault(member_id, []).append(GivenScore(SCORES[name], value, label, as_of))
    return given


def last_run() -> LastRun | None:
    """None: there has been none."""
    found = Run.objects.order_by("-ended_at").first()
    if found is None:
        return None
    return LastRun(found.began_at, found.ended_at, found.until, found.members, found.changed, found.fit)
