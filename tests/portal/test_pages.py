"""What members see."""

import json
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from regulars.events.models import Event
from regulars.kit import clock
from regulars.members.models import Identity, Member
from regulars.messaging.models import Message, Preference
from regulars.programme.models import Version
from regulars.programme.service import version
from tests.portal.world import CHINESE, ENGLISH, NOW, paid, post, rain, sign_in, tell, text_of, visitor, words

pytestmark = pytest.mark.usefixtures("programme", "now", "demo")


@pytest.fixture
def client() -> Client:
    """Rain's browser, in Chinese."""
    rain()
    client = visitor(CHINESE)
    sign_in(client, "rain@example.cn")
    return client


def test_the_card_shows_who_and_where_and_what_comes_next(client: Client) -> None:
    page = text_of(client.get("/m/"))
    number = Identity.objects.get(kind="card").value
    number = " ".join(number[place : place + 4] for place in (0, 4, 8, 12))
    assert "林小雨" in page
    assert number in page
    assert page.count('class="qr"') == 2
    assert "银卡会员" in page
    assert "再消费 ¥1,300 升级金卡会员" in page
    assert "成长值 1,200" in words(page)
    assert "有效期至 2027年11月30日" in page
    assert "积分 1,300" in words(page)


def test_a_reader_of_english_and_of_traditional_chinese_gets_their_own(client: Client) -> None:
    post(client, "/m/language/", language="en")
    page = text_of(client.get("/m/"))
    assert '<html lang="en">' in page
    assert "Spend ¥1,300 more to reach Gold" in page
    assert "Silver until Nov 30, 2027" in page
    post(client, "/m/language/", language="zh-hant")
    assert "再消費" in text_of(client.get("/m/"))
    assert Member.objects.get().language == "zh-hant"
    assert post(client, "/m/language/", language="xx").status_code == 400


def test_points_show_what_expires_when_and_every_movement_with_its_reason_and_balance(client: Client) -> None:
    page = words(text_of(client.get("/m/points/")))
    assert "积分 1,300" in page
    assert "到期时间 2027年3月31日到期 100 2027年4月30日到期 600 2027年5月31日到期 600" in page
    assert (
        "2026年11月 退货收回 11月20日 · 订单 1002 −88 余额 1,300"
        " 消费得积分 11月19日 · 订单 1002 +688 余额 1,388" in page
    )
    assert "2026年10月 消费得积分 10月6日 · 订单 1001 +600 余额 700" in page
    assert "入会礼 9月1日 +100 余额 100" in page
    growth = words(text_of(client.get("/m/points/?asset=growth")))
    assert "+688 余额 1,288" in growth
    assert client.get("/m/points/?asset=gold").status_code == 404


def test_history_goes_on_page_by_page_and_a_broken_cursor_starts_anew(client: Client) -> None:
    for number in range(40):
        paid({"email": "rain@example.cn"}, f"n{number}", "1.00", NOW + timedelta(minutes=1, seconds=number))
    first = text_of(client.get("/m/points/"))
    after = re.search(r"after=([\w-]+)", first)
    assert after is not None
    second = words(text_of(client.get(f"/m/points/?asset=points&after={after[1]}")))
    assert "+1 余额 1,301" in second
    assert "入会礼" in second
    for page in ("points", "orders", "inbox"):
        assert client.get(f"/m/{page}/?after=nonsense").headers["Location"] == f"/m/{page}/"


def test_orders_show_total_refund_and_store(client: Client) -> None:
    page = words(text_of(client.get("/m/orders/")))
    assert "2026年11月19日 11:00 1002 · S01 ¥688.50 已退款 ¥88.50" in page
    assert "2026年10月6日 11:00 1001 · S01 ¥600.00" in page


@pytest.mark.django_db(transaction=True)
def test_messages_are_marked_until_they_are_opened() -> None:
    rain()
    client = visitor(CHINESE)
    sign_in(client, "rain@example.cn")
    page = text_of(client.get("/m/inbox/"))
    unread = Message.objects.filter(inbox=True, read_at=None).count()
    assert unread >= 2
    assert page.count('class="line unread"') == unread
    assert 'class="dot"' in page
    assert "本次消费获得 688 积分" in page
    assert "恭喜升级为银卡会员" in page
    opened = Message.objects.filter(inbox=True, template="upgraded").latest("id")
    letter = text_of(client.get(f"/m/inbox/{opened.id}/"))
    assert "<h1>恭喜升级为银卡会员</h1>" in letter
    assert "林小雨，您已升级为银卡会员" in letter
    assert Message.objects.filter(inbox=True, read_at=None).count() == unread - 1
    post(client, "/m/inbox/read/")
    page = text_of(client.get("/m/inbox/"))
    assert "unread" not in page
    assert 'class="dot"' not in page


