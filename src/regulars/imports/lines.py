"""A row of a file as what it says of a member, or all that is wrong with it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.imports import cells, mapping
from regulars.imports.delimited import Row
from regulars.imports.faults import BadCell, Fault
from regulars.language.events import Identity
from regulars.language.problems import words
from regulars.members.contracts import BadIdentity
from regulars.members.logic import normalise_identity
from regulars.programme.contracts import Attribute, Programme

IDENTITIES_MOST = 10
NAME_MOST = 200
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Line:
    """What one row says. `data` is the payload of the profile's event; `joined`: since when they are a member."""

    number: int
    identities: list[Identity] = field(default_factory=list)
    member_id: UUID | None = None
    data: dict[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    joined: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads rows by a mapping, as of `now`."""

    headings: Sequence[str]
    targets: Sequence[str]
    attributes: Mapping[str, Attribute]
    zone: ZoneInfo
    region: str
    now: datetime

    def read(self, row: Row) -> Line | list[Fault]:
        """What the row says, or everything that is wrong with it."""
        if row.fault is not None:
            return [row.fault]
        line, faults = Line(row.number), []
        for heading, target, cell in zip(self.headings, self.targets, row.cells, strict=False):
            if not target:
                continue
            try:
                text = cells.plain(cell)
                if text:
                    self._take(line, target, text)
            except BadCell as bad:
                faults.append(Fault(bad.code, heading, bad.text))
            except BadIdentity as bad_identity:
                said = {language: text.rstrip("。.") for language, text in bad_identity.detail.items()}
                faults.append(Fault(bad_identity.code, heading, said))
        if faults:
            return faults
        line.identities = list(dict.fromkeys(line.identities))
        if not line.identities and line.member_id is None:
            return [NOBODY]
        return line if len(line.identities) <= IDENTITIES_MOST else [TOO_MANY]

    def _take(self, line: Line, target: str, text: str) -> None:
        if target.startswith(mapping.IDENTITY):
            kind = target.removeprefix(mapping.IDENTITY)
            line.identities += [self._identity(kind, part) for part in _parts(kind, text)]
        elif target.startswith(mapping.ATTRIBUTE):
            attribute = self.attributes.get(target.removeprefix(mapping.ATTRIBUTE))
            if attribute is not None:
                line.data.setdefault("attributes", {})[attribute.id] = _attribute(attribute, text)
        elif target == mapping.TAGS:
            line.tags = tuple(dict.fromkeys((*line.tags, *cells.tags(text))))
        elif target == mapping.JOINED:
            line.joined = self._joined(text)
        elif target == mapping.ID:
            line.member_id = _member_id(text)
        elif target == mapping.BIRTHDAY:
            line.data["birthday"] = self._birthday(text)
        elif target == mapping.EMAIL_CONSENT:
            line.data.setdefault("consent", {})["email"] = cells.yes(text)
        else:
            line.data[target] = PLAIN[target](text)

    def _identity(self, kind: str, text: str) -> Identity:
        return normalise_identity(kind, cells.digits(text), self.region)

    def _birthday(self, text: str) -> str:
        found = cells.day(text)
        if found > self.now.astimezone(self.zone).date():
            raise BadCell("future", FUTURE)
        return found.isoformat()

    def _joined(self, text: str) -> datetime:
        found = cells.moment(text).replace(tzinfo=self.zone)
        if found > self.now:
            raise BadCell("future", FUTURE)
        if found < EARLIEST:
            raise BadCell(
                "too_early",
                words("不能早于 2000 年", "不能早於 2000 年", "it can't lie before the year 2000"),
            )
        return found


def reader(
    headings: Sequence[str], targets: Sequence[str], programme: Programme, region: str, now: datetime
) -> Reader:
    """What reads rows under this programme."""
    return Reader(headings, targets, programme.attributes, programme.zone, region, now)


def _parts(kind: str, text: str) -> list[str]:
    """Phones, addresses and cards may stand several in a cell, as our own exports have them."""
    return cells.several(text) if kind in ("phone", "email", "card") else [text]


def _member_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadCell(
            "member_id",
            words(
                "不是会员 ID；会员编号、卡号请对应到各自的列",
                "不是會員 ID；會員編號、卡號請對應到各自的欄",
                "it is no member's id; numbers of other systems and cards have targets of their own",
            ),
        ) from None


def _attribute(attribute: Attribute, text: str) -> Any:
    """A value of a field of the brand's own, as its kind wants it."""
    match attribute.kind:
        case "number":
            return cells.number(text)
        case "boolean":
            return cells.yes(text)
        case "date":
            return cells.day(text).isoformat()
        case "choice":
            choices = {choice.casefold(): choice for choice in attribute.choices}
            return cells.chosen(cells.one_line(text), choices, *attribute.choices)
    return cells.short(text, cells.TEXT_MOST)


PLAIN: Mapping[str, Callable[[str], str]] = {
    mapping.NAME: lambda text: cells.short(text, NAME_MOST),
    mapping.GENDER: lambda text: cells.chosen(
        text, cells.GENDERS, "女", "男", "其他", "female", "male", "other"
    ),
    mapping.LANGUAGE: lambda text: cells.chosen(
        text.replace("_", "-"), cells.LANGUAGES, "zh-hans", "zh-hant", "en"
    ),
    mapping.STORE: lambda text: cells.short(cells.digits(text), cells.WORD_MOST),
    mapping.CHANNEL: lambda text: cells.short(text, cells.WORD_MOST),
}

FUTURE = words("日期在今天之后", "日期在今天之後", "the day lies ahead")
NOBODY = Fault(
    "no_identity",
    "",
    words(
        "这一行没有手机号、邮箱或其他会员标识，不知道是谁",
        "這一列沒有手機號碼、電子郵件或其他會員識別，不知道是誰",
        "it has no phone, e-mail or other identity: nobody knows whose row it is",
    ),
)
TOO_MANY = Fault(
    "too_many_identities",
    "",
    words(
        f"一行最多 {IDENTITIES_MOST} 个会员标识",
        f"一列最多 {IDENTITIES_MOST} 個會員識別",
        f"a row has at most {IDENTITIES_MOST} identities",
    ),
)
