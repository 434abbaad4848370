"""Every kind of movement in words: no code words, and the balance after each."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.utils import translation

from regulars.events.contracts import RecordedEvent
from regulars.ledger.history import Moved, Moves
from regulars.portal.statement import Names, lines_of

MOMENT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
NAMES = Names({"base": "消费得积分"}, {"swap": "积分换金豆"}, "gift_cash")


def event(type_id: str, data: dict[str, Any]) -> RecordedEvent:
    nobody = UUID(int=0)
    return RecordedEvent(
        nobody, nobody, 0, "s", "k", type_id, MOMENT, MOMENT, None, 1, data, [], {}, []
    )  # fmt: skip


def told(
    type_id: str, *parts: tuple[str, int], rule: str = "", **data: Any
) -> list[tuple[str, int, int, str]]:
    """(words, amount, balance, aside) of each line, latest first; the balance before is 100."""
    moved = tuple(Moved("points", account, rule, amount) for account, amount in parts)
    moves = Moves(UUID(int=4096), MOMENT, moved, 100)
    with translation.override("zh-hans"):
        found = lines_of(moves, event(type_id, data), NAMES)
    return [(line.why, line.amount, line.balance, line.aside) for line in found]


@pytest.mark.parametrize(
    ("type_id", "parts", "rule", "lines"),
    [
        ("order.paid", [("issue", 30)], "base", [("消费得积分", 30, 130, "")]),
        ("order.paid", [("issue", 30), ("pending", -30)], "base", [("消费得积分", 30, 100, "pending")]),
        ("asset.matured", [("pending", 30)], "", [("已生效", 30, 130, "")]),
        ("asset.credited", [("issue", 30)], "", [("商家发放", 30, 130, "")]),
        ("asset.spent", [("spend", -30)], "", [("使用", -30, 70, "")]),
        ("asset.adjusted", [("adjust", -30)], "", [("商家调整", -30, 70, "")]),
        ("asset.held", [("hold", -30)], "", [("已冻结", -30, 70, "")]),
        ("hold.captured", [("hold", 30), ("spend", -30)], "", [("使用", -30, 100, "held")]),
        ("hold.released", [("hold", 30)], "", [("解除冻结", 30, 130, "")]),
        ("hold.lapsed", [("hold", 30)], "", [("解除冻结", 30, 130, "")]),
        ("asset.expired", [("expire", -30)], "", [("到期失效", -30, 70, "")]),
        ("asset.ended", [("expire", -30)], "", [("到期失效", -30, 70, "")]),
        ("asset.gifted", [("gift", -30)], "", [("赠送好友", -30, 70, "")]),
        ("gift.revoked", [("gift", 30)], "", [("撤回赠送", 30, 130, "")]),
        ("asset.received", [("gift", 30), ("pending", -30)], "", [("好友赠送", 30, 100, "pending")]),
        ("asset.withdrawn", [("pending", 30), ("gift", -30)], "", [("好友撤回赠送", -30, 100, "pending")]),
        ("asset.moved_in", [("merge", 30)], "", [("合并账户转入", 30, 130, "")]),
        ("asset.moved_out", [("merge", -30)], "", [("合并账户转出", -30, 70, "")]),
        ("asset.moved_in", [("merge", 30), ("hold", -10)], "", [("合并账户转入", 20, 120, "")]),
        ("asset.moved_in", [("merge", 30), ("pending", -30)], "", [("合并账户转入", 30, 100, "pending")]),
        ("asset.moved_out", [("hold", 30), ("merge", -30)], "", [("合并账户转出", -30, 100, "held")]),
        ("asset.parted", [("hold", 30), ("merge", -30), ("merge", 30), ("hold", -30)], "", []),
        ("asset.reversed", [("reverse", -30)], "", [("撤销", -30, 70, "")]),
        ("asset.reversed", [("spend", 30)], "", [("撤销", 30, 130, "")]),
        ("asset.corrected", [("adjust", 30)], "", [("更正", 30, 130, "")]),
        ("asset.corrected", [("reverse", -30)], "", [("更正", -30, 70, "")]),
        ("wallet.topped_up", [("issue", 30)], "", [("充值", 30, 130, "")]),
        ("wallet.refunded", [("reverse", -30)], "", [("退款", -30, 70, "")]),
        ("order.refunded", [("reverse", -30)], "", [("退货收回", -30, 70, "")]),
        (
            "order.refunded",
            [("pending", 20), ("reverse", -30), ("spend", 50)],
            "",
            [("退货返还", 50, 140, ""), ("退货收回", -10, 90, "")],
        ),
        ("order.refunded", [("pending", 20), ("reverse", -20)], "", [("退货收回", -20, 100, "pending")]),
        (
            "order.cancelled",
            [("hold", 5), ("reverse", -30)],
            "",
            [("退货收回", -30, 75, ""), ("解除冻结", 5, 105, "")],
        ),
    ],
)
def test_a_movement_in_words(
    type_id: str, parts: list[tuple[str, int]], rule: str, lines: list[tuple[str, int, int, str]]
) -> None:
    assert told(type_id, *parts, rule=rule) == lines


def test_a_conversion_has_its_name_on_both_sides() -> None:
    assert told("asset.converted", ("convert", -30), conversion="swap") == [("积分换金豆", -30, 70, "")]
    assert told("asset.converted", ("convert", 3), conversion="gone") == [("兑换", 3, 103, "")]
    assert told("asset.reversed", ("convert", 30)) == [("撤销", 30, 130, "")]


def test_both_sides_of_a_wallet_are_one_line() -> None:
    parts = (Moved("cash", "spend", "", -500), Moved("gift_cash", "spend", "", -100))
    [line] = lines_of(
        Moves(UUID(int=4096), MOMENT, parts, 1000), event("asset.spent", {"order_id": "7"}), NAMES
    )
    assert (line.amount, line.bonus, line.balance, line.order) == (-600, -100, 400, "7")


def test_an_event_that_the_log_has_lost_is_still_told() -> None:
    moves = Moves(UUID(int=4096), MOMENT, (Moved("points", "issue", "gone", 5),), 0)
    with translation.override("en"):
        assert [line.why for line in lines_of(moves, None, NAMES)] == ["Earned"]
