"""Changes to many members at once over the API: asked for, watched, called off, taken back."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from regulars.api import bulk_schemas as schemas
from regulars.api import texts
from regulars.api.auth import holder_of, key
from regulars.api.members import member_id
from regulars.api.problems import ApiProblem
from regulars.api.reading import KEY_HEADER, idempotency_key, parameters
from regulars.api.sending import source_of
from regulars.audiences import queries as audiences
from regulars.engine.audiences import read, where
from regulars.engine.contracts import BY_KEY
from regulars.insight.bulk import queries, service
from regulars.insight.bulk.contracts import AT_ONCE, Deed, Job
from regulars.insight.bulk.tasks import do_now
from regulars.insight.members import MemberFilter, selection
from regulars.kit import clock
from regulars.language.sql_text import Sql
from regulars.members.contracts import MemberUnknown
from regulars.programme.service import current
from regulars.staff.contracts import Scope

router = Router(tags=["members"])

NOW_PORTIONS = -(-AT_ONCE // service.PORTION)
WAYS = ("members", "audience", "condition")
Preview = Annotated[
    bool,
    Query(False, description="Tell whom it would touch, and do nothing. Then no Idempotency-Key is needed."),
]
ABOUT = (
    "Whom it means is settled now; up to 1,000 who need it are changed before the answer, more by the workers: ask"
    " `GET /bulk/{id}`. Each member has an event of their own, which rules and audiences follow."
)


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is meant, as a query for their ids, and who of those named there are not."""

    sql: Sql
    unknown: tuple[str, ...] = ()


@router.post(
    "/bulk/tags",
    response={200: schemas.BulkLookOut, 202: schemas.BulkAskedOut},
    auth=key(Scope.MEMBERS_WRITE),
    summary="Tag many members",
    operation_id="tagManyMembers",
    description=f"Tags go on and off. {ABOUT}",
)
@parameters("preview")
def tags(request: HttpRequest, body: schemas.BulkTagsIn, preview: Preview) -> Any:
    if not body.add and not body.remove:
        raise ApiProblem(422, "no_tags", texts.NO_TAGS, field="add")
    return _ask(request, body, Deed(tuple(body.add), tuple(body.remove)), preview)


@router.post(
    "/bulk/lists",
    response={200: schemas.BulkLookOut, 202: schemas.BulkAskedOut},
    auth=key(Scope.AUDIENCES_WRITE),
    summary="Put many members on a list",
    operation_id="listManyMembers",
    description=f"Or take them off it. {ABOUT}",
)
@parameters("preview")
def lists(request: HttpRequest, body: schemas.BulkListIn, preview: Preview) -> Any:
    return _ask(request, body, Deed(audience=body.list, on=body.on), preview)


@router.get(
    "/bulk",
    response=list[schemas.BulkOut],
    auth=key(Scope.MEMBERS_READ),
    summary="List bulk changes",
    operation_id="listBulkChanges",
)
@parameters()
def listed(request: HttpRequest) -> Any:  # noqa: ARG001
    """The latest 50, those of the console too. They are kept for 90 days."""
    return [_shown(one) for one in queries.latest()]


@router.get(
    "/bulk/{job_id}",
    response=schemas.BulkOut,
    auth=key(Scope.MEMBERS_READ),
    summary="Read a bulk change",
    operation_id="getBulkChange",
)
@parameters()
def one(request: HttpRequest, job_id: UUID) -> Any:  # noqa: ARG001
    """How far it is, or what came of it."""
    return _shown(queries.get(job_id))


@router.post(
    "/bulk/{job_id}/cancel",
    response=schemas.BulkOut,
    auth=key(Scope.MEMBERS_WRITE),
    summary="Stop a bulk change",
    operation_id="cancelBulkChange",
)
@parameters()
def cancel(request: HttpRequest, job_id: UUID) -> Any:
    """It goes no further; what was done stays, and can be undone. One that is over stays as it is. A change to a list
    asks for `audiences:write` too."""
    _may(request, queries.get(job_id))
    service.cancel(job_id, _by(request))
    return _shown(queries.get(job_id))


