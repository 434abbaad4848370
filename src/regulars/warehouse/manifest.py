"""The manifest: which files are the warehouse, and up to which moment they hold the log.

A file that no manifest names is not there for anybody: left over from a crash, superseded, or still being written. So
whatever is done to the folder is done when its manifest takes the place of the one before, in one rename.
"""

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from regulars.warehouse.contracts import SCHEMAS

FORM = 1
"""Of the folder, and of what the columns mean. It grows when either changes and no column does."""

LIVE, BUILDING = "manifest.json", "building.json"
"""What readers open, and what is to take its place when it holds the whole log."""

_DIGEST_BYTES = 16
_COLUMNS = "\n".join(f"{name} {dict(schema.items())}" for name, schema in SCHEMAS.items())
SHAPE = f"{FORM}.{blake2b(_COLUMNS.encode(), digest_size=8).hexdigest()}"
"""A folder of another shape is made anew from the log."""

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class File:
    """A Parquet file: `path` within the folder. `month` of the facts in it, empty for a picture."""

    path: str
    table: str
    month: str
    rows: int
    bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Picture:
    """How a table of things that change was last copied: the moment it was begun, how long it took, and by what one
    can tell that something has changed since. `true_at`: up to this moment nothing has."""

    table: str
    at: datetime
    seconds: float
    mark: str
    true_at: datetime


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder holds: the facts of every event received before `until`, and the pictures.

    `number` grows with every change of the files; whoever reads the log anew begins at 0 again, under another
    `lineage`. `last`: an event that is in (its member and its id); a log without it is not the one that was followed.
    """

    zone: str
    number: int = 0
    until: datetime | None = None
    written_at: datetime | None = None
    last: tuple[str, str] | None = None
    events: int = 0
    files: tuple[File, ...] = ()
    pictures: tuple[Picture, ...] = ()
    lineage: str = ""

    @property
    def name(self) -> str:
        """What no other state of any folder's files is called."""
        return f"{self.lineage}_{self.number}"

    def of(self, table: str) -> list[File]:
        """The table's files."""
        return [file for file in self.files if file.table == table]

    def picture(self, table: str) -> Picture | None:
        """How the table was last copied."""
        return next((each for each in self.pictures if each.table == table), None)

    def with_files(self, added: Iterable[File], gone: Iterable[File]) -> "Manifest":
        """The next manifest: these more, those no more."""
        out = {file.path for file in gone}
        kept = tuple(file for file in self.files if file.path not in out)
        return replace(self, number=self.number + 1, files=(*kept, *added))


def begun(zone: str) -> Manifest:
    """A manifest of nothing yet, of a lineage of its own."""
    return Manifest(zone, lineage=secrets.token_hex(6))


def read(path: Path) -> Manifest | None:
    """The manifest in this file; None where there is none that this version could use."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw.pop("shape") != SHAPE:
            return None
        return Manifest(
            zone=raw["zone"],
            lineage=raw.get("lineage", ""),
            number=int(raw["number"]),
            until=_moment(raw["until"]),
            written_at=_moment(raw["written_at"]),
            last=(raw["last"][0], raw["last"][1]) if raw["last"] else None,
            events=int(raw["events"]),
            files=tuple(File(**file) for file in raw["files"]),
            pictures=tuple(
                Picture(
                    picture["table"],
                    datetime.fromisoformat(picture["at"]),
                    float(picture["seconds"]),
                    picture["mark"],
                    datetime.fromisoformat(picture["true_at"]),
                )
                for picture in raw["pictures"]
            ),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None


def write(path: Path, manifest: Manifest) -> None:
    """Put `manifest` in the place of the one before, durably; whoever reads sees the one or the other."""
    raw = {"shape": SHAPE, **asdict(manifest)}
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(raw, file, ensure_ascii=False, default=_text, indent=1)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """What was renamed or made in the folder outlives a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest(path: Path) -> str:
    """The file's content in 32 letters."""
    state = blake2b(digest_size=_DIGEST_BYTES)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            state.update(chunk)
    return state.hexdigest()


def damaged(folder: Path, manifest: Manifest, deep: bool = False) -> str:
    """The first file that is missing or has another size than it was written with; empty: none. `deep`: or another
    content, which takes reading all of them."""
    for file in manifest.files:
        try:
            path = folder / file.path
            if path.stat().st_size != file.bytes or (deep and digest(path) != file.digest):
                return file.path
        except OSError:
            return file.path
    return ""


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a manifest holds no {type(value).__name__}")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
