"""Audiences follow what they ask: a definition that is new is filled set-wise, and what time changes is found when it
does. Events are never held up by either.

A new definition is filled by buckets, without events: nobody did anything. Batches that decided under what was in
force before may still be on their way, and members change while they are filled: so it begins when those batches are
over, and afterwards everybody is compared once more; who differs is sent through the engine, which asks under the
member's lock. What time changes is found by the same comparison, and always goes through the engine (decision 0045).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic_core import to_json

from regulars.audiences import filling, logic, queries, service
from regulars.audiences.contracts import BUCKETS, Audience, Kind, Phase
from regulars.engine.audiences import where
from regulars.engine.contracts import Incoming
from regulars.engine.grouping import REVIEWED
from regulars.engine.looking import next_look, pace_of
from regulars.engine.ready import over, under_way
from regulars.engine.service import take
from regulars.kit import clock
from regulars.kit.sqlread import row
from regulars.language.condition import Condition, RefusedError, parse_condition
from regulars.language.events import TIMER
from regulars.language.sql import to_sql
from regulars.language.sql_text import Clock
from regulars.programme.contracts import Programme
from regulars.programme.service import current, current_number, version
from regulars.programme.vocabulary import fields_for

CLAIM = 0x666F_6C6C_6F77
"""The advisory lock of the worker that has audiences in hand."""

BUCKETS_AT_ONCE = 8
MEMBERS_AT_ONCE = 500

SMALL = 50_000
"""A brand of so many members is gone through at once."""

COUNT_EVERY = timedelta(minutes=5)
"""How old the number of members on the list of audiences may be."""


@dataclass(frozen=True, slots=True)
class _Work:
    """One audience in hand, with its condition under the programme in force, and all that time may have changed."""

    audience: Audience
    condition: Condition
    programme: Programme
    due: Sequence[str]


def follow_due() -> int:
    """One portion of what is to do for audiences; 0 where there is nothing."""
    number = current_number()
    if not number:
        return 0
    live = queries.every()
    if not live:
        return 0
    if row("SELECT pg_try_advisory_lock(%s)", [CLAIM]) != (True,):
        return 0  # another worker has them in hand
    try:
        return _portion(live, current())
    finally:
        row("SELECT pg_advisory_unlock(%s)", [CLAIM])


def follow_all(most: int = 10_000) -> int:
    """Until nothing is to do; how many portions that were."""
    for done in range(most):
        if not follow_due():
            return done
    return most


def _portion(live: Sequence[Audience], programme: Programme) -> int:
    known = {one.id: one for one in live if one.kind is Kind.RULE}
    order = logic.in_order({ident: logic.named(one.condition) for ident, one in known.items()})
    now = clock.now()
    due = [ident for ident in order if _due(known[ident], programme, now)]
    for ident in order:
        one = known[ident]
        stale = not _settled(one, programme)
        if stale or ident in due:
            return _go_on(one, programme, stale, now, due)
    return _count(live, now)


def _settled(one: Audience, programme: Programme) -> bool:
    """Whether its members are those that it asks for under the programme in force."""
    return one.version == programme.number and one.settled


def _due(one: Audience, programme: Programme, now: datetime) -> bool:
    """Whether time has come to look at an audience that is settled."""
    return _settled(one, programme) and one.look_at is not None and one.look_at <= now


def _go_on(one: Audience, programme: Programme, stale: bool, now: datetime, due: Sequence[str]) -> int:
    try:
        condition = parse_condition(one.condition, fields_for(programme, None))
    except RefusedError:
        service.note_progress(
            one.id, one.revision, phase=Phase.BROKEN.value, version=programme.number, look_at=None, done=0
        )
        return 1
    work = _Work(one, condition, programme, due)
    if one.phase is Phase.SETTLED and one.version not in (0, programme.number) and _same(work):
        _note(work, version=programme.number)
        return 1
    if not stale:
        return _review(work, now)
    if one.settled or one.phase is Phase.WAITING:
        return _begin(work, now)
    return _fill(work, now) if one.phase is Phase.FILLING else _check(work, now)


def _same(work: _Work) -> bool:
    """Whether the condition asks just what it did under the programme that the membership follows."""
    before = version(work.audience.version)
    noon = datetime(2000, 1, 1, 12, tzinfo=UTC)
    try:
        condition = parse_condition(work.audience.condition, fields_for(before, None))
    except RefusedError:
        return False
    return to_sql(condition, fields_for(before, None), Clock(before.zone, noon)) == to_sql(
        work.condition, fields_for(work.programme, None), Clock(work.programme.zone, noon)
    )


def _begin(work: _Work, now: datetime) -> int:
    """Wait until nobody decides under what was before."""
    if not over(under_way()):
        return 0
    _note(work, phase=Phase.FILLING.value, done=0, looked_at=now)
    return 1


def _fill(work: _Work, now: datetime) -> int:
    one = work.audience
    if one.done >= BUCKETS:
        if not over(under_way()):
            return 0
        _note(work, phase=Phase.CHECKING.value, done=0, looked_at=now)
        return 1
    buckets = _following_buckets(one)
    asked = where(work.condition, work.programme, now)
    filling.leave(one.id, asked, buckets, now)
    filling.enter(one.id, asked, buckets, now)
    _note(work, done=buckets.stop)
    return 1


def _following_buckets(one: Audience) -> range:
    """The buckets that come next: all of a small brand's."""
    return range(one.done, BUCKETS if filling.about() <= SMALL else min(one.done + BUCKETS_AT_ONCE, BUCKETS))


