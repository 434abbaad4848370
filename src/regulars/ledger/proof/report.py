"""What a verification finds."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

LISTED = 100
"""So many differences are told one by one; all are counted."""
MEMBERS = 20
"""So many members are named with a difference."""


class Kind(StrEnum):
    """What is not as it was written."""

    CHANGED = "entries_changed"
    """The page has as many entries as it says, but not those: one was changed, or removed and another put in."""
    REMOVED = "entries_removed"
    """Fewer entries than the page says."""
    INSERTED = "entries_inserted"
    """More entries than the page says."""
    LOOSE = "entries_without_page"
    """Entries on a page that is not there (page 0: written before the chain, or past it)."""
    PAGE_REPEATED = "page_repeated"
    """A page's number is there twice."""
    PAGE_REMOVED = "page_removed"
    """A page was sealed and is not there."""
    SEAL_CHANGED = "seal_changed"
    """The seal's hash does not follow from its page and the seal before: one of the three was changed."""
    SEALS_REMOVED = "seals_removed"
    """A gap in the seals' numbers."""
    SEAL_REPEATED = "seal_repeated"
    """A seal's number is there twice, or below 1."""
    PAGE_SEALED_TWICE = "page_sealed_twice"
    """Several seals for one page."""
    HEAD_DIFFERS = "head_differs"
    """The seal with the noted number has another hash than the noted one: the chain was made anew."""
    HEAD_REMOVED = "head_removed"
    """The chain ends before the noted number."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was written, and where.

    `page`, `seal`: the numbers, as far as they say something. `written`, `found`: how many entries (of seals_removed:
    `found` seals) the page says and there are. `members`: whose entries lie on the page, at most `MEMBERS` of them.
    """

    kind: Kind
    page: int | None = None
    seal: int | None = None
    written: int | None = None
    found: int | None = None
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """A place in the chain: a seal's number and its hash in hexadecimal."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


@dataclass(slots=True)
class Report:
    """What was looked at and what was found. `unsealed` pages were written since the last seal, the oldest of them
    at `unsealed_since`."""

    entries: int = 0
    pages: int = 0
    seals: int = 0
    unsealed: int = 0
    unsealed_since: datetime | None = None
    head: Head | None = None
    counts: Counter[Kind] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    """The first `LISTED`, in the order in which they were found: pages by number, then seals by number."""

    @property
    def ok(self) -> bool:
        """Whether everything is as it was written."""
        return not self.counts

    def add(self, difference: Difference) -> None:
        """Take a difference down."""
        self.counts[difference.kind] += 1
        if len(self.differences) < LISTED:
            self.differences.append(difference)
