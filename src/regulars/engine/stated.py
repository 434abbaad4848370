"""What a command states, read from its event, and how it is refused."""

from regulars.engine.contracts import Rejected
from regulars.engine.records import amount_of
from regulars.engine.turn import Turn
from regulars.language.problems import words
from regulars.ledger.contracts import Asset


def asset_of(turn: Turn, asset_id: str) -> Asset:
    """The asset of that id. Raises Rejected."""
    asset = turn.plan.programme.assets.get(asset_id)
    if asset is None:
        known = ", ".join([*turn.plan.programme.assets, *turn.plan.programme.wallets])
        raise refusal(
            "asset_unknown",
            "asset",
            f"没有这种资产，现有：{known}",
            f"沒有這種資產，現有：{known}",
            f"is no asset; there are: {known}",
        )
    return asset


def spendable(turn: Turn, asset_id: str) -> Asset:
    """The asset, which members may use. Raises Rejected."""
    found = asset_of(turn, asset_id)
    if not found.spendable:
        raise refusal("not_spendable", "asset", "不可使用", "不可使用", "can't be spent")
    return found


def units_of(turn: Turn) -> int:
    """The units that the command states, more than 0. Raises Rejected."""
    units: int = turn.event.data["units"]
    if units <= 0:
        raise refusal("not_positive", "amount", "必须大于 0", "必須大於 0", "must be more than 0")
    return units


def bounded(turn: Turn, asset_id: str, left: int, none_left: str) -> int:
    """The units that a command states, or all that are left; refused when that is none, or fewer than stated."""
    units: int = turn.event.data.get("units", left)
    if left <= 0:
        raise refusal(none_left, "operation_id", "已无可处理的余额", "已無可處理的餘額", "has nothing left")
    if units <= 0:
        raise refusal("not_positive", "amount", "必须大于 0", "必須大於 0", "must be more than 0")
    if units > left:
        most = shown(turn.plan.programme.assets.get(asset_id), left)
        raise refusal(
            "too_much", "amount", f"最多 {most}", f"最多 {most}", f"is more than the {most} that are left"
        )
    return units


def shown(asset: Asset | None, units: int) -> str:
    return str(amount_of(units, asset.scale if asset else 0))


def refusal(code: str, field: str, hans: str, hant: str, en: str) -> Rejected:
    return Rejected(code, field, words(hans, hant, en))


def unknown_operation() -> Rejected:
    return refusal(
        "operation_unknown",
        "operation_id",
        "该会员没有这笔操作",
        "該會員沒有這筆操作",
        "is no operation of this member",
    )


def no_change() -> Rejected:
    return refusal("no_change", "amount", "与现值相同", "與現值相同", "changes nothing")
