"""What workers do for changes to many members: a portion at a time, each member by an event of theirs.

Several workers may be at one job. A portion is claimed for LEASE; one whose worker died is done once more: the events
have the same names, so nothing happens twice and what they did is told again. A portion that was begun is finished
also when the job is called off, so that what was done is known, and can be undone.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from regulars.engine import tagging
from regulars.engine.audiences import list_all, listed_since
from regulars.engine.contracts import Outcome
from regulars.insight.bulk import queries
from regulars.insight.bulk.contracts import DONE, RUNNING, Deed, Job
from regulars.insight.bulk.models import Job as Record
from regulars.insight.bulk.models import Portion
from regulars.kit import clock
from regulars.kit.ids import bucket_of
from regulars.kit.sqlread import row, rows

LEASE = timedelta(minutes=2)
KEPT = timedelta(days=90)

CLAIM = """
UPDATE bulk_portion SET claimed_until = %s, begun = true
 WHERE id = (SELECT portion.id FROM bulk_portion AS portion JOIN bulk_job AS job ON job.id = portion.job_id
              WHERE portion.done_at IS NULL AND (job.state = 'running' OR portion.begun)
                AND (portion.claimed_until IS NULL OR portion.claimed_until < %s)
                AND (%s::uuid IS NULL OR job.id = %s)
              ORDER BY job.asked_at, portion.id LIMIT 1 FOR UPDATE OF portion SKIP LOCKED)
RETURNING id, job_id
"""
STILL_ON = """
SELECT member_id, by FROM audiences_membership
 WHERE audience = %s AND until IS NULL AND member_id = ANY(%s) AND bucket = ANY(%s) AND by = ANY(%s)
