"""What came to members of one asset and what went.

Opening + issued − spent − expired − taken back + other = closing, in every line.
"""

import ibis
import ibis.expr.types as ir

from regulars.insight import period_metrics as metrics
from regulars.insight.boards.counting import during, grain, one, rate, read, starts, time_column, truncated
from regulars.insight.boards.options import ASSET
from regulars.insight.boards.overview import metric_column
from regulars.insight.defining import Unit
from regulars.insight.report import Answer, Cell, Chart, Column, Draw, Figure, Ground, Report, Sentence, Table
from regulars.language.problems import words

KINDS = ("issue", "spend", "expire", "reverse")
NONE = dict.fromkeys((*KINDS, "other"), 0)


def asset_of(ground: Ground) -> str:
    """The asset asked about: what was named, else the first that can be spent."""
    named = ground.asked.choice("asset")
    return named or next(iter(ASSET.choices(ground.programme)), "points")


def build(ground: Ground) -> Answer:
    asset, by = asset_of(ground), grain(ground.asked)
    entries = ground.people.entries.filter(ground.people.entries.asset == asset)
    before = entries.filter(entries.day < ibis.date(ground.asked.first))
    opening = one(before.agg(units=before.units.sum()))["units"]
    moved = during(entries, ground.asked)
    found = {
        row["period"]: row for row in read(_sums(moved.mutate(period=truncated(moved.day, by)), "period"))
    }
    rules = read(_sums(moved.filter(moved.account == "issue"), "rule"))
    sums = {name: sum(row[name] for row in found.values()) for name in NONE}
    closing = opening + sum(sums.values())
    return Answer(
        _sentence(asset, sums, closing),
        (
            Figure(metrics.ISSUED_IN, sums["issue"], asset, "issue" if sums["issue"] else ""),
            Figure(metrics.SPENT_IN, -sums["spend"], asset, "spend" if sums["spend"] else ""),
            Figure(metrics.EXPIRED_IN, -sums["expire"], asset, "expire" if sums["expire"] else ""),
            Figure(metrics.REVERSED_IN, -sums["reverse"], asset, "reverse" if sums["reverse"] else ""),
            Figure(metrics.OTHER_IN, sums["other"], asset),
            Figure(metrics.CLOSING, closing, asset),
            Figure(metrics.REDEEMED, rate(-sums["spend"], sums["issue"])),
        ),
        (_over_time(ground, asset, by, found, opening), _by_rule(asset, rules, ground)),
        (
            Chart("flow", words("来去", "來去", "What came and what went"), Draw.TIME, "time", "period",
                  ("issued_in", "spent_in", "expired_in", "reversed_in"), stacked=True,
                  below=("spent_in", "expired_in", "reversed_in")),
            Chart("closing", metrics.CLOSING.name, Draw.TIME, "time", "period", ("closing",), ("closing",)),
        ),
        empty=not found and not opening,
    )  # fmt: skip


def _sums(entries: ir.Table, by: str) -> ir.Table:
    """Per value of `by` what each account moved, as members see it: + came, − went."""
    known = {kind: entries.units.sum(where=entries.account == kind).fill_null(0) for kind in KINDS}
    other = entries.units.sum(where=entries.account.notin(KINDS)).fill_null(0)
    return entries.group_by(by).agg(**known, other=other)


def _sentence(asset: str, sums: dict[str, int], closing: int) -> Sentence:
    units = Unit.ASSET
    return Sentence(
        words(
            "本期发放 {issued}，使用 {spent}（{rate}），过期 {expired}；期末会员手里有 {closing}。",
            "本期發放 {issued}，使用 {spent}（{rate}），到期 {expired}；期末會員手上有 {closing}。",
            "{issued} issued, {spent} spent ({rate}), {expired} lapsed; members end with {closing}.",
        ),
        {
            "issued": (units, sums["issue"]),
            "spent": (units, -sums["spend"]),
            "rate": (Unit.RATE, rate(-sums["spend"], sums["issue"])),
            "expired": (units, -sums["expire"]),
            "closing": (units, closing),
        },
        dict.fromkeys(("issued", "spent", "expired", "closing"), asset),
    )


def _over_time(
    ground: Ground, asset: str, by: Unit, found: dict[Cell, dict[str, int]], opening: int
) -> Table:
    rows: list[tuple[Cell, ...]] = []
    held = opening
    for day in starts(ground.asked, by):
        row = found.get(day, NONE)
        began, held = held, held + sum(row[name] for name in NONE)
        rows.append(
            (day, began, row["issue"], -row["spend"], -row["expire"], -row["reverse"], row["other"], held)
        )
    shown = (
        metrics.ISSUED_IN, metrics.SPENT_IN, metrics.EXPIRED_IN, metrics.REVERSED_IN, metrics.OTHER_IN, metrics.CLOSING
    )  # fmt: skip
    opened = Column(
        "opening",
        words("期初余额", "期初餘額", "Opening"),
        Unit.ASSET,
        asset,
        definition=words(
            "这段时间开始前会员手里的余额。",
            "這段時間開始前會員手上的餘額。",
            "What members held before it began.",
        ),
    )
    columns = [metric_column(metric, asset) for metric in shown]
    return Table(
        "time",
        words("按时间", "依時間", "Over time"),
        (time_column(by), opened, *columns),
        tuple(rows),
    )


def _by_rule(asset: str, rules: list[dict[str, int]], ground: Ground) -> Table:
    """What each rule issued in the period, most first."""
    names = {rule.id: rule.name for rule in ground.programme.rules}
    by_hand = words(
        "不经规则：手工、接口、充值", "不經規則：手動、介接、儲值", "No rule: by hand, by the API, topped up"
    )
    total = sum(row["issue"] for row in rules)
    ordered = sorted(rules, key=lambda row: (-row["issue"], str(row["rule"] or "")))
    return Table(
        "rules",
        words("由哪些规则发放", "由哪些規則發放", "Issued by which rules"),
        (
            Column("rule", words("规则", "規則", "Rule"), Unit.TEXT),
            metric_column(metrics.ISSUED_IN, asset),
            Column(
                "share",
                words("占比", "占比", "Share"),
                Unit.RATE,
                definition=words(
                    "该规则发放的数量 ÷ 本期发放总量。",
                    "該規則發放的數量 ÷ 本期發放總量。",
                    "What the rule issued ÷ all that was issued in the period.",
                ),
            ),
        ),
        tuple(
            (names.get(str(row["rule"]), row["rule"] or by_hand), row["issue"], rate(row["issue"], total))
            for row in ordered
        ),
    )


def members(ground: Ground, key: str) -> ir.Table:
    """Whose units moved in that account in the period."""
    entries = during(ground.people.entries, ground.asked)
    found = entries.filter((entries.asset == asset_of(ground)) & (entries.account == key))
    return found.select("member").distinct()


POINTS = Report(
    "points",
    words("积分流动", "點數流動", "Points flows"),
    words(
        "本期发了多少、用了多少、过期多少，会员手里还有多少？",
        "本期發了多少、用了多少、到期多少，會員手上還有多少？",
        "How much was issued, spent and lapsed, and what do members still have?",
    ),
    build,
    (
        metrics.ISSUED_IN, metrics.SPENT_IN, metrics.EXPIRED_IN, metrics.REVERSED_IN, metrics.OTHER_IN, metrics.CLOSING,
        metrics.REDEEMED,
    ),
    (ASSET,),
    members,
    ("audience", "level", "ladder"),
)  # fmt: skip
