"""Stored value: how a wallet's two sides are spent, and what a top-up brings. Pure."""

from regulars.ledger.contracts import Wallet, WalletOrder


def split(wallet: Wallet, units: int, principal: int, bonus: int) -> tuple[int, int]:
    """How `units` ≤ principal + bonus are taken from what the wallet holds: (from principal, from bonus).

    In the ratio of what is held the bonus is rounded down, so that the odd unit comes from the principal.
    """
    if wallet.order is WalletOrder.BONUS_FIRST:
        from_bonus = min(units, bonus)
    elif wallet.order is WalletOrder.PRINCIPAL_FIRST:
        from_bonus = max(units - principal, 0)
    else:
        from_bonus = units * bonus // (principal + bonus) if units else 0
    return units - from_bonus, from_bonus


def bonus_of(wallet: Wallet, paid: int) -> int:
    """What a top-up of `paid` brings on top: that of the highest step reached."""
    return max((step.bonus for step in wallet.steps if paid >= step.at), default=0)
