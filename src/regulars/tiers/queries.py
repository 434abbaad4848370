"""Reading levels: who stands where, how far it is to the next one, and how they got there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from regulars.events.queries import tallies
from regulars.kit import paging
from regulars.kit.ids import CHILDREN, bucket_of
from regulars.kit.sqlread import read, row, rows
from regulars.tiers.contracts import ChangeRow, Ladder, Progress, StandingRow
from regulars.tiers.windows import Window, first_day

_CHANGES = "tiers.changes"
_COLUMNS = "id, member_id, ladder, before, after, reason, since, until, time"


def standings(member_id: UUID) -> list[StandingRow]:
    """The member's level on each ladder."""
    return standings_of([member_id]).get(member_id, [])


def standings_of(member_ids: Sequence[UUID]) -> dict[UUID, list[StandingRow]]:
    """The levels of these members, by member."""
    found = rows(
        "SELECT member_id, ladder, level, since, until, grace, held, held_until, exact FROM tiers_standing"
        " WHERE member_id = ANY(%s) AND bucket = ANY(%s) ORDER BY ladder",
        [list(member_ids), sorted({bucket_of(member) for member in member_ids})],
    )
    by_member: dict[UUID, list[StandingRow]] = defaultdict(list)
    for member, *columns in found:
        by_member[member].append(StandingRow(*columns))
    return dict(by_member)


def progress(member_id: UUID, ladders: Iterable[Ladder], today: date, joined: date) -> list[Progress]:
    """Where the member, who joined on the local day `joined`, stands on each of these ladders on the local day
    `today`, and what is missing."""
    wanted = tuple(ladders)
    if not wanted:
        return []
    standing = {each.ladder: each for each in standings(member_id)}
    ends = [today, *(each.until for each in standing.values() if each.until is not None)]
    first = min(first_day(ladder.measure, min(ends), joined) for ladder in wanted)
    names = {name for ladder in wanted for name in ladder.tallies}
    done = tallies([member_id], sorted(names), first)
    found = []
    for ladder in wanted:
        days: dict[date, int] = {}
        for part in ladder.measure.parts:
            for day, cell in done.get((member_id, part.tally), {}).items():
                days[day] = days.get(day, 0) + part.sign * cell[part.of]
        found.append(measure_progress(ladder, standing.get(ladder.id), days, today, joined))
    return found


def measure_progress(
    ladder: Ladder, standing: StandingRow | None, days: Mapping[date, int], today: date, joined: date
) -> Progress:
    """Pure: the progress of a member who stands at `standing` and did so much on these days."""
    at = ladder.levels[0] if standing is None else ladder.level(standing.level)
    above = next((level for level in ladder.levels if level.rank == at.rank + 1), None)
    window = Window(ladder.measure, days, joined)
    measure = window.at(today)
    until = (standing.grace or standing.until) if standing else None
    keeps = until is not None and at.rank > 0
    keep_measure = 0
    if keeps and until is not None:
        first = first_day(ladder.measure, until, joined)
        keep_measure = window.at(min(until, today)) - window.before(first, min(until, today))
    return Progress(
        ladder=ladder.id,
        level=at.id,
        since=standing.since if standing else None,
        until=standing.until if standing else None,
        measure=measure,
        next_level=above.id if above else None,
        next_at=above.at if above else None,
        missing=max(0, above.at - measure) if above else 0,
        keep_at=at.keep_at if keeps else 0,
        keep_measure=keep_measure,
        keep_missing=max(0, at.keep_at - keep_measure) if keeps else 0,
        grace=standing.grace if standing else None,
        held=standing.held if standing else "",
        held_until=standing.held_until if standing else None,
        counts_since=first_day(ladder.measure, today, joined),
    )


def distribution() -> dict[str, dict[str, int]]:
    """Ladder → level → members who stand there. Members whom no event has placed yet are not counted."""
    found = rows("SELECT ladder, level, count(*) FROM tiers_standing GROUP BY ladder, level")
    by_ladder: dict[str, dict[str, int]] = defaultdict(dict)
    for ladder, level, members in found:
        by_ladder[ladder][level] = members
    return dict(by_ladder)


def changes(member_id: UUID, cursor: str | None = None, limit: int | None = None) -> paging.Page[ChangeRow]:
    """A member's steps and renewals, latest first."""
    size = paging.bounded(limit)
    before = paging.decode(_CHANGES, cursor, UUID)[0] if cursor else None
    found = read(
        ChangeRow,
        f"SELECT {_COLUMNS} FROM tiers_change WHERE member_id = %s AND bucket = %s"
        " AND (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s",
        [member_id, bucket_of(member_id), before, before, size + 1],
    )
    return paging.page(_CHANGES, found, size, lambda change: (change.id,))


def changes_between(member_id: UUID, first_event: UUID, last_event: UUID) -> list[ChangeRow]:
    """The steps of a member's events from `first_event` to `last_event`, in order."""
    return read(
        ChangeRow,
        f"SELECT {_COLUMNS} FROM tiers_change WHERE member_id = %s AND bucket = %s AND id >= %s AND id < %s"
        " ORDER BY id",
        [member_id, bucket_of(member_id), first_event, UUID(int=last_event.int + CHILDREN)],
    )


def rose(ladder: Ladder, first: datetime) -> int:
    """How many members rose on this ladder since `first`, each counted once."""
    levels = [level.id for level in ladder.levels]
    found = row(
        "SELECT count(DISTINCT member_id) FROM tiers_change WHERE ladder = %s AND time >= %s"
        " AND array_position(%s::text[], after::text)"
        " > coalesce(array_position(%s::text[], before::text), 1)",
        [ladder.id, first, levels, levels],
    )
    return int(found[0]) if found else 0
