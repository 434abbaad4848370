"""What members see and do with their value: pending, held, expiring, stored value, gifts, conversions."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from regulars.engine.tasks import settle_all
from regulars.events.models import Event
from regulars.kit import clock
from regulars.ledger.models import Balance, Entry
from regulars.ledger.reconcile import reconcile
from regulars.portal import friends
from regulars.portal.models import GiftMiss
from tests.portal.world import (
    CHINESE,
    ENGLISH,
    MALL,
    NOW,
    TAIWANESE,
    command,
    open_programme,
    paid,
    post,
    rain,
    seen,
    sign_in,
    tell,
    text_of,
    topped_up,
    visitor,
    words,
)

pytestmark = pytest.mark.usefixtures("programme", "now", "demo")

RAIN = {"phone": "+8613800001234"}
FRIEND = {"phone": "+8613900005678"}


@pytest.fixture
def me() -> UUID:
    return rain()


@pytest.fixture
def client(me: UUID) -> Client:  # noqa: ARG001 - she must be there
    return entered("rain@example.cn")


def entered(address: str, language: str = CHINESE) -> Client:
    client = visitor(language)
    sign_in(client, address)
    return client


def friend(name: str = "王芳") -> UUID:
    """Another member, who has the 100 points of the joining gift."""
    return tell("member.joined", FRIEND, "j-friend", NOW - timedelta(days=30), name=name)


def has(member: UUID, asset: str = "points") -> tuple[int, int, int]:
    row = Balance.objects.filter(member_id=member, asset=asset).first()
    return (row.balance, row.held, row.pending) if row else (0, 0, 0)


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text_of(page))
    assert found is not None, name
    return found[1]


def confirm(client: Client, units: str, phone: str = "139 0000 5678") -> dict[str, str]:
    """Fill in the form; the fields of the last look."""
    client.get("/m/gifts/")
    page = post(client, "/m/gifts/", asset="points", phone=phone, units=units)
    assert 'action="/m/gifts/send/"' in text_of(page), words(text_of(page))
    return {name: hidden(page, name) for name in ("key", "asset", "phone", "units")}


def refused(client: Client, units: str, phone: str = "139 0000 5678") -> str:
    """Fill in the form; why it does not go on. Nothing moves."""
    before = Entry.objects.count()
    client.get("/m/gifts/")
    page = text_of(post(client, "/m/gifts/", asset="points", phone=phone, units=units))
    assert Entry.objects.count() == before
    found = re.findall(r'class="error" role="alert">([^<]*)<', page)
    assert len(found) == 1, found
    return str(found[0])


def in_order() -> None:
    found = reconcile()
    assert found.ok, found.record()


# What is there


def test_what_ends_soon_is_announced_on_card_and_points(me: UUID, client: Client) -> None:
    assert 'class="soon"' not in text_of(client.get("/m/"))
    with clock.fixed(datetime(2027, 3, 24, 15, 59, tzinfo=UTC)):
        assert 'class="soon"' not in text_of(client.get("/m/points/")), (
            "seven days before, says the programme"
        )
        assert "100 于 2027年3月31日到期" in seen(client, "/m/")
    with clock.fixed(datetime(2027, 3, 25, 16, 0, tzinfo=UTC)):
        for path in ("/m/", "/m/points/"):
            assert "100 积分将于 2027年3月31日到期，请尽快使用" in seen(client, path)
    with clock.fixed(datetime(2027, 4, 1, 4, 0, tzinfo=UTC)):
        settle_all()
        page = seen(client, "/m/points/")
        assert 'class="soon"' not in page
        assert "到期失效 4月1日 −100 余额 1,200" in page
    assert has(me) == (1200, 0, 0)


def test_held_points_stand_apart_with_their_order_and_their_limit(me: UUID, client: Client) -> None:
    hold = command(me, "hold", "points", 300, NOW + timedelta(hours=2), order=("shop", "5001"))
    page = seen(client, "/m/points/")
    assert "积分 1,000" in page
    assert "已冻结 订单 5001 未使用将于 2026年11月20日 14:00 退回 300" in page
    assert "已冻结 11月20日 · 订单 5001 −300 余额 1,000" in page
    with clock.fixed(NOW + timedelta(minutes=1)):
        command(me, "capture", hold, 200)
        page = seen(client, "/m/points/")
        assert "使用 11月20日 · 由冻结转使用 −200 余额 1,000" in page
        assert "退回 100" in page
    with clock.fixed(NOW + timedelta(hours=3)):
        settle_all()
        page = seen(client, "/m/points/")
        assert "解除冻结 11月20日 +100 余额 1,100" in page
        assert "退回" not in page


def test_a_debt_is_explained(me: UUID, client: Client) -> None:
    command(me, "spend", "points", 1300)
    with clock.fixed(NOW + timedelta(minutes=1)):
        tell("order.refunded", RAIN, "r-1001", clock.now(), order_id="1001", amount="600.00", currency="CNY")
        page = seen(client, "/m/points/")
    assert "-600 退货时部分积分已被使用" in page or "−600" in page
    assert "退货收回 11月20日 · 订单 1001 −600 余额 −600" in page
    assert "使用 11月20日 −1,300 余额 0" in page


def test_stored_value_shows_both_sides_and_what_can_be_paid_back(me: UUID, client: Client) -> None:
    assert "还没有储值记录" in seen(client, "/m/points/?asset=wallet")
    topped_up(RAIN, "T1", "500.00")
    with clock.fixed(NOW + timedelta(minutes=1)):
        command(me, "spend", "wallet", 12_050, order=("shop", "9001"))
    with clock.fixed(NOW + timedelta(minutes=2)):
        tell(
            "wallet.refunded", RAIN, "tr-1", clock.now(), topup_id="T1", refund_id="B1", amount="100.00",
            currency="CNY",
        )  # fmt: skip
        page = seen(client, "/m/points/?asset=wallet")
    assert "储值 319.50" in page, page
    assert "本金 279.50 赠金 40.00 可退" in page
    assert "需要时请咨询店员。 279.50" in page
    assert "充值记录 2026年11月20日 T1 退款 100.00 500.00 赠金 50.00 可退 279.50" in page
    assert "退款 11月20日 −110.00 赠金 −10.00 余额 319.50" in page
    assert "使用 11月20日 · 订单 9001 −120.50 余额 429.50" in page
    assert "充值 11月20日 +550.00 赠金 +50.00 余额 550.00" in page
    assert "储值 319.50" in seen(client, "/m/")
    for side in ("cash", "gift_cash"):
        assert client.get(f"/m/points/?asset={side}").headers["Location"] == "/m/points/?asset=wallet"
    in_order()


def test_pending_coins_say_when_they_can_be_used() -> None:
    open_programme(MALL)
    me = paid(RAIN, "M1", "600.00", NOW - timedelta(days=1))
    client = entered("13800001234")
    page = seen(client, "/m/points/?asset=coins")
    assert re.search(r"金豆 0 .*待生效 2026年12月19日 12:00 起可用 60 ", page), page
    assert "· 订单 M1 · 待生效 +60 余额 0" in page
    assert "待生效 60" in seen(client, "/m/")
    with clock.fixed(NOW + timedelta(minutes=1)):
        tell("order.completed", RAIN, "c-M1", clock.now(), order_id="M1")
        page = seen(client, "/m/points/?asset=coins")
    assert "已生效 11月20日 · 订单 M1 +60 余额 60" in page
    assert has(me, "coins") == (60, 0, 0)


# Gifts


def test_a_gift_is_looked_at_sent_once_and_taken_back(me: UUID, client: Client) -> None:
    other = friend()
    fields = confirm(client, "50")
    page = words(text_of(post(client, "/m/gifts/", asset="points", phone="13900005678", units="50")))
    assert "*芳 13900005678 赠送 50 积分 24 小时内可以撤回，之后好友才能使用。 到期日不变。" in page
    assert has(me) == (1300, 0, 0), "looking gives nothing"
    for _ in range(2):
        sent = post(client, "/m/gifts/send/", **fields)
        assert sent.headers["Location"] == "/m/gifts/?asset=points&done=sent"
    assert (has(me), has(other)) == ((1250, 0, 0), (100, 0, 50)), "a double tap gives once"
    assert Event.objects.filter(type="asset.gifted").count() == 1
    page = seen(client, "/m/gifts/?done=sent")
    assert "已送出。" in page
    assert "赠送给 *芳 2026年11月20日 12:00 2026年11月21日 12:00 前可撤回 50 积分 撤回" in page
    assert "赠送好友 11月20日 −50 余额 1,250" in seen(client, "/m/points/")
    theirs = entered("13900005678")
    assert "收到的赠送 来自 林小雨 2026年11月21日 12:00 起可用 50 积分" in seen(theirs, "/m/gifts/")
    assert "好友赠送 11月20日 · 待生效 +50" in seen(theirs, "/m/points/")
    gift = Event.objects.get(type="asset.gifted").id
    with clock.fixed(NOW + timedelta(hours=1)):
        for _ in range(2):
            back = post(client, f"/m/gifts/{gift}/back/")
            assert back.headers["Location"] == "/m/gifts/?asset=points&done=back"
        assert (has(me), has(other)) == ((1300, 0, 0), (100, 0, 0))
        assert "已撤回" in seen(client, "/m/gifts/")
        assert "好友撤回赠送" in seen(theirs, "/m/points/")
    in_order()


def test_a_gift_that_has_settled_stays(me: UUID, client: Client) -> None:
    other = friend()
    post(client, "/m/gifts/send/", **confirm(client, "50"))
    gift = Event.objects.get(type="asset.gifted").id
    with clock.fixed(NOW + timedelta(hours=24)):
        settle_all()
        page = words(text_of(post(client, f"/m/gifts/{gift}/back/")))
    assert "已过可撤回的时间。" in page
    assert (has(me), has(other)) == ((1250, 0, 0), (150, 0, 0))
    theirs = entered("13900005678")
    with clock.fixed(NOW + timedelta(hours=25)):
        assert "已生效 11月21日 +50 余额 150" in seen(theirs, "/m/points/")


def test_why_a_gift_is_refused(me: UUID, client: Client) -> None:
    friend()
    assert refused(client, "9") == "请填写 10～1,000 之间的数量。"
    assert refused(client, "1001") == "请填写 10～1,000 之间的数量。"
    assert refused(client, "0") == refused(client, "-5") == refused(client, "viel") == "请填写数量。"
    assert refused(client, "10.5") == "请填写整数。"
    assert refused(client, "50", "13800001234") == "这是您自己的手机号，请填写好友的。"
    assert refused(client, "50", "139 0000 0000") == "该手机号还不是会员，可以请好友先入会。"
    assert refused(client, "50", "") == "请填写好友的手机号。"
    post(client, "/m/gifts/send/", **confirm(client, "900"))
    assert refused(client, "101") == "每天最多赠送 1,000，请减少数量或明天再试。"
    command(me, "spend", "points", 390)
    assert has(me) == (10, 0, 0)
    with clock.fixed(NOW + timedelta(days=1)):
        assert refused(client, "11") == "可用数量不足。"


def test_a_gift_is_checked_again_when_it_is_sent(me: UUID, client: Client) -> None:
    other = friend()
    fields = confirm(client, "50")
    command(me, "spend", "points", 1300)
    page = words(text_of(post(client, "/m/gifts/send/", **fields)))
    assert "可用数量不足。" in page
    assert has(other) == (100, 0, 0)
    assert "请填写数量。" not in page
    for spoilt in ({**fields, "key": "x"}, {**fields, "key": ""}, {**fields, "units": "-1"}):
        assert post(client, "/m/gifts/send/", **spoilt).status_code == 200
    assert Event.objects.filter(type="asset.gifted").count() == 0


def test_another_gift_under_the_same_key_is_refused(me: UUID, client: Client) -> None:
    friend()
    fields = confirm(client, "50")
    post(client, "/m/gifts/send/", **fields)
    page = words(text_of(post(client, "/m/gifts/send/", **{**fields, "units": "60"})))
    assert "这笔操作已经提交过，请查看明细。" in page
    assert has(me) == (1250, 0, 0)


def test_two_members_with_the_same_key_do_not_meet(me: UUID, client: Client) -> None:
    other = friend()
    tell("member.joined", {"phone": "+8613700000001"}, "j-third", NOW - timedelta(days=30))
    command(other, "credit", "points", 200)
    theirs = entered("13900005678")
    fields = confirm(client, "50", "13700000001")
    post(client, "/m/gifts/send/", **fields)
    theirs.get("/m/gifts/")
    post(theirs, "/m/gifts/send/", **fields)
    assert (has(me), has(other)) == ((1250, 0, 0), (250, 0, 0)), "each gave their own"


def test_nobody_sees_or_takes_back_another_members_gift(me: UUID, client: Client) -> None:
    friend()
    post(client, "/m/gifts/send/", **confirm(client, "50"))
    gift = Event.objects.get(type="asset.gifted").id
    tell("member.joined", {"phone": "+8613700000001"}, "j-third", NOW, name="第三人")
    third = entered("13700000001")
    assert "芳" not in seen(third, "/m/gifts/")
    assert "50" not in seen(third, "/m/points/")
    third.get("/m/gifts/")
    assert post(third, f"/m/gifts/{gift}/back/").status_code == 404
    assert has(me) == (1250, 0, 0)
    theirs = entered("13900005678")
    theirs.get("/m/gifts/")
    assert post(theirs, f"/m/gifts/{gift}/back/").status_code == 404, "the receiver gives nothing back so"


def test_a_name_is_covered_as_far_as_a_friend_can_spare_it() -> None:
    covered = friends.covered_name
    assert [covered(one) for one in ("林小雨", "王", "Li Na", " ", "")] == ["*小雨", "*", "L***", "", ""]


def test_numbers_cannot_be_tried_for_members(me: UUID, client: Client) -> None:
    other = friend()
    for number in range(friends.MISSES_A_DAY):
        assert "还不是会员" in refused(client, "50", f"1390001{number:04}")
    assert refused(client, "50") == "查询的号码过多，请明天再试。", "whether it is a member's or not"
    assert GiftMiss.objects.filter(member_id=me).count() == friends.MISSES_A_DAY
    with clock.fixed(NOW + timedelta(days=1)):
        post(client, "/m/gifts/send/", **confirm(client, "50"))
    assert has(other) == (100, 0, 50)
    assert GiftMiss.objects.count() == 0


def test_gifts_need_a_session_and_a_token(client: Client) -> None:
    friend()
    assert visitor().get("/m/gifts/").headers["Location"] == "/m/sign-in/"
    fields = confirm(client, "50")
    assert client.post("/m/gifts/send/", fields).status_code == 403
    assert client.get("/m/gifts/send/").status_code == 405
    assert client.get("/m/gifts/?asset=growth").status_code == 404
    assert client.get("/m/gifts/?asset=wallet").status_code == 404


# Conversions


def mall() -> tuple[UUID, Client]:
    open_programme(MALL)
    me = tell("member.joined", RAIN, "j-mall", NOW - timedelta(days=3))
    with clock.fixed(NOW - timedelta(hours=1)):
        command(me, "credit", "points", 505)
    return me, entered("13800001234")


def test_points_become_coins_once_however_often_it_is_tapped() -> None:
    me, client = mall()
    had = has(me)[0]
    page = client.get("/m/convert/points_to_coins/")
    assert "10 积分 = 1 金豆" in words(text_of(page))
    assert f"{had // 10 * 10} 可换 {had // 10} 金豆。" in words(text_of(page))
    assert f'value="{had // 10 * 10}"' in text_of(page), "the most that goes is proposed"
    key = hidden(page, "key")
    for _ in range(2):
        done = post(client, "/m/convert/points_to_coins/", key=key, units="300")
        assert done.headers["Location"] == "/m/points/?asset=coins"
    assert (has(me)[0], has(me, "coins")) == (had - 300, (30, 0, 0))
    assert "积分换金豆 11月20日 +30 余额 30" in seen(client, "/m/points/?asset=coins")
    assert f"积分换金豆 11月20日 −300 余额 {had - 300}" in seen(client, "/m/points/?asset=points")
    in_order()


def test_why_a_conversion_is_refused() -> None:
    me, client = mall()
    path = "/m/convert/points_to_coins/"

    def error(units: str) -> str:
        key = hidden(client.get(path), "key")
        page = text_of(post(client, path, key=key, units=units))
        found = re.findall(r'class="error" role="alert">([^<]*)<', page)
        assert len(found) == 1, words(page)
        return str(found[0])

    assert error("15") == "请填写 10 的整数倍。"
    assert error("") == error("x") == "请填写数量。"
    assert error("900") == "可用数量不足。"
    assert error("1010") == "每天最多兑换 1,000，请减少数量或明天再试。"
    assert has(me, "coins") == (0, 0, 0)
    assert client.get("/m/convert/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (ENGLISH, "We know no member with this number. Your friend can join first."),
        (TAIWANESE, "這個號碼還不是會員，可以請好友先加入。"),
    ],
)
def test_refusals_are_in_the_members_language(me: UUID, language: str, said: str) -> None:  # noqa: ARG001
    assert refused(entered("rain@example.cn", language), "50", "139 0000 0000") == said
