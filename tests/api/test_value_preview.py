"""What a command would do is told without doing it: nothing is written, nothing stays locked."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection

from regulars.engine import operations
from regulars.engine.operations import Request
from tests.engine.world import fresh, joined, shop, tables, today, took

pytestmark = pytest.mark.django_db(transaction=True)

LOCKS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' OR mode IN ('RowShareLock', 'RowExclusiveLock')"
PAGES = "SELECT count(*) FROM ledger_page"


@pytest.fixture(autouse=True)
def _open() -> Iterator[None]:
    with today("2026-03-01 10:00"):
        fresh(shop())
        yield


def one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def test_a_preview_is_what_then_happens_and_leaves_nothing() -> None:
    (result,) = took(joined("m", "2026-02-01"))
    request = Request(UUID(result["member_id"]), "t", "k1")
    before, pages = tables(), one(PAGES)
    foreseen = operations.credit(replace(request, preview=True), "points", 50)
    assert (foreseen.status, foreseen.balances["points"]) == ("preview", 50)
    assert (tables(), one(PAGES), one(LOCKS)) == (before, pages, 0)
    done = operations.credit(request, "points", 50)
    assert done == replace(foreseen, status="processed", moves=done.moves)
    refused = operations.spend(replace(request, key="k2", preview=True), "points", 51)
    assert refused.error is not None
    assert (refused.status, refused.error.code) == ("rejected", "insufficient")
    assert operations.credit(replace(request, preview=True), "points", 50).status == "duplicate"
    conflict = operations.credit(replace(request, preview=True), "points", 51)
    assert conflict.error is not None
    assert conflict.error.code == "key_conflict"
