"""Records of effects as they are told outside: amounts as the balances beside them, money as decimals."""

from typing import Any

from regulars.programme.contracts import Programme

UNITS = ("amount", "debt", "waived")
"""What a record states in the smallest unit of its asset."""


def told(record: dict[str, Any], programme: Programme) -> dict[str, Any]:
    """The record of one effect: `{"kind": "refund", "amount_minor": 2800}` → `{"kind": "refund", "amount": "28.00"}`,
    units of an asset with decimals as decimal text."""
    asset = programme.assets.get(record.get("asset", ""))
    if asset is not None:
        scale = asset.scale
        return (
            {**record, **{n: amount_of(record[n], scale) for n in UNITS if n in record}} if scale else record
        )
    if record["kind"] not in ("refund", "order", "plan"):
        return record
    digits = programme.minor_digits
    return {
        name.removesuffix("_minor"): money_of(value, digits) if name.endswith("_minor") else value
        for name, value in record.items()
    }


def money_of(minor: int, digits: int) -> str:
    """12800 at 2 digits → `128.00`."""
    return str(amount_of(minor, digits))


def amount_of(units: int, scale: int) -> int | str:
    """Units as the API shows them: a whole number, or a decimal of the asset's scale as text."""
    if not scale:
        return units
    whole, rest = divmod(abs(units), 10**scale)
    return f"{'-' if units < 0 else ''}{whole}.{rest:0{scale}}"


def balances_of(balances: dict[str, int], programme: Programme) -> dict[str, int | str]:
    """Every asset of the programme with what is held of it."""
    return {
        asset.id: amount_of(balances.get(asset.id, 0), asset.scale) for asset in programme.assets.values()
    }
