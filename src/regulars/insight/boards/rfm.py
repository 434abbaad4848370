"""RFM: the groups, the matrix, and who went from one group to another."""

from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.insight.boards.counting import Row, rate, read
from regulars.insight.defining import Unit
from regulars.insight.report import Answer, Cell, Chart, Column, Draw, Figure, Ground, Report, Sentence, Table
from regulars.insight.scoring import metrics, rfm
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.members.scores import RFM_GROUPS

OUTSIDE = "outside"
MOVES_MOST = 30
"""So many of the largest moves are shown."""
NAMES: dict[str, Text] = {str(one.value): one.label for one in RFM_GROUPS}
SHADES = {
    "champions": "c0", "loyal": "c0", "potential": "c2", "new": "c2", "promising": "c2", "attention": "c1",
    "about_to_sleep": "c1", "at_risk": "c3", "cant_lose": "c3", "hibernating": "c4", "outside": "c4",
}  # fmt: skip
"""Good, coming, to be watched, going, gone: five colours for eleven groups."""
BEST = ("champions", "loyal")
GOING = ("at_risk", "cant_lose")
SUMS = ("members", "orders", "sales", "days")


def build(ground: Ground) -> Answer:
    found = _counted(ground)
    inside = [row for row in found if row["new"] != OUTSIDE]
    groups = _summed(inside, "new")
    members = sum(row["members"] for row in groups.values())
    sales = sum(row["sales"] for row in groups.values())
    best = sum(groups[name]["sales"] for name in BEST if name in groups)
    going = sum(groups[name]["members"] for name in GOING if name in groups)
    return Answer(
        _sentence(groups, members, sales, best, going),
        (
            Figure(metrics.SCORED, members),
            Figure(metrics.WORTH, rate(best, sales)),
            Figure(metrics.GOING, rate(going, members), drill="going" if going else ""),
        ),
        (_groups(groups, members, sales), _matrix(inside), _moves(found)),
        (
            Chart(
                "matrix", words("RFM 矩阵（会员数）", "RFM 矩陣（會員數）", "RFM matrix (members)"),
                Draw.HEAT, "matrix", "r", tuple(f"fm{step}" for step in range(1, 6)),
            ),
            Chart(
                "groups", words("各组会员与销售占比", "各群會員與銷售占比", "Members and sales by group"),
                Draw.ACROSS, "groups", "group", ("share", "sales_share"),
            ),
            Chart(
                "moves", words("与期初相比的流向", "與期初相比的流向", "Moves since the beginning"),
                Draw.FLOW, "moves", "old", ("members",), into="new",
                nodes=tuple((NAMES[group], SHADES[group]) for group in NAMES),
            ),
        ),
        empty=not members,
    )  # fmt: skip


def until(ground: Ground) -> date:
    """The day that is looked at: the period's last, or today where that is yet to come."""
    return min(ground.asked.last, ground.today)


def _counted(ground: Ground) -> list[Row]:
    """Members, orders, sales and days by the group at the beginning, the group now and its cell: all that the page
    tells, out of one look at both days."""
    both = _both(ground)
    return read(
        both.group_by(["old", "new", "recency", "both"]).agg(
            members=both.count(),
            orders=both.orders.sum(),
            sales=both.spend_minor.sum(),
            days=both.recency_days.sum(),
        )
    )


def _summed(rows: list[Row], *by: str) -> dict[Any, dict[str, int]]:
    """The rows added up by a column, or by the pair of two."""
    found: dict[Any, dict[str, int]] = {}
    for row in rows:
        sums = found.setdefault(
            row[by[0]] if len(by) == 1 else tuple(row[name] for name in by), dict.fromkeys(SUMS, 0)
        )
        for name in SUMS:
            sums[name] += row[name] or 0
    return found


def _scored(ground: Ground, day: date) -> ir.Table:
    return rfm.scored(ground.tables, ground.programme.insight.rfm, day)


