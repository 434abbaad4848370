"""What others may know of an import."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from regulars.imports.delimited import Form
from regulars.imports.faults import Fault as Fault
from regulars.imports.refusals import BadFile as BadFile
from regulars.kit.problems import NotFound, Problem
from regulars.language.problems import words
from regulars.language.text import Text

SOURCE = "import"
"""The source of the events by which rows are imported."""

CHOOSING, CHECKING, CHECKED, IMPORTING = "choosing", "checking", "checked", "importing"
DONE, FAILED, CANCELLED = "done", "failed", "cancelled"
OPEN = (CHECKING, IMPORTING)
"""A worker is at it, or will be."""

NEW, KNOWN, AGAIN, DOUBTFUL, REPEATED, STRANGER, FAULTY = (
    "new", "known", "again", "doubtful", "repeated", "stranger", "faulty",
)  # fmt: skip
"""What a check finds of a row: a new member; a member; imported before from this very file; of two members; the same
as a row before; nobody, where only members are wanted; with faults of its own."""
JOINED, UPDATED, SAME, REFUSED, TAGGED, LISTED = "joined", "updated", "same", "refused", "tagged", "listed"
"""What an import did with rows; `again` is among these too."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be done with the members of a file, other than to keep what it says of them."""

    audience: str = ""
    tag: str = ""
    only_known: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """An import and how it stands. `total` and `gone` are rows of the step that a worker is at; `error`: why it ended
    before its end, empty where it did not."""

    id: UUID
    state: str
    title: str
    digest: str
    name: str
    form: Form
    headings: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    mapping: tuple[str, ...]
    target: Target
    rows: int
    looked: int
    wanted: int
    done: int
    handled: int
    checked: dict[str, int]
    counts: dict[str, int]
    by: str
    made_at: datetime
    began_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    error: Text
    cleared: bool

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def total(self) -> int:
        return self.rows if self.state == CHECKING else self.wanted

    @property
    def gone(self) -> int:
        return self.looked if self.state == CHECKING else self.handled

    @property
    def left_out(self) -> int:
        """Rows that will not be, or were not, imported."""
        return self.looked - self.wanted + self.counts.get(REFUSED, 0)

    def percent(self) -> int:
        """How far the step is."""
        return min(100 * self.gone // self.total, 99) if self.total else 0

    def rate(self, now: datetime) -> float:
        """Rows a second since the step began."""
        seconds = (now - self.began_at).total_seconds() if self.began_at else 0
        return self.gone / seconds if seconds > 0 else 0.0

    def seconds_left(self, now: datetime) -> int | None:
        """How long it takes yet at this rate; None: nobody knows yet."""
        rate = self.rate(now)
        return round((self.total - self.gone) / rate) if rate and self.gone else None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was left out, and why."""

    number: int
    cells: tuple[str, ...]
    faults: tuple[Fault, ...]


class UnknownImport(NotFound):
    """There is no such import."""

    code = "import_unknown"

    def __init__(self) -> None:
        super().__init__(
            words(
                "没有这次导入，可能已被清理。",
                "沒有這次匯入，可能已被清理。",
                "There is no such import; it may have been cleared away.",
            )
        )


class NotNow(Problem):
    """The import has gone on meanwhile, by this hand or another."""

    status = 409
    code = "import_moved_on"

    def __init__(self) -> None:
        super().__init__(
            words(
                "这次导入的状态已经变化，请刷新页面后再操作。",
                "這次匯入的狀態已經改變，請重新整理頁面後再操作。",
                "The import has moved on meanwhile: look at it again first.",
            )
        )


class NothingLeft(Problem):
    """No row can be imported."""

    status = 422
    code = "nothing_to_import"

    def __init__(self) -> None:
        super().__init__(
            words(
                "没有可以导入的行，请按原因修改后重新上传。",
                "沒有可以匯入的列，請依原因修改後重新上傳。",
                "No row can be imported: mend them as their reasons say, and upload the file again.",
            )
        )
