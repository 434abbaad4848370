"""What callers send: bodies that are strictly JSON, parameters that exist, keys that name a write."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest
from ninja.parser import Parser

from regulars.api import texts
from regulars.api.guard import BODY_MAX, read_body
from regulars.api.problems import ApiProblem

View = TypeVar("View", bound=Callable[..., Any])

KEY_HEADER = "Idempotency-Key"
KEY_MAX = 200


class StrictParser(Parser):
    """Bodies are UTF-8 JSON objects without NaN, NUL or half characters, and of bounded size."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        return json_object(read_body(request, BODY_MAX))


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`. Refuses everything else with the place of the mistake."""
    if not body.strip():
        raise ApiProblem(400, "no_body", texts.NO_BODY)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ApiProblem(400, "not_utf8", texts.NOT_UTF8) from None
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ApiProblem(400, "not_json", texts.NOT_JSON, line=error.lineno, column=error.colno) from None
    except (ValueError, RecursionError):
        raise ApiProblem(400, "not_json", texts.NOT_JSON, line=1, column=1) from None
    if not isinstance(found, dict):
        raise ApiProblem(400, "not_object", texts.NOT_OBJECT)
    if not _is_text(found):
        raise ApiProblem(422, "not_text", texts.NOT_TEXT)
    return found


def _refuse_constant(_: str) -> float:
    raise ApiProblem(400, "not_number", texts.NOT_NUMBER)


def _is_text(value: object) -> bool:
    """Whether PostgreSQL can hold every text in `value`: no NUL, no half of a surrogate pair."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, dict):
        return all(_is_text(name) and _is_text(each) for name, each in value.items())
    return all(_is_text(each) for each in value) if isinstance(value, list) else True


def idempotency_key(request: HttpRequest) -> str | None:
    """The caller's own name for this write; None where there is none."""
    given = request.headers.get(KEY_HEADER)
    if given is None:
        return None
    found = given.strip()
    if not found or len(found) > KEY_MAX or not (found.isascii() and found.isprintable()):
        raise ApiProblem(400, "bad_idempotency_key", texts.BAD_KEY_HEADER, field=KEY_HEADER)
    return found


def parameters(*known: str) -> Callable[[View], View]:
    """Refuse query parameters other than `known`: a filter with a typing mistake must not pass for no filter."""
    names = frozenset(known)

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            for name in request.GET:
                if name not in names:
                    listed = ", ".join(known) or "—"
                    raise ApiProblem(
                        422, "unknown_parameter", texts.UNKNOWN_PARAMETER, field=name[:100], known=listed
                    )
            return view(request, *args, **kwargs)

        return inner  # type: ignore[return-value]

    return decorate


def named_by_header(request: HttpRequest, body: bytes) -> bytes:
    """A single event without `id` takes the Idempotency-Key as its id; anything else stays as it was sent."""
    named = idempotency_key(request)
    if named is None:
        return body
    event = json_object(body)
    if "events" in event or event.get("id") is not None:
        return body
    return json.dumps({**event, "id": named}, ensure_ascii=False).encode()
