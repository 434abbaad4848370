"""The chain over the books: what a batch writes becomes a page with a digest, and pages are sealed one by one.

A page stands for exactly its entries, a seal for its page and every seal before it. So nobody can change, remove or
insert an entry of a sealed page without every later seal telling (decision 0021). Writing a page waits for nobody;
sealing is done afterwards, by one at a time (`ledger.sealing`).

The canonical form of an entry is that of PostgreSQL's binary COPY: each column but `page`, in the order of `ENTRY`,
as its length in four bytes and then its value (ids 16 bytes, numbers big-endian, texts in UTF-8, times in
microseconds since 2000-01-01 UTC). Lengths make it unambiguous, and the database itself writes it when asked.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from struct import Struct
from uuid import UUID

from regulars.kit.rows import Cursor, array

ENTRY = {
    "member_id": "uuid",
    "id": "uuid",
    "bucket": "smallint",
    "asset": "text",
    "amount": "bigint",
    "account": "text",
    "lot_id": "uuid",
    "rule": "text",
    "time": "timestamptz",
}
"""The columns of an entry and their types, in the order in which entries are given here and digested."""

EntryRow = tuple[UUID, UUID, int, str, int, str, UUID, str, datetime]
"""An entry's values in the order of `ENTRY`."""

HASH_BYTES = 32
FIRST = bytes(HASH_BYTES)
"""What the first seal takes for the hash before it."""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_DAY_MICROSECONDS = 86_400_000_000
_SEAL = Struct(">32sqqiq")

_ENTER = f"""
WITH page AS (
    INSERT INTO ledger_page (id, entries, digest, time)
    VALUES (nextval('ledger_page_number'), %s::int, %s::bytea, %s::timestamptz) RETURNING id)
INSERT INTO ledger_entry ({", ".join(ENTRY)}, page)
SELECT row.*, page.id FROM page, unnest({", ".join(f"%s::{kind}[]" for kind in ENTRY.values())}) AS row
"""


def enter(cursor: Cursor, entries: Sequence[EntryRow], now: datetime) -> None:
    """Append `entries` to the books as one page, written at `now`, in the caller's transaction.

    Page and entries are one statement, and the page's number comes from the database's sequence without being read
    back: so it can be gathered with others into one round trip. Nothing is written where there is no entry.
    """
    if not entries:
        return
    values = [str(len(entries)), f"\\x{digest([record(entry) for entry in entries]).hex()}", now]
    cursor.execute(_ENTER, [*values, *map(array, zip(*entries, strict=True))])


def microseconds(moment: datetime) -> int:
    """Microseconds since 2000-01-01 UTC, as PostgreSQL keeps a moment. Refuses one without a zone (TypeError)."""
    since: timedelta = moment - _EPOCH
    return since.days * _DAY_MICROSECONDS + since.seconds * 1_000_000 + since.microseconds


def moment_of(since: int) -> datetime:
    """The moment that is so many microseconds after 2000-01-01 UTC."""
    return _EPOCH + timedelta(microseconds=since)


@lru_cache(maxsize=4096)
def _utf8(text: str) -> bytes:
    return text.encode()


@lru_cache(maxsize=4096)
def _layout(asset: int, account: int, rule: int) -> Struct:
    """The bytes of an entry whose texts have these lengths."""
    return Struct(f">I16sI16sIhI{asset}sIqI{account}sI16sI{rule}sIq")


def record(entry: EntryRow) -> bytes:
    """The canonical form of an entry. Entries that differ in anything have different forms."""
    member_id, entry_id, bucket, asset, amount, account, lot_id, rule, time = entry
    return form(
        member_id.int.to_bytes(16),
        entry_id.int.to_bytes(16),
        bucket,
        asset,
        amount,
        account,
        lot_id.int.to_bytes(16),
        rule,
        microseconds(time),
    )


def form(
    member_id: bytes,
    entry_id: bytes,
    bucket: int,
    asset: str,
    amount: int,
    account: str,
    lot_id: bytes,
    rule: str,
    time: int,
) -> bytes:
    """The canonical form of the entry with these values: ids are 16 bytes, `time` is in `microseconds`."""
    what, house, why = _utf8(asset), _utf8(account), _utf8(rule)
    return _layout(len(what), len(house), len(why)).pack(
        16,
        member_id,
        16,
        entry_id,
        2,
        bucket,
        len(what),
        what,
        8,
        amount,
        len(house),
        house,
        16,
        lot_id,
        len(why),
        why,
        8,
        time,
    )


def digest(records: list[bytes]) -> bytes:
    """The digest of a page's entries, given in their canonical form in any order: that of member and id counts.

    (A record begins with both, and no two entries have both in common; so the order is that of the bytes.)
    """
    return blake2b(b"".join(sorted(records)), digest_size=HASH_BYTES, person=b"regulars.page.1").digest()


def seal_hash(before: bytes, number: int, page: int, entries: int, page_digest: bytes, time: int) -> bytes:
    """The hash of seal `number`, for a page of so many `entries` that was written at `time` (`microseconds`).

    `before` is the hash of the seal before, 32 bytes; `FIRST` for seal number 1.
    """
    head = _SEAL.pack(before, number, page, entries, time)
    return blake2b(head + page_digest, digest_size=HASH_BYTES, person=b"regulars.seal.1").digest()
