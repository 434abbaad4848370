"""What a channel is: a way to reach a member outside this house, or the inbox inside it."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Fate(StrEnum):
    """What became of a message that was handed over."""

    SENT = "sent"
    LATER = "later"
    """Refused for the moment: worth another attempt."""
    NEVER = "never"
    """Refused for good."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the other side said. `uncertain`: it may have taken the message without our hearing so."""

    fate: Fate
    detail: str = ""
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery ready to be handed over: plain text, for one address, in one language.

    No `category`: something the reader has just asked for, such as a code, which nobody unsubscribes from.
    """

    member_id: UUID
    message_id: UUID
    address: str
    subject: str
    body: str
    category: str
    language: str
    brand: str


class Carrier(Protocol):
    """A connection over which parcels go one after the other. Never raises for what the other side does."""

    def hand_over(self, parcel: Parcel) -> Receipt: ...


class Channel(Protocol):
    """A way to reach members. `inside`: the message's own row is what is delivered, with the event's
    transaction."""

    @property
    def id(self) -> str: ...

    @property
    def inside(self) -> bool: ...

    def unready(self) -> str:
        """Why the channel can't be used at all (a key of contracts.REASONS); empty when it can."""

    def address(self, identities: Mapping[str, str]) -> str | None:
        """Where the member is reached, from identity kind → value; None: nowhere."""

    def carrier(self) -> AbstractContextManager[Carrier]:
        """A carrier for a batch; its connection is made when first needed and closed at the end."""


@contextmanager
def no_carrier() -> Iterator[Carrier]:
    """For channels inside the house."""
    raise AssertionError("nothing is handed over on a channel inside the house")
    yield  # pragma: no cover
