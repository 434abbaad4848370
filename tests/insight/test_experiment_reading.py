"""Experiments read from the warehouse's tables: who counts, what counts, and what is said of it."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from regulars.insight.boards.experiments import EXPERIMENT, EXPERIMENTS
from regulars.insight.defining import Unit
from regulars.insight.experiments.design import Design, definitions, design_of, design_of_control
from regulars.insight.experiments.gathering import MARGIN, ORDERS, SALES, Came, gather, met, met_of, sums_of
from regulars.insight.experiments.reading import Reading, Says, State, read, readable_on
from regulars.insight.experiments.sums import Sums
from regulars.insight.ground import ground_of
from regulars.insight.report import Asked
from regulars.programme.loader import load
from tests.programme.test_faults import BASE
from tests.reports.small import member as person
from tests.reports.small import says_what_it_means, tables_of

DAY = date(2026, 3, 1)
UNTIL = datetime(2026, 5, 1, tzinfo=UTC)

SOURCE = BASE.replace(
    "rules:\n",
    """\
insight: {margin: 40}
experiments:
  gift: {name: Gift, holdout: 50%, days: 10, until: 2026-04-10}
control_group: {share: 10%, from: 2026-03-01}
campaigns: {spring: {name: Spring, experiment: gift}}
rules:
  - {id: gift, name: Gift, on: order.paid, campaign: spring, then: [{credit: {asset: points, amount: 100}}]}
""",
).replace("{name: points, expires", "{name: points, cost: '0.01', expires")


def design(source: str = SOURCE) -> Design:
    programme = load(source)
    experiment, rules = definitions([programme])["gift"]
    return design_of(experiment, rules, programme)


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 3, 1, hour, tzinfo=UTC) + timedelta(days=day)


def came(member: int, arm: str, day: int, hour: int = 12) -> dict[str, Any]:
    moment = at(day, hour)
    return {
        "member": member,
        "experiment": "gift",
        "arm": arm,
        "rule": "gift",
        "at": moment,
        "day": moment.date(),
    }


def paid(member: int, day: int, total: int, hour: int = 12) -> dict[str, Any]:
    moment = at(day, hour)
    name = f"shop/{member}-{day}-{hour}"
    return {"member": member, "order": name, "at": moment, "day": moment.date(), "total_minor": total}


def gave(member: int, day: int, units: int, rule: str = "gift") -> dict[str, Any]:
    moment = at(day)
    return {
        "member": member, "rule": rule, "kind": "credit", "asset": "points", "units": units, "at": moment,
        "day": moment.date(),
    }  # fmt: skip


def test_what_counts_of_whom() -> None:
    """The first meeting counts, of those whose ten days are over; what they did in the days after and before, without
    the order they came with; refunds; what the experiment's rules gave."""
    tables = tables_of(
        exposures=[
            came(1, "treated", 5), came(1, "treated", 6), came(2, "holdout", 5), came(2, "treated", 9),
            came(3, "treated", 40), came(4, "holdout", 39), {**came(5, "treated", 5), "experiment": "other"},
        ],
        orders=[
            paid(1, 5, 900), paid(1, 5, 1_000, 18), paid(1, 15, 2_000, 11), paid(1, 15, 4_000, 12), paid(1, -5, 300),
            paid(1, -6, 50), paid(2, 7, 700), paid(5, 6, 5_000),
        ],
        refunds=[{**paid(1, 8, 0), "amount_minor": 250}],
        awards=[gave(1, 5, 100), gave(1, 6, 100), gave(1, 16, 100), gave(1, 6, 7, "base")],
    )  # fmt: skip
    plan = design()
    found = gather(tables, plan, met(tables, plan, UNTIL), UNTIL)
    assert found.came == (
        Came(date(2026, 3, 6), "holdout", 1),
        Came(date(2026, 3, 6), "treated", 1),
        Came(date(2026, 4, 9), "holdout", 1),
        Came(date(2026, 4, 10), "treated", 1),
    )
    assert found.crossed == 1
    early = [each for each in found.done if each.day == date(2026, 3, 6)]
    assert sums_of(early, "treated", SALES) == Sums.of([2_750.0], [300.0])
    assert sums_of(early, "treated", ORDERS) == Sums.of([2.0], [1.0])
    assert sums_of(early, "holdout", SALES) == Sums.of([700.0], [0.0])
    assert sums_of(early, "treated", MARGIN) == Sums.of([2_750 * 0.4 - 200.0], [120.0])
    assert [each.cost for each in early] == [0.0, 200.0]
    soon = datetime(2026, 4, 20, 12, tzinfo=UTC)
    later = gather(tables, plan, met(tables, plan, soon), soon)
    assert sum(sums_of(later.done, arm, SALES).n for arm in ("holdout", "treated")) == 4
    before = gather(tables, plan, met(tables, plan, soon), soon - timedelta(seconds=1))
    assert sum(sums_of(before.done, arm, SALES).n for arm in ("holdout", "treated")) == 3


