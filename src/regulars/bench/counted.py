"""Reports counted over a made-up history, beside hand-written SQL that gives the same answer on the same files.

Run as a process of its own, so that its peak memory is that of counting alone: folder, members, threads, memory.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

import duckdb

from regulars.bench import counted_sql as sql
from regulars.insight import shelf
from regulars.insight.boards.cohorts import COHORTS
from regulars.insight.boards.counting import read
from regulars.insight.boards.funnel import FUNNEL
from regulars.insight.conditions import who
from regulars.insight.registry import BUSINESS, LOOP, PEOPLE, SECTIONS
from regulars.insight.report import Asked, Ground, Report
from regulars.insight.scoring import rfm
from regulars.language.condition import parse_condition
from regulars.programme.contracts import RfmTerms
from regulars.programme.gallery import template
from regulars.programme.loader import load
from regulars.programme.vocabulary import fields_for
from regulars.warehouse import manifest
from regulars.warehouse.contracts import SCHEMAS
from regulars.warehouse.manifest import LIVE
from regulars.warehouse.opened import Opened, select

BOARDS = tuple(
    board for section, _, boards in SECTIONS if section in (BUSINESS, LOOP, PEOPLE) for board in boards
)
"""Pages that need nothing but the warehouse."""
TURNS = 3
"""Each is counted so often, in turn with its SQL; the best time of either counts."""


@dataclass(frozen=True, slots=True)
class Question:
    """A report, how its answer reads as plain rows, and the same from SQL."""

    name: str
    report: Callable[[Ground], Any]
    by_hand: Callable[[duckdb.DuckDBPyConnection, date, date], Any]


def main() -> None:
    folder, last, threads, memory = (
        Path(sys.argv[1]),
        date.fromisoformat(sys.argv[2]),
        int(sys.argv[3]),
        sys.argv[4],
    )
    print(json.dumps(count(folder, last, threads, memory)))


def count(folder: Path, last: date, threads: int, memory: str) -> dict[str, Any]:
    """Seconds of each report and of its SQL, their ratio, the peak memory until then, and of whole pages: counted
    for the first time, and opened with what was counted.

    Raises where the answers differ."""
    tables = Opened(folder, threads, memory).tables()
    first = last - timedelta(days=364)
    ground = Ground(Asked(first, last), load(template("grocery"), 1), tables, tables, last)
    found: dict[str, Any] = {}
    with _by_hand(folder, threads, memory) as base:
        for question in QUESTIONS:
            found[question.name] = _timed(question, ground, base, first, last)
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    found["boards"], found["opened"] = {}, {}
    for board in BOARDS:
        found["boards"][board.id], found["opened"][board.id] = _pages(board, ground)
    return found


def _pages(board: Report, ground: Ground) -> tuple[float, float]:
    """Seconds of a whole page of the last twelve months, counted for the first time and taken from the shelf."""
    began = time.perf_counter()
    answer = board.build(ground)
    between = time.perf_counter()
    shelf.lay(board.id, answer)
    laid = time.perf_counter()
    again = shelf.look(board.id)
    ended = time.perf_counter()
    if again is None or again.value != answer:
        raise AssertionError(f"{board.id}: what lies on the shelf is not what was counted")
    return round(between - began, 2), round(ended - laid, 4)


def _timed(
    question: Question, ground: Ground, base: duckdb.DuckDBPyConnection, first: date, last: date
) -> dict[str, float]:
    best, best_by_hand = float("inf"), float("inf")
    for _ in range(TURNS):
        began = time.perf_counter()
        answer = question.report(ground)
        between = time.perf_counter()
        same = question.by_hand(base, first, last)
        ended = time.perf_counter()
        if answer != same:
            raise AssertionError(f"{question.name}: the report says {answer}, the SQL {same}")
        best, best_by_hand = min(best, between - began), min(best_by_hand, ended - between)
    return {
        "seconds": round(best, 3),
        "sql_seconds": round(best_by_hand, 3),
        "ratio": round(best / best_by_hand, 2),
    }


def _by_hand(folder: Path, threads: int, memory: str) -> duckdb.DuckDBPyConnection:
    known = manifest.read(folder / LIVE)
    assert known is not None
    base = duckdb.connect()
    base.execute(f"SET TimeZone = 'UTC'; SET threads = {threads}; SET memory_limit = '{memory}'")
    base.execute("SET preserve_insertion_order = false; SET parquet_metadata_cache = true")
    base.execute("SET temp_directory = ?", [str(folder / "spill")])
    for name in SCHEMAS:
        base.execute(f'CREATE VIEW "{name}" AS {select(folder, known, name)}')
    return base


def _rfm(ground: Ground) -> dict[str, tuple[int, int, int]]:
    seen = rfm.scored(ground.tables, RfmTerms(), ground.asked.last)
    groups = seen.group_by("group").agg(
        members=seen.count(), orders=seen.orders.sum(), sales=seen.spend_minor.sum()
    )
    return {row["group"]: (row["members"], row["orders"], row["sales"]) for row in read(groups)}


def _rfm_by_hand(base: duckdb.DuckDBPyConnection, first: date, last: date) -> dict[str, tuple[int, int, int]]:
    groups: dict[str, tuple[int, int, int]] = {}
    for r, fm, members, orders, sales in base.execute(sql.RFM, {"first": first, "last": last}).fetchall():
        name = rfm.group_of(r, fm)
        before = groups.get(name, (0, 0, 0))
        groups[name] = (before[0] + members, before[1] + orders, before[2] + sales)
    return groups


def _cohorts(ground: Ground) -> list[tuple[Any, ...]]:
    matrix = COHORTS.build(ground).tables[0]
    return [
        (row[0], row[1], *(round(cell, 9) for cell in row[2:] if isinstance(cell, float)))
        for row in matrix.rows
    ]


def _cohorts_by_hand(base: duckdb.DuckDBPyConnection, first: date, last: date) -> list[tuple[Any, ...]]:
    asked = {"first": first, "last": last}
    sizes = dict(base.execute(sql.COHORTS, asked).fetchall())
    cells = {
        (cohort, after): members for cohort, after, members in base.execute(sql.RETENTION, asked).fetchall()
    }
    months = {cohort: (last.year - cohort.year) * 12 + last.month - cohort.month for cohort in sizes}
    return [
        (
            cohort,
            sizes[cohort],
            *(round(cells.get((cohort, n), 0) / sizes[cohort], 9) for n in range(months[cohort] + 1)),
        )
        for cohort in sorted(sizes)
    ]


def _funnel(ground: Ground) -> list[tuple[Any, ...]]:
    return [(row[1], row[4]) for row in FUNNEL.build(ground).tables[0].rows]


def _funnel_by_hand(base: duckdb.DuckDBPyConnection, first: date, last: date) -> list[tuple[Any, ...]]:
    found = base.execute(sql.FUNNEL, {"first": first, "last": last}).fetchone()
    assert found is not None
    seen, closer, people, bought, reached, claimed, again, *did = found
    passed = (None, None, people, bought, reached, claimed, again)
    return list(zip(passed, (seen, closer, people, *did), strict=True))


FIVE = {
    "all": [
        {"field": "member.gender", "op": "eq", "value": "female"},
        {"field": "tags", "op": "has_any", "value": ["vip", "coffee"]},
        {"field": "level.level", "op": "gte", "value": "silver"},
        {"field": "orders.count", "op": "gte", "value": 3, "window": {"days": 180}},
        {"field": "orders.spend", "op": "gte", "value": 500, "window": {"days": 365}},
    ]
}
"""Women with one of two tags, above the lowest level, with three orders in half a year and 500 spent in a year."""


def _audience(ground: Ground) -> int:
    programme = ground.programme
    at = datetime.combine(ground.asked.last, clock(12), programme.zone)
    condition = parse_condition(FIVE, fields_for(programme, None))
    return int(who(condition, programme, ground.tables, at).count().to_pyarrow().as_py())


def _audience_by_hand(base: duckdb.DuckDBPyConnection, first: date, last: date) -> int:
    found = base.execute(sql.AUDIENCE, {"first": first, "last": last}).fetchone()
    assert found is not None
    return int(found[0])


QUESTIONS = (
    Question("rfm", _rfm, _rfm_by_hand),
    Question("cohorts", _cohorts, _cohorts_by_hand),
    Question("funnel", _funnel, _funnel_by_hand),
    Question("audience", _audience, _audience_by_hand),
)
