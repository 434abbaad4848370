"""What stood in inboxes as deliveries stands there as messages after the migration."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from regulars.kit.ids import bucket_of, child_id, time_id
from tests.messaging.world import MOMENT
from tests.owner import as_owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def empty_schema() -> Iterator[None]:
    """A house without tables beside the tests' own."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA before; SET search_path TO before")
        yield
        cursor.execute("SET search_path TO public; DROP SCHEMA before CASCADE")


def write(
    member: UUID, states: dict[str, tuple[str, str]], *, waiting: bool = False, read: bool = False
) -> UUID:
    """A message as the version before wrote it; channel → status and detail."""
    message = child_id(time_id(MOMENT), 3)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO messaging_message (member_id, id, bucket, template, version, category, context,"
            " created_at, due_at) VALUES (%s, %s, %s, 'note', 1, 'service', '{}', %s, %s)",
            [member, message, bucket_of(member), MOMENT, MOMENT if waiting else None],
        )
        for channel, (status, detail) in states.items():
            cursor.execute(
                "INSERT INTO messaging_delivery (member_id, message_id, channel, bucket, address, subject, body,"
                " status, attempts, uncertain, detail, done_at, read_at)"
                " VALUES (%s, %s, %s, %s, '', 's', 'b', %s, 0, false, %s, %s, %s)",
                [
                    member, message, channel, bucket_of(member), status, detail, MOMENT,
                    MOMENT if read and channel == "inbox" else None,
                ],
            )  # fmt: skip
    return message


@pytest.mark.usefixtures("empty_schema")
def test_messages_read_unread_refused_and_waiting_are_carried_over() -> None:
    member = UUID(int=0x019A_0000_0000_7000_8000_0000_0000_0007)
    MigrationExecutor(connection).migrate([("messaging", "0001_initial")])
    sent = ("sent", "")
    read = write(member, {"inbox": sent, "email": sent}, read=True)
    unread = write(member, {"inbox": sent, "email": ("skipped", "no_address")})
    refused = write(member, {"inbox": ("skipped", "refused")})
    failed = write(member, {"inbox": ("failed", "no filter")})
    waiting = write(member, {}, waiting=True)
    MigrationExecutor(connection).migrate([("messaging", "0002_inbox_by_reference")])
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, inbox, read_at, skipped->>'inbox', due_at FROM messaging_message")
        assert {key: rest for key, *rest in cursor.fetchall()} == {
            read: [True, MOMENT, None, None],
            unread: [True, None, None, None],
            refused: [False, None, "refused", None],
            failed: [False, None, None, None],
            waiting: [False, None, None, MOMENT],
        }
        cursor.execute("SELECT message_id, channel, status FROM messaging_delivery")
        assert set(cursor.fetchall()) == {
            (read, "email", "sent"), (unread, "email", "skipped"), (failed, "inbox", "failed"),
        }  # fmt: skip