def test_who_comes_after_the_end_does_not_count() -> None:
    tables = tables_of(exposures=[came(1, "treated", 40), came(2, "treated", 41), came(3, "holdout", 39)])
    plan = design()
    firsts = met(tables, plan, UNTIL).to_pyarrow()["member"].to_pylist()
    assert sorted(firsts) == [1, 3]


def history(lift: float, seed: int = 7, members: int = 2_000) -> Reading:
    """Members who come over thirty days; the treated buy more by `lift`."""
    chance = Random(seed)
    exposures, orders, awards = [], [], []
    for member in range(members):
        arm, day = ("treated", "holdout")[member % 2], chance.randrange(30)
        exposures.append(came(member, arm, day))
        usual = chance.gammavariate(3, 1_000)
        orders.append(paid(member, day - 3, round(usual)))
        more = 1 + lift if arm == "treated" else 1
        orders.append(paid(member, day + 4, round(usual * more * chance.uniform(0.7, 1.3))))
        if arm == "treated":
            awards.append(gave(member, day, 100))
    tables, plan = tables_of(exposures=exposures, orders=orders, awards=awards), design()
    until = datetime(2026, 4, 15, tzinfo=UTC)
    return read(plan, gather(tables, plan, met(tables, plan, until), until), until)


def test_a_gift_that_works() -> None:
    found = history(0.2)
    effect = found.main["treated"]
    assert (found.state, found.says, found.best, found.metric) == (
        State.RUNNING,
        Says.BETTER,
        "treated",
        "sales",
    )
    assert effect.low is not None
    assert effect.low < 600 < effect.high  # type: ignore[operator]
    assert effect.noise_left < 0.3
    worth = found.worth["treated"]
    assert worth.cost == pytest.approx(100 * worth.members)
    assert worth.gained == pytest.approx(worth.sales * 0.4)
    assert worth.roi == pytest.approx((worth.sales * 0.4 - worth.cost) / worth.cost)
    assert found.path[-1].effects["treated"] == effect
    assert len(found.path) <= 120
    assert found.path[0].day < found.path[-1].day
    assert [row.came for row in found.arms] == [1_000, 1_000]
    assert found.arms[1].cost == pytest.approx(100)
    assert found.readable_on == date(2026, 3, 14)


def test_a_gift_that_does_nothing_but_cost() -> None:
    found = history(0.0)
    assert (found.says, found.best) == (Says.EVEN, "treated")
    assert found.effects["margin"]["treated"].verdict == "less"


def test_a_split_that_is_no_chance_is_said_before_all_else() -> None:
    rows = [came(member, "treated" if member % 3 else "holdout", member % 5) for member in range(900)]
    tables, plan = tables_of(exposures=rows), design()
    found = read(plan, gather(tables, plan, met(tables, plan, UNTIL), UNTIL), UNTIL)
    assert (found.says, found.state, found.split.skewed) == (Says.SKEWED, State.ENDED, True)


