"""What members hold, in words: assets, conversions and wallets of a programme."""

from calendar import month_name
from collections.abc import Iterator
from decimal import Decimal

from regulars.language.sentence import grouped, spoken_money, tidy
from regulars.language.text import say
from regulars.ledger.contracts import (
    Asset,
    Caps,
    Conversion,
    Decay,
    Expiry,
    Gifting,
    Pending,
    SpendOrder,
    Wallet,
)
from regulars.programme import wording
from regulars.programme.contracts import Programme


def asset_in_words(asset: Asset, language: str) -> tuple[str, str, str]:
    """What an asset is for, how long it lives, what a return does to it."""
    use = wording.SPENDABLE if asset.spendable else wording.COUNTED
    return say(use, language), _lives(asset.expiry, language), say(wording.CLAWBACK[asset.clawback], language)


def asset_terms_in_words(asset: Asset, programme: Programme, language: str) -> tuple[str, ...]:
    """Whatever else the programme says about an asset, a sentence each."""
    return tuple(tidy(each) for each in _terms(asset, programme, language))


def conversion_in_words(conversion: Conversion, programme: Programme, language: str) -> str:
    """What is given for what."""
    source, target = programme.assets[conversion.source], programme.assets[conversion.target]
    names = {"source": say(source.name, language), "target": say(target.name, language)}
    per_day = ""
    if conversion.per_day:
        amount = units(conversion.per_day, source)
        per_day = say(wording.CONVERSION_DAY, language).format(amount=amount, **names)
    return say(wording.CONVERSION, language).format(
        give=units(conversion.give, source), get=units(conversion.get, target), per_day=per_day, **names
    )


def wallet_in_words(wallet: Wallet, programme: Programme, language: str) -> tuple[str, ...]:
    """What a wallet is made of, how it is spent, what a top-up brings, and its bounds."""
    sides = say(wording.WALLET_SIDES, language).format(
        principal=say(programme.assets[wallet.principal].name, language),
        bonus=say(programme.assets[wallet.bonus].name, language),
    )
    lines = [sides, say(wording.WALLET_ORDER[wallet.order], language)]
    steps = [
        say(wording.WALLET_STEP, language).format(
            at=_before(said_money(step.at, programme, language), language),
            bonus=said_money(step.bonus, programme, language),
        )
        for step in wallet.steps
    ]
    bounds = [
        say(frame, language).format(money=said_money(bound, programme, language))
        for frame, bound in (
            (wording.WALLET_LEAST, wallet.least),
            (wording.WALLET_AT_ONCE, wallet.most_at_once),
            (wording.WALLET_MOST, wallet.most),
        )
        if bound
    ]
    lines += [_row(each, language) for each in (steps, bounds) if each]
    return tuple(lines)


def units(amount: int | Decimal, asset: Asset) -> str:
    """Units as people count them: 1234 at scale 2 is 12.34."""
    return grouped(Decimal(amount).scaleb(-asset.scale) if asset.scale else amount)


def said_money(minor: int, programme: Programme, language: str) -> str:
    """An amount of the currency's smallest units as people write it."""
    digits = programme.minor_digits
    whole = Decimal(minor).scaleb(-digits) if digits else Decimal(minor)
    return spoken_money(whole, programme.currency, language)


def span(months: int, days: int, language: str) -> str:
    """`12 months`, `1 month and 15 days`."""
    parts = []
    for number, one, many in (
        (months, wording.ONE_MONTH, wording.MONTHS),
        (days, wording.ONE_DAY, wording.DAYS),
    ):
        if number:
            parts.append(say(one if number == 1 else many, language).format(n=number))
    return say(wording.AND, language).join(parts)


def _decays(asset: Asset, decay: Decay, programme: Programme, language: str) -> str:
    plan = programme.plans.get(decay.plan)
    return say(wording.DECAY_PLAN if decay.plan else wording.DECAY, language).format(
        span=span(0, decay.after_days, language) or say(wording.DAYS, language).format(n=0),
        amount=units(decay.per_day, asset),
        floor=units(decay.floor, asset),
        plan=say(plan.name, language) if plan else decay.plan,
    )


