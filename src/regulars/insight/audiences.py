"""The members of an audience with what a list of them shows, and who of them may be written to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from regulars.audiences import queries
from regulars.audiences.contracts import BadAudience, MemberRow
from regulars.kit import paging
from regulars.kit.sqlread import row
from regulars.language.problems import words
from regulars.members.contracts import MemberProfile
from regulars.members.queries import profiles
from regulars.messaging.contracts import ALWAYS, CATEGORIES, CHANNELS, UNASKED
from regulars.messaging.queries import willing


@dataclass(frozen=True, slots=True)
class Consent:
    """For what the members are wanted: only those who allow the category on the channel."""

    channel: str
    category: str = "marketing"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is in an audience, and since when."""

    member: MemberProfile
    since: datetime


@dataclass(frozen=True, slots=True)
class Reach:
    """How many are in, and how many of them allow what was asked."""

    members: int
    willing: int

    @property
    def left_out(self) -> int:
        return self.members - self.willing


def consent(channel: str, category: str = "marketing") -> Consent | None:
    """What is asked of members; nothing where no channel is named. Raises BadAudience for one that there is not."""
    if not channel:
        return None
    faults = []
    if channel not in CHANNELS:
        faults.append(("channel", _one_of(CHANNELS)))
    if category not in CATEGORIES:
        faults.append(("category", _one_of(CATEGORIES)))
    if faults:
        raise BadAudience.of(faults)
    return Consent(channel, category)


def page(
    audience: str, asked: Consent | None = None, cursor: str | None = None, limit: int | None = None
) -> paging.Page[Person]:
    """One page of the members; those who don't allow what is `asked` are left out of it, so it may be short."""
    found = queries.members(audience, cursor, limit)
    return paging.Page(tuple(_people(list(found.items), asked)), found.next)


def people(audience: str, asked: Consent | None = None) -> Iterator[Person]:
    """Everybody who is in and allows what is `asked`, a thousand at a time."""
    for chunk in queries.chunks(audience):
        yield from _people(chunk, asked)


def reach(audience: str, asked: Consent) -> Reach:
    """How many are in, and how many of them allow what is asked. One statement."""
    pair = (asked.channel, asked.category)
    found = row(
        "SELECT count(*), count(*) FILTER (WHERE %s OR coalesce(p.allowed, %s)) FROM audiences_membership s"
        " LEFT JOIN messaging_preference p ON p.member_id = s.member_id AND p.bucket = s.bucket"
        " AND p.channel = %s AND p.category = %s WHERE s.audience = %s AND s.until IS NULL",
        [pair in ALWAYS, pair in UNASKED, *pair, audience],
    )
    return Reach(int(found[0]), int(found[1])) if found else Reach(0, 0)


def _people(rows: list[MemberRow], asked: Consent | None) -> Iterator[Person]:
    ids: list[UUID] = [one.member_id for one in rows]
    wanted = willing(ids, asked.channel, asked.category) if asked is not None else set(ids)
    known = profiles([one for one in ids if one in wanted])
    for one in rows:
        if one.member_id in known:
            yield Person(known[one.member_id], one.since)


def _one_of(names: tuple[str, ...]) -> dict[str, str]:
    told = ", ".join(names)
    return words(f"请用 {told} 之一。", f"請用 {told} 之一。", f"Use one of {told}.")
