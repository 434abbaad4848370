"""How every score is made, in the words that stand beside it, and from what.

`{…}` in a text is filled with the programme's own terms, so that what is read is what was done.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from regulars.language.problems import words
from regulars.language.text import Text, say
from regulars.members.scores import SCORES, Score
from regulars.programme.contracts import Insight


@dataclass(frozen=True, slots=True)
class Made:
    """How a score is made. `source`: where the formula is from; empty: it is a plain count."""

    how: Text
    source: str = ""


_RFM = words(
    "看最近 {window_days} 天的订单（全额退款的不算）。{rfm}R 看最近一次购买，F 看订单数，M 看实付金额，各 1–5 分；"
    "再按 R 与 F、M 平均分归入十组之一。",
    "看最近 {window_days} 天的訂單（全額退款的不算）。{rfm}R 看最近一次購買，F 看訂單數，M 看實付金額，各 1–5 分；"
    "再依 R 與 F、M 平均分歸入十群之一。",
    "Orders of the last {window_days} days count, unless they went back altogether. {rfm}R looks at the latest order,"
    " F at how many, M at what was paid, each with 1 to 5; R and the mean of F and M make one of ten groups.",
)
_BY_RANK = words(
    "按名次分五档，每档约占窗口内购买会员的五分之一；数值相同的会员得同一分，所以各档人数可以不等。",
    "依名次分五級，每級約占期間內購買會員的五分之一；數值相同的會員得同一分，所以各級人數可以不等。",
    "Scores are fifths, by rank, of the members who bought in that time; whoever ties scores alike, so that fifths may"
    " differ in size. ",
)
_BY_BOUNDS = words(
    "按方案里写明的分档打分。", "依方案裡寫明的級距評分。", "Scores are by the programme's own bounds. "
)
_STAGE = words(
    "按距上次购买的天数：{active_days} 天内活跃，之后流失风险，超过 {sleeping_days} 天沉睡，超过 {lost_days} 天流失。"
    "活跃会员里，首购未满 {new_days} 天为新客，沉睡后又回来的为挽回，一年内满 {loyal_orders} 单为忠诚。",
    "依距上次購買的天數：{active_days} 天內活躍，之後流失風險，超過 {sleeping_days} 天沉睡，超過 {lost_days} 天流失。"
    "活躍會員中，首購未滿 {new_days} 天為新客，沉睡後又回來的為喚回，一年內滿 {loyal_orders} 單為忠誠。",
    "By days since the last order: up to {active_days} active, then at risk, over {sleeping_days} sleeping, over"
    " {lost_days} lost. Of the active, new are those whose first order is at most {new_days} days old, won back those"
    " who came back from sleep, loyal those with {loyal_orders} orders within a year.",
)
_LAYER = words(
    "{active_days} 天内买过为活跃；其中{high}为高价值；其余为基础。",
    "{active_days} 天內買過為活躍；其中{high}為高價值；其餘為基礎。",
    "Active is who bought within {active_days} days; of these {high} are of high value; all others are basic.",
)
_BY_SHARE = words(
    "一年内消费最多的 {share}%",
    "一年內消費最多的 {share}%",
    "the {share} % who spent most within a year",
)
_BY_SPEND = words(
    "一年内消费达到门槛的", "一年內消費達到門檻的", "those who spent the programme's amount within a year"
)
_BUYING = words(
    "BG/NBD 模型：全体会员的购买次数、最近一次和首购时间拟合出购买速度与流失概率的分布，再推到每个人。"
    "同一天的订单算一次购买；只买过一次的会员，模型按“尚未流失”计。",
    "BG/NBD 模型：以全體會員的購買次數、最近一次與首購時間擬合購買速度與流失機率的分布，再推到每個人。"
    "同一天的訂單算一次購買；只買過一次的會員，模型依「尚未流失」計。",
    "BG/NBD: how often everybody bought, when first and when last, gives the spread of buying rates and of the chance"
    " to leave, and from there each member's own. Orders of one day are one purchase; who bought once counts as still"
    " there.",
)
_AHEAD = words(
    "BG/NBD 模型预计未来 {horizon_days} 天的购买次数（同一天的订单算一次）。",
    "BG/NBD 模型預計未來 {horizon_days} 天的購買次數（同一天的訂單算一次）。",
    "Purchases that BG/NBD expects in the next {horizon_days} days (orders of one day are one).",
)
_CLV = words(
    "未来 {horizon_days} 天逐月预计的购买次数（BG/NBD）× 预计每次金额（Gamma-Gamma）{margin}，每年折现 {discount}%。"
    "是期望值，不是承诺。",
    "未來 {horizon_days} 天逐月預計的購買次數（BG/NBD）× 預計每次金額（Gamma-Gamma）{margin}，每年折現 {discount}%。"
    "是期望值，不是承諾。",
    "Purchases expected month by month in the next {horizon_days} days (BG/NBD), times what one is expected to be worth"
    " (Gamma-Gamma){margin}, less {discount} % a year. What is to be expected, not what is promised.",
)
_MARGIN = words(" × 毛利率 {percent}%", " × 毛利率 {percent}%", ", times the margin of {percent} %")
_NO_MARGIN = words(
    "（方案未写毛利率，按销售额计）",
    "（方案未寫毛利率，依銷售額計）",
    " (as sales: the programme states no margin)",
)
_RHYTHM = words(
    "按本人的购买间隔判断：若仍在购买，拖到今天还没来的概率低于 20% 为“比平时晚”，低于 5% 为“疑似停购”。"
    "至少三个购买日才判断；就算没停购，每 20 人也会有 1 人被误报。",
    "依本人的購買間隔判斷：若仍在購買，拖到今天還沒來的機率低於 20% 為「比平時晚」，低於 5% 為「疑似停購」。"
    "至少三個購買日才判斷；就算沒停購，每 20 人也會有 1 人被誤報。",
    "By the member's own gaps: a buyer who has not stopped would let so much time pass with a chance below 20 % (late)"
    " or below 5 % (seems to have stopped). Takes three days with an order; of those who did not stop, 1 in 20 is"
    " named all the same.",
)
_GAP = words(
    "本人下一次间隔有一半可能短于这个天数；来得少的会员会向全体靠拢。",
    "本人下一次間隔有一半可能短於這個天數；來得少的會員會向全體靠攏。",
    "As likely as not the member's next gap is shorter; of those who came seldom it leans towards everybody's.",
)
_DISCOUNT = words(
    "订单不带折扣信息，按价格本身判断：商品一年内单价的中位数是平时价，低 5% 以上算折扣购买；"
    "这里是折扣购买占其消费的比例。占 30% 以上敏感度高，15% 以上为中。少于 5 行不判断。",
    "訂單不帶折扣資訊，依價格本身判斷：商品一年內單價的中位數是平時價，低 5% 以上算折扣購買；"
    "這裡是折扣購買占其消費的比例。占 30% 以上敏感度高，15% 以上為中。少於 5 行不判斷。",
    "Orders tell no discounts, so prices are looked at: the usual price of a product is the middle one of a year, 5 %"
    " below is a discount; this is the share of spending at a discount. From 30 % sensitivity is high, from 15 %"
    " middle. Fewer than 5 lines say nothing.",
)
_SPENT_ON = words(
    "一年内花钱最多的那一个，以及它所占的比例（按订单明细的实付金额）。",
    "一年內花費最多的那一個，以及它所占的比例（依訂單明細的實付金額）。",
    "What most was spent on within a year, and its share, by the lines of orders.",
)
_ORDERED_AT = words(
    "一年内订单最多的那一个，以及它所占的比例。",
    "一年內訂單最多的那一個，以及它所占的比例。",
    "Where, or when, most orders of a year were made, and its share.",
)

_FADER = "Fader, Hardie & Lee (2005), Marketing Science 24(2)"
_WHEAT = "Wheat & Morrison (1990), Journal of Marketing Research 27(1)"
_HUGHES = "Hughes (1994), Strategic Database Marketing"

MADE: Mapping[str, Made] = {
    **dict.fromkeys(("rfm", "rfm_recency", "rfm_frequency", "rfm_monetary"), Made(_RFM, _HUGHES)),
    "lifecycle": Made(_STAGE),
    "layer": Made(_LAYER),
    "alive": Made(_BUYING, _FADER),
    "expected_orders": Made(_AHEAD, _FADER),
    "clv": Made(_CLV, f"{_FADER}; Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value"),
    "rhythm": Made(_RHYTHM, _WHEAT),
    "usual_gap": Made(_GAP, _WHEAT),
    **dict.fromkeys(("discount_share", "price_sensitivity"), Made(_DISCOUNT)),
    **dict.fromkeys(("favourite_category", "favourite_brand"), Made(_SPENT_ON)),
    **dict.fromkeys(("favourite_store", "favourite_channel", "favourite_hours"), Made(_ORDERED_AT)),
}

if set(MADE) != set(SCORES):
    raise RuntimeError("every score says how it is made")


def how_made(score: Score, terms: Insight, language: str) -> str:
    """How a score is made under these terms, in the reader's language."""
    margin = terms.margin_percent
    layers, life = terms.layers, terms.lifecycle
    high = (
        say(_BY_SPEND, language)
        if layers.high_value_percent is None
        else say(_BY_SHARE, language).format(share=f"{layers.high_value_percent:f}")
    )
    return say(MADE[score.name].how, language).format(
        window_days=terms.rfm.window_days,
        rfm=say(_BY_RANK if terms.rfm.bounds is None else _BY_BOUNDS, language),
        active_days=life.active_days,
        sleeping_days=life.sleeping_days,
        lost_days=life.lost_days,
        new_days=life.new_days,
        loyal_orders=life.loyal_orders,
        high=high,
        horizon_days=terms.value.horizon_days,
        discount=f"{terms.value.discount_percent:f}",
        margin=say(_NO_MARGIN, language)
        if margin is None
        else say(_MARGIN, language).format(percent=f"{margin:f}"),
    )
