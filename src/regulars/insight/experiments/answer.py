"""What an experiment says, as a sentence and tables for every face."""

from regulars.campaigns.experiments import Metric
from regulars.insight.defining import Unit
from regulars.insight.experiments.compare import Effect
from regulars.insight.experiments.design import Arm
from regulars.insight.experiments.gathering import BOUGHT, MARGIN, ORDER_VALUE, ORDERS, SALES
from regulars.insight.experiments.reading import Reading, Says, State
from regulars.insight.report import Cell, Column, Sentence, Table
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.programme.experiment_words import METRICS

MEASURES: dict[str, Text] = {
    SALES: METRICS[Metric.SALES],
    ORDERS: METRICS[Metric.ORDERS],
    MARGIN: METRICS[Metric.MARGIN],
    BOUGHT: words("有消费的会员", "有消費的會員", "members who bought"),
    ORDER_VALUE: words("客单价", "客單價", "average order value"),
}
UNITS = {
    SALES: Unit.MONEY,
    ORDERS: Unit.NUMBER,
    MARGIN: Unit.MONEY,
    BOUGHT: Unit.RATE,
    ORDER_VALUE: Unit.MONEY,
}
DEFINITIONS: dict[str, Text] = {
    SALES: words(
        "进入实验后规定天数内的订单金额减去退款，除以人数；不含进入实验的那一单",
        "進入實驗後規定天數內的訂單金額減去退款，除以人數；不含進入實驗的那一單",
        "Orders less refunds in the days after a member came, per member; without the order she came with",
    ),
    ORDERS: words(
        "进入实验后规定天数内的订单数，除以人数",
        "進入實驗後規定天數內的訂單數，除以人數",
        "Orders in the days after a member came, per member",
    ),
    MARGIN: words(
        "消费 × 毛利率，减去实验规则发放的成本，除以人数",
        "消費 × 毛利率，減去實驗規則發放的成本，除以人數",
        "Sales × margin less what the experiment's rules gave, per member",
    ),
    BOUGHT: words(
        "规定天数内至少下过一单的会员占比",
        "規定天數內至少下過一單的會員占比",
        "The share of members with an order in the days after they came",
    ),
    ORDER_VALUE: words(
        "订单金额之和除以订单数；误差按 delta 法估计",
        "訂單金額之和除以訂單數；誤差以 delta 法估計",
        "Order totals divided by orders; its error by the delta method",
    ),
}
STATES: dict[State, Text] = {
    State.WAITING: words("尚无会员进入", "尚無會員進入", "nobody came yet"),
    State.EARLY: words("积累中", "累積中", "too early"),
    State.RUNNING: words("进行中", "進行中", "running"),
    State.ENDED: words("已结束", "已結束", "ended"),
}
VERDICTS: dict[str, Text] = {
    "more": words("更高", "更高", "more"),
    "less": words("更低", "更低", "less"),
    "even": words("看不出差别", "看不出差別", "no difference shown"),
    "open": words("还不能看", "還不能看", "too early"),
}
_BETTER = words(
    "“{group}”有效：{days} 天里{metric}比“{base}”多 {difference}（{low} 至 {high}），即 {relative}。",
    "「{group}」有效：{days} 天內{metric}比「{base}」多 {difference}（{low} 至 {high}），即 {relative}。",
    "“{group}” works: over {days} {days|day|days}, {metric} were {difference} above “{base}” ({low} to {high}), that is"
    " {relative}.",
)
_WORSE = words(
    "“{group}”起了反作用：{days} 天里{metric}比“{base}”少（相差 {difference}，{low} 至 {high}），即 {relative}。",
    "「{group}」起了反作用：{days} 天內{metric}比「{base}」少（相差 {difference}，{low} 至 {high}），即 {relative}。",
    "“{group}” does harm: over {days} {days|day|days}, {metric} differed from “{base}” by {difference} ({low}"
    " to {high}), that is"
    " {relative}.",
)
_EVEN = words(
    "目前看不出差别：{days} 天里{metric}，“{group}”与“{base}”相差 {difference}（{low} 至 {high}）。",
    "目前看不出差別：{days} 天內{metric}，「{group}」與「{base}」相差 {difference}（{low} 至 {high}）。",
    "No difference is shown so far: over {days} {days|day|days}, {metric} of “{group}” and “{base}” differ by"
    " {difference} ({low}"
    " to {high}).",
)
_SOON = words(
    "还不能下结论：{came} 位会员进入，{counted} 位已满 {days} 天；预计 {readable} 起可看。",
    "還不能下結論：{came} 位會員進入，{counted} 位已滿 {days} 天；預計 {readable} 起可看。",
    "Too early to tell: {came} {came|member|members} came, the {days} {days|day|days} of {counted} are over;"
    " there should be something to read"
    " from {readable} on.",
)
_NOT_SOON = words(
    "还不能下结论：{came} 位会员进入，{counted} 位已满 {days} 天，每组至少要有 100 位。",
    "還不能下結論：{came} 位會員進入，{counted} 位已滿 {days} 天，每組至少要有 100 位。",
    "Too early to tell: {came} {came|member|members} came, the {days} {days|day|days} of {counted} are over;"
    " every group needs 100.",
)
_NOBODY = words(
    "还没有会员符合这个实验的规则。",
    "還沒有會員符合這個實驗的規則。",
    "No rule of this experiment has applied to anybody yet.",
)
_SKEWED = words(
    "分组人数与设定比例不符（偶然出现的可能不到千分之一），结果不可信：请先查有没有会员绕过实验、重复计入或漏记。",
    "分組人數與設定比例不符（偶然出現的可能不到千分之一），結果不可信：請先查有沒有會員繞過實驗、重複計入或漏記。",
    "The groups are not as large as their shares say, which chance brings less than once in a thousand: do not trust"
    " the rest before you know why members got around the experiment.",
)


