"""The same tables in another database: whatever Ibis speaks, named by `WAREHOUSE_URL`.

`pyspark://…` reads the warehouse's own Parquet files with Spark; what comes after the question mark is Spark's
configuration. Any other address names a database in which somebody keeps tables of the shapes in `contracts`
(docs/deployment.md says how); reports only read there.
"""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import ibis
from ibis.backends import BaseBackend

from regulars.warehouse.contracts import SCHEMAS, Tables
from regulars.warehouse.files import schema_of
from regulars.warehouse.manifest import Manifest, damaged
from regulars.warehouse.pictures import MERGES
from regulars.warehouse.trouble import BackendDown, WarehouseDamaged

SPARK = "pyspark"
FRESH = "freshness"
"""A table of one row, `at`: up to when the others are right."""

SPARK_DEFAULTS: Mapping[str, str] = {
    "spark.master": "local[*]",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
}


def scheme(url: str) -> str:
    """What kind of database it is."""
    return urlsplit(url).scheme


def connect(url: str) -> BaseBackend:
    """A connection to the database. Raises `BackendDown`."""
    kind = scheme(url)
    try:
        if kind == SPARK:
            return _spark({**SPARK_DEFAULTS, **dict(parse_qsl(urlsplit(url).query))})
        return ibis.connect(url)
    except Exception as error:  # every driver has errors of its own
        raise BackendDown(kind, str(error)) from error


def tables_there(backend: BaseBackend, kind: str) -> Tables:
    """The tables that somebody keeps there. Raises `BackendDown`, also where one is missing or lacks a column."""
    try:
        found = {name: _fitting(backend.table(name), name) for name in SCHEMAS}
    except Exception as error:
        raise BackendDown(kind, str(error)) from error
    return Tables(**found)


def spark_tables(backend: Any, folder: Path, known: Manifest) -> Tables:
    """The warehouse's files as Spark reads them, with the numbers of merged records put right."""
    if damaged(folder, known):
        raise WarehouseDamaged
    for name in (*SCHEMAS, MERGES):
        _spark_view(backend, folder, known, name)
    merges = backend.table(f"{MERGES}_{known.name}")
    merged = bool(sum(file.rows for file in known.of(MERGES)))
    return Tables(
        **{
            name: _put_right(backend.table(f"{name}_{known.name}"), merges, name == "members") if merged
            else backend.table(f"{name}_{known.name}")
            for name in SCHEMAS
        }
    )  # fmt: skip


def _spark(settings: Mapping[str, str]) -> BaseBackend:
    """Spark takes what is settled at its start from the environment; Ibis would set it afterwards, which it refuses."""
    words = [word for name, value in settings.items() for word in ("--conf", shlex.quote(f"{name}={value}"))]
    os.environ["PYSPARK_SUBMIT_ARGS"] = " ".join([*words, "pyspark-shell"])
    return ibis.connect("pyspark://")


def _spark_view(backend: Any, folder: Path, known: Manifest, table: str) -> None:
    """A temporary view of the table's files; empty, but of its shape, where there are none."""
    files, names = known.of(table), schema_of(table).names
    session, view = backend._session, f"{table}_{known.name}"
    if files:
        rows = session.read.parquet(*(str(folder / file.path) for file in files)).select(*names)
        rows.createOrReplaceTempView(view)
        return
    empty = ibis.memtable([], schema=SCHEMAS[table])
    backend.create_view(view, empty, overwrite=True)


def _put_right(table: Any, merges: Any, people: bool) -> Any:
    """Rows of records that were merged away belong to those who stayed; as members they are there no more."""
    if people:
        return table.anti_join(merges, table.member == merges.gone)
    joined = table.left_join(merges, table.member == merges.gone)
    return joined.mutate(member=joined.kept.coalesce(joined.member)).select(*table.columns)


def _fitting(table: Any, name: str) -> Any:
    """The columns of the shape, in its types."""
    shape = SCHEMAS[name]
    return table.select(**{column: table[column].cast(kind) for column, kind in shape.items()})
