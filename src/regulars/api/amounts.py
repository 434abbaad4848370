"""Amounts as callers write them, whole or decimal, and as the books keep them: units of the asset's smallest."""

import re
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from regulars.api import texts
from regulars.api.problems import ApiProblem
from regulars.programme.contracts import Programme

UNITS_MOST = 10**15
DIGITS_MOST = 40
_DECIMAL = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?", re.ASCII)

_ZERO_UP = r"^[0-9]{1,15}(\.[0-9]{1,6})?$"
_SIGNED = r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$"


def _text(value: Any) -> str:
    """`1`, `1.5` or `"1.50"` as decimal text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise PydanticCustomError("amount_type", "must be an amount")
    found = value if isinstance(value, str) else repr(value)
    if len(found) > DIGITS_MOST or _DECIMAL.fullmatch(found) is None:
        raise PydanticCustomError("amount_format", "must be an amount")
    return found


def _zero_up(value: Any) -> str:
    found = _text(value)
    if found.startswith("-"):
        raise PydanticCustomError("amount_negative", "must not be negative")
    return found


def _above_zero(value: Any) -> str:
    found = _zero_up(value)
    if not found.strip("0."):
        raise PydanticCustomError("amount_zero", "must be more than 0")
    return found


def _schema(pattern: str, description: str, **whole: int) -> WithJsonSchema:
    return WithJsonSchema(
        {
            "anyOf": [{"type": "integer", **whole}, {"type": "string", "pattern": pattern}],
            "description": f"{description} A whole number, or decimal text with at most the decimals of the asset.",
            "examples": [100, "12.50"],
        }
    )


Amount = Annotated[str, PlainValidator(_above_zero), _schema(_ZERO_UP, "More than 0.", minimum=1)]
AmountFromZero = Annotated[str, PlainValidator(_zero_up), _schema(_ZERO_UP, "0 or more.", minimum=0)]
SignedAmount = Annotated[
    str, PlainValidator(_text), _schema(_SIGNED, "More than 0 to add, less than 0 to take.")
]


def units_of(amount: str, scale: int, field: str = "amount") -> int:
    """`"1.50"` at scale 2 → 150. Refuses (422) more decimals than the asset has, and what no account can hold."""
    found = _DECIMAL.fullmatch(amount)
    assert found is not None
    fraction = (found[3] or "").rstrip("0")
    if len(fraction) > scale:
        text = texts.AMOUNT_DECIMALS if scale else texts.AMOUNT_WHOLE
        raise ApiProblem(422, "amount_decimals", text, field=field, scale=scale)
    units = int(found[2] + fraction.ljust(scale, "0"))
    if units > UNITS_MOST:
        raise ApiProblem(422, "amount_limit", texts.AMOUNT_LIMIT, field=field)
    return -units if found[1] else units


def scale_of(asset: str, programme: Programme) -> int:
    """The decimals of an asset, or of a wallet's two; 0 for what the programme does not know."""
    wallet = programme.wallets.get(asset)
    known = programme.assets.get(wallet.principal if wallet else asset)
    return known.scale if known else 0
