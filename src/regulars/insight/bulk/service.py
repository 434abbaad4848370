"""Asking for a change to many members, calling it off, taking it back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from regulars.audiences import queries as audiences
from regulars.audiences.contracts import Kind, NotAList
from regulars.engine.tagging import checked
from regulars.insight.bulk import queries
from regulars.insight.bulk.contracts import CANCELLED, DONE, RUNNING, AskedOtherwise, Deed, NothingToUndo
from regulars.insight.bulk.models import Job
from regulars.kit import clock, ids
from regulars.language.sql_text import Sql
from regulars.staff.service import audit

CONSOLE = "console"
PORTION = 500
"""So many members are changed in one batch."""

PORTIONS = """
INSERT INTO bulk_portion (job_id, members, size, begun, changed, refused, kept)
SELECT %s, array_agg(id ORDER BY id), count(*), false, 0, 0, 0
  FROM (SELECT m.id, (row_number() OVER (ORDER BY m.id) - 1) / %s AS portion FROM members_member m
         WHERE m.id IN ({whom}) AND m.merged_into IS NULL AND {needs}) AS numbered
 GROUP BY portion ORDER BY portion
"""
UNDO_PORTIONS = """
INSERT INTO bulk_portion (job_id, members, size, undoes, begun, changed, refused, kept)
SELECT %s, members, changed, id, false, 0, 0, 0 FROM bulk_portion WHERE job_id = %s AND changed > 0 ORDER BY id
"""


def ask(
    deed: Deed,
    whom: Sql,
    *,
    once: str,
    by: str,
    reason: str = "",
    back: str = "",
    source: str = CONSOLE,
    asked: str = "",
) -> UUID:
    """Do it to everybody whom `whom` (it selects ids of members) names now, as far as they need it. The same `once`
    again is the change that was asked for under it; where `asked` tells what that was, anything else under the same
    name is refused.

    Raises BadTag, UnknownAudience, NotAList, AskedOtherwise.
    """
    deed = sound(deed)
    job = _made(deed, once=once[:80], by=by, reason=reason, back=back, source=source)
    job.asked = asked
    try:
        with transaction.atomic():
            job.save(force_insert=True)
            needs = queries.moving(deed)
            text = PORTIONS.format(whom=whom.text, needs=needs.text)
            _run(text, [job.id, PORTION, *whom.params, *needs.params])
            job.members = queries.measure(deed, whom).members
            _settle(job)
            audit(by, "members.changed_in_bulk", str(job.id), members=job.moving, **deed.as_json())
    except IntegrityError:
        there = Job.objects.get(once=once[:80])
        if there.asked != asked:
            raise AskedOtherwise from None
        return there.id
    return job.id


def undo(job_id: UUID, by: str) -> UUID:
    """Take back what it did, and only that: who has been changed again since is left as they are. Asked for again, it
    is the same undoing.

    Raises UnknownJob, NothingToUndo.
    """
    before = queries.get(job_id)
    if before.undone_by is not None:
        return before.undone_by
    if not before.may_undo:
        raise NothingToUndo
    job = _made(
        before.deed,
        once=f"undo:{job_id}",
        by=by,
        reason=before.reason,
        back=before.back,
        source=before.source,
    )
    job.undoes = job_id
    try:
        with transaction.atomic():
            job.save(force_insert=True)
            _run(UNDO_PORTIONS, [job.id, job_id])
            job.members = before.changed
            _settle(job)
            audit(by, "members.bulk_undone", str(job_id), members=job.moving)
    except IntegrityError:
        return Job.objects.values_list("id", flat=True).get(undoes=job_id)
    return job.id


def cancel(job_id: UUID, by: str) -> bool:
    """Go no further; what was done stays, and can be undone. Whether it was not over yet."""
    with transaction.atomic():
        changed = Job.objects.filter(id=job_id, state=RUNNING).update(state=CANCELLED, ended_at=clock.now())
        if changed:
            audit(by, "members.bulk_cancelled", str(job_id))
    return bool(changed)


def sound(deed: Deed) -> Deed:
    """The deed with its tags as they are written down. Raises BadTag, UnknownAudience, NotAList."""
    if deed.audience:
        found = audiences.get(deed.audience)
        if found.kind is not Kind.LIST or found.archived:
            raise NotAList(deed.audience)
        return deed
    return Deed(checked(deed.add), checked(deed.remove))


def _made(deed: Deed, *, once: str, by: str, reason: str, back: str, source: str) -> Job:
    now: datetime = clock.now()
    return Job(
        id=ids.time_id(now), once=once, state=RUNNING, deed=deed.as_json(), reason=reason[:200], back=back[:2000],
        source=source, asked_by=by, asked_at=now,
    )  # fmt: skip


def _settle(job: Job) -> None:
    """How many there are to do; nobody: it is over."""
    job.moving = sum(job.portions.values_list("size", flat=True))
    job.members = max(job.members, job.moving)
    if not job.moving:
        job.state, job.ended_at = DONE, job.asked_at
    job.save(update_fields=["moving", "members", "state", "ended_at"])


def _run(sql: str, params: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
