"""What a message about value may show: of what it is, how many units, until when, what is there now. Pure."""

from typing import Any
from uuid import UUID

from regulars.engine.records import amount_of, money_of
from regulars.engine.turn import Turn
from regulars.language.effects import (
    HOLD,
    PENDING,
    Credit,
    EntitlementStep,
    Give,
    PlanChange,
    Take,
    ToppedUp,
    TopUpRefunded,
)
from regulars.ledger.contracts import Wallet
from regulars.ledger.timing import last_good_day
from regulars.members.recommending import TOLD

VALUE = ("asset.", "hold.", "gift.")
"""Beginnings of the types of events that move one member's value by themselves."""

TOP_UPS = ("wallet.topped_up", "wallet.refunded")
BENEFIT = "benefit."
PLANS = "plan."

OPEN_REASONS = frozenset({"asset.credited", "asset.spent", "asset.held", "asset.gifted"})
"""Types whose stated reason is for the member's eyes. Why an operator adjusted, reversed, corrected or ended something
stays in the house."""

RECOMMENDATIONS_MOST = 5
"""So many products a message has at most."""

CONVERTED, RECEIVED, EXPIRED, EXPIRING = (
    "asset.converted",
    "asset.received",
    "asset.expired",
    "asset.expiring",
)
NET = ("asset.reversed", "asset.corrected")
"""Types that state an operation: what they moved is what came of it, with its sign."""


def recommended(turn: Turn) -> dict[str, Any]:
    """`recommendations`: products to offer the member, the best first, each with `name`, `price` (as decimals; empty
    where none is known) and `reason`, as members read it."""
    digits = turn.plan.programme.minor_digits
    return {
        "recommendations": [
            {
                "name": name,
                "price": "" if price_minor is None else money_of(price_minor, digits),
                "reason": dict(TOLD[reason]) if reason in TOLD else "",
            }
            for name, price_minor, reason in turn.snapshot.recommended[:RECOMMENDATIONS_MOST]
        ]
    }


def balances(turn: Turn) -> dict[str, int | str]:
    """Of every asset what may be spent now, decimals where the asset has some."""
    held = turn.snapshot.balances
    return {one.id: amount_of(held.get(one.id, 0), one.scale) for one in turn.plan.programme.assets.values()}


def earned(turn: Turn) -> dict[str, int | str]:
    """Of every asset what this event brought, decimals where the asset has some."""
    found = turn.earned
    return {one.id: amount_of(found.get(one.id, 0), one.scale) for one in turn.plan.programme.assets.values()}


def value(turn: Turn) -> dict[str, Any]:
    """`asset` (`id`, `name`, `balance`), `units`, `change` (with its sign), `expires_on`; `reason` where it is for the
    member's eyes; of a gift that came `friend` (`name`) and `usable_at`; `into` what a conversion brought."""
    event, data = turn.event, turn.event.data
    asset_id = _asset_id(turn)
    scale = _scale(turn, asset_id)
    shown: dict[str, Any] = {
        "asset": named(turn, asset_id),
        "units": amount_of(_units(turn), scale),
        "change": _signed(_net(_own(turn)), scale),
        "expires_on": _expires_on(turn),
    }
    if event.type in OPEN_REASONS:
        shown["reason"] = data.get("reason", "")
    if event.type == RECEIVED:
        giver = turn.others.get(UUID(data["from"])) if "from" in data else None
        shown["friend"] = {"name": giver.profile.name if giver else ""}
        shown["usable_at"] = data.get("until", "")
    if event.type == CONVERTED:
        shown["into"] = _into(turn)
    return shown


def top_up(turn: Turn) -> dict[str, Any]:
    """A top-up or what was paid back of one: `wallet` (its name), `amount`, `bonus`, and the `balance` of both
    sides together; after a payout `amount` and `bonus` are what left."""
    programme = turn.plan.programme
    found = next((one for one in turn.effects if isinstance(one, ToppedUp | TopUpRefunded)), None)
    wallet = programme.wallets.get(found.wallet if found else turn.event.data.get("wallet", ""))
    digits = programme.minor_digits
    return {
        "wallet": dict(wallet.name) if wallet else "",
        "amount": money_of(found.principal if found else turn.event.data["amount_minor"], digits),
        "bonus": money_of(found.bonus if found else 0, digits),
        "balance": money_of(_in_wallet(turn, wallet) if wallet else 0, digits),
    }


def benefit(turn: Turn) -> dict[str, Any]:
    """The benefit that an event is about (of a claim of several, the first): `id`, `name`, `description`, and the last
    good day to claim or to use it (empty: there is none)."""
    data, planned = turn.event.data, turn.plan.benefits
    benefit_id = data.get("benefit") or next(iter(data.get("benefits", ())), "")
    row = turn.entitlement(data["entitlement"]) if "entitlement" in data else None
    if row is None:
        step = next((one for one in turn.effects if isinstance(one, EntitlementStep)), None)
        row = turn.snapshot.entitlements().get(step.entitlement) if step else None
    found = planned.by_id.get(benefit_id or (row.benefit if row else "")) if planned else None
    if found is None:
        return {"id": benefit_id, "name": benefit_id, "description": "", "until": ""}
    ends = row.ends_at if row else None
    until = last_good_day(ends, turn.plan.programme.zone).isoformat() if ends else ""
    return {"id": found.id, "name": dict(found.name), "description": dict(found.description), "until": until}


