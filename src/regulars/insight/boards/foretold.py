"""How well the models foretell: fitted on the earlier history, held beside what happened then."""

from regulars.insight.boards.rfm import until
from regulars.insight.defining import Unit
from regulars.insight.report import Answer, Chart, Column, Draw, Figure, Ground, Report, Sentence, Table
from regulars.insight.scoring import metrics
from regulars.insight.scoring.calibration import Bar, Calibration, calibrate
from regulars.language.problems import words
from regulars.language.text import Text


def build(ground: Ground) -> Answer:
    found = calibrate(ground.tables, until(ground))
    if found is None:
        return Answer(
            Sentence(
                words(
                    "历史还太短：需要八周以上的订单，且至少 30 位会员、其中 10 位买过不止一次，才能拟合并检验模型。",
                    "歷史還太短：需要八週以上的訂單，且至少 30 位會員、其中 10 位買過不止一次，才能擬合並檢驗模型。",
                    "There is too little history: to fit the model and to test it takes eight weeks of orders, 30"
                    " members, and 10 of them who bought more than once.",
                )
            ),
            empty=True,
        )
    return Answer(
        Sentence(
            words(
                "根据{first}至{parted}的历史，预测此后到{last}的购买：预测 {expected} 次，实际 {actual} 次。",
                "依據{first}至{parted}的歷史，預測此後到{last}的購買：預測 {expected} 次，實際 {actual} 次。",
                "From {first} to {parted} the model foretold {expected} {expected|purchase|purchases} through {last};"
                " {actual} {actual|was|were} made.",
            ),
            {
                "first": (Unit.DAY, found.fitted_from),
                "parted": (Unit.DAY, found.fitted_to),
                "last": (Unit.DAY, found.until),
                "expected": (Unit.COUNT, round(found.expected)),
                "actual": (Unit.COUNT, round(found.actual)),
            },
        ),
        (
            Figure(metrics.FORETOLD, round(found.expected, 1)),
            Figure(metrics.CAME_TRUE, found.actual),
            Figure(metrics.CORRELATION, None if found.correlation is None else round(found.correlation, 3)),
        ),
        (_bars(found.bars), _parameters(found)),
        (
            Chart(
                "bars",
                words("每人预测与实际", "每人預測與實際", "Foretold and made, each"),
                Draw.ACROSS,
                "bars",
                "before",
                ("expected", "actual"),
            ),
        ),
    )


def _bars(bars: tuple[Bar, ...]) -> Table:
    return Table(
        "bars",
        words("按此前购买次数", "依此前購買次數", "By purchases before"),
        (
            Column("before", words("此前购买次数", "此前購買次數", "Purchases before"), Unit.TEXT),
            Column("members", words("会员数", "會員數", "Members"), Unit.COUNT, definition=words(
                "前段里购买过这么多次的会员数。", "前段裡購買過這麼多次的會員數。",
                "Members who bought so often in the earlier part.")),
            Column("expected", words("每人预测", "每人預測", "Foretold each"), Unit.NUMBER, definition=words(
                "模型只看前段，预测其中每人在后段的平均购买次数。", "模型只看前段，預測其中每人在後段的平均購買次數。",
                "Purchases that the model, which saw the earlier part alone, foretold for the later one, on average.")),
            Column("actual", words("每人实际", "每人實際", "Made each"), Unit.NUMBER, definition=words(
                "其中每人在后段的实际平均购买次数。", "其中每人在後段的實際平均購買次數。",
                "Purchases that they made in the later part, on average.")),
        ),
        tuple((_span(bar), bar.members, round(bar.expected, 2), round(bar.actual, 2)) for bar in bars),
    )  # fmt: skip


def _span(bar: Bar) -> str:
    if bar.most is None:
        return f"{bar.least}+"
    return str(bar.least) if bar.least == bar.most else f"{bar.least}–{bar.most}"


def _parameters(found: Calibration) -> Table:
    model = found.model
    rows: list[tuple[Text | str, str]] = [
        ("r", f"{model.r:.4g}"),
        ("α", f"{model.alpha:.4g}"),
        ("a", f"{model.a:.4g}"),
        ("b", f"{model.b:.4g}"),
        (words("对数似然", "對數概似", "Log-likelihood"), f"{model.log_likelihood:,.1f}"),
    ]
    if found.chi_square is not None and found.p_value is not None:
        rows.append((f"χ²({found.degrees})", f"{found.chi_square:.2f}"))
        rows.append(("p", f"{found.p_value:.3g}"))
    return Table(
        "fit",
        words("BG/NBD 参数", "BG/NBD 參數", "BG/NBD parameters"),
        (
            Column("name", words("参数", "參數", "Parameter"), Unit.TEXT),
            Column("value", words("值", "值", "Value"), Unit.TEXT),
        ),
        tuple(rows),
        note=words(
            "时间以周计；同一天的订单算一次。χ² 比较拟合期内购买次数的分布，p 小于 0.05 表示分布与模型有可见差别。",
            "時間以週計；同一天的訂單算一次。χ² 比較擬合期內購買次數的分布，p 小於 0.05 表示分布與模型有可見差別。",
            "Time is in weeks; orders of one day are one. χ² compares how many members bought how often in the earlier"
            " part; p below 0.05 says that the model differs visibly from them.",
        ),
    )


FORETOLD = Report(
    "models",
    words("模型检验", "模型檢驗", "Models tested"),
    words(
        "购买预测准不准？",
        "購買預測準不準？",
        "How well do the models foretell what members will buy?",
    ),
    build,
    (metrics.FORETOLD, metrics.CAME_TRUE, metrics.CORRELATION),
    (),
    None,
    compares=False,
)
