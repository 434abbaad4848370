"""When the next level comes, and what gets there, as members read it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import translation

from regulars.portal.ahead import keep_in_words, rough, when_in_words
from regulars.programme.service import publish, version
from regulars.tiers.contracts import Forecast, Span
from tests.portal.world import CHINESE, GROCERY, NOW, paid, post, seen, sign_in, tell, visitor

pytestmark = pytest.mark.usefixtures("programme", "now", "demo")

TODAY = date(2026, 11, 20)


@pytest.fixture
def client() -> Client:
    """Mei has bought for 60 in every week since June: 1,440 of 2,500."""
    who = {"email": "mei@example.cn"}
    first = datetime(2026, 6, 5, 3, 0, tzinfo=UTC)
    tell("member.joined", who, "j-mei", first, name="梅")
    for week in range(24):
        paid(who, f"w{week}", "60.00", first + timedelta(weeks=week, minutes=5))
    client = visitor(CHINESE)
    sign_in(client, "mei@example.cn")
    return client


def test_the_card_says_roughly_when_and_leads_to_the_guide(client: Client) -> None:
    page = seen(client, "/m/")
    assert "再消费 ¥1,060 升级金卡会员" in page
    assert "按目前的节奏，预计 2027年" in page
    assert "之间升级金卡会员。" in page
    assert "怎样更快升级金卡会员" in page


def test_the_guide_tells_what_an_order_like_theirs_brings(client: Client) -> None:
    page = seen(client, "/m/growth/")
    assert (
        "升级金卡会员攻略 像往常一样消费一单，约 ¥60 再来 18 次即可升级 · 取自您最近 24 单 +60 成长值" in page
    )
    post(client, "/m/language/", language="en")
    page = seen(client, "/m/growth/")
    assert "An order like yours, about ¥60 18 times are enough · from your last 24 orders +60 growth" in page
    assert "At your present pace you reach Gold between" in page
    post(client, "/m/language/", language="zh-hant")
    assert "照平常消費一筆，約 ¥60 再 18 次即可升級" in seen(client, "/m/growth/")


def test_who_just_joined_sees_no_date_and_no_made_up_hints() -> None:
    tell("member.joined", {"email": "neu@example.cn"}, "j-neu", NOW - timedelta(minutes=2))
    client = visitor(CHINESE)
    sign_in(client, "neu@example.cn")
    page = seen(client, "/m/growth/")
    assert "再消费 ¥1,000 升级银卡会员" in page
    assert "按目前的节奏" not in page
    assert "攻略" not in page


def test_at_the_top_there_is_no_way_up(client: Client) -> None:
    paid({"email": "mei@example.cn"}, "big", "9000.00", NOW - timedelta(minutes=1))
    page = seen(client, "/m/growth/")
    assert "您已是最高等级" in page
    assert "攻略" not in page


def test_strangers_are_led_to_the_sign_in() -> None:
    answer = visitor().get("/m/growth/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/m/sign-in/")


@pytest.fixture
def chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def told(first: str, last: str | None) -> str:
    span = Span(date.fromisoformat(first), date.fromisoformat(last) if last else None)
    forecast = Forecast("level", "basic", "gold", TODAY, 9, 100, 0.9, date(2026, 12, 9), half=span)
    return when_in_words(forecast, "金卡")


@pytest.mark.usefixtures("chinese")
def test_dates_are_thirds_of_months_and_years_are_said_once() -> None:
    assert [rough(date(2026, 12, day)) for day in (1, 10, 11, 20, 21, 31)] == [
        "12月上旬", "12月上旬", "12月中旬", "12月中旬", "12月下旬", "12月下旬",
    ]  # fmt: skip
    assert told("2026-12-01", "2026-12-09") == "按目前的节奏，预计 12月上旬升级金卡。"
    assert told("2026-12-01", "2027-01-09") == "按目前的节奏，预计 12月上旬至 2027年1月上旬之间升级金卡。"
    assert told("2027-02-13", "2027-05-05") == "按目前的节奏，预计 2027年2月中旬至 5月上旬之间升级金卡。"
    assert told("2027-02-13", None) == "按目前的节奏，最早 2027年2月中旬升级金卡。"
    far = Forecast("level", "basic", "gold", TODAY, 9, 100, 0.2)
    assert when_in_words(far, "金卡") == "按目前的节奏，一年内还到不了金卡。"
    waits = Forecast("level", "basic", "gold", TODAY, 9, 100, waits=True)
    assert when_in_words(waits, "金卡") == "数值已达到金卡的门槛，还差这一等级要求的其他条件。"
    assert when_in_words(Forecast("level", "basic", "gold", TODAY), "金卡") == ""


@pytest.mark.usefixtures("chinese")
def test_keeping_is_said_in_four_steps() -> None:
    assert keep_in_words(None) == keep_in_words(1.0) == ""
    assert [keep_in_words(share) for share in (0.8, 0.5, 0.2, 0.1)] == [
        "按目前的节奏，保级没有问题。",
        "按目前的节奏，大概率可以保级。",
        "按目前的节奏，保级还差一点，多消费一些更稳妥。",
        "按目前的节奏，到期可能保不住这个等级。",
    ]


def test_tasks_are_told_with_what_they_bring_and_how_often_is_left(client: Client) -> None:
    more = """
  - id: reviewing
    name: {zh-hans: 晒单有礼, zh-hant: 曬單有禮, en: Review and grow}
    on: review.posted
    limit: {times: 3, per: month}
    then: [{credit: {asset: growth, amount: 80}}]
  - id: soon
    name: {zh-hans: 签到有礼, zh-hant: 簽到有禮, en: Check in}
    on: checkin
    from: 2026-11-25
    then: [{credit: {asset: growth, amount: 5}}]
"""
    version.cache_clear()
    publish(GROCERY.read_text(encoding="utf-8").rstrip() + more, "test")
    tell("review.posted", {"email": "mei@example.cn"}, "rev", NOW - timedelta(minutes=1))
    page = seen(client, "/m/growth/")
    first = page.index("晒单有礼")
    assert first < page.index("像往常一样消费一单") < page.index("签到有礼")
    assert "还可参与 2 次 +80 成长值" in page
    assert "11月25日开始" in page
    assert "+5 成长值" in page
