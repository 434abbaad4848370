"""What the commands on value are told: bodies of the endpoints below a member."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.functional_validators import AfterValidator
from pydantic_core import PydanticCustomError

from regulars.api.amounts import Amount, AmountFromZero, SignedAmount

HOLD_MINUTES_MOST = 366 * 24 * 60


def _near(moment: datetime) -> datetime:
    """Moments that clocks reach, in UTC."""
    if not 1970 <= moment.year <= 2200:
        raise PydanticCustomError("time_far_off", "must lie between 1970 and 2200")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_near)]
Asset = Annotated[str, Field(min_length=1, max_length=30, examples=["points"])]
AssetOrWallet = Annotated[
    str, Field(min_length=1, max_length=30, description="An asset, or a wallet.", examples=["points"])
]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    Field(description="Why; it stays with the movement.", examples=["Apology for the late delivery"]),
]  # fmt: skip
SomeReason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
OrderId = Annotated[str, Field(min_length=1, max_length=100, examples=["1001"])]
OrderSource = Annotated[
    str, Field(min_length=1, max_length=60, description="The system the order comes from; else this key's.")
]


class Body(BaseModel):
    """Fields that are not known are refused."""

    model_config = ConfigDict(extra="forbid", str_max_length=2000)


class LevelIn(Body):
    ladder: Annotated[str, Field(min_length=1, max_length=30, examples=["level"])]
    level: Annotated[str, Field(min_length=1, max_length=30, examples=["gold"])]
    until: date = Field(description="The last day on which this holds.")
    hold: Literal["least", "exact"] = Field(
        "least", description="At least this level, or exactly this one, whatever is earned."
    )
    reason: Reason


class TagsIn(Body):
    """At least one tag."""

    add: list[str] = Field(
        [], max_length=20, description="Tags to put on. Of an exclusive group the last stays."
    )
    remove: list[str] = Field([], max_length=20, description="Tags to take off.")
    reason: SomeReason = ""


class LevelOutIn(Body):
    ladder: Annotated[str, Field(min_length=1, max_length=30, examples=["level"])]
    reason: Reason


class CreditIn(Body):
    asset: Asset
    amount: Amount
    reason: Reason
    expires_at: Moment | None = Field(None, description="Instead of the asset's own rule.")
    order_id: OrderId | None = Field(
        None, description="A refund of this order takes them back, in proportion."
    )
    order_source: OrderSource | None = None


class SpendIn(Body):
    asset: AssetOrWallet
    amount: Amount
    order_id: OrderId | None = Field(None, description="A refund of this order brings the units back.")
    order_source: OrderSource | None = None
    reason: SomeReason = ""


class HoldIn(SpendIn):
    minutes: int | None = Field(
        None,
        ge=1,
        le=HOLD_MINUTES_MOST,
        strict=True,
        description="How long at most; a day where nothing is said.",
    )
    until: Moment | None = Field(None, description="Until when at most, instead of `minutes`.")


class PartIn(Body):
    """What is done with a hold."""

    amount: Amount | None = Field(
        default=None, description="So much of it; all that is held where it is left out."
    )
    reason: SomeReason = ""


class ReversalIn(Body):
    operation_id: UUID = Field(description="The operation, or the event, that is undone.")
    amount: Amount | None = Field(None, description="So much of it; all that is left where it is left out.")
    reason: Reason


class CorrectionIn(Body):
    operation_id: UUID = Field(description="The operation, or the event, that is put right.")
    amount: AmountFromZero = Field(description="What it should have been from the start.")
    reason: Reason


class AdjustmentIn(Body):
    asset: Asset
    amount: SignedAmount
    reason: Reason


class ExpirationIn(Body):
    asset: Asset
    amount: Amount | None = Field(
        None, description="So much, the earliest to end first; else all that is free."
    )
    reason: Reason


class ConversionIn(Body):
    conversion: str = Field(min_length=1, max_length=30, description="One of the programme's conversions.")
    amount: Amount = Field(description="Of the conversion's source.")
    reason: SomeReason = ""


Receiver = Annotated[
    dict[
        Annotated[str, Field(pattern=r"^[a-z_]{2,20}$")],
        Annotated[str, Field(min_length=1, max_length=254)],
    ],
    Field(
        min_length=1, max_length=20, description="The other member: identities, or `id`.",
        examples=[{"phone": "+8613800000001"}],
    ),
]  # fmt: skip


class GiftIn(Body):
    asset: Asset
    amount: Amount
    to: Receiver
    reason: SomeReason = ""


class RevokeIn(Body):
    reason: SomeReason = ""


Other = Annotated[
    str | dict[
        Annotated[str, Field(pattern=r"^[a-z_]{2,20}$")],
        Annotated[str, Field(min_length=1, max_length=254)],
    ],
    Field(
        min_length=1, max_length=300,
        description="The record that goes: an id, an identity as `kind:value`, or identities, or `{\"id\": …}`.",
        examples=["019a0f3c-5b00-7a31-9c5e-3f1f0a5b7c05"],
    ),
]  # fmt: skip


class MergeIn(Body):
    member: Other
    reason: Reason


class UndoIn(Body):
    """What is said when a merge is undone."""

    reason: SomeReason = ""


def faults(error: Any) -> list[dict[str, Any]]:
    """A validation's errors as those of a request whose body it was."""
    return [
        {**each, "loc": ("body", "body", *each["loc"])}
        for each in error.errors(include_url=False, include_input=False)
    ]
