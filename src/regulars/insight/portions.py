"""A comparison by portions of the members: which there are, living through one, and several processes at once.

A portion is of whole buckets, and of members between whom nothing ever happened. Where a programme has a budget, or
something of which there is only so much, what one member gets depends on who came before, whoever it was: then all
members are one portion, lived through in the order of the log.
"""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import datetime
from multiprocessing import get_context
from typing import Any

from django.db import connection, connections

from regulars.audiences.queries import definitions, generation
from regulars.engine.history import Portion, history, portions
from regulars.engine.plan import make_plan, plan_with_audiences
from regulars.insight.comparing import Compared, compare, packed, unpacked, whole
from regulars.insight.whatif import Said, in_one_piece
from regulars.programme.contracts import Programme

EVENTS_PER_PORTION = 40_000
PORTIONS_MOST = 64

WORTH_DIVIDING = 5_000
"""Of fewer events all members are one portion."""


def divided(before: Programme, after: Programme, until: datetime, least: int = 1) -> list[Portion]:
    """The portions in which both can be lived through, of some `EVENTS_PER_PORTION` events; at least `least`, where
    that can be."""
    one_piece = any(in_one_piece(make_plan(programme)) for programme in (before, after))
    (everybody,) = portions(until, 1)
    if one_piece:
        return [everybody]
    if everybody.events < WORTH_DIVIDING:
        return [everybody]
    wanted = max(least, -(-everybody.events // EVENTS_PER_PORTION))
    return portions(until, min(wanted, PORTIONS_MOST)) if wanted > 1 else [everybody]


def live_through(
    before: Programme,
    after: Programme,
    buckets: Sequence[int],
    first: datetime,
    until: datetime,
    said: Said = lambda _: None,
    revision: int | None = None,
) -> Compared:
    """One portion. Order lines are read only where a rule looks at them, scores where a condition does. `revision`
    names the set of live audiences, as for `History`."""
    revision = generation() if revision is None else revision
    lines, scores = looked_at(before, after, revision)
    return compare(before, after, history(until, buckets, lines, scores, revision), first, said)


def looked_at(before: Programme, after: Programme, revision: int) -> tuple[bool, frozenset[str]]:
    """What must be read of a history: whether the lines of orders, and which scores."""
    audiences = definitions(revision)
    plans = [plan_with_audiences(programme, audiences) for programme in (before, after)]
    return any(plan.lines for plan in plans), frozenset[str]().union(*(plan.scores for plan in plans))


def live_apart(
    before: Programme,
    after: Programme,
    first: datetime,
    until: datetime,
    processes: int = 0,
    said: Callable[[int, int], None] = lambda *_: None,
) -> Compared:
    """All portions, in as many processes as there are processors to be had (or `processes`); `said`: how many of how
    many events are done. Only for a process that does nothing beside: it is forked, unless a transaction is open."""
    at_once = processes or len(os.sched_getaffinity(0))
    parts, revision = divided(before, after, until, at_once), generation()
    total, done = sum(part.events for part in parts), 0
    if at_once == 1 or len(parts) == 1 or connection.in_atomic_block:
        found = []
        for part in parts:
            with _no_garbage():
                found.append(live_through(before, after, part.buckets, first, until, revision=revision))
            done += part.events
            said(done, total)
        return whole(found)
    connections.close_all()
    lived: dict[int, dict[str, Any]] = {}
    with ProcessPoolExecutor(
        at_once, get_context("fork"), initializer=_begin, initargs=(before, after, first, until, revision)
    ) as pool:
        running = {pool.submit(_packed_portion, part.buckets): place for place, part in enumerate(parts)}
        for future in as_completed(running):
            place = running[future]
            lived[place] = future.result()
            done += parts[place].events
            said(done, total)
    return whole([unpacked(lived[place], before, after, first, until) for place in sorted(lived)])


_work: list[tuple[Programme, Programme, datetime, datetime, int]] = []
"""In a process of its own: what it is to live through. Programmes are inherited, they can't be sent."""


def _begin(before: Programme, after: Programme, first: datetime, until: datetime, revision: int) -> None:
    connections.close_all()
    _work.append((before, after, first, until, revision))


def _packed_portion(buckets: Sequence[int]) -> dict[str, Any]:
    before, after, first, until, revision = _work[0]
    try:
        with _no_garbage():
            return packed(live_through(before, after, buckets, first, until, revision=revision))
    finally:
        connections.close_all()


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Members' lives have no cycles: looking for some in millions of objects takes a tenth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
