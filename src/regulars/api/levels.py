"""Levels decided by hand, over the API."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from regulars.api import value_examples as examples
from regulars.api import value_schemas as schemas
from regulars.api.auth import key
from regulars.api.command_bodies import LevelIn, LevelOutIn
from regulars.api.commands import COMMANDS, run
from regulars.api.members import REFERENCE
from regulars.api.reading import parameters
from regulars.api.value import Preview

router = Router(tags=["members"])


@router.post(
    "/members/{path:ref}/levels",
    response={200: schemas.OperationOut},
    auth=key(COMMANDS["levels"].scope),
    summary="Decide on a member's level",
    operation_id="placeLevel",
    description="Until a day, with a reason: at least this level (what is earned above it counts), or exactly it. When"
    f" it ends, what is earned decides. {REFERENCE}",
    openapi_extra=examples.of("levels"),
)
@parameters("preview")
def place(request: HttpRequest, ref: str, body: LevelIn, preview: Preview) -> HttpResponse:
    return run(request, "levels", ref, body, preview=preview)


@router.post(
    "/members/{path:ref}/levels/release",
    response={200: schemas.OperationOut},
    auth=key(COMMANDS["levels/release"].scope),
    summary="Take back what was decided on a level",
    operation_id="releaseLevel",
    description=f"What is earned decides from now. 422 `nothing_placed`. {REFERENCE}",
    openapi_extra=examples.of("levels/release"),
)
@parameters("preview")
def release(request: HttpRequest, ref: str, body: LevelOutIn, preview: Preview) -> HttpResponse:
    return run(request, "levels/release", ref, body, preview=preview)
