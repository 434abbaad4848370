"""Every sentence that the API itself says, in the three languages of the interface."""

from regulars.kit.problems import Sentence


def _three(hans: str, hant: str, english: str) -> Sentence:
    return {"zh-hans": hans, "zh-hant": hant, "en": english}


TITLES: dict[int, Sentence] = {
    400: _three("请求有误", "請求有誤", "Bad request"),
    401: _three("未通过身份验证", "未通過身分驗證", "Not authenticated"),
    403: _three("没有权限", "沒有權限", "Not allowed"),
    404: _three("未找到", "找不到", "Not found"),
    405: _three("不支持此方法", "不支援此方法", "Method not allowed"),
    409: _three("有冲突", "有衝突", "Conflict"),
    413: _three("请求内容过大", "請求內容過大", "Content too large"),
    415: _three("内容类型不支持", "內容類型不支援", "Unsupported media type"),
    422: _three("内容无法处理", "內容無法處理", "Content can't be processed"),
    500: _three("服务器出错", "伺服器發生錯誤", "Server error"),
    503: _three("服务暂不可用", "服務暫時無法使用", "Service unavailable"),
}

NO_KEY = _three(
    "请在请求头 Authorization 中提供 API 密钥：Bearer rk_…（或用 X-API-Key）。密钥可在控制台“设置”中创建。",
    "請在請求標頭 Authorization 中提供 API 金鑰：Bearer rk_…（或用 X-API-Key）。金鑰可在控制台「設定」中建立。",
    "Send an API key: `Authorization: Bearer rk_…`, or `X-API-Key`. Keys are made in the console under Settings.",
)
BAD_KEY = _three(
    "API 密钥无效或已停用。",
    "API 金鑰無效或已停用。",
    "The API key is unknown or has been revoked.",
)
NO_SCOPE = _three(
    "此密钥没有 {scope} 权限，请更换密钥，或新建一个含此权限的密钥。",
    "此金鑰沒有 {scope} 權限，請更換金鑰，或新建一個含此權限的金鑰。",
    "This key lacks the scope {scope}: use another key, or make one that has it.",
)
NO_ROUTE = _three(
    "没有这个地址。全部接口见 /api/v1/docs。",
    "沒有這個位址。全部介面見 /api/v1/docs。",
    "There is nothing at this address. All operations are listed at /api/v1/docs.",
)
NO_METHOD = _three(
    "此地址不支持 {method}，可用：{allowed}。",
    "此位址不支援 {method}，可用：{allowed}。",
    "{method} is not possible here; {allowed} is.",
)
TOO_LARGE = _three(
    "请求体最大 {most} 字节，请分批发送。",
    "請求內容最大 {most} 位元組，請分批傳送。",
    "A body has at most {most} bytes here: send less at once.",
)
NOT_JSON = _three(
    "请求体不是有效的 JSON（第 {line} 行第 {column} 列）。",
    "請求內容不是有效的 JSON（第 {line} 行第 {column} 欄）。",
    "The body is not valid JSON (line {line}, column {column}).",
)
NOT_NUMBER = _three(
    "JSON 中不能有 NaN 或 Infinity。",
    "JSON 中不能有 NaN 或 Infinity。",
    "JSON has no NaN and no Infinity.",
)
NOT_UTF8 = _three(
    "请求体不是有效的 UTF-8 文本。",
    "請求內容不是有效的 UTF-8 文字。",
    "The body is not valid UTF-8.",
)
NOT_OBJECT = _three(
    "请求体应是一个 JSON 对象。",
    "請求內容應是一個 JSON 物件。",
    "The body must be a JSON object.",
)
NO_BODY = _three(
    "请求体为空，应是一个 JSON 对象。",
    "請求內容為空，應是一個 JSON 物件。",
    "The body is empty; it must be a JSON object.",
)
NOT_TEXT = _three(
    "文本中不能含 NUL 或不成对的代理字符。",
    "文字中不能含 NUL 或不成對的代理字元。",
    "Text must not hold NUL or lone surrogates.",
)
TOO_DEEP = _three(
    "嵌套超过 {most} 层。",
    "巢狀超過 {most} 層。",
    "is nested more than {most} deep.",
)
TWICE = _three(
    "{name} 重复出现，无法判断以哪个为准。",
    "{name} 重複出現，無法判斷以哪個為準。",
    "{name} is given twice: which one is meant?",
)
INVALID = _three(
    "有 {count} 处内容不符合要求，见 errors。",
    "有 {count} 處內容不符合要求，見 errors。",
    "{count} things in the request are not as they should be: see `errors`.",
)
INVALID_ONE = _three("{field}：{message}", "{field}：{message}", "{field}: {message}")
UNKNOWN_PARAMETER = _three(
    "没有这个参数，可用：{known}。",
    "沒有這個參數，可用：{known}。",
    "There is no such parameter; there are: {known}.",
)
BAD_KEY_HEADER = _three(
    "Idempotency-Key 应为 1–200 个可见 ASCII 字符。",
    "Idempotency-Key 應為 1–200 個可見 ASCII 字元。",
    "Idempotency-Key has 1 to 200 visible ASCII characters.",
)
SCORE_UNKNOWN = _three(
    "没有这样的评分“{value}”，请写成“评分:取值”，可用：{known}。",
    "沒有這樣的評分「{value}」，請寫成「評分:取值」，可用：{known}。",
    "There is no “{value}”: write it as score:word; there are: {known}.",
)
MEMBER_EXISTS = _three(
    "已有这位会员（{member}），请用 PATCH 更新资料。",
    "已有這位會員（{member}），請用 PATCH 更新資料。",
    "This member exists already ({member}): change it with PATCH.",
)
NO_IDENTITY = _three(
    '请给出至少一个标识，如 {"phone": "+8613800000000"}。',
    '請提供至少一個識別，如 {"phone": "+8613800000000"}。',
    'Give at least one identity, such as {"phone": "+8613800000000"}.',
)
NO_CHANGE = _three(
    "没有要更新的内容。",
    "沒有要更新的內容。",
    "There is nothing to change in the body.",
)
KEY_NEEDED = _three(
    "请在请求头 Idempotency-Key 中为这次操作命名，例如一个 UUID；重试时用同一个，不会重复入账。",
    "請在請求標頭 Idempotency-Key 中為這次操作命名，例如一個 UUID；重試時用同一個，不會重複入帳。",
    "Name this operation in the header Idempotency-Key, with a UUID for instance: sent again under the same name it"
    " is done once.",
)
AMOUNT_DECIMALS = _three("最多 {scale} 位小数", "最多 {scale} 位小數", "must have at most {scale} decimals")
AMOUNT_WHOLE = _three(
    "应为整数，此资产没有小数",
    "應為整數，此資產沒有小數",
    "must be a whole number: this asset has no decimals",
)
AMOUNT_LIMIT = _three("超出可接受的上限", "超出可接受的上限", "is larger than any amount that is accepted")
BENEFITS_OR_ENTITLEMENT = _three(
    "benefit 与 entitlement_id 写且只写一个",
    "benefit 與 entitlement_id 寫且只寫一個",
    "state either a benefit or entitlement_id",
)
OPERATION_UNKNOWN = _three("该会员没有这笔操作", "該會員沒有這筆操作", "is no operation of this member")
RECEIVER_UNKNOWN = _three("没有这位受赠会员", "沒有這位受贈會員", "names no member who could receive it")
RECEIVER_SPLIT = _three(
    "这些标识属于不同的会员", "這些識別屬於不同的會員", "these identities belong to different members"
)
NO_SUCH_MEMBER = _three("没有这位会员", "沒有這位會員", "names no member")
NOT_ID = _three("应为会员 ID（UUID）", "應為會員 ID（UUID）", "must be a member's id, a UUID")
MINUTES_OR_UNTIL = _three(
    "minutes 与 until 只能给出一个", "minutes 與 until 只能提供一個", "say either minutes or until"
)
NO_TAGS = _three(
    "请至少填写一个标签（add 或 remove）",
    "請至少填寫一個標籤（add 或 remove）",
    "names no tag: give `add`, `remove`, or both",
)
ORDER_SOURCE_ALONE = _three("请同时给出 order_id", "請同時提供 order_id", "says nothing without order_id")
ASSET_UNKNOWN = _three(
    "没有这种资产，现有：{known}", "沒有這種資產，現有：{known}", "is no asset; there are: {known}"
)
STATEMENT_EMPTY = _three(
    "开始日期不能晚于结束日期", "開始日期不能晚於結束日期", "`from` must not be later than `to`"
)
STATEMENT_LONG = _three(
    "超过 {most} 行，请导出 CSV 或缩短时间段",
    "超過 {most} 列，請匯出 CSV 或縮短期間",
    "There are more than {most} lines: ask for CSV, or for a shorter time",
)
NOT_APPROVED = _three(
    "这项申请未获批准（{state}）：{note}",
    "這筆申請未獲核准（{state}）：{note}",
    "This request was not approved ({state}): {note}",
)

