"""What members do in the portal, told to the engine as events: joining, changing the profile."""

import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from regulars.engine.doors import receive
from regulars.kit import clock
from regulars.kit.problems import Problem
from regulars.language.events import Identity
from regulars.members.contracts import MemberProfile

SOURCE = "portal"


class RefusedError(Exception):
    """The engine did not take it; says why in the reader's language."""


def new_key() -> str:
    """The name of an event that the portal is about to tell: sent again under it, it counts once."""
    return uuid4().hex


def join(key: str, identity: Identity, data: dict[str, Any], language: str) -> UUID:
    """Make whoever proved `identity` a member; the member's id. Joining twice is joining once. Raises RefusedError."""
    kind, value = identity
    result = _tell(key, "member.joined", {kind: value}, data, language)
    return UUID(result["member_id"])


def update(member: MemberProfile, data: dict[str, Any], language: str) -> None:
    """Change what the profile says. Raises RefusedError."""
    _tell(new_key(), "member.updated", reference(member), data, language)


def profile_data(name: str, birthday: date | None, language: str = "", gender: str = "") -> dict[str, Any]:
    """The payload of an event about a person; what was left empty is not said."""
    given = {"name": name, "birthday": birthday.isoformat() if birthday else "", "gender": gender}
    return {field: value for field, value in {**given, "language": language}.items() if value}


def reference(member: MemberProfile) -> dict[str, str]:
    """How an event names the member."""
    return {"id": str(member.id)}


def _tell(
    key: str, event_type: str, member: dict[str, str], data: dict[str, Any], language: str
) -> dict[str, Any]:
    event = {"id": key, "type": event_type, "member": member, "time": clock.now().isoformat(), "data": data}
    try:
        [result] = receive(json.dumps(event, ensure_ascii=False).encode(), SOURCE, language)
    except Problem as problem:
        raise RefusedError(problem.say(language)) from problem
    if result["status"] == "rejected":
        raise RefusedError(result["error"]["message"])
    return result
