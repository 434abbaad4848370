"""How members moved between levels from the day before the period to its end."""

from datetime import timedelta

import ibis
import ibis.expr.types as ir

from regulars.insight import period_metrics as metrics
from regulars.insight.boards.counting import during, grain, rate, read, starts, time_column, truncated
from regulars.insight.boards.rates import judged
from regulars.insight.boards.standing import NOBODY, ranks_at, rose, steps_of
from regulars.insight.defining import Unit
from regulars.insight.ground import ladder_of
from regulars.insight.report import Answer, Cell, Chart, Column, Draw, Figure, Ground, Report, Sentence, Table
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.tiers.contracts import Ladder

NEW = words("新入会", "新入會", "Joined since")
Flows = dict[tuple[int, int], int]
"""(rank at the beginning, rank at the end) → members; `NOBODY` for who joined since."""


def build(ground: Ground) -> Answer:
    ladder = ladder_of(ground.asked, ground.programme)
    if ladder is None:
        return Answer(
            Sentence(
                words(
                    "方案里还没有等级。在“成长体系”里设置等级后，这里会显示会员如何升降。",
                    "方案裡還沒有等級。在「成長體系」設定等級後，這裡會顯示會員如何升降。",
                    "The programme has no levels yet. Set some up, and this shows how members move between them.",
                )
            ),
            empty=True,
        )
    flows: Flows = {(row["old"], row["new"]): row["members"] for row in read(_grouped(ground, ladder))}
    up = sum(members for (old, new), members in flows.items() if NOBODY < old < new)
    down = sum(members for (old, new), members in flows.items() if old > new)
    same = sum(members for (old, new), members in flows.items() if old == new)
    upgraded = _upgrade_rate(ground, ladder)
    return Answer(
        _sentence(up, down, same, sum(flows.values())),
        (
            Figure(metrics.MEMBERS_END, sum(flows.values())),
            Figure(metrics.UPGRADE_IN, upgraded, drill="rose" if upgraded else ""),
            Figure(metrics.KEEP_IN, _keep_rate(ground, ladder)),
        ),
        (_flow_table(ladder, flows), _level_table(ladder, flows), _over_time(ground, ladder)),
        (
            Chart("flows", words("等级流向", "等級流向", "From level to level"), Draw.FLOW,
                  "flows", "old", ("members",), into="new", nodes=_nodes(ladder)),
            Chart("steps", words("升级与降级", "升級與降級", "Steps up and down"), Draw.TIME, "time", "period",
                  ("up", "down")),
        ),
        empty=not flows,
    )  # fmt: skip


def _both(ground: Ground, ladder: Ladder) -> ir.Table:
    """Every member at the end: where they stood before the period (`NOBODY`: not a member yet), and at its end."""
    asked = ground.asked
    then = ranks_at(ground.people, ladder, asked.first - timedelta(days=1)).rename(old="rank")
    now = ranks_at(ground.people, ladder, asked.last).rename(new="rank")
    both = now.left_join(then, "member")
    return both.select("member", "new", old=both.old.fill_null(NOBODY))


def _grouped(ground: Ground, ladder: Ladder) -> ir.Table:
    both = _both(ground, ladder)
    return both.group_by(["old", "new"]).agg(members=both.count()).order_by(["old", "new"])


def _upgrade_rate(ground: Ground, ladder: Ladder) -> float | None:
    orders = during(ground.people.orders, ground.asked)
    found = read(orders.agg(buyers=orders.member.nunique()))[0]["buyers"]
    risen = rose(ground.people, ladder, ground.asked)
    return rate(read(risen.agg(members=risen.count()))[0]["members"], found)


def _keep_rate(ground: Ground, ladder: Ladder) -> float | None:
    steps = judged(ground.people, ground.asked, ladder)
    reasons = {row["reason"]: row["n"] for row in read(steps.group_by("reason").agg(n=steps.count()))}
    return rate(reasons.get("kept", 0), sum(reasons.values()))


def _sentence(up: int, down: int, same: int, members: int) -> Sentence:
    if not members:
        return Sentence(
            words(
                "这个范围内还没有会员。",
                "這個範圍內還沒有會員。",
                "There are no members within these bounds yet.",
            )
        )
    return Sentence(
        words(
            "与期初相比，{up} 位会员升级，{down} 位降级，{same} 位等级不变。",
            "與期初相比，{up} 位會員升級，{down} 位降級，{same} 位等級不變。",
            "Against the beginning of the period {up} {up|member stands|members stand} higher, {down} lower,"
            " {same} where they stood.",
        ),
        {"up": (Unit.COUNT, up), "down": (Unit.COUNT, down), "same": (Unit.COUNT, same)},
    )


def _level(ladder: Ladder, rank: int) -> Text:
    return NEW if rank == NOBODY else ladder.levels[rank].name


def _nodes(ladder: Ladder) -> tuple[tuple[Text, str], ...]:
    """The levels in their own colours, the highest on top, and who joined since in grey."""
    levels = ((level.name, level.colour or f"c{level.rank % 4}") for level in reversed(ladder.levels))
    return (*levels, (NEW, "c4"))


def _flow_table(ladder: Ladder, flows: Flows) -> Table:
    ordered = sorted(flows)
    return Table(
        "flows",
        words("等级流向", "等級流向", "From level to level"),
        (
            Column("old", words("期初", "期初", "At the beginning"), Unit.TEXT),
            Column("new", words("期末", "期末", "At the end"), Unit.TEXT),
            Column(
                "members",
                words("会员数", "會員數", "Members"),
                Unit.COUNT,
                definition=words(
                    "期初在前一等级、期末在后一等级的会员数。",
                    "期初在前一等級、期末在後一等級的會員數。",
                    "Members who stood on the first level when the period began and on the second when it ended.",
                ),
            ),
        ),
        tuple((_level(ladder, old), _level(ladder, new), flows[old, new]) for old, new in ordered),
        tuple(f"{old}:{new}" for old, new in ordered),
    )