STATEMENT: dict[str, Sentence] = {
    "time": _three("时间", "時間", "Time"),
    "what": _three("事项", "事項", "What"),
    "reason": _three("说明", "說明", "Reason"),
    "order": _three("订单", "訂單", "Order"),
    "change": _three("变动", "異動", "Change"),
    "balance": _three("余额", "餘額", "Balance"),
    "opening": _three("期初余额", "期初餘額", "Opening balance"),
    "closing": _three("期末余额", "期末餘額", "Closing balance"),
    "operation": _three("操作编号", "操作編號", "Operation"),
    "statement": _three("对账单", "對帳單", "statement"),
    "hold": _three("冻结", "凍結", "held"),
    "pending": _three("待生效", "待生效", "pending"),
}
"""Headings of a statement as a file."""

OVERLAP_IDS = _three(
    "请列出 2 到 {most} 个人群的编号，用逗号分隔。",
    "請列出 2 到 {most} 個人群的編號，以逗號分隔。",
    "Name 2 to {most} audiences, separated by commas.",
)
TOO_MANY_ROWS = _three(
    "超过 {most} 行，请改用 csv。",
    "超過 {most} 列，請改用 csv。",
    "These are more than {most} rows: ask for csv.",
)
BAD_PERIOD = _three(
    "开始日期应不晚于结束日期，最多十年。",
    "開始日期應不晚於結束日期，最多十年。",
    "The first day is not after the last, and at most ten years before it.",
)
DAY_FAR_OFF = _three(
    "日期应在 1970 年到 2200 年之间。",
    "日期應在 1970 年到 2200 年之間。",
    "Days lie between 1970 and 2200.",
)
NOT_ALIVE = _three(
    "服务暂时无法处理，请稍后用同一 id 重试，不会重复计算。",
    "服務暫時無法處理，請稍後用同一 id 重試，不會重複計算。",
    "The service can't do this right now: try again with the same id; nothing is counted twice.",
)
BROKEN = _three(
    "处理请求时出错，已记录。请用同一 id 重试，不会重复计算。",
    "處理請求時發生錯誤，已記錄。請用同一 id 重試，不會重複計算。",
    "Something went wrong and was logged. Try again with the same id; nothing is counted twice.",
)

