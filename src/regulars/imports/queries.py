"""Imports as they stand, and the rows that were left out."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from regulars.imports.contracts import Asked, Fault, Rejected, Target, UnknownImport
from regulars.imports.delimited import Form
from regulars.imports.models import Import, Row
from regulars.kit.sqlread import row

LATEST_MOST = 50
CHUNK = 1000


def get(import_id: UUID) -> Asked:
    """One. Raises UnknownImport."""
    found = Import.objects.filter(id=import_id).first()
    if found is None:
        raise UnknownImport
    return shown(found)


def latest() -> list[Asked]:
    """The latest."""
    return [shown(one) for one in Import.objects.order_by("-made_at")[:LATEST_MOST]]


def running() -> list[Asked]:
    """Those that a worker is at, or will be, oldest first."""
    open_ = Import.objects.filter(state__in=("checking", "importing")).order_by("made_at")
    return [shown(one) for one in open_[:LATEST_MOST]]


def open_count() -> int:
    """How many a worker is at, or will be."""
    found = row("SELECT count(*) FROM imports_import WHERE state IN ('checking', 'importing')")
    return int(found[0]) if found else 0


def before(import_id: UUID, name: str) -> bool:
    """Whether rows were imported by this name already, by another import."""
    others = Import.objects.filter(name=name, started_at__isnull=False).exclude(id=import_id)
    return others.exists()


def rejected(import_id: UUID, most: int | None = None) -> Iterator[Rejected]:
    """The rows that were left out, in the file's order."""
    found = Row.objects.filter(one_id=import_id, faults__isnull=False).order_by("number")
    some = found[:most] if most is not None else found
    for each in some.iterator(CHUNK):
        yield Rejected(each.number, tuple(each.cells), tuple(map(Fault.read, each.faults or ())))


def shown(one: Import) -> Asked:
    """A record as others may know it."""
    checked: dict[str, Any] = one.checked
    return Asked(
        one.id, one.state, one.title, one.digest, one.name,
        Form(one.encoding, one.separator, one.has_header),
        tuple(one.headings), tuple(map(tuple, one.samples)), tuple(one.mapping),
        Target(one.audience, one.tag, one.only_known),
        one.rows, one.looked, one.wanted, one.done, one.handled, dict(checked), dict(one.counts),
        one.by, one.made_at, one.began_at, one.started_at, one.ended_at, dict(one.error), one.cleared,
    )  # fmt: skip
