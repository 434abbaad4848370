"""Changes to many members as they stand, and what one would touch."""

from typing import Any
from uuid import UUID

from regulars.insight.bulk.contracts import Deed, Job, Measure, UnknownJob
from regulars.kit.sqlread import from_json, row, rows
from regulars.language.sql_text import Sql

JOBS = """
SELECT one.id, one.state, one.deed, one.reason, one.source, one.back, one.undoes, one.asked_by, one.asked_at,
       one.ended_at, one.members, one.moving, done.done, done.changed, done.refused, done.kept, done.busy, other.id
  FROM bulk_job AS one
 CROSS JOIN LATERAL (SELECT coalesce(sum(size) FILTER (WHERE done_at IS NOT NULL), 0)::bigint AS done,
                            coalesce(sum(changed), 0)::bigint AS changed, coalesce(sum(refused), 0)::bigint AS refused,
                            coalesce(sum(kept), 0)::bigint AS kept,
                            coalesce(bool_or(begun AND done_at IS NULL), false) AS busy
                       FROM bulk_portion WHERE job_id = one.id) AS done
  LEFT JOIN bulk_job AS other ON other.undoes = one.id
"""
LATEST_MOST = 50


def get(job_id: UUID) -> Job:
    """One. Raises UnknownJob."""
    found = rows(f"{JOBS} WHERE one.id = %s", [job_id])
    if not found:
        raise UnknownJob
    return _job(*found[0])


def latest() -> list[Job]:
    """The latest that were asked for."""
    return [_job(*found) for found in rows(f"{JOBS} ORDER BY one.asked_at DESC LIMIT %s", [LATEST_MOST])]


def running() -> list[Job]:
    """Those that are under way, oldest first."""
    where = "WHERE one.state = 'running' ORDER BY one.asked_at LIMIT %s"
    return [_job(*found) for found in rows(f"{JOBS} {where}", [LATEST_MOST])]


def open_count() -> int:
    """How many are under way."""
    found = row("SELECT count(*) FROM bulk_job WHERE state = 'running'")
    return int(found[0]) if found else 0


def measure(deed: Deed, whom: Sql) -> Measure:
    """What it would touch now. `whom` selects ids of members."""
    needs = moving(deed)
    found = row(
        f"SELECT count(*), count(*) FILTER (WHERE {needs.text}) FROM members_member m"
        f" WHERE m.id IN ({whom.text}) AND m.merged_into IS NULL",
        [*needs.params, *whom.params],
    )
    return Measure(int(found[0]), int(found[1])) if found else Measure(0, 0)


def moving(deed: Deed) -> Sql:
    """Whether something is to be done for the member `m`."""
    if deed.audience:
        there = (
            "EXISTS (SELECT 1 FROM audiences_membership a WHERE a.audience = %s AND a.member_id = m.id"
            " AND a.bucket = m.bucket AND a.until IS NULL)"
        )
        return Sql(f"NOT {there}" if deed.on else there, (deed.audience,))
    return Sql(
        "(NOT m.tags::text[] @> %s::text[] OR m.tags::text[] && %s::text[])",
        (list(deed.add), list(deed.remove)),
    )


def _job(ident: UUID, state: str, deed: str, *rest: Any) -> Job:
    return Job(ident, state, Deed.of(from_json(deed)), *rest)
