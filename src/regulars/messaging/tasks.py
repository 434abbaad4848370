"""What the worker does with messages that leave the house: turn them into deliveries, hand those to their channels.

The inbox is none of its business: a message stands there from the moment its event was committed. Those that also
go out become deliveries in one transaction. A delivery goes lease → `sending` (committed) → handed over → `sent`
(committed), never with a transaction open while the network is used. Whatever dies on the way: before `sending`
nothing went out and it is sent later; after it, it may have gone out, so it is sent again under the same Message-ID
and marked `uncertain`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from regulars.kit import clock
from regulars.kit.ids import BUCKETS
from regulars.language.text import say
from regulars.members import queries as members
from regulars.members.contracts import MemberProfile
from regulars.messaging import outbox
from regulars.messaging.channels.base import Carrier, Channel, Fate, Parcel, Receipt
from regulars.messaging.channels.registry import CHANNELS
from regulars.messaging.contracts import INBOX, Book, BookOf, Template
from regulars.messaging.letters import named
from regulars.messaging.logic import WordingError, Words, allowed, back_off_seconds, reader_language, render
from regulars.messaging.models import Delivery
from regulars.messaging.outbox import Due, Leased, NewDelivery, Settled
from regulars.messaging.service import stated

MESSAGES_PER_BATCH = 200
DELIVERIES_PER_BATCH = 50
BATCHES_PER_RUN = 20
LEASE_SECONDS = 300
HAND_OVER_SECONDS = 120
"""How long into a lease a worker still starts to hand over: a slow server must not outlive the lease."""

ALL_BUCKETS = tuple(range(BUCKETS))
Status = Delivery.Status
OUTSIDE = {name: channel for name, channel in CHANNELS.items() if not channel.inside}

_log: Any = structlog.get_logger("regulars.messaging")


def deliver_due(book_of: BookOf, buckets: Sequence[int] = ALL_BUCKETS) -> int:
    """Deliver what is due; how many messages and deliveries were moved on (0: nothing to do).

    `book_of` gives the programme of a version number. Any number of workers may run this at once. Does a
    bounded amount and returns, so that the caller can stop between calls. Must not be called inside a
    transaction.
    """
    moved = 0
    for _ in range(BATCHES_PER_RUN):
        count = write_deliveries(book_of, buckets)
        moved += count
        if count < MESSAGES_PER_BATCH:
            break
    for channel in OUTSIDE.values():
        moved += _send_all(channel, book_of, buckets)
    return moved


def write_deliveries(book_of: BookOf, buckets: Sequence[int] = ALL_BUCKETS) -> int:
    """Turn one batch of due messages into deliveries, in one transaction; how many messages."""
    with transaction.atomic(durable=True):
        now = clock.now()
        due = outbox.claim_messages(now, buckets, MESSAGES_PER_BATCH)
        if not due:
            return 0
        ids = list({message.member_id for message in due})
        profiles, preferences = members.profiles(ids), stated(ids)
        books = {version: book_of(version) for version in {message.version for message in due}}
        rows: list[NewDelivery] = []
        settled: list[Settled] = []
        for message in due:
            profile, said = profiles.get(message.member_id), preferences.get(message.member_id, {})
            decided, made = _decide(message, books[message.version], profile, said, now)
            settled.append(decided)
            rows += made
        outbox.insert_deliveries(rows)
        outbox.settle_messages(settled)
        return len(due)


def _decide(
    message: Due, book: Book, profile: MemberProfile | None, said: dict[tuple[str, str], bool], now: datetime
) -> tuple[Settled, list[NewDelivery]]:
    """Where the message goes now that its time has come.

    Its place in the inbox was decided with its event, but for messages that waited when migration 0002 ran: those
    are neither in the inbox nor skipped there.
    """
    template = book.templates.get(message.template)
    if template is None:
        _log.error(
            "message_not_rendered", template=message.template, version=message.version, error="no_template"
        )
        return Settled(message, False, dict.fromkeys(OUTSIDE, "no_template")), []
    undecided = INBOX in template.channels and not message.inbox and INBOX not in message.skipped
    inbox = undecided and allowed(said, INBOX, template.category)
    skipped = {INBOX: "refused"} if undecided and not inbox else {}
    addresses: dict[str, str] = {}
    for name in template.channels:
        if name in OUTSIDE and name not in message.skipped:
            address, why = _address(OUTSIDE[name], template, profile, said)
            if why:
                skipped[name] = why
            else:
                addresses[name] = address
    made = _deliveries(message, book, template, profile, addresses, now) if profile and addresses else []
    return Settled(message, inbox, skipped), made


def _address(
    channel: Channel, template: Template, profile: MemberProfile | None, said: dict[tuple[str, str], bool]
) -> tuple[str, str]:
    """Where the member is reached, or why the channel is skipped: one of the two is empty."""
    if profile is None:
        return "", "no_member"
    if not allowed(said, channel.id, template.category):
        return "", "refused"
    why = channel.unready() or ("" if profile.status == "active" else "inactive")
    address = channel.address(_addresses(profile))
    return ("", why or "no_address") if why or not address else (address, "")


def _deliveries(
    message: Due,
    book: Book,
    template: Template,
    profile: MemberProfile,
    addresses: dict[str, str],
    now: datetime,
) -> list[NewDelivery]:
    """The message in words, on its way to each address; failed where it can't be rendered."""
    context = named(message.context, profile.name)
    try:
        words = render(template, context, reader_language(profile.language, book), book.zone)
    except WordingError as error:
        _log.error("message_not_rendered", template=template.id, version=message.version, error=str(error))
        why = str(error)
        return [
            _row(message, name, now, Status.FAILED, address=to, detail=why) for name, to in addresses.items()
        ]
    return [_row(message, name, now, Status.QUEUED, words, address=to) for name, to in addresses.items()]


