"""The words that sentences about conditions are put together from."""

from regulars.language.fields import Style
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.language.tree import Op

FRAMES: dict[Style, Text] = {
    Style.AMOUNT: words("{window}{name}{is}", "{window}{name}{is}", "{name}{window} is {is}"),
    Style.POINT: words("{name}{is}", "{name}{is}", "{name} {is}"),
    Style.PLAIN: words("{name}{is}", "{name}{is}", "{name} {is}"),
    Style.SET: words("{is}", "{is}", "{is}"),
}
"""How name, window and predicate follow each other where a field has no frame of its own."""

AMOUNT: dict[Op, Text] = {
    Op.EQ: words("等于 {value}", "等於 {value}", "exactly {value}"),
    Op.NE: words("不等于 {value}", "不等於 {value}", "not exactly {value}"),
    Op.LT: words("不足 {value}", "未滿 {value}", "less than {value}"),
    Op.LTE: words("不超过 {value}", "不超過 {value}", "at most {value}"),
    Op.GT: words("超过 {value}", "超過 {value}", "more than {value}"),
    Op.GTE: words("满 {value}", "滿 {value}", "at least {value}"),
    Op.BETWEEN: words("在 {value} 之间", "介於 {value}", "between {value}"),
    Op.IN: words("为 {value}", "為 {value}", "exactly {value}"),
    Op.NOT_IN: words("不是 {value}", "不是 {value}", "not exactly {value}"),
    Op.MULTIPLE_OF: words("为 {value} 的倍数", "為 {value} 的倍數", "a multiple of {value}"),
    Op.IS_SET: words("有记录", "有紀錄", "known"),
    Op.IS_NOT_SET: words("没有记录", "沒有紀錄", "not known"),
}
POINT: dict[Op, Text] = {
    Op.EQ: words("是 {value}", "是 {value}", "is {value}"),
    Op.NE: words("不是 {value}", "不是 {value}", "is not {value}"),
    Op.LT: words("早于 {value}", "早於 {value}", "is before {value}"),
    Op.BEFORE: words("早于 {value}", "早於 {value}", "is before {value}"),
    Op.LTE: words("不晚于 {value}", "不晚於 {value}", "is {value} or earlier"),
    Op.GT: words("晚于 {value}", "晚於 {value}", "is after {value}"),
    Op.AFTER: words("晚于 {value}", "晚於 {value}", "is after {value}"),
    Op.GTE: words("不早于 {value}", "不早於 {value}", "is {value} or later"),
    Op.BETWEEN: words("在 {value} 之间", "介於 {value}", "is between {value}"),
    Op.IN: words("是 {value}", "是 {value}", "is {value}"),
    Op.NOT_IN: words("不是 {value}", "不是 {value}", "is not {value}"),
    Op.WITHIN_DAYS: words("在最近 {value} 天内", "在最近 {value} 天內", "is within the last {value} days"),
    Op.NEXT_DAYS: words("在今后 {value} 天内", "在今後 {value} 天內", "is within the next {value} days"),
    Op.MULTIPLE_OF: words("是 {value} 的倍数", "是 {value} 的倍數", "is a multiple of {value}"),
    Op.IS_SET: words("已填写", "已填寫", "is known"),
    Op.IS_NOT_SET: words("未填写", "未填寫", "is not known"),
}
PLAIN: dict[Op, Text] = {
    Op.EQ: words("是{value}", "是{value}", "is {value}"),
    Op.NE: words("不是{value}", "不是{value}", "is not {value}"),
    Op.IN: words("是{value}", "是{value}", "is {value}"),
    Op.NOT_IN: words("不是{value}", "不是{value}", "is not {value}"),
    Op.CONTAINS: words("包含{value}", "包含{value}", "contains {value}"),
    Op.NOT_CONTAINS: words("不包含{value}", "不包含{value}", "does not contain {value}"),
    Op.STARTS_WITH: words("以{value}开头", "以{value}開頭", "starts with {value}"),
    Op.LT: words("低于{value}", "低於{value}", "is below {value}"),
    Op.LTE: words("在{value}及以下", "在{value}及以下", "is {value} or below"),
    Op.GT: words("高于{value}", "高於{value}", "is above {value}"),
    Op.GTE: words("在{value}及以上", "在{value}及以上", "is {value} or above"),
    Op.BETWEEN: words("在{value}之间", "介於{value}", "is between {value}"),
    Op.IS_SET: words("已填写", "已填寫", "is known"),
    Op.IS_NOT_SET: words("未填写", "未填寫", "is not known"),
}
SET: dict[Op, Text] = {
    Op.HAS: words("含{name}{value}", "含{name}{value}", "has the {name} {value}"),
    Op.HAS_NOT: words("不含{name}{value}", "不含{name}{value}", "does not have the {name} {value}"),
    Op.HAS_ANY: words("含{name}{value}", "含{name}{value}", "has the {name} {value}"),
    Op.HAS_ALL: words("同时含{name}{value}", "同時含{name}{value}", "has the {name} {value}"),
    Op.HAS_NONE: words("不含{name}{value}", "不含{name}{value}", "does not have the {name} {value}"),
    Op.IS_SET: words("有{name}", "有{name}", "has some {name}"),
    Op.IS_NOT_SET: words("没有{name}", "沒有{name}", "has no {name}"),
}
PREDICATES = {Style.AMOUNT: AMOUNT, Style.POINT: POINT, Style.PLAIN: PLAIN, Style.SET: SET}

