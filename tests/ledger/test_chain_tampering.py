"""Somebody with a hand in the database changes the books: every kind of change is found, and named."""

import pytest
from django.db import connection

from regulars.ledger.chain import seal_hash
from regulars.ledger.proof.report import LISTED, Head, Kind
from regulars.ledger.sealing import Sealer
from tests.ledger.chained import books, entries, kinds, page_ids, sql, verified, write
from tests.owner import as_owner

pytestmark = pytest.mark.django_db(transaction=True)

COLUMNS = {
    "member_id": "gen_random_uuid()",
    "id": "gen_random_uuid()",
    "bucket": "63 - bucket",
    "asset": "'growth'",
    "amount": "amount + 1",
    "account": "'adjust'",
    "lot_id": "gen_random_uuid()",
    "rule": "rule || 'x'",
    "time": "time + interval '1 microsecond'",
}
ONE = "(SELECT id FROM ledger_entry WHERE page = %s ORDER BY id LIMIT 1)"


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_column(column: str) -> None:
    books()
    page = page_ids()[3]
    sql(f"UPDATE ledger_entry SET {column} = {COLUMNS[column]} WHERE id = {ONE}", page)
    report = verified()
    assert kinds(report) == {Kind.CHANGED: 1}
    (found,) = report.differences
    assert (found.page, found.written, found.found) == (page, 7, 7)
    assert found.members
    named = sql("SELECT DISTINCT member_id::text FROM ledger_entry WHERE page = %s", page)
    assert set(found.members) == {member for (member,) in named}


def test_an_entry_moved_to_another_page() -> None:
    books()
    first, second = page_ids()[:2]
    sql(f"UPDATE ledger_entry SET page = %s WHERE id = {ONE}", second, first)
    report = verified()
    assert kinds(report) == {Kind.REMOVED: 1, Kind.INSERTED: 1}
    assert [(one.page, one.written, one.found) for one in report.differences] == [
        (first, 7, 6),
        (second, 7, 8),
    ]


def test_two_entries_that_change_places() -> None:
    books()
    first, second = page_ids()[:2]
    sql(
        f"UPDATE ledger_entry SET page = CASE page WHEN %s THEN %s ELSE %s END WHERE id IN ({ONE}, {ONE})",
        first,
        second,
        first,
        first,
        second,
    )
    report = verified()
    assert kinds(report) == {Kind.CHANGED: 2}
    assert [one.page for one in report.differences] == [first, second]


def test_amounts_of_two_entries_swapped() -> None:
    books()
    page = page_ids()[0]
    (one, much), (other, little) = sql(
        "SELECT id, amount FROM ledger_entry WHERE page = %s ORDER BY amount DESC LIMIT 2", page
    )
    assert much != little
    sql("UPDATE ledger_entry SET amount = CASE WHEN id = %s THEN %s ELSE %s END WHERE id IN (%s, %s)",
        one, little, much, one, other)  # fmt: skip
    assert kinds(verified()) == {Kind.CHANGED: 1}


def test_an_entry_removed() -> None:
    books()
    page = page_ids()[2]
    sql(f"DELETE FROM ledger_entry WHERE id = {ONE}", page)
    report = verified()
    assert kinds(report) == {Kind.REMOVED: 1}
    assert (report.differences[0].page, report.differences[0].written, report.differences[0].found) == (
        page,
        7,
        6,
    )


def test_all_entries_of_a_page_removed() -> None:
    books()
    for page in (page_ids()[2], page_ids()[-1]):
        sql("DELETE FROM ledger_entry WHERE page = %s", page)
    report = verified()
    assert kinds(report) == {Kind.REMOVED: 2}
    assert [one.found for one in report.differences] == [0, 0]


def test_an_entry_inserted() -> None:
    books()
    page = page_ids()[2]
    sql(_COPY_OF.format(page="page"), page)
    report = verified()
    assert kinds(report) == {Kind.INSERTED: 1}
    assert (report.differences[0].page, report.differences[0].found) == (page, 8)


_COPY_OF = """
INSERT INTO ledger_entry (member_id, id, bucket, asset, amount, account, lot_id, rule, time, page)
SELECT member_id, gen_random_uuid(), bucket, asset, amount, account, lot_id, rule, time, {page}
  FROM ledger_entry WHERE page = %s LIMIT 1
"""


@pytest.mark.parametrize("number", [0, 10**12, -1])
def test_an_entry_past_the_chain(number: int) -> None:
    books()
    sql(_COPY_OF.format(page=number), page_ids()[0])
    report = verified()
    assert kinds(report) == {Kind.LOOSE: 1}
    assert (report.differences[0].page, report.differences[0].found) == (number, 1)


