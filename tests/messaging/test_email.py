"""E-mail over a real SMTP server."""

import threading
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.db import connection
from pytest_django import Settings

from regulars.kit import clock
from regulars.kit.ids import bucket_of
from regulars.members.models import Identity
from regulars.messaging import service, tasks
from regulars.messaging.channels.base import Parcel, Receipt
from regulars.messaging.channels.email.smtp import Mailer, Server
from regulars.messaging.contracts import Template
from regulars.messaging.models import Delivery
from tests.messaging.world import (
    BRAND,
    MOMENT,
    Book,
    Post,
    book_of,
    delivery,
    free_port,
    mail_server,
    make_member,
    say,
    told,
)

pytestmark = pytest.mark.django_db(transaction=True)


def send(member_email: str = "rain@example.cn", name: str = "小雨", language: str = "") -> Delivery:
    member = make_member(name, member_email, language)
    say(member)
    tasks.deliver_due(book_of)
    return delivery(member, "email")


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_a_chinese_mail_arrives_whole_with_the_headers_that_mail_programs_ask_for(post: Post) -> None:
    with clock.fixed(MOMENT + timedelta(minutes=1)):
        sent = send()
    [mail] = post.mails()
    token = service.unsubscribe_token(sent.member_id, "email", "service")
    url = f"https://club.example.com/u/{token}"
    assert {name: str(value) for name, value in mail.items() if name != "Content-Type"} == {
        "From": "邻家超市 <club@example.com>",
        "To": "rain@example.cn",
        "Subject": "本次消费获得 24 积分",
        "Date": "Sun, 22 Nov 2026 02:01:00 +0000",
        "Message-ID": f"<{sent.message_id.hex}.{sent.member_id.hex}.email@example.com>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "zh-Hans",
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "MIME-Version": "1.0",
    }
    assert mail.get_content_type() == "multipart/alternative"
    assert part(mail, "plain") == (
        "小雨，您好：您于 2026年11月22日 10:00 消费 24.60 元。\n\n-- \n"
        f"您收到这封邮件，因为您是邻家超市的会员。不想再收到这类邮件，可以退订：\n{url}\n"
    )
    html = part(mail, "html")
    assert '<html lang="zh-Hans">' in html
    assert "<p>小雨，您好：您于 2026年11月22日 10:00 消费 24.60 元。</p>" in html
    assert f'<a href="{url}">退订</a>' in html
    assert (sent.status, sent.address, sent.attempts, sent.uncertain) == ("sent", "rain@example.cn", 1, False)
    assert (sent.detail, sent.due_at, sent.done_at) == (
        "250 Message taken",
        None,
        MOMENT + timedelta(minutes=1),
    )


def test_the_list_unsubscribe_header_goes_over_the_wire_unfolded_and_unencoded(post: Post) -> None:
    sent = send()
    token = service.unsubscribe_token(sent.member_id, "email", "service")
    raw = post.envelopes[0].content
    assert isinstance(raw, bytes)
    assert f"\r\nList-Unsubscribe: <https://club.example.com/u/{token}>\r\n".encode() in raw
    assert b"\r\nSubject: =?utf-8?b?" in raw
    assert raw.isascii()


def test_an_english_reader_gets_english_all_through(post: Post) -> None:
    send(language="en-GB", name="Ann")
    [mail] = post.mails()
    assert mail["Subject"] == "You earned 24 points"
    assert part(mail, "plain").startswith(
        "Hello Ann, your purchase of 24.60 on 22 Nov 2026, 10:00.\n\nThank you.\n"
    )
    assert f"a member of {BRAND['en']}" in part(mail, "plain")
    assert "<p>Hello Ann, your purchase of 24.60 on 22 Nov 2026, 10:00.</p><p>Thank you.</p>" in part(
        mail, "html"
    )


@pytest.mark.parametrize("name", ["🎉小雨👨‍👩‍👧", "𠮷野家"])
def test_emoji_and_rare_characters_survive(post: Post, name: str) -> None:
    send(name=name)
    [mail] = post.mails()
    assert part(mail, "plain").startswith(f"{name}，您好")
    assert f"<p>{name}，您好" in part(mail, "html")


