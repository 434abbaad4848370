"""What commands on value mean: each checks, then moves. A refusal comes before anything has moved."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from regulars.engine.books import short_of
from regulars.engine.contracts import BY_KEY
from regulars.engine.reach import OrderName
from regulars.engine.stated import (
    asset_of,
    bounded,
    no_change,
    refusal,
    shown,
    spendable,
    units_of,
    unknown_operation,
)
from regulars.engine.turn import Turn
from regulars.kit.ids import event_id, parent_id
from regulars.language.effects import (
    ADJUST,
    CONVERT,
    EXPIRE,
    GIFT,
    HOLD,
    ISSUE,
    PENDING,
    SPEND,
    Draw,
    Give,
    Take,
)
from regulars.language.events import RULES
from regulars.language.snapshot import Lot
from regulars.ledger import logic as ledger
from regulars.ledger.contracts import Asset
from regulars.ledger.wallets import split

HOLD_FOR = timedelta(days=1)
"""How long a hold lasts that states no limit."""

HOLD_LONGEST = timedelta(days=366)


def credited(turn: Turn) -> None:
    data = turn.event.data
    asset = asset_of(turn, data["asset"])
    ends = datetime.fromisoformat(data["expires_at"]) if "expires_at" in data else None
    if ends is not None and ends <= turn.event.time:
        raise refusal("expires_past", "expires_at", "到期时间已过", "到期時間已過", "lies in the past")
    units = units_of(turn)
    if asset.credit_most is not None and units > asset.credit_most and data.get("by", "").startswith(BY_KEY):
        most = shown(asset, asset.credit_most)
        raise refusal(
            "credit_size",
            "amount",
            f"每次最多 {most}",
            f"每次最多 {most}",
            f"must be {most} at most at a time",
        )
    turn.credit(asset.id, units, "", ISSUE, ends, order=_order_of(turn))


def spent(turn: Turn) -> None:
    _draw(turn, SPEND)


def held(turn: Turn) -> None:
    data = turn.event.data
    until = turn.event.time + (timedelta(minutes=data["minutes"]) if "minutes" in data else HOLD_FOR)
    if "until" in data:
        until = datetime.fromisoformat(data["until"])
    if not turn.event.time < until <= turn.event.time + HOLD_LONGEST:
        raise refusal(
            "hold_limit",
            "until",
            "应在现在之后、一年以内",
            "應在現在之後、一年以內",
            "must lie ahead, and within a year",
        )
    _draw(turn, HOLD, until)


def _draw(turn: Turn, account: str, until: datetime | None = None) -> None:
    """Use or hold units of an asset or of a wallet."""
    data, programme = turn.event.data, turn.plan.programme
    units = units_of(turn)
    order = _order_of(turn)
    wallet = programme.wallets.get(data["asset"])
    if wallet is None:
        turn.draw(spendable(turn, data["asset"]), units, account, "", order, until)
        return
    principal, bonus = turn.free(wallet.principal), turn.free(wallet.bonus)
    if units > principal + bonus:
        raise short_of(principal + bonus, programme.assets[wallet.principal].scale)
    shares = split(wallet, units, principal, bonus)
    for asset_id, share in zip((wallet.principal, wallet.bonus), shares, strict=True):
        if share:
            turn.draw(programme.assets[asset_id], share, account, "", order, until)


def _order_of(turn: Turn) -> OrderName | None:
    """The order that a command is about, if it names one."""
    data = turn.event.data
    return (data.get("order_source", turn.event.source), data["order_id"]) if "order_id" in data else None


def captured(turn: Turn) -> None:
    draws, units = _held(turn)
    for draw in draws:
        some = min(draw.held, units)
        if some:
            turn.capture(draw, some)
            units -= some


def released(turn: Turn) -> None:
    draws, units = _held(turn)
    for draw in reversed(draws):
        some = min(draw.held, units)
        if some:
            turn.release(draw, some)
            units -= some


def _held(turn: Turn) -> tuple[list[Draw], int]:
    """The open holds of the operation named, and how many of their units are meant."""
    operation = UUID(turn.event.data["operation"])
    draws = [draw for draw in _draws(turn, operation) if draw.account == HOLD]
    if not draws:
        raise unknown_operation()
    open_units = sum(draw.held for draw in draws)
    return draws, bounded(turn, draws[0].asset, open_units, "nothing_held")


def undone(turn: Turn) -> None:
    """What an operation credited or took is undone, as far as something is left of it."""
    operation = UUID(turn.event.data["operation"])
    draws, lots = _draws(turn, operation), _lots(turn, operation)
    if not draws and not lots:
        raise unknown_operation()
    if any(draw.account == GIFT for draw in draws) or any(_may_be_revoked(lot) for lot in lots):
        raise refusal(
            "use_revoke",
            "operation_id",
            "赠送请用撤回",
            "贈送請用撤回",
            "is a gift: it can be taken back by revoking it",
        )
    if draws and lots and any(lot.remaining + lot.pending < lot.amount for lot in lots):
        raise refusal(
            "used_meanwhile",
            "operation_id",
            "所得部分已被使用，不能撤销",
            "所得部分已被使用，不能撤銷",
            "can't be undone: what it brought has been used meanwhile",
        )
    if draws and lots and "units" in turn.event.data:
        raise refusal(
            "only_whole",
            "amount",
            "只能全部撤销",
            "只能全部撤銷",
            "can only be undone as a whole: leave it out",
        )
    left = sum(draw.used for draw in draws) + sum(_takeable(lot) for lot in lots)
    units = bounded(turn, (draws or lots)[0].asset, left, "nothing_left")
    for draw in reversed(draws):
        some = min(draw.used, units)
        turn.undo(draw, some)
        units -= some
    for lot in reversed(lots):
        some = min(_takeable(lot), units)
        turn.take_back(lot, some)
        units -= some


def _may_be_revoked(lot: Lot) -> bool:
    """Whether a lot came as a gift that its giver may still take back: only orders' lots wait otherwise, and those
    came by a rule. Whoever took it meanwhile would leave the giver units that nobody gave."""
    return lot.pending > 0 and not lot.rule


def _takeable(lot: Lot) -> int:
    return max(lot.amount - lot.reversed - lot.expired, 0)


def corrected(turn: Turn) -> None:
    """An operation comes to what it should have been from the start."""
    operation, meant = UUID(turn.event.data["operation"]), turn.event.data["units"]
    draws, lots = _draws(turn, operation), _lots(turn, operation)
    if len(draws) + len(lots) > 1:
        raise refusal(
            "several_movements",
            "operation_id",
            "包含多笔变动，请用撤销或调整",
            "包含多筆變動，請用撤銷或調整",
            "moved several things: reverse it, or adjust",
        )
    if lots:
        _correct_lot(turn, lots[0], meant)
    elif draws:
        _correct_draw(turn, draws[0], meant)
    else:
        raise unknown_operation()


def _correct_lot(turn: Turn, lot: Lot, meant: int) -> None:
    more = meant - (lot.amount - lot.reversed)
    closed = lot.pending > 0 or (lot.expires_at is not None and lot.expires_at <= turn.event.time)
    if not more:
        raise no_change()
    if _may_be_revoked(lot) or (more > 0 and closed):
        raise refusal(
            "lot_closed",
            "operation_id",
            "该笔尚未生效或已到期，请改用调整",
            "該筆尚未生效或已到期，請改用調整",
            "is pending or has expired: adjust instead",
        )
    if more < 0:
        turn.take_back(lot, min(-more, _takeable(lot)))
        return
    zone, asset = turn.plan.programme.zone, asset_of(turn, lot.asset)
    effect = ledger.bring_back(asset, ADJUST, [(lot, more)], turn.snapshot, turn.event.time, zone)
    effect.raises = True
    turn.give(effect)


def _correct_draw(turn: Turn, draw: Draw, meant: int) -> None:
    """Less: the difference goes back. More: all goes back and is taken anew, which is an operation of its own."""
    asset = turn.plan.programme.assets.get(draw.asset)
    if draw.account not in (SPEND, ADJUST) or asset is None:
        raise refusal(
            "not_correctable",
            "operation_id",
            "这类操作不能更正，请撤销后重做",
            "這類操作不能更正，請撤銷後重做",
            "can't be corrected: undo it and do it anew",
        )
    if not draw.used:
        raise refusal("nothing_left", "operation_id", "已全部退回", "已全部退回", "has gone back altogether")
    if meant == draw.used:
        raise no_change()
    if meant < draw.used:
        turn.undo(draw, draw.used - meant)
        return
    there = turn.free(asset.id)
    if meant - draw.used > there:
        raise short_of(there, asset.scale)
    turn.undo(draw, draw.used)
    turn.draw(asset, min(meant, turn.free(asset.id)), draw.account, "", draw.order)


def adjusted(turn: Turn) -> None:
    """An operator adds units or takes them, down to zero and no further."""
    data = turn.event.data
    asset = asset_of(turn, data["asset"])
    units = data["units"]
    if units > 0:
        turn.credit(asset.id, units, "", ADJUST)
    elif units < 0:
        turn.draw(asset, -units, ADJUST)
    else:
        raise no_change()


def ended(turn: Turn) -> None:
    """Units expire before their time, the earliest to expire first."""
    asset = asset_of(turn, turn.event.data["asset"])
    units = bounded(turn, asset.id, turn.free(asset.id), "insufficient")
    takes = ledger.take_from(ledger.in_order(turn.snapshot.lots.get(asset.id, ())), units)
    turn.take(Take(EXPIRE, asset.id, units, "", turn.event.time, takes))


def converted(turn: Turn) -> None:
    """Units of one asset become units of another, at the conversion's rate."""
    programme = turn.plan.programme
    conversion = programme.conversions.get(turn.event.data["conversion"])
    if conversion is None:
        raise refusal(
            "conversion_unknown",
            "conversion",
            "没有这个兑换项目",
            "沒有這個兌換項目",
            "there is no such conversion",
        )
    units = units_of(turn)
    if units % conversion.give:
        step = shown(programme.assets[conversion.source], conversion.give)
        raise refusal(
            "not_a_multiple",
            "amount",
            f"须为 {step} 的整数倍",
            f"須為 {step} 的整數倍",
            f"must be a multiple of {step}",
        )
    source, name = programme.assets[conversion.source], f"conversion:{conversion.id}"
    _daily(turn, name, source, units, conversion.per_day)
    turn.draw(source, units, CONVERT)
    _count(turn, name, units, conversion.per_day)
    turn.credit(conversion.target, units // conversion.give * conversion.get, "", CONVERT)


def gifted(turn: Turn) -> None:
    """Units go to another member, with the ends that they have; for a while they can be taken back."""
    data = turn.event.data
    asset = spendable(turn, data["asset"])
    gifting, units, other = asset.gifting, units_of(turn), UUID(data["to"])
    receiver = turn.others.get(other)
    if gifting is None:
        raise refusal("not_giftable", "asset", "不可赠送", "不可贈送", "can't be given to others")
    if turn.event.member_id in (other, receiver.member_id if receiver else None):
        raise refusal("gift_to_self", "to", "不能赠送给自己", "不能贈送給自己", "can't be the giver")
    if receiver is None or receiver.status != "active":
        raise refusal(
            "receiver_unknown",
            "to",
            "没有这位受赠会员",
            "沒有這位受贈會員",
            "there is no such member to receive it",
        )
    if units < gifting.least or (gifting.most and units > gifting.most):
        least, most = shown(asset, gifting.least), shown(asset, gifting.most)
        bounds = f"{least}–{most}" if gifting.most else f"≥ {least}"
        raise refusal(
            "gift_size", "amount", f"每次应为 {bounds}", f"每次應為 {bounds}", f"must be {bounds} at a time"
        )
    name = f"gift:{asset.id}"
    _daily(turn, name, asset, units, gifting.per_day)
    until = turn.event.time + timedelta(hours=gifting.revoke_hours) if gifting.revoke_hours else None
    effect = turn.draw(asset, units, GIFT, until=until, other=receiver.member_id)
    _count(turn, name, units, gifting.per_day)
    pieces = []
    for lot_id, some in effect.takes:
        end = ledger.find_lot(turn.snapshot, asset.id, lot_id).expires_at
        pieces.append([some, end.isoformat() if end else None])
    received = {"asset": asset.id, "units": units, "from": str(turn.event.member_id), "pieces": pieces}
    if until is not None:
        received["until"] = until.isoformat()
    turn.derive("asset.received", received, other)


def received(turn: Turn) -> None:
    """A gift arrives: each piece with the end that it had; pending while it may be taken back."""
    data = turn.event.data
    until = datetime.fromisoformat(data["until"]) if "until" in data else None
    for units, end in data["pieces"]:
        ends = datetime.fromisoformat(end) if end else None
        turn.credit(data["asset"], units, "", GIFT, ends, until)


def revoked(turn: Turn) -> None:
    """A gift is taken back, while it is pending with the receiver."""
    operation = UUID(turn.event.data["operation"])
    gifts = [draw for draw in _draws(turn, operation) if draw.account == GIFT]
    if not gifts or str(gifts[0].other) != turn.event.data["to"]:
        raise unknown_operation()
    gift = gifts[0]
    if gift.until is None or gift.until <= turn.event.time:
        raise refusal(
            "gift_settled",
            "operation_id",
            "已过可撤回的时间",
            "已過可撤回的時間",
            "can't be taken back any more",
        )
    if not gift.used:
        raise refusal("nothing_left", "operation_id", "已经撤回", "已經撤回", "has been taken back already")
    assert gift.other is not None
    turn.undo(gift, gift.used)
    arrival = event_id(gift.at, RULES, f"{operation}:0")
    data = {"asset": gift.asset, "units": gift.returned, "received": str(arrival)}
    turn.derive("asset.withdrawn", data, gift.other)


def withdrawn(turn: Turn) -> None:
    """A gift leaves the receiver again."""
    data = turn.event.data
    for lot in _lots(turn, UUID(data["received"])):
        units = lot.pending
        if units:
            turn.give(Give(PENDING, lot.asset, units, "", turn.event.time, [(lot.id, units)]))
            turn.take(Take(GIFT, lot.asset, units, "", turn.event.time, [(lot.id, units)]))


def _daily(turn: Turn, name: str, asset: Asset, units: int, most: int) -> None:
    """Refuse more than a member may do of a thing in a day (0: no bound)."""
    if not most:
        return
    before = turn.snapshot.uses.get((name, turn.day.isoformat()), [0, 0])[1]
    if before + units > most:
        left = shown(asset, max(most - before, 0))
        raise refusal(
            "daily_limit",
            "amount",
            f"今日还可 {left}",
            f"今日還可 {left}",
            f"is more than the {left} that are left today",
        )


def _count(turn: Turn, name: str, units: int, most: int) -> None:
    """Count `units` towards what a member may do of a thing in a day."""
    if most:
        use = turn.snapshot.uses.setdefault((name, turn.day.isoformat()), [0, 0])
        use[1] += units
        turn.used.append((name, turn.day.isoformat(), 1, units))


def _draws(turn: Turn, operation: UUID) -> list[Draw]:
    """The draws of an event, in the order in which they were made."""
    found = [draw for draw in turn.snapshot.draws.values() if parent_id(draw.id) == operation]
    return sorted(found, key=lambda draw: draw.id)


def _lots(turn: Turn, operation: UUID) -> list[Lot]:
    """The lots that an event credited."""
    known = turn.snapshot.known.values()
    found = [lot for lot in known if lot.amount > 0 and parent_id(lot.id) == operation]
    return sorted(found, key=lambda lot: lot.id)


COMMANDS: dict[str, Callable[[Turn], None]] = {
    "asset.credited": credited,
    "asset.spent": spent,
    "asset.held": held,
    "hold.captured": captured,
    "hold.released": released,
    "asset.reversed": undone,
    "asset.corrected": corrected,
    "asset.adjusted": adjusted,
    "asset.ended": ended,
    "asset.converted": converted,
    "asset.gifted": gifted,
    "asset.received": received,
    "gift.revoked": revoked,
    "asset.withdrawn": withdrawn,
}
