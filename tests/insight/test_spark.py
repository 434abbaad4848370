"""Over Spark the same figures: the same functions, in tasks of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from regulars.engine.history import BUCKETS, portions
from regulars.insight.portions import live_through
from regulars.insight.spark import live_on_spark, write_log
from regulars.kit import clock
from regulars.programme.loader import load
from regulars.programme.queries import version_source
from regulars.programme.service import current
from regulars.warehouse.backends import connect
from tests.engine.world import moment, today
from tests.insight.test_portions import DRAFT, _life  # noqa: F401 - the members whose lives these are
from tests.warehouse.histories import SPARK

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def spark() -> Iterator[Any]:
    """The session that other tests left open, or one of its own."""
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java: apt-get install openjdk-17-jre-headless")
    there = SparkSession.getActiveSession()
    if there is not None:
        yield there
        return
    backend: Any = connect(SPARK)
    yield backend._session
    backend.disconnect()


def test_portions_over_spark_come_to_the_whole(spark: Any, tmp_path: Path) -> None:
    first = moment("2026-02-01")
    with today("2026-04-21"):
        until = clock.now()
        write_log(tmp_path / "log", portions(until, 3), until, lines=False)
        assert len(list((tmp_path / "log").iterdir())) == 3
        sources = (version_source(current().number) or "", DRAFT)
        over_spark = live_on_spark(spark, tmp_path / "log", sources, (1, 0), first, until)
        here = live_through(current(), load(DRAFT), BUCKETS, first, until)
    assert over_spark.as_json() == here.as_json()
    assert over_spark.after.members == 12
