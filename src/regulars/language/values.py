"""The values beside operators: what an author may write, turned into what is compared."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from regulars.language.fields import NUMERIC, Field, Fields, Type
from regulars.language.operators import WANTS, Wants
from regulars.language.problems import Errors, Place, words
from regulars.language.text import Text
from regulars.language.tree import MAX_VALUES, Op, Scalar, Value

MOST_DAYS = 3660
LONGEST_TEXT = 500
LARGEST = Decimal(10) ** 15
"""Numbers and amounts are smaller than this, so that minor units fit the database's integers."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE_DAYS = frozenset({Op.EQ, Op.NE, Op.IN, Op.NOT_IN})
"""A time is the same as a day, not as a moment: nobody asks for the very microsecond."""
_BAD_TEXT = re.compile("[\x00\ud800-\udfff]")


class _Wrong(Exception):
    """The value can't be taken; holds the sentence that says so."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


def leaf_value(
    raw: Mapping[str, Any], op: Op, field: Field, fields: Fields, place: Place, errors: Errors
) -> Value:
    """The value of the leaf `raw`, as `op` wants it; None after adding to `errors` what is wrong with it."""
    at = (*place, "value")
    wants = WANTS[op]
    if wants is Wants.NOTHING:
        if raw.get("value") is not None:
            errors.add(at, _no_value(op, field))
        return None
    if raw.get("value") is None:
        errors.add(at, _value_missing(op, field))
        return None
    value = raw["value"]
    if wants is Wants.ONE:
        return _one(value, op, field, fields, at, errors)
    if wants in (Wants.DAYS, Wants.STEP):
        return _count(value, op, field, at, errors)
    if not isinstance(value, list | tuple) or not value or len(value) > MAX_VALUES:
        errors.add(at, _list_wanted(op, field))
        return None
    if wants is Wants.PAIR:
        return _pair(value, op, field, fields, at, errors)
    found = [_one(each, op, field, fields, (*at, index), errors) for index, each in enumerate(value)]
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _one(value: Any, op: Op, field: Field, fields: Fields, at: Place, errors: Errors) -> Scalar | None:
    try:
        return _typed(value, op, field, fields)
    except _Wrong as wrong:
        errors.add(at, wrong.text)
        return None


def _count(value: Any, op: Op, field: Field, at: Place, errors: Errors) -> int | None:
    if type(value) is int and 1 <= value <= MOST_DAYS:
        return value
    errors.add(
        at,
        words(
            f"字段 {field.name} 的 {op} 应是 1 到 {MOST_DAYS} 的整数。",
            f"欄位 {field.name} 的 {op} 應是 1 到 {MOST_DAYS} 的整數。",
            f"{op} of field {field.name} takes a whole number from 1 to {MOST_DAYS}.",
        ),
    )
    return None


def _pair(
    value: list[Any] | tuple[Any, ...], op: Op, field: Field, fields: Fields, at: Place, errors: Errors
) -> Value:
    if len(value) != 2:
        errors.add(at, _list_wanted(op, field))
        return None
    low, high = (_one(each, op, field, fields, (*at, index), errors) for index, each in enumerate(value))
    if low is None or high is None:
        return None
    if type(low) is not type(high):
        errors.add(
            at,
            words(
                f"字段 {field.name} 的起止两端请都写成日期，或都写成时刻。",
                f"欄位 {field.name} 的起迄兩端請都寫成日期，或都寫成時刻。",
                f"Both ends of the range of {field.name} must be dates, or both times.",
            ),
        )
        return None
    if _order(low, field) > _order(high, field):
        errors.add(
            at,
            words(
                f"字段 {field.name} 的范围上下颠倒，永远不会满足：请把较小的写在前面。",
                f"欄位 {field.name} 的範圍上下顛倒，永遠不會符合：請把較小的寫在前面。",
                f"The range of {field.name} is upside down and can never hold: write the smaller end first.",
            ),
        )
        return None
    return (low, high)


def _order(value: Scalar, field: Field) -> Any:
    if field.type is Type.CHOICE:
        return [choice.value for choice in field.choices].index(value)  # type: ignore[arg-type]
    return value


def _typed(value: Any, op: Op, field: Field, fields: Fields) -> Scalar:
    """`value` as the field's type; `_Wrong` with the way out where it isn't one."""
    if field.type in NUMERIC:
        typed: Scalar = _numeric(value, field, fields)
    elif field.type is Type.BOOLEAN:
        if not isinstance(value, bool):
            raise _Wrong(_expected(field, value, "true 或 false", "true 或 false", "true or false"))
        typed = value
    elif field.type in (Type.DATE, Type.TIME):
        typed = _dated(value, op, field, fields)
    else:
        typed = _text(value, field)
    if field.choices and all(choice.value != typed for choice in field.choices):
        names = [str(choice.value) for choice in field.choices]
        raise _Wrong(
            _expected(
                field,
                value,
                f"{'、'.join(names)} 之一",
                f"{'、'.join(names)} 之一",
                f"one of {', '.join(names)}",
            )
        )
    return typed


def _text(value: Any, field: Field) -> str:
    if isinstance(value, str) and value and len(value) <= LONGEST_TEXT and not _BAD_TEXT.search(value):
        return value
    if value == "":
        raise _Wrong(
            words(
                f"字段 {field.name} 的值不能是空文本；要问有没有值，请用 is_set 或 is_not_set。",
                f"欄位 {field.name} 的值不能是空文字；要問有沒有值，請用 is_set 或 is_not_set。",
                f"The value of {field.name} can't be an empty text; "
                "use is_set or is_not_set to ask whether there is one.",
            )
        )
    raise _Wrong(
        _expected(
            field,
            value,
            f"不超过 {LONGEST_TEXT} 字的文本（数字请加引号）",
            f"不超過 {LONGEST_TEXT} 字的文字（數字請加引號）",
            f"a text of at most {LONGEST_TEXT} characters (put quotes around digits)",
        )
    )


def _numeric(value: Any, field: Field, fields: Fields) -> Scalar:
    number = _decimal(value)
    if field.type is Type.INTEGER:
        if number is None or isinstance(value, str) or number != number.to_integral_value():
            raise _Wrong(_expected(field, value, "一个整数", "一個整數", "a whole number"))
        return _bounded(int(number), field)
    if number is None:
        raise _Wrong(_expected(field, value, "一个数字", "一個數字", "a number"))
    exponent = number.normalize().as_tuple().exponent
    if field.type is Type.MONEY and isinstance(exponent, int) and -exponent > fields.minor_digits:
        digits = fields.minor_digits
        raise _Wrong(
            _expected(
                field,
                value,
                f"以 {fields.currency} 计、最多 {digits} 位小数的金额",
                f"以 {fields.currency} 計、最多 {digits} 位小數的金額",
                f"an amount in {fields.currency} with at most {digits} decimals",
            )
        )
    return number


def _decimal(value: Any) -> Decimal | None:
    """A finite, sensible number of YAML or JSON, or one written as text so that no digit is lost."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= LARGEST or len(number.as_tuple().digits) > 30:
        return None
    return number


