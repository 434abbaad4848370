"""Value over the API: spend, hold, reverse, adjust, … Each is done once under its Idempotency-Key."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from regulars.api import command_bodies as bodies
from regulars.api import value_examples as examples
from regulars.api import value_schemas as schemas
from regulars.api import value_shapes as shapes
from regulars.api.auth import key
from regulars.api.commands import COMMANDS, run
from regulars.api.members import REFERENCE, Cursor, Limit, member_id
from regulars.api.reading import parameters
from regulars.api.schemas import Listed
from regulars.ledger import draws
from regulars.programme.service import current
from regulars.staff.contracts import Scope

router = Router(tags=["value"])

Preview = Annotated[
    bool,
    Query(False, description="Tell what would happen, and do nothing. Then no Idempotency-Key is needed."),
]
NO_PART, NO_REVOKE, NO_UNDO = bodies.PartIn(), bodies.RevokeIn(), bodies.UndoIn()


def _told(name: str, summary: str, operation: str, description: str, waits: bool = False) -> dict[str, Any]:
    """What every command's address has in common. `waits`: it may wait for a second person."""
    answers: dict[int, Any] = {200: schemas.OperationOut}
    if waits:
        answers[202] = schemas.WaitingOut
    return {
        "response": answers,
        "auth": key(COMMANDS[name].scope),
        "summary": summary,
        "operation_id": operation,
        "description": f"{description} {REFERENCE}",
        "openapi_extra": examples.of(name),
    }


@router.post(
    "/members/{path:ref}/credits",
    **_told(
        "credits", "Credit units", "creditUnits",
        "Gives units by hand of another system: an apology, a gift, what a partner owes. With `order_id` a refund of"
        " that order takes them back.",
    ),
)  # fmt: skip
@parameters("preview")
def credit(request: HttpRequest, ref: str, body: bodies.CreditIn, preview: Preview) -> HttpResponse:
    return run(request, "credits", ref, body, preview=preview)


@router.post(
    "/members/{path:ref}/spends",
    **_told(
        "spends", "Spend units", "spendUnits",
        "Uses units of an asset, or of a wallet in its order. 409 `insufficient` where there are not as many. With"
        " `order_id` a refund of that order brings them back, to the very lots they came from.",
    ),
)  # fmt: skip
@parameters("preview")
def spend(request: HttpRequest, ref: str, body: bodies.SpendIn, preview: Preview) -> HttpResponse:
    return run(request, "spends", ref, body, preview=preview)


@router.get(
    "/members/{path:ref}/holds",
    response=Listed[schemas.HoldOut],
    auth=key(Scope.LEDGER_READ),
    summary="Open holds of a member",
    description=f"What is set aside and neither captured nor released, the latest first. {REFERENCE}",
    operation_id="listHolds",
)
@parameters("cursor", "limit")
def holds(request: HttpRequest, ref: str, cursor: Cursor, limit: Limit) -> Any:  # noqa: ARG001
    programme = current()
    page = draws.holds(member_id(ref), cursor, limit)
    return {"items": [shapes.hold(each, programme) for each in page.items], "next": page.next}


@router.post(
    "/members/{path:ref}/holds",
    **_told(
        "holds", "Hold units", "holdUnits",
        "Sets units aside, of an asset or a wallet, until they are captured, released, or time is up (`minutes` or"
        " `until`, a day where neither is said): then they go back by themselves.",
    ),
)  # fmt: skip
@parameters("preview")
def hold(request: HttpRequest, ref: str, body: bodies.HoldIn, preview: Preview) -> HttpResponse:
    return run(request, "holds", ref, body, preview=preview)


@router.post(
    "/members/{path:ref}/holds/{operation_id}/capture",
    **_told(
        "holds/capture", "Capture a hold", "captureHold",
        "Uses what is held, all or so much; what is left stays held. 409 `too_much`, `nothing_held`.",
    ),
)  # fmt: skip
@parameters("preview")
def capture(
    request: HttpRequest, ref: str, operation_id: UUID, preview: Preview, body: bodies.PartIn = NO_PART
) -> HttpResponse:
    return run(request, "holds/capture", ref, body, operation_id, preview)


@router.post(
    "/members/{path:ref}/holds/{operation_id}/release",
    **_told(
        "holds/release", "Release a hold", "releaseHold",
        "Gives what is held back, all or so much, with the end that it had. 409 `too_much`, `nothing_held`.",
    ),
)  # fmt: skip
@parameters("preview")
def release(
    request: HttpRequest, ref: str, operation_id: UUID, preview: Preview, body: bodies.PartIn = NO_PART
) -> HttpResponse:
    return run(request, "holds/release", ref, body, operation_id, preview)