def test_the_inbox_speaks_the_language_that_the_reader_has_now(client: Client) -> None:
    assert "恭喜升级为银卡会员" in text_of(client.get("/m/inbox/"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = text_of(client.get("/m/inbox/"))
    assert "You are now Silver" in page
    assert "恭喜" not in page
    opened = Message.objects.get(template="upgraded")
    assert "you have reached Silver, valid until " in text_of(client.get(f"/m/inbox/{opened.id}/"))


def test_nobody_reads_another_members_message(client: Client) -> None:
    other = tell("member.joined", {"phone": "+8613900000009"}, "j-o", name="别人")
    message = paid({"phone": "+8613900000009"}, "o-1", "10.00")
    assert message == other
    foreign = Message.objects.filter(member_id=other, inbox=True).latest("id")
    assert client.get(f"/m/inbox/{foreign.id}/").status_code == 404
    assert client.get("/m/inbox/00000000-0000-7000-8000-000000000000/").status_code == 404


def test_the_profile_is_changed_by_an_event(client: Client) -> None:
    me = text_of(client.get("/m/me/"))
    assert "+86138****1234" in me
    assert "r**n@example.cn" in me
    assert "13800001234" not in me
    form = text_of(client.get("/m/me/edit/"))
    assert 'value="林小雨"' in form
    assert 'value="1990-05-17"' in form
    refused = post(client, "/m/me/edit/", name="", birthday="1790-01-01", gender="x")
    assert text_of(refused).count('role="alert"') == 3
    saved = post(client, "/m/me/edit/", name="林雨", birthday="1990-05-18", gender="female")
    assert saved.headers["Location"] == "/m/me/"
    member = Member.objects.get()
    assert (member.name, str(member.birthday), member.gender) == ("林雨", "1990-05-18", "female")
    assert Event.objects.get(type="member.updated").source == "portal"


def test_what_a_member_wants_to_hear(client: Client) -> None:
    page = text_of(client.get("/m/me/messages/"))
    assert re.findall(r'name="(\w+\.\w+)"( checked)?', page) == [
        ("inbox.marketing", " checked"), ("email.service", " checked"), ("email.marketing", ""),
    ]  # fmt: skip
    post(client, "/m/me/messages/", **{"email.marketing": "on", "inbox.marketing": "on"})
    assert sorted(Preference.objects.values_list("channel", "category", "allowed", "source")) == [
        ("email", "marketing", True, "portal"), ("email", "service", False, "portal"),
    ]  # fmt: skip
    assert "已保存" in text_of(client.get("/m/me/messages/?saved"))


def test_a_member_with_nothing_at_all_sees_every_page() -> None:
    member = tell("member.joined", {"wechat": "openid-1"}, "j-w")
    Identity.objects.all().delete()
    client = visitor(ENGLISH)
    client.get("/m/sign-in/")
    session = client.session
    session["portal_member"] = str(member)
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    for path in (
        "",
        "points/",
        "points/?asset=growth",
        "orders/",
        "inbox/",
        "me/",
        "me/edit/",
        "me/messages/",
    ):
        response = client.get(f"/m/{path}")
        assert response.status_code == 200, path
    assert str(member) in text_of(client.get("/m/"))
    assert "No purchases yet." in text_of(client.get("/m/orders/"))


def test_a_session_of_a_member_who_is_gone_ends() -> None:
    client = visitor()
    client.get("/m/sign-in/")
    session = client.session
    session["portal_member"] = "01a00000-0000-7000-8000-000000000001"
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    assert client.get("/m/").headers["Location"] == "/m/sign-in/"
    assert "portal_member" not in client.session


def test_no_page_of_a_member_may_be_kept_by_a_cache_in_between(client: Client) -> None:
    for path in ("", "points/", "me/"):
        response = client.get(f"/m/{path}")
        assert "no-store" in response.headers["Cache-Control"]
        assert "private" in response.headers["Cache-Control"]


def test_the_manifest_and_the_worker_make_an_app(client: Client) -> None:
    manifest = json.loads(client.get("/m/manifest.webmanifest").content)
    assert (manifest["name"], manifest["start_url"], manifest["display"]) == (
        "邻家超市会员",
        "/m/",
        "standalone",
    )
    worker = text_of(client.get("/m/worker.js"))
    assert 'HOME = "/m/"' in worker
    assert client.get("/m/worker.js").headers["Content-Type"] == "text/javascript; charset=utf-8"
    for path in [icon["src"] for icon in manifest["icons"]] + re.findall(r"/static/[\w/.-]+", worker):
        response = client.get(path)
        assert response.status_code == 200, path
        assert b"".join(response.streaming_content)  # type: ignore[attr-defined]
        response.close()


def test_before_the_programme_is_published_the_portal_says_so() -> None:
    Version.objects.all().delete()
    response = visitor(ENGLISH).get("/m/sign-in/")
    assert response.status_code == 503
    assert "has not been published yet" in text_of(response)


def test_the_way_up_is_said_in_growth_where_money_is_not_all_that_counts() -> None:
    source = Version.objects.latest("number").source
    name = "    name: {zh-hans: 消费得积分"
    bounded = source.replace(name, "    limit: {units: 500, per: month}\n" + name)
    assert bounded != source
    Version.objects.update(source=bounded)
    version.cache_clear()
    tell("member.joined", {"phone": "+8613900000003"}, "j-3")
    client = visitor(CHINESE)
    sign_in(client, "13900000003")
    assert "还差 1,000 成长值升级银卡会员" in text_of(client.get("/m/"))


def test_the_highest_level_says_so() -> None:
    paid({"phone": "+8613900000004"}, "big", "9000.00")
    client = visitor(CHINESE)
    sign_in(client, "13900000004")
    page = text_of(client.get("/m/"))
    assert "您已是最高等级" in page
    assert "白金会员" in page
    with clock.fixed(NOW + timedelta(days=300)):
        later = text_of(client.get("/m/"))
    assert "下一期已保级" not in later
    assert "到期前再消费 ¥5,000 可保级" in later
