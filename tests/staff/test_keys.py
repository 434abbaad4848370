"""API keys: shown once, recognised quickly, ended for good."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from regulars.kit import clock
from regulars.staff import keys, queries, service
from regulars.staff.contracts import KeyHolder, Scope, StaffProblem
from regulars.staff.models import ApiKey, AuditEntry

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    service.forget_keys()


def test_only_the_digest_of_a_key_is_kept() -> None:
    plain = service.create_api_key("POS Shanghai", ["events:write", "members:read", "events:write"])
    row = ApiKey.objects.get()
    assert plain.startswith(f"rk_{row.prefix}_")
    assert len(plain) == len("rk_") + 8 + 1 + 40
    assert bytes(row.digest) == hashlib.sha256(plain.encode()).digest()
    assert (row.name, row.scopes) == ("POS Shanghai", ["events:write", "members:read"])
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.subject) == ("command line", "apikey.created", row.prefix)
    assert plain not in str(entry.detail)


def test_a_key_is_recognised_with_what_it_may() -> None:
    plain = service.create_api_key("POS", ["events:write"])
    holder = service.authenticate_key(plain)
    assert holder == KeyHolder("POS", frozenset({"events:write"}), "command line")
    assert holder.may(Scope.EVENTS_WRITE)
    assert not holder.may(Scope.EVENTS_READ)
    everything = service.authenticate_key(service.create_api_key("ERP", ["*"]))
    assert everything is not None
    assert all(everything.may(scope) for scope in Scope)


@pytest.mark.parametrize(
    "change", ["", "rk_", "x", "rk_00000000_" + "0" * 40, "rk_" + "é" * 10, "rk_" + "0" * 5000]
)
def test_anything_else_is_nobody(change: str) -> None:
    plain = service.create_api_key("POS", ["*"])
    assert service.authenticate_key(change) is None
    assert service.authenticate_key(plain[:-1]) is None
    assert service.authenticate_key(plain + "0") is None
    assert service.authenticate_key(plain.upper()) is None


def test_the_hot_path_asks_the_database_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    plain = service.create_api_key("POS", ["*"])
    with django_assert_num_queries(2):  # the key, and the note of its use
        service.authenticate_key(plain)
    with django_assert_num_queries(0):
        for _ in range(100):
            assert service.authenticate_key(plain) is not None
    unknown = keys.make()[0]
    with django_assert_num_queries(1):
        for _ in range(100):
            assert service.authenticate_key(unknown) is None


def test_use_is_noted_at_most_once_a_minute() -> None:
    plain = service.create_api_key("POS", ["*"])
    for seconds, noted in [(0, 0), (30, 0), (59, 0), (61, 61), (100, 61)]:
        with clock.fixed(NOON + timedelta(seconds=seconds)):
            service.authenticate_key(plain)
        assert ApiKey.objects.get().last_used_at == NOON + timedelta(seconds=noted)


def test_a_revoked_key_is_nobody_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = service.create_api_key("POS", ["*"])
    assert service.authenticate_key(plain) is not None
    key_id = ApiKey.objects.get().pk
    assert service.revoke_api_key(key_id, "ann@example.com") is True
    assert service.revoke_api_key(key_id, "ann@example.com") is False
    later = keys.monotonic() + keys.REMEMBER_SECONDS + 0.1
    monkeypatch.setattr(keys, "monotonic", lambda: later)
    assert service.authenticate_key(plain) is None
    assert [key.revoked_at is not None for key in queries.api_keys()] == [True]
    assert [entry.action for entry in queries.audit_trail()] == ["apikey.revoked", "apikey.created"]


def test_memory_is_bounded() -> None:
    asked = []
    memory = keys.Memory(lambda fingerprint: asked.append(fingerprint))
    for _ in range(keys.REMEMBER_AT_MOST + 10):
        memory.find(keys.make()[0])
    assert len(asked) == keys.REMEMBER_AT_MOST + 10
    assert len(memory._found) == 10


@pytest.mark.parametrize(
    ("name", "scopes", "sentence"),
    [
        ("", ["*"], "Give the key a name of at most 100 characters."),
        ("x" * 101, ["*"], "Give the key a name of at most 100 characters."),
        ("POS", [], "A key needs at least one scope; scopes are events:write,"),
        ("POS", ["events:write", "evrything"], "Unknown scope evrything; scopes are events:write,"),
    ],
)
def test_a_key_that_can_not_be(name: str, scopes: list[str], sentence: str) -> None:
    with pytest.raises(StaffProblem) as refused:
        service.create_api_key(name, scopes)
    assert str(refused.value).startswith(sentence)
    assert not ApiKey.objects.exists()
    assert not AuditEntry.objects.exists()
