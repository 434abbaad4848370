"""Over Spark the same figures as over DuckDB. All that starts a JVM is in this file, so that one is started."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

import ibis
import pytest
from pyspark.sql import SparkSession

from regulars.engine.history import BUCKETS, portions
from regulars.insight.boards.deferrals import sold
from regulars.insight.experiments.gathering import gather, met
from regulars.insight.experiments.reading import read
from regulars.insight.ground import ground_of
from regulars.insight.maturing import cohorts
from regulars.insight.portions import live_through
from regulars.insight.registry import report_of
from regulars.insight.report import Asked, Ground
from regulars.insight.spark import live_on_spark, write_log
from regulars.kit import clock
from regulars.language.calendar import add_months
from regulars.programme.loader import load
from regulars.programme.queries import version_source
from regulars.programme.service import current
from regulars.warehouse.contracts import SCHEMAS, Tables
from tests.engine.world import moment, today
from tests.insight.test_experiment_reading import design
from tests.insight.test_portions import DRAFT, life  # noqa: F401 - the members whose lives these are
from tests.queries.rows import PROGRAMME
from tests.warehouse.histories import HISTORY, duck, history_folder, quiet, same, spark  # noqa: F401
from tests.warehouse.test_backends import figures

pytestmark = pytest.mark.skipif(
    shutil.which("java") is None, reason="Spark needs Java: apt-get install openjdk-17-jre-headless"
)


@quiet
def test_spark_reads_the_same_files_and_says_the_same(duck: Tables, spark: Tables) -> None:  # noqa: F811
    said, also = figures(duck), figures(spark)
    assert same(said, also), (said, also)
    assert said[0] == {"rows": HISTORY.members, "members": 300, "sum": 300 * 301 // 2}
    assert (
        sum(row["sales"] for row in said[len(SCHEMAS) :])
        == duck.orders.total_minor.sum().to_pyarrow().as_py()
    )


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
def test_an_experiment_read(duck: Tables, spark: Tables) -> None:  # noqa: F811
    mine = _said(duck)
    assert mine[-8:-6][0] > 100
    assert mine == _said(spark)


def ground(tables: Tables) -> Ground:
    last = HISTORY.last_day
    return ground_of(Asked(add_months(last, -3), last), PROGRAMME, tables, last)


@quiet
def test_what_the_programme_costs(duck: Tables, spark: Tables) -> None:  # noqa: F811
    here, there = ground(duck), ground(spark)
    assert same(report_of("costs").build(there), report_of("costs").build(here))
    assert sold(there, "points") == sold(here, "points")
    found = cohorts(duck.entries, "points")
    assert sum(each.issued for each in found) > 0
    assert sum(sum(each.spent.values()) for each in found) > 0


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("spark", "life")
def test_portions_of_members_come_to_the_whole(tmp_path: Path) -> None:
    session = SparkSession.getActiveSession()
    first = moment("2026-02-01")
    with today("2026-04-21"):
        until = clock.now()
        write_log(tmp_path / "log", portions(until, 3), until, lines=False)
        assert len(list((tmp_path / "log").iterdir())) == 3
        sources = (version_source(current().number) or "", DRAFT)
        over_spark = live_on_spark(session, tmp_path / "log", sources, (1, 0), first, until)
        here = live_through(current(), load(DRAFT), BUCKETS, first, until)
    assert over_spark.as_json() == here.as_json()
    assert over_spark.after.members == 12