@router.post(
    "/members/{path:ref}/reversals",
    **_told(
        "reversals", "Reverse an operation", "reverseOperation",
        "Undoes what an operation or an event credited or took, wholly or in part, as often as something is left of"
        " it. Credited units that were spent meanwhile follow the asset's clawback.",
    ),
)  # fmt: skip
@parameters("preview")
def reverse(request: HttpRequest, ref: str, body: bodies.ReversalIn, preview: Preview) -> HttpResponse:
    return run(request, "reversals", ref, body, preview=preview)


@router.post(
    "/members/{path:ref}/corrections",
    **_told(
        "corrections", "Correct an operation", "correctOperation",
        "Puts right how much an operation credited or took, as if it had been `amount` from the start: a new entry,"
        " nothing is edited. Above the asset's limit for adjustments it waits for a second person (202).",
        waits=True,
    ),
)  # fmt: skip
@parameters("preview")
def correct(request: HttpRequest, ref: str, body: bodies.CorrectionIn, preview: Preview) -> HttpResponse:
    return run(request, "corrections", ref, body, preview=preview)


@router.post(
    "/members/{path:ref}/adjustments",
    **_told(
        "adjustments", "Adjust a balance", "adjustBalance",
        "Adds units or takes them, down to zero and no further. Above the asset's limit, counting what the same person"
        " did to this member today, it waits for a second person (202): ask again under the same key, or read the"
        " approval, to see what became of it.",
        waits=True,
    ),
)  # fmt: skip
@parameters("preview")
def adjust(request: HttpRequest, ref: str, body: bodies.AdjustmentIn, preview: Preview) -> HttpResponse:
    return run(request, "adjustments", ref, body, preview=preview)


@router.post(
    "/members/{path:ref}/expirations",
    **_told(
        "expirations", "Let units expire now", "expireUnits",
        "Ends units before their time, the earliest to end first: all that is free, or so much.",
    ),
)  # fmt: skip
@parameters("preview")
def expire(request: HttpRequest, ref: str, body: bodies.ExpirationIn, preview: Preview) -> HttpResponse:
    return run(request, "expirations", ref, body, preview=preview)


@router.post(
    "/members/{path:ref}/conversions",
    **_told(
        "conversions", "Convert between assets", "convertUnits",
        "Turns units of a conversion's source into its target, at the programme's rate; only whole multiples.",
    ),
)  # fmt: skip
@parameters("preview")
def convert(request: HttpRequest, ref: str, body: bodies.ConversionIn, preview: Preview) -> HttpResponse:
    return run(request, "conversions", ref, body, preview=preview)


@router.post(
    "/members/{path:ref}/gifts",
    **_told(
        "gifts", "Give to another member", "giveUnits",
        "Units go to another member with the ends that they have, within the asset's limits; for a while they can be"
        " taken back, and until then they are pending there.",
    ),
)  # fmt: skip
@parameters("preview")
def give(request: HttpRequest, ref: str, body: bodies.GiftIn, preview: Preview) -> HttpResponse:
    return run(request, "gifts", ref, body, preview=preview)


@router.post(
    "/members/{path:ref}/gifts/{operation_id}/revoke",
    **_told(
        "gifts/revoke", "Take a gift back", "revokeGift",
        "Within the asset's time for that. 409 `gift_settled` afterwards.",
    ),
)  # fmt: skip
@parameters("preview")
def revoke(
    request: HttpRequest, ref: str, operation_id: UUID, preview: Preview, body: bodies.RevokeIn = NO_REVOKE
) -> HttpResponse:
    return run(request, "gifts/revoke", ref, body, operation_id, preview)


@router.post(
    "/members/{path:ref}/merges",
    tags=["members"],
    **_told(
        "merges", "Merge another record into this member", "mergeMembers",
        "Two records of one person become one. `ref` stays, `member` goes: their identities, value, orders, messages"
        " and what counted for levels become this member's, and their id means this member from then on. It can be"
        " undone. 409 `already_merged`.",
    ),
)  # fmt: skip
@parameters("preview")
def merge(request: HttpRequest, ref: str, body: bodies.MergeIn, preview: Preview) -> HttpResponse:
    return run(request, "merges", ref, body, preview=preview)


@router.post(
    "/members/{path:ref}/merges/{member_id}/undo",
    tags=["members"],
    **_told(
        "merges/undo", "Undo a merge", "undoMerge",
        "What the record `member_id` brought goes back to it as it now stands; what has happened since the merge stays"
        " with `ref`. Of a chain of merges the latest is undone first. 409 `not_merged`, `already_merged`.",
    ),
)  # fmt: skip
@parameters("preview")
def undo_merge(
    request: HttpRequest, ref: str, member_id: UUID, preview: Preview, body: bodies.UndoIn = NO_UNDO
) -> HttpResponse:
    return run(request, "merges/undo", ref, body, member_id, preview)
