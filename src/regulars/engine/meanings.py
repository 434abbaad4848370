"""What an event means by itself, before any rule: an order becomes known, a profile changes, a lot runs out."""

from collections.abc import Callable
from datetime import date
from typing import Any

from regulars.campaigns.contracts import TagAction
from regulars.engine import telling
from regulars.engine.benefit_commands import BENEFITS
from regulars.engine.commands import COMMANDS
from regulars.engine.contracts import Rejected
from regulars.engine.level_commands import LEVEL_COMMANDS
from regulars.engine.merged import MERGED
from regulars.engine.plan_commands import PLAN_COMMANDS
from regulars.engine.plan_moves import hold_levels
from regulars.engine.reach import OrderName
from regulars.engine.records import money_of
from regulars.engine.subscriptions import PLANS
from regulars.engine.topups import TOP_UPS
from regulars.engine.turn import Turn
from regulars.events.own_types import TAGGED
from regulars.language.calendar import local_day
from regulars.language.effects import OrderPaid, OrderRefunded, ProfileChange
from regulars.language.problems import words
from regulars.language.snapshot import CANCELLED, Lot, OrderState
from regulars.ledger import logic as ledger
from regulars.ledger import timing
from regulars.orders.contracts import RETURNED

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
    total, at = data["total_minor"], event.time
    refunds = known.refunds if known else set()
    waiting = min(known.refunded_minor, total) if known else 0
    if CANCELLED in refunds:
        waiting = total
    state = snapshot.orders[name] = OrderState(total, waiting, event.id, at, refunds)
    totals = snapshot.totals
    totals.orders += 1
    totals.spend_minor += total
    totals.refunded_minor += waiting
    if totals.first_at is None or at < totals.first_at:
        totals.first_at = at
    if totals.last_at is None or at > totals.last_at:
        totals.last_at = at
    turn.count_day(event.type, turn.day, total - waiting)
    if refunds and state.returned:
        turn.count_day(RETURNED, turn.day, 0)
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
    name, amount = _order_name(turn), data["amount_minor"]
    refund_id = data.get("refund_id") or event.key
    state = snapshot.orders.setdefault(name, OrderState(0, 0, None, None))
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
    turn.count_day(event.type, turn.day, amount)
    _refund(turn, name, state, refund_id, amount, data["currency"])
    give_back(turn, name, state)


def _refund(
    turn: Turn, name: OrderName, state: OrderState, refund_id: str, amount: int, currency: str
) -> None:
    before = state.returned
    state.refunds.add(refund_id)
    state.refunded_minor += amount
    paid_day: date | None = None
    if state.paid_at is not None:
        paid_day = local_day(state.paid_at, turn.plan.programme.zone)
        turn.snapshot.totals.refunded_minor += amount
        turn.count_day("order.paid", paid_day, -amount, 0)
        if state.returned and not before:
            turn.count_day(RETURNED, paid_day, 0, back=True)
    turn.effects.append(OrderRefunded(*name, refund_id, amount, currency, turn.event.time, paid_day))


def give_back(turn: Turn, name: OrderName, state: OrderState) -> None:
    """What went back of an order goes back on both sides, in proportion: what it earned, and what was spent on it."""
    if state.paid_by is not None and state.refunds:
        earned: dict[str, list[Lot]] = {}
        for lot in sorted(turn.snapshot.earned.get(state.paid_by, ()), key=lambda lot: lot.id):
            earned.setdefault(lot.asset, []).append(lot)
        for lots in earned.values():
            _take_share(turn, lots, state)
        give_back_credits(turn, name)
    if turn.plan.benefits is not None and turn.plan.benefits.returns:
        turn.returned(state)
    if not turn.snapshot.draws:
        return
    if state.paid_by is None and CANCELLED not in state.refunds:
        return  # how much of the order that is will be known when it is
    for draw in sorted(turn.snapshot.draws.values(), key=lambda draw: draw.id):
        if draw.order == name:
            spent = draw.used + draw.returned
            turn.undo(draw, max(ledger.share_of(spent, state.share) - draw.returned, 0))


