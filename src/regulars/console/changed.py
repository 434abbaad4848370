"""What changed between two programmes, as the console shows it: as sentences, and the file line by line."""

import difflib
from dataclasses import dataclass

from django.utils.translation import get_language

from regulars.programme.contracts import Programme
from regulars.programme.diff import Section, compare, count

AROUND_LINES = 3
LINES_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Changed:
    """Both views of one comparison; `sentences`: how many there are."""

    sections: tuple[Section, ...]
    sentences: int
    lines: list[tuple[str, str]]
    """(add, del, place or nothing; the line)"""
    cut: bool


def said(before: Programme | None, after: Programme) -> tuple[Section, ...]:
    """The sentences alone. Nothing to compare with: none."""
    return compare(before, after, get_language() or "en") if before is not None else ()


def changed(before: Programme | None, after: Programme | None, texts: tuple[str, str]) -> Changed:
    """From one programme and its text to another; of a faulty one only the text is compared."""
    sections = said(before, after) if after is not None else ()
    lines = []
    unified = difflib.unified_diff(texts[0].splitlines(), texts[1].splitlines(), n=AROUND_LINES, lineterm="")
    for number, line in enumerate(unified):
        if number < 2:
            continue  # the names of the files
        lines.append((_kind(line), line))
        if len(lines) > LINES_MOST:
            break
    return Changed(sections, count(sections), lines[:LINES_MOST], len(lines) > LINES_MOST)


def _kind(line: str) -> str:
    return {"+": "diff-add", "-": "diff-del", "@": "diff-at"}.get(line[:1], "")
