"""Events and commands come in by a door of their own: whatever is sent, it answers as the long way through Django
does."""

import json
from io import BytesIO
from typing import Any

import pytest

from regulars.api.door import Door
from regulars.kit.problems import LANGUAGES
from regulars.staff.service import create_api_key
from regulars.wsgi import application
from tests.api.conftest import Caller
from tests.api.test_events import order
from tests.api.value import joined

pytestmark = pytest.mark.django_db(transaction=True)
Answer = tuple[str, dict[str, str], Any]


def ask(app: Any, body: bytes, key: str, **more: str) -> Answer:
    """Status, headers and JSON of a POST of events."""
    environ = {
        "REQUEST_METHOD": "POST", "SCRIPT_NAME": "", "PATH_INFO": "/api/v1/events", "QUERY_STRING": "",
        "SERVER_NAME": "testserver", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "testserver",
        "wsgi.url_scheme": "http", "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/json", "HTTP_AUTHORIZATION": f"Bearer {key}", **more,
    }  # fmt: skip
    told: list[Any] = []
    content = b"".join(app(environ, lambda status, headers: told.append((status, dict(headers)))))
    (status, headers), *_ = told
    assert headers["Content-Length"] == str(len(content))
    return status, headers, json.loads(content)


def both(body: Any, key: str, **more: str) -> tuple[Answer, Answer]:
    """The same by the short way, then by the long one."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    assert isinstance(application, Door)
    return ask(application, raw, key, **more), ask(application.application, raw, key, **more)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_refused_is_refused_alike(caller: Caller, language: str) -> None:
    bodies: list[Any] = [
        b"", b"{", b"\xff\xfe", b"[]", b'{"events": []}', b"[" * 100_000, {"events": [order()] * 1001},
        {**order(), "tiem": "now"}, {**order(), "type": "no.such"}, {**order(), "data": {"total": "-1"}},
        {**order(), "member": {"phone": "12"}}, {"events": [{}, order()]}, b"x" * (5 << 20),
    ]  # fmt: skip
    for body in bodies:
        short, long = both(body, caller.key, HTTP_ACCEPT_LANGUAGE=language)
        same = (
            (short, long)
            if short[0] != "200 OK"
            else (short[2]["results"][0], long[2]["results"][0])  # the good one of a batch is known by now
        )
        assert same[0] == same[1], body[:80] if isinstance(body, bytes) else body


def test_what_is_taken_is_answered_alike(caller: Caller) -> None:
    short, long = both(order(), caller.key)
    assert short[2]["results"][0].pop("status") == "processed"
    assert long[2]["results"][0].pop("status") == "duplicate"
    assert short == long
    assert short[1]["Content-Type"] == "application/json; charset=utf-8"
    assert short[1]["X-Content-Type-Options"] == "nosniff"


def test_keys_are_asked_alike(caller: Caller) -> None:
    reader = create_api_key("reader", ["events:read"])
    for key, status in (("rk_no_such", "401"), ("", "401"), (reader, "403")):
        short, long = both(order(), key)
        assert short == long
        assert short[0].startswith(status)
    short, long = both(order(), caller.key, HTTP_IDEMPOTENCY_KEY="\x07")
    assert short == long
    assert short[0].startswith("400")
    for more in ({"HTTP_AUTHORIZATION": ""}, {"QUERY_STRING": "member=1"}, {"REQUEST_METHOD": "PUT"}):
        short, long = both(order(), caller.key, **more)
        assert short == long
        assert short[0][0] == "4"


PHONE = "/api/v1/members/phone:+8613800000000"
UNKNOWN = "019a0f3c-5b00-7a31-9c5e-3f1f0a5b7000"


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_are_refused_alike(caller: Caller, language: str) -> None:
    joined(caller)
    spend = {"asset": "points", "amount": 1}
    cases: list[tuple[str, Any, dict[str, str]]] = [
        ("spends", b"", {}), ("spends", b" ", {}), ("spends", b"{", {}), ("spends", b"[]", {}),
        ("spends", {}, {}), ("spends", {**spend, "amount": 0, "more": 1}, {}), ("spends", {**spend, "amount": 101}, {}),
        ("spends", {**spend, "asset": "gold"}, {}), ("spends", {**spend, "amount": "0.5"}, {}),
        ("spends", b"x" * (2 << 20), {}), ("spends", spend, {"HTTP_IDEMPOTENCY_KEY": ""}),
        ("spends", {**spend, "reason": "\x00"}, {}), ("credits", spend, {}), ("spend", spend, {}),
        (f"holds/{UNKNOWN}/capture", b"", {}), (f"holds/{UNKNOWN}/capture", {"amount": 1}, {}),
        (f"holds/{UNKNOWN}/seize", {}, {}), ("holds/1/capture", {}, {}), (f"gifts/{UNKNOWN}/revoke", {}, {}),
        (f"spends/{UNKNOWN}/capture", {}, {}), ("reversals", {"operation_id": "x", "reason": "y"}, {}),
    ]  # fmt: skip
    for number, (path, body, more) in enumerate(cases):
        headers = {"HTTP_IDEMPOTENCY_KEY": f"k{number}", "HTTP_ACCEPT_LANGUAGE": language, **more}
        short, long = both(body, caller.key, PATH_INFO=f"{PHONE}/{path}", **headers)
        assert short == long, path
        assert short[0][0] == "4", path
    for ref in (
        f"/api/v1/members/{UNKNOWN}",
        "/api/v1/members/phone:12",
        "/api/v1/members/phone:+8613800000009",
    ):
        short, long = both(spend, caller.key, PATH_INFO=f"{ref}/spends", HTTP_IDEMPOTENCY_KEY="k")
        assert short == long
        assert short[0][0] == "4"


def test_commands_are_done_alike(caller: Caller) -> None:
    member = joined(caller)
    for ref in (PHONE, f"/api/v1/members/{member}"):
        for path, body in (
            ("credits", {"asset": "points", "amount": 10, "reason": "很好"}),
            ("spends", {"asset": "points", "amount": 1}),
            ("holds", {"asset": "points", "amount": 5, "minutes": 5}),
            ("adjustments", {"asset": "points", "amount": 5000, "reason": "x"}),
        ):
            key = f"{ref}-{path}"
            short, long = both(body, caller.key, PATH_INFO=f"{ref}/{path}", HTTP_IDEMPOTENCY_KEY=key)
            first, second = short[2].pop("status"), long[2].pop("status")
            assert (first, second) == (
                ("waiting",) * 2 if path == "adjustments" else ("processed", "duplicate")
            )
            assert short == long
    held = short_hold(caller)
    where = f"{PHONE}/holds/{held}/capture"
    short, long = both(b"", caller.key, PATH_INFO=where, HTTP_IDEMPOTENCY_KEY="capture")
    assert (short[2].pop("status"), long[2].pop("status")) == ("processed", "duplicate")
    assert short == long


def short_hold(caller: Caller) -> str:
    """A new hold; its operation."""
    body = json.dumps({"asset": "points", "amount": 5}).encode()
    told = ask(application, body, caller.key, PATH_INFO=f"{PHONE}/holds", HTTP_IDEMPOTENCY_KEY="hold")
    return str(told[2]["operation_id"])


def test_a_key_may_do_by_the_short_way_what_it_may_by_the_long(caller: Caller) -> None:
    joined(caller)
    till = create_api_key("spender", ["ledger:spend"])
    for path, status in (("spends", "200"), ("adjustments", "403")):
        body = {"asset": "points", "amount": 1, "reason": "x"}
        short, long = both(body, till, PATH_INFO=f"{PHONE}/{path}", HTTP_IDEMPOTENCY_KEY="k")
        assert (short[0][:3], long[0][:3]) == (status, status), (short, long)
