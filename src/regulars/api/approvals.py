"""Changes that wait for a second person, over the API: to be read. Deciding is for people, in the console."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from regulars.api import value_schemas as schemas
from regulars.api.auth import key
from regulars.api.members import Cursor, Limit, member_id
from regulars.api.reading import parameters
from regulars.api.schemas import Listed
from regulars.api.value_shapes import approval
from regulars.approvals import queries
from regulars.approvals.contracts import State
from regulars.staff.contracts import Scope

router = Router(tags=["value"])


@router.get(
    "/approvals",
    response=Listed[schemas.ApprovalOut],
    auth=key(Scope.LEDGER_READ),
    summary="List changes by hand",
    operation_id="listApprovals",
)
@parameters("state", "member", "cursor", "limit")
def listed(
    request: HttpRequest,  # noqa: ARG001
    cursor: Cursor,
    limit: Limit,
    state: Annotated[
        Literal["", "done", "waiting", "approved", "rejected", "withdrawn"],
        Query("", description="`done`: within the limit, at once."),
    ],
    member: Annotated[str, Query("", max_length=300, description="An id, or an identity as `kind:value`.")],
) -> Any:
    """Changes of assets with a limit for adjustments, the latest first. They are decided in the console, by somebody
    else than who asked."""
    page = queries.requests(
        State(state) if state else None, member_id(member) if member else None, cursor, limit
    )
    return {"items": [approval(each) for each in page.items], "next": page.next}


@router.get(
    "/approvals/{request_id}",
    response=schemas.ApprovalOut,
    auth=key(Scope.LEDGER_READ),
    summary="Read a change by hand",
    operation_id="getApproval",
)
@parameters()
def read(request: HttpRequest, request_id: UUID) -> Any:  # noqa: ARG001
    """Where it stands, who decided, and which operation it became."""
    return approval(queries.get(request_id))
