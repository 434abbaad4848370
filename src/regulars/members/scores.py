"""The scores that members are given: their names, what people call them and what they may say.

What each rests on, and how it is made, is told in `insight.models`. A score is a number, a word, or both.
"""

from collections.abc import Callable
from dataclasses import dataclass

from regulars.language.channels import channel_name
from regulars.language.fields import Choice, Type
from regulars.language.problems import words
from regulars.language.text import Text


@dataclass(frozen=True, slots=True)
class Score:
    """One score. `reads`: what a condition compares: the label (choice, text) or the value (integer, number, money
    in the smallest unit). `most`: of the value. `unit`: of the value. `named`: what a word that the brand's data
    brought is called, where it has a name. `code`: such words are codes."""

    name: str
    label: Text
    reads: Type
    choices: tuple[Choice, ...] = ()
    unit: Text | None = None
    most: int | None = None
    named: Callable[[str], Text | None] | None = None
    code: bool = False

    @property
    def is_share(self) -> bool:
        """Whether it is a number from 0 to 1."""
        return self.most == 1

    @property
    def is_word(self) -> bool:
        """Whether what counts is the label."""
        return self.reads in (Type.CHOICE, Type.TEXT)

    def label_of(self, value: str) -> Text:
        """What people call a word of this score; the word itself where the brand's own data brought it."""
        found = next((one.label for one in self.choices if one.value == value), None)
        if found is None and self.named is not None:
            found = self.named(value)
        return found or words(value, value, value)


RFM_GROUPS = (
    Choice("champions", words("冠军客户", "冠軍顧客", "Champions")),
    Choice("loyal", words("忠诚客户", "忠誠顧客", "Loyal")),
    Choice("potential", words("潜力忠诚客户", "潛力忠誠顧客", "Potential loyalists")),
    Choice("new", words("新客户", "新顧客", "New")),
    Choice("promising", words("有望成长客户", "有望成長顧客", "Promising")),
    Choice("attention", words("需要关注客户", "需要關注顧客", "Need attention")),
    Choice("about_to_sleep", words("即将沉睡客户", "即將沉睡顧客", "About to sleep")),
    Choice("at_risk", words("流失风险客户", "流失風險顧客", "At risk")),
    Choice("cant_lose", words("不能失去客户", "不能失去顧客", "Cannot lose")),
    Choice("hibernating", words("沉睡客户", "沉睡顧客", "Hibernating")),
    Choice("outside", words("窗口外（近期未购）", "期間外（近期未購）", "No order in the window")),
)
STAGES = (
    Choice("prospect", words("未购", "未購", "No order yet")),
    Choice("new", words("新客", "新客", "New")),
    Choice("active", words("活跃", "活躍", "Active")),
    Choice("loyal", words("忠诚", "忠誠", "Loyal")),
    Choice("won_back", words("挽回", "喚回", "Won back")),
    Choice("at_risk", words("流失风险", "流失風險", "At risk")),
    Choice("sleeping", words("沉睡", "沉睡", "Sleeping")),
    Choice("lost", words("流失", "流失", "Lost")),
)
LAYERS = (
    Choice("high", words("高价值", "高價值", "High value")),
    Choice("active", words("活跃", "活躍", "Active")),
    Choice("basic", words("基础", "基礎", "Basic")),
)
RHYTHMS = (
    Choice("on_time", words("节奏正常", "節奏正常", "On rhythm")),
    Choice("late", words("比平时晚", "比平時晚", "Late")),
    Choice("stopped", words("疑似停购", "疑似停購", "Seems to have stopped")),
)
SENSITIVITY = (
    Choice("high", words("高", "高", "High")),
    Choice("middle", words("中", "中", "Middle")),
    Choice("low", words("低", "低", "Low")),
)
HOURS = (
    Choice("night", words("凌晨（0–6 点）", "凌晨（0–6 點）", "Night (0–6)")),
    Choice("morning", words("上午（6–11 点）", "上午（6–11 點）", "Morning (6–11)")),
    Choice("noon", words("中午（11–14 点）", "中午（11–14 點）", "Midday (11–14)")),
    Choice("afternoon", words("下午（14–18 点）", "下午（14–18 點）", "Afternoon (14–18)")),
    Choice("evening", words("晚上（18–24 点）", "晚上（18–24 點）", "Evening (18–24)")),
)

_POINTS = words("分", "分", "point|points")
_DAYS = words("天", "天", "day|days")

_ALL = (
    Score("rfm", words("RFM 分组", "RFM 分群", "RFM group"), Type.CHOICE, RFM_GROUPS),
    Score("rfm_recency", words("R 近度分", "R 近度分", "R score"), Type.INTEGER, unit=_POINTS, most=5),
    Score("rfm_frequency", words("F 频度分", "F 頻度分", "F score"), Type.INTEGER, unit=_POINTS, most=5),
    Score("rfm_monetary", words("M 额度分", "M 額度分", "M score"), Type.INTEGER, unit=_POINTS, most=5),
    Score("lifecycle", words("生命周期", "生命週期", "Lifecycle"), Type.CHOICE, STAGES),
    Score("layer", words("会员分层", "會員分層", "Layer"), Type.CHOICE, LAYERS),
    Score("alive", words("仍会购买的概率", "仍會購買的機率", "Chance of being alive"), Type.NUMBER, most=1),
    Score("expected_orders", words("预计购买次数", "預計購買次數", "Expected orders"), Type.NUMBER),
    Score("clv", words("预计会员价值（CLV）", "預計會員價值（CLV）", "Member value (CLV)"), Type.MONEY),
    Score("rhythm", words("购买节奏", "購買節奏", "Rhythm"), Type.CHOICE, RHYTHMS),
    Score("usual_gap", words("平时购买间隔", "平時購買間隔", "Usual gap"), Type.NUMBER, unit=_DAYS),
    Score("discount_share", words("折扣购买占比", "折扣購買占比", "Share on discount"), Type.NUMBER, most=1),
    Score(
        "price_sensitivity", words("价格敏感度", "價格敏感度", "Price sensitivity"), Type.CHOICE, SENSITIVITY
    ),
    Score("favourite_category", words("偏好品类", "偏好品類", "Favourite category"), Type.TEXT),
    Score("favourite_brand", words("偏好品牌", "偏好品牌", "Favourite brand"), Type.TEXT),
    Score("favourite_store", words("常去门店", "常去門市", "Favourite store"), Type.TEXT, code=True),
    Score(
        "favourite_channel",
        words("偏好渠道", "偏好通路", "Favourite channel"),
        Type.TEXT,
        named=channel_name,
    ),
    Score("favourite_hours", words("常购时段", "常購時段", "Favourite hours"), Type.CHOICE, HOURS),
)
SCORES: dict[str, Score] = {one.name: one for one in _ALL}
"""Every score there is, in the order in which they are shown."""

DIGITS = 12
"""How many digits of a value are kept: as many as PostgreSQL turns into the same decimal as Python does."""
