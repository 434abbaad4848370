"""Everybody's pace on a ladder: added up from a sample of members once a day, and kept for every page to read."""

from collections.abc import Iterable
from dataclasses import astuple, fields
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from regulars.kit.sqlread import row, rows
from regulars.tiers.contracts import COUNT, Ladder
from regulars.tiers.models import Pace
from regulars.tiers.pace import LOOKBACK_DAYS, Population, Sums, population_of

SAMPLE = 2_000
"""So many members tell the pace of all; more would say the same."""

_COLUMNS = tuple(each.name for each in fields(Population))


def population(ladder: Ladder, today: date, zone: ZoneInfo) -> Population | None:
    """The pace of all members as last kept, or added up now where none is kept of what the ladder measures."""
    found = row(
        f"SELECT {', '.join(_COLUMNS)} FROM tiers_pace WHERE ladder = %s AND measure = %s AND day <= %s",
        [ladder.id, named(ladder), today],
    )
    if found is None:
        return population_of(sums(ladder, today, zone))
    return None if found[0] is None else Population(*found)


def keep(ladders: Iterable[Ladder], today: date, zone: ZoneInfo) -> int:
    """Add up the pace of these ladders anew, where that kept is not today's; returns of how many it did."""
    done = 0
    for ladder in ladders:
        if Pace.objects.filter(ladder=ladder.id, measure=named(ladder), day=today).exists():
            continue
        found = sums(ladder, today, zone)
        made = population_of(found)
        values = astuple(made) if made is not None else (None,) * len(_COLUMNS)
        Pace.objects.update_or_create(
            ladder=ladder.id,
            defaults={
                "measure": named(ladder),
                "day": today,
                "members": len(found),
                **dict(zip(_COLUMNS, values, strict=True)),
            },
        )
        done += 1
    return done


def named(ladder: Ladder) -> str:
    """What a ladder adds up, whatever the time."""
    return " ".join(f"{'-' if part.sign < 0 else '+'}{part.tally}.{part.of}" for part in ladder.measure.parts)


def sums(ladder: Ladder, today: date, zone: ZoneInfo) -> list[Sums]:
    """What each member of the sample did until the end of `today`, since joining or in the time that is looked back
    at. The day of joining is left out: who joins, buys. The sample goes by the last digits of the member's id, which
    are chance."""
    parts = ladder.measure.parts
    cases = " ".join(
        f"WHEN %s THEN {part.sign} * {'tally.count' if part.of == COUNT else 'tally.total'}" for part in parts
    )
    begin = today - timedelta(days=LOOKBACK_DAYS)
    found = rows(
        f"""
WITH who AS (
  SELECT id, bucket, greatest((joined_at AT TIME ZONE %s)::date, %s) AS since FROM members_member
   WHERE status = 'active' AND (joined_at AT TIME ZONE %s)::date < %s
   ORDER BY right(id::text, 12), id LIMIT {SAMPLE}),
done AS (
  SELECT who.id, tally.day, sum(CASE tally.name {cases} END)::float8 AS units
    FROM who JOIN events_tally AS tally ON tally.member_id = who.id AND tally.bucket = who.bucket
   WHERE tally.name = ANY(%s) AND tally.day > who.since AND tally.day <= %s
   GROUP BY who.id, tally.day)
SELECT %s - who.since, count(done.units), coalesce(sum(done.units), 0), coalesce(sum(done.units * done.units), 0)
  FROM who LEFT JOIN done ON done.id = who.id AND done.units > 0
 GROUP BY who.id, who.since ORDER BY who.id""",
        [
            str(zone),
            begin,
            str(zone),
            today,
            *(part.tally for part in parts),
            list(ladder.tallies),
            today,
            today,
        ],
    )
    return [Sums(*each) for each in found]
