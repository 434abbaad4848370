"""The warehouse's files as tables of one DuckDB in this process, shared by its threads.

Views name the files of one manifest, and their names end in its name: what was opened before goes on reading the
files that it was opened with, however often the follower puts others in their place meanwhile.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import ibis
from ibis.backends.duckdb import Backend

from regulars.settings import CONFIG
from regulars.warehouse.contracts import SCHEMAS, Tables
from regulars.warehouse.files import KEEP_SECONDS, schema_of
from regulars.warehouse.manifest import LIVE, File, Manifest, damaged, read
from regulars.warehouse.pictures import MERGES
from regulars.warehouse.trouble import WarehouseDamaged, WarehouseNotReady

Quote = Callable[[str], str]


@dataclass(slots=True)
class Opened:
    """A folder, read by this process."""

    folder: Path
    threads: int
    memory: str
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _base: duckdb.DuckDBPyConnection | None = None
    _mine: threading.local = field(default_factory=threading.local)
    _stamp: tuple[int, int] = (0, 0)
    _known: Manifest | None = None
    _views: dict[str, float] = field(default_factory=dict)
    """Names of manifests that have views → when they were made."""

    def manifest(self) -> Manifest:
        """The manifest that is live now. Raises `WarehouseNotReady`."""
        try:
            found = (self.folder / LIVE).stat()
        except OSError:
            raise WarehouseNotReady from None
        stamp = (found.st_ino, found.st_mtime_ns)
        known = self._known
        if known is None or stamp != self._stamp:
            known = read(self.folder / LIVE)
            if known is None:
                raise WarehouseNotReady
            self._known, self._stamp = known, stamp
        return known

    def tables(self) -> Tables:
        """The tables as of now, on this thread's own connection. Raises `WarehouseUnavailable`."""
        known = self.manifest()
        if getattr(self._mine, "name", None) != known.name:
            with self._lock:
                base = self._connected()
                if known.name not in self._views:
                    if damaged(self.folder, known):
                        raise WarehouseDamaged
                    self._make_views(base, known)
            backend = self._backend(base)
            self._mine.tables = Tables(**{name: backend.table(f"{name}_{known.name}") for name in SCHEMAS})
            self._mine.name = known.name
        tables: Tables = self._mine.tables
        return tables

    def _connected(self) -> duckdb.DuckDBPyConnection:
        if self._base is None:
            base = duckdb.connect()
            base.execute(f"SET threads = {self.threads}")
            base.execute(f"SET memory_limit = '{self.memory}'")
            base.execute("SET preserve_insertion_order = false")
            base.execute("SET parquet_metadata_cache = true")
            base.execute(f"SET temp_directory = {_text(str(self.folder / 'spill'))}")
            self._base = base
        return self._base

    def _backend(self, base: duckdb.DuckDBPyConnection) -> Backend:
        backend = getattr(self._mine, "backend", None)
        if backend is None:
            backend = self._mine.backend = ibis.duckdb.from_connection(base.cursor())
        return backend

    def _make_views(self, base: duckdb.DuckDBPyConnection, known: Manifest) -> None:
        now = time.monotonic()
        for old in [old for old, made in self._views.items() if now - made > KEEP_SECONDS]:
            for name in SCHEMAS:
                base.execute(f'DROP VIEW IF EXISTS "{name}_{old}"')
            del self._views[old]
        try:
            for name in SCHEMAS:
                base.execute(
                    f'CREATE OR REPLACE VIEW "{name}_{known.name}" AS {select(self.folder, known, name)}'
                )
        except duckdb.Error as error:
            raise WarehouseDamaged from error
        self._views[known.name] = now


def select(folder: Path, known: Manifest, table: str) -> str:
    """SQL for DuckDB that reads the table: its files, with the numbers of merged records put right."""
    facts = _files(folder, known.of(table), table)
    merges = known.of(MERGES)
    if not sum(file.rows for file in merges):
        return facts
    merged = _files(folder, merges, MERGES)
    columns = ", ".join(
        "coalesce(merged.kept, fact.member) AS member" if name == "member" else f'fact."{name}"'
        for name in SCHEMAS[table].names
    )
    joined = (
        f"SELECT {columns} FROM ({facts}) AS fact LEFT JOIN ({merged}) AS merged ON merged.gone = fact.member"
    )
    return f"{joined} WHERE merged.gone IS NULL" if table == "members" else joined


def _files(folder: Path, files: list[File], table: str) -> str:
    names = ", ".join(f'"{name}"' for name in schema_of(table).names)
    if files:
        paths = ", ".join(_text(str(folder / file.path)) for file in files)
        return f"SELECT {names} FROM read_parquet([{paths}], hive_partitioning = false)"
    schema = SCHEMAS.get(table)
    kinds = schema.to_sqlglot_column_defs("duckdb") if schema is not None else []
    nulls = ", ".join(f'CAST(NULL AS {kind.kind.sql("duckdb")}) AS "{kind.name}"' for kind in kinds)
    return f"SELECT {nulls} WHERE false"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def opened(folder: Path) -> Opened:
    """The folder as this process reads it, with the memory and threads that the settings allow."""
    return Opened(folder, CONFIG.warehouse_threads, CONFIG.warehouse_memory)
