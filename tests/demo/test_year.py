"""The whole year through the engine, as `make demo` loads it, held to figures counted from the files alone."""

import json
import os
import subprocess
import sys
from typing import Any

import pyarrow.compute as pc
import pytest

from regulars.demo.source import table


@pytest.fixture(scope="module")
def stats(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `regulars stats --json` says after `regulars demo --no-serve`, and as `warehouse` what `regulars warehouse
    verify --json` says of the year as Parquet."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    environment["REGULARS_DATA"] = str(tmp_path_factory.mktemp("year"))
    environment.pop("DATABASE_URL", None)

    def regulars(*arguments: str) -> str:
        command = [sys.executable, "-m", "regulars.cli", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    regulars("demo", "--no-serve")
    found: dict[str, Any] = json.loads(regulars("stats", "--json"))
    regulars("warehouse", "rebuild")
    return {**found, "warehouse": json.loads(regulars("warehouse", "verify", "--json"))}


def test_the_year_in_the_books_is_the_year_of_the_files(stats: dict[str, Any]) -> None:
    """Every basket pays one base point for each whole unit of the currency: growth has nothing beside it."""
    lines = table("transactions")
    cents = pc.cast(pc.round(pc.multiply(lines["sales_value"], 100)), "int64")
    baskets = lines.append_column("cents", cents).group_by("basket_id").aggregate([("cents", "sum")])
    base_points = pc.sum(pc.divide(baskets["cents_sum"], 100)).as_py()
    assert stats["orders"] == len(baskets) == 155_848
    assert stats["members"] == pc.count_distinct(lines["household_id"]).as_py() == 2_469
    assert stats["sales_minor"] == pc.sum(cents).as_py() == 459_603_958
    assert stats["growth_issued"] == stats["growth_outstanding"] == base_points == 4_519_934


def test_points_are_base_points_and_what_the_rules_add(stats: dict[str, Any]) -> None:
    members, orders = stats["members"], stats["orders"]
    assert stats["points_issued"] > stats["growth_issued"] + 100 * members - 1, "each got the joining gift"
    assert stats["points_outstanding"] == stats["points_issued"] - stats["points_expired"]
    assert stats["points_spent"] == stats["points_reversed"] == stats["refunded_minor"] == 0
    assert sum(stats["members_per_level"].values()) == members
    assert 0 not in stats["members_per_level"].values()
    assert 0 < stats["messages"]["total"] < orders / 50, "history loads quietly"


def test_the_warehouse_holds_the_year(stats: dict[str, Any]) -> None:
    """Every line and basket; sums by month are those of the log, whose sum is that of the files."""
    warehouse = stats["warehouse"]
    assert warehouse["ok"] is True
    assert warehouse["differences"] == []
    assert warehouse["rows"]["orders"] == stats["orders"]
    assert warehouse["rows"]["lines"] == len(table("transactions")) == 1_469_307
    assert warehouse["rows"]["events"] > stats["orders"] + stats["members"]
    assert warehouse["rows"]["refunds"] == 0