def test_nothing_in_a_name_becomes_a_header_or_markup_or_a_second_mail(post: Post) -> None:
    name = (
        "Eve\r\nBcc: all@example.com\r\n\r\n.\r\nMAIL FROM:<x@y.z>\r\n"
        "<script>alert(1)</script>{{ order.total }}"
    )
    template = Template(
        "order_points", "service", ("email",), {"en": "Hi {{ member.name }}"}, {"en": "{{ member.name }}"}
    )
    member = make_member(name, "eve@example.com", "en")
    say(member)
    tasks.deliver_due(lambda _: Book(templates={"order_points": template}))
    [mail] = post.mails()
    assert post.envelopes[0].rcpt_tos == ["eve@example.com"]
    assert mail["Bcc"] is None
    assert mail["Subject"] == (
        "Hi Eve Bcc: all@example.com . MAIL FROM:<x@y.z> <script>alert(1)</script>{{ order.total }}"
    )
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ order.total }}" in part(mail, "html")
    assert "<script" not in part(mail, "html")
    assert part(mail, "plain").startswith("Eve\nBcc: all@example.com\n\n.\nMAIL FROM:<x@y.z>\n<script>")


def test_addresses_beyond_ascii_reach_their_server(post: Post) -> None:
    assert send("rain@例子.中国").status == "sent"
    assert post.envelopes[0].rcpt_tos == ["rain@xn--fsqu00a.xn--fiqs8s"]
    assert send("小雨@例子.中国").status == "sent"
    assert post.envelopes[1].rcpt_tos == ["小雨@xn--fsqu00a.xn--fiqs8s"]


def test_an_address_that_the_server_cannot_write_fails_saying_so(settings: Settings) -> None:
    with mail_server(Post(), enable_SMTPUTF8=False) as port:
        settings.CONFIG = settings.CONFIG.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"})
        failed = send("小雨@example.cn")
    assert (failed.status, "SMTPUTF8" in failed.detail) == ("failed", True)


def test_a_batch_goes_over_one_connection(post: Post) -> None:
    for number in range(20):
        say(make_member(email=f"m{number}@example.com"))
    assert tasks.deliver_due(book_of) == 40
    assert (len(post.envelopes), post.connections) == (20, 1)


def test_a_temporary_refusal_is_tried_again_later_and_the_rest_go_on(post: Post) -> None:
    post.answers["busy@example.com"] = ["451 Greylisted, come back later", "421 Too many", ""]
    busy, free = make_member(email="busy@example.com"), make_member(email="free@example.com")
    with clock.fixed(MOMENT):
        say(busy)
        say(free)
        tasks.deliver_due(book_of)
        waiting = delivery(busy, "email")
        assert (waiting.status, waiting.attempts, waiting.detail) == (
            "queued",
            1,
            "451 Greylisted, come back later",
        )
        assert waiting.due_at == MOMENT + timedelta(seconds=60)
        assert delivery(free, "email").status == "sent"
        assert tasks.deliver_due(book_of) == 0
    with clock.fixed(MOMENT + timedelta(seconds=60)):
        tasks.deliver_due(book_of)
        assert (delivery(busy, "email").status, delivery(busy, "email").attempts) == ("queued", 2)
    with clock.fixed(MOMENT + timedelta(hours=1)):
        tasks.deliver_due(book_of)
    sent = delivery(busy, "email")
    assert (sent.status, sent.attempts, sent.uncertain) == ("sent", 3, False)
    assert len(post.envelopes) == 2


def test_a_permanent_refusal_fails_with_the_servers_words(post: Post) -> None:
    post.answers["gone@example.com"] = ["550 5.1.1 No such user here"]
    failed = send("gone@example.com")
    assert (failed.status, failed.detail, failed.due_at) == ("failed", "550 5.1.1 No such user here", None)
    assert tasks.deliver_due(book_of) == 0
    assert post.envelopes == []


