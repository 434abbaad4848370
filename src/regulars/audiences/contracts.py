"""What others may know of audiences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from regulars.kit.problems import FieldError, NotFound, Problem
from regulars.language.problems import words
from regulars.language.text import LANGUAGES, Text, say

FIELD = "audience"

MOVES = ("audience.entered", "audience.left")
"""Types of event by which somebody's coming and going is told."""
"""The field by which conditions ask for audiences."""

MOST = 500
"""So many audiences are live at a time; those that are archived don't count."""

BUCKETS = 64


class Kind(StrEnum):
    """Who is in: whoever satisfies the condition, or whoever was put on the list."""

    RULE = "rule"
    LIST = "list"


class Phase(StrEnum):
    """How the membership stands to the definition. `broken`: the programme in force no longer has what it asks for;
    who was in stays in."""

    WAITING = "waiting"
    FILLING = "filling"
    CHECKING = "checking"
    SETTLED = "settled"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Wish:
    """What an audience is to be. `condition` in its JSON form, for those by rule."""

    names: Mapping[str, str]
    kind: Kind = Kind.RULE
    condition: Mapping[str, Any] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Audience:
    """An audience as it stands. `members`: how many were in at `counted_at`; `done`: buckets of 64 through which a
    new definition has gone."""

    id: str
    names: Text
    note: str
    kind: Kind
    condition: dict[str, Any] | None
    source: str
    archived: bool
    revision: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    followed: int
    version: int
    phase: Phase
    done: int
    look_at: datetime | None
    looked_at: datetime | None
    members: int | None
    counted_at: datetime | None

    @property
    def settled(self) -> bool:
        """Whether the membership follows the definition wholly."""
        return self.archived or self.phase in (Phase.SETTLED, Phase.BROKEN)

    @property
    def percent(self) -> int:
        """How far a new definition has come: the set-wise change is most of it, the check the rest."""
        if self.settled:
            return 100
        if self.phase is Phase.CHECKING:
            return 80 + self.done * 20 // BUCKETS
        return self.done * 80 // BUCKETS if self.phase is Phase.FILLING else 0


@dataclass(frozen=True, slots=True)
class Definition:
    """What an audience asked as of some revision."""

    id: str
    kind: Kind
    names: Text
    condition: dict[str, Any] | None
    revision: int


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One change of an audience. `live`: False where it was archived or deleted by it."""

    number: int
    kind: Kind
    names: Text
    condition: dict[str, Any] | None
    live: bool
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay of a member in an audience; `by` the event that brought them in."""

    audience: str
    since: datetime
    until: datetime | None
    by: UUID | None


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody who is in an audience, and since when."""

    member_id: UUID
    since: datetime


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many satisfy a condition, of how many members. Not `exact`: scaled up from `buckets` of 64, each a sample
    drawn by lot. `sample`: some of them."""

    members: int
    of: int
    exact: bool
    buckets: int
    sample: tuple[UUID, ...]
    seconds: float

    @property
    def share(self) -> float:
        """The part of all members, 0 to 1."""
        return self.members / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Day:
    """One day of an audience: who entered, who left, how many were in at its end."""

    day: date
    entered: int
    left: int
    members: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """How two audiences meet: members in each, in both."""

    one: str
    other: str
    members_one: int
    members_other: int
    both: int

    @property
    def share(self) -> float:
        """Of the smaller one, the part that is in the other too, 0 to 1."""
        smaller = min(self.members_one, self.members_other)
        return self.both / smaller if smaller else 0.0

    @property
    def jaccard(self) -> float:
        """Of all in either, the part that is in both, 0 to 1."""
        either = self.members_one + self.members_other - self.both
        return self.both / either if either else 0.0


@dataclass(frozen=True, slots=True)
class Use:
    """Something that asks for an audience: `kind` is rule, draft, audience, level, benefit, plan, …"""

    kind: str
    id: str
    name: Text = field(default_factory=dict)


class UnknownAudience(NotFound):
    """There is no such audience."""

    code = "audience_unknown"

    def __init__(self, audience: str, at: str = "") -> None:
        shown = audience[:60]
        super().__init__(
            words(
                f"没有人群“{shown}”，可能已删除。",
                f"沒有人群「{shown}」，可能已刪除。",
                f"There is no audience “{shown}”: it may have been deleted.",
            ),
            field=at,
        )


