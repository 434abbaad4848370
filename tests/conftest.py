"""What every test can rely on: one embedded PostgreSQL per run, in a temporary folder, gone afterwards."""

import shutil
from collections.abc import Iterator

import pytest

from regulars.kit import postgres
from regulars.settings import DATA

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The URL of this run's server (its database `regulars` is empty; Django's tests use one beside it)."""
    with postgres.running(DATA / "postgres", FAST) as url:
        yield url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(database_server: str) -> None:
    """Have the server up before pytest-django makes its database there."""


def pytest_unconfigure() -> None:
    """Leave no data folder behind."""
    shutil.rmtree(DATA, ignore_errors=True)
