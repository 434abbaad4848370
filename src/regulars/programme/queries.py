"""Reading the published versions."""

from dataclasses import dataclass
from datetime import datetime

from regulars.kit.sqlread import read, row, rows

VERSIONS_MOST = 500


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One published version, without its text."""

    number: int
    note: str
    published_at: datetime
    published_by: str


def versions() -> list[VersionRow]:
    """The latest versions, newest first."""
    return read(
        VersionRow,
        "SELECT number, note, published_at, published_by FROM programme_version ORDER BY number DESC LIMIT %s",
        [VERSIONS_MOST],
    )


def version_source(number: int) -> str | None:
    """The YAML of a version as it was published; None where there is no such version."""
    found = row("SELECT source FROM programme_version WHERE number = %s", [number])
    return str(found[0]) if found else None


def published_at(number: int) -> datetime | None:
    """When a version was published."""
    found = row("SELECT published_at FROM programme_version WHERE number = %s", [number])
    return found[0] if found else None


def versions_with(text: str) -> list[int]:
    """The latest versions whose file has `text` in it, newest first."""
    found = rows(
        "SELECT number FROM programme_version WHERE position(%s IN source) > 0 ORDER BY number DESC LIMIT %s",
        [text, VERSIONS_MOST],
    )
    return [int(number) for (number,) in found]
