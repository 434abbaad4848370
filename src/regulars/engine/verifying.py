"""Verifying in the store: a code in, one piece used, a receipt out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from regulars.benefits import queries
from regulars.engine import benefits
from regulars.engine.benefits import Where
from regulars.engine.contracts import Outcome, Rejected
from regulars.engine.operations import Request
from regulars.events import queries as events
from regulars.kit import clock
from regulars.language.problems import words

SAID_ALIKE = frozenset(
    {
        "already_used",
        "already_claimed",
        "not_claimed",
        "taken_back",
        "too_late",
        "not_entitled",
        "entitlement_unknown",
        "benefit_unknown",
        "unknown_member",
    }
)
"""Refusals that would tell a stranger something about a code."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and under which name: as in `Request`, before it is known whose code it is."""

    source: str
    key: str
    by: str = ""
    preview: bool = False

    def request(self, member_id: UUID) -> Request:
        """The request for this member."""
        return Request(member_id, self.source, self.key, self.by, preview=self.preview)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was used, when and where. `operation_id` names the use for ever; None in a preview. `status`: processed,
    duplicate (the same request again: the first receipt) or preview. `uses_left` as it is now."""

    operation_id: UUID | None
    status: str
    member_id: UUID
    entitlement_id: UUID | None
    benefit: str
    at: datetime
    store: str
    terminal: str
    by: str
    uses_left: int | None


def not_valid() -> Rejected:
    """What is said of every code that can't be used, whatever the reason."""
    return Rejected(
        "code_not_valid",
        "code",
        words("券码无效", "券碼無效", "is not a code that can be used"),
    )


def verify(asker: Asker, code: str, where: Where) -> Receipt:
    """Use one piece of what the code stands for. Raises Rejected: `code_not_valid` for every code that can't be used,
    known or not."""
    place = queries.place_of(code)
    if place is None:
        raise not_valid()
    outcome = benefits.use_entitlement(asker.request(place.member_id), place.entitlement_id, where)
    if outcome.error is not None:
        raise not_valid() if outcome.error.code in SAID_ALIKE else outcome.error
    return receipt(outcome, place.entitlement_id, where)


def receipt(outcome: Outcome, entitlement_id: UUID | None, where: Where) -> Receipt:
    """The receipt of a use: told from the event, so that the same request again has the same one."""
    assert outcome.member_id is not None
    step = next((one for one in outcome.effects if one["kind"] == "benefit"), {})
    found = UUID(step["entitlement"]) if "entitlement" in step else entitlement_id
    row = queries.one(outcome.member_id, found) if found is not None else None
    event = None
    if outcome.status != "preview" and outcome.event_id is not None:
        event = events.by_id(outcome.member_id, outcome.event_id)
    data = event.data if event is not None else {"store": where.store, "terminal": where.terminal}
    return Receipt(
        event.id if event is not None else None,
        outcome.status,
        outcome.member_id,
        row.id if row is not None else None,
        str(step.get("benefit", row.benefit if row else "")),
        event.time if event is not None else clock.now(),
        data.get("store", ""),
        data.get("terminal", ""),
        data.get("by", ""),
        row.uses_left if row is not None else None,
    )
