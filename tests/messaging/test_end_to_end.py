"""From an event at the door to what the member reads: the grocery's own templates, the worker's own loop."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pydantic import ValidationError

from regulars.kit import clock
from regulars.messaging import queries
from regulars.messaging.contracts import Reader
from regulars.messaging.models import Delivery
from regulars.programme.service import publish, version
from regulars.settings import Config
from regulars.work import LOOPS
from tests.messaging.world import Post
from tests.portal.world import GROCERY, NOW, open_programme, paid, tell

pytestmark = pytest.mark.django_db(transaction=True)


def deliver() -> None:
    """Run the worker's loop until nothing is left."""
    [loop] = [loop for loop in LOOPS if loop.name == "deliver"]
    while loop.run():
        pass


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (
            "zh-hans",
            {
                "本次消费获得 1200 积分": (
                    "小雨，您好：您于 2026年11月20日 12:00 消费 1200.50 元，获得 1200 积分，当前积分 1300。"
                ),
                "恭喜升级为银卡会员": "小雨，您已升级为银卡会员，有效期至 2027年11月30日。",
                "欢迎加入邻家超市会员": (
                    "小雨，欢迎您。入会礼 100 积分已到账，每消费 1 元得 1 积分，每月 18 日会员日双倍。"
                ),
            },
        ),
        (
            "en",
            {
                "You earned 1200 points": (
                    "Hello 小雨, your purchase of 1200.50 on 20 Nov 2026, 12:00 earned 1200 points. You now have 1300."
                ),
                "You are now Silver": "小雨, you have reached Silver, valid until Nov 30, 2027.",
            },
        ),
    ],
)
def test_a_purchase_is_told_in_the_members_language(post: Post, language: str, texts: dict[str, str]) -> None:
    open_programme()
    who = {"email": "rain@example.cn"}
    with clock.fixed(NOW):
        tell("member.joined", who, "j-1", name="小雨", language=language)
        member = paid(who, "1", "1200.50")
        items = queries.inbox(member, version, Reader("小雨", language)).items
        assert queries.unread(member) == len(items) == 3
        deliver()
        deliver()
    inbox = {item.subject: item.body for item in items}
    assert {subject: inbox.get(subject) for subject in texts} == texts
    assert sorted(mail["Subject"] for mail in post.mails()) == sorted(inbox)
    assert sorted(Delivery.objects.values_list("channel", "status")) == [("email", "sent")] * 3


def test_history_notifies_nobody(post: Post) -> None:
    open_programme()
    with clock.fixed(NOW + timedelta(days=3)):
        member = paid({"email": "rain@example.cn"}, "1", "1200.50", NOW)
        deliver()
    assert queries.of_member(member, version).items == ()
    assert not Delivery.objects.exists()
    assert post.envelopes == []


@pytest.fixture
def forgetful() -> Iterator[None]:
    """What this process knows of programmes is forgotten before and after: another one becomes version 1."""
    version.cache_clear()
    yield
    version.cache_clear()


@pytest.mark.usefixtures("forgetful")
def test_what_an_event_refuses_holds_for_the_messages_that_it_causes(post: Post) -> None:
    written = GROCERY.read_text()
    advertising = written.replace("welcome:\n    category: service", "welcome:\n    category: marketing")
    assert advertising != written
    publish(advertising, "test")
    with clock.fixed(NOW):
        tired = tell("member.joined", {"email": "a@example.cn"}, "j-1", consent={"inbox": False})
        keen = tell("member.joined", {"email": "b@example.cn"}, "j-2", consent={"email": True})
        deliver()
    assert [item.id for item in queries.inbox(tired, version, Reader("", "en")).items] == []
    [item] = queries.inbox(keen, version, Reader("", "en")).items
    assert item.subject == "Welcome to the Corner Grocery Club"
    assert [mail["To"] for mail in post.mails()] == ["b@example.cn"]


@pytest.mark.parametrize("url", ["mail.example.com", "http://mail", "smtp:"])
def test_a_setting_that_is_no_mail_server_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("REGULARS_SMTP_URL", url)
    with pytest.raises(ValidationError, match="smtp://user:password@host"):
        Config()
