"""What others may know of changes that need a second person."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from regulars.engine.contracts import Outcome
from regulars.kit.problems import NotFound, Problem, Sentence


class Kind(StrEnum):
    """What is asked for: the operation of the books."""

    ADJUST = "adjust"
    CREDIT = "credit"
    REVERSE = "reverse"
    CORRECT = "correct"
    END = "end"


class State(StrEnum):
    """Where a request stands. `done`: it was within the limit and done at once."""

    DONE = "done"
    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks. `name` is shown (an operator's address, a key's name); `person` answers for it and can't be the
    second one; `source` is where the request's key is unique."""

    name: str
    person: str
    source: str


@dataclass(frozen=True, slots=True)
class Change:
    """What is asked for. `units` in smallest units: signed for adjust, for correct what it should have been, None:
    all that is left. `asset` for adjust, credit and end, `operation_id` for reverse and correct."""

    kind: Kind
    member_id: UUID
    reason: str
    asset: str = ""
    units: int | None = None
    operation_id: UUID | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request as it is listed. `measures`: asset → smallest units that it moves. `change` is what was asked."""

    id: UUID
    state: State
    change: Change
    measures: dict[str, int]
    source: str
    key: str
    asked_by: str
    person: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    note: str
    operation_id: UUID | None

    @property
    def unfinished(self) -> bool:
        """Approved, but the server stopped before it was carried out: approving again does it."""
        return self.state is State.APPROVED and self.operation_id is None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request. `outcome`: of the operation, where it was tried, also when it was refused; `request`
    is None where no limit watches the change, or nothing was asked because it can't be done."""

    outcome: Outcome | None = None
    request: RequestRow | None = None

    @property
    def waits(self) -> bool:
        return self.request is not None and self.request.state is State.WAITING


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would come of asking now. `needs_second`: it would wait for a second person; `left`: asset → smallest
    units that the asker may still move today alone."""

    outcome: Outcome
    measures: dict[str, int] = field(default_factory=dict)
    needs_second: bool = False
    left: dict[str, int] = field(default_factory=dict)


class NoSuchRequest(NotFound):
    """There is no request of that id."""

    code = "approval_unknown"

    def __init__(self) -> None:
        super().__init__(
            {
                "zh-hans": "没有这条审批申请。",
                "zh-hant": "沒有這筆簽核申請。",
                "en": "There is no such request for approval.",
            }
        )


class NotAllowed(Problem):
    """The operator's role may not do this."""

    status = 403
    code = "not_allowed"
    title: ClassVar[Sentence] = {"zh-hans": "没有权限", "zh-hant": "沒有權限", "en": "Not allowed"}

    def __init__(self) -> None:
        super().__init__(
            {
                "zh-hans": "您的角色不能进行这项操作，请联系管理员。",
                "zh-hant": "您的角色不能進行這項操作，請聯絡管理員。",
                "en": "Your role does not allow this: ask an administrator.",
            }
        )


class OwnRequest(Problem):
    """Nobody decides on what they asked for themselves."""

    status = 403
    code = "own_request"
    title: ClassVar[Sentence] = {"zh-hans": "没有权限", "zh-hant": "沒有權限", "en": "Not allowed"}

    def __init__(self) -> None:
        super().__init__(
            {
                "zh-hans": "这是您本人（或您创建的密钥）提出的申请，须由另一人审批；您可以撤回。",
                "zh-hant": "這是您本人（或您建立的金鑰）提出的申請，須由另一人簽核；您可以撤回。",
                "en": "You asked for this yourself, or a key that you made did: somebody else decides on it."
                " You can withdraw it.",
            }
        )


class NotYours(Problem):
    """Only who asked withdraws."""

    status = 403
    code = "not_yours"
    title: ClassVar[Sentence] = {"zh-hans": "没有权限", "zh-hant": "沒有權限", "en": "Not allowed"}

    def __init__(self) -> None:
        super().__init__(
            {
                "zh-hans": "只有申请人可以撤回；您可以驳回。",
                "zh-hant": "只有申請人可以撤回；您可以駁回。",
                "en": "Only the one who asked can withdraw it: reject it instead.",
            }
        )


class NotWaiting(Problem):
    """It has been decided before."""

    status = 409
    code = "not_waiting"
    title: ClassVar[Sentence] = {"zh-hans": "有冲突", "zh-hant": "有衝突", "en": "Conflict"}

    def __init__(self) -> None:
        super().__init__(
            {
                "zh-hans": "这条申请已经处理过。",
                "zh-hant": "這筆申請已經處理過。",
                "en": "This request has been decided already.",
            }
        )


class TextMissing(Problem):
    """A reason or a note is missing, or too long."""

    status = 422
    code = "text_missing"

    def __init__(self, field: str, most: int) -> None:
        super().__init__(
            {
                "zh-hans": f"请写明原因，最多 {most} 个字符。",
                "zh-hant": f"請寫明原因，最多 {most} 個字元。",
                "en": f"Say why, in at most {most} characters.",
            },
            field=field,
        )


class NameTaken(Problem):
    """The key names another request."""

    status = 409
    code = "key_conflict"
    title: ClassVar[Sentence] = {"zh-hans": "有冲突", "zh-hant": "有衝突", "en": "Conflict"}

    def __init__(self) -> None:
        super().__init__(
            {
                "zh-hans": "此幂等键已用于另一项内容不同的申请，请换用新的键。",
                "zh-hant": "此冪等鍵已用於另一項內容不同的申請，請換用新的鍵。",
                "en": "This key names another request already: use a new one.",
            }
        )


def payload_of(change: Change) -> dict[str, Any]:
    """What a request keeps of a change beside member and reason."""
    return {
        "asset": change.asset,
        "units": change.units,
        "operation_id": str(change.operation_id) if change.operation_id else None,
        "expires_at": change.expires_at.isoformat() if change.expires_at else None,
    }


def change_of(kind: str, member_id: UUID, reason: str, payload: dict[str, Any]) -> Change:
    """The change that a request keeps."""
    operation, ends = payload["operation_id"], payload["expires_at"]
    return Change(
        Kind(kind),
        member_id,
        reason,
        payload["asset"],
        payload["units"],
        UUID(operation) if operation else None,
        datetime.fromisoformat(ends) if ends else None,
    )
