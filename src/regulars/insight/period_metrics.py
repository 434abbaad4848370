"""What the figures of reports mean, over a period of whole days in the programme's zone. One definition each."""

from regulars.insight.defining import Metric, Unit, define

MEMBERS_END = define(
    "members_at_end",
    Unit.COUNT,
    ("期末会员数", "期末會員數", "Members at the end"),
    (
        "截至期末最后一天已入会的会员数，含未消费的会员；已合并的记录算一人。",
        "截至期末最後一天已入會的會員數，含未消費的會員；已合併的紀錄算一人。",
        "Everybody who had joined by the last day of the period, buyers or not; merged records count once.",
    ),
)
JOINED = define(
    "joined",
    Unit.COUNT,
    ("新会员", "新會員", "New members"),
    (
        "入会日在本期内的会员数。",
        "入會日在本期內的會員數。",
        "Members whose day of joining lies in the period.",
    ),
)
BUYERS = define(
    "buyers",
    Unit.COUNT,
    ("消费会员", "消費會員", "Buyers"),
    (
        "本期内至少有一笔已支付订单的会员数，每人只计一次。",
        "本期內至少有一筆已付款訂單的會員數，每人只計一次。",
        "Members with at least one paid order in the period, each counted once.",
    ),
)
ORDERS = define(
    "orders",
    Unit.COUNT,
    ("订单数", "訂單數", "Orders"),
    (
        "本期内会员支付的订单数，含之后退款的订单和金额为零的订单。",
        "本期內會員付款的訂單數，含之後退款的訂單和金額為零的訂單。",
        "Orders that members paid in the period, with those refunded later and those of a total of nil.",
    ),
)
SALES = define(
    "sales",
    Unit.MONEY,
    ("会员销售额", "會員銷售額", "Member sales"),
    (
        "本期内会员支付的订单总额，未扣除退款。",
        "本期內會員付款的訂單總額，未扣除退款。",
        "The totals of members' orders paid in the period, before refunds.",
    ),
)
REFUNDED = define(
    "refunded",
    Unit.MONEY,
    ("退款额", "退款額", "Refunded"),
    (
        "退款日在本期内的退款总额，不论订单何时支付。",
        "退款日在本期內的退款總額，不論訂單何時付款。",
        "What was given back in the period, whenever its order was paid.",
    ),
)
ORDER_VALUE = define(
    "order_value",
    Unit.MONEY,
    ("客单价", "客單價", "Average order"),
    (
        "本期会员销售额 ÷ 本期订单数，四舍五入到最小货币单位。",
        "本期會員銷售額 ÷ 本期訂單數，四捨五入到最小貨幣單位。",
        "Member sales ÷ orders of the period, rounded to the smallest unit of the currency.",
    ),
)
ORDERS_PER_BUYER = define(
    "orders_per_buyer",
    Unit.NUMBER,
    ("人均订单数", "人均訂單數", "Orders per buyer"),
    (
        "本期订单数 ÷ 本期消费会员数。",
        "本期訂單數 ÷ 本期消費會員數。",
        "Orders ÷ buyers of the period.",
    ),
)
SPEND_PER_BUYER = define(
    "spend_per_buyer",
    Unit.MONEY,
    ("人均消费额", "人均消費額", "Sales per buyer"),
    (
        "本期会员销售额 ÷ 本期消费会员数，四舍五入到最小货币单位。",
        "本期會員銷售額 ÷ 本期消費會員數，四捨五入到最小貨幣單位。",
        "Member sales ÷ buyers of the period, rounded to the smallest unit of the currency.",
    ),
)
SPEND_QUANTILE = define(
    "spend_quantile",
    Unit.MONEY,
    ("消费额分位", "消費額分位", "Spend, by rank"),
    (
        "把本期消费会员按本期消费额从低到高排列，取该百分位处的金额；落在两人之间时按比例取值。",
        "把本期消費會員按本期消費額由低到高排列，取該百分位處的金額；落在兩人之間時按比例取值。",
        "Buyers of the period ranked by what they spent in it, lowest first: the amount at that share of the way up,"
        " in proportion between two of them.",
    ),
)
ACTIVITY = define(
    "activity_rate",
    Unit.RATE,
    ("活跃率", "活躍率", "Activity"),
    (
        "本期消费会员数 ÷ 期末会员数。",
        "本期消費會員數 ÷ 期末會員數。",
        "Buyers of the period ÷ members at its end.",
    ),
)
REPURCHASE_IN = define(
    "repurchase",
    Unit.RATE,
    ("复购率", "回購率", "Repurchase rate"),
    (
        "本期内消费 2 次及以上的会员数 ÷ 本期消费会员数。",
        "本期內消費 2 次以上的會員數 ÷ 本期消費會員數。",
        "Members with two or more orders in the period ÷ its buyers.",
    ),
)
UPGRADE_IN = define(
    "upgrade",
    Unit.RATE,
    ("升级率", "升級率", "Upgrade rate"),
    (
        "本期内至少升过一级的会员数 ÷ 本期消费会员数，每人只计一次。",
        "本期內至少升過一級的會員數 ÷ 本期消費會員數，每人只計一次。",
        "Members who rose at least one level in the period, each counted once ÷ its buyers.",
    ),
)
KEEP_IN = define(
    "keep",
    Unit.RATE,
    ("保级率", "續等率（保級率）", "Keep rate"),
    (
        "本期内作出的保级判定中，保住等级的次数 ÷（保住 + 到期降级）的次数；最低等级不参与，宽限中的尚未判定。",
        "本期內作出的續等判定中，續等成功的次數 ÷（續等 + 到期降級）的次數；最低等級不列入，寬限中的尚未判定。",
        "Of level periods judged at their end in the period: kept ÷ (kept + lost). The lowest level has nothing to"
        " keep, and what is in its grace is not judged yet.",
    ),
)
CLAIM_IN = define(
    "claim",
    Unit.RATE,
    ("领取率", "領取率", "Claim rate"),
    (
        "本期发出的权益中，至今已领取（或已使用）的份数 ÷ 发出的份数；已收回的不计。",
        "本期發出的權益中，至今已領取（或已使用）的份數 ÷ 發出的份數；已收回的不計。",
        "Of benefits granted in the period, not counting those taken back: claimed or used by now ÷ granted.",
    ),
)
USE_IN = define(
    "use",
    Unit.RATE,
    ("核销率", "核銷率", "Use rate"),
    (
        "本期发出的权益中，至今已使用的份数 ÷ 发出的份数；已收回的不计。",
        "本期發出的權益中，至今已使用的份數 ÷ 發出的份數；已收回的不計。",
        "Of benefits granted in the period, not counting those taken back: used by now ÷ granted.",
    ),
)
RETENTION = define(
    "retention",
    Unit.RATE,
    ("留存率", "留存率", "Retention"),
    (
        "同一批会员中，在起始月之后第 N 个自然月有订单的人数 ÷ 这批会员的人数。尚未过完的月份不计入平均。",
        "同一批會員中，在起始月之後第 N 個日曆月有訂單的人數 ÷ 這批會員的人數。尚未過完的月份不計入平均。",
        "Of the members of a cohort, those with an order in the N-th calendar month after its first ÷ all of them."
        " Months that are not over do not count in averages.",
    ),
)
ISSUED_IN = define(
    "issued_in",
    Unit.ASSET,
    ("本期发放", "本期發放", "Issued"),
    (
        "本期内发给会员的总量；退款追回另计，不从中扣除。",
        "本期內發給會員的總量；退款追回另計，不從中扣除。",
        "Units given to members in the period. What refunds took back is counted apart, not deducted.",
    ),
)
SPENT_IN = define(
    "spent_in",
    Unit.ASSET,
    ("本期使用", "本期使用", "Spent"),
    (
        "本期内会员使用的总量，减去撤销使用而退回的。",
        "本期內會員使用的總量，減去撤銷使用而退回的。",
        "Units that members spent in the period, less those given back because a spending was undone.",
    ),
)
EXPIRED_IN = define(
    "expired_in",
    Unit.ASSET,
    ("本期过期", "本期到期", "Expired"),
    (
        "本期内到期未用而作废的总量。",
        "本期內到期未用而失效的總量。",
        "Units that lapsed in the period because they were not used in time.",
    ),
)
REVERSED_IN = define(
    "reversed_in",
    Unit.ASSET,
    ("本期追回", "本期追回", "Taken back"),
    (
        "本期内因退款追回的总量。",
        "本期內因退款追回的總量。",
        "Units taken back in the period because their orders were refunded.",
    ),
)
OTHER_IN = define(
    "other_in",
    Unit.ASSET,
    ("其他变动", "其他變動", "Other movements"),
    (
        "本期内的调整、兑换、赠送、合并、冻结与待生效合计；正数为会员可用余额增加。",
        "本期內的調整、兌換、贈送、合併、凍結與待生效合計；正數為會員可用餘額增加。",
        "Adjusted, converted, given, merged, held and pending in the period together; above zero where members got"
        " more.",
    ),
)
CLOSING = define(
    "closing",
    Unit.ASSET,
    ("期末余额", "期末餘額", "Outstanding at the end"),
    (
        "期末会员可用余额合计 = 期初 + 发放 − 使用 − 过期 − 追回 + 其他变动；欠账按负数计入。",
        "期末會員可用餘額合計 = 期初 + 發放 − 使用 − 到期 − 追回 + 其他變動；欠帳以負數計入。",
        "What members could use at the end = at the beginning + issued − spent − expired − taken back + other"
        " movements. Debts count below zero.",
    ),
)
REDEEMED = define(
    "redeemed_share",
    Unit.RATE,
    ("兑换率", "兌換率", "Redeemed share"),
    (
        "本期使用 ÷ 本期发放。",
        "本期使用 ÷ 本期發放。",
        "Units spent in the period ÷ units issued in it.",
    ),
)
MEMBER_SHARE = define(
    "member_share",
    Unit.RATE,
    ("会员销售占比", "會員銷售占比", "Member share of sales"),
    (
        "本期会员销售额 ÷ 品牌同期全部销售额（由您填写：回头客只收到会员的订单）。",
        "本期會員銷售額 ÷ 品牌同期全部銷售額（由您填寫：回頭客只收到會員的訂單）。",
        "Member sales ÷ all sales of the brand in the period. You give the latter: Regulars is sent members' orders"
        " only.",
    ),
)
NEW_BUYERS = define(
    "new_buyers",
    Unit.COUNT,
    ("首购会员", "首購會員", "First-time buyers"),
    (
        "首笔订单（不限渠道和门店）在本期内的会员数。",
        "首筆訂單（不限通路和門市）在本期內的會員數。",
        "Members whose first order ever, through whatever channel and store, lies in the period.",
    ),
)
NEW_SALES_SHARE = define(
    "new_sales_share",
    Unit.RATE,
    ("新客销售占比", "新客銷售占比", "New buyers' share of sales"),
    (
        "首购会员在其首购所在周期内的销售额 ÷ 会员销售额；其余为老客。汇总时“周期”指整个本期。",
        "首購會員在其首購所在週期內的銷售額 ÷ 會員銷售額；其餘為舊客。彙總時「週期」指整個本期。",
        "Sales to members who bought for the first time in the same period ÷ member sales; the rest is to those who had"
        " bought before it.",
    ),
)
EXPOSED = define(
    "exposed",
    Unit.COUNT,
    ("曝光", "曝光", "Saw the brand"),
    (
        "本期内有 page.viewed（浏览页面）或 placement.viewed（看到展示位）事件的会员数。",
        "本期內有 page.viewed（瀏覽頁面）或 placement.viewed（看到版位）事件的會員數。",
        "Members with a page.viewed or placement.viewed event in the period.",
    ),
)
FAMILIAR = define(
    "familiar",
    Unit.COUNT,
    ("熟悉", "熟悉", "Got to know it"),
    (
        "本期内浏览过商品、搜索过、点击过展示位、分享过、答过问卷，或读过一条消息的会员数。",
        "本期內瀏覽過商品、搜尋過、點擊過版位、分享過、填過問卷，或讀過一則訊息的會員數。",
        "Members who viewed a product, searched, clicked a placement, shared, answered a survey or read a message in"
        " the period.",
    ),
)
BOUGHT = define(
    "bought",
    Unit.COUNT,
    ("活跃购买", "活躍購買", "Bought"),
    (
        "期末会员中，本期内至少有一笔已支付订单的人数。",
        "期末會員中，本期內至少有一筆已付款訂單的人數。",
        "Of the members at the end, those with at least one paid order in the period.",
    ),
)
REACHED = define(
    "reached",
    Unit.COUNT,
    ("达到门槛", "達到門檻", "Reached a level"),
    (
        "本期内曾处于最低等级以上的会员数（含期初已有、期内升上后又降下的）。",
        "本期內曾處於最低等級以上的會員數（含期初已有、期內升上後又降下的）。",
        "Members who stood above the lowest level at some time in the period.",
    ),
)
CLAIMED = define(
    "claimed",
    Unit.COUNT,
    ("领取权益", "領取權益", "Claimed a reward"),
    (
        "本期内领取或使用过一项权益，或使用过积分等资产的会员数。",
        "本期內領取或使用過一項權益，或使用過點數等資產的會員數。",
        "Members who claimed or used a benefit in the period, or spent points or another asset.",
    ),
)
REBOUGHT = define(
    "rebought",
    Unit.COUNT,
    ("复购", "回購", "Bought again"),
    (
        "本期内有 2 笔及以上已支付订单的会员数。",
        "本期內有 2 筆以上已付款訂單的會員數。",
        "Members with two or more paid orders in the period.",
    ),
)

PERIOD_METRICS: tuple[Metric, ...] = (
    MEMBERS_END, JOINED, BUYERS, ORDERS, SALES, REFUNDED, ORDER_VALUE, ORDERS_PER_BUYER, SPEND_PER_BUYER,
    SPEND_QUANTILE, ACTIVITY, REPURCHASE_IN, UPGRADE_IN, KEEP_IN, CLAIM_IN, USE_IN, RETENTION, ISSUED_IN, SPENT_IN,
    EXPIRED_IN, REVERSED_IN, OTHER_IN, CLOSING, REDEEMED, MEMBER_SHARE, NEW_BUYERS, NEW_SALES_SHARE, EXPOSED,
    FAMILIAR, BOUGHT, REACHED, CLAIMED, REBOUGHT,
)  # fmt: skip
