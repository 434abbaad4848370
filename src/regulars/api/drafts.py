"""Drafts of the programme over the API, by their names: a pipeline keeps one beside its branch."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from regulars.api import texts
from regulars.api.auth import holder_of, key
from regulars.api.problems import ApiProblem, language_of
from regulars.api.publishing import FAULTS_MOST, FaultOut, Source
from regulars.api.reading import parameters
from regulars.api.schemas import Strict
from regulars.language.text import say
from regulars.programme import drafts, publications
from regulars.programme.drafts import DraftRow
from regulars.programme.service import current_number, digest_of
from regulars.staff.contracts import Scope

router = Router(tags=["programme"])


class DraftIn(Strict):
    """A draft's whole text."""

    source: Source


class DraftOut(Schema):
    """A draft as it is kept. `digest` is the SHA-256 of its text, and the ETag; a faulty one is kept, too."""

    id: UUID
    name: str
    revision: int
    digest: str
    valid: bool
    faults: list[FaultOut]
    source: Annotated[str, Field(description="Byte for byte as it was sent.")]


@router.get(
    "/programme/drafts/{name}",
    response=DraftOut,
    auth=key(Scope.PROGRAMME_READ),
    summary="Read a draft",
    operation_id="getProgrammeDraft",
)
@parameters()
def read(request: HttpRequest, response: HttpResponse, name: str) -> Any:
    """The draft of that name; of several the one saved last."""
    return _told(request, response, drafts.named(name))


@router.put(
    "/programme/drafts/{name}",
    response=DraftOut,
    auth=key(Scope.PROGRAMME_WRITE),
    summary="Write a draft",
    operation_id="putProgrammeDraft",
)
@parameters()
def write(request: HttpRequest, response: HttpResponse, name: str, body: DraftIn) -> Any:
    """Make the draft, or write over it. Over one that is there `If-Match` must name what you read, by its ETag (412
    `draft_changed` where somebody saved meanwhile), or be `*`; `If-None-Match: *` makes a new one only. The same text
    again changes nothing."""
    by = publications.key(holder_of(request)).name
    known = drafts.find(name)
    matches, only_new = request.headers.get("If-Match"), request.headers.get("If-None-Match") == "*"
    if known is None:
        if matches is not None:
            raise ApiProblem(412, "draft_changed", texts.DRAFT_GONE, field="If-Match")
        made = drafts.create(name, body.source, by, current_number() or None)
        return _told(request, response, made)
    if known.source == body.source and not only_new:
        return _told(request, response, known)
    if only_new or matches is None:
        code = 412 if only_new else 428
        raise ApiProblem(code, "draft_exists", texts.DRAFT_EXISTS, field="If-Match")
    if matches != "*" and matches != _tag(known):
        raise ApiProblem(412, "draft_changed", texts.DRAFT_CHANGED, field="If-Match")
    return _told(request, response, drafts.save(known.id, known.revision, by, body.source))


def _tag(row: DraftRow) -> str:
    return f'"{digest_of(row.source)}"'


def _told(request: HttpRequest, response: HttpResponse, row: DraftRow) -> DraftOut:
    language, checked = language_of(request), drafts.check(row.source)
    response.headers["ETag"] = _tag(row)
    return DraftOut(
        id=row.id,
        name=row.name,
        revision=row.revision,
        digest=digest_of(row.source),
        valid=checked.programme is not None,
        faults=[
            FaultOut(
                line=each.line,
                place=".".join(map(str, each.problem.place)),
                message=say(each.problem.text, language),
            )
            for each in checked.faults[:FAULTS_MOST]
        ],
        source=row.source,
    )
