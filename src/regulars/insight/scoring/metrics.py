"""What the figures of the boards about scores mean, each said once."""

from regulars.insight.defining import Metric, Unit, define

SCORED = define(
    "rfm_members",
    Unit.COUNT,
    ("参与 RFM 的会员", "參與 RFM 的會員", "Members scored"),
    (
        "窗口内（方案 insight.rfm.window_days，以期末为最后一天）至少有一笔未全额退款订单的会员数。",
        "期間內（方案 insight.rfm.window_days，以期末為最後一天）至少有一筆未全額退款訂單的會員數。",
        "Members with an order in the window (the programme's insight.rfm.window_days, ending with the period) that did"
        " not go back altogether.",
    ),
)
WORTH = define(
    "rfm_best_share",
    Unit.RATE,
    ("冠军与忠诚客户销售占比", "冠軍與忠誠顧客銷售占比", "Sales to champions and loyal"),
    (
        "RFM 分组为冠军、忠诚的会员在窗口内的实付金额 ÷ 全部参与会员的实付金额。",
        "RFM 分群為冠軍、忠誠的會員在期間內的實付金額 ÷ 全部參與會員的實付金額。",
        "What champions and loyal members paid in the window ÷ what all scored members paid.",
    ),
)
GOING = define(
    "rfm_going_share",
    Unit.RATE,
    ("有流失风险的会员占比", "有流失風險的會員占比", "Members about to be lost"),
    (
        "RFM 分组为流失风险、不能失去的会员数 ÷ 参与会员数。",
        "RFM 分群為流失風險、不能失去的會員數 ÷ 參與會員數。",
        "Members of the groups at risk and cannot lose ÷ members scored.",
    ),
)
ALIVE_SHARE = define(
    "lifecycle_active_share",
    Unit.RATE,
    ("活跃会员占比", "活躍會員占比", "Active members"),
    (
        "期末处于新客、活跃、忠诚、挽回阶段的会员数 ÷ 期末会员数。",
        "期末處於新客、活躍、忠誠、喚回階段的會員數 ÷ 期末會員數。",
        "Members who are new, active, loyal or won back at the end ÷ all members at the end.",
    ),
)
LEFT = define(
    "lifecycle_left",
    Unit.COUNT,
    ("本期转入沉睡或流失", "本期轉入沉睡或流失", "Fell asleep or were lost"),
    (
        "期初还在其他阶段、期末处于沉睡或流失阶段的会员数。",
        "期初還在其他階段、期末處於沉睡或流失階段的會員數。",
        "Members who sleep or are lost at the end and were in another stage at the beginning.",
    ),
)
CAME_BACK = define(
    "lifecycle_back",
    Unit.COUNT,
    ("本期回来的会员", "本期回來的會員", "Came back"),
    (
        "期初处于沉睡或流失阶段、期末已不在这两个阶段的会员数。",
        "期初處於沉睡或流失階段、期末已不在這兩個階段的會員數。",
        "Members who slept or were lost at the beginning and are neither at the end.",
    ),
)
FORETOLD = define(
    "model_foretold",
    Unit.NUMBER,
    ("留出期预测购买次数", "留出期預測購買次數", "Purchases foretold"),
    (
        "用前一段历史拟合 BG/NBD，对后一段（总长的四分之一，最多 91 天）预测的购买日数，全体合计。",
        "以前一段歷史擬合 BG/NBD，對後一段（總長的四分之一，最多 91 天）預測的購買日數，全體合計。",
        "Days with a purchase that BG/NBD, fitted on the earlier history, expected of everybody in the later part (a"
        " quarter of the whole, 91 days at most).",
    ),
)
CAME_TRUE = define(
    "model_came_true",
    Unit.NUMBER,
    ("留出期实际购买次数", "留出期實際購買次數", "Purchases made"),
    (
        "同一批会员在后一段里实际有购买的天数，全体合计。",
        "同一批會員在後一段裡實際有購買的天數，全體合計。",
        "Days on which the same members did buy in the later part.",
    ),
)
CORRELATION = define(
    "model_correlation",
    Unit.NUMBER,
    ("预测与实际的相关系数", "預測與實際的相關係數", "Correlation"),
    (
        "逐个会员的预测次数与实际次数的皮尔逊相关系数；1 为完全一致。",
        "逐一會員的預測次數與實際次數的皮爾森相關係數；1 為完全一致。",
        "Pearson's correlation of what was foretold and what happened, member by member; 1 is the most.",
    ),
)

SCORE_METRICS: tuple[Metric, ...] = (
    SCORED, WORTH, GOING, ALIVE_SHARE, LEFT, CAME_BACK, FORETOLD, CAME_TRUE, CORRELATION,
)  # fmt: skip