_DAY = _three("应为日期，如 2026-11-22", "應為日期，如 2026-11-22", "must be a date such as 2026-11-22")

PYDANTIC: dict[str, Sentence] = {
    "missing": _three("必填", "必填", "is required"),
    "extra_forbidden": _three("没有这个字段", "沒有這個欄位", "is not a field here"),
    "int_parsing": _three("应为整数", "應為整數", "must be a whole number"),
    "int_type": _three("应为整数", "應為整數", "must be a whole number"),
    "int_from_float": _three("应为整数", "應為整數", "must be a whole number"),
    "bool_parsing": _three("应为 true 或 false", "應為 true 或 false", "must be true or false"),
    "bool_type": _three("应为 true 或 false", "應為 true 或 false", "must be true or false"),
    "string_type": _three("应为文本", "應為文字", "must be text"),
    "list_type": _three("应为数组", "應為陣列", "must be a list"),
    "dict_type": _three("应为对象", "應為物件", "must be an object"),
    "greater_than_equal": _three("不能小于 {ge}", "不能小於 {ge}", "must be at least {ge}"),
    "less_than_equal": _three("不能大于 {le}", "不能大於 {le}", "must be at most {le}"),
    "too_short": _three("至少 {min_length} 项", "至少 {min_length} 項", "has at least {min_length} item"),
    "string_pattern_mismatch": _three("格式不正确", "格式不正確", "is not written as it should be"),
    "string_too_long": _three(
        "最长 {max_length} 个字符", "最長 {max_length} 個字元", "has at most {max_length} characters"
    ),
    "string_too_short": _three(
        "至少 {min_length} 个字符", "至少 {min_length} 個字元", "has at least {min_length} characters"
    ),
    "too_long": _three("最多 {max_length} 项", "最多 {max_length} 項", "has at most {max_length} items"),
    "literal_error": _three("应为 {expected} 之一", "應為 {expected} 之一", "must be one of {expected}"),
    "enum": _three("应为 {expected} 之一", "應為 {expected} 之一", "must be one of {expected}"),
    "amount_type": _three(
        '应为数量，如 100 或 "12.50"',
        '應為數量，如 100 或 "12.50"',
        'must be an amount such as 100 or "12.50"',
    ),
    "amount_format": _three(
        '应为数量，如 100 或 "12.50"',
        '應為數量，如 100 或 "12.50"',
        'must be an amount such as 100 or "12.50"',
    ),
    "amount_negative": _three("不能为负数", "不能為負數", "must not be negative"),
    "amount_zero": _three("必须大于 0", "必須大於 0", "must be more than 0"),
    "time_far_off": _three(
        "应在 1970 年到 2200 年之间", "應在 1970 年到 2200 年之間", "must lie between 1970 and 2200"
    ),
    "uuid_parsing": _three("应为 UUID", "應為 UUID", "must be a UUID"),
    "date_from_datetime_parsing": _DAY,
    "date_parsing": _DAY,
    "date_type": _DAY,
    "date_from_datetime_inexact": _DAY,
    "datetime_from_date_parsing": _three(
        "应为时间，如 2026-11-22T10:00:00+08:00",
        "應為時間，如 2026-11-22T10:00:00+08:00",
        "must be a time such as 2026-11-22T10:00:00+08:00",
    ),
    "timezone_aware": _three(
        "应带时区，如 +08:00", "應帶時區，如 +08:00", "must state its offset, such as +08:00"
    ),
}
"""Pydantic's error types in our words; values in braces come from the error's context."""

