"""The tables as files for another database: one folder a table, complete, and nothing in it that is not the table."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import duckdb
import pyarrow as pa

from regulars.kit.errors import CliError
from regulars.warehouse import files
from regulars.warehouse.backends import FRESH
from regulars.warehouse.contracts import SCHEMAS
from regulars.warehouse.manifest import File, Manifest
from regulars.warehouse.opened import select
from regulars.warehouse.pictures import MERGES
from regulars.warehouse.place import folder
from regulars.warehouse.queries import manifest

MARK = ".regulars-export"


def export(to: Path) -> tuple[int, int]:
    """Make `to` the tables as of now; how many files, and their bytes. Members who were merged are put right in them.

    A folder that an export made before is replaced in one rename; one that something else made is refused. Raises
    `WarehouseNotReady`.
    """
    known, where = manifest(), folder()
    target = to.absolute()
    if target.exists() and any(target.iterdir()) and not (target / MARK).exists():
        raise CliError(f"{to} is not empty and no export: name a new folder.")
    beside = target.with_name(f"{target.name}.{uuid4().hex[:8]}")
    beside.mkdir(parents=True)
    try:
        made = [file for name in SCHEMAS for file in _table(where, known, name, beside)]
        stamp = pa.table({"at": pa.array([known.until], pa.timestamp("us", "UTC"))})
        made.append(files.write(beside, FRESH, "", stamp.schema, stamp.to_batches()))
        (beside / MARK).touch()
        if target.exists():
            old = target.with_name(f"{target.name}.{uuid4().hex[:8]}")
            target.rename(old)
            beside.rename(target)
            shutil.rmtree(old)
        else:
            beside.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return len(made), sum(file.bytes for file in made)


def _table(where: Path, known: Manifest, name: str, to: Path) -> Iterator[File]:
    """Files are linked where they are as they should be, else copied; rows written anew where merges change them."""
    (to / name).mkdir()
    if sum(file.rows for file in known.of(MERGES)):
        with duckdb.connect() as memory:
            memory.execute("SET TimeZone = 'UTC'; SET threads = 1")
            rows = memory.sql(select(where, known, name)).to_arrow_reader(files.ROW_GROUP)
            yield files.write(to, name, "", files.schema_of(name), rows)
        return
    for file in known.of(name):
        place = to / name / Path(file.path).name
        try:
            os.link(where / file.path, place)
        except OSError:
            shutil.copyfile(where / file.path, place)
        yield file