def test_nobody_and_one_member() -> None:
    plan = design()
    nobody = read(plan, gather(tables_of(), plan, met(tables_of(), plan, UNTIL), UNTIL), UNTIL)
    assert (nobody.says, nobody.since, nobody.readable_on, nobody.path) == (Says.NOTHING_YET, None, None, ())
    tables = tables_of(exposures=[came(1, "treated", 0)])
    until = at(20)
    one = read(plan, gather(tables, plan, met(tables, plan, until), until), until)
    assert (one.says, one.state) == (Says.NOTHING_YET, State.EARLY)
    assert [(row.came, row.counted, row.order_value) for row in one.arms] == [(0, 0, None), (1, 1, None)]
    assert one.worth["treated"].roi is None


def test_when_it_can_be_read() -> None:
    plan = design()
    days = [Came(DAY + timedelta(days=day), arm, 10) for day in range(5) for arm in ("holdout", "treated")]
    today = DAY + timedelta(days=4)
    assert readable_on(plan, tuple(days), today, 50) == today + timedelta(days=11)
    assert readable_on(plan, tuple(days), today, 100) == today + timedelta(days=5 + 11)
    assert readable_on(plan, tuple(days[1::2]), today, 100) is None
    assert readable_on(plan, (), today, 100) is None


def test_the_control_group_is_read_as_an_experiment() -> None:
    programme = load(SOURCE)
    assert programme.control_group is not None
    found = design_of_control(programme.control_group, programme)
    assert [(arm.id, arm.share) for arm in found.arms] == [("holdout", 0.1), ("treated", 0.9)]
    assert [rule.id for rule in found.rules] == ["gift"]
    assert (found.days, found.units, found.margin) == (90, {"points": 1.0}, 0.4)


def test_the_control_group_is_everybody_from_its_day_on() -> None:
    """Who is in it follows from the id; those who joined later count from their joining."""
    programme = load(SOURCE)
    control = programme.control_group
    assert control is not None
    plan = design_of_control(control, programme)
    people = [person(number, date(2026, 2, 1)) for number in range(1, 301)] + [person(301, date(2026, 3, 20))]
    tables = tables_of(members=people, orders=[paid(number, 3, 1_000) for number in range(1, 301)])
    until = datetime(2026, 6, 15, tzinfo=UTC)
    found = gather(tables, plan, met_of(tables, plan, until), until)
    held = sum(control.holds(UUID(one["member_id"])) for one in people)
    came = {
        arm: sum(each.members for each in found.came if each.arm == arm) for arm in ("holdout", "treated")
    }
    assert came == {"holdout": held, "treated": 301 - held}
    assert {each.day for each in found.came} == {date(2026, 3, 1), date(2026, 3, 20)}
    assert sums_of(found.done, "treated", ORDERS) == Sums.of([1.0] * (300 - held_of(people[:300])))


def held_of(people: list[Any]) -> int:
    control = load(SOURCE).control_group
    assert control is not None
    return sum(control.holds(UUID(one["member_id"])) for one in people)


def test_as_a_report() -> None:
    rows = [came(number, ("treated", "holdout")[number % 2], number % 9) for number in range(400)]
    orders = [paid(number, number % 9 + 2, 1_000 + number % 7) for number in range(400)]
    tables, programme = tables_of(exposures=rows, orders=orders), load(SOURCE)
    asked = Asked(date(2026, 3, 1), date(2026, 4, 20), options=(("id", "gift"),))
    found = EXPERIMENT.build(ground_of(asked, programme, tables, date(2026, 4, 21)))
    assert found.sentence.text["zh-hans"].startswith("目前看不出差别：")
    assert found.sentence.values["days"] == (Unit.COUNT, 10)
    assert [row[2:4] for row in found.table("groups").rows] == [(200, 200), (200, 200)]
    assert len(found.table("path_treated").rows) > 0
    both = EXPERIMENTS.build(ground_of(asked, programme, tables, date(2026, 4, 21)))
    says_what_it_means(found)
    says_what_it_means(both)
    assert [row[0]["en"] for row in both.table("experiments").rows] == ["Control group", "Gift"]  # type: ignore[index,call-overload]
