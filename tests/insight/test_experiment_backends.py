"""An experiment read by Spark says what it says read by DuckDB."""

from dataclasses import replace
from datetime import UTC, datetime, time

import ibis

from regulars.insight.experiments.gathering import gather, met
from regulars.insight.experiments.reading import read
from regulars.warehouse.contracts import Tables
from tests.insight.test_experiment_reading import design
from tests.warehouse.histories import HISTORY, quiet


def _said(tables: Tables) -> list[float]:
    """Everybody meets it with an order, every other member treated."""
    orders = tables.orders
    exposures = orders.select(
        member=orders.member,
        experiment=ibis.literal("gift"),
        arm=ibis.ifelse(orders.member % 2 == 0, "treated", "holdout"),
        rule=ibis.literal("gift"),
        at=orders["at"],
        day=orders["day"],
    )
    until = datetime.combine(HISTORY.last_day, time(), UTC)
    plan = replace(design(), ends_at=None)
    whole = replace(tables, exposures=exposures)
    found = read(plan, gather(whole, plan, met(whole, plan, until), until), until)
    effects = [effects["treated"] for effects in found.effects.values()]
    figures = [(each.base, each.difference, each.low or 0.0, each.high or 0.0) for each in effects]
    rows = [(row.came, row.counted, row.sales, row.orders) for row in found.arms]
    return [round(float(value), 6) for some in (*figures, *rows) for value in some]


@quiet
def test_spark_says_what_duckdb_says(duck: Tables, spark: Tables) -> None:
    mine = _said(duck)
    assert mine[-8:-6][0] > 100
    assert mine == _said(spark)
