"""The words that sentences about a programme are put together from."""

from regulars.campaigns.contracts import Rounding, WhenShort
from regulars.language.calendar import Per, RoundUp
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.ledger.contracts import Clawback

WHEN: dict[str, Text] = {
    "member.joined": words("会员入会时", "會員入會時", "When a member joins"),
    "member.updated": words("会员更新资料时", "會員更新資料時", "When a member’s profile changes"),
    "order.paid": words("会员消费时", "會員消費時", "When a member buys"),
    "order.refunded": words("订单退款时", "訂單退款時", "When an order is refunded"),
    "checkin": words("会员签到时", "會員簽到時", "When a member checks in"),
    "product.viewed": words("会员浏览商品时", "會員瀏覽商品時", "When a member views a product"),
    "page.viewed": words("会员浏览页面时", "會員瀏覽頁面時", "When a member views a page"),
    "search.made": words("会员搜索时", "會員搜尋時", "When a member searches"),
    "review.posted": words("会员发表评价时", "會員發表評價時", "When a member posts a review"),
    "content.shared": words("会员分享内容时", "會員分享內容時", "When a member shares something"),
    "member.invited": words("会员邀请好友时", "會員邀請好友時", "When a member invites a friend"),
    "survey.answered": words("会员填写问卷时", "會員填寫問卷時", "When a member answers a survey"),
    "tier.upgraded": words("会员升级时", "會員升級時", "When a member moves up"),
    "tier.downgraded": words("会员降级时", "會員降級時", "When a member moves down"),
    "tier.kept": words("会员保级时", "會員保級時", "When a member keeps the level"),
    "tier.period_ended": words("会员等级到期时", "會員等級到期時", "When a level’s period ends"),
    "asset.expired": words("会员资产到期时", "會員資產到期時", "When a member’s balance expires"),
}
"""How a rule on a built-in type of event begins."""
WHEN_OTHER = words("发生“{event}”时", "發生「{event}」時", "When “{event}” happens")

IN_BRACKETS = words("（{when}）", "（{when}）", " ({when})")
ONLY_IF = words("，仅当{when}", "，僅當{when}", ", only if {when}")
COLON = words("：", "：", ": ")
ROW = words("；", "；", "; ")
STOP = words("。", "。", ".")
LIST = words("、", "、", ", ")
AND = words("和", "和", " and ")
QUOTES = words("“{}”", "「{}」", "“{}”")

GIVE = words("送 {amount} {asset}", "贈送 {amount} {asset}", "give {amount} {asset}")
GIVE_ONE = words("送 {amount} {asset}", "贈送 {amount} {asset}", "give {asset}, {amount} each time")
GIVE_PER_FULL = words(
    "{base}每满 {step}送 {each} {asset}",
    "{base}每滿 {step}贈送 {each} {asset}",
    "give {asset}, {each} for every full {step} of {base}",
)
GIVE_PER = words(
    "{base}每 {step}送 {each} {asset}",
    "{base}每 {step}贈送 {each} {asset}",
    "give {asset}, {each} for every {step} of {base}",
)
ROUNDED: dict[Rounding, Text] = {
    Rounding.DOWN: words("，向下取整", "，無條件捨去", ", rounded down"),
    Rounding.HALF_UP: words("，四舍五入", "，四捨五入", ", rounded to the nearest"),
    Rounding.UP: words("，向上取整", "，無條件進位", ", rounded up"),
}
FIELD = words("{}", "{}", "the {}")
LINES = words("商品金额", "商品金額", "the items")
LINES_OF = words("{where}的商品，金额", "{where}的商品，金額", "the items whose {where}")
LINES_WHERE = words(
    "符合（{where}）的商品，金额", "符合（{where}）的商品，金額", "the items that satisfy ({where})"
)
TIMES = words("，按 {factor} 倍发放", "，以 {factor} 倍發放", ", times {factor}")
CAP = words("，单次最多 {cap}", "，單次最多 {cap}", ", at most {cap} each time")
TAKE = words("扣除 {amount} {asset}", "扣除 {amount} {asset}", "take {amount} {asset}")
TAKE_SHORT: dict[WhenShort, Text] = {
    WhenShort.PARTIAL: words("，不足则扣完为止", "，不足則扣完為止", ", or what is left of them"),
    WhenShort.SKIP: words("，不足则不扣", "，不足則不扣", ", or nothing if there is less"),
}
RAISE = words(
    "升为{level}，已在更高等级的不变",
    "升為{level}，已在更高等級者不變",
    "raise to {level}, unless already higher",
)
PUT = words("等级定为{level}", "等級定為{level}", "set the level to {level}")
ON_LADDER = words("“{ladder}”{said}", "「{ladder}」{said}", "{said} ({ladder})")
TAG = words("打上标签{tags}", "加上標籤{tags}", "add the tag {tags}")
TAGS = words("打上标签{tags}", "加上標籤{tags}", "add the tags {tags}")
UNTAG = words("去掉标签{tags}", "移除標籤{tags}", "remove the tag {tags}")
UNTAGS = words("去掉标签{tags}", "移除標籤{tags}", "remove the tags {tags}")
TELL = words("发送消息“{subject}”", "傳送訊息「{subject}」", "send “{subject}”")

