"""Audiences over the API: made, changed, counted, explained; who is in them, read and exported."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router, Status

from regulars.api import audience_schemas as schemas
from regulars.api import texts
from regulars.api.auth import holder_of, key
from regulars.api.members import Cursor, Limit, member_id
from regulars.api.problems import ApiProblem, language_of
from regulars.api.reading import idempotency_key, parameters
from regulars.api.schemas import Listed
from regulars.api.sending import source_of
from regulars.audiences import queries
from regulars.audiences.contracts import Audience, AudienceExists, BadAudience, Kind, Wish
from regulars.engine import audiences as work
from regulars.engine.contracts import BY_KEY
from regulars.insight import audiences as insight
from regulars.kit import clock
from regulars.kit.sheets import Column, csv_stream, xlsx_file
from regulars.language.calendar import local_day
from regulars.language.text import say
from regulars.members.contracts import MemberUnknown
from regulars.programme.service import current
from regulars.staff.contracts import Scope
from regulars.staff.service import audit

router = Router(tags=["audiences"])

OVERLAP_MOST = 20
GROWTH_DAYS_MOST = 3660
XLSX_MOST = 100_000
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Channel = Annotated[
    str, Query("", max_length=20, description="Only members who allow `category` on this channel.")
]
Category = Annotated[str, Query("marketing", max_length=20, description="`marketing` or `service`.")]


@router.get(
    "/audiences",
    response=list[schemas.AudienceOut],
    auth=key(Scope.AUDIENCES_READ),
    summary="List audiences",
    operation_id="listAudiences",
)
@parameters("archived")
def listed(request: HttpRequest, archived: Annotated[bool, Query(False)]) -> Any:
    """Those that are live, or (`archived`) those that no longer are; the latest changed first."""
    return [_shown(one, language_of(request)) for one in queries.every(archived)]


@router.post(
    "/audiences",
    response={201: schemas.AudienceOut},
    auth=key(Scope.AUDIENCES_WRITE),
    summary="Make an audience",
    operation_id="createAudience",
)
@parameters()
def create(request: HttpRequest, body: schemas.AudienceIn) -> Any:
    """Who is in is settled in the background within seconds (`state`); from then on it follows every event. Sent again
    with the same body it changes nothing and answers with the audience; with another body the id is taken (409)."""
    wish = Wish(_texts(body.names), Kind(body.kind), body.condition, body.note)
    try:
        found = work.create(body.id, wish, "api", _by(request))
    except AudienceExists:
        found = queries.get(body.id)
        same = (found.names, found.kind, found.note) == (wish.names, wish.kind, wish.note.strip())
        if not same or found.condition != (work.read(wish.condition).to_raw() if wish.condition else None):
            raise
    return Status(201, _shown(found, language_of(request)))


@router.post(
    "/audiences/count",
    response=schemas.CountOut,
    auth=key(Scope.AUDIENCES_READ),
    summary="Count a condition",
    operation_id="countCondition",
)
@parameters()
def count(request: HttpRequest, body: schemas.CountIn) -> Any:
    """How many would be in, and some of them, before anything is saved; within a second. Nothing is written."""
    language = language_of(request)
    found = work.count(body.condition, body.exact)
    return schemas.CountOut(
        members=found.members,
        of=found.of,
        share=round(found.share, 6),
        exact=found.exact,
        buckets=found.buckets,
        sample=list(found.sample),
        sentence=work.said(body.condition, language),
        cautions=[say(each, language) for each in work.cautions(found)],
        seconds=round(found.seconds, 3),
    )


@router.get(
    "/audiences/overlap",
    response=list[schemas.OverlapOut],
    auth=key(Scope.AUDIENCES_READ),
    summary="How audiences overlap",
    operation_id="getOverlaps",
)
@parameters("ids")
def overlap(
    request: HttpRequest,  # noqa: ARG001
    ids: Annotated[
        str, Query(max_length=1000, description=f"2 to {OVERLAP_MOST} audiences, separated by commas.")
    ],
) -> Any:
    """Each pair: how many are in either, and in both."""
    named = list(dict.fromkeys(part.strip() for part in ids.replace("\0", "").split(",") if part.strip()))
    if not 2 <= len(named) <= OVERLAP_MOST:
        raise ApiProblem(422, "invalid", texts.OVERLAP_IDS, field="ids", most=OVERLAP_MOST)
    for one in named:
        queries.get(one)
    return [
        schemas.OverlapOut(
            one=one.one, other=one.other, members_one=one.members_one, members_other=one.members_other,
            both=one.both, share=round(one.share, 6),
        )
        for one in queries.overlaps(named)
    ]  # fmt: skip


@router.get(
    "/audiences/{audience}",
    response=schemas.AudienceOut,
    auth=key(Scope.AUDIENCES_READ),
    summary="Read an audience",
    operation_id="getAudience",
)
@parameters()
def read(request: HttpRequest, audience: str) -> Any:
    """What it asks, in words too, and how many are in."""
    return _shown(queries.get(audience), language_of(request))


@router.patch(
    "/audiences/{audience}",
    response=schemas.AudienceOut,
    auth=key(Scope.AUDIENCES_WRITE),
    summary="Change an audience",
    operation_id="changeAudience",
)
@parameters()
def change(request: HttpRequest, audience: str, body: schemas.AudiencePatch) -> Any:
    """Only what is named changes. A new condition is filled in the background, without events for those who enter or
    leave by it."""
    found = queries.get(audience)
    wish = Wish(
        _texts(body.names) if body.names is not None else found.names,
        found.kind,
        body.condition if body.condition is not None else found.condition,
        found.note if body.note is None else body.note,
    )
    return _shown(work.change(audience, body.revision, wish, _by(request)), language_of(request))


@router.post(
    "/audiences/{audience}/archive",
    response=schemas.AudienceOut,
    auth=key(Scope.AUDIENCES_WRITE),
    summary="Archive an audience",
    operation_id="archiveAudience",
)
@parameters()
def archive(request: HttpRequest, audience: str) -> Any:
    """Nobody is in it any more; its history stays. Refused while something asks for it (409)."""
    return _shown(work.archive(audience, _by(request)), language_of(request))


@router.post(
    "/audiences/{audience}/restore",
    response=schemas.AudienceOut,
    auth=key(Scope.AUDIENCES_WRITE),
    summary="Restore an audience",
    operation_id="restoreAudience",
)
@parameters()
def restore(request: HttpRequest, audience: str) -> Any:
    """One by rule is filled anew, a list begins empty."""
    return _shown(work.restore(audience, _by(request)), language_of(request))


@router.delete(
    "/audiences/{audience}",
    response={204: None},
    auth=key(Scope.AUDIENCES_WRITE),
    summary="Delete an audience",
    operation_id="deleteAudience",
)
@parameters()
def delete(request: HttpRequest, audience: str) -> Any:
    """With who was in it, and when. Refused while something asks for it (409)."""
    work.delete(audience, _by(request))
    return Status(204, None)


@router.get(
    "/audiences/{audience}/members",
    response=Listed[schemas.PersonOut],
    auth=key(Scope.AUDIENCES_READ),
    summary="Who is in an audience",
    operation_id="listAudienceMembers",
)
@parameters("cursor", "limit", "channel", "category")
def members(
    request: HttpRequest,  # noqa: ARG001
    audience: str,
    cursor: Cursor,
    limit: Limit,
    channel: Channel,
    category: Category,
) -> Any:
    """By id. With `channel`, those who don't allow the category on it are left out, so a page may be short."""
    queries.get(audience)
    page = insight.page(audience, insight.consent(channel, category), cursor, limit)
    return {
        "items": [
            schemas.PersonOut(member_id=one.member.id, name=one.member.name, since=one.since)
            for one in page.items
        ],
        "next": page.next,
    }


