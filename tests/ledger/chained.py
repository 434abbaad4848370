"""Pages of made-up entries, written and sealed as the engine and the worker do it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from django.db import connection, transaction
from hypothesis import strategies as st

from regulars.kit import rows
from regulars.kit.ids import bucket_of
from regulars.ledger.chain import EntryRow, enter
from regulars.ledger.proof import database
from regulars.ledger.proof.checks import verify
from regulars.ledger.proof.report import Head, Kind, Report
from regulars.ledger.sealing import Sealer
from tests.owner import as_owner

NOW = datetime(2026, 11, 23, 9, 30, 0, 123456, tzinfo=UTC)

_TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
_BIG = st.integers(-(2**63), 2**63 - 1)
ENTRIES = st.tuples(
    st.uuids(),
    st.uuids(),
    st.integers(0, 63),
    _TEXTS,
    _BIG,
    _TEXTS,
    st.uuids(),
    _TEXTS,
    st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)


def entries(count: int, seed: int = 1) -> list[EntryRow]:
    """So many entries of a handful of members."""
    random = Random(seed)
    members = [UUID(int=random.getrandbits(128)) for _ in range(5)]
    made: list[EntryRow] = []
    for number in range(count):
        member = random.choice(members)
        entry_id = UUID(int=random.getrandbits(128))
        amount = random.randrange(-500, 500)
        rule = random.choice(["", "base_points", "生日\t双倍\\n"])
        time = NOW + timedelta(microseconds=random.randrange(10**9))
        account = "issue" if number % 2 else "spend"
        made.append((member, entry_id, bucket_of(member), "points", amount, account, entry_id, rule, time))
    return made


def write(*pages: Sequence[EntryRow]) -> None:
    """Each as one batch."""
    for page in pages:
        with transaction.atomic(), rows.cursor() as cursor, cursor.gather():
            enter(cursor, page, NOW)


def books(pages: int = 6, each: int = 7) -> None:
    """Sealed books."""
    write(*[entries(each, seed) for seed in range(1, pages + 1)])
    assert Sealer().run() == pages


def sql(statement: str, *params: object) -> list[tuple[object, ...]]:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall()) if cursor.description else []


def page_ids() -> list[int]:
    return [int(str(number)) for (number,) in sql("SELECT id FROM ledger_page ORDER BY id")]


def verified(expect: Head | None = None) -> Report:
    with database.opened() as opened:
        return verify(opened, expect)


def kinds(report: Report) -> dict[Kind, int]:
    return dict(report.counts)
