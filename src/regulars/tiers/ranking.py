"""Everybody's place under a ladder by one statement: who stands where, what counts today, and where that would put
them. The same as `tiers.logic` says member by member."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.kit.sqlread import rows
from regulars.tiers.contracts import COUNT, Down, Ladder, Move, OnChange, Over
from regulars.tiers.windows import first_day

BUCKETS = tuple(range(64))
SAMPLE = 5
"""So many of those who would move are named."""

Gate = tuple[str, Sequence[Any]]
"""What a level asks for beside its threshold, as SQL on the member's row `m`, with its parameters."""

_ANNIVERSARY = "({joined} + make_interval(years => {year} - extract(year FROM {joined})::int))::date"


@dataclass(frozen=True, slots=True)
class Ranking:
    """Whom to rank, as of which day: `gates` by (ladder, level)."""

    today: date
    zone: ZoneInfo
    gates: Mapping[tuple[str, str], Gate]
    buckets: Sequence[int] = BUCKETS

    def movers(self, ladder: Ladder) -> list[UUID]:
        """The members whom `ladder` puts elsewhere than they stand."""
        sql, params = self._moved(ladder)
        found = rows(f"{sql} SELECT member_id FROM moved WHERE after <> rank ORDER BY member_id", params)
        return [member for (member,) in found]

    def moves(self, ladder: Ladder) -> list[Move]:
        """How many members it puts where, from level to level, with some of them."""
        sql, params = self._moved(ladder)
        ids = [level.id for level in ladder.levels]
        found = rows(
            f"{sql} SELECT level, after, count(*), (array_agg(member_id ORDER BY member_id))[1:{SAMPLE}]"
            " FROM moved WHERE level <> (%s::text[])[after + 1] GROUP BY level, after ORDER BY 3 DESC, 1, 2",
            [*params, ids],
        )
        return [
            Move(ladder.id, before, ladder.levels[after].id, count, tuple(sample))
            for before, after, count, sample in found
        ]

    def places(self, ladder: Ladder) -> dict[UUID, tuple[int, str]]:
        """Member → what counts today, and the level that puts them on."""
        sql, params = self._moved(ladder)
        found = rows(f"{sql} SELECT member_id, measured, after FROM moved", params)
        return {member: (measured, ladder.levels[after].id) for member, measured, after in found}

    def _moved(self, ladder: Ladder) -> tuple[str, list[Any]]:
        """CTEs up to `moved` (member_id, level, measured, rank, after)."""
        done, done_params = self._done(ladder)
        reached, reached_params = self._reached(ladder)
        ids = [level.id for level in ladder.levels]
        buckets = list(self.buckets)
        falls = ladder.period is None or ladder.on_change is OnChange.AT_ONCE
        sql = f"""
WITH done AS ({done}),
stand AS (SELECT member_id, bucket, level, exact, held_until FROM tiers_standing
           WHERE ladder = %s AND bucket = ANY(%s::smallint[])),
placed AS (
  SELECT m.id AS member_id, coalesce(stand.level, %s) AS level, coalesce(done.measured, 0) AS measured,
         coalesce(array_position(%s::text[], stand.level::text), 1) - 1 AS rank, {reached} AS reached,
         coalesce(stand.held_until >= %s, false) AS by_hand, coalesce(stand.exact, false) AS exact
    FROM members_member AS m
    LEFT JOIN done ON done.member_id = m.id AND done.bucket = m.bucket
    LEFT JOIN stand ON stand.member_id = m.id AND stand.bucket = m.bucket
   WHERE m.status = 'active' AND m.bucket = ANY(%s::smallint[])),
moved AS (
  SELECT member_id, level, measured, rank,
         CASE WHEN reached > rank AND NOT (by_hand AND exact) THEN reached
              WHEN %s AND measured < (%s::bigint[])[rank + 1] AND NOT by_hand THEN {_fallen(ladder)}
              ELSE rank END AS after
    FROM placed)"""
        keeps = [level.keep_at for level in ladder.levels]
        params = [
            *done_params, ladder.id, buckets, ids[0], ids, *reached_params, self.today, buckets, falls, keeps,
            *_fallen_params(ladder),
        ]  # fmt: skip
        return sql, params

    def _done(self, ladder: Ladder) -> tuple[str, list[Any]]:
        """What counts today, by member."""
        measure = ladder.measure
        cases = " ".join(
            f"WHEN %s THEN {part.sign} * {'tally.count' if part.of == COUNT else 'tally.total'}"
            for part in measure.parts
        )
        params: list[Any] = [part.tally for part in measure.parts]
        who, since = "", "%s"
        if measure.over is Over.MEMBER_YEAR:
            who = " JOIN members_member AS who ON who.id = tally.member_id AND who.bucket = tally.bucket"
            joined = "(who.joined_at AT TIME ZONE %s)::date"
            this = _ANNIVERSARY.format(joined=joined, year=self.today.year)
            last = _ANNIVERSARY.format(joined=joined, year=self.today.year - 1)
            since = f"CASE WHEN {this} <= %s THEN {this} ELSE {last} END"
            zone = str(self.zone)
            bounds: list[Any] = [zone, zone, self.today, zone, zone, zone, zone]
        else:
            bounds = [first_day(measure, self.today, date.min)]
        sql = (
            f"SELECT tally.member_id, tally.bucket, sum(CASE tally.name {cases} END)::bigint AS measured"
            f" FROM events_tally AS tally{who} WHERE tally.name = ANY(%s) AND tally.day >= {since}"
            " AND tally.day <= %s AND tally.bucket = ANY(%s::smallint[]) GROUP BY 1, 2"
        )
        return sql, [*params, list(ladder.tallies), *bounds, self.today, list(self.buckets)]

    def _reached(self, ladder: Ladder) -> tuple[str, list[Any]]:
        """The rank of the highest level that the measure reaches and that may be entered."""
        cases, params = ["0"], []
        for level in ladder.levels[1:]:
            text, given = self.gates[ladder.id, level.id] if level.when is not None else ("TRUE", ())
            cases.append(
                f"CASE WHEN coalesce(done.measured, 0) >= %s AND {text} THEN {level.rank} ELSE 0 END"
            )
            params += [level.at, *given]
        return f"greatest({', '.join(cases)})", params


def _fallen(ladder: Ladder) -> str:
    """The rank to which who does not keep theirs falls."""
    if len(ladder.levels) == 1:
        return "0"
    earned = "greatest(least(rank - 1, width_bucket(measured, %s::bigint[])), 0)"
    if ladder.down is Down.ONE:
        return "greatest(rank - 1, 0)"
    if ladder.down is Down.FLOOR:
        return f"greatest({earned}, least(rank, {ladder.level(ladder.floor).rank}))"
    return earned


def _fallen_params(ladder: Ladder) -> list[Any]:
    needs = len(ladder.levels) > 1 and ladder.down is not Down.ONE
    return [[level.keep_at for level in ladder.levels[1:]]] if needs else []
