"""What members are told about their value, word for word, after it has really happened."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from regulars.engine import operations
from regulars.engine.operations import Request
from regulars.engine.tasks import settle_all
from regulars.kit import clock
from regulars.messaging.contracts import Reader
from regulars.messaging.queries import inbox
from regulars.programme.service import publish, version
from tests.portal.world import MALL, NOW, command, rain, tell, topped_up

pytestmark = pytest.mark.usefixtures("programme")

RAIN = {"phone": "+8613800001234"}
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def me() -> Iterator[UUID]:
    """林小雨 with 1,300 points; it is 12:05 on 20 November 2026."""
    with clock.fixed(NOW):
        member = rain()
    with clock.fixed(LATER):
        yield member


def told(member: UUID, name: str = "林小雨") -> list[tuple[str, str]]:
    """The member's latest message in three languages: (subject, body)."""
    found = []
    for language in ("zh-hans", "zh-hant", "en"):
        item = inbox(member, version, Reader(name, language), None, 1).items[0]
        found.append((item.subject, item.body))
    return found


def one(member: UUID, language: str = "zh-hans") -> str:
    """The body of the latest message."""
    return inbox(member, version, Reader("林小雨", language), None, 1).items[0].body


def test_points_used(me: UUID) -> None:
    command(me, "spend", "points", 50)
    assert told(me) == [
        ("积分变动通知", "林小雨，您好：2026年11月20日 12:05，您使用了 50 积分。当前可用积分 1250。"),
        ("點數異動通知", "林小雨 您好：2026年11月20日 12:05，您使用了 50 點。目前可用點數 1250。"),
        (
            "A change to your points",
            "Hello 林小雨, on 20 Nov 2026, 12:05 you used 50 points. You can use 1250 now.",
        ),
    ]


def test_points_adjusted_without_the_operators_reason(me: UUID) -> None:
    command(me, "adjust", "points", -30, reason="bought and returned too often")
    assert told(me) == [
        ("积分变动通知", "林小雨，您好：2026年11月20日 12:05，您的积分已调整 −30。当前可用积分 1270。"),
        ("點數異動通知", "林小雨 您好：2026年11月20日 12:05，您的點數已調整 −30。目前可用點數 1270。"),
        (
            "A change to your points",
            "Hello 林小雨, on 20 Nov 2026, 12:05 your points were adjusted by −30. You can use 1270 now.",
        ),
    ]
    with clock.fixed(LATER + timedelta(minutes=1)):
        command(me, "adjust", "points", 30)
    assert one(me) == "林小雨，您好：2026年11月20日 12:06，您的积分已调整 +30。当前可用积分 1300。"


def test_a_change_undone_and_one_corrected(me: UUID) -> None:
    spent = command(me, "spend", "points", 50)
    with clock.fixed(LATER + timedelta(minutes=1)):
        command(me, "correct", spent, 20)
    assert one(me) == "林小雨，您好：2026年11月20日 12:06，一笔操作已更正，积分变动 +30。当前可用积分 1280。"
    with clock.fixed(LATER + timedelta(minutes=2)):
        command(me, "reverse", spent)
    assert one(me) == "林小雨，您好：2026年11月20日 12:07，一笔操作已撤销，积分变动 +20。当前可用积分 1300。"
    assert (
        one(me, "zh-hant")
        == "林小雨 您好：2026年11月20日 12:07，一筆異動已取消，點數 +20。目前可用點數 1300。"
    )
    assert one(me, "en") == (
        "Hello 林小雨, on 20 Nov 2026, 12:07 an earlier change was undone (points +20). You can use 1300 now."
    )


def test_stored_value_undone_is_told_with_its_decimals_as_the_wallet(me: UUID) -> None:
    topped_up(RAIN, "T1", "500.00", LATER)
    with clock.fixed(LATER + timedelta(minutes=1)):
        spent = command(me, "spend", "wallet", 52_000)
    with clock.fixed(LATER + timedelta(minutes=2)):
        command(me, "reverse", spent)
    assert (
        one(me)
        == "林小雨，您好：2026年11月20日 12:07，一笔操作已撤销，储值变动 +520.00。当前可用储值 550.00。"
    )


