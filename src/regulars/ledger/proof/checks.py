"""The checks, over rows in order from wherever they come. Memory is that of one page, however many there are."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import groupby, islice
from operator import itemgetter
from typing import NamedTuple, Protocol
from uuid import UUID

from regulars.ledger.chain import FIRST, HASH_BYTES, digest, moment_of, seal_hash
from regulars.ledger.proof.report import MEMBERS, Difference, Head, Kind, Report

PROGRESS_ENTRIES = 50_000

Told = Callable[[int, int | None], None]
"""Is told how many entries were looked at, and of how many where that is known."""


class PageRow(NamedTuple):
    """A page; `time` in `chain.microseconds`."""

    id: int
    entries: int
    digest: bytes
    time: int


class LinkRow(NamedTuple):
    """A seal with its page. No `number`: the page has no seal. No `content`: the sealed page is not there."""

    number: int | None
    page: int
    hash: bytes
    content: PageRow | None


class Books(Protocol):
    """The three tables, each to be read once, in this order."""

    def total(self) -> int | None:
        """How many entries there are, about, where that is known beforehand."""

    def entries(self) -> Iterator[tuple[int, bytes]]:
        """Every entry as its page and canonical form, by page."""

    def pages(self) -> Iterator[PageRow]:
        """Every page, by number; read beside `entries`."""

    def links(self) -> Iterator[LinkRow]:
        """Every seal by number with its page, and then every page that has none."""


def verify(books: Books, expect: Head | None = None, told: Told = lambda _done, _total: None) -> Report:
    """Recompute every digest and every hash. `expect`: a place in the chain that was noted earlier."""
    report = Report()
    _check_pages(report, books, told)
    _check_seals(report, books.links(), expect)
    return report


def _check_pages(report: Report, books: Books, told: Told) -> None:
    total, mentioned = books.total(), 0
    pages = _Pages(report, books.pages())
    for number, group in groupby(books.entries(), key=itemgetter(0)):
        records = (form for _, form in group)
        report.entries += _check_page(report, number, pages.upto(number), records)
        if report.entries - mentioned >= PROGRESS_ENTRIES:
            mentioned = report.entries
            told(mentioned, total)
    pages.finish()
    told(report.entries, total)


class _Pages:
    """The pages, walked beside the entries; what has none is told on the way."""

    def __init__(self, report: Report, pages: Iterator[PageRow]) -> None:
        self._report = report
        self._pages = pages
        self._last: int | None = None
        self._ahead = self._next()

    def upto(self, number: int) -> PageRow | None:
        """The page with this number; those before it have no entries."""
        while self._ahead is not None and self._ahead.id < number:
            self._empty(self._ahead)
            self._ahead = self._next()
        found = self._ahead
        if found is None or found.id != number:
            return None
        self._ahead = self._next()
        return found

    def finish(self) -> None:
        """Nothing is left of the entries."""
        while self._ahead is not None:
            self._empty(self._ahead)
            self._ahead = self._next()

    def _next(self) -> PageRow | None:
        """The next page; one whose number was there already counts as a difference and no more."""
        for page in self._pages:
            self._report.pages += 1
            if page.id != self._last:
                self._last = page.id
                return page
            self._report.add(Difference(Kind.PAGE_REPEATED, page.id))
        return None

    def _empty(self, page: PageRow) -> None:
        self._report.add(Difference(Kind.REMOVED, page.id, written=page.entries, found=0))


def _check_page(report: Report, number: int, page: PageRow | None, records: Iterator[bytes]) -> int:
    """Compare one page with its entries; how many these are."""
    written = page.entries if page is not None else 0
    some = list(islice(records, max(written, MEMBERS)))
    found = len(some) + sum(1 for _ in records)
    if page is None:
        report.add(Difference(Kind.LOOSE, number, found=found, members=_members(some)))
    elif found != written:
        kind = Kind.REMOVED if found < written else Kind.INSERTED
        report.add(Difference(kind, number, None, written, found, _members(some)))
    elif digest(some) != page.digest:
        report.add(Difference(Kind.CHANGED, number, None, written, found, _members(some)))
    return found


def _members(records: Iterable[bytes]) -> tuple[str, ...]:
    """Whose entries these are. A form that is no entry's names nobody."""
    seen = {form[4:20] for form in records if form[:4] == b"\x00\x00\x00\x10"}
    return tuple(str(UUID(bytes=member)) for member in sorted(seen)[:MEMBERS])


def _check_seals(report: Report, links: Iterator[LinkRow], expect: Head | None) -> None:
    chain = _Chain(report, expect)
    with_page = 0
    for link in links:
        with_page += link.content is not None
        if link.number is not None:
            chain.follow(link.number, link)
        elif link.content is not None:
            _unsealed(report, link.content)
    if with_page > report.pages:
        report.add(Difference(Kind.PAGE_SEALED_TWICE, found=with_page - report.pages))
    chain.finish()


def _unsealed(report: Report, page: PageRow) -> None:
    report.unsealed += 1
    with suppress(OverflowError):
        written = moment_of(page.time)
        report.unsealed_since = min(report.unsealed_since or written, written)


class _Chain:
    """The seals, followed from the first. After one that does not fit it goes on both from what stands there and
    from what should: so that one change is one difference, not as many as there are seals after it."""

    def __init__(self, report: Report, expect: Head | None) -> None:
        self._report = report
        self._expect = expect
        self._next = 1
        self._before: set[bytes] = {FIRST}
        """What the hash before may be. Empty: unknown, after a gap."""

    def follow(self, number: int, link: LinkRow) -> None:
        """Check the next seal."""
        report = self._report
        report.seals += 1
        if number < self._next:
            report.add(Difference(Kind.SEAL_REPEATED, link.page, number))
            return
        if number > self._next:
            report.add(Difference(Kind.SEALS_REMOVED, seal=self._next, found=number - self._next))
            self._before = set()
        self._next = number + 1
        self._before = self._fits(number, link) | {link.hash}
        report.head = Head(number, link.hash.hex())
        expect = self._expect
        if expect is not None and expect.number == number and expect.hash != link.hash.hex():
            report.add(Difference(Kind.HEAD_DIFFERS, link.page, number))

    def _fits(self, number: int, link: LinkRow) -> set[bytes]:
        """What the seal's hash should be; a difference if it is something else."""
        page = link.content
        if page is None:
            self._report.add(Difference(Kind.PAGE_REMOVED, link.page, number))
            return set()
        should = {
            seal_hash(before, number, page.id, page.entries, page.digest, page.time)
            for before in self._before
            if len(before) == HASH_BYTES
        }
        if self._before and link.hash not in should:
            self._report.add(Difference(Kind.SEAL_CHANGED, link.page, number))
        return should

    def finish(self) -> None:
        """Nothing is left of the seals."""
        expect = self._expect
        if expect is not None and expect.number >= self._next:
            found = self._next - 1
            self._report.add(Difference(Kind.HEAD_REMOVED, seal=expect.number, found=found))
