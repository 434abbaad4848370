"""The wallets of a programme file: two assets each, one for what is paid in and one for what comes on top."""

from collections.abc import Mapping
from decimal import Decimal

from regulars.language.problems import Errors, Place, words
from regulars.ledger.contracts import Asset, TopUp, Wallet
from regulars.programme.amounts import smallest, smallest_or
from regulars.programme.document import Document, WalletPart
from regulars.programme.shape import not_below, unknown_text

_FOR_RULES = {
    "pending": words(
        "付进来的本金立即可用，不能设 pending",
        "付進來的本金立即可用，不能設 pending",
        "what members pay in can be spent at once: a wallet's principal has no pending",
    ),
    "caps": words(
        "本金不由规则发放，caps 不起作用；充值上限请写在钱包的 most",
        "本金不由規則發放，caps 不起作用；儲值上限請寫在錢包的 most",
        "rules give no principal, so there is nothing to cap: bound top-ups with the wallet's most",
    ),
    "gifts": words(
        "本金只退给付款人，不能赠送",
        "本金只退給付款人，不能贈送",
        "principal is paid back to who paid it in: it can't be given away",
    ),
}
"""Settings that a wallet's principal can't have."""


def read_wallets(
    document: Document, assets: Mapping[str, Asset], digits: int, errors: Errors
) -> dict[str, Wallet]:
    """All wallets; `digits` are the currency's decimals."""
    users: dict[str, str] = {}
    wallets = {}
    for wallet_id, part in document.wallets.items():
        place: Place = ("wallets", wallet_id)
        if wallet_id in assets:
            errors.add(
                place,
                words(
                    "与资产重名，请换个名称",
                    "與資產重名，請換個名稱",
                    "is the name of an asset, too: choose another",
                ),
            )
        for role, asset_id in (("principal", part.principal), ("bonus", part.bonus)):
            _side(asset_id, assets, digits, (*place, role), errors)
            if users.setdefault(asset_id, f"{wallet_id}.{role}") != f"{wallet_id}.{role}":
                errors.add((*place, role), _taken(asset_id, users[asset_id]))
        if part.principal in assets:
            _principal(part.principal, document, errors)
        wallets[wallet_id] = _wallet(wallet_id, part, digits, place, errors)
    return wallets


def principals(wallets: Mapping[str, Wallet]) -> dict[str, Wallet]:
    """Assets that hold what was paid in → their wallet."""
    return {wallet.principal: wallet for wallet in wallets.values()}


def principal_text(wallet: Wallet) -> dict[str, str]:
    """Nothing but a top-up brings principal."""
    return words(
        f"{wallet.principal} 是 {wallet.id} 的本金，只能由充值产生，请改用 {wallet.bonus}",
        f"{wallet.principal} 是 {wallet.id} 的本金，只能由儲值產生，請改用 {wallet.bonus}",
        f"{wallet.principal} is what members pay into {wallet.id}: only a top-up brings it; "
        f"use {wallet.bonus} instead",
    )


def _taken(asset_id: str, user: str) -> dict[str, str]:
    return words(
        f"{asset_id} 已用于 {user}，请另设一项资产",
        f"{asset_id} 已用於 {user}，請另設一項資產",
        f"{asset_id} is {user} already: make an asset of its own",
    )


def _side(asset_id: str, assets: Mapping[str, Asset], digits: int, place: Place, errors: Errors) -> None:
    asset = assets.get(asset_id)
    if asset is None:
        errors.add(place, unknown_text("asset", assets))
        return
    if asset.scale != digits:
        errors.add(
            place,
            words(
                f"{asset_id} 的小数位要与币种一致：scale: {digits}",
                f"{asset_id} 的小數位要與幣別一致：scale: {digits}",
                f"{asset_id} must have the currency's decimals: scale: {digits}",
            ),
        )
    if not asset.spendable:
        errors.add(
            place,
            words(
                f"{asset_id} 必须可使用：spendable: true",
                f"{asset_id} 必須可使用：spendable: true",
                f"{asset_id} must be spendable: true",
            ),
        )


def _principal(asset_id: str, document: Document, errors: Errors) -> None:
    """What was paid in stays until it is spent or paid back."""
    part, place = document.assets[asset_id], ("assets", asset_id)
    if part.expires is not None:
        errors.add(
            (*place, "expires"),
            words(
                "钱包的本金不能到期：expires: never",
                "錢包的本金不能到期：expires: never",
                "must be never: what members paid into a wallet does not end",
            ),
        )
    for name, text in _FOR_RULES.items():
        if getattr(part, name) is not None:
            errors.add((*place, name), text)
    for one_id, conversion in document.conversions.items():
        for name, side in (("from", conversion.source), ("to", conversion.target)):
            if side == asset_id:
                errors.add(
                    ("conversions", one_id, name),
                    words(
                        f"{asset_id} 是钱包的本金，不能兑换",
                        f"{asset_id} 是錢包的本金，不能兌換",
                        f"{asset_id} is what members paid into a wallet, which can't be converted",
                    ),
                )


def _wallet(wallet_id: str, part: WalletPart, digits: int, place: Place, errors: Errors) -> Wallet:
    def bound(name: str) -> int:
        return smallest_or(getattr(part, name), digits, (*place, name), errors)

    least, at_once, most = bound("least"), bound("most_at_once"), bound("most")
    for smaller, larger, name in ((least, at_once, "most_at_once"), (max(least, at_once), most, "most")):
        if larger and larger < smaller:
            below = "least" if name == "most_at_once" or least > at_once else "most_at_once"
            errors.add((*place, name), not_below(below))
    steps = [
        TopUp(
            smallest(step.at, digits, (*place, "steps", index, "at"), errors),
            _bonus(step.bonus, digits, (*place, "steps", index, "bonus"), errors),
        )
        for index, step in enumerate(part.steps)
    ]
    _steps(steps, at_once, most, (*place, "steps"), errors)
    return Wallet(
        wallet_id, part.name, part.principal, part.bonus, part.spend, tuple(steps), least, at_once, most
    )


def _bonus(found: Decimal, digits: int, place: Place, errors: Errors) -> int:
    return smallest(found, digits, place, errors) if found else 0


def _steps(steps: list[TopUp], at_once: int, most: int, place: Place, errors: Errors) -> None:
    """Each step is above the one before, brings no less, and can be reached."""
    before = TopUp(0, 0)
    for index, step in enumerate(steps):
        if step.at <= before.at:
            errors.add(
                (*place, index, "at"),
                words("必须高于前一档", "必須高於前一級距", "must be above the step before it"),
            )
        elif step.bonus < before.bonus:
            errors.add(
                (*place, index, "bonus"),
                words("不能少于前一档", "不能少於前一級距", "must not be below that of the step before it"),
            )
        if (at_once and step.at > at_once) or (most and step.at + step.bonus > most):
            errors.add(
                (*place, index, "at"),
                words(
                    "超过了钱包的 most_at_once 或 most，永远达不到",
                    "超過了錢包的 most_at_once 或 most，永遠達不到",
                    "is out of reach: with its bonus it is above most_at_once or most",
                ),
            )
        before = step