def test_a_page_removed_with_its_entries() -> None:
    books()
    page = page_ids()[2]
    sql("DELETE FROM ledger_entry WHERE page = %s", page)
    sql("DELETE FROM ledger_page WHERE id = %s", page)
    report = verified()
    assert kinds(report) == {Kind.PAGE_REMOVED: 1}
    assert (report.differences[0].page, report.differences[0].seal) == (page, 3)


def test_a_page_removed_without_its_entries() -> None:
    books()
    page = page_ids()[2]
    sql("DELETE FROM ledger_page WHERE id = %s", page)
    assert kinds(verified()) == {Kind.LOOSE: 1, Kind.PAGE_REMOVED: 1}


def test_a_page_removed_with_its_entries_and_its_seal() -> None:
    books()
    page = page_ids()[2]
    for table, column in (("ledger_entry", "page"), ("ledger_page", "id"), ("ledger_seal", "page")):
        sql(f"DELETE FROM {table} WHERE {column} = %s", page)
    report = verified()
    assert kinds(report) == {Kind.SEALS_REMOVED: 1}
    assert (report.differences[0].seal, report.differences[0].found) == (3, 1)


def test_seals_moved_up_to_close_the_gap() -> None:
    books()
    page = page_ids()[2]
    for table, column in (("ledger_entry", "page"), ("ledger_page", "id"), ("ledger_seal", "page")):
        sql(f"DELETE FROM {table} WHERE {column} = %s", page)
    sql("UPDATE ledger_seal SET number = -number WHERE number > 3")
    sql("UPDATE ledger_seal SET number = -number - 1 WHERE number < 0")
    report = verified()
    assert Kind.SEAL_CHANGED in kinds(report)
    assert report.differences[0].seal == 3


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("digest = decode(repeat('ab', 32), 'hex')", {Kind.CHANGED: 1, Kind.SEAL_CHANGED: 1}),
        ("digest = ''", {Kind.CHANGED: 1, Kind.SEAL_CHANGED: 1}),
        ("entries = entries + 1", {Kind.REMOVED: 1, Kind.SEAL_CHANGED: 1}),
        ("entries = -2147483648", {Kind.INSERTED: 1, Kind.SEAL_CHANGED: 1}),
        ("time = time + interval '1 microsecond'", {Kind.SEAL_CHANGED: 1}),
        ("time = 'infinity'", {Kind.SEAL_CHANGED: 1}),
        ("id = 10^12", {Kind.LOOSE: 1, Kind.REMOVED: 1, Kind.PAGE_REMOVED: 1}),
    ],
)
def test_a_page_changed(change: str, expected: dict[Kind, int]) -> None:
    books()
    sql(f"UPDATE ledger_page SET {change} WHERE id = %s", page_ids()[1])
    assert kinds(verified()) == expected


def test_a_page_made_anew_for_a_changed_entry() -> None:
    """Whoever also corrects the page's digest has the seal against them."""
    books()
    page = page_ids()[1]
    sql("DELETE FROM ledger_entry WHERE page = %s", page)
    write(entries(7, 99))
    new = page_ids()[-1]
    sql("UPDATE ledger_page SET (entries, digest) = (SELECT entries, digest FROM ledger_page WHERE id = %s)"
        " WHERE id = %s", new, page)  # fmt: skip
    sql("UPDATE ledger_entry SET page = %s WHERE page = %s", page, new)
    sql("DELETE FROM ledger_page WHERE id = %s", new)
    report = verified()
    assert kinds(report) == {Kind.SEAL_CHANGED: 1}
    assert (report.differences[0].page, report.differences[0].seal) == (page, 2)


def test_a_seal_changed() -> None:
    books()
    sql("UPDATE ledger_seal SET hash = decode(repeat('ab', 32), 'hex') WHERE number = 4")
    report = verified()
    assert kinds(report) == {Kind.SEAL_CHANGED: 1}
    assert report.differences[0].seal == 4


@pytest.mark.parametrize("hash_", ["''", "decode(repeat('ab', 33), 'hex')"])
def test_a_seal_of_another_length(hash_: str) -> None:
    books()
    sql(f"UPDATE ledger_seal SET hash = {hash_} WHERE number = 6")
    assert kinds(verified()) == {Kind.SEAL_CHANGED: 1}


