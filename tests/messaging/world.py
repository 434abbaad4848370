"""Members, templates and a mail server for the tests of messages."""
# ruff: noqa: N802, ARG002 - the handlers have the names and arguments that aiosmtpd calls

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as default_policy
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection

from regulars.kit.ids import bucket_of, child_id, member_id, time_id
from regulars.language.effects import MessageWish
from regulars.language.text import Text
from regulars.members.models import Identity, Member
from regulars.messaging import queries, service
from regulars.messaging.contracts import InboxItem, Outgoing, Reader, Template
from regulars.messaging.models import Delivery

MOMENT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
BRAND: Text = {"zh-hans": "邻家超市", "zh-hant": "鄰家超市", "en": "Corner Grocery"}

ORDER = Template(
    id="order_points",
    category="service",
    channels=("inbox", "email"),
    subject={
        "zh-hans": "本次消费获得 {{ earned.points }} 积分",
        "en": "You earned {{ earned.points }} points",
    },
    body={
        "zh-hans": "{{ member.name }}，您好：您于 {{ event.time }} 消费 {{ order.total }} 元。",
        "en": "Hello {{ member.name }}, your purchase of {{ order.total }} on {{ event.time }}.\n\n"
        "Thank you.",
    },
)
OFFER = Template(
    id="offer", category="marketing", channels=("inbox", "email"),
    subject={"zh-hans": "周末九折", "en": "Weekend offer"}, body={"zh-hans": "周末见。", "en": "See you."},
)  # fmt: skip
NOTE = replace(ORDER, id="note", channels=("inbox",))
NEWS = replace(OFFER, id="news", channels=("inbox",))
_TURNS = count()
CONTEXT = {"earned": {"points": 24}, "event": {"time": "2026-11-22T02:00:00Z"}, "order": {"total": "24.60"}}


@dataclass(frozen=True)
class Book:
    """A programme with a few templates."""

    name: Text = field(default_factory=lambda: BRAND)
    zone: ZoneInfo = SHANGHAI
    language: str = "zh-hans"
    templates: Mapping[str, Template] = field(
        default_factory=lambda: {one.id: one for one in (ORDER, OFFER, NOTE, NEWS)}
    )


def book_of(version: int) -> Book:
    assert version == 1
    return Book()


def make_member(
    name: str = "小雨", email: str | None = None, language: str = "", status: str = "active"
) -> UUID:
    """A member, with an e-mail identity where one is given."""
    member = member_id(MOMENT, "tests", str(next(_TURNS)))
    Member.objects.create(
        id=member, bucket=bucket_of(member), name=name, language=language, status=status,
        joined_at=MOMENT, updated_at=MOMENT,
    )  # fmt: skip
    if email is not None:
        Identity.objects.create(
            kind="email", value=email, member_id=member, bucket=bucket_of(member), created_at=MOMENT
        )
    return member


def say(
    member: UUID, template: Template = ORDER, context: dict[str, Any] | None = None, version: int = 1
) -> UUID:
    """Write one message, as the engine does with an event; each is of a later event than the one before."""
    message = child_id(time_id(MOMENT + timedelta(milliseconds=next(_TURNS))), 3)
    wish = MessageWish(
        template.id, template.category, "rule", message, CONTEXT if context is None else context
    )
    with connection.cursor() as cursor:
        service.enqueue(cursor, [Outgoing(member, wish, version, MOMENT, template.channels)])
    return message


def delivery(member: UUID, channel: str) -> Delivery:
    """The one delivery that the member has on the channel."""
    return Delivery.objects.get(member_id=member, channel=channel)


def told(member: UUID, book: Callable[[int], Book] = book_of) -> dict[str, tuple[str, str]]:
    """What became of the member's one message: channel → status and detail."""
    [letter] = queries.of_member(member, book).items
    return {each.channel: (each.status, each.detail) for each in letter.deliveries}


def inbox_of(
    member: UUID, book: Callable[[int], Book] = book_of, language: str = "zh-hans"
) -> list[InboxItem]:
    """The member's inbox, latest first."""
    return list(queries.inbox(member, book, Reader("小雨", language)).items)


class Post:
    """An aiosmtpd handler that keeps what it takes and answers as it is told."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.connections = 0
        self.answers: dict[str, list[str]] = {}

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answers.get(address):
            answer = self.answers[address].pop(0)
            if answer:
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        return "250 Message taken"

    def mails(self) -> list[EmailMessage]:
        return [parse(envelope) for envelope in self.envelopes]


def parse(envelope: Envelope) -> EmailMessage:
    content = envelope.content
    assert isinstance(content, bytes)
    message = BytesParser(policy=default_policy).parsebytes(content)
    assert isinstance(message, EmailMessage)
    return message


@contextmanager
def mail_server(handler: Any, port: int = 0, **options: Any) -> Iterator[int]:
    """A real SMTP server on a free port; yields the port."""
    port = port or free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop(no_assert=True)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