def _addresses(profile: MemberProfile) -> dict[str, str]:
    """Identity kind → value: where there are several, one that was verified, then the newest."""
    ranked = sorted(profile.identities, key=lambda row: (row.verified_at is not None, row.created_at))
    return {row.kind: row.value for row in ranked}


def _row(
    message: Due, channel: str, now: datetime, status: Status, words: Words | None = None, *, address: str =
    "", detail: str = "",
) -> NewDelivery:  # fmt: skip
    queued = status is Status.QUEUED
    return NewDelivery(
        member_id=message.member_id,
        message_id=message.id,
        channel=channel,
        bucket=message.bucket,
        address=address,
        subject=words.subject if words else "",
        body=words.body if words else "",
        status=status.value,
        detail=detail,
        due_at=now if queued else None,
        done_at=None if queued else now,
    )


def _send_all(channel: Channel, book_of: BookOf, buckets: Sequence[int]) -> int:
    moved = 0
    for _ in range(BATCHES_PER_RUN):
        count = _send_batch(channel, book_of, buckets)
        moved += count
        if count < DELIVERIES_PER_BATCH:
            break
    return moved


def _send_batch(channel: Channel, book_of: BookOf, buckets: Sequence[int]) -> int:
    """Hand over one batch over one connection; how many deliveries were claimed."""
    now = clock.now()
    batch = outbox.lease(
        channel.id, now, now + timedelta(seconds=LEASE_SECONDS), buckets, DELIVERIES_PER_BATCH
    )
    if not batch:
        return 0
    why = channel.unready()
    if why:
        for delivery in batch:
            _give_up(delivery, why)
        return len(batch)
    languages = {key: row.language for key, row in members.profiles([row.member_id for row in batch]).items()}
    with channel.carrier() as carrier:
        for delivery, parcel in _parcels(batch, languages, book_of):
            if clock.now() > now + timedelta(seconds=HAND_OVER_SECONDS):
                outbox.finish(delivery, Status.QUEUED, "", due_at=clock.now(), was=Status.QUEUED)
            else:
                _send(carrier, delivery, parcel)
    return len(batch)


def _parcels(
    batch: Sequence[Leased], languages: dict[UUID, str], book_of: BookOf
) -> Iterable[tuple[Leased, Parcel]]:
    for delivery in batch:
        book = book_of(delivery.version)
        language = reader_language(languages.get(delivery.member_id, ""), book)
        yield (
            delivery,
            Parcel(
                member_id=delivery.member_id,
                message_id=delivery.message_id,
                address=delivery.address,
                subject=delivery.subject,
                body=delivery.body,
                category=delivery.category,
                language=language,
                brand=say(book.name, language),
            ),
        )


def _send(carrier: Carrier, delivery: Leased, parcel: Parcel) -> None:
    attempt = outbox.start(delivery)
    if attempt is None:
        return
    if not _note(delivery, carrier.hand_over(parcel), attempt):
        _log.warning("delivery_lease_lost", message=str(delivery.message_id), channel=delivery.channel)


def _note(delivery: Leased, receipt: Receipt, attempt: int) -> bool:
    """Write down what became of it; False where another worker has taken the delivery meanwhile."""
    now = clock.now()
    wait_seconds = back_off_seconds(attempt) if receipt.fate is Fate.LATER else None
    if wait_seconds is not None:
        due_at = now + timedelta(seconds=wait_seconds)
        return outbox.finish(
            delivery, Status.QUEUED, receipt.detail, uncertain=receipt.uncertain, due_at=due_at
        )
    status = Status.SENT if receipt.fate is Fate.SENT else Status.FAILED
    return outbox.finish(delivery, status, receipt.detail, uncertain=receipt.uncertain, done_at=now)


def _give_up(delivery: Leased, why: str) -> None:
    """The channel was switched off since the delivery was written."""
    for was in (Status.QUEUED, Status.SENDING):
        if outbox.finish(delivery, Status.SKIPPED, why, done_at=clock.now(), was=was):
            return
