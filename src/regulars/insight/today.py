"""What of a programme looks at things that a history does not tell as they were: a simulation takes them as they are
today, and says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from regulars.language.matching import leaves_of
from regulars.programme.asking import all_conditions
from regulars.programme.contracts import Programme

SCORES = "score."
IDENTITIES = "member.identities"


@dataclass(frozen=True, slots=True)
class Looking:
    """Something with a condition, and what that asks for that is not of then but as it is today: `score.clv`,
    `member.identities`."""

    kind: str
    id: str
    at: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "id": self.id, "looks_at": list(self.at)}


def looking_at_today(programme: Programme) -> list[Looking]:
    """All of a programme that does, in its order."""
    found: dict[tuple[str, str], set[str]] = {}
    for use, condition in all_conditions(programme):
        if condition is not None:
            names = {leaf.field for leaf in leaves_of(condition)}
            looked = {name for name in names if name.startswith(SCORES) or name == IDENTITIES}
            if looked:
                found.setdefault((use.kind, use.id), set()).update(looked)
    return [Looking(kind, ident, tuple(sorted(at))) for (kind, ident), at in found.items()]


def concerned(programme: Programme, looking: Iterable[Looking]) -> frozenset[str] | None:
    """The types of event on which something of it is asked; None: on any, as levels, benefits and plans are."""
    ids = set()
    for one in looking:
        if one.kind != "rule":
            return None
        ids.add(one.id)
    return frozenset(rule.on for rule in programme.rules if rule.id in ids)
