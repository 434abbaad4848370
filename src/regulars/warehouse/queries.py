"""Reading the warehouse: the tables, and up to when they are right."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from regulars.warehouse.contracts import Tables
from regulars.warehouse.manifest import Manifest
from regulars.warehouse.opened import Opened, opened
from regulars.warehouse.place import folder


@dataclass(frozen=True, slots=True)
class Freshness:
    """Up to when everything is in: `facts` what happened, `all` also how things stand now."""

    facts: datetime
    all: datetime


def open_tables() -> Tables:
    """The tables of `contracts`, to write reports over. They stay as they are now, whatever happens meanwhile; for
    something newer ask again, which costs nothing. Not to be kept longer than a few minutes.

    Raises `trouble.WarehouseUnavailable`, in one of its kinds, whose sentence pages show as a banner.
    """
    return _here(folder()).tables()


def freshness() -> datetime:
    """The moment up to which everything is in. Raises `trouble.WarehouseUnavailable`."""
    return freshness_in_full().all


def freshness_in_full() -> Freshness:
    """As `freshness`, for what happened by itself."""
    known = _here(folder()).manifest()
    assert known.until is not None
    return Freshness(known.until, min([known.until, *(each.true_at for each in known.pictures)]))


def manifest() -> Manifest:
    """The files that are read now. Raises `trouble.WarehouseNotReady`."""
    return _here(folder()).manifest()


@lru_cache(maxsize=8)
def _here(place: Path) -> Opened:
    return opened(place)
