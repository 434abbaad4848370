"""Requests to publish, as others see and list them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from regulars.language.text import Text
from regulars.programme.models import Publication
from regulars.staff.contracts import KeyHolder, Permission, Scope, role_may
from regulars.staff.service import COMMAND_LINE

LISTED_MOST = 100


class State(StrEnum):
    """Where a request stands: it waits for a second person, or for its moment, or is over."""

    WAITING = "waiting"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    FAILED = "failed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


OPEN = (State.WAITING, State.SCHEDULED)


@dataclass(frozen=True, slots=True)
class Author:
    """Who asks or decides. `person` answers for it; `asks_only`: may ask, and somebody else publishes."""

    name: str
    person: str
    asks_only: bool = False


def operator(email: str, role: str) -> Author:
    """An operator; whoever may not publish only asks."""
    return Author(email, email, not role_may(role, Permission.PROGRAMME_PUBLISH))


def key(holder: KeyHolder) -> Author:
    """A key: whoever made it answers for it; one of the command line answers for itself."""
    name = f"key:{holder.name}"
    made = holder.made_by if holder.made_by not in ("", COMMAND_LINE) else name
    return Author(name, made, not holder.may(Scope.PROGRAMME_WRITE))


TERMINAL = Author(COMMAND_LINE, COMMAND_LINE)


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """One request to publish. `faults`: why it failed, in every language."""

    id: UUID
    state: State
    source: str
    note: str
    follows: int
    draft_id: UUID | None
    accepted: tuple[str, ...]
    publish_at: datetime | None
    asked_by: str
    person: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    decision: str
    version: int | None
    faults: tuple[Text, ...]
    settled_at: datetime | None


def to_row(found: Publication) -> PublicationRow:
    """The request as others see it."""
    return PublicationRow(
        found.id,
        State(found.state),
        found.source,
        found.note,
        found.follows,
        found.draft_id,
        tuple(found.accepted),
        found.publish_at,
        found.asked_by,
        found.person,
        found.asked_at,
        found.decided_by,
        found.decided_at,
        found.decision,
        found.version,
        tuple(found.faults),
        found.settled_at,
    )


def get(publication_id: UUID) -> PublicationRow | None:
    """One request."""
    found = Publication.objects.filter(pk=publication_id).first()
    return to_row(found) if found else None


def waiting() -> Sequence[PublicationRow]:
    """What waits for a second person, the oldest first."""
    found = Publication.objects.filter(state=State.WAITING).order_by("asked_at", "id")[:LISTED_MOST]
    return [to_row(each) for each in found]


def waiting_count() -> int:
    """How many requests wait for a second person."""
    return Publication.objects.filter(state=State.WAITING).count()


def scheduled() -> Sequence[PublicationRow]:
    """What waits for its moment, the earliest first."""
    found = Publication.objects.filter(state=State.SCHEDULED).order_by("publish_at", "id")[:LISTED_MOST]
    return [to_row(each) for each in found]


def settled(most: int = 20) -> Sequence[PublicationRow]:
    """What was published, refused, called off or failed, the latest first."""
    found = Publication.objects.exclude(state__in=OPEN).order_by("-settled_at", "-id")[:most]
    return [to_row(each) for each in found]


def approvals(numbers: Sequence[int]) -> dict[int, str]:
    """Version → who agreed to it, of those that a second person agreed to."""
    found = Publication.objects.filter(version__in=list(numbers), state=State.PUBLISHED).exclude(
        decided_by=""
    )
    return {number: by for number, by in found.values_list("version", "decided_by") if number is not None}
