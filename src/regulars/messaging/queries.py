"""Reading messages: a member's inbox, everything told to them, and how deliveries fare."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from regulars.kit import paging
from regulars.kit.ids import CHILDREN, bucket_of
from regulars.kit.sqlread import read, row, rows
from regulars.messaging.contracts import DeliveryRow, InboxItem, MessageRow

_MESSAGES = "messaging.member"
_INBOX = "messaging.inbox"
_COLUMNS = "id, template, version, category, created_at, due_at IS NOT NULL"


def of_member(
    member_id: UUID, cursor: str | None = None, limit: int | None = None
) -> paging.Page[MessageRow]:
    """Everything told to a member, latest first, with its deliveries."""
    size = paging.bounded(limit)
    before = paging.decode(_MESSAGES, cursor, UUID)[0] if cursor else None
    found = rows(
        f"SELECT {_COLUMNS} FROM messaging_message WHERE member_id = %s AND bucket = %s"
        " AND (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s",
        [member_id, bucket_of(member_id), before, before, size + 1],
    )
    page = paging.page(_MESSAGES, found, size, lambda message: (message[0],))
    return paging.Page(tuple(_with_deliveries(member_id, page.items)), page.next)


def between(member_id: UUID, first_event: UUID, last_event: UUID) -> list[MessageRow]:
    """What a member was told because of the events from `first_event` to `last_event`, in order."""
    found = rows(
        f"SELECT {_COLUMNS} FROM messaging_message WHERE member_id = %s AND bucket = %s"
        " AND id >= %s AND id < %s ORDER BY id",
        [member_id, bucket_of(member_id), first_event, UUID(int=last_event.int + CHILDREN)],
    )
    return _with_deliveries(member_id, found)


def inbox(member_id: UUID, cursor: str | None = None, limit: int | None = None) -> paging.Page[InboxItem]:
    """What lies in the member's portal inbox, latest first."""
    size = paging.bounded(limit)
    before = paging.decode(_INBOX, cursor, UUID)[0] if cursor else None
    found = read(
        InboxItem,
        "SELECT message.id, subject, body, category, created_at, read_at"
        " FROM messaging_delivery JOIN messaging_message AS message"
        " ON message.member_id = messaging_delivery.member_id AND message.id = message_id"
        " AND message.bucket = messaging_delivery.bucket"
        " WHERE messaging_delivery.member_id = %s AND messaging_delivery.bucket = %s"
        " AND channel = 'inbox' AND status = 'sent' AND (%s::uuid IS NULL OR message_id < %s)"
        " ORDER BY message_id DESC LIMIT %s",
        [member_id, bucket_of(member_id), before, before, size + 1],
    )
    return paging.page(_INBOX, found, size, lambda item: (item.id,))


def unread(member_id: UUID) -> int:
    """How many messages of the inbox the member has not opened."""
    found = row(
        "SELECT count(*) FROM messaging_delivery WHERE member_id = %s AND bucket = %s"
        " AND channel = 'inbox' AND status = 'sent' AND read_at IS NULL",
        [member_id, bucket_of(member_id)],
    )
    return int(found[0]) if found else 0


def counts() -> dict[str, int]:
    """How many deliveries are in each status, and `waiting` messages that no worker has taken up yet."""
    found = dict(rows("SELECT status, count(*) FROM messaging_delivery GROUP BY status"))
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


def _with_deliveries(member_id: UUID, messages: Sequence[tuple[Any, ...]]) -> list[MessageRow]:
    found = rows(
        "SELECT message_id, channel, address, subject, body, status, attempts, uncertain, detail, done_at,"
        " read_at FROM messaging_delivery WHERE member_id = %s AND bucket = %s AND message_id = ANY(%s)"
        " ORDER BY message_id, channel DESC",
        [member_id, bucket_of(member_id), [message[0] for message in messages]],
    )
    by_message: dict[UUID, list[DeliveryRow]] = defaultdict(list)
    for message_id, *columns in found:
        by_message[message_id].append(DeliveryRow(*columns))
    whole = ((*message, tuple(by_message.get(message[0], ()))) for message in messages)
    return [MessageRow(*message) for message in whole]