PER_MEMBER: dict[Per, Text] = {
    Per.DAY: words("每人每天", "每人每日", " a day"),
    Per.WEEK: words("每人每周", "每人每週", " a week"),
    Per.MONTH: words("每人每月", "每人每月", " a month"),
    Per.YEAR: words("每人每年", "每人每年", " a year"),
    Per.LIFETIME: words("每人", "每人", ""),
}
LIMIT_ONCE = words("{per}限 {n} 次", "{per}限 {n} 次", "once{per} per member")
LIMIT_TIMES = words("{per}限 {n} 次", "{per}限 {n} 次", "at most {n} times{per} per member")
LIMIT_UNITS = words("{per}最多 {units}", "{per}最多 {units}", "at most {units}{per} per member")
PER_BUDGET: dict[Per, Text] = {
    Per.DAY: words("每天", "每日", " a day"),
    Per.WEEK: words("每周", "每週", " a week"),
    Per.MONTH: words("每月", "每月", " a month"),
    Per.YEAR: words("每年", "每年", " a year"),
    Per.LIFETIME: words("总", "總", ""),
}
BUDGET = words("{per}预算 {units}", "{per}預算 {units}", "a budget of {units}{per} for all members")
BUDGET_SHORT: dict[WhenShort, Text] = {
    WhenShort.PARTIAL: words(
        "，送完为止，最后一次送剩余部分",
        "，送完為止，最後一次贈送剩餘部分",
        ", the last one gets what is left",
    ),
    WhenShort.SKIP: words("，余额不够一次就不送", "，餘額不足一次即不贈送", ", nothing where less is left"),
}
SUM = words("{amount} {asset}", "{amount} {asset}", "{amount} {asset}")
SUM_OF_MANY = words("{asset}合计 {amount}", "{asset}合計 {amount}", "{amount} of {asset} together")
UNITS = words("个单位", "個單位", "units")

SPENDABLE = words("会员可以使用。", "會員可以使用。", "Members can spend it.")
COUNTED = words("只用于累计，不能使用。", "只供累計，不能使用。", "It is counted, not spent.")
NEVER_EXPIRES = words("永不过期。", "永不到期。", "It never expires.")
EXPIRES: dict[RoundUp, Text] = {
    RoundUp.DAY: words(
        "获得之日起 {span}后到期。", "自獲得日起 {span}後到期。", "It expires {span} after it was earned."
    ),
    RoundUp.MONTH: words(
        "获得之日起 {span}后，到当月月底到期。",
        "自獲得日起 {span}後，於當月月底到期。",
        "It expires {span} after it was earned, at the end of that month.",
    ),
    RoundUp.QUARTER: words(
        "获得之日起 {span}后，到当季季末到期。",
        "自獲得日起 {span}後，於當季季末到期。",
        "It expires {span} after it was earned, at the end of that quarter.",
    ),
    RoundUp.YEAR: words(
        "获得之日起 {span}后，到当年年底到期。",
        "自獲得日起 {span}後，於當年年底到期。",
        "It expires {span} after it was earned, at the end of that year.",
    ),
}
CLAWBACK: dict[Clawback, Text] = {
    Clawback.DEBT: words(
        "订单退款时，追回该订单所得；已使用的部分记为欠账。",
        "訂單退款時，追回該訂單所得；已使用的部分記為欠帳。",
        "When an order is refunded, what it earned is taken back; who has spent it owes the rest.",
    ),
    Clawback.CAP: words(
        "订单退款时，在余额范围内追回该订单所得。",
        "訂單退款時，在餘額範圍內追回該訂單所得。",
        "When an order is refunded, what it earned is taken back as far as the balance goes.",
    ),
    Clawback.WAIVE: words(
        "订单退款时，只追回该订单所得中尚未使用的部分。",
        "訂單退款時，只追回該訂單所得中尚未使用的部分。",
        "When an order is refunded, only what is left of what it earned is taken back.",
    ),
}
ONE_MONTH = words("{n} 个月", "{n} 個月", "{n} month")
MONTHS = words("{n} 个月", "{n} 個月", "{n} months")
ONE_DAY = words("{n} 天", "{n} 天", "{n} day")
DAYS = words("{n} 天", "{n} 天", "{n} days")

LADDER = words(
    "按最近 {window}获得的{asset}定级。达标即升级；等级保留 {period}，到期重新核定。",
    "依最近 {window}獲得的{asset}定級。達標即升級；等級保留 {period}，到期重新核定。",
    "The level follows the {asset} earned in the last {window}. Members rise at once; a level is kept for "
    "{period}, then looked at again.",
)
LOWEST_LEVEL = words("入会即得", "入會即得", "Everybody who joins")
LEVEL_FROM = words("{amount} {asset}起", "{amount} {asset}起", "From {amount} {asset}")
