"""What every test can rely on: one embedded PostgreSQL per run, in a temporary folder, gone afterwards."""

import shutil
from collections.abc import Iterator
from contextlib import suppress

import pytest

from regulars.kit import lines, postgres
from regulars.kit.errors import CliError
from regulars.settings import DATA

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The URL of this run's server (its database `regulars` is empty; Django's tests use one beside it)."""
    _sweep()
    with postgres.running(DATA / "postgres", FAST) as url:
        yield url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(database_server: str) -> None:
    """Have the server up before pytest-django makes its database there."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:  # noqa: ARG001
    """Close the engine's connections before pytest-django drops its database."""
    yield
    lines.close()


def _sweep() -> None:
    """Stop the servers of earlier runs that were killed; one that a run still holds goes on."""
    for folder in DATA.parent.glob("regulars-tests-*/postgres"):
        with suppress(CliError, OSError):
            if not postgres.alive(folder):
                continue
            with postgres.running(folder):
                pass
            if not postgres.alive(folder):
                shutil.rmtree(folder.parent, ignore_errors=True)


def pytest_unconfigure() -> None:
    """Leave no data folder behind."""
    shutil.rmtree(DATA, ignore_errors=True)
