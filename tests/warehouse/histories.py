"""Made-up histories to count reports over, read by DuckDB and by Spark: fixtures, to be imported where they are used.

`duck` is a year of 300 members as `regulars bench` makes it. `rich_duck` and `spark` are the same files, of a history
that has something of everything (`tests.warehouse.rich`), read by either. A test that asks for Spark waits some seconds
for it once in a run, and each of its queries takes a good part of a second: only `test_spark` does. `same` says whether
two answers are equal. Mark tests with Spark with `quiet`, since what is around it warns.
"""

import math
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from regulars.bench import history
from regulars.warehouse import backends, manifest
from regulars.warehouse.contracts import Tables
from regulars.warehouse.manifest import LIVE
from regulars.warehouse.opened import Opened
from tests.warehouse import rich

HISTORY = history.Size(300, 6000, 12)
SPARK = (
    "pyspark://?spark.master=local[1]&spark.sql.shuffle.partitions=1&spark.driver.memory=768m"
    "&spark.driver.host=127.0.0.1&spark.ui.showConsoleProgress=false&spark.log.level=ERROR"
    "&spark.sql.codegen.wholeStage=false&spark.sql.codegen.factoryMode=NO_CODEGEN&spark.sql.adaptive.enabled=false"
    "&spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:%2BUseSerialGC"
)
"""For many small queries: nothing is compiled that runs once."""
quiet = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="session")
def history_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The year as a warehouse's folder."""
    folder = tmp_path_factory.mktemp("history")
    history.make(folder, HISTORY, memory="256MB", threads=1)
    return folder


@pytest.fixture(scope="session")
def duck(history_folder: Path) -> Tables:
    """The year as DuckDB reads it."""
    return Opened(history_folder, 1, "512MB").tables()


@pytest.fixture(scope="session")
def rich_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Something of everything, as a warehouse's folder."""
    folder = tmp_path_factory.mktemp("rich")
    rich.make(folder)
    return folder


@pytest.fixture(scope="session")
def rich_duck(rich_folder: Path) -> Tables:
    """Something of everything, as DuckDB reads it."""
    return Opened(rich_folder, 1, "512MB").tables()


@pytest.fixture(scope="session")
def spark(rich_folder: Path) -> Iterator[Tables]:
    """Something of everything, as Spark reads it."""
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java: apt-get install openjdk-17-jre-headless")
    backend: Any = backends.connect(SPARK)
    known = manifest.read(rich_folder / LIVE)
    assert known is not None
    yield backends.spark_tables(backend, rich_folder, known)
    backend.disconnect()


def same(one: Any, other: Any) -> bool:
    """Whether two answers say the same: numbers to nine digits, moments whatever zone they are told in, mappings,
    dataclasses and lists by what is in them."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one.replace(tzinfo=None) == other.replace(tzinfo=None)
    if isinstance(one, bool | str | date | None) or isinstance(other, bool | str | date | None):
        return bool(one == other)
    if isinstance(one, int | float | Decimal) and isinstance(other, int | float | Decimal):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if hasattr(one, "__dataclass_fields__") and type(one) is type(other):
        return all(same(getattr(one, name), getattr(other, name)) for name in one.__dataclass_fields__)
    return bool(one == other)
