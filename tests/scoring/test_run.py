"""A run writes everybody's scores, and what is written is what conditions see."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from regulars.insight.answers import members_behind
from regulars.insight.expressing import condition_of
from regulars.insight.ground import ground_of
from regulars.insight.registry import report_of
from regulars.insight.report import Asked
from regulars.insight.scoring import rfm, stages
from regulars.insight.scoring.models import Run
from regulars.insight.scoring.queries import last_run, scores_of
from regulars.insight.scoring.run import run
from regulars.kit.ids import bucket_of
from regulars.kit.sqlread import rows
from regulars.language.condition import parse_condition
from regulars.language.sql import to_sql
from regulars.language.sql_text import Clock
from regulars.members.models import Member
from regulars.members.models import Score as ScoreRow
from regulars.programme.loader import load
from regulars.programme.vocabulary import fields_for
from tests.scoring.tables import tables

pytestmark = pytest.mark.django_db

PROGRAMME = load(
    "programme: tea\nname: Tea\ntimezone: Asia/Shanghai\ncurrency: CNY\nassets: {points: {name: P}}\n", 1
)
TODAY = date(2026, 6, 30)
NOW = datetime(2026, 6, 30, 8, tzinfo=UTC)
JOINED = date(2025, 1, 1)


def member(number: int) -> UUID:
    return UUID(f"00000000-0000-7000-8000-{number:012x}")


@time_machine.travel(NOW, tick=False)
def test_a_run_gives_scores_and_the_next_changes_only_what_is_other() -> None:
    ScoreRow.objects.create(
        member_id=member(9), bucket=bucket_of(member(9)), name="rfm", label="champions", as_of=NOW
    )
    first = run(
        tables(
            [(1, JOINED), (2, JOINED), (3, JOINED)],
            [(1, "a", date(2026, 6, 29), 10_000), (2, "b", date(2026, 1, 5), 5_000)],
        ),
        PROGRAMME,
    )
    assert (first.until, first.members) == (TODAY, 3)
    given = {one.score.name: (one.value, one.label) for one in scores_of(member(1))}
    assert given == {
        "rfm": (None, "potential"),
        "rfm_recency": (5.0, ""),
        "rfm_frequency": (1.0, ""),
        "rfm_monetary": (3.0, ""),
        "lifecycle": (None, "new"),
        "layer": (None, "high"),
        "favourite_store": (1.0, "S1"),
        "favourite_channel": (1.0, "store"),
        "favourite_hours": (1.0, "noon"),
    }
    assert {one.score.name: one.label for one in scores_of(member(3))} == {
        "rfm": "outside",
        "lifecycle": "prospect",
        "layer": "basic",
    }
    assert scores_of(member(9)) == []
    assert first.changed == 9 + 9 + 3 + 1

    later = datetime(2026, 6, 30, 9, tzinfo=UTC)
    with time_machine.travel(later, tick=False):
        second = run(
            tables(
                [(1, JOINED), (2, JOINED), (3, JOINED)],
                [
                    (1, "a", date(2026, 6, 29), 10_000),
                    (2, "b", date(2026, 1, 5), 5_000),
                    (3, "c", TODAY, 20_000),
                ],
            ),
            PROGRAMME,
        )
    moved = {(row.member_id, row.name) for row in ScoreRow.objects.filter(as_of=later)}
    assert len(moved) == second.changed
    assert (member(3), "lifecycle") in moved
    assert (member(1), "lifecycle") not in moved
    assert Run.objects.count() == 2
    latest = last_run()
    assert latest is not None
    assert latest.fit == {
        "buying": None,
        "spending": None,
        "regularity": 1.0,
        "calibration": None,
        "recommendations": None,
    }


def test_nobody_is_no_failure() -> None:
    ran = run(tables([]), PROGRAMME, TODAY)
    assert (ran.members, ran.changed) == (0, 0)


def test_what_a_run_gave_is_what_audiences_ask_for() -> None:
    for number in (1, 2, 3):
        Member.objects.create(
            id=member(number), bucket=bucket_of(member(number)), joined_at=NOW, updated_at=NOW
        )
    run(
        tables(
            [(1, JOINED), (2, JOINED), (3, JOINED)], [(1, "a", TODAY, 100), (2, "b", date(2026, 1, 5), 5_000)]
        ),
        PROGRAMME,
        TODAY,
    )
    fields = fields_for(PROGRAMME, None)

    def asked(name: str, op: str, value: object) -> set[int]:
        raw = {"field": f"score.{name}", "op": op, "value": value}
        where, params = to_sql(parse_condition(raw, fields), fields, Clock(PROGRAMME.zone, NOW))
        return {
            found[0].int & 0xFFFF
            for found in rows(f"SELECT m.id FROM members_member m WHERE {where}", params)
        }

    assert asked("lifecycle", "eq", "new") == {1}
    assert asked("lifecycle", "in", ["new", "sleeping", "prospect"]) == {1, 2, 3}
    assert asked("rfm_recency", "gte", 5) == {1}
    assert asked("rfm_recency", "ne", 5) == {2, 3}
    assert asked("favourite_store", "eq", "S1") == {1, 2}


def test_the_members_behind_a_cell_are_whom_the_audience_of_it_asks_for() -> None:
    """Every group, row and cell of RFM, every stage and layer: what the report counts and what the condition finds."""
    numbers = range(1, 16)
    for number in numbers:
        Member.objects.create(
            id=member(number), bucket=bucket_of(member(number)), joined_at=NOW, updated_at=NOW
        )
    bought = [
        (
            number,
            f"{number}-{each}",
            TODAY - timedelta(days=number * number + 20 * each),
            500 * (number * 7 % 11 + 1),
        )
        for number in numbers
        if number % 5
        for each in range(number * 3 % 7)
    ]
    found = tables([(number, JOINED) for number in numbers], bought)
    run(found, PROGRAMME, TODAY)
    behind: dict[tuple[str, str], set[int]] = {}
    for row in rfm.scored(found, PROGRAMME.insight.rfm, TODAY).to_pyarrow().to_pylist():
        cell = f"cell:{row['recency']}:{row['both']}"
        for key in (f"group:{row['group']}", f"r:{row['recency']}", cell):
            behind.setdefault(("rfm", key), set()).add(row["member"])
    for row in stages.placed(found, PROGRAMME.insight, TODAY).to_pyarrow().to_pylist():
        for key in (f"stage:{row['stage']}", f"layer:{row['layer']}"):
            behind.setdefault(("lifecycle", key), set()).add(row["member"])
    asked, fields = Asked(TODAY - timedelta(days=29), TODAY), fields_for(PROGRAMME, None)
    assert len(behind) > 20
    for (report, key), expected in behind.items():
        raw = condition_of(report, asked, key, PROGRAMME, TODAY)
        assert raw is not None
        text, params = to_sql(parse_condition(raw, fields), fields, Clock(PROGRAMME.zone, NOW))
        ids = rows(f"SELECT m.id FROM members_member m WHERE {text}", params)
        assert {one.int & 0xFFFF for (one,) in ids} == expected, key
    key = next(key for report, key in behind if key.startswith("cell:"))
    ground = ground_of(asked, PROGRAMME, found, TODAY, None)
    drilled = members_behind(report_of("rfm"), ground, key).ids
    assert {UUID(one).int & 0xFFFF for one in drilled} == behind["rfm", key]
