"""Members over the API: read under any identity, created and changed by events."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from regulars.api import schemas, shapes, texts
from regulars.api.auth import key
from regulars.api.problems import ApiProblem, language_of
from regulars.api.reading import idempotency_key, parameters, region
from regulars.api.sending import send_one, source_of
from regulars.audiences import queries as audiences
from regulars.engine.queries import timeline
from regulars.events import queries as events
from regulars.insight.members import MemberFilter, Sort, View, list_members
from regulars.kit import clock
from regulars.kit.paging import LIMIT_MAX
from regulars.language.calendar import local_day, start_of
from regulars.ledger import queries as ledger
from regulars.members import queries as members
from regulars.members.contracts import BadIdentity, MemberProfile, MemberUnknown
from regulars.members.logic import normalise_identity
from regulars.members.scores import SCORES
from regulars.messaging import queries as messages
from regulars.orders import queries as orders
from regulars.programme.contracts import Programme
from regulars.programme.service import current, version
from regulars.staff.contracts import Scope
from regulars.tiers import queries as tiers

router = Router(tags=["members"])

Cursor = Annotated[str | None, Query(None, description="The `next` of the page before.", max_length=1000)]
Limit = Annotated[int, Query(50, ge=1, le=LIMIT_MAX, description="Items on a page.")]

REFERENCE = (
    "`ref` is the member's id, or any identity as `kind:value`, URL-encoded: `phone:%2B8613800000000`,"
    " `email:li.na@example.cn`, `wechat:oAbC…`."
)


class MemberQuery(Schema):
    """Filters of the list of members. Days are whole days in the programme's time zone, both included."""

    search: str = Field(
        "", max_length=100, description="An identity, a piece of a name, or digits of a phone."
    )
    level: str = Field("", max_length=200, description="Levels, separated by commas: any of them.")
    tag: str = Field("", max_length=500, description="Tags, separated by commas: all of them.")
    has: str = Field("", max_length=200, description="Kinds of identity, separated by commas: all of them.")
    source: str = Field("", max_length=60)
    status: str = Field("", max_length=10)
    score: str = Field(
        "",
        max_length=500,
        description="Words of scores, separated by commas, such as `lifecycle:at_risk,lifecycle:sleeping,rfm:loyal`:"
        " of each score any of its words, all of the scores.",
    )
    joined_from: date | None = None
    joined_to: date | None = None
    ordered_from: date | None = Field(None, description="The last order is not before this day.")
    ordered_to: date | None = Field(None, description="The last order is not after this day.")
    ladder: str = Field("", max_length=30, description="Whose levels to show; else the programme's first.")
    asset: str = Field("", max_length=30, description="Whose balance to show; else the first to be spent.")
    sort: Literal["joined", "name", "spend", "last_order", "balance"] = "joined"
    order: Literal["asc", "desc"] = "desc"
    cursor: str | None = Field(None, max_length=1000, description="The `next` of the page before.")
    limit: int = Field(50, ge=1, le=LIMIT_MAX)


@router.get(
    "/members",
    response=schemas.Listed[schemas.MemberLineOut],
    auth=key(Scope.MEMBERS_READ),
    summary="List members",
    operation_id="listMembers",
)
@parameters(*MemberQuery.model_fields)
def list_all(request: HttpRequest, asked: Query[MemberQuery]) -> Any:  # noqa: ARG001
    """Filtered and sorted. Members without the sorted value (no order yet, no balance) come last."""
    programme = current()
    chosen = MemberFilter(
        search=asked.search,
        levels=_words(asked.level),
        tags=_words(asked.tag),
        has=_words(asked.has),
        source=asked.source.replace("\0", ""),
        scores=_scores(asked.score),
        status=asked.status.replace("\0", ""),
        joined_from=_start(asked.joined_from, programme),
        joined_before=_start(asked.joined_to, programme, days=1),
        ordered_from=_start(asked.ordered_from, programme),
        ordered_before=_start(asked.ordered_to, programme, days=1),
    )
    view = View(
        asked.ladder.replace("\0", ""), asked.asset.replace("\0", ""), Sort(asked.sort), asked.order == "desc"
    )
    page = list_members(programme, chosen, view, asked.cursor, asked.limit)
    return {"items": [shapes.member_line(line, programme) for line in page.items], "next": page.next}


