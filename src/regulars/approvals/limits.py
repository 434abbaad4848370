"""How much a change moves, and how much of that one person may do alone in a day."""

from datetime import date
from uuid import UUID

from regulars.approvals.contracts import Change, Kind
from regulars.approvals.models import ChangeRequest
from regulars.engine.contracts import Outcome
from regulars.language.effects import EXPIRE, HOLD, PENDING
from regulars.programme.contracts import Programme

MOVEMENTS = frozenset({"credit", "take", "give"})


def measure(change: Change, foreseen: Outcome) -> dict[str, int]:
    """Asset → smallest units that the change itself moves, in or out. What is only set aside, what ends by itself and
    what rules add does not count."""
    if change.kind in (Kind.ADJUST, Kind.CREDIT):
        return {change.asset: abs(change.units or 0)}
    aside = {HOLD, PENDING} if change.kind is Kind.END else {HOLD, PENDING, EXPIRE}
    found: dict[str, int] = {}
    for effect in foreseen.effects:
        if effect["kind"] in MOVEMENTS and not effect["rule"] and effect.get("account") not in aside:
            found[effect["asset"]] = found.get(effect["asset"], 0) + effect["amount"]
    return found


def limited(measures: dict[str, int], programme: Programme) -> dict[str, int]:
    """Of the assets that the change moves, those with a limit → the limit."""
    found = {}
    for asset_id in measures:
        asset = programme.assets.get(asset_id)
        if asset is not None and asset.adjust_limit is not None:
            found[asset_id] = asset.adjust_limit
    return found


def done_alone(member_id: UUID, person: str, day: date) -> dict[str, int]:
    """Asset → what this person has moved alone of this member's on this day."""
    rows = ChangeRequest.objects.filter(
        member_id=member_id, person=person, day=day, state=ChangeRequest.State.DONE
    ).values_list("measures", flat=True)
    sums: dict[str, int] = {}
    for measures in rows:
        for asset_id, units in measures.items():
            sums[asset_id] = sums.get(asset_id, 0) + units
    return sums


def left(limits: dict[str, int], before: dict[str, int]) -> dict[str, int]:
    """Asset → what may still be moved alone."""
    return {asset_id: max(limit - before.get(asset_id, 0), 0) for asset_id, limit in limits.items()}
