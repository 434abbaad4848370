"""What commands about paid plans are told, and what is answered about plans."""

from datetime import date
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from regulars.api.command_bodies import Body, SomeReason

PlanId = Annotated[str, Field(min_length=1, max_length=30, examples=["vip"])]


class PlanIn(Body):
    plan: PlanId
    reason: SomeReason = ""


class ApplicationIn(Body):
    plan: PlanId
    evidence: dict[Annotated[str, Field(max_length=30)], str | int | float] = Field(
        default_factory=dict, description="By id, as the plan asks for it.", max_length=20
    )


class QuoteIn(Body):
    plan: PlanId
    period: str = Field(min_length=1, max_length=30, examples=["year"])


class PlanPeriodOut(Schema):
    id: str
    name: str
    months: int
    price: str


class EvidenceOut(Schema):
    id: str
    name: str
    kind: str
    required: bool


class EntryOut(Schema):
    """Who may have the plan."""

    condition: dict[str, Any] | None = Field(description="As the programme writes it.")
    sentence: str
    hint: str
    evidence: list[EvidenceOut]
    approval: bool = Field(description="Whether an operator decides.")


class PlanOut(Schema):
    id: str
    name: str
    perks: str
    family: str = Field(description="Of one family a member has one plan at a time.")
    rank: int
    periods: list[PlanPeriodOut]
    trial_days: int
    grace_days: int
    refund: str
    entry: EntryOut | None


class MemberPlanOut(Schema):
    """`status`: applied, approved, refused, scheduled, trial, active, cancelled (runs to its end), lapsed."""

    plan: str
    name: str
    status: str
    period: str
    since: date | None
    until: date | None = Field(description="The last day that is paid, or of the trial.")
    last_day: date | None = Field(description="The last day on which it runs, days of grace included.")
    auto_renew: bool
    trial_used: bool
    application: str
