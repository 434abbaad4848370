"""Arrays put together as text come out of PostgreSQL as they went in; batches have connections of their own."""

import threading
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.kit import lines
from regulars.kit.rows import array, cursor, unnest

MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    max_value=datetime(2100, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    timezones=st.just(UTC),
)
VALUES = {
    "text": st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "uuid": st.uuids(),
    "boolean": st.booleans(),
    "date": st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    "timestamptz": MOMENTS,
}


def back(kind: str, values: list[Any]) -> list[Any]:
    with cursor() as opened:
        opened.execute(
            f"SELECT value FROM unnest(%s::{kind}[]) WITH ORDINALITY AS row(value, n) ORDER BY n",
            [array(values)],
        )
        return [value for (value,) in opened.fetchall()]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", VALUES)
def test_what_goes_in_comes_out(kind: str) -> None:
    @settings(max_examples=100, deadline=None, database=None)
    @given(st.lists(st.none() | VALUES[kind], max_size=20))
    def hold(values: list[Any]) -> None:
        assert back(kind, values) == values

    hold()


@pytest.mark.django_db
def test_texts_that_look_like_something_else() -> None:
    texts = [
        "",
        "NULL",
        "null",
        '"',
        "\\",
        '\\"',
        "{}",
        "a,b",
        "line\nline",
        "tab\t",
        "\x01\x1f\x7f",
        "\\n",
        "\\u0041",
        "中文",
    ]
    assert back("text", texts) == texts
    assert back("text", [None, *texts, None]) == [None, *texts, None]


@pytest.mark.django_db
def test_bytes_go_as_they_are() -> None:
    with cursor() as opened:
        opened.execute("CREATE TEMP TABLE held (id uuid, digest bytea)")
        rows = [(UUID(int=1), b"\x00\xff\\"), (UUID(int=2), b"")]
        unnest(opened, "INSERT INTO held SELECT * FROM {rows}", ("uuid", "bytea"), rows)
        opened.execute("SELECT id, digest FROM held ORDER BY id")
        assert [(name, bytes(digest)) for name, digest in opened.fetchall()] == rows


@pytest.mark.django_db
def test_the_first_failure_is_raised_and_nothing_after_it_runs() -> None:
    def all_at_once() -> None:
        with transaction.atomic(), cursor() as opened, opened.gather():
            opened.execute("CREATE TEMP TABLE never (n int)")
            opened.execute("SELECT 1 / 0")
            opened.execute("SELECT no_such_function()")

    with pytest.raises(DatabaseError, match="division by zero"):
        all_at_once()
    with cursor() as opened:
        opened.execute("SELECT to_regclass('never')")
        assert opened.fetchall() == [(None,)]


def _backend() -> int:
    with cursor() as opened:
        opened.execute("SELECT pg_backend_pid()")
        return int(opened.fetchall()[0][0])


@pytest.mark.django_db(transaction=True)
def test_batches_of_any_thread_share_a_few_connections() -> None:
    own, found = _backend(), []

    def borrow() -> None:
        with lines.borrowed(), transaction.atomic():
            found.append(_backend())
        connection.close()

    for _ in range(5):
        thread = threading.Thread(target=borrow)
        thread.start()
        thread.join()
    assert len(set(found)) == 1
    assert own not in found
    assert _backend() == own


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_is_replaced() -> None:
    with lines.borrowed(), transaction.atomic():
        first = _backend()
    with cursor() as opened:
        opened.execute("SELECT pg_terminate_backend(%s)", [first])
    with pytest.raises(DatabaseError), lines.borrowed(), transaction.atomic():
        _backend()
    with lines.borrowed(), transaction.atomic():
        assert _backend() != first


@pytest.mark.django_db
def test_a_thread_in_a_transaction_stays_in_it() -> None:
    with transaction.atomic(), lines.borrowed():
        assert _backend() == connection.connection.info.backend_pid
