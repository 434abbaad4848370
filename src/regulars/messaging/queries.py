"""Reading messages: a member's inbox, everything told to them, and how deliveries fare.

A member's messages lie together in the order of their life (the primary key begins with the member and the id
carries the time): the inbox and what is unread of it are one range of that key.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from regulars.kit import paging
from regulars.kit.ids import CHILDREN, bucket_of
from regulars.kit.sqlread import from_json, row, rows
from regulars.members.queries import profile
from regulars.messaging.contracts import (
    ALWAYS,
    UNASKED,
    BookOf,
    DeliveryRow,
    InboxItem,
    Letter,
    MessageRow,
    Reader,
)
from regulars.messaging.letters import inbox_item, letter, subject

__all__ = [
    "between", "count", "counts", "depth", "in_inbox", "inbox", "of_member", "subject", "unread", "willing",
]  # fmt: skip

_MESSAGES = "messaging.member"
_INBOX = "messaging.inbox"
_SELECT = (
    "SELECT id, template, version, category, context, created_at, due_at IS NOT NULL, inbox, read_at, skipped"
    " FROM messaging_message WHERE member_id = %s AND bucket = %s"
)
_OBJECTS = (4, 9)
"""Which columns of `_SELECT` are JSON."""


def of_member(
    member_id: UUID, book_of: BookOf, cursor: str | None = None, limit: int | None = None
) -> paging.Page[Letter]:
    """Everything told to a member, latest first, in the member's language, with every channel."""
    size = paging.bounded(limit)
    before = paging.decode(_MESSAGES, cursor, UUID)[0] if cursor else None
    found = _messages(
        " AND (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s", member_id, before, before, size + 1
    )
    page = paging.page(_MESSAGES, found, size, lambda message: (message.id,))
    sent = _deliveries(member_id, [message.id for message in page.items])
    reader = _reader(member_id)
    letters = (letter(each, tuple(sent.get(each.id, ())), book_of, reader) for each in page.items)
    return paging.Page(tuple(letters), page.next)


def between(member_id: UUID, first_event: UUID, last_event: UUID) -> list[MessageRow]:
    """What a member was told because of the events from `first_event` to `last_event`, in order."""
    end = UUID(int=last_event.int + CHILDREN)
    return _messages(" AND id >= %s AND id < %s ORDER BY id", member_id, first_event, end)


def inbox(
    member_id: UUID, book_of: BookOf, reader: Reader, cursor: str | None = None, limit: int | None = None
) -> paging.Page[InboxItem]:
    """What lies in the member's portal inbox, latest first, as `reader` reads it."""
    size = paging.bounded(limit)
    before = paging.decode(_INBOX, cursor, UUID)[0] if cursor else None
    found = _messages(
        " AND inbox AND (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s",
        member_id, before, before, size + 1,
    )  # fmt: skip
    page = paging.page(_INBOX, found, size, lambda message: (message.id,))
    return paging.Page(tuple(inbox_item(each, book_of, reader) for each in page.items), page.next)


def in_inbox(member_id: UUID, message_id: UUID, book_of: BookOf, reader: Reader) -> InboxItem | None:
    """One message of the member's inbox; None where it isn't there."""
    found = _messages(" AND inbox AND id = %s", member_id, message_id)
    return inbox_item(found[0], book_of, reader) if found else None


def willing(member_ids: Sequence[UUID], channel: str, category: str) -> set[UUID]:
    """Those of these members to whom the category may go out over the channel, by what they have said."""
    pair = (channel, category)
    if pair in ALWAYS:
        return set(member_ids)
    found = rows(
        "SELECT member_id, allowed FROM messaging_preference"
        " WHERE member_id = ANY(%s) AND bucket = ANY(%s) AND channel = %s AND category = %s",
        [list(member_ids), sorted({bucket_of(each) for each in member_ids}), channel, category],
    )
    said = dict(found)
    return {each for each in member_ids if said.get(each, pair in UNASKED)}


def unread(member_id: UUID) -> int:
    """How many messages of the inbox the member has not opened."""
    found = row(
        "SELECT count(*) FROM messaging_message"
        " WHERE member_id = %s AND bucket = %s AND inbox AND read_at IS NULL",
        [member_id, bucket_of(member_id)],
    )
    return int(found[0]) if found else 0


def counts() -> dict[str, int]:
    """How many messages are in each status, counted once per channel, and `waiting` ones that no worker has taken
    up yet."""
    found: dict[str, int] = defaultdict(int)
    for status, number in rows(
        "SELECT status, count(*) FROM messaging_delivery GROUP BY status"
        " UNION ALL SELECT 'sent', count(*) FROM messaging_message WHERE inbox HAVING count(*) > 0"
        " UNION ALL SELECT 'skipped', count(*) FROM messaging_message, jsonb_object_keys(skipped)"
        " HAVING count(*) > 0"
    ):
        found[status] += number
    waiting = row("SELECT count(*) FROM messaging_message WHERE due_at IS NOT NULL")
    return {**found, "waiting": waiting[0] if waiting else 0}


def depth() -> dict[str, int]:
    """How many messages and deliveries wait, whatever the size of the log: both are read from partial indexes."""
    found = row(
        "SELECT (SELECT count(*) FROM messaging_message WHERE due_at IS NOT NULL),"
        " (SELECT count(*) FROM messaging_delivery WHERE due_at IS NOT NULL)"
    )
    return {"messages": found[0], "deliveries": found[1]} if found else {}


def count() -> int:
    """How many messages there are."""
    found = row("SELECT count(*) FROM messaging_message")
    return int(found[0]) if found else 0


def _messages(which: str, member_id: UUID, *params: Any) -> list[MessageRow]:
    found = rows(_SELECT + which, [member_id, bucket_of(member_id), *params])
    return [MessageRow(*_columns(each)) for each in found]


def _columns(found: tuple[Any, ...]) -> list[Any]:
    """A row of `_SELECT` with its JSON read."""
    return [_object(value) if place in _OBJECTS else value for place, value in enumerate(found)]


def _object(stored: Any) -> dict[str, Any]:
    value = from_json(stored)
    return value if isinstance(value, dict) else {}


def _deliveries(member_id: UUID, message_ids: Sequence[UUID]) -> dict[UUID, list[DeliveryRow]]:
    """What has left the house of these messages, or is about to."""
    found: dict[UUID, list[DeliveryRow]] = defaultdict(list)
    for message_id, *columns in rows(
        "SELECT message_id, channel, address, subject, body, status, attempts, uncertain, detail,"
        " done_at, NULL"
        " FROM messaging_delivery WHERE member_id = %s AND bucket = %s AND message_id = ANY(%s)"
        " ORDER BY message_id, channel DESC",
        [member_id, bucket_of(member_id), list(message_ids)],
    ):
        found[message_id].append(DeliveryRow(*columns))
    return found


def _reader(member_id: UUID) -> Reader:
    """The member; nobody in particular where there is no such member any more."""
    found = profile(member_id)
    return Reader(found.name, found.language) if found else Reader("", "")
