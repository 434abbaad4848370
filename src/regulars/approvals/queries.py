"""Reading requests for approval."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from regulars.approvals.contracts import NoSuchRequest, RequestRow, State, change_of
from regulars.approvals.models import ChangeRequest
from regulars.kit import paging

_LIST = "approvals"


def waiting_count() -> int:
    """How many wait for a second person, those included that were approved and not carried out."""
    return ChangeRequest.objects.filter(_open()).count()


def waiting(limit: int = paging.LIMIT_MAX) -> list[RequestRow]:
    """What waits for a second person, the oldest first; for the inbox."""
    found = ChangeRequest.objects.filter(_open()).order_by("asked_at", "id")
    return [to_row(each) for each in found[:limit]]


def requests(
    state: State | None = None,
    member_id: UUID | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> paging.Page[RequestRow]:
    """Requests, the latest first; in one state, of one member, or all."""
    size = paging.bounded(limit)
    found = ChangeRequest.objects.order_by("-asked_at", "-id")
    if state is not None:
        found = found.filter(state=state.value)
    if member_id is not None:
        found = found.filter(member_id=member_id)
    if cursor:
        at, last = paging.decode(_LIST, cursor, datetime.fromisoformat, UUID)
        found = found.filter(Q(asked_at__lt=at) | Q(asked_at=at, id__lt=last))
    rows = [to_row(each) for each in found[: size + 1]]
    return paging.page(_LIST, rows, size, lambda row: (row.asked_at, row.id))


def get(request_id: UUID) -> RequestRow:
    """One request. Raises NoSuchRequest."""
    found = ChangeRequest.objects.filter(pk=request_id).first()
    if found is None:
        raise NoSuchRequest
    return to_row(found)


def to_row(found: ChangeRequest) -> RequestRow:
    """The request as others see it."""
    return RequestRow(
        found.id,
        State(found.state),
        change_of(found.kind, found.member_id, found.reason, found.payload),
        found.measures,
        found.source,
        found.key,
        found.asked_by,
        found.person,
        found.asked_at,
        found.decided_by,
        found.decided_at,
        found.note,
        found.operation_id,
    )


def _open() -> Q:
    return Q(state=ChangeRequest.State.WAITING) | Q(
        state=ChangeRequest.State.APPROVED, operation_id__isnull=True
    )