def sentence(found: Reading) -> Sentence:
    """The answer in a sentence."""
    design = found.design
    came = sum(row.came for row in found.arms)
    counted = sum(row.counted for row in found.arms)
    if found.says is Says.SKEWED:
        return Sentence(_SKEWED)
    if not came:
        return Sentence(_NOBODY)
    if found.says is Says.NOTHING_YET:
        values: dict[str, tuple[Unit, Cell]] = {
            "came": (Unit.COUNT, came),
            "counted": (Unit.COUNT, counted),
            "days": (Unit.COUNT, design.days),
            "readable": (Unit.DAY, found.readable_on),
        }
        return Sentence(_SOON if found.readable_on is not None else _NOT_SOON, values)
    effect, unit = found.main[found.best], UNITS[found.metric]
    text = {Says.BETTER: _BETTER, Says.WORSE: _WORSE, Says.EVEN: _EVEN}[found.says]
    return Sentence(
        text,
        {
            "group": (Unit.TEXT, arm_of(found, found.best).name),
            "base": (Unit.TEXT, design.base.name),
            "days": (Unit.COUNT, design.days),
            "metric": (Unit.TEXT, MEASURES[found.metric]),
            "difference": (unit, effect.difference),
            "low": (unit, effect.low),
            "high": (unit, effect.high),
            "relative": (Unit.RATE, effect.relative(effect.difference)),
        },
    )


def arm_of(found: Reading, ident: str) -> Arm:
    """The group of that id."""
    return next(arm for arm in found.design.arms if arm.id == ident)


TOLD = {
    "share": words(
        "方案设定的分组比例，按会员固定随机分配。", "方案設定的分組比例，依會員固定隨機分配。",
        "The part of all members that the programme draws into the group, each for good."),
    "came": words(
        "实验期间第一次进入的会员数，各人按进入时的组计。", "實驗期間第一次進入的會員數，各人依進入時的組別計。",
        "Members who came for the first time while the experiment ran, each in the group they came into."),
    "counted": words(
        "进入后观察天数已满的会员数；各项指标只算他们。", "進入後觀察天數已滿的會員數；各項指標只算他們。",
        "Members whose days are over since they came: the figures are of them alone."),
    "cost": words(
        "观察天数内本实验的规则发放的成本 ÷ 已满天数的会员数。",
        "觀察天數內本實驗的規則發放的成本 ÷ 已滿天數的會員數。",
        "What the experiment's rules gave in these days at cost ÷ members whose days are over."),
    "relative": words(
        "人均值比对照组高或低的比例，已用进入前的表现校正（CUPED）。",
        "人均值比對照組高或低的比例，已用進入前的表現校正（CUPED）。",
        "By which part the average per member lies above or below that of the base, with what"
        " they did before taken out (CUPED)."),
    "difference": words(
        "人均值减去对照组的人均值，已用进入前的表现校正（CUPED）。",
        "人均值減去對照組的人均值，已用進入前的表現校正（CUPED）。",
        "The average per member less that of the base, with what they did before taken out (CUPED)."),
    "low": words(
        "95% 区间的下限，随时查看都有效。", "95% 區間的下限，隨時查看都有效。",
        "Where the 95% interval begins, which holds at every look."),
    "high": words(
        "95% 区间的上限，随时查看都有效。", "95% 區間的上限，隨時查看都有效。",
        "Where the 95% interval ends, which holds at every look."),
}  # fmt: skip
"""What the columns of figures mean."""


