"""What is wrong with a payload, in the words of the three languages."""

from typing import Any

from regulars.language.problems import words
from regulars.language.text import Text

STEP_MAX = 100
"""Names that senders make up are told back no further."""

_TEXTS: dict[str, Text] = {
    "missing": words("缺少此字段", "缺少此欄位", "is missing"),
    "string_type": words("必须是文本", "必須是文字", "must be a text"),
    "string_too_long": words(
        "最长 {max_length} 个字符", "最長 {max_length} 個字元", "must be at most {max_length} characters"
    ),
    "string_too_short": words("不能为空", "不能為空", "must not be empty"),
    "dict_type": words("必须是对象", "必須是物件", "must be an object"),
    "list_type": words("必须是数组", "必須是陣列", "must be a list"),
    "too_long": words(
        "最多 {max_length} 项", "最多 {max_length} 項", "must have at most {max_length} entries"
    ),
    "int_type": words("必须是整数", "必須是整數", "must be a whole number"),
    "int_parsing": words("必须是整数", "必須是整數", "must be a whole number"),
    "int_from_float": words("必须是整数", "必須是整數", "must be a whole number"),
    "float_type": words("必须是数字", "必須是數字", "must be a number"),
    "float_parsing": words("必须是数字", "必須是數字", "must be a number"),
    "finite_number": words("必须是有限的数字", "必須是有限的數字", "must be a finite number"),
    "bool_type": words("必须是 true 或 false", "必須是 true 或 false", "must be true or false"),
    "bool_parsing": words("必须是 true 或 false", "必須是 true 或 false", "must be true or false"),
    "greater_than_equal": words("不能小于 {ge}", "不能小於 {ge}", "must be at least {ge}"),
    "less_than_equal": words("不能大于 {le}", "不能大於 {le}", "must be at most {le}"),
    "literal_error": words("只能是 {expected}", "只能是 {expected}", "must be {expected}"),
    "money_type": words(
        '必须是金额，例如 "128.00"', '必須是金額，例如 "128.00"', 'must be an amount such as "128.00"'
    ),
    "money_format": words(
        '必须是不小于 0 的金额，例如 "128.00"',
        '必須是不小於 0 的金額，例如 "128.00"',
        'must be an amount of 0 or more, such as "128.00"',
    ),
    "money_decimals": words(
        "最多 {digits} 位小数", "最多 {digits} 位小數", "must have at most {digits} decimals"
    ),
    "money_limit": words(
        "超出可接受的金额上限", "超出可接受的金額上限", "is larger than any amount that is accepted"
    ),
    "quantity_type": words("必须是不小于 0 的数字", "必須是不小於 0 的數字", "must be a number of 0 or more"),
    "quantity_format": words(
        "必须是 0 到 999,999,999 的数字",
        "必須是 0 到 999,999,999 的數字",
        "must be a number from 0 to 999,999,999",
    ),
    "currency": words(
        "必须是 {currency}（方案币种）",
        "必須是 {currency}（方案幣別）",
        "must be {currency}, the programme's currency",
    ),
    "date_format": words(
        "必须是日期，例如 1990-05-17", "必須是日期，例如 1990-05-17", "must be a date such as 1990-05-17"
    ),
    "date_range": words(
        "必须在 1900 至 2100 年之间", "必須在 1900 至 2100 年之間", "must lie between 1900 and 2100"
    ),
    "time_format": words(
        "必须是时间，例如 2026-11-22T10:00:00+08:00",
        "必須是時間，例如 2026-11-22T10:00:00+08:00",
        "must be a time such as 2026-11-22T10:00:00+08:00",
    ),
    "time_zone": words(
        "必须带时区，例如 +08:00 或 Z",
        "必須帶時區，例如 +08:00 或 Z",
        "must state its offset, such as +08:00 or Z",
    ),
    "time_future": words(
        "晚于当前时间超过一天，请检查时区",
        "晚於目前時間超過一天，請檢查時區",
        "lies more than a day ahead: check the time zone",
    ),
    "time_past": words("早于 2000 年", "早於 2000 年", "lies before the year 2000"),
    "unknown_type": words(
        "没有 {type} 这种事件，可用的见 /api/v1/event-types",
        "沒有 {type} 這種事件，可用的見 /api/v1/event-types",
        "there is no event type {type}; see /api/v1/event-types",
    ),
    "derived_type": words(
        "{type} 由系统产生，不能从外部提交",
        "{type} 由系統產生，不能從外部提交",
        "{type} comes from Regulars itself and can't be sent",
    ),
    "command_type": words(
        "{type} 是操作指令，请调用会员下的对应接口",
        "{type} 是操作指令，請呼叫會員下的對應介面",
        "{type} is a command: it has an address of its own below the member",
    ),
    "no_identity": words(
        "请至少给出一个会员标识，例如 phone",
        "請至少給出一個會員識別，例如 phone",
        "must name the member, for example by phone",
    ),
    "reserved_source": words(
        "此来源保留给系统", "此來源保留給系統", "this source is reserved for Regulars itself"
    ),
    "reserved_field": words(
        "字段名不能以 _minor 结尾", "欄位名稱不能以 _minor 結尾", "names ending in _minor are reserved"
    ),
    "nul": words(
        "不能含有空字符（\\u0000）", "不能含有空字元（\\u0000）", "must not hold the character \\u0000"
    ),
    "twice": words(
        "重复出现，无法判断以哪个为准", "重複出現，無法判斷以哪個為準", "is given twice: which one is meant?"
    ),
    "unknown_field": words(
        "事件没有这个字段，自定义内容请放进 data",
        "事件沒有這個欄位，自訂內容請放進 data",
        "is no field of an event: put what is your own into data",
    ),
    "unknown_field_near": words(
        "事件没有这个字段，是不是想写 {near}？自定义内容请放进 data",
        "事件沒有這個欄位，是不是想寫 {near}？自訂內容請放進 data",
        "is no field of an event: did you mean {near}? Put what is your own into data",
    ),
    "event_too_large": words(
        "内容过长，最多 {most} 个字符（JSON）",
        "內容過長，最多 {most} 個字元（JSON）",
        "is too long: at most {most} characters of JSON for one event",
    ),
    "choice": words("只能是：{choices}", "只能是：{choices}", "must be one of: {choices}"),
    "identity_id": words("不是会员 id", "不是會員 id", "is no member id"),
}


def complaint(code: str, context: dict[str, Any] | None = None, fallback: str = "") -> Text:
    """The sentence for `code`, filled from `context`; `fallback` (English) for codes without one."""
    text = _TEXTS.get(code)
    if text is None:
        return words(f"填写有误（{fallback}）", f"填寫有誤（{fallback}）", fallback or "is not valid")
    filled = {name: value for name, value in (context or {}).items() if name != "error"}
    return {
        language: phrase.format(**filled) if "{" in phrase else phrase for language, phrase in text.items()
    }


def path_of(place: tuple[str | int, ...]) -> str:
    """`("data", "items", 0, "price")` as `data.items[0].price`."""
    out = ""
    for step in place:
        if isinstance(step, int):
            out += f"[{step}]"
        elif step != "[key]":  # pydantic's word for a name that is wrong itself
            out += f".{step[:STEP_MAX]}" if out else step[:STEP_MAX]
    return out
