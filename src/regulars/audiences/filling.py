"""Membership set-wise: from a condition as SQL over members `m` to who enters, who leaves, who differs; and how many
satisfy it, told in less than a second however many members there are."""

from collections.abc import Sequence
from datetime import datetime
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction

from regulars.audiences.contracts import BUCKETS, Estimate
from regulars.kit.sqlread import rows
from regulars.language.sql_text import Sql

ACTIVE = "m.status = 'active'"

STAY = (
    "(SELECT a.id FROM audiences_membership a WHERE a.member_id = m.id AND a.bucket = m.bucket"
    " AND a.audience = %s AND a.until IS NULL)"
)
"""The stay of a member `m` in an audience. A subquery for one value is asked member by member; of what can be joined
PostgreSQL, which has not counted a new audience yet, thinks that hardly anybody is in, and goes through all of it for
each member."""

SAMPLE = 20
LIMIT_SECONDS = 0.9
"""A count while somebody types takes no longer; what is not done by then is scaled up from what is."""

EXACT_SECONDS = 30.0

ALWAYS_EXACT = 50_000
"""So many members are counted one and all, whatever the condition."""


def enter(audience: str, where: Sql, buckets: Sequence[int], now: datetime) -> int:
    """Whoever satisfies the condition and is not in is in; how many that were."""
    return _run(
        "INSERT INTO audiences_membership (member_id, id, bucket, audience, since, until, by)"
        " SELECT m.id, gen_random_uuid(), m.bucket, %s, %s, NULL, NULL FROM members_member m"
        f" WHERE m.bucket = ANY(%s) AND {ACTIVE} AND {STAY} IS NULL AND {where.text} ON CONFLICT DO NOTHING",
        [audience, now, list(buckets), audience, *where.params],
    )


def leave(audience: str, where: Sql, buckets: Sequence[int], now: datetime) -> int:
    """Whoever is in and does not satisfy the condition leaves; how many that were."""
    # `OFFSET 0`: the stay is looked up once, and only of those whom the condition does not fit.
    gone = rows(
        "SELECT id, bucket, stay FROM ("
        f"SELECT m.id, m.bucket, {STAY} AS stay FROM members_member m"
        f" WHERE m.bucket = ANY(%s) AND NOT ({ACTIVE} AND {where.text}) OFFSET 0) AS outside WHERE stay IS NOT NULL",
        [audience, list(buckets), *where.params],
    )
    if not gone:
        return 0
    return _run(
        "UPDATE audiences_membership AS stay SET until = greatest(stay.since, %s)"
        " FROM unnest(%s::uuid[], %s::smallint[], %s::uuid[]) AS gone(member_id, bucket, id)"
        " WHERE stay.member_id = gone.member_id AND stay.bucket = gone.bucket AND stay.id = gone.id"
        " AND stay.until IS NULL",
        [now, *(list(column) for column in zip(*gone, strict=True))],
    )


def differing(audience: str, where: Sql, buckets: Sequence[int]) -> list[UUID]:
    """Members of these buckets who are in and should not be, or the other way round."""
    found = rows(
        "SELECT m.id FROM members_member m"
        f" WHERE m.bucket = ANY(%s) AND ({ACTIVE} AND {where.text}) <> ({STAY} IS NOT NULL)",
        [list(buckets), *where.params, audience],
    )
    return [each for (each,) in found]


def estimate(where: Sql, exact: bool = False, sample: int = SAMPLE) -> Estimate:
    """How many satisfy a condition, and some of them. Where counting all takes too long, so many buckets as there is
    time for are counted and scaled up, unless it is to be `exact`."""
    began = perf_counter()
    total = _members()
    if exact or total <= ALWAYS_EXACT:
        return _told(where, range(BUCKETS), total, began, sample, EXACT_SECONDS)
    asked = perf_counter()
    first = _counted(where, [0], LIMIT_SECONDS, sample)
    spent = perf_counter() - asked
    if first is None:
        return Estimate(0, total, False, 0, (), perf_counter() - began)
    left = LIMIT_SECONDS - (perf_counter() - began)
    fits = min(int(left / 2 / spent), BUCKETS)
    if fits > 1:
        try:
            return _told(where, range(0, BUCKETS, -(-BUCKETS // fits)), total, began, sample, left)
        except OperationalError:
            pass
    found, ids = first
    return Estimate(found * BUCKETS, total, False, 1, tuple(ids), perf_counter() - began)


def _told(where: Sql, buckets: range, total: int, began: float, sample: int, seconds: float) -> Estimate:
    counted = _counted(where, list(buckets), seconds, sample)
    if counted is None:
        raise OperationalError("counting took too long")
    found, ids = counted
    every = len(buckets) == BUCKETS
    members = found if every else round(found * BUCKETS / len(buckets))
    return Estimate(min(members, total), total, every, len(buckets), tuple(ids), perf_counter() - began)


def _counted(
    where: Sql, buckets: list[int], seconds: float, sample: int = SAMPLE
) -> tuple[int, list[UUID]] | None:
    """How many in these buckets, and some of them; None where that takes longer."""
    among = "" if len(buckets) == BUCKETS else "m.bucket = ANY(%s) AND "
    try:
        with transaction.atomic():
            _bound(seconds)
            found = rows(
                f"SELECT count(*), (array_agg(m.id))[:{int(sample)}] FROM members_member m"
                f" WHERE {among}{ACTIVE} AND {where.text}",
                [*([buckets] if among else []), *where.params],
            )
    except OperationalError:
        return None
    return int(found[0][0]), list(found[0][1] or ())


def about() -> int:
    """How many members there are, as far as PostgreSQL last counted; a few more than that is few."""
    found = rows("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'members_member'::regclass")
    return int(found[0][0]) if found else 0


def _members() -> int:
    """How many members there are, as far as can be told at once."""
    estimated = about()
    if estimated >= 4 * ALWAYS_EXACT:
        return estimated
    return int(rows(f"SELECT count(*) FROM members_member m WHERE {ACTIVE}")[0][0])


def _bound(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(max(int(seconds * 1000), 1))])


def _run(sql: str, params: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)