def _sentence(groups: dict[str, dict[str, int]], members: int, sales: int, best: int, going: int) -> Sentence:
    if not members:
        return Sentence(
            words(
                "窗口内还没有订单。接入订单后，这里会按近度、频度、额度给会员分组。",
                "期間內還沒有訂單。接入訂單後，這裡會依近度、頻度、額度為會員分群。",
                "There are no orders in the window yet. Once orders come in, this groups members by how lately, how"
                " often and for how much they buy.",
            )
        )
    top = sum(groups[name]["members"] for name in BEST if name in groups)
    return Sentence(
        words(
            "冠军与忠诚客户占会员的 {share}，带来 {sales} 的销售；{going} 位好顾客正在流失。",
            "冠軍與忠誠顧客占會員的 {share}，帶來 {sales} 的銷售；{going} 位好顧客正在流失。",
            "Champions and loyal members are {share} of all and bring {sales} of sales; {going} good"
            " {going|customer is|customers are}"
            " about to be lost.",
        ),
        {
            "share": (Unit.RATE, rate(top, members)),
            "sales": (Unit.RATE, rate(best, sales)),
            "going": (Unit.COUNT, going),
        },
    )


def _groups(groups: dict[str, dict[str, int]], members: int, sales: int) -> Table:
    there = [name for name in NAMES if name in groups]
    return Table(
        "groups",
        words("分组", "分群", "Groups"),
        (
            Column("group", words("分组", "分群", "Group"), Unit.TEXT),
            Column(
                "members",
                words("会员数", "會員數", "Members"),
                Unit.COUNT,
                definition=words(
                    "期末处于该分组的会员数。",
                    "期末處於該分群的會員數。",
                    "Members who are in the group at the end of the period.",
                ),
            ),
            Column(
                "share",
                words("会员占比", "會員占比", "Of members"),
                Unit.RATE,
                definition=words(
                    "该组会员数 ÷ 参与 RFM 的会员数。",
                    "該群會員數 ÷ 參與 RFM 的會員數。",
                    "Members of the group ÷ all who are scored.",
                ),
            ),
            Column(
                "sales",
                words("实付金额", "實付金額", "Paid"),
                Unit.MONEY,
                definition=words(
                    "该组会员在 RFM 窗口内的实付金额，已减退款。",
                    "該群會員在 RFM 期間內的實付金額，已減退款。",
                    "What the group paid in the window of RFM, less refunds.",
                ),
            ),
            Column(
                "sales_share",
                words("销售占比", "銷售占比", "Of sales"),
                Unit.RATE,
                definition=words(
                    "该组实付金额 ÷ 全部参与会员的实付金额。",
                    "該群實付金額 ÷ 全部參與會員的實付金額。",
                    "What the group paid ÷ what all who are scored paid.",
                ),
            ),
            Column(
                "orders",
                words("人均订单", "人均訂單", "Orders each"),
                Unit.NUMBER,
                definition=words(
                    "该组会员在窗口内的订单数 ÷ 该组会员数。",
                    "該群會員在期間內的訂單數 ÷ 該群會員數。",
                    "Orders of the group in the window ÷ its members.",
                ),
            ),
            Column(
                "spend",
                words("人均金额", "人均金額", "Paid each"),
                Unit.MONEY,
                definition=words(
                    "该组实付金额 ÷ 该组会员数。",
                    "該群實付金額 ÷ 該群會員數。",
                    "What the group paid ÷ its members.",
                ),
            ),
            Column(
                "days",
                words("平均距上次天数", "平均距上次天數", "Days since the last"),
                Unit.NUMBER,
                definition=words(
                    "从最近一次订单到期末的天数，按该组会员平均。",
                    "從最近一次訂單到期末的天數，依該群會員平均。",
                    "Days from the latest order to the end of the period, on average of the group.",
                ),
            ),
        ),
        tuple(_group_row(name, groups[name], members, sales) for name in there),
        tuple(f"group:{name}" for name in there),
    )


def _group_row(name: str, row: dict[str, int], members: int, sales: int) -> tuple[Cell, ...]:
    count = row["members"]
    return (
        NAMES[name],
        count,
        rate(count, members),
        row["sales"],
        rate(row["sales"], sales),
        round(row["orders"] / count, 1),
        round(row["sales"] / count),
        round(row["days"] / count, 1),
    )


