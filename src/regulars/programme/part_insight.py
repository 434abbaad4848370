"""The shape of a programme's `insight`: how members are classified and what an order is worth to the house."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, PlainValidator

from regulars.programme.amounts import money
from regulars.programme.part import Id, Part

Spend = Annotated[Decimal, PlainValidator(money)]
Length = Annotated[int, Field(ge=1, le=3_650, strict=True)]
Count = Annotated[int, Field(ge=1, le=100_000, strict=True)]
Percent = Annotated[Decimal, Field(gt=0, le=100, max_digits=7, decimal_places=4)]
YearlyPercent = Annotated[Decimal, Field(ge=0, le=100, max_digits=7, decimal_places=4)]


class RfmScoresPart(Part):
    """The four bounds between five scores, each list rising."""

    recency_days: Annotated[list[Length], Field(min_length=4, max_length=4)]
    orders: Annotated[list[Count], Field(min_length=4, max_length=4)]
    spend: Annotated[list[Spend], Field(min_length=4, max_length=4)]


class RfmPart(Part):
    window_days: Length = 365
    scores: Literal["quantile"] | RfmScoresPart = "quantile"


class LifecyclePart(Part):
    """Days since the last order at which a member is no longer active, is sleeping, is lost."""

    new_days: Length = 30
    active_days: Length = 60
    sleeping_days: Length = 120
    lost_days: Length = 240
    loyal_orders: Count = 6


class LayersPart(Part):
    """At most one of the two."""

    high_value_share: Percent | None = None
    high_value_spend: Spend | None = None


class ValuePart(Part):
    horizon_days: Length = 365
    discount: YearlyPercent = Decimal(10)


class PointsValuePart(Part):
    """What one whole unit sells for alone, and which share of units is never used (left out: estimated)."""

    price: Spend
    breakage: Annotated[Decimal, Field(ge=0, lt=100, max_digits=7, decimal_places=4)] | None = None


class InsightPart(Part):
    margin: Percent | None = None
    rfm: RfmPart = RfmPart()
    lifecycle: LifecyclePart = LifecyclePart()
    layers: LayersPart = LayersPart()
    value: ValuePart = ValuePart()
    points_value: dict[Id, PointsValuePart] = Field(default_factory=dict, max_length=20)
