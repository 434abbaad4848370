"""Bodies of events as they arrive: JSON read strictly, and what must not stand anywhere in it."""

import json
from typing import Any

from pydantic_core import from_json, to_json

from regulars.engine.contracts import Rejected
from regulars.events.complaints import complaint, path_of
from regulars.kit.problems import Problem
from regulars.language.problems import words

EVENTS_LIMIT = 1000
BOM = b"\xef\xbb\xbf"

ERRORS_LIMIT = 20
"""An event is told at most so many of its mistakes, so that small bodies have no huge answers."""


class BadBody(Problem):
    """The body as a whole can't be read; nothing of it was taken."""

    code = "bad_body"


class Doubled(dict[str, Any]):
    """An object in which `name` is given twice, so that nobody can tell which is meant."""

    name: str = ""


def read(body: bytes) -> tuple[list[Any], bool, bool]:
    """The events of a body: one, or `{"events": [...]}` with 1 to 1,000. Whether it was one by itself; and whether
    the body is suspicious: it may hold what must not stand in an event, so every text in it is to be looked at.

    Raises BadBody for anything else.
    """
    body = body.removeprefix(BOM)
    try:
        raw = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise BadBody(
            words(
                f"请求体不是有效的 JSON：{error}",
                f"請求內容不是有效的 JSON：{error}",
                f"The body is not valid JSON: {error}",
            )
        ) from None
    if not isinstance(raw, dict):
        raise BadBody(
            words(
                '请求体应是一个事件对象，或 {"events": [...]}',
                '請求內容應是一個事件物件，或 {"events": [...]}',
                'The body must be one event as an object, or {"events": [...]}',
            )
        )
    suspicious = b"_minor" in body or b"\\u00" in body
    if to_json(raw).count(b'"') != body.count(b'"'):  # what was read says less than what was sent
        raw = json.loads(body, object_pairs_hook=_pairs)
        suspicious = True
    if "events" not in raw:
        return [raw], True, suspicious
    return _batch(raw), False, suspicious


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    doubled, seen = Doubled(made), set()
    for name, _ in pairs:
        if name in seen:
            doubled.name = name
        seen.add(name)
    return doubled


def _batch(raw: dict[str, Any]) -> list[Any]:
    if isinstance(raw, Doubled):
        raise BadBody(complaint("twice"), field=raw.name[:100])
    if len(raw) > 1:
        raise BadBody(
            words(
                "不能与 events 并列，请写进各个事件",
                "不能與 events 並列，請寫進各個事件",
                "can't stand beside events: write it into each event",
            ),
            field=next(name[:100] for name in raw if name != "events"),
        )
    events = raw["events"]
    if not isinstance(events, list) or not 1 <= len(events) <= EVENTS_LIMIT:
        raise BadBody(
            words(
                f"events 应是 1 到 {EVENTS_LIMIT} 个事件的数组",
                f"events 應是 1 到 {EVENTS_LIMIT} 個事件的陣列",
                f"events must be a list of 1 to {EVENTS_LIMIT} events",
            ),
            field="events",
        )
    return events


def look_closely(value: Any, errors: list[Rejected], place: tuple[str | int, ...] = ()) -> None:
    """Refuse what the log can't hold: reserved names, names given twice and the character NUL, wherever they
    stand."""
    if len(errors) >= ERRORS_LIMIT:
        return
    if isinstance(value, str):
        if "\x00" in value:
            errors.append(fault("nul", path_of(place)))
    elif isinstance(value, dict):
        if isinstance(value, Doubled):
            errors.append(fault("twice", path_of((*place, value.name[:100]))))
        for key, inner in value.items():
            if key.endswith("_minor"):
                errors.append(fault("reserved_field", path_of((*place, key[:100]))))
            elif "\x00" in key:
                errors.append(fault("nul", path_of(place)))
            else:
                look_closely(inner, errors, (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            look_closely(inner, errors, (*place, index))


def fault(code: str, field: str, **context: Any) -> Rejected:
    """What is wrong with a field, in the words of the three languages."""
    return Rejected(code, field, complaint(code, context))