def test_a_gift_is_told_to_both_and_so_is_its_withdrawal(me: UUID) -> None:
    other = tell("member.joined", {"phone": "+8613900005678"}, "j-f", NOW, name="王芳")
    gift = command(me, "gift", "points", 50, other)
    assert one(me) == "林小雨，您好：2026年11月20日 12:05，您向好友赠送了 50 积分。当前可用积分 1250。"
    assert told(other, "王芳") == [
        (
            "收到好友赠送的 50 积分",
            "王芳，您好：您于 2026年11月20日 12:05 收到 林小雨 赠送的 50 积分，2026年11月21日 12:05 起可以使用，"
            "请于 2027年3月31日 前使用。",
        ),
        (
            "收到好友贈送的 50 點",
            "王芳 您好：您於 2026年11月20日 12:05 收到 林小雨 贈送的 50 點，2026年11月21日 12:05 起可以使用，"
            "請於 2027年3月31日 前使用。",
        ),
        (
            "A gift of 50 points",
            "Hello 王芳, on 20 Nov 2026, 12:05 林小雨 gave you 50 points."
            " You can use them from 21 Nov 2026, 12:05 until Mar 31, 2027.",
        ),
    ]
    with clock.fixed(LATER + timedelta(hours=1)):
        command(me, "revoke", gift, other)
    assert one(me) == "林小雨，您好：2026年11月20日 13:05，您撤回了赠送给好友的 50 积分。当前可用积分 1300。"
    assert told(other, "王芳")[0] == (
        "积分变动通知",
        "王芳，您好：2026年11月20日 13:05，好友撤回了赠送给您的 50 积分。当前可用积分 100。",
    )


def test_the_end_is_announced_seven_days_before_and_told_when_it_comes(me: UUID) -> None:
    count = len(inbox(me, version, Reader("", ""), None, 50).items)
    with clock.fixed(datetime(2027, 3, 24, 15, 59, tzinfo=UTC)):
        settle_all()
        assert len(inbox(me, version, Reader("", ""), None, 50).items) == count
    with clock.fixed(datetime(2027, 3, 24, 16, 0, tzinfo=UTC)):
        settle_all()
        settle_all()
    assert len(inbox(me, version, Reader("", ""), None, 50).items) == count + 1, "announced once"
    assert told(me) == [
        (
            "积分到期提醒：100 积分将于 2027年3月31日 到期",
            "林小雨，您好：您有 100 积分将于 2027年3月31日 到期，到期后自动作废，请在此之前使用。"
            "当前可用积分 1300。",
        ),
        (
            "點數到期提醒：100 點將於 2027年3月31日 到期",
            "林小雨 您好：您有 100 點將於 2027年3月31日 到期，逾期失效，請於此前使用。目前可用點數 1300。",
        ),
        (
            "100 points expire on Mar 31, 2027",
            "Hello 林小雨, 100 of your points expire on Mar 31, 2027. Use them by the end of that day. You have 1300.",
        ),
    ]
    with clock.fixed(datetime(2027, 3, 31, 16, 0, tzinfo=UTC)):
        settle_all()
    assert told(me) == [
        ("100 积分已到期", "林小雨，您好：您有 100 积分已于 2027年3月31日 到期作废。当前可用积分 1200。"),
        ("100 點已到期", "林小雨 您好：您有 100 點已於 2027年3月31日 到期失效。目前可用點數 1200。"),
        (
            "100 points have expired",
            "Hello 林小雨, 100 of your points expired on Mar 31, 2027. You have 1200 left.",
        ),
    ]