def _level_table(ladder: Ladder, flows: Flows) -> Table:
    def members(old: int | None, new: int | None) -> int:
        return sum(value for (was, now), value in flows.items() if old in (None, was) and new in (None, now))

    rows: list[tuple[Cell, ...]] = []
    for rank in range(len(ladder.levels)):
        stayed = members(rank, rank)
        rows.append(
            (
                _level(ladder, rank), members(rank, None), members(None, rank) - stayed,
                members(rank, None) - stayed, members(None, rank), rate(stayed, members(rank, None)),
            )
        )  # fmt: skip
    return Table(
        "levels",
        words("各等级", "各等級", "Level by level"),
        (
            Column("level", words("等级", "等級", "Level"), Unit.TEXT),
            Column(
                "opening",
                words("期初", "期初", "At the beginning"),
                Unit.COUNT,
                definition=words(
                    "本期开始前处于该等级的会员数。",
                    "本期開始前處於該等級的會員數。",
                    "Members who stood on the level before the period began.",
                ),
            ),
            Column(
                "came",
                words("进入", "進入", "Came"),
                Unit.COUNT,
                definition=words(
                    "期末在该等级、期初不在的会员数，含本期新入会的会员。",
                    "期末在該等級、期初不在的會員數，含本期新入會的會員。",
                    "Members on the level at the end who were not at the beginning, new ones included.",
                ),
            ),
            Column(
                "went",
                words("离开", "離開", "Went"),
                Unit.COUNT,
                definition=words(
                    "期初在该等级、期末不在的会员数。",
                    "期初在該等級、期末不在的會員數。",
                    "Members on the level at the beginning who are not at the end.",
                ),
            ),
            Column(
                "closing",
                words("期末", "期末", "At the end"),
                Unit.COUNT,
                definition=words(
                    "期末处于该等级的会员数。",
                    "期末處於該等級的會員數。",
                    "Members who stood on the level when the period ended.",
                ),
            ),
            Column(
                "stayed",
                words("留在原级", "留在原級", "Stayed"),
                Unit.RATE,
                definition=words(
                    "期初与期末都在该等级的会员数 ÷ 期初在该等级的会员数。",
                    "期初與期末都在該等級的會員數 ÷ 期初在該等級的會員數。",
                    "Members on the level at both ends ÷ those on it at the beginning.",
                ),
            ),
        ),
        tuple(rows),
    )


def _over_time(ground: Ground, ladder: Ladder) -> Table:
    by = grain(ground.asked)
    steps = during(steps_of(ground.people, ladder), ground.asked)
    steps = steps.mutate(period=truncated(steps.day, by))
    found = {
        row["period"]: row
        for row in read(
            steps.group_by("period").agg(
                up=(steps.upper > steps.lower).sum(),
                down=(steps.upper < steps.lower).sum(),
                kept=((steps.reason == "kept") & (steps.lower > 0)).sum(),
            )
        )
    }
    nothing = {"up": 0, "down": 0, "kept": 0}
    return Table(
        "time",
        words("按时间", "依時間", "Over time"),
        (
            time_column(by),
            Column(
                "up",
                words("升级次数", "升級次數", "Steps up"),
                Unit.COUNT,
                definition=words(
                    "升到更高等级的次数，同一会员升几次计几次。",
                    "升到更高等級的次數，同一會員升幾次計幾次。",
                    "How often somebody rose to a higher level; of one member each time counts.",
                ),
            ),
            Column(
                "down",
                words("降级次数", "降級次數", "Steps down"),
                Unit.COUNT,
                definition=words(
                    "降到更低等级的次数，同一会员降几次计几次。",
                    "降到更低等級的次數，同一會員降幾次計幾次。",
                    "How often somebody fell to a lower level; of one member each time counts.",
                ),
            ),
            Column(
                "kept",
                words("保级次数", "續等次數", "Levels kept"),
                Unit.COUNT,
                definition=words(
                    "等级有效期到期时保级成功的次数，最低等级不计。",
                    "等級效期到期時續等成功的次數，最低等級不計。",
                    "How often a level above the lowest was kept when its validity ended.",
                ),
            ),
        ),
        tuple(
            (day, *(found.get(day, nothing)[name] for name in ("up", "down", "kept")))
            for day in starts(ground.asked, by)
        ),
    )


def members(ground: Ground, key: str) -> ir.Table:
    """Who went from one rank to another (`0:1`), or who rose at all."""
    ladder = ladder_of(ground.asked, ground.programme)
    if ladder is None:
        return ground.people.members.select("member").limit(0)
    if key == "rose":
        return rose(ground.people, ladder, ground.asked)
    old, _, new = key.partition(":")
    both = _both(ground, ladder)
    return both.filter((both.old == int(old)) & (both.new == ibis.literal(int(new)))).select("member")


LEVELS = Report(
    "levels",
    words("等级流动", "等級流動", "Level flows"),
    words(
        "本期内会员从哪个等级到了哪个等级？",
        "本期內會員從哪個等級到了哪個等級？",
        "From which level to which did members move in the period?",
    ),
    build,
    (metrics.MEMBERS_END, metrics.UPGRADE_IN, metrics.KEEP_IN),
    members=members,
    filters=("audience", "ladder"),
)
