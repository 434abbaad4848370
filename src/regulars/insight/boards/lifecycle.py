"""Lifecycle: in which stage members are, how they moved, and the layers."""

from collections import Counter
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from regulars.insight.boards.counting import rate, read
from regulars.insight.boards.rfm import until
from regulars.insight.defining import Unit
from regulars.insight.report import Answer, Chart, Column, Draw, Figure, Ground, Report, Sentence, Table
from regulars.insight.scoring import metrics, stages
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.members.scores import LAYERS, STAGES

JOINED = "joined"
NAMES: dict[str, Text] = {str(one.value): one.label for one in STAGES} | {
    JOINED: words("新入会", "新入會", "Joined since")
}
LAYER_NAMES: dict[str, Text] = {str(one.value): one.label for one in LAYERS}
SHADES = {
    "loyal": "c0", "active": "c0", "won_back": "c2", "new": "c2", "at_risk": "c3", "sleeping": "c1", "lost": "c4",
    "prospect": "c4", JOINED: "c4",
}  # fmt: skip
WITH_US = ("new", "active", "loyal", "won_back")
GONE = ("sleeping", "lost")


def build(ground: Ground) -> Answer:
    both = _both(ground)
    found = read(
        both.group_by(["old", "new", "layer"]).agg(
            members=both.count(), sales=ibis.coalesce(both.spend_year_minor.sum(), 0)
        )
    )
    by_stage, by_layer = _summed(found, "new"), _summed(found, "layer")
    everybody = sum(members for members, _ in by_stage.values())
    flows: Counter[tuple[str, str]] = Counter()
    for row in found:
        flows[row["old"], row["new"]] += row["members"]
    left = sum(count for (old, new), count in flows.items() if new in GONE and old not in (*GONE, JOINED))
    back = sum(count for (old, new), count in flows.items() if old in GONE and new not in GONE)
    here = sum(by_stage.get(stage, (0, 0))[0] for stage in WITH_US)
    return Answer(
        _sentence(everybody, here, left, back),
        (
            Figure(metrics.ALIVE_SHARE, rate(here, everybody), drill="here" if here else ""),
            Figure(metrics.LEFT, left, drill="left" if left else ""),
            Figure(metrics.CAME_BACK, back, drill="back" if back else ""),
        ),
        (
            _table("stages", words("各阶段", "各階段", "Stages"), by_stage, NAMES, "stage"),
            _table("layers", words("分层", "分層", "Layers"), by_layer, LAYER_NAMES, "layer"),
            _flow_table(flows),
        ),
        (
            Chart("stages", words("各阶段会员", "各階段會員", "Members by stage"), Draw.ACROSS, "stages", "name",
                  ("members",)),
            Chart("layers", words("分层的会员与消费占比", "分層的會員與消費占比", "Members and spend by layer"),
                  Draw.ACROSS, "layers", "name", ("share", "sales_share")),
            Chart("flows", words("与期初相比的流向", "與期初相比的流向", "Moves since the beginning"), Draw.FLOW,
                  "flows", "old", ("members",), into="new",
                  nodes=tuple((NAMES[stage], shade) for stage, shade in SHADES.items())),
        ),
        empty=not everybody,
    )  # fmt: skip


def _placed(ground: Ground, day: date) -> ir.Table:
    return stages.placed(ground.tables, ground.programme.insight, day)


def _summed(rows: list[dict[str, int]], by: str) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        members, sales = found.get(str(row[by]), (0, 0))
        found[str(row[by])] = (members + row["members"], sales + row["sales"])
    return found


def _sentence(everybody: int, here: int, left: int, back: int) -> Sentence:
    if not everybody:
        return Sentence(
            words(
                "这个范围内还没有会员。",
                "這個範圍內還沒有會員。",
                "There are no members within these bounds yet.",
            )
        )
    return Sentence(
        words(
            "{share} 的会员处于活跃阶段；与期初相比，{left} 位转入沉睡或流失，{back} 位从沉睡或流失中回来了。",
            "{share} 的會員處於活躍階段；與期初相比，{left} 位轉入沉睡或流失，{back} 位從沉睡或流失中回來了。",
            "{share} of members are active; since the beginning of the period {left} fell asleep or were lost, and"
            " {back} who were asleep or lost then came back.",
        ),
        {
            "share": (Unit.RATE, rate(here, everybody)),
            "left": (Unit.COUNT, left),
            "back": (Unit.COUNT, back),
        },
    )