LIFETIME = words("累计", "累計", " in all")
DAYS = words("近 {n} 天", "近 {n} 天", " in the last {n} days")
ONE_DAY = words("当天", "當天", " on the day")
MONTHS = words("近 {n} 个月", "近 {n} 個月", " in the last {n} months")
ONE_MONTH = words("近 1 个月", "近 1 個月", " in the last month")

QUOTES = words("“{}”", "「{}」", "“{}”")
YES = words("是", "是", "yes")
NO = words("否", "否", "no")
LIST_MARK = words("、", "、", ", ")
OR = words("或", "或", " or ")
AND = words("和", "和", " and ")
RANGE = words("{0} 至 {1}", "{0} 至 {1}", "{0} and {1}")
RANGE_OF_DAYS = words("{0} 至 {1}", "{0} 至 {1}", "{0} to {1}")

ALL_OF = words("，且", "，且", ", and ")
ANY_OF = words("，或", "，或", ", or ")
BRACKETS = words("（{}）", "（{}）", "({})")
NOT = words("并非“{}”", "並非「{}」", "it is not the case that {}")

ITEMS_ONE = {
    "any": words("有商品的{}", "有商品的{}", "some item’s {}"),
    "all": words("每件商品的{}", "每件商品的{}", "every item’s {}"),
    "none": words("没有商品的{}", "沒有商品的{}", "no item’s {}"),
}
ITEMS_MANY = {
    "any": words("有商品符合（{}）", "有商品符合（{}）", "some item satisfies ({})"),
    "all": words("每件商品都符合（{}）", "每件商品都符合（{}）", "every item satisfies ({})"),
    "none": words("没有商品符合（{}）", "沒有商品符合（{}）", "no item satisfies ({})"),
}

ITEMS_SEEN = words("{1} 件中有 {0} 件符合", "{1} 件中有 {0} 件符合", "{0} of {1} lines")
MISSING = words("没有", "沒有", "none")

MONEY: dict[str, Text] = {
    "CNY": words("{} 元", "{} 元", "¥{}"),
    "TWD": words("新台币 {} 元", "{} 元", "NT${}"),
    "HKD": words("{} 港元", "{} 港元", "HK${}"),
    "MOP": words("{} 澳门元", "{} 澳門元", "MOP${}"),
    "SGD": words("{} 新加坡元", "{} 新加坡元", "S${}"),
    "MYR": words("{} 林吉特", "{} 令吉", "RM{}"),
    "JPY": words("{} 日元", "{} 日圓", "¥{}"),
    "USD": words("{} 美元", "{} 美元", "${}"),
    "EUR": words("{} 欧元", "{} 歐元", "€{}"),
    "GBP": words("{} 英镑", "{} 英鎊", "£{}"),
}
"""How people write an amount; other currencies by their code."""
