"""The bench's reports and the SQL beside them say the same, and a made-up history is whole."""

from pathlib import Path
from typing import Any

from regulars.bench.counted import count
from regulars.warehouse.contracts import Tables
from tests.warehouse.histories import HISTORY, duck, history_folder  # noqa: F401


def test_reports_and_sql_give_the_same_answers(history_folder: Path) -> None:  # noqa: F811
    found = count(history_folder, HISTORY.last_day, 1, "256MB")
    assert set(found) == {"rfm", "cohorts", "funnel", "audience", "boards", "opened", "peak_mb"}
    assert {"overview", "funnel", "rfm", "lifecycle", "models"} < set(found["boards"])
    assert set(found["opened"]) == set(found["boards"])


def test_a_made_up_history_is_whole(duck: Tables) -> None:  # noqa: F811
    orders, lines, events = duck.orders, duck.lines, duck.events
    paid = events.filter(events.type == "order.paid")
    assert _one(events.count()) == HISTORY.events
    assert _one(orders.count()) == _one(paid.count())
    assert _one(lines.total_minor.sum()) == _one(orders.total_minor.sum())
    assert _one(orders.member.max()) <= HISTORY.members
    assert _one(duck.refunds.anti_join(orders, "order").count()) == 0


def _one(figure: Any) -> int:
    found: int = figure.to_pyarrow().as_py()
    return found
