"""Benefits over the API: what is told, and what commands are told."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from regulars.api.command_bodies import Body, Reason, SomeReason

BenefitId = Annotated[str, Field(min_length=1, max_length=30, examples=["birthday_cake"])]
Place = Annotated[str, Field(max_length=100)]


class BenefitOut(Schema):
    """One benefit as the member has it, or could have it."""

    benefit: str = Field(description="Its id in the programme.")
    name: str
    description: str
    kind: str
    family: Literal["service", "function", "vanity", "economic", "partner", "access"]
    mode: Literal["lasting", "single", "value"] = Field(
        description="`lasting`: in force while the member has it; `single`: used up; `value`: credited when claimed."
    )
    stage: Literal["claimable", "claimed", "active", "spent", "locked"] = Field(
        description="`active`: in force without a claim; `spent`: had as often as it can be had for now;"
        " `locked`: `level` would bring it."
    )
    says: str = Field(description="What it comes to, in a few words.")
    terms: dict[str, Any] = Field(
        description="The kind's own settings, for a till to apply; money as decimal text."
    )
    entitlement_id: UUID | None = Field(description="Null where the member is entitled by standing alone.")
    code: str | None = Field(description="What the member shows, where it is verified in store.")
    claim_by: datetime | None = Field(description="From this moment it can't be claimed any more.")
    use_by: datetime | None = Field(description="From this moment it can't be used any more.")
    left: int | None = Field(
        description="How often it can still be had in this turn of its quota; null: no bound."
    )
    uses_left: int | None = Field(description="How many pieces of what was claimed are left; null: no bound.")
    out_of_stock: bool
    level: dict[str, str] | None = Field(description="Of a locked one: the ladder and level that bring it.")


class MemberBenefitsOut(Schema):
    items: list[BenefitOut]


class ClaimIn(Body):
    """Either `benefits` or `entitlement_id`."""

    benefits: list[BenefitId] = Field([], max_length=20, description="These, all or none.")
    entitlement_id: UUID | None = None


class UseIn(Body):
    """Either `benefit` or `entitlement_id`."""

    benefit: BenefitId | None = None
    entitlement_id: UUID | None = None
    store: Place = ""
    terminal: Place = ""
    order_id: Place = ""


class VerifyIn(Body):
    code: Annotated[str, Field(min_length=1, max_length=60, examples=["7KQ2-M9XW-3HTB"])]
    store: Place = ""
    terminal: Place = ""
    order_id: Place = ""


class UndoUseIn(Body):
    operation_id: UUID = Field(description="The use that is undone.")
    reason: SomeReason = ""


class GiveIn(Body):
    benefit: BenefitId
    reason: Reason


class TakeBackIn(Body):
    entitlement_id: UUID
    reason: Reason


class ReceiptOut(Schema):
    """What was used, when and where."""

    operation_id: UUID | None = Field(
        description="Names the use for ever; undoing it asks for it. Null in a preview."
    )
    status: Literal["processed", "duplicate", "preview"]
    member_id: UUID
    member_name: str
    benefit: str
    name: str
    says: str
    at: datetime
    store: str
    terminal: str
    uses_left: int | None
