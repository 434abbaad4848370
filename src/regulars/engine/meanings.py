"""What an event means by itself, before any rule: an order becomes known, a profile changes, a lot runs out."""

from collections.abc import Callable
from datetime import date
from typing import Any

from regulars.engine.contracts import Rejected
from regulars.engine.turn import Turn
from regulars.language.calendar import local_day
from regulars.language.effects import OrderPaid, OrderRefunded, ProfileChange
from regulars.language.problems import words
from regulars.language.snapshot import OrderState
from regulars.ledger import logic as ledger
from regulars.tiers import logic as tiers

LOTS_PER_EVENT = 1000
"""An event that ends more lots than this is followed by another one."""


def order_paid(turn: Turn) -> None:
    """An order counts once, however often and under whatever event it is told."""
    event, data, snapshot = turn.event, turn.event.data, turn.snapshot
    name = (event.source, data["order_id"])
    known = snapshot.orders.get(name)
    if known is not None and known.paid_by is not None:
        raise Rejected(
            "order_known",
            "data.order_id",
            words("这笔订单已经入账", "這筆訂單已經入帳", "this order has been counted already"),
        )
    total = data["total_minor"]
    waiting = min(known.refunded_minor, total) if known else 0
    refunds = known.refunds if known else set()
    snapshot.orders[name] = OrderState(total, waiting, event.id, event.time, refunds)
    totals = snapshot.totals
    totals.orders += 1
    totals.spend_minor += total
    totals.refunded_minor += waiting
    totals.first_at = min(totals.first_at or event.time, event.time)
    totals.last_at = max(totals.last_at or event.time, event.time)
    turn.count_day(event.type, turn.day, total - waiting)
    turn.effects.append(
        OrderPaid(
            event.source,
            data["order_id"],
            total,
            data["currency"],
            data.get("channel", ""),
            data.get("store", ""),
            len(data.get("items", ())),
            event.time,
            turn.day,
            waiting,
        )
    )


def order_refunded(turn: Turn) -> None:
    """Money of an order goes back, and with it, in proportion, what the order earned."""
    event, data, snapshot = turn.event, turn.event.data, turn.snapshot
    source, amount = data.get("order_source") or event.source, data["amount_minor"]
    refund_id = data.get("refund_id") or event.key
    state = snapshot.orders.setdefault((source, data["order_id"]), OrderState(0, 0, None, None))
    if refund_id in state.refunds:
        raise Rejected(
            "refund_known",
            "data.refund_id",
            words("这笔退款已经入账", "這筆退款已經入帳", "this refund has been counted already"),
        )
    if state.paid_by is not None and state.refunded_minor + amount > state.total_minor:
        raise Rejected(
            "refund_exceeds_order",
            "data.amount",
            words("退款合计超过订单金额", "退款合計超過訂單金額", "the refunds come to more than the order"),
        )
    state.refunds.add(refund_id)
    state.refunded_minor += amount
    paid_day: date | None = None
    turn.count_day(event.type, turn.day, amount)
    if state.paid_at is not None:
        paid_day = local_day(state.paid_at, turn.plan.programme.zone)
        snapshot.totals.refunded_minor += amount
        turn.count_day("order.paid", paid_day, -amount, 0)
    turn.effects.append(
        OrderRefunded(source, data["order_id"], refund_id, amount, data["currency"], event.time, paid_day)
    )
    give_back(turn, state)


def give_back(turn: Turn, state: OrderState) -> None:
    """Take back what the order earned, in proportion to what has been refunded of it so far."""
    if state.paid_by is None or not state.refunds:
        return
    programme = turn.plan.programme
    for lot in turn.snapshot.earned.get(state.paid_by, ()):
        asset = programme.assets.get(lot.asset)
        if asset is not None:
            share = (state.refunded_minor, state.total_minor)
            effect = ledger.take_back(asset, lot, turn.snapshot, share, turn.event.time, programme.zone)
            if effect is not None:
                turn.take(effect)


def profile_stated(turn: Turn) -> None:
    """Only what the event names changes; attributes are added to those there are."""
    data, profile = turn.event.data, turn.snapshot.profile
    named: dict[str, Any] = {
        name: data[name] for name in ("name", "gender", "birthday", "language") if name in data
    }
    for name, value in named.items():
        setattr(profile, name, date.fromisoformat(value) if name == "birthday" else value)
    if data.get("attributes"):
        profile.attributes = {**profile.attributes, **data["attributes"]}
        named["attributes"] = data["attributes"]
    if data.get("consent"):
        named["consent"] = data["consent"]
    if named:
        turn.effects.append(ProfileChange(named))
    turn.count_day(turn.event.type, turn.day, 0)


def asset_expired(turn: Turn) -> None:
    """Lots whose time is over go back to the house."""
    due = ledger.first_expiry(turn.snapshot, turn.event.time)
    if due is not None:
        moment, asset, lots = due
        turn.take(ledger.expire(asset, lots[:LOTS_PER_EVENT], moment))


def period_ended(turn: Turn) -> None:
    """The level is kept, or falls to what the window earns."""
    ladder = turn.plan.programme.ladders[turn.event.data["ladder"]]
    tally = turn.snapshot.tally(f"credit:{ladder.asset}")
    turn.step(ladder.id, tiers.judge(ladder, tally, turn.standing(ladder.id)))


def counted(turn: Turn) -> None:
    """Anything else is counted on its day; what follows from other events is not."""
    if turn.event.cause is None:
        turn.count_day(turn.event.type, turn.day, 0)


MEANINGS: dict[str, Callable[[Turn], None]] = {
    "order.paid": order_paid,
    "order.refunded": order_refunded,
    "member.joined": profile_stated,
    "member.updated": profile_stated,
    "asset.expired": asset_expired,
    "tier.period_ended": period_ended,
}


def message_context(turn: Turn) -> dict[str, Any]:
    """All that a message about this event may show: amounts as decimals, days and times as ISO 8601, names in
    every language; the message is put into the reader's own when it is rendered."""
    event, programme = turn.event, turn.plan.programme
    local = event.time.astimezone(programme.zone)
    context: dict[str, Any] = {
        "event": {"type": event.type, "time": local.isoformat(timespec="minutes")},
        "member": {"name": turn.snapshot.profile.name},
        "earned": {asset: turn.earned.get(asset, 0) for asset in programme.assets},
        "balances": {asset: turn.snapshot.balances.get(asset, 0) for asset in programme.assets},
        "tiers": {
            one.ladder: {"level": one.level, "until": one.until.isoformat() if one.until else ""}
            for one in turn.snapshot.standings.values()
        },
    }
    if event.type == "order.paid":
        total = event.data["total_minor"]
        digits = programme.minor_digits
        whole, rest = divmod(total, 10**digits)
        amount = f"{whole}.{rest:0{digits}}" if digits else str(whole)
        context["order"] = {"order_id": event.data["order_id"], "total": amount}
    if event.type.startswith("tier."):
        context["tier"] = _tier_context(turn)
    return context


def _tier_context(turn: Turn) -> dict[str, Any]:
    """The level a message about a step speaks of: its name in every language, the last day of its period."""
    data = turn.event.data
    ladder = turn.plan.programme.ladders[data["ladder"]]
    standing = turn.snapshot.standings.get(ladder.id)
    level = data.get("after") or (standing.level if standing else ladder.levels[0].id)
    until = standing.until.isoformat() if standing and standing.until else ""
    return {**data, "name": dict(ladder.level(level).name), "until": until}
