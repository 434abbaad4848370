"""What must hold of reports whatever the history: steps only narrow, members are conserved, books add up, parts are the
whole."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.insight.ground import ground_of
from regulars.insight.registry import report_of
from regulars.insight.report import Answer, Asked
from regulars.warehouse.contracts import Tables
from tests.queries.rows import PROGRAMME
from tests.reports.small import member, order, tables_of

FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 119).map(lambda days: FIRST + timedelta(days=days))
NUMBERS = st.integers(1, 6)
LEVELS = st.sampled_from(["basic", "silver", "gold", "retired"])
ACCOUNTS = st.sampled_from(["issue", "spend", "expire", "reverse", "transfer"])


@st.composite
def histories(draw: st.DrawFn) -> Tables:
    """Six members at most, and what they may have done in four months: nobody promises that it makes sense."""
    joined = draw(st.dictionaries(NUMBERS, DAYS, max_size=6))
    bought = draw(
        st.lists(
            st.tuples(
                NUMBERS,
                DAYS,
                st.integers(0, 9999),
                st.sampled_from(["app", "", None]),
                st.sampled_from(["S1", None]),
            ),
            max_size=12,
        )
    )
    steps = draw(st.lists(st.tuples(NUMBERS, DAYS, LEVELS, LEVELS), max_size=8))
    moved = draw(st.lists(st.tuples(NUMBERS, DAYS, ACCOUNTS, st.integers(-500, 500)), max_size=12))
    claimed = draw(st.lists(st.tuples(NUMBERS, DAYS), max_size=3))
    return tables_of(
        members=[member(number, day) for number, day in joined.items()],
        orders=[
            order(number, str(place), day, total, channel=channel, store=store)
            for place, (number, day, total, channel, store) in enumerate(bought)
            if number in joined
        ],
        steps=[
            {
                "member": number,
                "ladder": "level",
                "before": before,
                "after": after,
                "reason": "earned",
                "day": day,
            }
            for number, day, before, after in steps
            if number in joined
        ],
        entries=[
            {
                "member": number,
                "asset": "points",
                "account": account,
                "units": units,
                "rule": None,
                "day": day,
            }
            for number, day, account, units in moved
        ],
        entitlements=[
            {"member": number, "benefit": "tea", "state": "claimed", "granted_day": day, "claimed_day": day}
            for number, day in claimed
            if number in joined
        ],
    )


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    first, last = sorted((draw(DAYS), draw(DAYS)))
    return Asked(first, last)


def say(report: str, tables: Tables, asked: Asked, **options: str) -> Answer:
    asked = replace(asked, options=tuple(options.items()))
    return report_of(report).build(ground_of(asked, PROGRAMME, tables, date(2026, 4, 30)))


def figures(found: Answer) -> dict[str, Any]:
    return {figure.metric.id: figure.value for figure in found.figures}


def members(tables: Tables, first: date, last: date) -> int:
    days = tables.members.to_pyarrow()["joined_day"].to_pylist()
    return sum(first <= day <= last for day in days)


few = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


@few
@given(histories(), questions(), st.sampled_from(["all", "new"]))
def test_steps_of_the_funnel_never_grow(tables: Tables, asked: Asked, start: str) -> None:
    found = say("funnel", tables, asked, start=start)
    steps = [row[1] for row in found.table("loop").rows]
    assert steps == sorted(steps, reverse=True)
    assert steps[0] == members(tables, asked.first if start == "new" else FIRST, asked.last)
    assert all(row[1] is None or row[1] <= row[4] for row in found.table("steps").rows)


@few
@given(histories(), questions())
def test_a_cohort_has_each_member_once_and_keeps_at_most_all(tables: Tables, asked: Asked) -> None:
    table = say("cohorts", tables, asked).table("cohorts")
    assert sum(row[1] for row in table.rows) == members(tables, asked.first, asked.last)
    assert all(share is None or 0 <= share <= 1 for row in table.rows for share in row[2:])


@settings(few, max_examples=3)
@given(histories(), questions())
def test_flows_between_levels_and_stages_conserve_members(tables: Tables, asked: Asked) -> None:
    before, after = (
        members(tables, FIRST, asked.first - timedelta(days=1)),
        members(tables, FIRST, asked.last),
    )
    for report in ("levels", "lifecycle"):
        flows = say(report, tables, asked).table("flows")
        assert sum(row[2] for row in flows.rows) == after, report
        joined = [row[2] for row in flows.rows if row[0]["en"] == "Joined since"]
        assert sum(joined) == after - before, report
    levels = say("levels", tables, asked).table("levels")
    assert sum(row[1] for row in levels.rows) == before
    assert all(opening + came - went == closing for _, opening, came, went, closing, _ in levels.rows)
    assert sum(row[4] for row in levels.rows) == after


@few
@given(histories(), questions())
def test_what_came_less_what_went_is_what_is_left(tables: Tables, asked: Asked) -> None:
    found = say("points", tables, asked)
    for _, opening, issued, spent, expired, reversed_, other, closing in found.table("time").rows:
        assert opening + issued - spent - expired - reversed_ + other == closing
    rows = tables.entries.to_pyarrow().to_pylist()
    assert figures(found)["closing"] == sum(row["units"] for row in rows if row["day"] <= asked.last)


@few
@given(histories(), questions(), st.integers(0, 119))
def test_parts_are_the_whole(tables: Tables, asked: Asked, part: int) -> None:
    """Channels and stores of a period, new and returning buyers, and the period in two."""
    whole = figures(say("overview", tables, asked))
    for report, table in (("channels", "channel"), ("stores", "store")):
        rows = say(report, tables, asked).table(table).rows
        assert (sum(row[1] for row in rows), sum(row[3] for row in rows)) == (whole["sales"], whole["orders"])
    mix = say("mix", tables, asked).table("mix").rows
    assert [sum(row[place] for row in mix) for place in (1, 2, 3)] == [
        whole["buyers"], whole["orders"], whole["sales"],
    ]  # fmt: skip
    if asked.days > 1:
        middle = asked.first + timedelta(days=part % (asked.days - 1))
        halves = [
            figures(say("overview", tables, each))
            for each in (replace(asked, last=middle), replace(asked, first=middle + timedelta(days=1)))
        ]
        for name in ("sales", "orders", "joined", "refunded"):
            assert sum(half[name] for half in halves) == whole[name], name
