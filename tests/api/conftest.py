"""A published programme, a key, and a client that shows it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from regulars.programme.service import publish
from regulars.staff.service import create_api_key

GROCERY = Path(__file__).parents[2] / "programmes" / "grocery.yaml"
PROBLEM = "application/problem+json"


@dataclass
class Caller:
    """Another system with a key."""

    key: str
    language: str = "en"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The response to a request; `body` as JSON, or raw where it is bytes or text."""
        raw = (
            body if isinstance(body, bytes | str) else json.dumps(body).encode() if body is not None else b""
        )
        sent = {"Authorization": f"Bearer {self.key}", "Accept-Language": self.language, **headers}
        client = Client(raise_request_exception=False)
        return client.generic(
            method,
            f"/api/v1{path}",
            raw,
            "application/json",
            headers={k.replace("_", "-"): v for k, v in sent.items()},
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.call("PATCH", path, body, **headers)


@pytest.fixture
def grocery(db: None) -> None:  # noqa: ARG001  the database is there
    publish(GROCERY.read_text(encoding="utf-8"), "tests")


@pytest.fixture
def caller(grocery: None) -> Caller:  # noqa: ARG001  the programme is published
    return Caller(create_api_key("till", ["*"]))


def problem(response: Any, status: int, code: str, field: str | None = None) -> dict[str, Any]:
    """The problem details in `response`, which has to be of that status, code and field."""
    assert response.status_code == status, response.content.decode()
    assert response["Content-Type"] == PROBLEM
    body: dict[str, Any] = response.json()
    assert set(body) >= {"type", "title", "status", "detail", "errors"}
    assert body["status"] == status
    assert body["type"] == f"urn:regulars:problem:{code}"
    assert body["title"]
    assert body["detail"]
    if field is not None:
        assert [error["field"] for error in body["errors"]][:1] == [field], body
    return body
