"""What the figures of costs and deferred revenue mean. One definition each."""

from regulars.insight.defining import Unit, define

COST_BUDGET = define(
    "cost_budget",
    Unit.MONEY,
    ("每年预算", "每年預算", "Budget a year"),
    (
        "最后一年要花的钱：兑换的礼品加运营。",
        "最後一年要花的錢：兌換的禮品加營運。",
        "What is spent in the last year: gifts that are redeemed, and operations.",
    ),
)
COST_SHARE = define(
    "cost_share",
    Unit.RATE,
    ("预算占销售额", "預算占銷售額", "Budget of sales"),
    (
        "最后一年的预算除以当年销售额。",
        "最後一年的預算除以當年銷售額。",
        "The last year's budget divided by its sales.",
    ),
)
COST_LIABILITY = define(
    "cost_liability",
    Unit.MONEY,
    ("年末负债", "年末負債", "Owed at the end"),
    (
        "最后一年年末未兑换、预计还会兑换的积分，按礼品成本计。",
        "最後一年年末未兌換、預計還會兌換的點數，依禮品成本計。",
        "Points not redeemed by the end of the last year that are expected to be, at what their gifts cost.",
    ),
)
COST_BREAKAGE = define(
    "cost_breakage",
    Unit.RATE,
    ("沉淀率", "沉澱率", "Breakage"),
    (
        "永远不会兑换的积分占发放的比例：1 减去兑换曲线的最后一档。",
        "永遠不會兌換的點數占發放的比例：1 減去兌換曲線的最後一檔。",
        "The share of points issued that never comes back: 1 less the last share of the redemption curve.",
    ),
)
COST_UPLIFT = define(
    "cost_uplift",
    Unit.RATE,
    ("保本增幅", "保本增幅", "Break-even uplift"),
    (
        "最后一年的预算除以（销售额 × 毛利率）：会员销售要因此多出这么多才不亏。没有毛利率时不计算。",
        "最後一年的預算除以（銷售額 × 毛利率）：會員銷售要因此多出這麼多才不虧。沒有毛利率時不計算。",
        "The last year's budget divided by sales × margin: so much more has to be sold because of the programme for it"
        " to pay. Not told where no margin is stated.",
    ),
)
COST_GIVEN = define(
    "cost_given",
    Unit.MONEY,
    ("发放成本", "發放成本", "Cost of what was given"),
    (
        "本期发放减去追回的各项资产，乘以方案里写的单位成本；没有成本的资产（如成长值）为零。",
        "本期發放減去追回的各項資產，乘以方案裡寫的單位成本；沒有成本的資產（如成長值）為零。",
        "Units issued in the period less those taken back, at the cost that the programme states; assets without one,"
        " such as growth, cost nothing.",
    ),
)
COST_USED = define(
    "cost_used",
    Unit.MONEY,
    ("使用成本", "使用成本", "Cost of what was used"),
    (
        "本期使用的各项资产按单位成本计，加上本期核销的权益成本。",
        "本期使用的各項資產依單位成本計，加上本期核銷的權益成本。",
        "Units spent in the period at their cost, and the cost of benefits used in it.",
    ),
)
COST_OF_SALES = define(
    "cost_of_sales",
    Unit.RATE,
    ("使用成本占会员销售", "使用成本占會員銷售", "Cost of member sales"),
    (
        "使用成本除以本期会员销售额（未扣除退款）。",
        "使用成本除以本期會員銷售額（未扣除退款）。",
        "The cost of what was used divided by member sales of the period, before refunds.",
    ),
)
COST_OWED = define(
    "cost_owed",
    Unit.MONEY,
    ("期末欠付", "期末欠付", "Owed at the end of the period"),
    (
        "期末会员手里的各项资产，含冻结和待生效的，按单位成本计；储值本金按面值。",
        "期末會員手上的各項資產，含凍結和待生效的，依單位成本計；儲值本金依面額。",
        "All that members have at the end of the period, held and pending too, at its cost; paid-in money as it is.",
    ),
)
DEFERRED = define(
    "deferred",
    Unit.MONEY,
    ("期末递延收入", "期末遞延收入", "Deferred at the end"),
    (
        "按相对单独售价法（IFRS 15）分摊给积分、到期末尚未确认为收入的销售额。",
        "依相對單獨售價法（IFRS 15）分攤給點數、到期末尚未認列為收入的銷售額。",
        "What of sales was allocated to points by the relative stand-alone selling price method (IFRS 15) and is not"
        " revenue by the end of the period.",
    ),
)
DEFERRED_ADDED = define(
    "deferred_added",
    Unit.MONEY,
    ("新增递延", "新增遞延", "Newly deferred"),
    (
        "本期各月销售额里分摊给当月所得积分的部分。",
        "本期各月銷售額裡分攤給當月所得點數的部分。",
        "What of the months' sales was allocated to the points that they brought.",
    ),
)
DEFERRED_REVENUE = define(
    "deferred_revenue",
    Unit.MONEY,
    ("确认收入", "認列收入", "Became revenue"),
    (
        "本期因使用积分和沉淀而从递延收入转为收入的金额。",
        "本期因使用點數和沉澱而從遞延收入轉為收入的金額。",
        "What became revenue in the period as points were used, breakage included.",
    ),
)
BREAKAGE = define(
    "breakage",
    Unit.RATE,
    ("沉淀率估计", "沉澱率估計", "Breakage estimate"),
    (
        "预计永远不会使用的积分比例：方案写明的，否则按各月龄实际过期的比例累计；比已有历史更久的部分视为都会使用。",
        "預計永遠不會使用的點數比例：方案寫明的，否則依各月齡實際到期的比例累計；比現有歷史更久的部分視為都會使用。",
        "The share of points expected never to be used: as the programme states it, else as far as points were seen to"
        " lapse by their age; what is older than anything known counts as used.",
    ),
)
COST_METRICS = (
    COST_BUDGET, COST_SHARE, COST_LIABILITY, COST_BREAKAGE, COST_UPLIFT, COST_GIVEN, COST_USED, COST_OF_SALES,
    COST_OWED, DEFERRED, DEFERRED_ADDED, DEFERRED_REVENUE, BREAKAGE,
)  # fmt: skip
