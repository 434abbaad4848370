"""What it means that a wallet is topped up, and that a top-up is paid back."""

from collections.abc import Callable

from regulars.engine.contracts import Rejected
from regulars.engine.records import money_of
from regulars.engine.turn import Turn
from regulars.kit.ids import parent_id
from regulars.language.effects import REVERSE, Take, ToppedUp, TopUpRefunded
from regulars.language.problems import words
from regulars.language.snapshot import Lot, TopUpState
from regulars.ledger import logic as ledger
from regulars.ledger.contracts import Wallet
from regulars.ledger.wallets import bonus_of


def topped_up(turn: Turn) -> None:
    """Money paid in becomes principal; what its step brings becomes bonus."""
    event, data, programme = turn.event, turn.event.data, turn.plan.programme
    wallet = programme.wallets.get(data["wallet"])
    if wallet is None:
        known = ", ".join(programme.wallets)
        raise Rejected(
            "wallet_unknown",
            "data.wallet",
            words(
                f"没有这个储值账户，现有：{known}",
                f"沒有這個儲值帳戶，現有：{known}",
                f"is no wallet; there are: {known}",
            ),
        )
    topup_id, paid = data.get("topup_id") or event.key, data["amount_minor"]
    name = (event.source, topup_id)
    if name in turn.snapshot.topups:
        raise Rejected(
            "topup_known",
            "data.topup_id",
            words("这笔充值已经入账", "這筆儲值已經入帳", "this top-up has been counted already"),
        )
    bonus = bonus_of(wallet, paid)
    _check_limits(turn, wallet, paid, bonus)
    turn.count_day(event.type, turn.day, paid)
    turn.snapshot.topups[name] = TopUpState(wallet.id, event.id, paid, bonus)
    turn.effects.append(ToppedUp(*name, wallet.id, paid, bonus, event.time))
    turn.credit(wallet.principal, paid, "")
    if bonus:
        turn.credit(wallet.bonus, bonus, "")


def _check_limits(turn: Turn, wallet: Wallet, paid: int, bonus: int) -> None:
    digits = turn.plan.programme.minor_digits
    least, most = max(wallet.least, 1), wallet.most_at_once
    if paid < least or (most and paid > most):
        bounds = (
            f"{money_of(least, digits)}–{money_of(most, digits)}" if most else f"≥ {money_of(least, digits)}"
        )
        raise Rejected(
            "topup_size",
            "data.amount",
            words(f"每次应为 {bounds}", f"每次應為 {bounds}", f"must be {bounds} at a time"),
        )
    held = turn.free(wallet.principal) + turn.free(wallet.bonus)
    if wallet.most and held + paid + bonus > wallet.most:
        limit = money_of(wallet.most, digits)
        raise Rejected(
            "wallet_full",
            "data.amount",
            words(
                f"充值后将超过余额上限 {limit}",
                f"儲值後將超過餘額上限 {limit}",
                f"would bring the wallet above its limit of {limit}",
            ),
        )


def paid_back(turn: Turn) -> None:
    """Principal that is still there is paid back; the bonus that came with it goes in proportion."""
    event, data = turn.event, turn.event.data
    name = (data.get("topup_source") or event.source, data["topup_id"])
    state = turn.snapshot.topups.get(name)
    if state is None:
        raise Rejected(
            "topup_unknown",
            "data.topup_id",
            words("没有这笔充值", "沒有這筆儲值", "there is no such top-up of this member"),
        )
    refund_id, amount = data.get("refund_id") or event.key, data["amount_minor"]
    if refund_id in state.refunds:
        raise Rejected(
            "refund_known",
            "data.refund_id",
            words("这笔退款已经入账", "這筆退款已經入帳", "this refund has been counted already"),
        )
    lots = [lot for lot in turn.snapshot.known.values() if parent_id(lot.id) == state.event_id]
    wallet = turn.plan.programme.wallets.get(state.wallet)
    if wallet is None:
        raise Rejected(
            "wallet_unknown",
            "data.topup_id",
            words(
                "该储值账户已不在方案中", "該儲值帳戶已不在方案中", "its wallet is no longer in the programme"
            ),
        )
    principal = next((lot for lot in lots if lot.asset == wallet.principal), None)
    left = min(principal.remaining, turn.free(wallet.principal)) if principal is not None else 0
    if principal is None or not 0 < amount <= left:
        there = money_of(max(left, 0), turn.plan.programme.minor_digits)
        raise Rejected(
            "principal_spent",
            "data.amount",
            words(
                f"只能退未使用的本金，尚余 {there}",
                f"只能退未使用的本金，尚餘 {there}",
                f"only unused principal is paid back, and {there} of it is left",
            ),
        )
    state.refunds.add(refund_id)
    state.principal_back += amount
    turn.count_day(event.type, turn.day, amount)
    with_it = ledger.share_of(state.bonus, (state.principal_back, state.principal)) - state.bonus_back
    state.bonus_back += with_it
    turn.effects.append(TopUpRefunded(*name, refund_id, wallet.id, amount, with_it))
    _principal_back(turn, principal, amount)
    bonus = next((lot for lot in lots if lot.asset == wallet.bonus), None)
    if bonus is not None and with_it:
        turn.take_back(bonus, min(with_it, bonus.amount - bonus.reversed - bonus.expired))


def _principal_back(turn: Turn, lot: Lot, amount: int) -> None:
    """From that very lot, and from nowhere else."""
    zone = turn.plan.programme.zone
    turn.take(
        Take(
            REVERSE,
            lot.asset,
            amount,
            "",
            turn.event.time,
            [(lot.id, amount)],
            earned_on=ledger.counted_on(lot, zone),
            source_lot=lot.id,
        )
    )


TOP_UPS: dict[str, Callable[[Turn], None]] = {"wallet.topped_up": topped_up, "wallet.refunded": paid_back}
