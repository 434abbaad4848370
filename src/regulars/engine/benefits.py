"""Commands on benefits: give, claim, use, undo a use, take back. Each is an event of its own kind, named by the
caller's key, as those on value are (`operations`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from regulars.engine.contracts import Outcome
from regulars.engine.doors import incoming
from regulars.engine.operations import Request
from regulars.engine.preview import preview
from regulars.engine.service import submit
from regulars.kit import clock


@dataclass(frozen=True, slots=True)
class Where:
    """Where a benefit is used: what the receipt says. `order`: the purchase that it was used on."""

    store: str = ""
    terminal: str = ""
    order_id: str = ""


def give(request: Request, benefit: str) -> Outcome:
    """Grant it by hand, on top of any quota."""
    return _do("benefit.given", request, {"benefit": benefit})


def claim(request: Request, benefits: Sequence[str]) -> Outcome:
    """Claim these, all or none: what was granted first, else what the member's standing gives."""
    return _do("benefit.claimed", request, {"benefits": list(benefits)})


def claim_entitlement(request: Request, entitlement_id: UUID) -> Outcome:
    """Claim what was granted under this id."""
    return _do("benefit.claimed", request, {"entitlement": str(entitlement_id)})


def use(request: Request, benefit: str, where: Where = Where()) -> Outcome:
    """Use one piece: of what was claimed and ends first, else of what nobody has to claim."""
    return _do("benefit.used", request, {"benefit": benefit, **_place(where)})


def use_entitlement(request: Request, entitlement_id: UUID, where: Where = Where()) -> Outcome:
    """Use one piece of what was claimed under this id."""
    return _do("benefit.used", request, {"entitlement": str(entitlement_id), **_place(where)})


def restore(request: Request, use_id: UUID) -> Outcome:
    """Undo a use, the last one of its entitlement."""
    return _do("benefit.restored", request, {"operation": str(use_id)})


def take_back(request: Request, entitlement_id: UUID) -> Outcome:
    """Take it back by hand; what claiming it credited goes with it."""
    return _do("benefit.withdrawn", request, {"entitlement": str(entitlement_id)})


def _place(where: Where) -> dict[str, str]:
    said = {"store": where.store, "terminal": where.terminal, "order_id": where.order_id}
    return {name: text for name, text in said.items() if text}


def _do(type_id: str, request: Request, data: Mapping[str, Any]) -> Outcome:
    said = {"by": request.by, "reason": request.reason}
    whole = {**data, **{name: text for name, text in said.items() if text}}
    one = incoming(
        request.source, request.key, type_id, (), None, whole, False, request.member_id, clock.now()
    )
    return preview(one) if request.preview else submit([one])[0]
