"""Reading levels: who stands where, how far it is to the next one, and how they got there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.events.queries import tallies
from regulars.kit import paging
from regulars.kit.ids import CHILDREN, bucket_of
from regulars.kit.sqlread import read, row, rows
from regulars.tiers.contracts import ChangeRow, Forecast, Ladder, Progress, StandingRow
from regulars.tiers.forecast import earliest, forecast
from regulars.tiers.hindsight import LEADS, Score, Share, look_back
from regulars.tiers.populace import keep as keep_population
from regulars.tiers.populace import population
from regulars.tiers.progress import measure_progress
from regulars.tiers.windows import first_day

__all__ = [
    "LEADS", "Outlook", "Score", "Share", "changes", "changes_between", "distribution", "keep_population",
    "look_back", "measure_progress", "outlook", "outlooks", "progress", "rose", "standings", "standings_of",
]  # fmt: skip

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
    found = _life([member_id], ladders, today, {member_id: joined}, back=False)
    return [each.progress for each in found.get(member_id, [])]


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where a member stands on a ladder, and what may be expected."""

    progress: Progress
    forecast: Forecast


def outlook(
    member_id: UUID, ladders: Iterable[Ladder], today: date, joined: date, zone: ZoneInfo
) -> list[Outlook]:
    """The member's progress on each of these ladders, with a forecast."""
    return outlooks({member_id: joined}, ladders, today, zone).get(member_id, [])


def outlooks(
    joined: Mapping[UUID, date], ladders: Iterable[Ladder], today: date, zone: ZoneInfo
) -> dict[UUID, list[Outlook]]:
    """Progress and forecasts of these members, by the local day on which each joined; read with one statement for
    standings, one for what they did, and one a ladder for everybody's pace."""
    wanted = tuple(ladders)
    everybody = {ladder.id: population(ladder, today, zone) for ladder in wanted}
    return {
        member: [
            Outlook(
                one.progress,
                forecast(
                    one.ladder,
                    one.progress,
                    one.days,
                    today,
                    joined[member],
                    everybody[one.ladder.id],
                    exact=one.standing is not None and one.standing.exact,
                ),
            )
            for one in lives
        ]
        for member, lives in _life(list(joined), wanted, today, joined, back=True).items()
    }


@dataclass(frozen=True, slots=True)
class _Life:
    """What is known of one member on one ladder."""

    ladder: Ladder
    standing: StandingRow | None
    days: dict[date, int]
    progress: Progress


def _life(
    members: Sequence[UUID],
    ladders: Iterable[Ladder],
    today: date,
    joined: Mapping[UUID, date],
    *,
    back: bool,
) -> dict[UUID, list[_Life]]:
    """By member, what is known on each ladder; `back`: with the days before the measure's time, for a forecast."""
    wanted = tuple(ladders)
    if not wanted or not members:
        return {}
    standing = standings_of(members)
    ends = [each.until for some in standing.values() for each in some if each.until is not None]
    end = min([today, *ends])
    first = min(first_day(ladder.measure, end, day) for ladder in wanted for day in set(joined.values()))
    if back:
        first = min(first, earliest(today))
    done = tallies(members, sorted({name for ladder in wanted for name in ladder.tallies}), first)
    found: dict[UUID, list[_Life]] = {}
    for member in members:
        at = {each.ladder: each for each in standing.get(member, [])}
        for ladder in wanted:
            days: dict[date, int] = {}
            for part in ladder.measure.parts:
                for day, cell in done.get((member, part.tally), {}).items():
                    days[day] = days.get(day, 0) + part.sign * cell[part.of]
            now = at.get(ladder.id)
            so_far = measure_progress(ladder, now, days, today, joined[member])
            found.setdefault(member, []).append(_Life(ladder, now, days, so_far))
    return found


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
