"""Reading the warehouse: the tables, and up to when they are right."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import duckdb
from ibis.common.exceptions import IbisError

from regulars.kit.problems import Problem
from regulars.settings import CONFIG
from regulars.warehouse.backends import scheme
from regulars.warehouse.contracts import Tables
from regulars.warehouse.elsewhere import Elsewhere
from regulars.warehouse.manifest import BUILDING, Manifest, read
from regulars.warehouse.opened import Opened, opened
from regulars.warehouse.place import folder, suspect
from regulars.warehouse.trouble import BackendDown, WarehouseDamaged


@dataclass(frozen=True, slots=True)
class Freshness:
    """Up to when everything is in: `facts` what happened, `all` also how things stand now."""

    facts: datetime
    all: datetime


def open_tables() -> Tables:
    """The tables of `contracts`, to write reports over. They stay as they are now, whatever happens meanwhile; for
    something newer ask again, which costs nothing. Not to be kept longer than a few minutes.

    Raises `trouble.WarehouseUnavailable`, in one of its kinds, whose sentence pages show as a banner. What goes wrong
    later, while a report is counted, becomes one of these inside `counting`.
    """
    if not CONFIG.warehouse_url:
        return _here(folder()).tables()
    there = _there(CONFIG.warehouse_url, folder())
    return there.tables(_here(folder()).manifest() if there.reads_files else None)


@contextmanager
def counting() -> Iterator[None]:
    """Around the counting of a report: what the database behind it says that is no fault of the report becomes a
    `trouble.WarehouseUnavailable`. A file that can't be read makes the follower look at all of them."""
    try:
        yield
    except (Problem, IbisError):
        raise
    except (duckdb.IOException, duckdb.InvalidInputException, duckdb.SerializationException) as error:
        suspect(folder())
        raise WarehouseDamaged from error
    except (duckdb.Error, TypeError, AttributeError, LookupError, ArithmeticError, AssertionError):
        raise
    except Exception as error:
        if not CONFIG.warehouse_url:
            raise
        raise BackendDown(scheme(CONFIG.warehouse_url), str(error)) from error


def freshness() -> datetime:
    """The moment up to which everything is in. Raises `trouble.WarehouseUnavailable`."""
    return freshness_in_full().all


def freshness_in_full() -> Freshness:
    """As `freshness`, for what happened by itself."""
    if CONFIG.warehouse_url and not (there := _there(CONFIG.warehouse_url, folder())).reads_files:
        at = there.fresh()
        if isinstance(at, datetime):
            moment = at if at.tzinfo else at.replace(tzinfo=UTC)
            return Freshness(moment, moment)
    known = _here(folder()).manifest()
    assert known.until is not None
    return Freshness(known.until, min([known.until, *(each.true_at for each in known.pictures)]))


def manifest() -> Manifest:
    """The files that are read now. Raises `trouble.WarehouseNotReady`."""
    return _here(folder()).manifest()


def building() -> Manifest | None:
    """What is being made in the place of what is read, as far as it is; None: nothing is."""
    return read(folder() / BUILDING)


@lru_cache(maxsize=8)
def _here(place: Path) -> Opened:
    return opened(place)


@lru_cache(maxsize=8)
def _there(url: str, place: Path) -> Elsewhere:
    return Elsewhere(url, place)