def plan(turn: Turn) -> dict[str, Any]:
    """The paid plan that the event is about: its name, how it stands, how long it runs, what was paid or went back."""
    data, programme = turn.event.data, turn.plan.programme
    done = next((one for one in turn.effects if isinstance(one, PlanChange)), None)
    plan_id = data.get("plan") or (done.plan if done else "")
    known, now = programme.plans.get(plan_id), turn.snapshot.plans.get(plan_id)
    before = programme.plans.get(data.get("before", ""))
    period = known.period(now.period if now else data.get("period", "")) if known else None
    until = now.until if now else None
    amount = data.get("price_minor", data.get("amount_minor"))
    return {
        "id": plan_id,
        "name": dict(known.name) if known else plan_id,
        "status": now.status if now else "",
        "period": period.id if period else "",
        "period_name": dict(period.name) if period else "",
        "until": until.isoformat() if until else "",
        "days_left": (until - turn.day).days if until else "",
        "amount": money_of(amount, programme.minor_digits) if amount is not None else "",
        "auto_renew": now.auto_renew if now else False,
        "reason": str(data.get("reason", "")),
        "before": dict(before.name) if before else "",
    }


def named(turn: Turn, asset_id: str) -> dict[str, Any]:
    """An asset or a wallet: its id, its name in every language, what may be spent of it now."""
    programme = turn.plan.programme
    wallet, asset = programme.wallets.get(asset_id), programme.assets.get(asset_id)
    if wallet is not None:
        balance = amount_of(_in_wallet(turn, wallet), programme.assets[wallet.principal].scale)
        return {"id": wallet.id, "name": dict(wallet.name), "balance": balance}
    if asset is None:
        return {"id": asset_id, "name": asset_id, "balance": 0}
    balance = amount_of(turn.snapshot.balances.get(asset.id, 0), asset.scale)
    return {"id": asset.id, "name": dict(asset.name), "balance": balance}


def _in_wallet(turn: Turn, wallet: Wallet) -> int:
    held = turn.snapshot.balances
    return held.get(wallet.principal, 0) + held.get(wallet.bonus, 0)


def _asset_id(turn: Turn) -> str:
    """What the event is about: the asset or wallet that it names, a conversion's source, else what it moved; one side
    of a wallet, moved without being named, stands for the wallet."""
    data, programme = turn.event.data, turn.plan.programme
    if "asset" in data:
        return str(data["asset"])
    conversion = programme.conversions.get(data.get("conversion", ""))
    if conversion is not None:
        return conversion.source
    moved = next((one.asset for one in turn.effects if isinstance(one, Credit | Take | Give)), "")
    for wallet in programme.wallets.values():
        if moved in (wallet.principal, wallet.bonus):
            return wallet.id
    return moved


def _scale(turn: Turn, asset_id: str) -> int:
    programme = turn.plan.programme
    wallet = programme.wallets.get(asset_id)
    asset = programme.assets.get(wallet.principal if wallet else asset_id)
    return asset.scale if asset else 0


def _units(turn: Turn) -> int:
    """How many units the event is about; of what undoes or corrects, what it brought (> 0) or took (< 0)."""
    own = _own(turn)
    if turn.event.type in NET:
        return _net(own)
    if "units" in turn.event.data:
        return int(turn.event.data["units"])
    if turn.event.type.startswith("hold."):
        return sum(one.amount for one in own if isinstance(one, Give) and one.account == HOLD)
    first = own[0].asset if own else ""
    return sum(one.amount for one in own if one.asset == first)


def _own(turn: Turn) -> list[Credit | Take | Give]:
    """What the event itself moved, without what rules added; of a conversion, what was given for it."""
    found = [one for one in turn.effects if isinstance(one, Credit | Take | Give) and not one.rule]
    if turn.event.type == CONVERTED:
        return [one for one in found if isinstance(one, Take)]
    return found


def _net(moved: list[Credit | Take | Give]) -> int:
    """What came less what went. What was pending and is taken back had come from nowhere else."""
    came = [one.amount for one in moved if isinstance(one, Credit | Give) and one.account != PENDING]
    return sum(came) - sum(one.amount for one in moved if isinstance(one, Take))


def _signed(units: int, scale: int) -> str:
    """+50, −12.50"""
    if not units:
        return str(amount_of(0, scale))
    return f"{'+' if units > 0 else '−'}{amount_of(abs(units), scale)}"


def _expires_on(turn: Turn) -> str:
    """The last good day of what the event announces, ends, or brings (the first to end); empty: it has none."""
    event, zone = turn.event, turn.plan.programme.zone
    if event.type == EXPIRING:
        return str(event.data.get("expires_on", ""))
    if event.type == EXPIRED:
        return last_good_day(event.time, zone).isoformat()
    ends = [one.expires_at for one in turn.effects if isinstance(one, Credit) and one.expires_at is not None]
    return last_good_day(min(ends), zone).isoformat() if ends else ""


def _into(turn: Turn) -> dict[str, Any]:
    """What came out of a conversion."""
    conversion = turn.plan.programme.conversions.get(turn.event.data.get("conversion", ""))
    if conversion is None:
        return {"id": "", "name": "", "balance": 0, "units": 0}
    units = turn.event.data["units"] // conversion.give * conversion.get
    target = conversion.target
    return {**named(turn, target), "units": amount_of(units, _scale(turn, target))}
