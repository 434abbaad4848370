"""The way in: codes, their limits, and what they must not give away."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from pytest_django import Settings

from regulars.events.models import Event
from regulars.kit import clock
from regulars.members.models import Identity, Member
from regulars.members.service import prove
from regulars.messaging.models import Preference
from regulars.portal import codes
from regulars.portal.codes import Checked, TooSoonError, Wait
from regulars.portal.models import OneTimeCode
from tests.messaging.world import Post, mail_server, parse
from tests.portal.world import (
    CHINESE,
    ENGLISH,
    NOW,
    TAIWANESE,
    ask,
    open_programme,
    post,
    rain,
    shown_code,
    sign_in,
    text_of,
    visitor,
)

pytestmark = pytest.mark.usefixtures("programme", "now")
PHONE = ("phone", "+8613800001234")


@pytest.mark.usefixtures("demo")
def test_a_member_comes_in_by_phone_and_by_mail() -> None:
    member = rain()
    for address in ("138 0000 1234", "+86 138-0000-1234", "Rain@Example.CN"):
        OneTimeCode.objects.all().delete()
        client = visitor()
        assert sign_in(client, address).headers["Location"] == "/m/"
        assert client.session["portal_member"] == str(member)
        assert "林小雨" in text_of(client.get("/m/"))


@pytest.mark.usefixtures("demo")
def test_a_code_that_was_right_proves_the_address_and_no_other() -> None:
    member = rain()
    client = visitor()
    ask(client, PHONE[1])
    right = shown_code(client)
    post(client, "/m/sign-in/code/", code="000000" if right != "000000" else "111111")
    assert not Identity.objects.filter(verified_at__isnull=False).exists()
    post(client, "/m/sign-in/code/", code=right)
    proved = Identity.objects.filter(verified_at__isnull=False)
    assert list(proved.values_list("kind", "member_id", "verified_at")) == [("phone", member, NOW)]
    assert not prove(uuid4(), PHONE, NOW)
    OneTimeCode.objects.all().delete()
    later = NOW + timedelta(days=3)
    with clock.fixed(later):
        sign_in(visitor(), PHONE[1])
    assert Identity.objects.get(kind="phone").verified_at == later


@pytest.mark.usefixtures("demo")
def test_the_session_and_the_token_are_new_after_signing_in_and_empty_after_signing_out() -> None:
    rain()
    client = visitor()
    ask(client, PHONE[1])
    before, token = client.session.session_key, client.cookies["csrftoken"].value
    post(client, "/m/sign-in/code/", code=shown_code(client))
    assert client.session.session_key != before
    assert client.cookies["csrftoken"].value != token
    assert set(client.session.keys()) == {"portal_member", "_session_expiry"}
    inside = client.session.session_key
    assert post(client, "/m/sign-out/").headers["Location"] == "/m/sign-in/"
    assert client.session.session_key != inside
    assert "portal_member" not in client.session
    assert client.get("/m/").headers["Location"] == "/m/sign-in/"


@pytest.mark.usefixtures("demo")
def test_every_form_refuses_a_post_without_its_token() -> None:
    rain()
    client = visitor()
    sign_in(client, PHONE[1])
    for path in ("sign-in/", "sign-in/code/", "sign-in/resend/", "join/", "sign-out/", "language/", "me/edit/",
                 "me/messages/", "inbox/read/"):  # fmt: skip
        assert client.post(f"/m/{path}", {"language": "en"}).status_code == 403, path
    assert "林小雨" in text_of(client.get("/m/me/"))


def test_only_a_keyed_hash_of_the_code_is_kept() -> None:
    code = codes.issue(PHONE, "10.0.0.1")
    row = OneTimeCode.objects.get()
    assert re.fullmatch(r"\d{6}", code)
    assert len(bytes(row.digest)) == 32
    assert code not in repr([row.value, bytes(row.digest).hex(), row.client])
    assert "10.0.0.1" not in row.client


def test_a_code_works_once() -> None:
    code = codes.issue(PHONE, "c")
    assert codes.check(PHONE, code) is Checked.RIGHT
    assert codes.check(PHONE, code) is Checked.GONE


def test_a_code_of_one_address_does_not_open_another() -> None:
    code = codes.issue(PHONE, "c")
    other = codes.issue(("phone", "+8613900000000"), "c")
    if code != other:
        assert codes.check(("phone", "+8613900000000"), code) is Checked.WRONG
    assert codes.check(("email", PHONE[1]), code) is Checked.GONE


def test_five_tries_and_the_right_code_comes_too_late() -> None:
    code = codes.issue(PHONE, "c")
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert [codes.check(PHONE, wrong) for _ in range(6)] == [Checked.WRONG] * 4 + [Checked.GONE] * 2
    assert codes.check(PHONE, code) is Checked.GONE


def test_after_ten_minutes_a_code_is_gone_and_a_newer_one_replaces_it() -> None:
    first = codes.issue(PHONE, "c")
    with clock.fixed(NOW + timedelta(minutes=10)):
        assert codes.check(PHONE, first) is Checked.GONE
        second = codes.issue(PHONE, "c")
    with clock.fixed(NOW + timedelta(minutes=19)):
        if first != second:
            assert codes.check(PHONE, first) is Checked.WRONG
        assert codes.check(PHONE, second) is Checked.RIGHT


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "000000\x00", "１２", "9" * 500])
def test_anything_can_be_typed_as_a_code(typed: str) -> None:
    codes.issue(PHONE, "c")
    assert codes.check(PHONE, typed) is Checked.WRONG


def test_codes_are_limited_per_address() -> None:
    sent = 0
    waits = []
    for minute in range(0, 60, 5):
        with clock.fixed(NOW + timedelta(minutes=minute)):
            try:
                codes.issue(PHONE, f"client-{minute}")
                sent += 1
            except TooSoonError as soon:
                waits.append((soon.why, soon.seconds))
    assert sent == 5
    assert waits[0] == (Wait.ADDRESS, 35 * 60)
    with clock.fixed(NOW + timedelta(seconds=30)), pytest.raises(TooSoonError) as soon:
        codes.issue(PHONE, "c")
    assert soon.value.why is Wait.MOMENT


def test_codes_are_limited_per_client_whatever_the_addresses() -> None:
    for number in range(20):
        codes.issue(("phone", f"+86138000000{number:02}"), "one-client")
    with pytest.raises(TooSoonError) as soon:
        codes.issue(("phone", "+8613800009999"), "one-client")
    assert (soon.value.why, soon.value.seconds) == (Wait.CLIENT, 3600)
    codes.issue(("phone", "+8613800009999"), "another-client")


def test_old_codes_are_forgotten() -> None:
    codes.issue(PHONE, "c")
    with clock.fixed(NOW + timedelta(days=3)):
        assert (codes.clear_old(), OneTimeCode.objects.count()) == (1, 0)


@pytest.mark.usefixtures("demo")
def test_members_and_strangers_get_the_same_answers() -> None:
    rain()
    pages = []
    for address in ("rain@example.cn", "none@example.cn"):
        client = visitor(ENGLISH)
        first = ask(client, address)
        page = text_of(client.get("/m/sign-in/code/"))
        wrong = text_of(post(client, "/m/sign-in/code/", code="x"))
        normal = [
            re.sub(r"<b>\d{6}</b>|value=\"\w{64}\"", "", text).replace(address, "") for text in (page, wrong)
        ]
        pages.append((first.status_code, first.headers["Location"], normal))
    assert pages[0] == pages[1]


@pytest.mark.usefixtures("demo")
def test_a_wrong_code_says_so_and_leaves_the_visitor_outside() -> None:
    rain()
    client = visitor(ENGLISH)
    ask(client, PHONE[1])
    wrong = f"{(int(shown_code(client)) + 1) % 10**6:06}"
    assert "That code is not right." in text_of(post(client, "/m/sign-in/code/", code=wrong))
    assert client.get("/m/").headers["Location"] == "/m/sign-in/"
    spaced = " ".join(shown_code(client))
    assert post(client, "/m/sign-in/code/", code=spaced).headers["Location"] == "/m/"


@pytest.mark.usefixtures("demo")
def test_full_width_digits_are_digits() -> None:
    rain()
    client = visitor()
    ask(client, PHONE[1])
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in shown_code(client))
    assert post(client, "/m/sign-in/code/", code=wide).headers["Location"] == "/m/"


@pytest.mark.usefixtures("demo")
def test_asking_again_at_once_says_how_long_to_wait() -> None:
    client = visitor(ENGLISH)
    ask(client, PHONE[1])
    client.get("/m/sign-in/code/")
    assert "You can get another one in 60 seconds." in text_of(post(client, "/m/sign-in/resend/"))
    stranger = visitor(CHINESE)
    assert "60 秒后可以重新获取" in text_of(ask(stranger, PHONE[1]))


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Please type in your phone number"),
        ("hello", "is not a phone number"),
        ("a@b", "is not an e-mail address"),
        ("<script>alert(1)</script>@x", "is not an e-mail address"),
        ("1" * 400, "is not a phone number"),
        ("a\x00@b.cn", "remove them"),
    ],
)
def test_what_is_no_address_is_refused_with_a_sentence(typed: str, says: str) -> None:
    client = visitor(ENGLISH)
    page = text_of(ask(client, typed))
    assert says in page
    assert "<script>alert" not in page
    assert not OneTimeCode.objects.exists()


def test_without_sms_a_phone_is_told_so_and_no_code_is_made() -> None:
    assert "请使用邮箱登录" in text_of(ask(visitor(CHINESE), "13800001234"))
    assert "請改用電子郵件登入" in text_of(ask(visitor(TAIWANESE), "+886912345678"))
    assert "not set up yet" in text_of(ask(visitor(ENGLISH), "a@example.com"))
    assert not OneTimeCode.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_the_demo_the_code_comes_by_mail_and_stands_on_no_page(settings: Settings) -> None:
    open_programme()
    rain()
    handler = Post()
    with mail_server(handler) as port:
        settings.CONFIG = settings.CONFIG.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"})
        client = visitor(ENGLISH)
        assert ask(client, "rain@example.cn").headers["Location"] == "/m/sign-in/code/"
    [mail] = [parse(envelope) for envelope in handler.envelopes]
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.match(r"Your code is (\d{6})\. It is good for 10 minutes\.", body.get_content())
    assert found is not None
    assert (mail["To"], mail["Subject"]) == (
        "rain@example.cn",
        f"{found[1]} is your Corner Grocery Club code",
    )
    assert mail["List-Unsubscribe"] is None
    page = text_of(client.get("/m/sign-in/code/"))
    assert found[1] not in page
    assert "Demo" not in page
    assert found[1] not in repr(dict(client.session))
    assert post(client, "/m/sign-in/code/", code=found[1]).headers["Location"] == "/m/"


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_is_down_is_said(settings: Settings) -> None:
    open_programme()
    settings.CONFIG = settings.CONFIG.model_copy(update={"smtp_url": "smtp://127.0.0.1:9"})
    assert "could not be sent" in text_of(ask(visitor(ENGLISH), "a@example.com"))


@pytest.mark.usefixtures("demo")
def test_a_stranger_joins_after_proving_the_address() -> None:
    client = visitor(CHINESE)
    assert sign_in(client, "139 0000 0001").headers["Location"] == "/m/join/"
    assert "+8613900000001 还不是会员" in text_of(client.get("/m/join/"))
    refused = post(client, "/m/join/", name=" ", language="zh-hans", birthday="2030-01-01")
    assert "请填写您的姓名或称呼。" in text_of(refused)
    assert "应为您的出生日期" in text_of(refused)
    assert Member.objects.count() == 0
    joined = post(
        client, "/m/join/", name="王<b>乐</b>", birthday="1988-02-29", language="zh-hant", marketing="on"
    )
    assert joined.headers["Location"] == "/m/"
    member = Member.objects.get()
    assert (member.name, str(member.birthday), member.language) == ("王<b>乐</b>", "1988-02-29", "zh-hant")
    assert member.source == "portal"
    phone = Identity.objects.get(kind="phone")
    assert (phone.value, phone.verified_at) == ("+8613900000001", NOW)
    assert Identity.objects.get(kind="card").verified_at is None
    assert Preference.objects.values_list("channel", "category", "allowed").get() == (
        "email",
        "marketing",
        True,
    )
    assert Event.objects.get(type="member.joined").source == "portal"
    card = text_of(client.get("/m/"))
    assert "王&lt;b&gt;乐&lt;/b&gt;" in card
    assert "一般會員" in card
    assert "再消費 ¥1,000" in card


@pytest.mark.usefixtures("demo")
def test_joining_needs_proof_that_is_fresh_and_counts_once() -> None:
    stranger = visitor()
    assert stranger.get("/m/join/").headers["Location"] == "/m/sign-in/"
    client = visitor()
    sign_in(client, "13900000002")
    twin = visitor()
    client.get("/m/join/")
    twin.cookies.update(client.cookies)
    with clock.fixed(NOW + timedelta(minutes=31)):
        assert client.get("/m/join/").headers["Location"] == "/m/sign-in/"
    assert post(client, "/m/join/", name="A", language="en").headers["Location"] == "/m/"
    assert post(twin, "/m/join/", name="B", language="en").headers["Location"] == "/m/sign-in/"
    assert Event.objects.filter(type="member.joined").count() == 1


@pytest.mark.usefixtures("demo")
def test_a_member_who_is_not_active_is_told_to_ask() -> None:
    member = rain()
    client = visitor(ENGLISH)
    sign_in(client, PHONE[1])
    Member.objects.filter(id=member).update(status="closed")
    assert client.get("/m/").headers["Location"] == "/m/sign-in/"
    OneTimeCode.objects.all().delete()
    assert "This membership is not active" in text_of(sign_in(visitor(ENGLISH), PHONE[1]))


@pytest.mark.usefixtures("demo")
def test_the_client_address_is_read_past_our_own_proxies_only(settings: Settings) -> None:
    for proxies, distinct in ((0, 1), (1, 2)):
        OneTimeCode.objects.all().delete()
        settings.CONFIG = settings.CONFIG.model_copy(update={"proxies": proxies})
        for number in (1, 2):
            client = visitor(forwarded=f"6.6.6.6, 10.0.0.{number}")
            ask(client, f"1380000000{number}")
        assert OneTimeCode.objects.values("client").distinct().count() == distinct
