"""What every figure means: one definition each, shown beside it on pages and in the documentation."""

from regulars.insight.cost_metrics import COST_METRICS
from regulars.insight.defining import Metric, Unit, define
from regulars.insight.period_metrics import PERIOD_METRICS
from regulars.insight.scoring.metrics import SCORE_METRICS

MEMBERS = define(
    "members",
    Unit.COUNT,
    ("会员总数", "會員總數", "Members"),
    (
        "已入会的会员数，含未消费的会员。",
        "已入會的會員數，含未消費的會員。",
        "Everybody who has joined, whether they have bought or not.",
    ),
)
NEW_MEMBERS = define(
    "new_members_30d",
    Unit.COUNT,
    ("近 30 天新会员", "近 30 天新會員", "New members, 30 days"),
    (
        "入会时间在近 30 个自然日（含今天，按品牌时区）内的会员数。",
        "入會時間在近 30 個日曆日（含今天，依品牌時區）內的會員數。",
        "Members who joined in the last 30 calendar days, today included, in the programme's time zone.",
    ),
)
ACTIVE_30 = define(
    "active_members_30d",
    Unit.COUNT,
    ("近 30 天活跃会员", "近 30 天活躍會員", "Active members, 30 days"),
    (
        "近 30 个自然日（含今天）内至少有一笔已支付订单的会员数。",
        "近 30 個日曆日（含今天）內至少有一筆已付款訂單的會員數。",
        "Members with at least one paid order in the last 30 calendar days, today included.",
    ),
)
ACTIVE_90 = define(
    "active_members_90d",
    Unit.COUNT,
    ("近 90 天活跃会员", "近 90 天活躍會員", "Active members, 90 days"),
    (
        "近 90 个自然日（含今天）内至少有一笔已支付订单的会员数。",
        "近 90 個日曆日（含今天）內至少有一筆已付款訂單的會員數。",
        "Members with at least one paid order in the last 90 calendar days, today included.",
    ),
)
SALES_30 = define(
    "sales_30d",
    Unit.MONEY,
    ("近 30 天会员销售额", "近 30 天會員銷售額", "Member sales, 30 days"),
    (
        "会员在近 30 个自然日（含今天）内支付的订单总额，未扣除退款。",
        "會員在近 30 個日曆日（含今天）內付款的訂單總額，未扣除退款。",
        "The totals of members' orders paid in the last 30 calendar days, today included, before refunds.",
    ),
)
SALES_YEAR = define(
    "sales_12m",
    Unit.MONEY,
    ("近 12 个月会员销售额", "近 12 個月會員銷售額", "Member sales, 12 months"),
    (
        "会员在近 12 个月（滚动，含今天）内支付的订单总额，未扣除退款。",
        "會員在近 12 個月（滾動，含今天）內付款的訂單總額，未扣除退款。",
        "The totals of members' orders paid in the rolling last 12 months, today included, before refunds.",
    ),
)
ISSUED = define(
    "issued",
    Unit.ASSET,
    ("累计发放", "累計發放", "Issued"),
    (
        "开业至今发给会员的总量；退款追回另计，不从中扣除。",
        "開辦至今發給會員的總量；退款追回另計，不從中扣除。",
        "All units ever given to members. What refunds took back is counted apart, not deducted.",
    ),
)
SPENT = define(
    "spent",
    Unit.ASSET,
    ("累计使用", "累計使用", "Spent"),
    ("会员已使用的总量。", "會員已使用的總量。", "All units that members have spent."),
)
EXPIRED = define(
    "expired",
    Unit.ASSET,
    ("累计过期", "累計到期", "Expired"),
    (
        "到期未用而作废的总量。",
        "到期未用而失效的總量。",
        "All units that lapsed because they were not used in time.",
    ),
)
REVERSED = define(
    "reversed",
    Unit.ASSET,
    ("累计追回", "累計追回", "Taken back"),
    (
        "因退款按比例追回的总量。",
        "因退款按比例追回的總量。",
        "All units taken back, in proportion, because their orders were refunded.",
    ),
)
OUTSTANDING = define(
    "outstanding",
    Unit.ASSET,
    ("未使用余额", "未使用餘額", "Outstanding"),
    (
        "会员此刻持有的总量 = 发放 − 使用 − 过期 − 追回；欠账会员按负数计入。",
        "會員此刻持有的總量 = 發放 − 使用 − 到期 − 追回；欠帳會員以負數計入。",
        "What members hold now: issued − spent − expired − taken back. Members in debt count below zero.",
    ),
)
LEVELS = define(
    "levels",
    Unit.COUNT,
    ("等级分布", "等級分布", "Members per level"),
    (
        "此刻在每个等级的会员数；尚无等级记录的会员计入最低等级。",
        "此刻在每個等級的會員數；尚無等級紀錄的會員計入最低等級。",
        "How many members stand on each level now; those not placed yet count on the lowest.",
    ),
)
REPURCHASE = define(
    "repurchase_rate",
    Unit.RATE,
    ("复购率", "回購率", "Repurchase rate"),
    (
        "近 12 个月内消费 2 次及以上的会员数 ÷ 近 12 个月内消费过的会员数。",
        "近 12 個月內消費 2 次以上的會員數 ÷ 近 12 個月內消費過的會員數。",
        "Members with two or more orders in the last 12 months ÷ members with at least one.",
    ),
)
UPGRADE = define(
    "upgrade_rate",
    Unit.RATE,
    ("升级率", "升級率", "Upgrade rate"),
    (
        "近 12 个月内至少升过一级的会员数 ÷ 近 12 个月内消费过的会员数，每人只计一次。",
        "近 12 個月內至少升過一級的會員數 ÷ 近 12 個月內消費過的會員數，每人只計一次。",
        "Members who rose at least one level in the last 12 months, each counted once,"
        " ÷ members with at least one order in the last 12 months.",
    ),
)

METRICS: dict[str, Metric] = {
    metric.id: metric
    for metric in (
        MEMBERS, NEW_MEMBERS, ACTIVE_30, ACTIVE_90, SALES_30, SALES_YEAR, ISSUED, SPENT, EXPIRED, REVERSED,
        OUTSTANDING, LEVELS, REPURCHASE, UPGRADE, *PERIOD_METRICS, *SCORE_METRICS, *COST_METRICS,
    )
}  # fmt: skip
"""Every metric by its id."""
