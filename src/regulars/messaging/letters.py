"""Messages put into words when they are read: never an error, whatever a template does."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import structlog

from regulars.language.text import say
from regulars.messaging.contracts import (
    INBOX,
    UNREADABLE_BODY,
    UNREADABLE_SUBJECT,
    Book,
    BookOf,
    DeliveryRow,
    InboxItem,
    Letter,
    MessageRow,
    Reader,
)
from regulars.messaging.logic import WordingError, Words, reader_language, render, render_subject

_log: Any = structlog.get_logger("regulars.messaging")


def words(message: MessageRow, book: Book, reader: Reader) -> Words:
    """The message as `reader` reads it now; a neutral sentence where it can't be rendered."""
    language = reader_language(reader.language, book)
    template = book.templates.get(message.template)
    if template is None:
        _complain(message.template, message.version, "no_template")
        return _unreadable(language)
    try:
        return render(template, named(message.context, reader.name), language, book.zone)
    except WordingError as error:
        _complain(message.template, message.version, str(error))
        return _unreadable(language)


def subject(message: MessageRow, book: Book, reader: Reader) -> str:
    """The first line of `words`, for half the price."""
    language = reader_language(reader.language, book)
    template = book.templates.get(message.template)
    if template is None:
        _complain(message.template, message.version, "no_template")
        return _unreadable(language).subject
    try:
        return render_subject(template, named(message.context, reader.name), language, book.zone)
    except WordingError as error:
        _complain(message.template, message.version, str(error))
        return _unreadable(language).subject


def named(context: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What the event gave, and the member's name where it gave none."""
    given = context.get("member")
    return {**context, "member": {"name": name, **(given if isinstance(given, dict) else {})}}


def inbox_item(message: MessageRow, book_of: BookOf, reader: Reader) -> InboxItem:
    """A message of the inbox as the member reads it."""
    said = words(message, book_of(message.version), reader)
    return InboxItem(
        message.id, said.subject, said.body, message.category, message.created_at, message.read_at
    )


def letter(message: MessageRow, sent: tuple[DeliveryRow, ...], book_of: BookOf, reader: Reader) -> Letter:
    """The message in words on every channel: the inbox, what it skips, and `sent`, what has left the house."""
    said = words(message, book_of(message.version), reader)
    inside = [_settled(message, INBOX, said, "sent", "")] if message.inbox else []
    skipped = [_settled(message, name, said, "skipped", why) for name, why in message.skipped.items()]
    return Letter(
        message.id, message.template, message.category, message.created_at, message.waiting,
        (*inside, *sent, *skipped),
    )  # fmt: skip


def _settled(message: MessageRow, channel: str, said: Words, status: str, detail: str) -> DeliveryRow:
    """What was settled without a delivery of its own, at the moment of the message."""
    return DeliveryRow(
        channel=channel, address="", subject=said.subject, body=said.body, status=status, attempts=0,
        uncertain=False, detail=detail, done_at=message.created_at,
        read_at=message.read_at if channel == INBOX else None,
    )  # fmt: skip


def _unreadable(language: str) -> Words:
    return Words(say(UNREADABLE_SUBJECT, language), say(UNREADABLE_BODY, language))


@lru_cache(maxsize=1000)
def _complain(template: str, version: int, why: str) -> None:
    """Log it, once per process however often the message is read."""
    _log.error("message_not_rendered", template=template, version=version, error=why)
