"""Which audiences ask for which others, and in which order they are to be asked. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from regulars.audiences.contracts import FIELD, AudienceCycle


def named(raw: Any) -> frozenset[str]:
    """The audiences that a condition in its JSON form asks for, wherever in the tree."""
    found: set[str] = set()
    waiting = [raw]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            if one.get("field") == FIELD:
                value = one.get("value")
                parts = value if isinstance(value, list | tuple) else [value]
                found.update(part for part in parts if isinstance(part, str))
            else:
                waiting.extend(one.values())
        elif isinstance(one, list | tuple):
            waiting.extend(one)
    return frozenset(found)


def asks_any(raw: Any) -> bool:
    """Whether a condition in its JSON form asks if somebody is in any audience at all."""
    if isinstance(raw, Mapping):
        if raw.get("field") == FIELD:
            return raw.get("value") is None
        return any(asks_any(one) for one in raw.values())
    return isinstance(raw, list | tuple) and any(asks_any(one) for one in raw)


def in_order(asking: Mapping[str, Iterable[str]]) -> list[str]:
    """The audiences, each after those that it asks for. Raises AudienceCycle, which names the circle."""
    done: dict[str, None] = {}
    way: list[str] = []

    def visit(audience: str) -> None:
        if audience in done:
            return
        if audience in way:
            raise AudienceCycle([*way[way.index(audience) :], audience])
        way.append(audience)
        for other in sorted(asking[audience]):
            if other in asking:
                visit(other)
        way.pop()
        done[audience] = None

    for audience in sorted(asking):
        visit(audience)
    return list(done)