def _table(
    ident: str, title: Text, found: dict[str, tuple[int, int]], names: dict[str, Text], drill: str
) -> Table:
    members = sum(count for count, _ in found.values())
    sales = sum(spent for _, spent in found.values())
    there = [name for name in names if name in found]
    return Table(
        ident,
        title,
        (
            Column("name", title, Unit.TEXT),
            Column(
                "members",
                words("会员数", "會員數", "Members"),
                Unit.COUNT,
                definition=words(
                    "期末处于该阶段或分层的会员数。",
                    "期末處於該階段或分層的會員數。",
                    "Members who are in it at the end of the period.",
                ),
            ),
            Column(
                "share",
                words("会员占比", "會員占比", "Of members"),
                Unit.RATE,
                definition=words(
                    "该行会员数 ÷ 各行合计。",
                    "該列會員數 ÷ 各列合計。",
                    "Its members ÷ the members of all rows.",
                ),
            ),
            Column(
                "sales",
                words("一年消费", "一年消費", "Spent in a year"),
                Unit.MONEY,
                definition=words(
                    "该行会员在截至期末的一年内的消费。",
                    "該列會員在截至期末的一年內的消費。",
                    "What its members spent in the year that ends with the period.",
                ),
            ),
            Column(
                "sales_share",
                words("消费占比", "消費占比", "Of spend"),
                Unit.RATE,
                definition=words(
                    "该行消费 ÷ 各行合计。",
                    "該列消費 ÷ 各列合計。",
                    "What they spent ÷ what the members of all rows spent.",
                ),
            ),
        ),
        tuple(
            (
                names[name],
                found[name][0],
                rate(found[name][0], members),
                found[name][1],
                rate(found[name][1], sales),
            )
            for name in there
        ),
        tuple(f"{drill}:{name}" for name in there),
    )


def _both(ground: Ground) -> ir.Table:
    before = _placed(ground, ground.asked.first - timedelta(days=1)).select("member", old="stage")
    after = _placed(ground, until(ground)).select("member", "layer", "spend_year_minor", new="stage")
    both = after.left_join(before, "member")
    return both.select("member", "new", "layer", "spend_year_minor", old=ibis.coalesce(both.old, JOINED))


def _flow_table(flows: dict[tuple[str, str], int]) -> Table:
    order = list(NAMES)
    there = sorted(flows, key=lambda pair: (order.index(pair[0]), order.index(pair[1])))
    return Table(
        "flows",
        words("阶段流向", "階段流向", "Moves between stages"),
        (
            Column("old", words("期初", "期初", "At the beginning"), Unit.TEXT),
            Column("new", words("期末", "期末", "At the end"), Unit.TEXT),
            Column(
                "members",
                words("会员数", "會員數", "Members"),
                Unit.COUNT,
                definition=words(
                    "期初在前一阶段、期末在后一阶段的会员数。",
                    "期初在前一階段、期末在後一階段的會員數。",
                    "Members who were in the first stage at the beginning and in the second at the end.",
                ),
            ),
        ),
        tuple((NAMES[old], NAMES[new], flows[old, new]) for old, new in there),
        tuple(f"move:{old}:{new}" for old, new in there),
    )


def members(ground: Ground, key: str) -> ir.Table:
    """Who is in a stage or layer (`stage:lost`, `layer:high`), is `here`, `left`, came `back`, or went from one stage
    to another (`move:active:at_risk`)."""
    kind, _, rest = key.partition(":")
    if kind in ("stage", "layer"):
        seen = _placed(ground, until(ground))
        return seen.filter(seen[kind] == rest).select("member")
    both = _both(ground)
    if kind == "move":
        old, _, new = rest.partition(":")
        return both.filter((both.old == old) & (both.new == new)).select("member")
    held = {
        "here": both.new.isin(WITH_US),
        "left": both.new.isin(GONE) & both.old.notin((*GONE, JOINED)),
        "back": both.old.isin(GONE) & both.new.notin(GONE),
    }
    return both.filter(held.get(kind, ibis.literal(value=False))).select("member")


LIFECYCLE = Report(
    "lifecycle",
    words("会员生命周期", "會員生命週期", "Lifecycle"),
    words(
        "会员处在哪个阶段，谁睡着了，谁回来了？",
        "會員處在哪個階段，誰睡著了，誰回來了？",
        "In which stage are members; who fell asleep, who came back?",
    ),
    build,
    (metrics.ALIVE_SHARE, metrics.LEFT, metrics.CAME_BACK),
    (),
    members,
)
