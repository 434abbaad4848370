"""PITFALLS 9: a worker that is killed loses nothing, and what may have arrived twice says so."""
# ruff: noqa: N802, ARG002 - the handlers have the names and arguments that aiosmtpd calls

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings as current
from django.db import connection
from pytest_django import Settings

from regulars.kit import clock
from regulars.messaging import tasks
from regulars.messaging.models import Delivery, Message
from tests.messaging.world import Post, book_of, delivery, free_port, mail_server, make_member, say

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _mail_is_set(settings: Settings) -> None:
    """Events come while there is a mail server to send by; where it is, each story says."""
    settings.CONFIG = settings.CONFIG.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{free_port()}"})


class Stalling(Post):
    """Takes a mail and then keeps the sender waiting for the answer, until told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        while not self.go_on.is_set():
            await asyncio.sleep(0.02)
        return "250 Message taken"


@contextmanager
def worker(smtp_url: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker process on the tests' database."""
    database = connection.settings_dict
    host = quote(str(database["HOST"] or database["OPTIONS"].get("host", "")), safe="/")
    port = database["PORT"] or 5432
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "regulars.settings",
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={host}&port={port}",
        "REGULARS_DATA": str(current.DATA),
        "REGULARS_SMTP_URL": smtp_url,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    }
    process = subprocess.Popen([sys.executable, "-m", "tests.messaging.worker"], env=environment, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def in_an_hour(settings: Settings, port: int) -> None:
    """Deliver with this process, after every lease has run out."""
    settings.CONFIG = settings.CONFIG.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"})
    with clock.fixed(clock.now() + timedelta(hours=1)):
        while tasks.deliver_due(book_of):
            pass


def test_killed_between_hand_over_and_commit_it_is_sent_again_and_marked_uncertain(
    settings: Settings,
) -> None:
    first, second = make_member(email="first@example.com"), make_member(email="second@example.com")
    say(first)
    say(second)
    post = Stalling()
    with mail_server(post) as port:
        with worker(f"smtp://127.0.0.1:{port}") as process:
            wait_for(lambda: len(post.envelopes) == 1)
            process.send_signal(signal.SIGKILL)
            process.wait()
        post.go_on.set()
        assert tasks.deliver_due(book_of) == 0, "the dead worker's lease still holds"
        in_an_hour(settings, port)
    hit, spared = sorted((delivery(first, "email"), delivery(second, "email")), key=lambda d: not d.uncertain)
    assert (hit.status, hit.uncertain, hit.attempts) == ("sent", True, 2)
    assert (spared.status, spared.uncertain, spared.attempts) == ("sent", False, 1)
    mails = [mail for mail in post.mails() if mail["To"] == hit.address]
    assert len(mails) == 2
    assert len({mail["Message-ID"] for mail in mails}) == 1
    assert len([mail for mail in post.mails() if mail["To"] == spared.address]) == 1
    assert Message.objects.filter(inbox=True).count() == 2


def test_killed_at_any_moment_every_mail_arrives_and_only_uncertain_ones_twice(settings: Settings) -> None:
    members = [make_member(email=f"m{number}@example.com") for number in range(60)]
    for member in members:
        say(member)
    post = Post()
    with mail_server(post) as port:
        for mails in (8, 30):
            with worker(f"smtp://127.0.0.1:{port}") as process:
                wait_for(partial(enough, post, mails))
                process.send_signal(signal.SIGKILL)
                process.wait()
            Delivery.objects.filter(due_at__isnull=False).update(due_at=clock.now())
        in_an_hour(settings, port)
    arrived: dict[str, int] = {}
    for mail in post.mails():
        arrived[mail["To"]] = arrived.get(mail["To"], 0) + 1
    assert sorted(arrived) == sorted(f"m{number}@example.com" for number in range(60))
    twice = {address for address, times in arrived.items() if times > 1}
    uncertain = set(Delivery.objects.filter(uncertain=True).values_list("address", flat=True))
    assert twice <= uncertain
    assert len(uncertain) <= 2
    assert Delivery.objects.filter(channel="email", status="sent").count() == 60
    assert Message.objects.filter(inbox=True).count() == 60
    assert not Message.objects.filter(due_at__isnull=False).exists()


def enough(post: Post, mails: int) -> bool:
    return len(post.envelopes) >= mails or not pending()


def pending() -> bool:
    return (
        Delivery.objects.filter(channel="email", due_at__isnull=False).exists()
        or Message.objects.filter(due_at__isnull=False).exists()
    )


def test_a_server_that_hangs_up_after_taking_the_mail_leaves_it_uncertain(settings: Settings) -> None:
    class HangingUp(Post):
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
            self.envelopes.append(envelope)
            if len(self.envelopes) == 1:
                assert server.transport is not None
                server.transport.close()
            return "250 Message taken"

    member = make_member(email="a@example.com")
    say(member)
    post = HangingUp()
    with mail_server(post) as port:
        settings.CONFIG = settings.CONFIG.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"})
        tasks.deliver_due(book_of)
        waiting = delivery(member, "email")
        assert (waiting.status, waiting.uncertain, waiting.attempts) == ("queued", True, 1)
        in_an_hour(settings, port)
    sent = delivery(member, "email")
    assert (sent.status, sent.uncertain, sent.attempts) == ("sent", True, 2)
    assert len({mail["Message-ID"] for mail in post.mails()}) == 1


def test_a_worker_whose_lease_ran_out_does_not_write_over_the_next_ones_result(settings: Settings) -> None:
    member = make_member(email="a@example.com")
    say(member)
    post = Stalling()
    with mail_server(post) as port, worker(f"smtp://127.0.0.1:{port}"):
        wait_for(lambda: len(post.envelopes) == 1)
        post.answers["a@example.com"] = ["550 No more"]
        in_an_hour(settings, port)
        assert (delivery(member, "email").status, delivery(member, "email").detail) == (
            "failed",
            "550 No more",
        )
        post.go_on.set()
        time.sleep(0.5)
    state = delivery(member, "email")
    assert (state.status, state.detail, state.uncertain) == ("failed", "550 No more", True)