@router.get(
    "/audiences/{audience}/export",
    auth=key(Scope.AUDIENCES_READ),
    summary="Export an audience",
    operation_id="exportAudience",
    openapi_extra={"responses": {"200": {"description": "The file.", "content": {
        "text/csv": {"schema": {"type": "string"}}, XLSX_TYPE: {"schema": {"type": "string", "format": "binary"}},
    }}}},
)  # fmt: skip
@parameters("format", "channel", "category")
def export(
    request: HttpRequest,
    audience: str,
    channel: Channel,
    category: Category,
    format: Annotated[Literal["csv", "xlsx"], Query("csv")],  # noqa: A002
) -> HttpResponseBase:
    """Everybody who is in, as a file: id, name, contacts, since when. With `channel`, only those who allow the category
    on it; `X-Left-Out` says how many are not in the file because of that. A workbook has at most 100,000 rows."""
    queries.get(audience)
    asked = insight.consent(channel, category)
    reach = insight.reach(audience, asked) if asked else None
    rows = reach.willing if reach else queries.size(audience)
    if format == "xlsx" and rows > XLSX_MOST:
        raise ApiProblem(422, "too_long", texts.TOO_MANY_ROWS, field="format", most=f"{XLSX_MOST:,}")
    audit(_by(request), "audience.exported", audience, rows=rows, channel=channel)
    columns, people = _columns(), insight.people(audience, asked)
    name = f"{audience}-{local_day(clock.now(), current().zone).isoformat()}.{format}"
    response = _file(format, audience, columns, people)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Left-Out"] = str(reach.left_out if reach else 0)
    return response


@router.post(
    "/audiences/{audience}/members",
    response=schemas.ListingOut,
    auth=key(Scope.AUDIENCES_WRITE),
    summary="Put members on a list",
    operation_id="listMembersByHand",
)
@parameters()
def put(request: HttpRequest, audience: str, body: schemas.ListingIn) -> Any:
    """Or take them off. Each is an event of the member's, named by the `Idempotency-Key`. Refused (409) for audiences
    by rule."""
    queries.get(audience)
    found: list[UUID] = []
    unknown: list[str] = []
    for ref in body.members:
        try:
            found.append(member_id(ref))
        except MemberUnknown:
            unknown.append(ref)
    name = idempotency_key(request) or f"listing:{uuid4()}"
    done = work.put(audience, found, body.on, name, source_of(request), _by(request), body.reason)
    return schemas.ListingOut(done=done, unknown=unknown)


