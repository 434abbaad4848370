"""What changes messages: wishes into the outbox, what members want to hear, what they have read."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from pydantic_core import to_json

from regulars.kit import clock
from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, insert, unnest
from regulars.messaging.channels.base import Fate, Parcel, Receipt
from regulars.messaging.channels.email.smtp import Mailer, Server
from regulars.messaging.channels.registry import CHANNELS as CHANNEL
from regulars.messaging.contracts import ALWAYS, CATEGORIES, CHANNELS, Choice, Outgoing, Refusal
from regulars.messaging.links import read_token, unsubscribe_token, unsubscribe_url
from regulars.messaging.logic import Route, Words, choices, route
from regulars.messaging.models import Message, Preference

__all__ = [
    "Words", "can_mail", "enqueue", "mail_now", "mark_read", "post", "preferences", "read_token", "set_preference",
    "stated", "unsubscribe", "unsubscribe_token", "unsubscribe_url",
]  # fmt: skip

_OUTBOX = {
    "member_id": "uuid",
    "id": "uuid",
    "bucket": "smallint",
    "template": "text",
    "version": "int",
    "category": "text",
    "context": "jsonb",
    "created_at": "timestamptz",
    "due_at": "timestamptz",
    "inbox": "boolean",
    "skipped": "jsonb",
}

_ASKING = """
INSERT INTO messaging_message
  (member_id, id, bucket, template, version, category, context, created_at, due_at, inbox, skipped)
SELECT row.member_id, row.id, row.bucket, row.template, row.version, row.category, row.context::jsonb,
  row.created_at, row.due_at, coalesce(said.allowed, row.inbox),
  CASE WHEN coalesce(said.allowed, row.inbox) THEN row.skipped::jsonb
       ELSE coalesce(row.skipped::jsonb, '{}') || '{"inbox": "refused"}' END
FROM {rows} AS row
  (member_id, id, bucket, template, version, category, context, created_at, due_at, inbox, skipped)
LEFT JOIN messaging_preference AS said
  ON said.member_id = row.member_id AND said.channel = 'inbox' AND said.category = row.category
  AND said.bucket = row.bucket
"""
"""The outbox for messages whose place in the inbox a member may refuse: what was said until now decides."""

_PREFER = """
INSERT INTO messaging_preference (member_id, channel, category, bucket, allowed, source, changed_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (member_id, channel, category, bucket) DO UPDATE
SET allowed = excluded.allowed, source = excluded.source, changed_at = excluded.changed_at
WHERE messaging_preference.allowed <> excluded.allowed
"""


def enqueue(cursor: Cursor, messages: Sequence[Outgoing]) -> None:
    """Write all messages, in the caller's transaction, with a statement for those that always stand in the inbox
    and one for those that can be refused there.

    With the transaction they stand in the inbox, unless the member has refused that. A timer is only set where a
    message leaves the house; a channel that can't be used at all is skipped at once. Refuses nothing: templates and
    contexts were checked when the programme was published. The same id twice is an IntegrityError.
    """
    now = clock.now()
    unready = {name: channel.unready() for name, channel in CHANNEL.items() if not channel.inside}
    routes: dict[tuple[tuple[str, ...], str], tuple[Route, str | None]] = {}
    sure: list[tuple[Any, ...]] = []
    asking: list[tuple[Any, ...]] = []
    for one in messages:
        wish = one.wish
        way = routes.get((one.channels, wish.category))
        if way is None:
            made = route(one.channels, wish.category, unready)
            way = made, to_json(made.skipped).decode() if made.skipped else None
            routes[one.channels, wish.category] = way
        taken, skipped = way
        (asking if taken.asks else sure).append(
            (
                one.member_id, wish.message_id, bucket_of(one.member_id), wish.template, one.version,
                wish.category, to_json(wish.context).decode(), one.time, now if taken.leaves else None,
                taken.inbox, skipped,
            )
        )  # fmt: skip
    insert(cursor, "messaging_message", _OUTBOX, sure)
    unnest(cursor, _ASKING, ["text" if kind == "jsonb" else kind for kind in _OUTBOX.values()], asking)


def mail_now(address: str, words: Words, language: str, brand: str) -> bool:
    """Send one mail that the reader is waiting for, such as a code; whether the mail server took it.

    Not a message of the outbox: nothing is kept, nothing tried again. Must not be called inside a transaction.
    """
    channel = CHANNEL["email"]
    if channel.unready():
        return False
    parcel = Parcel(uuid4(), uuid4(), address, words.subject, words.body, "", language, brand)
    with channel.carrier() as carrier:
        return carrier.hand_over(parcel).fate is Fate.SENT


def post(address: str, composed: Callable[[bool], bytes]) -> Receipt:
    """Send one whole mail, as it goes over the wire, to somebody of the house. `composed` is told whether headers may
    hold UTF-8. Nothing is kept, nothing tried again: the receipt says what became of it. Must not be called inside a
    transaction. Raises RuntimeError where the installation has no mail server."""
    if not can_mail():
        raise RuntimeError("there is no mail server")
    mailer = Mailer(Server.of(settings.CONFIG.smtp_url), settings.CONFIG.mail_from)
    try:
        return mailer.post(address, composed)
    finally:
        mailer.close()


def can_mail() -> bool:
    """Whether this installation can send e-mail at all."""
    return not CHANNEL["email"].unready()


def set_preference(member_id: UUID, channel: str, category: str, allowed: bool, source: str) -> bool:
    """Note what the member wants to hear where; True when that is something new.

    `source` says who noted it: `portal`, `link`, `join`, an operator. Refuses (ValueError) unknown channels
    and categories, and turning off what can't be refused.
    """
    if channel not in CHANNELS or category not in CATEGORIES:
        raise ValueError(f"no messages of category {category!r} on channel {channel!r}")
    if not allowed and (channel, category) in ALWAYS:
        raise ValueError(f"{category} messages on {channel} can't be refused")
    with connection.cursor() as cursor:
        cursor.execute(
            _PREFER,
            (member_id, channel, category, bucket_of(member_id), allowed, source[:30], clock.now()),
        )
        return bool(cursor.rowcount == 1)


def unsubscribe(refusal: Refusal, *, allowed: bool = False) -> bool:
    """What an unsubscribe link does; the same link twice changes nothing. `allowed`: the way back."""
    return set_preference(refusal.member_id, refusal.channel, refusal.category, allowed, "link")


def preferences(member_id: UUID) -> list[Choice]:
    """Every channel and category with what holds for the member, defaults included."""
    return choices(stated([member_id]).get(member_id, {}))


def stated(member_ids: Sequence[UUID]) -> dict[UUID, dict[tuple[str, str], bool]]:
    """What members have said themselves: member → (channel, category) → allowed."""
    found: dict[UUID, dict[tuple[str, str], bool]] = {}
    rows = Preference.objects.filter(
        bucket__in={bucket_of(member_id) for member_id in member_ids}, member_id__in=member_ids
    )
    for member_id, channel, category, allowed in rows.values_list(
        "member_id", "channel", "category", "allowed"
    ):
        found.setdefault(member_id, {})[channel, category] = allowed
    return found


def mark_read(member_id: UUID, message_ids: Iterable[UUID] | None = None) -> int:
    """Note that the member has seen these messages of the inbox (None: all); how many were new to them."""
    unread = Message.objects.filter(
        bucket=bucket_of(member_id), member_id=member_id, inbox=True, read_at__isnull=True
    )
    if message_ids is not None:
        unread = unread.filter(id__in=list(message_ids))
    return unread.update(read_at=clock.now())