def groups_table(found: Reading) -> Table:
    """A row for each group, with its own figures."""
    measures = [
        measure for measure in (SALES, ORDERS, BOUGHT, ORDER_VALUE, MARGIN) if measure in found.effects
    ]
    columns = (
        Column("group", words("组", "組", "Group"), Unit.TEXT),
        Column("share", words("设定比例", "設定比例", "Share"), Unit.RATE, definition=TOLD["share"]),
        Column("came", words("进入人数", "進入人數", "Came"), Unit.COUNT, definition=TOLD["came"]),
        Column(
            "counted", words("已满天数", "已滿天數", "Days are over"), Unit.COUNT, definition=TOLD["counted"]
        ),
        *(Column(each, MEASURES[each], UNITS[each], definition=DEFINITIONS[each]) for each in measures),
        Column(
            "cost",
            words("人均发放成本", "人均發放成本", "Given per member"),
            Unit.MONEY,
            definition=TOLD["cost"],
        ),
    )
    rows = tuple(
        (
            row.arm.name, row.arm.share, row.came, row.counted,
            *(getattr(row, each) if row.counted else None for each in measures), row.cost if row.counted else None,
        )
        for row in found.arms
    )  # fmt: skip
    return Table("groups", words("各组", "各組", "Groups"), columns, rows)


def effects_table(found: Reading) -> Table:
    """What each group did beyond the base, measure by measure. Figures of differing kinds stand in one table of their
    own kind each."""
    rows = tuple(
        (
            MEASURES[measure], arm_of(found, ident).name, effect.relative(effect.difference),
            effect.relative(effect.low), effect.relative(effect.high), effect.held, VERDICTS[effect.verdict],
        )
        for measure, effects in found.effects.items()
        for ident, effect in effects.items()
    )  # fmt: skip
    columns = (
        Column("measure", words("指标", "指標", "Measure"), Unit.TEXT),
        Column("group", words("组", "組", "Group"), Unit.TEXT),
        Column(
            "difference", words("相对差异", "相對差異", "Difference"), Unit.RATE, definition=TOLD["relative"]
        ),
        Column("low", words("区间下限", "區間下限", "Low"), Unit.RATE, definition=TOLD["low"]),
        Column("high", words("区间上限", "區間上限", "High"), Unit.RATE, definition=TOLD["high"]),
        Column("p", words("p 值", "p 值", "p"), Unit.NUMBER, definition=_P),
        Column("verdict", words("结论", "結論", "Verdict"), Unit.TEXT),
    )
    return Table("effects", words("差异", "差異", "Differences"), columns, rows, note=_SEQUENCE)


_P = words(
    "随时查看都有效的 p 值；多个组时按 Holm 校正",
    "隨時查看都有效的 p 值；多個組時以 Holm 校正",
    "Holds whenever one looks; with several groups, by Holm's correction",
)
_SEQUENCE = words(
    "区间随时查看都有效（95%），可以天天看、提前停。",
    "區間隨時查看都有效（95%），可以天天看、提前停。",
    "The intervals hold at every look (95%): look every day, and stop early if you like.",
)


def path_table(found: Reading, ident: str) -> Table:
    """The difference of one group to the base as it was known day after day."""
    unit = UNITS[found.metric]
    rows = tuple((look.day, *_interval(look.effects[ident])) for look in found.path)
    columns = (
        Column("day", words("截至", "截至", "By"), Unit.DAY),
        Column("low", words("区间下限", "區間下限", "Low"), unit, definition=TOLD["low"]),
        Column("difference", words("差异", "差異", "Difference"), unit, definition=TOLD["difference"]),
        Column("high", words("区间上限", "區間上限", "High"), unit, definition=TOLD["high"]),
    )
    return Table(f"path_{ident}", arm_of(found, ident).name, columns, rows)


def _interval(effect: Effect) -> tuple[float | None, float, float | None]:
    return effect.low, effect.difference, effect.high
