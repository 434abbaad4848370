"""Reading audiences: what they ask, who is in them, how many, since when, and how they meet."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.audiences.contracts import (
    Audience,
    Day,
    Definition,
    Kind,
    MemberRow,
    Overlap,
    Phase,
    RevisionRow,
    Stay,
    UnknownAudience,
)
from regulars.kit import paging
from regulars.kit.ids import bucket_of
from regulars.kit.rows import Question, array
from regulars.kit.sqlread import from_json, row, rows
from regulars.language.calendar import start_of

GENERATION = "SELECT coalesce(max(number), 0) FROM audiences_revision"
"""The revision that names the whole set of audiences in force; 0 while there has never been any."""

NOW_IN = """
SELECT row.owner, found.audiences
  FROM unnest(%s::uuid[], %s::smallint[]) AS row(owner, shelf)
 CROSS JOIN LATERAL (SELECT string_agg(audience, ' ') AS audiences FROM audiences_membership
                      WHERE member_id = row.owner AND bucket = row.shelf AND until IS NULL) AS found
 WHERE found.audiences IS NOT NULL
"""
"""Member by member: a plan made before the table was counted would read all of it."""

_COLUMNS = (
    "id, names, note, kind, condition, source, archived, revision, created_at, created_by, updated_at, updated_by,"
    " followed, version, phase, done, look_at, looked_at, members, counted_at"
)
_MEMBERS = "audiences.members"
EXPORT_CHUNK = 1000


def get(audience: str) -> Audience:
    """One audience. Raises UnknownAudience."""
    found = row(f"SELECT {_COLUMNS} FROM audiences_audience WHERE id = %s", [audience])
    if found is None:
        raise UnknownAudience(audience)
    return _audience(found)


def every(archived: bool = False) -> list[Audience]:
    """All audiences, live or `archived`, the latest changed first."""
    found = rows(
        f"SELECT {_COLUMNS} FROM audiences_audience WHERE archived = %s ORDER BY updated_at DESC, id",
        [archived],
    )
    return [_audience(each) for each in found]


def names() -> dict[str, dict[str, str]]:
    """What people call the live audiences."""
    found = rows("SELECT id, names FROM audiences_audience WHERE NOT archived ORDER BY id")
    return {ident: from_json(said) for ident, said in found}


def generation() -> int:
    """The revision that names the set in force."""
    found = row(GENERATION)
    return int(found[0]) if found else 0


def definitions(number: int) -> list[Definition]:
    """The set of audiences that revision `number` names: what each live one asked then."""
    found = rows(
        "SELECT audience, kind, names, condition, number FROM ("
        " SELECT DISTINCT ON (audience) * FROM audiences_revision WHERE number <= %s"
        " ORDER BY audience, number DESC) AS latest WHERE live ORDER BY audience",
        [number],
    )
    return [
        Definition(ident, Kind(kind), from_json(said), from_json(condition), at)
        for ident, kind, said, condition, at in found
    ]


def revisions(audience: str, most: int = 100) -> list[RevisionRow]:
    """How an audience was changed, the latest first; also of one that is gone."""
    found = rows(
        "SELECT number, kind, names, condition, live, at, by FROM audiences_revision WHERE audience = %s"
        " ORDER BY number DESC LIMIT %s",
        [audience, most],
    )
    return [_revision(each) for each in found]


def revision(audience: str, number: int | None) -> RevisionRow | None:
    """An audience as of revision `number`, or (None) as it was last; also of one that is gone."""
    found = rows(
        "SELECT number, kind, names, condition, live, at, by FROM audiences_revision"
        " WHERE audience = %s AND number <= coalesce(%s::bigint, 9223372036854775807) ORDER BY number DESC LIMIT 1",
        [audience, number],
    )
    return next((_revision(each) for each in found), None)


def now_in(member_ids: Sequence[UUID]) -> Question[list[Any]]:
    """(member, the audiences that they are in, as words), for those of these members who are in any."""
    whose = [array(member_ids), array([bucket_of(each) for each in member_ids])]
    return Question(NOW_IN, whose, lambda found: found)


def of_member(member_id: UUID) -> list[Stay]:
    """The audiences that a member is in, the latest entered first."""
    return _stays(member_id, "until IS NULL ORDER BY since DESC, audience", [])


def history(member_id: UUID, audience: str, most: int = 100) -> list[Stay]:
    """A member's stays in an audience, the latest first."""
    return _stays(member_id, "audience = %s ORDER BY since DESC LIMIT %s", [audience, most])


def size(audience: str) -> int:
    """How many are in, counted now."""
    found = row("SELECT count(*) FROM audiences_membership WHERE audience = %s AND until IS NULL", [audience])
    return int(found[0]) if found else 0


def members(audience: str, cursor: str | None = None, limit: int | None = None) -> paging.Page[MemberRow]:
    """Who is in, by id."""
    many = paging.bounded(limit)
    after = paging.decode(_MEMBERS + audience, cursor, UUID)[0] if cursor else None
    found = _members(audience, after, many + 1)
    return paging.page(_MEMBERS + audience, found, many, lambda each: (each.member_id,))


