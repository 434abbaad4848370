"""Amounts as a programme file writes them: units of assets, and money."""

import re
from decimal import Decimal
from typing import Any

from pydantic_core import PydanticCustomError

from regulars.language.problems import Errors, Place, words

UNITS_LIMIT = 10**12
"""No amount in a programme is larger, in smallest units."""

_WRITTEN = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)


def amount(value: Any) -> int | Decimal:
    """Units > 0: a whole number counts smallest units, a text such as "12.50" what people see (a Decimal)."""
    if type(value) is int:
        found: int | Decimal = value
    elif isinstance(value, str) and _WRITTEN.fullmatch(value):
        found = Decimal(value)
    else:
        raise PydanticCustomError("units", "")
    if not 0 < found <= UNITS_LIMIT:
        raise PydanticCustomError("units", "")
    return found


def amount_or_nothing(value: Any) -> int | Decimal:
    """The same, or 0."""
    return 0 if type(value) is int and value == 0 else amount(value)


def threshold(value: Any) -> int | Decimal:
    """What a level asks for: 0 or more, in whole numbers or as a text with decimals."""
    try:
        return amount_or_nothing(value)
    except PydanticCustomError:
        raise PydanticCustomError("threshold", "") from None


def debt(value: Any) -> int | Decimal:
    """Units below zero, or 0."""
    if type(value) is int and value == 0:
        return 0
    if type(value) is int and value < 0:
        return -amount(-value)
    if isinstance(value, str) and value.startswith("-"):
        return -amount(value[1:])
    raise PydanticCustomError("debt", "")


def money_or_nothing(value: Any) -> Decimal:
    """An amount ≥ 0 in the currency's main unit: 50, 0.5 or "50.00"."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise PydanticCustomError("money", "")
    text = value if isinstance(value, str) else repr(value)
    if not _WRITTEN.fullmatch(text) or Decimal(text) > UNITS_LIMIT // 1000:
        raise PydanticCustomError("money", "")
    return Decimal(text)


def money(value: Any) -> Decimal:
    """An amount of money above 0."""
    found = money_or_nothing(value)
    if not found:
        raise PydanticCustomError("money_none", "")
    return found


SAID = {
    "units": words(
        '必须是大于 0 的整数（按最小单位），或加引号的小数，例如 "12.50"',
        '必須是大於 0 的整數（以最小單位計），或加引號的小數，例如 "12.50"',
        'must be a whole number of smallest units above 0, or decimals in quotes such as "12.50"',
    ),
    "threshold": words(
        '必须是 0 或更大的整数，或加引号的小数，例如 "99.50"',
        '必須是 0 或更大的整數，或加引號的小數，例如 "99.50"',
        'must be a whole number of 0 or more, or decimals in quotes such as "99.50"',
    ),
    "debt": words(
        "必须是 0 或负数：欠账最多到多少，例如 -500",
        "必須是 0 或負數：欠帳最多到多少，例如 -500",
        "must be 0 or below: how far the balance may go, such as -500",
    ),
    "money": words(
        '必须是金额，例如 "50.00"', '必須是金額，例如 "50.00"', 'must be an amount of money such as "50.00"'
    ),
    "money_none": words("金额必须大于 0", "金額必須大於 0", "must be an amount of money above 0"),
    "period": words(
        "写 none，或写明等级保留多久，例如 {months: 12, round: month}",
        "寫 none，或寫明等級保留多久，例如 {months: 12, round: month}",
        "must be none, or say how long a level lasts, such as {months: 12, round: month}",
    ),
    "down": words(
        "写 earned、one，或最多降到哪一级，例如 {floor: silver}",
        "寫 earned、one，或最多降到哪一級，例如 {floor: silver}",
        "must be earned, one, or say how far at most, such as {floor: silver}",
    ),
    "expires": words(
        "写 never，或写明何时到期，例如 {months: 12, round: month}",
        "寫 never，或寫明何時到期，例如 {months: 12, round: month}",
        "must be never, or say when, such as {months: 12, round: month}",
    ),
    "share": words(
        "必须是大于 0、不超过 100% 的比例，例如 10%",
        "必須是大於 0、不超過 100% 的比例，例如 10%",
        "must be a share above 0 and up to 100%, such as 10%",
    ),
    "clock_time": words(
        '必须是加引号的时刻，例如 "09:00"',
        '必須是加引號的時刻，例如 "09:00"',
        'must be a time of day in quotes such as "09:00"',
    ),
}
"""What is wrong with an amount (with `expires` or a time of day), by the kind of error that the reader raises."""


def smallest(found: int | Decimal, scale: int, place: Place, errors: Errors) -> int:
    """`found` in an asset's smallest unit; what has too many decimals for the asset is a problem."""
    if isinstance(found, int):
        return found
    units = found.scaleb(scale)
    if units != units.to_integral_value():
        errors.add(place, _too_fine(scale))
    elif abs(units) > UNITS_LIMIT:
        errors.add(place, SAID["units"])
    return int(units)


def smallest_or(found: int | Decimal | None, scale: int, place: Place, errors: Errors) -> int:
    """The same, 0 where nothing is stated."""
    return 0 if found is None else smallest(found, scale, place, errors)


def _too_fine(scale: int) -> dict[str, str]:
    if not scale:
        return words("没有小数，请写整数", "沒有小數，請寫整數", "has no decimals here: write a whole number")
    return words(f"最多 {scale} 位小数", f"最多 {scale} 位小數", f"must have at most {scale} decimals")
