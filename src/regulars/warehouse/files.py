"""Parquet files: written once, whole, under a name of their own; put together when there are many; removed in time."""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from regulars.warehouse.contracts import SCHEMAS
from regulars.warehouse.manifest import File, Manifest, digest, sync_folder

KEEP_SECONDS = 600.0
"""So long a superseded file stays, for those who are reading it."""

MERGE_AT = 8
"""So many files of about one size are put together to one of the next size."""

FIRST_SIZE = 4096
"""Files of up to so many rows are of the smallest size; each next size is `MERGE_AT` times that."""

ROW_GROUP = 122_880
"""As DuckDB divides its work: each group is read by one thread."""

MERGES_SCHEMA = pa.schema([("gone", pa.int64()), ("kept", pa.int64())])


def schema_of(table: str) -> pa.Schema:
    """The columns of the table's files."""
    return SCHEMAS[table].to_pyarrow() if table in SCHEMAS else MERGES_SCHEMA


def write_facts(folder: Path, table: str, rows: pa.Table) -> list[File]:
    """Rows that are sorted by month, each month's in a file of its own."""
    if not rows.num_rows:
        return []
    day = rows.column("day")
    months = pc.add(pc.multiply(pc.year(day), 100), pc.month(day)).combine_chunks()
    runs = pc.run_end_encode(months)
    files, start = [], 0
    for number, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
        month, part = f"{number // 100:04d}-{number % 100:02d}", rows.slice(start, end - start)
        files.append(write(folder, table, month, part.schema, part.to_batches()))
        start = end
    return files


def write_picture(folder: Path, table: str, batches: Iterable[pa.RecordBatch]) -> File:
    """All rows of a table as it is now."""
    schema = schema_of(table)
    return write(folder, table, "", schema, batches)


def together(folder: Path, files: Sequence[File]) -> File:
    """The rows of all these files of one table and month, sorted by member, in one new file."""
    table, month = files[0].table, files[0].month
    order = "member, day" if table in SCHEMAS else "gone"
    with duckdb.connect() as memory:
        memory.execute(
            "SET TimeZone = 'UTC'; SET threads = 1; SET memory_limit = '512MB'; SET temp_directory = ?",
            [str(folder / "spill")],
        )
        found = memory.sql(
            f"SELECT * FROM read_parquet(?, hive_partitioning = false) ORDER BY {order}",
            params=[[str(folder / file.path) for file in files]],
        ).to_arrow_reader(ROW_GROUP)
        schema = schema_of(table)
        return write(folder, table, month, schema, found)


def crowded(manifest: Manifest) -> list[File]:
    """Files of one table and month that are to be put together: as many of one size as make one of the next, the
    smallest first. So every row is written again only a few times, however many files come."""
    found: list[File] = []
    for _, group in _by_month(manifest.files):
        for _, some in groupby(sorted(group, key=_size), key=_size):
            files = list(some)
            if len(files) >= MERGE_AT and (not found or _size(files[0]) < _size(found[0])):
                found = files
    return found


def quiet(manifest: Manifest, before: str) -> list[File]:
    """The files of a month earlier than `before` that is in more than one; that month gets little more."""
    for (_, month), group in _by_month(manifest.files):
        files = list(group)
        if month and month < before and len(files) > 1:
            return files
    return []


def sweep(folder: Path, live: Iterable[File], keep_seconds: float = KEEP_SECONDS) -> int:
    """Remove files that no manifest names and nobody can be reading or writing any more; how many."""
    named = {file.path for file in live}
    removed, before = 0, time.time() - keep_seconds
    for path in folder.glob("*/**/*.parquet"):
        with suppress(FileNotFoundError):
            if path.relative_to(folder).as_posix() not in named and path.stat().st_mtime < before:
                path.unlink()
                removed += 1
    return removed


def supersede(folder: Path, files: Iterable[File]) -> None:
    """From now on these are kept only for those who read them already."""
    for file in files:
        with suppress(FileNotFoundError):
            os.utime(folder / file.path)


def write(folder: Path, table: str, month: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> File:
    """One new file, durably, under a name that no other has."""
    place = f"{table}/month={month}" if month else table
    path = f"{place}/part-{uuid4().hex}.parquet"
    whole = folder / path
    whole.parent.mkdir(parents=True, exist_ok=True)
    rows = 0
    with pq.ParquetWriter(whole, schema, compression="zstd", write_page_checksum=True) as writer:
        for batch in _grouped(schema, (_fitted(batch, schema) for batch in batches)):
            writer.write_table(batch, row_group_size=ROW_GROUP)
            rows += batch.num_rows
    with whole.open("rb") as file:
        os.fsync(file.fileno())
    sync_folder(whole.parent)
    return File(path, table, month, rows, whole.stat().st_size, digest(whole))


def _grouped(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The batches as tables of about a row group each: many small ones would make a file slow to read."""
    gathered: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        gathered.append(batch)
        rows += batch.num_rows
        if rows >= ROW_GROUP:
            yield pa.Table.from_batches(gathered, schema)
            gathered, rows = [], 0
    if gathered:
        yield pa.Table.from_batches(gathered, schema)


def _fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    return batch if batch.schema.equals(schema) else batch.cast(schema)


def _by_month(files: Iterable[File]) -> Iterator[tuple[tuple[str, str], Iterator[File]]]:
    def place(file: File) -> tuple[str, str]:
        return file.table, file.month

    return groupby(sorted(files, key=place), key=place)


def _size(file: File) -> int:
    size, limit = 0, FIRST_SIZE
    while file.rows > limit:
        size, limit = size + 1, limit * MERGE_AT
    return size
