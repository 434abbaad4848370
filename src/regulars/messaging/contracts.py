"""What others may know of messages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.kit.ids import parent_id
from regulars.language.effects import MessageWish
from regulars.language.text import Text, say

INBOX = "inbox"
CHANNELS = (INBOX, "email")
CATEGORIES = ("service", "marketing")
"""Service messages (a receipt, a level) go out unless refused. Marketing shows in the member's own inbox
unless refused, but leaves the house (e-mail) only with consent."""

UNASKED = frozenset({("inbox", "service"), ("inbox", "marketing"), ("email", "service")})
"""(channel, category) pairs that are allowed while the member has said nothing."""

ALWAYS = frozenset({("inbox", "service")})
"""Pairs that can't be refused: the inbox is the member's own record of what happened."""

REASONS: Mapping[str, Text] = {
    "refused": {
        "zh-hans": "会员未同意接收这类消息",
        "zh-hant": "會員未同意接收這類訊息",
        "en": "The member does not want messages of this kind here",
    },
    "no_address": {
        "zh-hans": "会员没有邮箱地址",
        "zh-hant": "會員沒有電子郵件地址",
        "en": "The member has no e-mail address",
    },
    "no_mail_server": {
        "zh-hans": "尚未设置邮件服务器（REGULARS_SMTP_URL）",
        "zh-hant": "尚未設定郵件伺服器（REGULARS_SMTP_URL）",
        "en": "No mail server is set (REGULARS_SMTP_URL)",
    },
    "no_member": {"zh-hans": "会员不存在", "zh-hant": "會員不存在", "en": "The member does not exist"},
    "inactive": {
        "zh-hans": "会员状态不是正常，未发送",
        "zh-hant": "會員狀態不是正常，未傳送",
        "en": "The member is not active",
    },
    "no_template": {
        "zh-hans": "方案中没有这个消息模板",
        "zh-hant": "方案中沒有這個訊息範本",
        "en": "The programme has no such message template",
    },
}
"""Why a channel was skipped, in Regulars' own words; any other `detail` is a server's or a template's own
words."""

UNREADABLE_SUBJECT: Text = {
    "zh-hans": "这条消息暂时无法显示",
    "zh-hant": "這則訊息暫時無法顯示",
    "en": "This message can't be shown at the moment",
}
UNREADABLE_BODY: Text = {
    "zh-hans": "消息内容显示出了问题，您的积分和等级不受影响。",
    "zh-hant": "訊息內容顯示發生問題，您的點數和等級不受影響。",
    "en": "Something went wrong with its text. Your points and your level are not affected.",
}
"""What stands in the inbox for a message that can't be rendered."""


@dataclass(frozen=True, slots=True)
class Template:
    """A message in the brand's words, Liquid in `subject` and `body`, for each language it is written in."""

    id: str
    category: str
    channels: tuple[str, ...]
    subject: Text
    body: Text


class Book(Protocol):
    """What messages need of a published programme; `regulars.programme.contracts.Programme` is one."""

    @property
    def name(self) -> Text: ...
    @property
    def zone(self) -> ZoneInfo: ...
    @property
    def language(self) -> str: ...
    @property
    def templates(self) -> Mapping[str, Template]: ...


BookOf = Callable[[int], Book]
"""The programme of a version number."""


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a message is put into words. `language`: any code, empty for the programme's own."""

    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to put into the outbox, under the wish's `message_id`. `time` is the event's own, `channels`
    are those of the template."""

    member_id: UUID
    wish: MessageWish
    version: int
    time: datetime
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether one category goes to a member over one channel. `fixed`: it can't be refused."""

    channel: str
    category: str
    allowed: bool
    fixed: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an unsubscribe link stands for."""

    member_id: UUID
    channel: str
    category: str


def reason(detail: str, language: str) -> str:
    """A `detail` as a sentence in `language`; a server's own words stay as they are."""
    known = REASONS.get(detail)
    return say(known, language) if known else detail


@dataclass(frozen=True, slots=True)
class MessageRow:
    """Something told to a member, as it is stored: not in words yet. `waiting`: it has yet to leave the house."""

    id: UUID
    template: str
    version: int
    category: str
    context: dict[str, Any]
    created_at: datetime
    waiting: bool
    inbox: bool
    read_at: datetime | None
    skipped: dict[str, str]

    @property
    def event_id(self) -> UUID:
        """The event that caused it."""
        return parent_id(self.id)


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A message on one channel: in the inbox (`sent` with the event), on its way out, or what became of it."""

    channel: str
    address: str
    subject: str
    body: str
    status: str
    attempts: int
    uncertain: bool
    detail: str
    done_at: datetime | None
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Letter:
    """Something told to a member, in words, with every channel of its template that is settled so far."""

    id: UUID
    template: str
    category: str
    created_at: datetime
    waiting: bool
    deliveries: tuple[DeliveryRow, ...]

    @property
    def event_id(self) -> UUID:
        """The event that caused it."""
        return parent_id(self.id)


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A message as the member reads it in the portal."""

    id: UUID
    subject: str
    body: str
    category: str
    created_at: datetime
    read_at: datetime | None
