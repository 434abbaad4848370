"""Compiles the rooms' translations. Needs Babel alone, so that the build can use it."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def catalogues(package: Path) -> list[Path]:
    """Every .po file of every room under `package`, in one order."""
    return sorted(package.glob("*/locale/*/LC_MESSAGES/*.po"))


def compile_catalogues(package: Path) -> int:
    """Writes the .mo beside each .po that is newer than it; answers how many. Fuzzy entries are left out."""
    written = 0
    for source in catalogues(package):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
        with target.open("wb") as out:
            write_mo(out, catalogue)
        written += 1
    return written