def _matrix(rows: list[Row]) -> Table:
    """Newest on top, most often to the right."""
    found = {cell: sums["members"] for cell, sums in _summed(rows, "recency", "both").items()}
    return Table(
        "matrix",
        words("RFM 矩阵", "RFM 矩陣", "RFM matrix"),
        (
            Column("r", words("近度", "近度", "Recency"), Unit.TEXT),
            *(
                Column(
                    f"fm{step}",
                    words(f"频额 {step}", f"頻額 {step}", f"FM {step}"),
                    Unit.COUNT,
                    definition=words(
                        "近度分与频额分都是该值的会员数。频额分是频度分与额度分的平均，向上取整。",
                        "近度分與頻額分都是該值的會員數。頻額分是頻度分與額度分的平均，向上取整。",
                        "Members with that recency and that FM, the mean of the scores for frequency and money"
                        " rounded up.",
                    ),
                )
                for step in range(1, 6)
            ),
        ),
        tuple(
            (f"R {step}", *(found.get((step, both), 0) for both in range(1, 6))) for step in range(5, 0, -1)
        ),
        tuple(f"r:{step}" for step in range(5, 0, -1)),
        words(
            "R 越高，最近一次购买越近；频额是频度分与额度分的平均，越高越常买、买得越多。",
            "R 越高，最近一次購買越近；頻額是頻度分與額度分的平均，越高越常買、買得越多。",
            "The higher R, the later the latest order; FM is the mean of the scores for frequency and money.",
        ),
        tuple(
            tuple(f"cell:{step}:{both}" if found.get((step, both)) else "" for both in range(1, 6))
            for step in range(5, 0, -1)
        ),
    )


def _both(ground: Ground) -> ir.Table:
    """Everybody scored now or at the beginning, with both groups and what they are scored by now."""
    before = _scored(ground, ground.asked.first - timedelta(days=1)).select("member", old="group")
    after = _scored(ground, until(ground)).rename(new="group")
    both = before.outer_join(after, "member")
    return both.mutate(
        member=ibis.coalesce(both.member, both.member_right),
        old=ibis.coalesce(both.old, OUTSIDE),
        new=ibis.coalesce(both.new, OUTSIDE),
    ).drop("member_right")


def _moves(found: list[Row]) -> Table:
    order = list(NAMES)
    flows = [
        (old, new, sums["members"]) for (old, new), sums in _summed(found, "old", "new").items() if old != new
    ]
    rows = sorted(flows, key=lambda row: (-row[2], order.index(row[0]), order.index(row[1])))[:MOVES_MOST]
    rows.sort(key=lambda row: (order.index(row[0]), order.index(row[1])))
    return Table(
        "moves",
        words("分组流向", "分群流向", "Moves between groups"),
        (
            Column("old", words("期初", "期初", "At the beginning"), Unit.TEXT),
            Column("new", words("期末", "期末", "At the end"), Unit.TEXT),
            Column(
                "members",
                words("会员数", "會員數", "Members"),
                Unit.COUNT,
                definition=words(
                    "期初在前一分组、期末在后一分组的会员数。",
                    "期初在前一分群、期末在後一分群的會員數。",
                    "Members who were in the first group at the beginning and in the second at the end.",
                ),
            ),
        ),
        tuple((NAMES[old], NAMES[new], members) for old, new, members in rows),
        tuple(f"move:{old}:{new}" for old, new, _ in rows),
        words(
            f"只列人数最多的 {MOVES_MOST} 种变动；没有换组的不列。",
            f"只列人數最多的 {MOVES_MOST} 種變動；沒有換群的不列。",
            f"The {MOVES_MOST} largest moves; who stayed in a group is not listed.",
        ),
    )


def members(ground: Ground, key: str) -> ir.Table:
    """Who is in a group (`group:loyal`), has an R score (`r:5`), is in a cell of the matrix (`cell:5:3`), is `going`,
    or went from one to another (`move:loyal:at_risk`)."""
    kind, _, rest = key.partition(":")
    if kind == "move":
        old, _, new = rest.partition(":")
        both = _both(ground)
        return both.filter((both.old == old) & (both.new == new)).select("member")
    seen = _scored(ground, until(ground))
    if kind == "r" and rest.isdigit():
        return seen.filter(seen.recency == int(rest)).select("member")
    recency, _, both_score = rest.partition(":")
    if kind == "cell" and recency.isdigit() and both_score.isdigit():
        return seen.filter((seen.recency == int(recency)) & (seen.both == int(both_score))).select("member")
    wanted = GOING if kind == "going" else (rest,)
    return seen.filter(seen.group.isin(wanted)).select("member")


RFM = Report(
    "rfm",
    words("RFM 分组", "RFM 分群", "RFM"),
    words(
        "哪些会员买得近、买得勤、买得多，哪些正在离开？",
        "哪些會員買得近、買得勤、買得多，哪些正在離開？",
        "Who bought lately, often and much, and who is leaving?",
    ),
    build,
    (metrics.SCORED, metrics.WORTH, metrics.GOING),
    (),
    members,
)
