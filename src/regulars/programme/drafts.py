"""Drafts: programmes that are being written. Any number at once; a draft may be faulty, and says where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from regulars.kit import clock
from regulars.kit.ids import time_id
from regulars.kit.problems import NotFound, Problem
from regulars.language.problems import Problem as Caution
from regulars.language.problems import words
from regulars.programme.cautions import cautions
from regulars.programme.contracts import Programme
from regulars.programme.loader import SIZE_LIMIT, Fault, InvalidProgramme
from regulars.programme.models import Draft
from regulars.programme.service import read_text
from regulars.staff.service import audit

NAME_LENGTH = 100
DRAFTS_MOST = 200


class UnknownDraft(NotFound):
    """There is no such draft."""

    code = "draft_unknown"

    def __init__(self) -> None:
        super().__init__(
            words(
                "没有这份草稿，可能已发布或删除。",
                "沒有這份草稿，可能已發布或刪除。",
                "There is no such draft: it may have been published or deleted.",
            )
        )


class DraftChanged(Problem):
    """Somebody else saved meanwhile. `draft` is what they saved; what was sent is not lost: it is in the caller's
    hands."""

    status = 409
    code = "draft_changed"
    title = words("有冲突", "有衝突", "Conflict")

    def __init__(self, draft: "DraftRow") -> None:
        self.draft = draft
        super().__init__(
            words(
                f"{draft.updated_by} 刚刚保存过这份草稿，您的修改没有覆盖它。请另存为新草稿，或重新打开后再改。",
                f"{draft.updated_by} 剛儲存過這份草稿，您的修改沒有覆寫它。請另存為新草稿，或重新開啟後再改。",
                f"{draft.updated_by} has saved this draft meanwhile, and yours did not overwrite it: save it as another"
                " draft, or open this one again.",
            ),
            field="revision",
        )


class BadDraft(Problem):
    """A draft can't be kept like this."""

    status = 422
    code = "invalid"


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft as it is stored."""

    id: UUID
    name: str
    source: str
    based_on: int | None
    revision: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a text is: a programme, or what is wrong with it."""

    programme: Programme | None
    faults: tuple[Fault, ...] = ()
    cautions: tuple[Caution, ...] = ()
    """What may be published and is worth a second look."""


def check(source: str) -> Checked:
    """Read a text; what is wrong with it, with its lines."""
    try:
        programme = read_text(source)
    except InvalidProgramme as error:
        return Checked(None, tuple(error.faults))
    return Checked(programme, cautions=tuple(cautions(programme, clock.now())))


def create(name: str, source: str, by: str, based_on: int | None = None) -> DraftRow:
    """A new draft. Raises BadDraft."""
    now = clock.now()
    said = _fit(name, source)
    made = Draft.objects.create(
        id=time_id(now),
        name=said,
        source=source,
        based_on=based_on,
        created_at=now,
        created_by=by,
        updated_at=now,
        updated_by=by,
    )
    audit(by, "draft.created", said, draft=str(made.id), based_on=based_on)
    return get(made.id)


def save(draft_id: UUID, revision: int, by: str, source: str, name: str | None = None) -> DraftRow:
    """Save over `revision`. Raises UnknownDraft, BadDraft, and DraftChanged where somebody else was quicker.

    What is saved is what was sent, byte for byte; the same text and name again change nothing."""
    before = get(draft_id)
    said = _fit(before.name if name is None else name, source)
    if (before.source, before.name) == (source, said):
        return before
    changed = Draft.objects.filter(pk=draft_id, revision=revision).update(
        source=source, name=said, revision=F("revision") + 1, updated_at=clock.now(), updated_by=by
    )
    after = get(draft_id)
    if not changed:
        raise DraftChanged(after)
    return after


def delete(draft_id: UUID, by: str) -> None:
    """Throw a draft away. Raises UnknownDraft."""
    row = get(draft_id)
    deleted, _ = Draft.objects.filter(pk=draft_id).delete()
    if deleted:
        audit(by, "draft.deleted", row.name, draft=str(draft_id))


def get(draft_id: UUID) -> DraftRow:
    """One draft. Raises UnknownDraft."""
    found = Draft.objects.filter(pk=draft_id).values_list(*_COLUMNS).first()
    if found is None:
        raise UnknownDraft
    return DraftRow(*found)


def find(name: str) -> DraftRow | None:
    """The draft of that name, of several the one saved last; None: there is none."""
    if "\0" in name:
        return None
    found = (
        Draft.objects.filter(name=name.strip()).order_by("-updated_at", "-id").values_list(*_COLUMNS).first()
    )
    return DraftRow(*found) if found is not None else None


def named(name: str) -> DraftRow:
    """As `find`. Raises UnknownDraft."""
    found = find(name)
    if found is None:
        raise UnknownDraft
    return found


def every() -> Sequence[DraftRow]:
    """The drafts, the latest saved first."""
    found: Any = Draft.objects.order_by("-updated_at", "id").values_list(*_COLUMNS)[:DRAFTS_MOST]
    return [DraftRow(*each) for each in found]


_COLUMNS = (
    "id", "name", "source", "based_on", "revision", "created_at", "created_by", "updated_at", "updated_by",
)  # fmt: skip


def _fit(name: str, source: str) -> str:
    said = name.strip()
    if not said or len(said) > NAME_LENGTH or "\0" in said:
        raise BadDraft(
            words(
                f"请给草稿起个名字，最多 {NAME_LENGTH} 个字符。",
                f"請為草稿命名，最多 {NAME_LENGTH} 個字元。",
                f"Give the draft a name of at most {NAME_LENGTH} characters.",
            ),
            field="name",
        )
    if "\0" in source or len(source) > SIZE_LIMIT:
        raise BadDraft(
            words(
                f"草稿最多 {SIZE_LIMIT:,} 个字符，且不能含空字符。",
                f"草稿最多 {SIZE_LIMIT:,} 個字元，且不能含空字元。",
                f"A draft has at most {SIZE_LIMIT:,} characters, none of them NUL.",
            ),
            field="source",
        )
    return said