@router.post(
    "/members",
    response={201: schemas.ChangedOut},
    auth=key(Scope.MEMBERS_WRITE),
    summary="Create a member",
    operation_id="createMember",
)
@parameters()
def create(request: HttpRequest, body: schemas.MemberIn) -> Any:
    """Becomes a `member.joined` event, so joining gifts and welcome messages follow at once.

    `Idempotency-Key` names the event: the same key and body again answers with the first result; the same
    key with another body is refused (409). Refused as well (409): an identity that a member has already.
    """
    identities = _identities(body.identities)
    named = idempotency_key(request)
    if named is None or events.by_name(source_of(request), named) is None:
        for kind, value in identities.items():
            known = members.find(f"{kind}:{value}", region())
            if known is not None:
                raise ApiProblem(
                    409, "member_exists", texts.MEMBER_EXISTS, field=f"identities.{kind}",
                    extra={"member_id": str(known.id)}, member=known.id,
                )  # fmt: skip
    data = body.model_dump(mode="json", exclude_none=True, exclude={"identities"})
    data = {name: value for name, value in data.items() if value not in ("", None)}
    result = send_one(request, "member.joined", identities, data, named)
    return Status(201, _changed(result))


@router.get(
    "/members/{path:ref}/balances",
    response=list[schemas.BalanceOut],
    auth=key(Scope.LEDGER_READ),
    summary="Balances of a member",
    description=f"What the member holds of every asset, and what expires next. {REFERENCE}",
    operation_id="getBalances",
)
@parameters()
def balances(request: HttpRequest, ref: str) -> Any:
    programme, who = current(), member_id(ref)
    return [
        shapes.balance(row, programme, language_of(request), ledger.next_expiry(who, row.asset))
        for row in ledger.balances(who)
    ]


@router.get(
    "/members/{path:ref}/lots",
    response=schemas.Listed[schemas.LotOut],
    auth=key(Scope.LEDGER_READ),
    summary="Open lots of a member",
    description=f"Units not used up, the earliest to expire first. {REFERENCE}",
    operation_id="listLots",
)
@parameters("asset", "cursor", "limit")
def lots(
    request: HttpRequest,  # noqa: ARG001
    ref: str,
    asset: Annotated[str, Query("", max_length=30)],
    cursor: Cursor,
    limit: Limit,
) -> Any:
    return _listed(ledger.lots(member_id(ref), asset.replace("\0", ""), cursor, limit))


@router.get(
    "/members/{path:ref}/entries",
    response=schemas.Listed[schemas.EntryOut],
    auth=key(Scope.LEDGER_READ),
    summary="Entries of a member",
    description=f"Every movement, latest first, with the balance after it. {REFERENCE}",
    operation_id="listEntries",
)
@parameters("asset", "cursor", "limit")
def entries(
    request: HttpRequest,  # noqa: ARG001
    ref: str,
    asset: Annotated[str, Query("", max_length=30)],
    cursor: Cursor,
    limit: Limit,
) -> Any:
    return _listed(ledger.entries(member_id(ref), asset.replace("\0", ""), cursor, limit))


@router.get(
    "/members/{path:ref}/tiers",
    response=list[schemas.TierOut],
    auth=key(Scope.MEMBERS_READ),
    summary="Tier and progress of a member",
    description=f"The level on every ladder, what is missing to the next, what keeps this one. {REFERENCE}",
    operation_id="getTiers",
)
@parameters()
def tier(request: HttpRequest, ref: str) -> Any:
    programme, who = current(), member_id(ref)
    today = local_day(clock.now(), programme.zone)
    joined = local_day(members.names([who])[who].joined_at, programme.zone)
    found = tiers.progress(who, programme.ladders.values(), today, joined)
    return [shapes.tier(each, programme, language_of(request)) for each in found]


@router.get(
    "/members/{path:ref}/orders",
    response=schemas.Listed[schemas.OrderOut],
    auth=key(Scope.MEMBERS_READ),
    summary="Orders of a member",
    description=f"Latest first. {REFERENCE}",
    operation_id="listOrders",
)
@parameters("cursor", "limit")
def order_list(request: HttpRequest, ref: str, cursor: Cursor, limit: Limit) -> Any:  # noqa: ARG001
    digits = current().minor_digits
    page = orders.of_member(member_id(ref), cursor, limit)
    return {"items": [shapes.order(each, digits) for each in page.items], "next": page.next}


@router.get(
    "/members/{path:ref}/messages",
    response=schemas.Listed[schemas.MessageOut],
    auth=key(Scope.MESSAGES_READ),
    summary="Messages to a member",
    description=f"Everything told to the member, latest first, in their language, with each channel. {REFERENCE}",
    operation_id="listMessages",
)
@parameters("cursor", "limit")
def message_list(request: HttpRequest, ref: str, cursor: Cursor, limit: Limit) -> Any:  # noqa: ARG001
    return _listed(messages.of_member(member_id(ref), version, cursor, limit))