OTHERWISE = _three("格式不正确", "格式不正確", "is not valid")

FIELD_UNKNOWN = _three(
    "没有字段 {name}，可用字段见 GET /programme/fields。",
    "沒有欄位 {name}，可用欄位見 GET /programme/fields。",
    "There is no field {name}; GET /programme/fields lists those there are.",
)
TYPE_UNKNOWN = _three(
    "没有事件类型 {name}，可用类型见 GET /event-types，或写 schedule、member。",
    "沒有事件類型 {name}，可用類型見 GET /event-types，或寫 schedule、member。",
    "There is no event type {name}: GET /event-types lists them; or write schedule or member.",
)
NOTHING_TO_TRY = _three(
    "该会员没有这类事件可试。请换一个事件，或在 data 里写明内容。",
    "該會員沒有這類事件可試。請換一個事件，或在 data 裡寫明內容。",
    "The member has no such event to try the rule on: name another, or state a payload in data.",
)
DRAFT_EXISTS = _three(
    "已有这份草稿。请在 If-Match 里写上读到的 ETag；确要覆盖请写 *。",
    "已有這份草稿。請在 If-Match 裡寫上讀到的 ETag；確要覆寫請寫 *。",
    "There is a draft of this name: put the ETag that you read into If-Match, or * to write over it whatever it is.",
)
DRAFT_CHANGED = _three(
    "草稿已被别人改过，没有覆盖。请重新读取后再写。",
    "草稿已被他人改過，沒有覆寫。請重新讀取後再寫。",
    "The draft was changed meanwhile and was not written over: read it again.",
)
DRAFT_GONE = _three(
    "没有这份草稿，可能已发布或删除。新建请去掉 If-Match。",
    "沒有這份草稿，可能已發布或刪除。新建請移除 If-Match。",
    "There is no such draft: it may have been published or deleted. Leave If-Match out to make one.",
)
WHOM = _three(
    "请用 members、audience、condition 中的一种说明对哪些会员操作，只能用一种。",
    "請用 members、audience、condition 其中一種說明對哪些會員操作，只能用一種。",
    "Say whom it means in one way: members, audience or condition.",
)
