"""What the API takes and answers about changes to many members at once."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from regulars.api.audience_schemas import CONDITION
from regulars.api.schemas import Strict
from regulars.audiences.service import ID_MOST

MEMBERS_MOST = 1000
TAGS_MOST = 20


class WhomIn(Strict):
    """Whom it means, said in one way: those named, those in an audience now, or those who satisfy a condition now."""

    members: list[Annotated[str, Field(max_length=300)]] | None = Field(
        None, min_length=1, max_length=MEMBERS_MOST, description="Ids, or identities as `kind:value`."
    )
    audience: str | None = Field(None, min_length=1, max_length=ID_MOST)
    condition: dict[str, Any] | None = Field(
        None, description="As an audience has it; `{}` is none.", examples=[CONDITION]
    )
    reason: str = Field("", max_length=200)


class BulkTagsIn(WhomIn):
    """At least one tag, and whom."""

    add: list[str] = Field([], max_length=TAGS_MOST, description="Tags to put on.")
    remove: list[str] = Field([], max_length=TAGS_MOST, description="Tags to take off.")


class BulkListIn(WhomIn):
    """A list, and whom."""

    list: str = Field(min_length=1, max_length=ID_MOST, description="The id of an audience kept by hand.")
    on: bool = Field(True, description="false: take them off.")


class BulkLookOut(Schema):
    """What it would touch now: how many are meant, and for how many of them something would change."""

    members: int
    to_change: int
    unknown: list[str] = Field(description="Which of the members named there are not.")


class BulkOut(Schema):
    """A change and how it stands. `members` were meant, `to_change` of them needed it; `done` of these were gone
    through: `changed`, `refused`, or (of an undoing) `kept` as they are because somebody had changed them since."""

    id: UUID
    state: Literal["running", "done", "cancelled"]
    add: list[str]
    remove: list[str]
    list: str | None
    on: bool | None
    reason: str
    by: str
    asked_at: datetime
    ended_at: datetime | None
    members: int
    to_change: int
    done: int
    changed: int
    refused: int
    kept: int
    percent: int
    may_undo: bool
    undoes: UUID | None
    undone_by: UUID | None


class BulkAskedOut(BulkOut):
    """The change that was asked for."""

    unknown: Annotated[tuple[str, ...], Field(description="Which of the members named there are not.")]