@router.get(
    "/audiences/{audience}/why",
    response=schemas.WhyOut,
    auth=key(Scope.AUDIENCES_READ),
    summary="Why is a member in, why not",
    operation_id="explainMembership",
)
@parameters("member")
def why(
    request: HttpRequest,
    audience: str,
    member: Annotated[str, Query(max_length=300, description="An id, or an identity as `kind:value`.")],
) -> Any:
    """The condition part by part with what was seen, and when the member was in."""
    found = work.why(audience, member_id(member), language_of(request))
    return schemas.WhyOut(
        audience=audience,
        member_id=found.member_id,
        inside=found.inside,
        holds=found.holds,
        at=found.at,
        sentence=found.sentence,
        parts=[schemas.LineOut.model_validate(line) for line in found.lines],
        stays=[schemas.PastStayOut(since=one.since, until=one.until, by=one.by) for one in found.stays],
    )


@router.get(
    "/audiences/{audience}/growth",
    response=list[schemas.DayOut],
    auth=key(Scope.AUDIENCES_READ),
    summary="An audience over time",
    operation_id="getAudienceGrowth",
)
@parameters("from", "to")
def growth(
    request: HttpRequest,  # noqa: ARG001
    audience: str,
    first: Annotated[date | None, Query(None, alias="from", description="Left out: 30 days before `to`.")],
    last: Annotated[date | None, Query(None, alias="to", description="Left out: today.")],
) -> Any:
    """Day by day in the programme's zone: how many entered, left, and were in at the end."""
    queries.get(audience)
    zone = current().zone
    end = last or local_day(clock.now(), zone)
    start = first or end - timedelta(days=29)
    if not 0 <= (end - start).days < GROWTH_DAYS_MOST or start.year < 1970 or end.year > 2200:
        raise ApiProblem(422, "bad_period", texts.BAD_PERIOD, field="from")
    return [
        schemas.DayOut(day=each.day, entered=each.entered, left=each.left, members=each.members)
        for each in queries.growth(audience, start, end, zone)
    ]


@router.get(
    "/audiences/{audience}/revisions",
    response=list[schemas.RevisionOut],
    auth=key(Scope.AUDIENCES_READ),
    summary="How an audience was changed",
    operation_id="listAudienceRevisions",
)
@parameters()
def revisions(request: HttpRequest, audience: str) -> Any:  # noqa: ARG001
    """The latest first; also of one that was deleted."""
    found = queries.revisions(audience)
    if not found:
        queries.get(audience)
    return [
        schemas.RevisionOut(
            number=each.number,
            names=dict(each.names),
            condition=each.condition,
            live=each.live,
            at=each.at,
            by=each.by,
        )
        for each in found
    ]


@router.get(
    "/audiences/{audience}/uses",
    response=list[schemas.UseOut],
    auth=key(Scope.AUDIENCES_READ),
    summary="What asks for an audience",
    operation_id="listAudienceUses",
)
@parameters()
def uses(request: HttpRequest, audience: str) -> Any:
    """Rules, levels, benefits and plans of the programme in force, drafts, other audiences."""
    language = language_of(request)
    return [
        schemas.UseOut(kind=each.kind, id=each.id, name=say(each.name, language) or each.id)
        for each in work.uses(audience)
    ]


def _by(request: HttpRequest) -> str:
    return f"{BY_KEY}{holder_of(request).name}"


def _texts(names: Mapping[Any, str]) -> dict[str, str]:
    return {str(code): name for code, name in names.items()}


def _shown(found: Audience, language: str) -> schemas.AudienceOut:
    try:
        told = work.said(found.condition, language) if found.condition is not None else ""
    except BadAudience:
        told = ""
    return schemas.AudienceOut(
        id=found.id,
        name=say(found.names, language) or found.id,
        names=dict(found.names),
        note=found.note,
        kind=found.kind.value,
        condition=found.condition,
        sentence=told,
        source=found.source,
        archived=found.archived,
        revision=found.revision,
        members=found.members,
        counted_at=found.counted_at,
        state=found.phase.value,
        percent=found.percent,
        look_at=found.look_at,
        created_at=found.created_at,
        created_by=found.created_by,
        updated_at=found.updated_at,
        updated_by=found.updated_by,
    )


def _columns() -> list[Column[insight.Person]]:
    def identity(kind: str) -> Column[insight.Person]:
        return Column(
            kind, lambda one: "; ".join(each.value for each in one.member.identities if each.kind == kind), 20
        )

    return [
        Column("member_id", lambda one: str(one.member.id), 38),
        Column("name", lambda one: one.member.name, 20),
        *(identity(kind) for kind in ("phone", "email", "card")),
        Column("since", lambda one: one.since, 18),
    ]


def _file(
    kind: str, name: str, columns: list[Column[insight.Person]], people: Iterator[insight.Person]
) -> HttpResponseBase:
    if kind == "xlsx":
        return FileResponse(xlsx_file(name, columns, people), content_type=XLSX_TYPE)
    return StreamingHttpResponse(csv_stream(columns, people), content_type="text/csv; charset=utf-8")
