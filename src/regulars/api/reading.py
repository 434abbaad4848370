"""What callers send: bodies that are strictly JSON, parameters that exist, keys that name a write."""

import json
from collections.abc import Callable, Iterator
from functools import wraps
from math import isinf
from typing import Any, TypeVar

from django.http import HttpRequest
from ninja.parser import Parser

from regulars.api import texts
from regulars.api.guard import BODY_MAX, read_body
from regulars.api.problems import ApiProblem, path
from regulars.engine.doors import region_of
from regulars.programme.service import NotPublished, recent

View = TypeVar("View", bound=Callable[..., Any])

KEY_HEADER = "Idempotency-Key"
KEY_META = "HTTP_IDEMPOTENCY_KEY"
KEY_MAX = 200

DEPTH_MAX = 50
"""Objects and lists of a body lie in each other at most so deep."""


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
        found = json.loads(
            text, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_once
        )
    except json.JSONDecodeError as error:
        raise ApiProblem(400, "not_json", texts.NOT_JSON, line=error.lineno, column=error.colno) from None
    except (ValueError, RecursionError):
        raise ApiProblem(400, "not_json", texts.NOT_JSON, line=1, column=1) from None
    if not isinstance(found, dict):
        raise ApiProblem(400, "not_object", texts.NOT_OBJECT)
    for place in _no_texts(found):
        if len(place) > DEPTH_MAX:
            raise ApiProblem(422, "too_deep", texts.TOO_DEEP, field=path(place[:3]), most=DEPTH_MAX)
        raise ApiProblem(422, "not_text", texts.NOT_TEXT, field=path(place))
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, each of whose names stands once: of two totals nobody could tell which is meant."""
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            shown = name[:100].replace("\0", "")
            raise ApiProblem(422, "twice", texts.TWICE, field=shown, name=shown)
        made[name] = value
    return made


def _refuse_constant(_: str) -> float:
    raise ApiProblem(400, "not_number", texts.NOT_NUMBER)


def _finite(number: str) -> float:
    """A number with a fraction or an exponent, unless it is beyond what can be kept."""
    found = float(number)
    return _refuse_constant(number) if isinf(found) else found


def _is_text(value: str) -> bool:
    """Whether PostgreSQL can hold it: no NUL, no half of a surrogate pair."""
    return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


def _no_texts(value: object, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of texts that PostgreSQL can't hold; for a name, that of the object it stands in. And of
    whatever lies deeper than anybody means."""
    if len(place) > DEPTH_MAX:
        yield place
    elif isinstance(value, str):
        if not _is_text(value):
            yield place
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _no_texts(each, (*place, name)) if _is_text(name) else [place]
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _no_texts(each, (*place, index))


def region() -> str:
    """The country that phone numbers without country code belong to, as for events."""
    try:
        return region_of(recent())
    except NotPublished:
        return "CN"


def idempotency_key(request: HttpRequest) -> str | None:
    """The caller's own name for this write; None where there is none."""
    given = request.META.get(KEY_META)
    if given is None:
        return None
    found: str = given.strip()
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