@router.post(
    "/bulk/{job_id}/undo",
    response={202: schemas.BulkOut},
    auth=key(Scope.MEMBERS_WRITE),
    summary="Undo a bulk change",
    operation_id="undoBulkChange",
)
@parameters()
def undo(request: HttpRequest, job_id: UUID) -> Any:
    """Takes back what it did, and only that: who was changed again since is left as they are (`kept`). The answer is
    the undoing, the same one however often it is asked for. A change to a list asks for `audiences:write` too."""
    _may(request, queries.get(job_id))
    return Status(202, _shown(_begun(service.undo(job_id, _by(request)))))


def _ask(request: HttpRequest, body: schemas.WhomIn, deed: Deed, preview: bool) -> Any:
    name = idempotency_key(request)
    if name is None and not preview:
        raise ApiProblem(400, "no_idempotency_key", texts.KEY_NEEDED, field=KEY_HEADER)
    deed, whom = service.sound(deed), _whom(body)
    if name is None or preview:
        found = queries.measure(deed, whom.sql)
        return schemas.BulkLookOut(members=found.members, to_change=found.moving, unknown=list(whom.unknown))
    source = source_of(request)
    job_id = service.ask(
        deed,
        whom.sql,
        once=f"api:{_digest(source, name)}",
        by=_by(request),
        reason=body.reason,
        source=source,
        asked=_digest(json.dumps(body.model_dump(mode="json"), sort_keys=True)),
    )
    return Status(202, _shown(_begun(job_id)) | {"unknown": whom.unknown})


def _whom(body: schemas.WhomIn) -> Whom:
    """Refuses none and several ways of saying whom, an audience that there is not, and a condition that is none."""
    said = [way for way in WAYS if getattr(body, way) is not None]
    if len(said) != 1:
        raise ApiProblem(422, "whom", texts.WHOM, field=said[1] if said else WAYS[0])
    return READ[said[0]](body)


def _named(body: schemas.WhomIn) -> Whom:
    found, unknown = [], []
    for ref in dict.fromkeys(body.members or ()):
        try:
            found.append(member_id(ref))
        except MemberUnknown:
            unknown.append(ref)
    return Whom(Sql("SELECT unnest(%s::uuid[])", (found,)), tuple(unknown))


def _inside(body: schemas.WhomIn) -> Whom:
    audience = audiences.get(body.audience or "").id
    return Whom(selection(current(), MemberFilter(audiences=(audience,))))


def _fitting(body: schemas.WhomIn) -> Whom:
    holds = where(read(body.condition), current(), clock.now())
    return Whom(Sql(f"SELECT m.id FROM members_member m WHERE {holds.text}", holds.params))


READ: dict[str, Callable[[schemas.WhomIn], Whom]] = {
    "members": _named,
    "audience": _inside,
    "condition": _fitting,
}


def _begun(job_id: UUID) -> Job:
    """Small ones are over when the answer comes."""
    if queries.get(job_id).moving <= AT_ONCE:
        do_now(job_id, NOW_PORTIONS)
    return queries.get(job_id)


def _may(request: HttpRequest, job: Job) -> None:
    if job.deed.audience and not holder_of(request).may(Scope.AUDIENCES_WRITE):
        raise ApiProblem(403, "no_scope", texts.NO_SCOPE, scope=Scope.AUDIENCES_WRITE.value)


def _by(request: HttpRequest) -> str:
    return f"{BY_KEY}{holder_of(request).name}"


def _digest(*parts: str) -> str:
    return blake2b("\0".join(parts).encode(), digest_size=32).hexdigest()


def _shown(job: Job) -> dict[str, Any]:
    listing = bool(job.deed.audience)
    return {
        "id": job.id, "state": job.state, "add": list(job.deed.add), "remove": list(job.deed.remove),
        "list": job.deed.audience or None, "on": job.deed.on if listing else None, "reason": job.reason,
        "by": job.asked_by, "asked_at": job.asked_at, "ended_at": job.ended_at, "members": job.members,
        "to_change": job.moving, "done": job.done, "changed": job.changed, "refused": job.refused, "kept": job.kept,
        "percent": job.percent() if job.open else 100, "may_undo": job.may_undo, "undoes": job.undoes,
        "undone_by": job.undone_by,
    }  # fmt: skip