def _check(work: _Work, now: datetime) -> int:
    one = work.audience
    if one.done < BUCKETS:
        _compare(work, now)
        return 1
    began = one.looked_at or now
    _note(
        work,
        phase=Phase.SETTLED.value,
        followed=one.revision,
        version=work.programme.number,
        done=0,
        look_at=_next_look(work, began),
    )
    service.note_count(one.id, queries.size(one.id), now)
    return 1


def _review(work: _Work, now: datetime) -> int:
    """Time has come to compare everybody again."""
    one = work.audience
    if one.done == 0:
        if not over(under_way()):
            return 0
        _note(work, looked_at=now)
    if one.done < BUCKETS:
        _compare(work, now)
        return 1
    began = one.looked_at or now
    _note(work, done=0, look_at=_next_look(work, began))
    service.note_count(one.id, queries.size(one.id), now)
    return 1


def _compare(work: _Work, now: datetime) -> None:
    """Send whoever differs in some buckets through the engine."""
    one = work.audience
    buckets = _following_buckets(one)
    differing = filling.differing(one.id, where(work.condition, work.programme, now), buckets)
    for start in range(0, len(differing), MEMBERS_AT_ONCE):
        take([_reviewed(work, member_id, now) for member_id in differing[start : start + MEMBERS_AT_ONCE]])
    _note(work, done=buckets.stop)


def _reviewed(work: _Work, member_id: UUID, now: datetime) -> Incoming:
    """What is due at one moment is asked at one moment, as everything that follows from it then sees it."""
    one = work.audience
    data = {"audiences": sorted({one.id, *work.due})}
    key = f"audience:{one.id}:{one.revision}:{int(now.timestamp() * 1000)}:{member_id}"
    return Incoming(TIMER, key, REVIEWED, (), now, data, to_json(data).decode(), b"", member_id=member_id)


def _note(work: _Work, **columns: object) -> None:
    service.note_progress(work.audience.id, work.audience.revision, **columns)


def _count(live: Sequence[Audience], now: datetime) -> int:
    """Count the members of one audience anew, whose number is oldest."""
    late = [one for one in live if one.counted_at is None or one.counted_at <= now - COUNT_EVERY]
    if not late:
        return 0
    oldest = min(late, key=lambda one: (one.counted_at is not None, one.counted_at or now))
    service.note_count(oldest.id, queries.size(oldest.id), now)
    return 1


def _next_look(work: _Work, after: datetime) -> datetime | None:
    """When time may next change who satisfies the condition; None: it never does."""
    pace = pace_of(work.condition, work.programme)
    return next_look(pace, work.programme.zone, after) if pace is not None else None
