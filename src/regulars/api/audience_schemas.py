"""What the API takes and answers about audiences."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from regulars.api.schemas import Strict
from regulars.audiences.service import ID_MOST, NAME_MOST, NOTE_MOST
from regulars.engine.audiences import LIST_MOST

CONDITION: dict[str, Any] = {
    "all": [
        {"field": "orders.spend", "window": {"days": 365}, "op": "gte", "value": 1000},
        {"field": "orders.days_since_last", "op": "gte", "value": 60},
    ]
}
NAMES = {"zh-hans": "沉睡的大客户", "zh-hant": "沉睡的大客戶", "en": "Big spenders asleep"}

Names = Annotated[
    dict[Literal["zh-hans", "zh-hant", "en"], Annotated[str, Field(max_length=NAME_MOST)]],
    Field(description="What it is called, in at least one language.", examples=[NAMES]),
]
Asked = Annotated[
    dict[str, Any],
    Field(
        description="`{field, op, value}`, or `{all|any|none: [...]}`: what rules ask, but for the event.",
        examples=[CONDITION],
    ),
]


class AudienceIn(Strict):
    """A new audience: by rule with its condition, or a list that is kept by hand."""

    id: str = Field(max_length=ID_MOST, examples=["big_asleep"])
    names: Names
    kind: Literal["rule", "list"] = "rule"
    condition: Asked | None = None
    note: str = Field("", max_length=NOTE_MOST)


class AudiencePatch(Strict):
    """What is to be otherwise; what is left out stays."""

    names: Names | None = None
    condition: Asked | None = None
    note: str | None = Field(None, max_length=NOTE_MOST)
    revision: int | None = Field(None, description="The one you had read; 409 if it is another by now.")


class AudienceOut(Schema):
    """An audience. `members` were in at `counted_at`; `state` tells how far a new definition has come (`percent`)."""

    id: str = Field(examples=["big_asleep"])
    name: str = Field(description="In your language.", examples=["Big spenders asleep"])
    names: dict[str, str] = Field(examples=[NAMES])
    note: str
    kind: Literal["rule", "list"]
    condition: dict[str, Any] | None = Field(examples=[CONDITION])
    sentence: str = Field(description="The condition in words.")
    source: str = Field(description="`console`, `api` or `import`.")
    archived: bool
    revision: int
    members: int | None
    counted_at: datetime | None
    state: Literal["waiting", "filling", "checking", "settled", "broken"]
    percent: int
    look_at: datetime | None = Field(description="When time next may change who is in; null: it can't.")
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class CountIn(Strict):
    condition: Asked
    exact: bool = Field(False, description="Count everybody, however long it takes (at most 30 s).")


class CountOut(Schema):
    """How many satisfy a condition now. Not `exact`: scaled up from `buckets` of 64, each a sample by lot."""

    members: int = Field(examples=[214])
    of: int = Field(description="How many members there are.", examples=[2469])
    share: float = Field(examples=[0.0867])
    exact: bool
    buckets: int
    sample: list[UUID]
    sentence: str
    cautions: list[str] = Field(
        description="What is worth a second look: nobody, or everybody, satisfies it."
    )
    seconds: float


class PersonOut(Schema):
    """Somebody who is in."""

    member_id: UUID
    name: str
    since: datetime


class ListingIn(Strict):
    """Members to be put on a list, or taken off it."""

    members: list[Annotated[str, Field(max_length=300)]] = Field(
        min_length=1, max_length=LIST_MOST, description="Ids, or identities as `kind:value`."
    )
    on: bool = Field(True, description="false: take them off.")
    reason: str = Field("", max_length=500)


class ListingOut(Schema):
    """For how many it was done, and which of the members named there are not."""

    done: int
    unknown: list[str]


class LineOut(Schema):
    """A part of a condition, and what was seen."""

    text: str = Field(examples=["last purchase was at least 60 days ago"])
    held: bool
    seen: str | None = Field(examples=["12 days"])
    parts: list["LineOut"]


class WhyOut(Schema):
    """Why a member is in, or is not. `parts` as of `at`; a list has none."""

    audience: str
    member_id: UUID
    inside: bool
    holds: bool | None = Field(description="Whether the condition does now; null for a list.")
    at: datetime
    sentence: str
    parts: list[LineOut]
    stays: list["PastStayOut"]


class PastStayOut(Schema):
    """From when to when the member was in. `by`: the event that brought them in; null where the audience changed."""

    since: datetime
    until: datetime | None
    by: UUID | None


class DayOut(Schema):
    day: date
    entered: int
    left: int
    members: int = Field(description="At the end of the day.")


class OverlapOut(Schema):
    """How two audiences meet. `share`: of the smaller one, the part that is in the other too."""

    one: str
    other: str
    members_one: int
    members_other: int
    both: int
    share: float


class RevisionOut(Schema):
    """One change. `live`: false where it was archived or deleted by it."""

    number: int
    names: dict[str, str]
    condition: dict[str, Any] | None
    live: bool
    at: datetime
    by: str


class UseOut(Schema):
    """Something that asks for the audience."""

    kind: str = Field(examples=["rule"])
    id: str
    name: str
