"""The programme as a file over the API: read with its ETag, checked, published; for a brand's git and CI."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from regulars.api.auth import holder_of, key
from regulars.api.problems import language_of
from regulars.api.reading import parameters
from regulars.api.schemas import Strict
from regulars.kit.problems import FieldError, Problem
from regulars.language.text import say
from regulars.programme import diff, drafts, publications, publishing
from regulars.programme.held import find
from regulars.programme.loader import SIZE_LIMIT, InvalidProgramme
from regulars.programme.publishing import NOTE_MOST, Wish
from regulars.programme.queries import version_source
from regulars.programme.service import current, current_number, digest_of
from regulars.staff.contracts import Scope

router = Router(tags=["programme"])
FAULTS_MOST = 100

Source = Annotated[str, Field(min_length=1, max_length=SIZE_LIMIT, description="The YAML, byte for byte.")]


class SourceOut(Schema):
    """The text of the version in force. `digest` is its SHA-256, and the ETag."""

    version: int
    digest: str
    source: str


class CheckIn(Strict):
    """A text to be looked at."""

    source: Source


class FaultOut(Schema):
    """What is wrong, and where."""

    line: int
    place: str
    message: str


class ChangeOut(Schema):
    """One change against the version in force."""

    part: str
    kind: str
    id: str
    text: str


class HeldOut(Schema):
    """What members hold of what would go. `grave`: can't be published; else its `place` must be accepted."""

    place: str
    count: int
    grave: bool
    text: str


class CheckOut(Schema):
    """What a text is, and what publishing it would do."""

    valid: bool
    digest: str
    faults: list[FaultOut]
    changes: list[ChangeOut]
    held: list[HeldOut]


class PublishIn(Strict):
    """A text to be published."""

    source: Source
    note: Annotated[str, Field(max_length=NOTE_MOST)] = ""
    publish_at: datetime | None = Field(None, description="With an offset; left out: now.")
    follows: int | None = Field(
        None, ge=0, description="The version you compared with; 409 if another is in force."
    )
    accepted: list[Annotated[str, Field(max_length=200)]] = Field(default_factory=list, max_length=100)


class PublicationOut(Schema):
    """How a request to publish stands."""

    id: UUID
    state: str
    version: int | None
    publish_at: datetime | None
    note: str
    asked_by: str
    decided_by: str


class FaultyProgramme(Problem):
    """The text is no programme."""

    status = 422
    code = "invalid_programme"

    def __init__(self, error: InvalidProgramme) -> None:
        first = error.faults[0]
        super().__init__(
            {code: first.say(code) for code in ("zh-hans", "zh-hant", "en")},
            errors=tuple(
                FieldError(
                    "source",
                    "invalid_programme",
                    {code: each.say(code) for code in ("zh-hans", "zh-hant", "en")},
                )
                for each in error.faults[:FAULTS_MOST]
            ),
        )


@router.get(
    "/programme/source",
    response=SourceOut,
    auth=key(Scope.PROGRAMME_READ),
    summary="Read the programme's file",
    operation_id="getProgrammeSource",
)
@parameters()
def source(request: HttpRequest, response: HttpResponse) -> Any:  # noqa: ARG001
    """The YAML in force, byte for byte as it was published."""
    number = current().number
    text = version_source(number) or ""
    response.headers["ETag"] = f'"{digest_of(text)}"'
    return SourceOut(version=number, digest=digest_of(text), source=text)


@router.post(
    "/programme/check",
    response=CheckOut,
    auth=key(Scope.PROGRAMME_READ),
    summary="Check a programme",
    operation_id="checkProgramme",
)
@parameters()
def check(request: HttpRequest, body: CheckIn) -> Any:
    """What is wrong with a text, what it would change against the version in force, in your language, and what
    members hold of what would go. Nothing is written."""
    language, checked = language_of(request), drafts.check(body.source)
    before = current() if current_number() else None
    after = checked.programme
    compared = diff.compare(before, after, language) if before and after else ()
    held = find(before, after) if before and after else ()
    return CheckOut(
        valid=after is not None,
        digest=digest_of(body.source),
        faults=[
            FaultOut(
                line=each.line,
                place=".".join(map(str, each.problem.place)),
                message=say(each.problem.text, language),
            )
            for each in checked.faults[:FAULTS_MOST]
        ],
        changes=[
            ChangeOut(part=section.part, kind=each.kind.value, id=each.subject, text=each.text)
            for section in compared
            for each in section.changes
        ],
        held=[
            HeldOut(place=each.place, count=each.count, grave=each.grave, text=say(each.text, language))
            for each in held
        ],
    )


@router.post(
    "/programme/publications",
    response=PublicationOut,
    auth=key(Scope.PROGRAMME_WRITE),
    summary="Publish a programme",
    operation_id="publishProgramme",
)
@parameters()
def publish(request: HttpRequest, body: PublishIn) -> Any:
    """`published` with its version, `scheduled`, or `waiting` for a second person in the console. The text that is in
    force already is published already: its version, nothing new."""
    if body.publish_at is not None and body.publish_at.tzinfo is None:
        raise publishing.BadMoment
    wish = Wish(body.source, body.note, body.publish_at, body.follows, tuple(body.accepted))
    try:
        row = publishing.ask(publications.key(holder_of(request)), wish)
    except InvalidProgramme as error:
        raise FaultyProgramme(error) from None
    return PublicationOut(
        id=row.id,
        state=row.state.value,
        version=row.version,
        publish_at=row.publish_at,
        note=row.note,
        asked_by=row.asked_by,
        decided_by=row.decided_by,
    )