def _bounded(number: int, field: Field) -> int:
    low, high = field.least, field.most
    if (low is None or number >= low) and (high is None or number <= high):
        return number
    bounds = f"{'' if low is None else low}–{'' if high is None else high}"
    raise _Wrong(
        _expected(
            field,
            number,
            f"{bounds} 之间的整数",
            f"{bounds} 之間的整數",
            f"a whole number in the range {bounds}",
        )
    )


def _dated(value: Any, op: Op, field: Field, fields: Fields) -> date | datetime:
    if isinstance(value, str):
        value = _from_iso(value)
    if isinstance(value, datetime):
        if field.type is Type.TIME and op not in _WHOLE_DAYS and 1900 <= value.year <= 2999:
            aware = value if value.tzinfo else value.replace(tzinfo=fields.zone)
            return aware.astimezone(UTC)
    elif isinstance(value, date) and value.year >= 1900:
        return value
    if field.type is Type.TIME and op not in _WHOLE_DAYS:
        raise _Wrong(
            _expected(
                field,
                value,
                "日期（2026-11-22）或时刻（2026-11-22T10:00:00+08:00）",
                "日期（2026-11-22）或時刻（2026-11-22T10:00:00+08:00）",
                "a date (2026-11-22) or a time (2026-11-22T10:00:00+08:00)",
            )
        )
    raise _Wrong(
        _expected(field, value, "日期，如 2026-11-22", "日期，如 2026-11-22", "a date such as 2026-11-22")
    )


def _from_iso(value: str) -> date | datetime | None:
    try:
        return date.fromisoformat(value) if _DATE.fullmatch(value) else datetime.fromisoformat(value)
    except ValueError:
        return None


def _expected(field: Field, value: Any, hans: str, hant: str, en: str) -> Text:
    shown = "" if value is None else str(value)[:60]
    return words(
        f"字段 {field.name} 的值应是{hans}，现在写的是“{shown}”。",
        f"欄位 {field.name} 的值應是{hant}，現在寫的是「{shown}」。",
        f"Field {field.name} takes {en}, not “{shown}”.",
    )


def _no_value(op: Op, field: Field) -> Text:
    return words(
        f"{op} 不需要 value，请把字段 {field.name} 的 value 删去。",
        f"{op} 不需要 value，請把欄位 {field.name} 的 value 刪去。",
        f"{op} takes no value; leave value out for field {field.name}.",
    )


def _value_missing(op: Op, field: Field) -> Text:
    return words(
        f"字段 {field.name} 用了 {op}，请写上 value。",
        f"欄位 {field.name} 用了 {op}，請寫上 value。",
        f"Field {field.name} is compared with {op}: write a value.",
    )


def _list_wanted(op: Op, field: Field) -> Text:
    if WANTS[op] is Wants.PAIR:
        return words(
            f"字段 {field.name} 的 {op} 应写两个值：[最小, 最大]。",
            f"欄位 {field.name} 的 {op} 應寫兩個值：[最小, 最大]。",
            f"{op} of field {field.name} takes two values: [smallest, largest].",
        )
    return words(
        f"字段 {field.name} 的 {op} 应是一个列表，含 1 到 {MAX_VALUES} 个值，如 [A, B]。",
        f"欄位 {field.name} 的 {op} 應是一個清單，含 1 到 {MAX_VALUES} 個值，如 [A, B]。",
        f"{op} of field {field.name} takes a list of 1 to {MAX_VALUES} values such as [A, B].",
    )
