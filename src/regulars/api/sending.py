"""Events on their way to the engine, and what comes back as an answer."""

import json
import re
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from pydantic_core import to_json

from regulars.api.auth import holder_of
from regulars.api.problems import language_of, respond, summary
from regulars.engine.doors import Received, Refused, receive
from regulars.language.events import RULES, TIMER

SOURCE_MAX = 60
_NO_SOURCE = re.compile(r"[^A-Za-z0-9_.:-]+")

_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Refusal(Exception):
    """The engine refused the one event that a write became; `response` is the answer to it."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__("refused")
        self.response = response


def source_of(request: HttpRequest) -> str:
    """The source of events that name none: the key's own name, spelled as a source; else `api`."""
    spelled = _NO_SOURCE.sub("-", holder_of(request).name).strip("-_.:")[:SOURCE_MAX]
    return spelled if spelled and spelled not in (TIMER, RULES) else "api"


def send(request: HttpRequest, body: bytes) -> HttpResponse:
    """What the engine makes of a body of events. One event alone that is rejected answers as a problem."""
    results = receive(body, source_of(request), language_of(request))
    if results.refusal is not None:
        return _refusal(request, results, results.refusal)
    return HttpResponse(to_json({"results": list(results)}), content_type="application/json; charset=utf-8")


def send_one(
    request: HttpRequest, event_type: str, member: dict[str, str], data: dict[str, Any], key: str | None
) -> dict[str, Any]:
    """Submit one event that this API makes itself, now; its result. Raises `Refusal`.

    It states no time, so that sent again under the same key it is the same event.
    """
    source = source_of(request)
    event = {
        "id": key or str(uuid4()),
        "source": source,
        "type": event_type,
        "member": member,
        "data": data,
    }
    results = receive(_write(event).encode(), source, language_of(request))
    if results.refusal is not None:
        for error in results[0]["errors"]:
            error["field"] = _own_field(error["field"])
        raise Refusal(_refusal(request, results, results.refusal))
    return results[0]


def _own_field(field: str) -> str:
    """Where the caller wrote what the event has at `field`: `data.birthday` as `birthday`, `member.phone` as
    `identities.phone`."""
    head, dot, rest = field.partition(".")
    if head == "member":
        return f"identities{dot}{rest}"
    return rest if head == "data" and rest else field


def _refusal(request: HttpRequest, results: Received, refused: Refused) -> HttpResponse:
    """A rejected event as a problem; the result itself goes with it."""
    language = language_of(request)
    errors = [error for error in results[0]["errors"] if error["field"]]
    detail = summary(errors, language) if errors else refused.say(language)
    return respond(
        language, refused.status, refused.code, detail, errors, {"results": list(results)}, refused.title
    )