def test_a_top_up_and_a_payout_have_their_receipts(me: UUID) -> None:
    topped_up(RAIN, "T1", "500.00", LATER)
    assert told(me) == [
        (
            "充值成功：500.00 元",
            "林小雨，您好：您于 2026年11月20日 12:05 充值 500.00 元，赠送 50.00 元，储值余额 550.00 元。",
        ),
        (
            "儲值成功：500.00 元",
            "林小雨 您好：您於 2026年11月20日 12:05 儲值 500.00 元，贈送 50.00 元，儲值金餘額 550.00 元。",
        ),
        (
            "Receipt for your top-up of 500.00",
            "Hello 林小雨, on 20 Nov 2026, 12:05 you topped up 500.00 and got 50.00 on top. Wallet balance: 550.00.",
        ),
    ]
    tell(
        "wallet.refunded", RAIN, "tr-1", LATER, topup_id="T1", refund_id="B1", amount="100.00", currency="CNY"
    )
    assert told(me) == [
        (
            "储值退款：100.00 元",
            "林小雨，您好：您于 2026年11月20日 12:05 退回储值本金 100.00 元，对应的赠金 10.00 元同时收回，"
            "储值余额 440.00 元。",
        ),
        (
            "儲值金退款：100.00 元",
            "林小雨 您好：您於 2026年11月20日 12:05 退回儲值本金 100.00 元，對應的贈金 10.00 元同時收回，"
            "儲值金餘額 440.00 元。",
        ),
        (
            "100.00 of your top-up paid back",
            "Hello 林小雨, on 20 Nov 2026, 12:05 100.00 of your top-up was paid back; the bonus of 10.00 that came"
            " with it was taken back. Wallet balance: 440.00.",
        ),
    ]
    with clock.fixed(LATER + timedelta(minutes=1)):
        topped_up(RAIN, "T2", "20.00", clock.now())
    assert one(me) == "林小雨，您好：您于 2026年11月20日 12:06 充值 20.00 元，储值余额 460.00 元。"


def test_nobody_is_told_of_what_was_refused_or_only_looked_at(me: UUID) -> None:
    count = len(inbox(me, version, Reader("", ""), None, 50).items)
    assert operations.spend(Request(me, "till", "big"), "points", 5000).status == "rejected"
    assert operations.spend(Request(me, "till", "look", preview=True), "points", 50).status == "preview"
    assert len(inbox(me, version, Reader("", ""), None, 50).items) == count


SAYS = (
    "{{ event.type }} {{ asset.id }} {{ asset.name }} {{ asset.balance }} {{ units }} {{ change }} "
    "{{ into.name }} {{ into.units }} {{ reason }} {{ balances.points }} {{ balances.cash }} {{ earned.cash }}"
)
TYPES = (
    "asset.credited", "asset.spent", "asset.held", "hold.captured", "hold.released", "asset.converted",
    "asset.ended", "asset.matured", "asset.adjusted", "wallet.topped_up",
)  # fmt: skip


def test_what_letters_may_say_of_every_kind_of_movement() -> None:
    source = MALL.read_text().replace(
        "messages:\n", f"messages:\n  all: {{channels: [inbox], subject: x, body: {SAYS!r}}}\n", 1
    )
    for number, kind in enumerate(TYPES):
        source += f"  - {{id: r{number}, name: R, on: {kind}, then: [{{message: {{template: all}}}}]}}\n"
    publish(source, "test")
    moments = (LATER + timedelta(minutes=number) for number in range(100))

    def said(name: str, *args: object, reason: str = "", **options: object) -> tuple[UUID, str]:
        with clock.fixed(next(moments)):
            done = command(me, name, *args, reason=reason, **options)
            return done, one(me)

    with clock.fixed(NOW):
        me = tell("member.joined", RAIN, "j-mall", NOW)
    assert said("credit", "points", 500, reason="生日礼")[1] == (
        "asset.credited points 积分 500 500 +500   生日礼 500 0.00 0.00"
    )
    assert said("spend", "points", 20, reason="咖啡")[1] == (
        "asset.spent points 积分 480 20 −20   咖啡 480 0.00 0.00"
    )
    assert said("convert", "points_to_coins", 100)[1] == (
        "asset.converted points 积分 380 100 −100 金豆 10  380 0.00 0.00"
    )
    assert said("adjust", "points", -30, reason="secret")[1] == (
        "asset.adjusted points 积分 350 -30 −30    350 0.00 0.00"
    )
    assert said("end", "points", 50)[1] == "asset.ended points 积分 300 50 −50    300 0.00 0.00"
    with clock.fixed(next(moments)):
        topped_up(RAIN, "T1", "500.00", clock.now())
    assert one(me) == "wallet.topped_up         300 500.00 500.00"
    hold, body = said("hold", "wallet", 11_000)
    assert body == "asset.held wallet 储值 440.00 110.00 −110.00    300 400.00 0.00"
    assert said("capture", hold, 5_500)[1] == (
        "hold.captured wallet 储值 440.00 55.00 0.00    300 400.00 0.00"
    )
    assert said("release", hold)[1] == ("hold.released wallet 储值 495.00 55.00 +55.00    300 445.00 0.00")