@router.get(
    "/members/{path:ref}/timeline",
    response=schemas.Listed[schemas.MomentOut],
    auth=key(Scope.MEMBERS_READ),
    summary="Timeline of a member",
    description=f"Every event of the member with what came of it, latest first. {REFERENCE}",
    operation_id="listTimeline",
)
@parameters("type", "cursor", "limit")
def life(
    request: HttpRequest,  # noqa: ARG001
    ref: str,
    type: Annotated[str, Query("", max_length=500, description="Event types, separated by commas.")],  # noqa: A002
    cursor: Cursor,
    limit: Limit,
) -> Any:
    digits = current().minor_digits
    page = timeline(member_id(ref), cursor, limit, _words(type))
    return {"items": [shapes.moment(each, digits) for each in page.items], "next": page.next}


@router.get(
    "/members/{path:ref}",
    response=schemas.MemberWholeOut,
    auth=key(Scope.MEMBERS_READ),
    summary="Read a member",
    description="The profile with every identity, and the records merged into it. The id of a merged record answers"
    f" with the member whom it belongs to. {REFERENCE}",
    operation_id="getMember",
)
@parameters()
def read(request: HttpRequest, ref: str) -> Any:  # noqa: ARG001
    who = member_id(ref)
    return shapes.whole_member(_profile(who), members.merges_into(who), audiences.of_member(who))


@router.patch(
    "/members/{path:ref}",
    response=schemas.ChangedOut,
    auth=key(Scope.MEMBERS_WRITE),
    summary="Change a member",
    description="Becomes a `member.updated` event: only the fields named change, attributes are merged."
    f" `Idempotency-Key` names the event. {REFERENCE}",
    operation_id="updateMember",
)
@parameters()
def update(request: HttpRequest, ref: str, body: schemas.MemberPatch) -> Any:
    who = member_id(ref)
    data = body.model_dump(mode="json", exclude_none=True)
    if not data:
        raise ApiProblem(422, "no_change", texts.NO_CHANGE)
    result = send_one(request, "member.updated", {"id": str(who)}, data, idempotency_key(request))
    return _changed(result)


def member_id(reference: str) -> UUID:
    """The member's id. Refuses what can't be an identity and what names nobody."""
    try:
        return members.get(reference, region()).id
    except BadIdentity as refused:
        raise ApiProblem(422, refused.code, refused.detail, field="ref") from None


def _profile(member_id: UUID) -> MemberProfile:
    found = members.profile(member_id)
    if found is None:
        raise MemberUnknown(str(member_id))
    return found


def _changed(result: dict[str, Any]) -> dict[str, Any]:
    found = _profile(UUID(str(result["member_id"])))
    return {"member": shapes.member(found), "event": result}


def _identities(given: dict[str, str]) -> dict[str, str]:
    """Each in its one spelling. Refuses none at all, and what can't be one, with its place."""
    if not given:
        raise ApiProblem(422, "no_identity", texts.NO_IDENTITY, field="identities")
    found: dict[str, str] = {}
    for kind, value in given.items():
        try:
            found.update([normalise_identity(kind, value, region())])
        except BadIdentity as refused:
            raise ApiProblem(422, refused.code, refused.detail, field=f"identities.{kind}") from None
    return found


def _listed(page: Any) -> dict[str, Any]:
    return {"items": list(page.items), "next": page.next}


def _words(listed: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in listed.replace("\0", "").split(",") if word.strip())


def _scores(listed: str) -> tuple[tuple[str, str], ...]:
    """Words of scores as the filter takes them. Refuses a score or a word that there is not."""
    pairs = [(one.partition(":")[0], one.partition(":")[2]) for one in _words(listed)]
    for name, word in pairs:
        score = SCORES.get(name)
        known = [str(one.value) for one in score.choices] if score is not None and score.is_word else []
        if word not in known:
            there = known or [each.name for each in SCORES.values() if each.choices]
            raise ApiProblem(
                422,
                "invalid",
                texts.SCORE_UNKNOWN,
                field="score",
                value=f"{name}:{word}",
                known=", ".join(there),
            )
    return tuple(pairs)


def _start(day: date | None, programme: Programme, days: int = 0) -> datetime | None:
    """The first moment of `day`, or of a later day; days that no clock reaches are refused."""
    if day is None:
        return None
    if not 1970 <= day.year <= 2200:
        raise ApiProblem(422, "day_far_off", texts.DAY_FAR_OFF)
    return start_of(day + timedelta(days=days), programme.zone)
