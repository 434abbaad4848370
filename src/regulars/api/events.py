"""Events over the API: the door they come in by, the log, and why each did what it did."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from regulars.api import schemas, shapes
from regulars.api.auth import key
from regulars.api.examples import POST_EVENTS
from regulars.api.guard import EVENTS_BODY_MAX, read_body
from regulars.api.problems import language_of
from regulars.api.reading import named_by_header, parameters, region
from regulars.api.sending import send
from regulars.engine.queries import explain
from regulars.events import queries as events
from regulars.events.queries import LogFilter
from regulars.kit.paging import LIMIT_MAX
from regulars.members.queries import get as get_member
from regulars.programme.service import version
from regulars.staff.contracts import Scope

router = Router(tags=["events"])


@router.post(
    "/events",
    auth=key(Scope.EVENTS_WRITE),
    summary="Tell what happened",
    operation_id="sendEvents",
    openapi_extra=POST_EVENTS,
)
@parameters()
def receive_events(request: HttpRequest) -> HttpResponse:
    """One event, or `{"events": [...]}` with up to 1,000. The answer comes when everything that follows from
    them is settled and stored: points, growth, level, and the reason.

    Each event of a batch is taken or rejected by itself. A single event that is rejected answers with a
    problem that names the field: 404 for an unknown member, 409 where something else was there before, 422 for
    anything else.
    """
    return send(request, named_by_header(request, read_body(request, EVENTS_BODY_MAX)))


@router.get(
    "/events",
    response=schemas.LogOut,
    auth=key(Scope.EVENTS_READ),
    summary="Read the log",
    operation_id="listEvents",
)
@parameters("type", "source", "member", "since", "cursor", "limit")
def log(
    request: HttpRequest,  # noqa: ARG001
    type: Annotated[str, Query("", max_length=60)],  # noqa: A002
    source: Annotated[str, Query("", max_length=60)],
    member: Annotated[str, Query("", max_length=300, description="An id, or an identity as `kind:value`.")],
    since: Annotated[
        str | None,
        Query(None, max_length=4000, description="The `newest` of an earlier answer: only what came after."),
    ],
    cursor: Annotated[str | None, Query(None, max_length=1000, description="The `next` of the page before.")],
    limit: Annotated[int, Query(50, ge=1, le=LIMIT_MAX)],
) -> Any:
    """Newest received first. To follow the log, ask with `since`: the `newest` of the first page, then of each
    answer. Then the oldest comes first and every event comes once, a few seconds after it was received; an answer
    that holds `limit` events has more behind it: ask again at once.
    """
    chosen = LogFilter(type, source, get_member(member, region()).id if member else None)
    if since:
        news = events.since(since, chosen, limit)
        return {"items": list(news.items), "next": None, "newest": news.newest}
    page = events.log(chosen, cursor, limit)
    return {"items": list(page.items), "next": page.next, "newest": page.newest}


@router.get(
    "/events/{source}/{path:key}/explain",
    response=schemas.ExplanationOut,
    auth=key(Scope.EVENTS_READ),
    summary="Explain an event",
    operation_id="explainEvent",
)
@parameters()
def why(request: HttpRequest, source: str, key: str) -> Any:
    """Which rules were asked, which held and which did not, with the values they saw, in your language."""
    event = events.get(source, key)
    return shapes.explanation(explain(event, language_of(request)), version(event.version))


@router.get(
    "/events/{source}/{path:key}",
    response=schemas.EventOut,
    auth=key(Scope.EVENTS_READ),
    summary="Read an event",
    operation_id="getEvent",
)
@parameters()
def read(request: HttpRequest, source: str, key: str) -> Any:  # noqa: ARG001
    """The event under the name that its sender gave it, with its effects."""
    event = events.get(source, key)
    return shapes.event(event, version(event.version))