def test_two_seals_change_places() -> None:
    books()
    first, second = page_ids()[:2]
    sql("UPDATE ledger_seal SET page = -page WHERE page IN (%s, %s)", first, second)
    sql(
        "UPDATE ledger_seal SET page = CASE -page WHEN %s THEN %s ELSE %s END WHERE page < 0",
        first,
        second,
        first,
    )
    report = verified()
    assert kinds(report) == {Kind.SEAL_CHANGED: 2}
    assert [one.seal for one in report.differences] == [1, 2]


def test_the_first_seal_removed() -> None:
    books()
    sql("DELETE FROM ledger_seal WHERE number = 1")
    report = verified()
    assert kinds(report) == {Kind.SEALS_REMOVED: 1}
    assert report.unsealed == 1


def test_a_seal_below_the_first() -> None:
    books()
    sql("INSERT INTO ledger_seal VALUES (0, 10^12, '')")
    assert kinds(verified()) == {Kind.SEAL_REPEATED: 1}


def test_the_last_seals_removed() -> None:
    """The pages count as not sealed; whoever noted the head knows that they were."""
    books()
    head = verified().head
    sql("DELETE FROM ledger_seal WHERE number > 4")
    report = verified()
    assert (report.ok, report.unsealed) == (True, 2)
    assert kinds(verified(head)) == {Kind.HEAD_REMOVED: 1}
    assert Sealer().run() == 2
    assert kinds(verified(head)) == {}


def test_the_last_pages_removed_without_a_trace() -> None:
    books()
    head = verified().head
    page = page_ids()[-1]
    for table, column in (("ledger_entry", "page"), ("ledger_page", "id"), ("ledger_seal", "page")):
        sql(f"DELETE FROM {table} WHERE {column} = %s", page)
    assert kinds(verified()) == {}
    report = verified(head)
    assert kinds(report) == {Kind.HEAD_REMOVED: 1}
    assert (report.differences[0].seal, report.differences[0].found) == (6, 5)
    write(entries(3, 50))
    assert Sealer().run() == 1
    assert kinds(verified(head)) == {Kind.HEAD_DIFFERS: 1}


def test_a_chain_made_anew() -> None:
    """Somebody who may do everything changes an entry and reckons all digests and hashes again."""
    books()
    head = verified().head
    noted = Head(3, sql("SELECT encode(hash, 'hex') FROM ledger_seal WHERE number = 3")[0][0])  # type: ignore[arg-type]
    sql("TRUNCATE ledger_entry, ledger_page, ledger_seal")
    write(*[entries(7, seed) for seed in (1, 2, 3, 44, 5, 6)])
    assert Sealer().run() == 6
    assert kinds(verified()) == {}
    assert kinds(verified(head)) == {Kind.HEAD_DIFFERS: 1}
    assert kinds(verified(noted)) == {Kind.HEAD_DIFFERS: 1}


def test_a_noted_head_is_found_again_later() -> None:
    books()
    head = verified().head
    assert kinds(verified(head)) == {}
    write(entries(3, 50))
    Sealer().run()
    later = verified(head)
    assert (later.ok, later.head is not None and later.head.number) == (True, 7)


def test_a_page_sealed_twice() -> None:
    books()
    (page, count, digest), (before,) = (
        sql("SELECT id, entries, digest FROM ledger_page ORDER BY id LIMIT 1")[0],
        sql("SELECT hash FROM ledger_seal WHERE number = 6")[0],
    )
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT (extract(epoch FROM time) * 1000000)::bigint - 946684800000000 FROM ledger_page"
                       " WHERE id = %s", [page])  # fmt: skip
        (time,) = cursor.fetchone()
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'ledger_seal'::regclass AND contype = 'u'"
        )
        (unique,) = cursor.fetchone()
        cursor.execute(f'ALTER TABLE ledger_seal DROP CONSTRAINT "{unique}"')
        try:
            again = seal_hash(bytes(before), 7, page, count, bytes(digest), time)  # type: ignore[call-overload, arg-type]
            cursor.execute("INSERT INTO ledger_seal VALUES (7, %s, %s)", [page, again])
            report = verified()
        finally:
            cursor.execute("DELETE FROM ledger_seal WHERE number = 7")
            cursor.execute(f'ALTER TABLE ledger_seal ADD CONSTRAINT "{unique}" UNIQUE (page)')
    assert kinds(report) == {Kind.PAGE_SEALED_TWICE: 1}


def test_many_differences_are_counted_and_the_first_told() -> None:
    write(*[entries(2, seed) for seed in range(LISTED + 20)])
    Sealer().run()
    sql("UPDATE ledger_entry SET amount = amount + 1")
    report = verified()
    assert kinds(report) == {Kind.CHANGED: LISTED + 20}
    assert [one.page for one in report.differences] == page_ids()[:LISTED]