def chunks(audience: str, size_most: int = EXPORT_CHUNK) -> Iterator[list[MemberRow]]:
    """Everybody who is in, by id, so many at a time; never all in memory."""
    after = None
    while found := _members(audience, after, size_most):
        yield found
        after = found[-1].member_id


def numbers(audience: str) -> list[int]:
    """The numbers of everybody who is in, by which the warehouse names members."""
    found = rows(
        "SELECT m.number FROM audiences_membership a"
        " JOIN members_member m ON m.id = a.member_id AND m.bucket = a.bucket"
        " WHERE a.audience = %s AND a.until IS NULL",
        [audience],
    )
    return [number for (number,) in found]


def among(audience: str, member_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these members who are in."""
    found = rows(
        "SELECT member_id FROM audiences_membership WHERE audience = %s AND until IS NULL AND member_id = ANY(%s)"
        " AND bucket = ANY(%s)",
        [audience, list(member_ids), sorted({bucket_of(each) for each in member_ids})],
    )
    return {each for (each,) in found}


def growth(audience: str, first: date, last: date, zone: ZoneInfo) -> list[Day]:
    """Day by day, how many entered, left, and were in at the day's end. Who comes and goes within a day counts in
    both."""
    begins, ends = start_of(first, zone), start_of(last + timedelta(days=1), zone)
    before = row(
        "SELECT count(*) FROM audiences_membership WHERE audience = %s AND since < %s"
        " AND (until IS NULL OR until >= %s)",
        [audience, begins, begins],
    )
    entered = _per_day("since", audience, begins, ends, zone)
    left = _per_day("until", audience, begins, ends, zone)
    count = int(before[0]) if before else 0
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        count += entered.get(day, 0) - left.get(day, 0)
        found.append(Day(day, entered.get(day, 0), left.get(day, 0), count))
    return found


def moved(since: datetime) -> dict[str, tuple[int, int]]:
    """How many entered and left each audience since then. Who was moved by a new definition is counted too."""
    found = rows(
        "SELECT audience, count(*) FILTER (WHERE since >= %s), count(*) FILTER (WHERE until >= %s)"
        " FROM audiences_membership WHERE since >= %s OR until >= %s GROUP BY audience",
        [since, since, since, since],
    )
    return {audience: (int(entered), int(left)) for audience, entered, left in found}


def overlaps(audiences: Sequence[str]) -> list[Overlap]:
    """Each pair of these audiences, in the order given. One pass over the members who are in them."""
    asked = list(dict.fromkeys(audiences))
    found = rows(
        "SELECT one.audience, other.audience, count(*) FROM audiences_membership one"
        " JOIN audiences_membership other ON other.member_id = one.member_id AND other.bucket = one.bucket"
        " AND other.until IS NULL AND other.audience = ANY(%s)"
        " WHERE one.until IS NULL AND one.audience = ANY(%s) GROUP BY 1, 2",
        [asked, asked],
    )
    both = {(one, other): int(count) for one, other, count in found}
    return [
        Overlap(one, other, both.get((one, one), 0), both.get((other, other), 0), both.get((one, other), 0))
        for at, one in enumerate(asked)
        for other in asked[at + 1 :]
    ]


def _stays(member_id: UUID, where: str, params: Sequence[Any]) -> list[Stay]:
    found = rows(
        f"SELECT audience, since, until, by FROM audiences_membership WHERE member_id = %s AND bucket = %s AND {where}",
        [member_id, bucket_of(member_id), *params],
    )
    return [Stay(*each) for each in found]


def _members(audience: str, after: UUID | None, most: int) -> list[MemberRow]:
    beyond, params = ("", []) if after is None else (" AND member_id > %s", [after])
    found = rows(
        "SELECT member_id, since FROM audiences_membership WHERE audience = %s AND until IS NULL"
        f"{beyond} ORDER BY member_id LIMIT %s",
        [audience, *params, most],
    )
    return [MemberRow(*each) for each in found]


def _per_day(column: str, audience: str, begins: datetime, ends: datetime, zone: ZoneInfo) -> dict[date, int]:
    found = rows(
        f"SELECT ({column} AT TIME ZONE %s)::date, count(*) FROM audiences_membership"
        f" WHERE audience = %s AND {column} >= %s AND {column} < %s GROUP BY 1",
        [zone.key, audience, begins, ends],
    )
    return {day: int(count) for day, count in found}


def of_members(member_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The audiences that each of these members is in."""
    found = rows(NOW_IN, [list(member_ids), [bucket_of(each) for each in member_ids]])
    return {member_id: sorted(audiences.split()) for member_id, audiences in found}


def _revision(found: Sequence[Any]) -> RevisionRow:
    number, kind, said, condition, live, at, by = found
    return RevisionRow(number, Kind(kind), from_json(said), from_json(condition), live, at, by)


def _audience(found: Sequence[Any]) -> Audience:
    ident, said, note, kind, condition, *rest = found
    (
        source,
        archived,
        revision,
        created_at,
        created_by,
        updated_at,
        updated_by,
        followed,
        version,
        phase,
        *left,
    ) = rest
    return Audience(
        ident, from_json(said), note, Kind(kind), from_json(condition), source, archived, revision, created_at,
        created_by, updated_at, updated_by, followed, version, Phase(phase), *left,
    )  # fmt: skip
