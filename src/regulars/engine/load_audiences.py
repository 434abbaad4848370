"""What a batch needs to know for live audiences: which ones its members are in, and what tallies come to that only
audiences look at."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from regulars.audiences.queries import now_in
from regulars.engine.load_sql import sums_sql
from regulars.engine.plan import Plan
from regulars.kit.ids import bucket_of
from regulars.kit.rows import Question, array
from regulars.language.calendar import window_start
from regulars.language.snapshot import Base, Snapshot, Tally

Asked = tuple[Question[Any], Callable[[Any], None]]
Past = Callable[[UUID, str], Tally]


def of_audiences(
    plan: Plan, known: Sequence[UUID], today: date, snapshots: Mapping[UUID, Snapshot], past: Past
) -> Iterator[Asked]:
    """What to ask about these members, and where the answers go. `past` reads a whole tally when it is needed."""

    def note_audiences(rows: list[Any]) -> None:
        for member_id, audiences in rows:
            snapshots[member_id].audiences = set(audiences.split())

    yield now_in(known), note_audiences
    if plan.sums:
        yield _sums(plan, known, today, snapshots, past)


def _sums(
    plan: Plan, known: Sequence[UUID], today: date, snapshots: Mapping[UUID, Snapshot], past: Past
) -> Asked:
    """What the tallies come to over all windows, as of today; where deciding asks for another day, their days are read
    then."""
    named: dict[str, Any] = {
        "members": array(known),
        "shelves": array([bucket_of(member_id) for member_id in known]),
        "last": today,
    }
    places: dict[tuple[str, int, int], int] = {}
    column = 0
    for at, (name, windows) in enumerate(plan.sums.items()):
        firsts = [window_start(today, days=one.days, months=one.months) for one in windows]
        named |= {f"name{at}": name, f"earliest{at}": min(firsts)}
        named |= {f"first{at}_{each}": first for each, first in enumerate(firsts)}
        for one in windows:
            places[name, one.days, one.months] = column
            column += 2

    def note(rows: list[Any]) -> None:
        for member_id, *sums in rows:
            snapshot = snapshots[member_id]
            snapshot.bases = dict.fromkeys(plan.sums, Base(today, places, sums))
            snapshot.unread |= plan.sums.keys()
            snapshot.past = past

    sql = sums_sql([len(windows) for windows in plan.sums.values()])
    return Question(sql, named, lambda rows: rows), note
