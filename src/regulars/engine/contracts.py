"""What others may know of the engine."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.language.effects import Movement
from regulars.language.events import Identity
from regulars.language.problems import words
from regulars.language.snapshot import Standing
from regulars.language.text import Text

BY_KEY = "key:"
"""How a key is named where a command says by whom it was asked for: this and the key's name."""


class Rejected(ValueError):
    """An event that can't be taken as it is: `field` names what is wrong, `text` says what to do."""

    def __init__(self, code: str, field: str, text: Text) -> None:
        super().__init__(f"{field}: {text['en']}")
        self.code = code
        self.field = field
        self.text = text


def unknown_member() -> Rejected:
    return Rejected(
        "unknown_member",
        "member",
        words(
            "没有这位会员，此类事件不会自动入会",
            "沒有這位會員，此類事件不會自動入會",
            "there is no such member, and this type of event does not create one",
        ),
    )


def unknown_member_id() -> Rejected:
    return Rejected(
        "unknown_member",
        "member.id",
        words("没有 id 为此的会员", "沒有 id 為此的會員", "no member has this id"),
    )


def key_conflict() -> Rejected:
    return Rejected(
        "key_conflict",
        "id",
        words(
            "同一来源已有相同 id 而内容不同的事件，请换用新的 id",
            "同一來源已有相同 id 而內容不同的事件，請換用新的 id",
            "this source has sent another event with the same id; use a new id for a new event",
        ),
    )


def split_identity() -> Rejected:
    return Rejected(
        "identity_conflict",
        "member",
        words(
            "这些身份属于不同的会员", "這些身分屬於不同的會員", "these identities belong to different members"
        ),
    )


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event at the door: checked, but whose member is still to be found.

    `text` is `data` as the log keeps it, `digest` is of everything else that the sender said.
    """

    source: str
    key: str
    type: str
    identities: tuple[Identity, ...]
    time: datetime
    data: dict[str, Any]
    text: str
    digest: bytes
    joins: bool = False
    member_id: UUID | None = None


@dataclass(slots=True)
class Outcome:
    """What became of an incoming event. `status`: processed, duplicate or rejected; preview: what would become of it.

    `held` and `pending`, of commands: what is set aside of an asset, where something is. `effects` are records of
    the event's own effects and of those that followed from it.
    """

    key: str
    status: str
    member_id: UUID | None = None
    effects: list[dict[str, Any]] = field(default_factory=list)
    balances: dict[str, int] = field(default_factory=dict)
    tiers: dict[str, dict[str, Any]] = field(default_factory=dict)
    version: int = 0
    error: Rejected | None = None
    event_id: UUID | None = None
    held: dict[str, int] = field(default_factory=dict)
    pending: dict[str, int] = field(default_factory=dict)
    moves: list[Movement] = field(default_factory=list)
    """Of a preview: what it and what follows from it would move, lot by lot."""


def tier_records(standings: dict[str, Standing]) -> dict[str, dict[str, Any]]:
    """Standings as they are stored and answered."""
    return {
        ladder: {
            "level": one.level,
            "since": one.since.isoformat(),
            "until": one.until.isoformat() if one.until else None,
        }
        for ladder, one in standings.items()
    }


def order_of_another() -> Rejected:
    return Rejected(
        "order_of_another_member",
        "data.order_id",
        words("这笔订单属于另一位会员", "這筆訂單屬於另一位會員", "this order belongs to another member"),
    )