def give_back_credits(turn: Turn, name: OrderName) -> None:
    """What commands credited for an order goes back, in the share that went back of the order; each by itself, so
    that what was done to one by hand is not made good by another. A credit for an order that has been refunded, if it
    comes after that, too: the order in which things become known changes nothing."""
    state = turn.snapshot.orders.get(name)
    if state is not None and state.paid_by is not None and state.refunds:
        for lot in sorted(turn.snapshot.granted.get(name, ()), key=lambda lot: lot.id):
            _take_share(turn, [lot], state)


def _take_share(turn: Turn, lots: list[Lot], state: OrderState) -> None:
    for lot, wanted in zip(lots, ledger.wanted_back(lots, state.share), strict=True):
        turn.take_back(lot, wanted)


def order_completed(turn: Turn) -> None:
    """What the order earned, and waits for this, is the member's to use."""
    state = turn.snapshot.orders.get(_order_name(turn))
    if state is None or state.paid_by is None:
        raise _order_unknown()
    turn.count_day(turn.event.type, turn.day, 0)
    waiting: dict[str, list[Lot]] = {}
    for lot in turn.snapshot.earned.get(state.paid_by, ()):
        if lot.pending:
            waiting.setdefault(lot.asset, []).append(lot)
    told = "asset.matured" in turn.plan.programme.rules_on
    for asset_id, lots in waiting.items():
        units = sum(lot.pending for lot in lots)
        turn.ripen(asset_id, lots)
        if told:
            turn.derive("asset.matured", {"asset": asset_id, "units": units})


def order_cancelled(turn: Turn) -> None:
    """The order does not count any more: all of it that had not gone back goes back, and its holds are released."""
    name = _order_name(turn)
    state = turn.snapshot.orders.setdefault(name, OrderState(0, 0, None, None))
    if CANCELLED in state.refunds:
        raise Rejected(
            "refund_known",
            "data.order_id",
            words("这笔订单已经取消", "這筆訂單已經取消", "this order has been cancelled already"),
        )
    left = max(state.total_minor - state.refunded_minor, 0) if state.paid_by is not None else 0
    turn.count_day(turn.event.type, turn.day, left)
    _refund(turn, name, state, CANCELLED, left, turn.plan.programme.currency)
    for draw in list(turn.snapshot.draws.values()):
        if draw.order == name and draw.held:
            turn.release(draw, draw.held)
    give_back(turn, name, state)


def _order_name(turn: Turn) -> OrderName:
    data = turn.event.data
    return data.get("order_source") or turn.event.source, data["order_id"]


def _order_unknown() -> Rejected:
    return Rejected(
        "order_unknown",
        "data.order_id",
        words(
            "还没有这笔订单的付款，请先发送 order.paid",
            "還沒有這筆訂單的付款，請先傳送 order.paid",
            "this order has not been paid yet: send order.paid first",
        ),
    )


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
    due = _moment(turn, timing.Kind.END)
    if due is not None:
        turn.take(ledger.expire(due.asset, due.lots[:LOTS_PER_EVENT], due.at))


def asset_decayed(turn: Turn) -> None:
    """A day without activity, or without the plan, takes its share."""
    due = _moment(turn, timing.Kind.DECAY)
    if due is not None:
        turn.decay(due.asset)


def asset_matured(turn: Turn) -> None:
    """Pending lots are ripe. Those of an order that was completed have ripened with that."""
    if turn.event.cause is not None:
        return
    due = _moment(turn, timing.Kind.RIPEN)
    if due is not None:
        turn.ripen(due.asset, list(due.lots[:LOTS_PER_EVENT]))


def asset_expiring(turn: Turn) -> None:
    """An end has been announced; it is not announced again."""
    due = _moment(turn, timing.Kind.REMIND)
    if due is not None:
        turn.due(due.asset).reminded_to = due.ends_at


