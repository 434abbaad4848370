"""Reports counted in another database, for as long as it answers."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from ibis.backends import BaseBackend
from ibis.common.exceptions import TableNotFound

from regulars.warehouse.backends import FRESH, SPARK, connect, scheme, spark_tables, tables_there
from regulars.warehouse.contracts import Tables
from regulars.warehouse.manifest import Manifest
from regulars.warehouse.trouble import BackendDown, WarehouseUnavailable


@dataclass(slots=True)
class Elsewhere:
    """The database that `url` names: a connection for each thread, of Spark one session for all of them."""

    url: str
    folder: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _mine: threading.local = field(default_factory=threading.local)
    _spark: BaseBackend | None = None
    _seen: tuple[str, Tables] | None = None

    @property
    def reads_files(self) -> bool:
        """Whether it is our own files that are read there."""
        return scheme(self.url) == SPARK

    def tables(self, known: Manifest | None) -> Tables:
        """The tables there. `known`: which of our files are live, where it reads these. Raises
        `WarehouseUnavailable`; the next call connects anew."""
        if known is not None:
            return self._files(known)
        try:
            return tables_there(self._connected(), scheme(self.url))
        except WarehouseUnavailable:
            self._mine.backend = None
            raise

    def fresh(self) -> object:
        """The moment up to which everything is in, as whoever loads it says; None where nobody does."""
        try:
            return self._connected().table(FRESH)["at"].max().to_pyarrow().as_py()
        except TableNotFound:
            return None
        except WarehouseUnavailable:
            raise
        except Exception as error:
            self._mine.backend = None
            raise BackendDown(scheme(self.url), str(error)) from error

    def _connected(self) -> BaseBackend:
        backend = getattr(self._mine, "backend", None)
        if backend is None:
            backend = self._mine.backend = connect(self.url)
        return backend

    def _files(self, known: Manifest) -> Tables:
        with self._lock:
            if self._spark is None:
                self._spark = connect(self.url)
            if self._seen is None or self._seen[0] != known.name:
                self._seen = (known.name, spark_tables(self._spark, self.folder, known))
            return self._seen[1]
