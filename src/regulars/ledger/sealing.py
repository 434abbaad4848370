"""Sealing: every page that was committed is put into the chain, once, a moment later. The worker's work."""

import time
from collections.abc import Sequence
from typing import Any

import structlog
from django.db import transaction

from regulars.kit import rows
from regulars.kit.rows import Cursor
from regulars.ledger.chain import FIRST, microseconds, seal_hash

PORTION = 5_000
SETTLE_SECONDS = 5.0
SWEEP_SECONDS = 3_600.0
SEALING = 0x5265_6773_0001
"""The advisory lock that whoever seals holds: the chain has one end."""

_LOCK = "SELECT pg_try_advisory_xact_lock(%s)"
_OLDEST_WRITER = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_NEXT_WRITER = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
_HEAD = "SELECT number, hash FROM ledger_seal ORDER BY number DESC LIMIT 1"
_UNSEALED = """
SELECT id, entries, digest, time FROM ledger_page AS page
 WHERE id > %(floor)s
   AND NOT EXISTS (SELECT FROM ledger_seal AS seal WHERE seal.page = page.id AND seal.page > %(floor)s)
 ORDER BY id LIMIT %(portion)s
"""
_SEAL = {"number": "bigint", "page": "bigint", "hash": "bytea"}

_log = structlog.get_logger(__name__)


class Sealer:
    """Seals what is not sealed yet, in the order of the pages' numbers as far as they can be seen.

    Pages commit in another order than they are numbered; one that comes later is sealed later. So that each look
    reads only the end of the table, the sealer remembers `floor`: the number up to which every page is sealed and
    none can be added. It is raised to a number seen earlier once every transaction that ran then has ended. It is
    only a short cut: from time to time, and by every new process, all pages are looked at.
    """

    def __init__(self) -> None:
        self.floor = -1
        self._mark: tuple[int, int, float] | None = None
        """A page's number that was seen, the transactions that may have lower ones (those before), and when."""
        self._swept = 0.0

    def run(self) -> int:
        """Seal a portion; how many pages that were. 0 where another process is at it."""
        began = time.monotonic()
        if not self._swept or began - self._swept > SWEEP_SECONDS:
            self.floor, self._mark, self._swept = -1, None, began
        with transaction.atomic(), rows.cursor() as cursor:
            ((alone,),) = _rows(cursor, _LOCK, [SEALING])
            if not alone:
                return 0
            # Each of these sees what was committed before it, so their order matters: see `_remember`.
            ((oldest,),), head, pages, ((next_writer,),) = cursor.run(
                [
                    (_OLDEST_WRITER, ()),
                    (_HEAD, ()),
                    (_UNSEALED, {"floor": self.floor, "portion": PORTION}),
                    (_NEXT_WRITER, ()),
                ]
            )
            _seal(cursor, head[0] if head else (0, FIRST), pages)
        self._remember(oldest, next_writer, pages, began)
        return len(pages)

    def _remember(self, oldest: int, next_writer: int, pages: Sequence[Any], now: float) -> None:
        if len(pages) >= PORTION:
            return
        if self._mark is not None:
            number, writer, since = self._mark
            if oldest >= writer and now - since >= SETTLE_SECONDS:
                self.floor, self._mark = number, None
        if self._mark is None and pages:
            self._mark = (pages[-1][0], next_writer, now)


def _rows(cursor: Cursor, sql: str, params: Sequence[Any]) -> list[Any]:
    (found,) = cursor.run([(sql, params)])
    return found


def _seal(cursor: Cursor, head: tuple[int, bytes], pages: Sequence[Any]) -> None:
    number, before = head
    seals = []
    for page, entries, digest, written in pages:
        number += 1
        before = seal_hash(before, number, page, entries, digest, microseconds(written))
        seals.append((number, page, before))
    rows.insert(cursor, "ledger_seal", _SEAL, seals)


seal_due = Sealer().run
"""This process's sealer, for the worker's loop."""