def test_a_server_that_is_down_is_tried_a_bounded_number_of_times(settings: Settings) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{free_port()}"})
    member = make_member(email="a@example.com")
    now = MOMENT
    with clock.fixed(now):
        say(member)
    for attempt in range(1, 8):
        with clock.fixed(now):
            tasks.deliver_due(book_of)
            state = delivery(member, "email")
            assert (state.attempts, "refused" in state.detail, state.uncertain) == (attempt, True, False)
            now = state.due_at or now
    assert (state.status, state.due_at) == ("failed", None)


def test_switching_mail_off_lets_nothing_pile_up(post: Post, settings: Settings) -> None:
    post.answers["busy@example.com"] = ["451 later"]
    with clock.fixed(MOMENT):
        waiting = send("busy@example.com")
    settings.CONFIG = settings.CONFIG.model_copy(update={"smtp_url": ""})
    with clock.fixed(MOMENT + timedelta(hours=1)):
        tasks.deliver_due(book_of)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.detail, waiting.due_at) == ("skipped", "no_mail_server", None)


def test_two_workers_send_200_mails_exactly_once_each(post: Post) -> None:
    members = [make_member(email=f"m{number}@example.com") for number in range(200)]
    for member in members:
        say(member)

    def work() -> None:
        try:
            while tasks.deliver_due(book_of):
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mail["To"] for mail in post.mails()) == sorted(
        f"m{number}@example.com" for number in range(200)
    )
    assert len({mail["Message-ID"] for mail in post.mails()}) == 200
    assert Delivery.objects.filter(channel="email", status="sent", uncertain=False, attempts=1).count() == 200


def test_a_member_who_left_or_unsubscribed_gets_no_mail(post: Post) -> None:
    left = make_member(email="left@example.com", status="closed")
    tired = make_member(email="tired@example.com")
    refusal = service.read_token(service.unsubscribe_token(tired, "email", "service"))
    assert refusal is not None
    service.unsubscribe(refusal)
    say(left)
    say(tired)
    tasks.deliver_due(book_of)
    assert told(left) == {"inbox": ("sent", ""), "email": ("skipped", "inactive")}
    assert told(tired) == {"inbox": ("sent", ""), "email": ("skipped", "refused")}
    assert not Delivery.objects.exists()
    assert post.envelopes == []


def test_of_several_addresses_the_verified_one_is_used_then_the_newest(post: Post) -> None:
    member = make_member(email="old@example.com")
    bucket = bucket_of(member)
    new, later = MOMENT + timedelta(days=1), MOMENT + timedelta(days=2)
    Identity.objects.create(
        kind="email", value="new@example.com", member_id=member, bucket=bucket, created_at=new
    )
    say(member)
    tasks.deliver_due(book_of)
    Identity.objects.filter(value="old@example.com").update(verified_at=later)
    say(member)
    tasks.deliver_due(book_of)
    assert [mail["To"] for mail in post.mails()] == ["new@example.com", "old@example.com"]


def test_no_transaction_is_open_while_mail_is_sent(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    hand_over = Mailer.hand_over

    def watch(mailer: Mailer, parcel: Parcel) -> Receipt:
        with connection.cursor() as cursor:
            seen.append((connection.in_atomic_block, delivery(parcel.member_id, "email").status))
            cursor.execute("SELECT now() = statement_timestamp()")
            seen.append(cursor.fetchone())
        return hand_over(mailer, parcel)

    monkeypatch.setattr(Mailer, "hand_over", watch)
    assert send().status == "sent"
    assert seen == [(False, "sending"), (True,)]
    assert len(post.envelopes) == 1


@pytest.mark.parametrize("url", ["http://mail", "mail.example.com:25", "smtp://", "smtps://user@"])
def test_an_smtp_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://user:password@host"):
        Server.of(url)


def test_an_smtp_url_says_everything() -> None:
    assert Server.of("smtps://a%40b:p%2Fw@mail.example.com") == Server(
        "mail.example.com", 465, True, "a@b", "p/w"
    )
    assert Server.of("smtp://mail:2525") == Server("mail", 2525, False, "", "")