def hold_lapsed(turn: Turn) -> None:
    """A hold has reached its limit: what is still held goes back."""
    due = _moment(turn, timing.Kind.LAPSE)
    if due is not None and due.draw is not None:
        turn.release(due.draw, due.draw.held)


def _moment(turn: Turn, kind: timing.Kind) -> timing.Moment | None:
    due = timing.first_moment(turn.snapshot, turn.plan.programme.assets, turn.event.time)
    return due if due is not None and due.kind is kind else None


def level_due(turn: Turn) -> None:
    """Time has something to do on a ladder: a period is over, or the measure is looked at."""
    turn.review(turn.event.data["ladder"])
    if turn.snapshot.plans:
        hold_levels(turn, turn.event.data["ladder"])


def counted(turn: Turn) -> None:
    """Anything else is counted on its day; what follows from other events is not."""
    if turn.event.cause is None:
        turn.count_day(turn.event.type, turn.day, 0)


def nothing(_: Turn) -> None:
    """By itself the event means nothing, and is not counted: it is there for the rules."""


def tagged(turn: Turn) -> None:
    """Tags are put on and taken off by hand."""
    data = turn.event.data
    turn.tag(TagAction(tuple(data["add"]), tuple(data["remove"])), "")


MEANINGS: dict[str, Callable[[Turn], None]] = {
    "schedule.due": nothing,
    "audience.listed": nothing,
    TAGGED: tagged,
    "audience.reviewed": nothing,
    "order.paid": order_paid,
    "order.refunded": order_refunded,
    "member.joined": profile_stated,
    "member.updated": profile_stated,
    "order.completed": order_completed,
    "order.cancelled": order_cancelled,
    "asset.expired": asset_expired,
    "asset.matured": asset_matured,
    "asset.decayed": asset_decayed,
    "asset.expiring": asset_expiring,
    "hold.lapsed": hold_lapsed,
    "tier.period_ended": level_due,
    "tier.reviewed": level_due,
    **COMMANDS,
    **TOP_UPS,
    **PLANS,
    **PLAN_COMMANDS,
    **LEVEL_COMMANDS,
    **MERGED,
    **BENEFITS,
}


def message_context(turn: Turn) -> dict[str, Any]:
    """All that a message about this event may show: amounts as decimals, days and times as ISO 8601, names in
    every language; the message is put into the reader's own when it is rendered."""
    event, programme = turn.event, turn.plan.programme
    local = event.time.astimezone(programme.zone)
    context: dict[str, Any] = {
        "event": {"type": event.type, "time": local.isoformat(timespec="minutes")},
        "member": {"name": turn.snapshot.profile.name},
        "earned": telling.earned(turn),
        "balances": telling.balances(turn),
        "tiers": {
            one.ladder: {"level": one.level, "until": one.until.isoformat() if one.until else ""}
            for one in turn.snapshot.standings.values()
        },
    }
    if event.type == "order.paid":
        total = money_of(event.data["total_minor"], programme.minor_digits)
        context["order"] = {"order_id": event.data["order_id"], "total": total}
    if event.type.startswith("tier."):
        context["tier"] = _tier_context(turn)
    if event.type.startswith(telling.BENEFIT):
        context["benefit"] = telling.benefit(turn)
    if event.type.startswith(telling.VALUE):
        context |= telling.value(turn)
    if event.type.startswith(telling.PLANS):
        context["plan"] = telling.plan(turn)
    if event.type in telling.TOP_UPS:
        context["topup"] = telling.top_up(turn)
    return context


def _tier_context(turn: Turn) -> dict[str, Any]:
    """The level a message about a step speaks of: its name in every language, the last day of its period."""
    data = turn.event.data
    ladder = turn.plan.programme.ladders[data["ladder"]]
    standing = turn.snapshot.standings.get(ladder.id)
    level = data.get("after") or (standing.level if standing else ladder.levels[0].id)
    until = standing.until.isoformat() if standing and standing.until else ""
    return {**data, "name": dict(ladder.level(level).name), "until": until}
