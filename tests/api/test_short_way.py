"""Events come in by a door of their own: whatever is sent, it answers as the long way through Django does."""

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