class BadAudience(Problem):
    """An audience can't be like this."""

    status = 422
    code = "invalid"

    @classmethod
    def of(cls, faults: Iterable[tuple[str, Text]]) -> "BadAudience":
        """All that is wrong: (field, what to do)."""
        found = tuple(FieldError(place, cls.code, text) for place, text in faults)
        told = {code: " ".join(say(each.message, code) for each in found) for code in LANGUAGES}
        return cls(told, errors=found)


class AudienceExists(Problem):
    """The name is taken."""

    status = 409
    code = "audience_exists"
    title = words("人群已存在", "人群已存在", "Audience exists")

    def __init__(self, audience: str) -> None:
        super().__init__(
            words(
                f"编号“{audience}”已有人群使用，请换一个。",
                f"編號「{audience}」已有人群使用，請換一個。",
                f"The id “{audience}” is taken by another audience: choose another one.",
            ),
            field="id",
        )


class AudienceChanged(Problem):
    """Somebody else changed it meanwhile."""

    status = 409
    code = "audience_changed"
    title = words("有冲突", "有衝突", "Conflict")

    def __init__(self, by: str) -> None:
        super().__init__(
            words(
                f"{by} 刚刚修改过这个人群，您的修改没有覆盖它。请重新打开后再改。",
                f"{by} 剛修改過這個人群，您的修改沒有覆寫它。請重新開啟後再改。",
                f"{by} has changed this audience meanwhile, and yours did not overwrite it: open it again.",
            ),
            field="revision",
        )


class AudienceCycle(Problem):
    """Audiences that ask for each other in a circle."""

    status = 422
    code = "audience_cycle"
    title = words("人群互相引用", "人群互相引用", "Audiences ask for each other")

    def __init__(self, circle: Iterable[str]) -> None:
        way = " → ".join(circle)
        super().__init__(
            words(
                f"人群互相引用，无法判断谁在其中：{way}。请去掉其中一处引用。",
                f"人群互相引用，無法判斷誰在其中：{way}。請移除其中一處引用。",
                f"These audiences ask for each other in a circle: {way}. Take one of these questions out.",
            ),
            field="condition",
        )


class AudienceInUse(Problem):
    """Something asks for the audience."""

    status = 409
    code = "audience_in_use"
    title = words("正在使用", "正在使用", "In use")

    def __init__(self, audience: str, uses: Iterable[Use]) -> None:
        self.uses = tuple(uses)
        named = ", ".join(f"{use.kind} {use.id}" for use in self.uses[:10])
        count = len(self.uses)
        asking = "One thing asks" if count == 1 else f"{count} things ask"
        super().__init__(
            words(
                f"有 {count} 处正在使用人群“{audience}”（{named}），不能删除或归档：请先从这些地方去掉它。",
                f"有 {count} 處正在使用人群「{audience}」（{named}），無法刪除或封存：請先從這些地方移除。",
                f"{asking} for the audience “{audience}” ({named}), so it can't go: take it out there first.",
            )
        )


class NotAList(Problem):
    """Members are put on lists by hand; who satisfies a condition is in by it."""

    status = 409
    code = "not_a_list"
    title = words("不是名单", "不是名單", "Not a list")

    def __init__(self, audience: str) -> None:
        super().__init__(
            words(
                f"“{audience}”按条件自动进出，不能手工增减会员：请改条件，或另建一份名单。",
                f"「{audience}」依條件自動進出，無法手動增減會員：請修改條件，或另建一份名單。",
                f"“{audience}” goes by its condition, so nobody is put in or taken out by hand: change the condition,"
                " or make a list.",
            )
        )


class TooManyAudiences(Problem):
    """No more audiences are live at a time."""

    status = 409
    code = "too_many_audiences"

    def __init__(self) -> None:
        super().__init__(
            words(
                f"最多同时使用 {MOST} 个人群，请先归档不再使用的。",
                f"最多同時使用 {MOST} 個人群，請先封存不再使用的。",
                f"At most {MOST} audiences are live at a time: archive those that are no longer used.",
            )
        )