"""

ALREADY = "SELECT member_id FROM events_event WHERE source = %s AND key = ANY(%s) AND bucket = ANY(%s)"

Group = dict[str, Any]
"""`members` with whom the same happened, by `events` in that order: tags that went on (`add`), off (`remove`)."""


def bulk_due() -> int:
    """One portion of whichever job is oldest; 0: there is nothing to do."""
    return _portion(None)


def do_now(job_id: UUID, portions_most: int) -> None:
    """Do so many portions of a job here, as long as there are any."""
    for _ in range(portions_most):
        if not _portion(job_id):
            return


def _portion(job_id: UUID | None) -> int:
    now = clock.now()
    claimed = row(CLAIM, [now + LEASE, now, job_id, job_id])
    if claimed is None:
        return 0
    portion = Portion.objects.get(id=claimed[0])
    job = queries.get(claimed[1])
    if portion.undoes is None:
        groups, refused = _do(job, portion.members)
        _note(portion, groups, refused, 0)
    else:
        before = Portion.objects.get(id=portion.undoes).changes or []
        changed, refused, kept = _take_back(job, before)
        _note(portion, changed, refused, kept)
    return 1


def _note(portion: Portion, groups: list[Group], refused: int, kept: int) -> None:
    """A portion has one result; with the last one the job is over."""
    now = clock.now()
    with transaction.atomic():
        job = Record.objects.select_for_update().get(id=portion.job_id)
        Portion.objects.filter(id=portion.id, done_at=None).update(
            done_at=now,
            claimed_until=None,
            changes=groups,
            changed=sum(len(group["members"]) for group in groups),
            refused=refused,
            kept=kept,
        )
        if job.state == RUNNING and not Portion.objects.filter(job=job, done_at=None).exists():
            Record.objects.filter(id=job.id).update(state=DONE, ended_at=now)
            Record.objects.filter(asked_at__lt=now - KEPT).exclude(state=RUNNING).delete()


def _do(job: Job, members: Sequence[UUID]) -> tuple[list[Group], int]:
    """What was asked for, to these: those with whom something happened, and how many it could not be done for."""
    key = _key(job)
    if job.deed.audience:
        outcomes = list_all(
            job.deed.audience, members, job.deed.on, key, job.source, job.asked_by, job.reason
        )
        moved = _still_on(job.deed.audience, _happened(outcomes)) if job.deed.on else _left(outcomes)
        return [_group((), (), moved)] if moved else [], _refused(outcomes)
    outcomes = tagging.tag_all(
        members, job.deed.add, job.deed.remove, key=key, source=job.source, by=job.asked_by, reason=job.reason
    )
    return _tagged(outcomes), _refused(outcomes)


def _take_back(job: Job, before: Iterable[Group]) -> tuple[list[Group], int, int]:
    """Undo these groups where they are still as that change left them: (who was, refused, left as they are)."""
    key, done, refused, kept = _key(job), [], 0, 0
    for group in before:
        pairs = [
            (UUID(one), UUID(event)) for one, event in zip(group["members"], group["events"], strict=True)
        ]
        begun = _already(job, [one for one, _ in pairs])
        if job.deed.audience:
            still = [*begun, *(one for one in _still_listed(job.deed, pairs) if one not in begun)]
            outcomes = list_all(
                job.deed.audience, still, not job.deed.on, key, job.source, job.asked_by, job.reason
            )
        else:
            since = tagging.changed_since(pairs, [*group["add"], *group["remove"]]) - begun
            still = [one for one, _ in pairs if one not in since]
            outcomes = tagging.tag_all(
                still, group["remove"], group["add"],
                key=key, source=job.source, by=job.asked_by, reason=job.reason,
            )  # fmt: skip
        kept += len(pairs) - len(still)
        refused += _refused(outcomes)
        done.append(_group(group["remove"], group["add"], _happened(outcomes)))
    return done, refused, kept


def _key(job: Job) -> str:
    return f"bulk:{job.id}"


def _still_on(audience: str, pairs: Sequence[tuple[UUID, UUID]]) -> list[tuple[UUID, UUID]]:
    """Of (member, event), those who are on the list by that very event."""
    members = [one for one, _ in pairs]
    buckets = sorted({bucket_of(one) for one in members})
    found = rows(STILL_ON, [audience, members, buckets, [event for _, event in pairs]])
    return [(member_id, event) for member_id, event in found]


def _still_listed(deed: Deed, pairs: Sequence[tuple[UUID, UUID]]) -> list[UUID]:
    """Of (member, event), those whom the list still has, or has not, by that very event."""
    if deed.on:
        return [one for one, _ in _still_on(deed.audience, pairs)]
    since = listed_since(pairs, deed.audience)
    return [one for one, _ in pairs if one not in since]


def _left(outcomes: Iterable[Outcome]) -> list[tuple[UUID, UUID]]:
    """Those whom these events took off the list, as they tell themselves."""
    return [
        (one.member_id, one.event_id)
        for one in outcomes
        if one.member_id and one.event_id and any(effect["kind"] == "audience" for effect in one.effects)
    ]


def _already(job: Job, members: Sequence[UUID]) -> set[UUID]:
    """Those for whom this was done by a worker that did not come to say so."""
    keys = [f"{_key(job)}:{one}" for one in members]
    return {
        found for (found,) in rows(ALREADY, [job.source, keys, sorted({bucket_of(one) for one in members})])
    }


def _tagged(outcomes: Iterable[Outcome]) -> list[Group]:
    """Those whose tags changed, by what changed."""
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[tuple[UUID, UUID]]] = {}
    for one in outcomes:
        for effect in one.effects:
            if effect["kind"] == "tag" and not effect["rule"] and one.member_id and one.event_id:
                moved = (tuple(effect["add"]), tuple(effect["remove"]))
                groups.setdefault(moved, []).append((one.member_id, one.event_id))
    return [_group(add, remove, pairs) for (add, remove), pairs in groups.items()]


def _group(add: Iterable[str], remove: Iterable[str], pairs: Iterable[tuple[UUID, UUID]]) -> Group:
    some = list(pairs)
    return {
        "add": list(add),
        "remove": list(remove),
        "members": [str(one) for one, _ in some],
        "events": [str(event) for _, event in some],
    }


def _happened(outcomes: Iterable[Outcome]) -> list[tuple[UUID, UUID]]:
    return [
        (one.member_id, one.event_id)
        for one in outcomes
        if one.status != "rejected" and one.member_id is not None and one.event_id is not None
    ]


def _refused(outcomes: Iterable[Outcome]) -> int:
    return sum(one.status == "rejected" for one in outcomes)
