"""XLSX as CSV: unpacked by a process of its own, with bounds on its memory and time, so that no file can take the
server down. Its first sheet with anything on it is read.

A workbook is a zip of XML. What it says of its own size may be a lie, and two cells far apart are a table of billions:
so the bounds are the system's (`RLIMIT_AS`, `RLIMIT_CPU`), and what the process writes is bounded too.
"""

import os
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile

from regulars.imports.refusals import FILE_MOST, BadFile

ROOT = str(Path(__file__).parents[2])
"""Where the process finds this package, wherever it was loaded from here."""

OLE = b"\xd0\xcf\x11\xe0"
UNPACKED_MOST = 400 * 1024 * 1024
ENTRIES_MOST = 2_000
TEXT_MOST = 4 * FILE_MOST
SECONDS_MOST = 60
REASONS = {"rows": BadFile.rows, "columns": BadFile.columns, "empty": BadFile.empty}
"""What the process answers, other than rows."""

OTHERS = (
    ("Index/Document.iwa", "Numbers"),
    ("Index.zip", "Numbers"),
    ("index.apxl", "Keynote"),
    ("content.xml", "ODS"),
    ("xl/workbook.bin", "XLSB"),
    ("word/document.xml", "Word"),
    ("ppt/presentation.xml", "PowerPoint"),
)


def as_text(data: bytes) -> bytes:
    """The file as text: itself, or an XLSX as CSV in UTF-8. Raises BadFile for all other packed files."""
    if data.startswith(OLE):
        raise BadFile.old("XLS")
    if data.startswith(b"%PDF"):
        raise BadFile.old("PDF")
    if not data.startswith(b"PK"):
        return data
    _look(data)
    return _unpacked(data)


def _look(data: bytes) -> None:
    """What the package says of itself. Raises BadFile."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise BadFile.broken_workbook() from None
    names = {entry.filename for entry in entries}
    for name, program in OTHERS:
        if name in names or any(each.endswith(f"/{name}") for each in names):
            raise BadFile.old(program)
    if not any(name.casefold() == "xl/workbook.xml" for name in names):
        raise BadFile.not_text()
    if len(entries) > ENTRIES_MOST or sum(entry.file_size for entry in entries) > UNPACKED_MOST:
        raise BadFile.bomb()


def _unpacked(data: bytes) -> bytes:
    """What the process makes of it. Raises BadFile."""
    with TemporaryFile() as packed, TemporaryFile() as text:
        packed.write(data)
        packed.seek(0)
        try:
            ended = subprocess.run(
                [sys.executable, "-m", "regulars.imports.unpack"],
                env=os.environ
                | {"PYTHONPATH": os.pathsep.join(filter(None, (ROOT, os.environ.get("PYTHONPATH"))))},
                stdin=packed,
                stdout=text,
                stderr=subprocess.PIPE,
                timeout=SECONDS_MOST,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BadFile.bomb() from None
        said = ended.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        if said in REASONS:
            raise REASONS[said]()
        if said == "broken":
            raise BadFile.broken_workbook()
        size = text.seek(0, 2)
        if ended.returncode or size > TEXT_MOST:
            raise BadFile.bomb()
        text.seek(0)
        return text.read()
