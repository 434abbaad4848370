"""Value over the API: spend, hold, reverse, adjust, … Each is done once under its Idempotency-Key."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from regulars.api import value_examples as examples
from regulars.api import value_schemas as schemas
from regulars.api import value_shapes as shapes
from regulars.api.auth import key
from regulars.api.commands import COMMANDS
from regulars.api.endpoints import Endpoint, add
from regulars.api.members import REFERENCE, Cursor, Limit, member_id
from regulars.api.reading import parameters
from regulars.api.schemas import Listed
from regulars.ledger import draws
from regulars.programme.service import current
from regulars.staff.contracts import Scope

router = Router(tags=["value"])


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


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "credits",
        "Credit units",
        "creditUnits",
        "Gives units by hand of another system: an apology, a gift, what a partner owes. With `order_id` a refund of"
        " that order takes them back.",
    ),
    Endpoint(
        "spends",
        "Spend units",
        "spendUnits",
        "Uses units of an asset, or of a wallet in its order. 409 `insufficient` where there are not as many. With"
        " `order_id` a refund of that order brings them back, to the very lots they came from.",
    ),
    Endpoint(
        "holds",
        "Hold units",
        "holdUnits",
        "Sets units aside, of an asset or a wallet, until they are captured, released, or time is up (`minutes` or"
        " `until`, a day where neither is said): then they go back by themselves.",
    ),
    Endpoint(
        "holds/capture",
        "Capture a hold",
        "captureHold",
        "Uses what is held, all or so much; what is left stays held. 409 `too_much`, `nothing_held`.",
        on="operation_id",
    ),
    Endpoint(
        "holds/release",
        "Release a hold",
        "releaseHold",
        "Gives what is held back, all or so much, with the end that it had. 409 `too_much`, `nothing_held`.",
        on="operation_id",
    ),
    Endpoint(
        "reversals",
        "Reverse an operation",
        "reverseOperation",
        "Undoes what an operation or an event credited or took, wholly or in part, as often as something is left of"
        " it. Credited units that were spent meanwhile follow the asset's clawback.",
    ),
    Endpoint(
        "corrections",
        "Correct an operation",
        "correctOperation",
        "Puts right how much an operation credited or took, as if it had been `amount` from the start: a new entry,"
        " nothing is edited. Above the asset's limit for adjustments it waits for a second person (202).",
        waits=True,
    ),
    Endpoint(
        "adjustments",
        "Adjust a balance",
        "adjustBalance",
        "Adds units or takes them, down to zero and no further. Above the asset's limit, counting what the same person"
        " did to this member today, it waits for a second person (202): ask again under the same key, or read the"
        " approval, to see what became of it.",
        waits=True,
    ),
    Endpoint(
        "expirations",
        "Let units expire now",
        "expireUnits",
        "Ends units before their time, the earliest to end first: all that is free, or so much.",
    ),
    Endpoint(
        "conversions",
        "Convert between assets",
        "convertUnits",
        "Turns units of a conversion's source into its target, at the programme's rate; only whole multiples.",
    ),
    Endpoint(
        "gifts",
        "Give to another member",
        "giveUnits",
        "Units go to another member with the ends that they have, within the asset's limits; for a while they can be"
        " taken back, and until then they are pending there.",
    ),
    Endpoint(
        "gifts/revoke",
        "Take a gift back",
        "revokeGift",
        "Within the asset's time for that. 409 `gift_settled` afterwards.",
        on="operation_id",
    ),
    Endpoint(
        "merges",
        "Merge another record into this member",
        "mergeMembers",
        "Two records of one person become one. `ref` stays, `member` goes: their identities, value, orders, messages"
        " and what counted for levels become this member's, and their id means this member from then on. It can be"
        " undone. 409 `already_merged`.",
        tags=("members",),
    ),
    Endpoint(
        "merges/undo",
        "Undo a merge",
        "undoMerge",
        "What the record `member_id` brought goes back to it as it now stands; what has happened since the merge stays"
        " with `ref`. Of a chain of merges the latest is undone first. 409 `not_merged`, `already_merged`.",
        on="member_id",
        tags=("members",),
    ),
)
add(router, ENDPOINTS, COMMANDS, examples.of)