def _row(parts: list[str], language: str) -> str:
    """Parts that belong together as one sentence."""
    said = say(wording.ROW, language).join(parts) + say(wording.STOP, language)
    return said[:1].upper() + said[1:]


def _before(said: str, language: str) -> str:
    """An amount before a Chinese word: with a space if it ends in a Latin letter or a figure."""
    return f"{said} " if language.startswith("zh") and said[-1].isascii() else said


def _lives(expiry: Expiry, language: str) -> str:
    if expiry.on:
        return _fixed(expiry.on, language)
    if expiry.idle_months:
        return say(wording.LAPSES[expiry.round], language).format(span=span(expiry.idle_months, 0, language))
    if expiry.with_level:
        return say(wording.WITH_LEVEL, language)
    if expiry.never:
        return say(wording.NEVER_EXPIRES, language)
    lives = span(expiry.months, expiry.days, language)
    return say(wording.EXPIRES[expiry.round], language).format(span=lives)


def _fixed(on: str, language: str) -> str:
    *year, month, day = (int(part) for part in on.split("-"))
    frame = wording.DAY_OF_YEAR if year else wording.DAY_EVERY_YEAR
    said = say(frame, language).format(y=year[0] if year else "", m=month, d=day, month=month_name[month])
    return say(wording.EXPIRES_ON if year else wording.EXPIRES_YEARLY, language).format(day=said)


def _terms(asset: Asset, programme: Programme, language: str) -> Iterator[str]:
    if asset.pending is not None:
        yield _waits(asset.pending, language)
    if asset.caps is not None:
        yield _capped(asset.caps, asset, language)
    if asset.spendable and asset.spend_order is not SpendOrder.EXPIRING:
        yield say(wording.SPENT_FIRST[asset.spend_order], language)
    if asset.floor is not None:
        frame = wording.FLOOR if asset.floor else wording.NO_DEBT
        yield say(frame, language).format(amount=units(-asset.floor, asset))
    if asset.grace_days:
        yield say(wording.GRACE, language).format(span=span(0, asset.grace_days, language))
    if asset.decay is not None:
        yield _decays(asset, asset.decay, programme, language)
    if asset.gifting is not None:
        yield _given(asset.gifting, asset, language)
    if asset.remind_days:
        yield say(wording.REMIND, language).format(span=span(0, asset.remind_days, language))
    if asset.adjust_limit is not None:
        frame = wording.ADJUST if asset.adjust_limit else wording.ADJUST_ALL
        yield say(frame, language).format(amount=units(asset.adjust_limit, asset))
    if asset.credit_most is not None:
        yield say(wording.CREDIT_MOST, language).format(amount=units(asset.credit_most, asset))
    if asset.cost:
        money = spoken_money(asset.cost, programme.currency, language)
        yield say(wording.COST, language).format(asset=say(asset.name, language), money=money)


def _waits(pending: Pending, language: str) -> str:
    frame = wording.PENDING_DAYS
    if pending.completed:
        frame = wording.PENDING_AT_MOST if pending.days else wording.PENDING_COMPLETED
    return say(frame, language).format(span=span(0, pending.days, language))


def _capped(caps: Caps, asset: Asset, language: str) -> str:
    parts = [
        say(frame, language).format(amount=units(bound, asset))
        for frame, bound in (
            (wording.CAP_DAY, caps.day),
            (wording.CAP_MONTH, caps.month),
            (wording.CAP_LIFETIME, caps.lifetime),
        )
        if bound
    ]
    return say(wording.CAPS, language).format(caps=say(wording.LIST, language).join(parts))


def _given(gifting: Gifting, asset: Asset, language: str) -> str:
    frame = wording.GIFT_BETWEEN if gifting.most else wording.GIFT_FROM
    least, most = units(gifting.least, asset), units(gifting.most, asset)
    parts = [say(frame, language).format(least=least, most=most)]
    if gifting.per_day:
        parts.append(say(wording.GIFT_DAY, language).format(amount=units(gifting.per_day, asset)))
    if gifting.revoke_hours:
        hours = wording.ONE_HOUR if gifting.revoke_hours == 1 else wording.GIFT_REVOKE
        parts.append(say(hours, language).format(hours=gifting.revoke_hours))
    return say(wording.GIFTS, language).format(terms=say(wording.LIST, language).join(parts))
