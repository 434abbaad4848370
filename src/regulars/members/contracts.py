"""What others may know of members."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from regulars.kit.problems import NotFound, Problem, Sentence

IDENTITY_KINDS = (
    "phone", "email", "card", "wechat", "wechat_union", "wecom", "weibo", "alipay", "pos", "external",
)  # fmt: skip
"""The kinds that every programme knows; a brand may use others written in `[a-z_]{2,20}`."""


MERGED = "merged"
"""The status of a record that belongs to another member."""


class BadIdentity(Problem):
    """An identity that can't be one."""

    status = 422
    code = "bad_identity"
    title: ClassVar[Sentence] = {
        "zh-hans": "会员标识有误",
        "zh-hant": "會員識別有誤",
        "en": "Not a valid identity",
    }

    identity_kind = ""

    @classmethod
    def _of(cls, kind: str, hans: str, hant: str, english: str) -> Self:
        problem = cls(
            {"zh-hans": hans, "zh-hant": hant, "en": english}, field=f"member.{kind}" if kind else "member"
        )
        problem.identity_kind = kind
        return problem

    @classmethod
    def kind(cls, kind: str) -> Self:
        """The kind is written in characters that no kind has."""
        shown = _shown(kind)
        return cls._of(
            "",
            f"标识类型“{shown}”无效：请用 phone、email、card、wechat 等，"
            "自定义类型只能含 2–20 个小写字母或下划线。",
            f"識別類型「{shown}」無效：請用 phone、email、card、wechat 等，"
            "自訂類型只能含 2–20 個小寫字母或底線。",
            f"“{shown}” is not a kind of identity: use phone, email, card, wechat, … or a kind of your own"
            " in 2–20 lower-case letters and underscores.",
        )

    @classmethod
    def empty(cls, kind: str) -> Self:
        return cls._of(kind, f"{kind} 不能为空。", f"{kind} 不能為空。", f"{kind} must not be empty.")

    @classmethod
    def long(cls, kind: str, most: int) -> Self:
        return cls._of(
            kind,
            f"{kind} 最长 {most} 个字符。",
            f"{kind} 最長 {most} 個字元。",
            f"{kind} has at most {most} characters.",
        )

    @classmethod
    def characters(cls, kind: str) -> Self:
        return cls._of(
            kind,
            f"{kind} 含有控制字符或无法显示的字符，请去掉后重试。",
            f"{kind} 含有控制字元或無法顯示的字元，請移除後重試。",
            f"{kind} has control or unprintable characters: remove them.",
        )

    @classmethod
    def phone(cls, value: str) -> Self:
        shown = _shown(value)
        return cls._of(
            "phone",
            f"“{shown}”不是有效的手机号：请带国家区号，如 +8613800000000。",
            f"「{shown}」不是有效的電話號碼：請帶國碼，如 +8613800000000。",
            f"“{shown}” is not a phone number: write it with its country code, such as +8613800000000.",
        )

    @classmethod
    def email(cls, value: str) -> Self:
        shown = _shown(value)
        return cls._of(
            "email",
            f"“{shown}”不是有效的邮箱地址。",
            f"「{shown}」不是有效的電子郵件地址。",
            f"“{shown}” is not an e-mail address.",
        )


@dataclass(frozen=True, slots=True)
class TagGroup:
    """Tags that belong together. Of an `exclusive` group a member bears one at most."""

    id: str
    name: Sentence
    tags: tuple[str, ...]
    exclusive: bool = True


@dataclass(frozen=True, slots=True)
class MemberKey:
    """A member's id and the bucket in which everything about the member lies."""

    id: UUID
    bucket: int


class MemberUnknown(NotFound):
    """No member has that id or identity."""

    code = "member_unknown"
    title: ClassVar[Sentence] = {"zh-hans": "会员不存在", "zh-hant": "會員不存在", "en": "No such member"}

    def __init__(self, reference: str, field: str = "") -> None:
        shown = _shown(reference)
        detail = {
            "zh-hans": f"没有会员“{shown}”。可用会员 ID，或 phone:+8613800000000 这样的标识查找。",
            "zh-hant": f"沒有會員「{shown}」。可用會員 ID，或 phone:+8613800000000 這樣的識別查詢。",
            "en": f"There is no member “{shown}”: use the member's id,"
            " or an identity such as phone:+8613800000000.",
        }
        super().__init__(detail, field=field)


def _shown(value: str) -> str:
    """What was sent, short and printable, for a sentence."""
    clean = "".join(character if character.isprintable() else "�" for character in value)
    return clean if len(clean) <= 60 else clean[:59] + "…"


@dataclass(frozen=True, slots=True)
class MemberName:
    """Enough of a member to show in a list of hits."""

    id: UUID
    name: str
    status: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """One name of a member on one channel."""

    kind: str
    value: str
    created_at: datetime
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberProfile:
    """Who a member is, with every identity."""

    id: UUID
    bucket: int
    name: str
    gender: str
    birthday: date | None
    language: str
    source: str
    status: str
    attributes: dict[str, Any]
    tags: tuple[str, ...]
    joined_at: datetime
    updated_at: datetime
    identities: tuple[IdentityRow, ...] = field(default=())
    merged_into: UUID | None = None
    """The member whom this record belongs to now, where it was merged."""


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A merge that stands: `gone` into `kept`. `id` is that of the event; `family`: `gone` and all who had been merged
    into it by then; `names`: the identities that came with it, as (kind, value)."""

    id: UUID
    kept: UUID
    gone: UUID
    family: tuple[UUID, ...]
    reason: str
    by: str
    at: datetime
    names: tuple[tuple[str, str], ...]
