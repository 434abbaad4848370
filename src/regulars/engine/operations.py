"""Commands on value: spend, hold, reverse, adjust, … Each is an event of its own kind, named by the caller's key.

A command that can't be done is refused and leaves nothing; the same key again answers with the first result, the
same key with another content is a conflict. Units are in the asset's smallest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.engine.contracts import Outcome
from regulars.engine.doors import incoming
from regulars.engine.preview import preview
from regulars.engine.service import submit
from regulars.kit import clock
from regulars.language.events import Identity

OrderRef = tuple[str, str]
"""(source, order id)"""


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for what, under which name. `source` and `key` name the command for ever; `by` is the operator or key
    that asks, `approved_by` the second person where one was needed. With `preview` nothing is done: the outcome tells
    what would be. `named`: the member by an identity of theirs, instead of by the id; the engine finds them on its way.
    """

    member_id: UUID
    source: str
    key: str
    by: str = ""
    reason: str = ""
    approved_by: str = ""
    preview: bool = False
    named: Identity | None = None


NOBODY = UUID(int=0)
"""The id in a request that names the member by an identity."""


def credit(
    request: Request,
    asset: str,
    units: int,
    *,
    expires_at: datetime | None = None,
    order: OrderRef | None = None,
) -> Outcome:
    """Units for the member. `expires_at` instead of the asset's own rule. `order`: what they are for; its refund takes
    them back in proportion, also one that came before."""
    data: dict[str, Any] = {"asset": asset, "units": units, **_order(order)}
    if expires_at is not None:
        data["expires_at"] = expires_at.isoformat()
    return command("asset.credited", request, data)


def spend(request: Request, asset: str, units: int, *, order: OrderRef | None = None) -> Outcome:
    """Use units of an asset, or of a wallet. `order`: what they are spent on; its refund brings them back."""
    return command("asset.spent", request, {"asset": asset, "units": units, **_order(order)})


def hold(
    request: Request,
    asset: str,
    units: int,
    until: datetime | None = None,
    *,
    minutes: int | None = None,
    order: OrderRef | None = None,
) -> Outcome:
    """Set units aside, of an asset or a wallet, until they are captured, released, or it is `until`, or `minutes`
    from now. The latter can be asked for again under the same key."""
    data = {"asset": asset, "units": units, **_order(order)}
    if until is not None:
        data["until"] = until.isoformat()
    if minutes is not None:
        data["minutes"] = minutes
    return command("asset.held", request, data)


def capture(request: Request, hold_id: UUID, units: int | None = None) -> Outcome:
    """Use held units, all or so many. What is left stays held."""
    return command("hold.captured", request, {"operation": str(hold_id), **_units(units)})


def release(request: Request, hold_id: UUID, units: int | None = None) -> Outcome:
    """Give held units back, all or so many."""
    return command("hold.released", request, {"operation": str(hold_id), **_units(units)})


def reverse(request: Request, operation_id: UUID, units: int | None = None) -> Outcome:
    """Undo what the event `operation_id` credited or took, wholly or by so many units, as often as something is
    left of it. What it credited and was spent meanwhile follows the asset's clawback."""
    return command("asset.reversed", request, {"operation": str(operation_id), **_units(units)})


def correct(request: Request, operation_id: UUID, units: int) -> Outcome:
    """Put right how much the event `operation_id` credited or took: as if it had been `units` from the start."""
    return command("asset.corrected", request, {"operation": str(operation_id), "units": units})


def adjust(request: Request, asset: str, units: int) -> Outcome:
    """Add units (> 0) or take them (< 0), down to zero and no further."""
    return command("asset.adjusted", request, {"asset": asset, "units": units})


def end(request: Request, asset: str, units: int | None = None) -> Outcome:
    """Let units expire before their time, the earliest to expire first: all that is free, or so many."""
    return command("asset.ended", request, {"asset": asset, **_units(units)})


def convert(request: Request, conversion: str, units: int) -> Outcome:
    """Turn `units` of a conversion's source into its target."""
    return command("asset.converted", request, {"conversion": conversion, "units": units})


def gift(request: Request, asset: str, units: int, to: UUID) -> Outcome:
    """Give units to another member."""
    return command("asset.gifted", request, {"asset": asset, "units": units, "to": str(to)})


def revoke(request: Request, gift_id: UUID, to: UUID) -> Outcome:
    """Take a gift back from `to`, within the asset's time for that."""
    return command("gift.revoked", request, {"operation": str(gift_id), "to": str(to)})


def _order(order: OrderRef | None) -> dict[str, Any]:
    return {} if order is None else {"order_source": order[0], "order_id": order[1]}


def _units(units: int | None) -> dict[str, int]:
    return {} if units is None else {"units": units}


def command(type_id: str, request: Request, data: Mapping[str, Any]) -> Outcome:
    said = {"by": request.by, "reason": request.reason, "approved_by": request.approved_by}
    whole = {**data, **{name: text for name, text in said.items() if text}}
    names = (request.named,) if request.named else ()
    member_id = None if request.named else request.member_id
    one = incoming(request.source, request.key, type_id, names, None, whole, False, member_id, clock.now())
    return preview(one) if request.preview else submit([one])[0]
