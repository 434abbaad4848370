"""From what rooms tell of value to what the API answers: amounts as decimals of their asset."""

from typing import Any

from regulars.api import value_schemas as schemas
from regulars.approvals.contracts import RequestRow
from regulars.engine.contracts import Outcome
from regulars.engine.doors import answer
from regulars.engine.queries import amount_of, balances_of
from regulars.language.text import say
from regulars.ledger.contracts import BalanceRow, Wallet
from regulars.ledger.draws import HoldRow
from regulars.programme.contracts import Programme
from regulars.programme.service import recent, version


def done(outcome: Outcome, language: str) -> dict[str, Any]:
    """What a command did."""
    programme = version(outcome.version)
    real = outcome.status in ("processed", "duplicate")
    return {
        "operation_id": outcome.event_id if real else None,
        **answer(outcome, language),
        "held": balances_of(outcome.held, programme),
        "pending": balances_of(outcome.pending, programme),
    }


def shown(asset: str, units: int, programme: Programme) -> int | str:
    """Units of an asset as the API shows them."""
    known = programme.assets.get(asset)
    return amount_of(units, known.scale if known else 0)


def by_asset(units: dict[str, int], programme: Programme) -> dict[str, int | str]:
    return {asset: shown(asset, some, programme) for asset, some in units.items()}


def approval(found: RequestRow) -> schemas.ApprovalOut:
    programme, change = recent(), found.change
    asset = change.asset or next(iter(found.measures), "")
    return schemas.ApprovalOut(
        id=found.id,
        state=found.state.value,
        kind=change.kind.value,
        member_id=change.member_id,
        asset=asset,
        amount=shown(asset, change.units, programme) if change.units is not None else None,
        moves=by_asset(found.measures, programme),
        target=change.operation_id,
        reason=change.reason,
        key=found.key,
        asked_by=found.asked_by,
        asked_at=found.asked_at,
        decided_by=found.decided_by,
        decided_at=found.decided_at,
        note=found.note,
        operation_id=found.operation_id,
    )


def hold(found: HoldRow, programme: Programme) -> schemas.HoldOut:
    return schemas.HoldOut(
        operation_id=found.operation_id,
        asset=found.asset,
        held=shown(found.asset, found.held, programme),
        captured=shown(found.asset, found.used, programme),
        time=found.time,
        until=found.until,
        order_source=found.order_source,
        order_id=found.order_id,
    )


def wallet(found: Wallet, programme: Programme, language: str) -> schemas.WalletOut:
    scale = programme.assets[found.principal].scale

    def bound(units: int) -> int | str | None:
        return amount_of(units, scale) if units else None

    return schemas.WalletOut(
        id=found.id,
        name=say(found.name, language),
        principal=found.principal,
        bonus=found.bonus,
        spend=found.order.value,
        scale=scale,
        steps=[
            schemas.TopUpStepOut(at=amount_of(step.at, scale), bonus=amount_of(step.bonus, scale))
            for step in found.steps
        ],
        least=bound(found.least),
        most_at_once=bound(found.most_at_once),
        most=bound(found.most),
    )


def member_wallet(
    found: Wallet, held: dict[str, BalanceRow], programme: Programme, language: str
) -> schemas.MemberWalletOut:
    """`held`: the member's balances by asset."""
    scale = programme.assets[found.principal].scale
    sides = [held.get(asset) for asset in (found.principal, found.bonus)]
    principal, bonus = (row.balance if row else 0 for row in sides)
    return schemas.MemberWalletOut(
        id=found.id,
        name=say(found.name, language),
        scale=scale,
        total=amount_of(principal + bonus, scale),
        principal=amount_of(principal, scale),
        bonus=amount_of(bonus, scale),
        held=amount_of(sum(row.held for row in sides if row), scale),
    )
