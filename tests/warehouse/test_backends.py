"""The same expressions in other databases: one that somebody loads, one that is down. Spark: `test_spark`."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from regulars.warehouse.backends import tables_there
from regulars.warehouse.contracts import SCHEMAS, Tables
from regulars.warehouse.elsewhere import Elsewhere
from regulars.warehouse.trouble import BackendDown
from tests.warehouse.histories import duck, history_folder, same  # noqa: F401


def figures(tables: Tables) -> list[dict[str, Any]]:
    """One query over all tables: rows, members, and the first and last day of each."""
    parts = []
    for name in SCHEMAS:
        table = getattr(tables, name)
        found = table.agg(rows=table.count(), members=table.member.nunique(), sum=table.member.sum())
        parts += found.to_pyarrow().to_pylist()
    orders = tables.orders
    by_channel = orders.group_by("channel", orders.day.month().name("month")).agg(
        sales=orders.total_minor.sum(), last=orders["at"].max(), late=(orders.hour >= 18).sum()
    )
    return parts + by_channel.order_by("channel", "month").to_pyarrow().to_pylist()


def test_a_database_that_somebody_loads(duck: Tables, tmp_path: Path) -> None:  # noqa: F811
    """Here a DuckDB file whose tables were copied from ours, some columns in wider types."""
    file = tmp_path / "brand.duckdb"
    with duckdb.connect(str(file)) as loaded:
        for name in SCHEMAS:
            loaded.register("rows", getattr(duck, name).to_pyarrow())
            loaded.execute(f'CREATE TABLE "{name}" AS SELECT * FROM rows')
        loaded.execute("ALTER TABLE orders ALTER lines TYPE BIGINT")
        loaded.execute("CREATE TABLE freshness AS SELECT TIMESTAMPTZ '2026-06-01 08:00:00+00' AS \"at\"")
    there = Elsewhere(f"duckdb://{file}", tmp_path)
    assert not there.reads_files
    tables = there.tables(None)
    assert tables.orders.schema()["lines"].is_int32()
    assert same(figures(tables), figures(duck))
    assert str(there.fresh()) == "2026-06-01 08:00:00+00:00"


def test_a_database_that_is_down_or_lacks_a_table_is_said_to_be(tmp_path: Path) -> None:
    down = Elsewhere("postgres://nobody@127.0.0.1:1/nothing", tmp_path)
    with pytest.raises(BackendDown) as found:
        down.tables(None)
    assert "（postgres）没有响应" in found.value.say("zh-hans")
    empty = Elsewhere(f"duckdb://{tmp_path / 'empty.duckdb'}", tmp_path)
    with pytest.raises(BackendDown) as lacking:
        empty.tables(None)
    assert "members" in lacking.value.said
    with pytest.raises(BackendDown):
        tables_there(empty._connected(), "duckdb")
    assert empty.fresh() is None
