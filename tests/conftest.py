"""What every test can rely on: one embedded PostgreSQL per run, in a temporary folder, gone afterwards.

Tests are run by the role that serves, as everything is: a forgotten UPDATE of history breaks them. What only the
owner may, they do inside `tests.owner.as_owner`.
"""

import gc
import shutil
from collections.abc import Iterator
from contextlib import suppress

import pytest
import structlog
from pytest_django import DjangoDbBlocker

from regulars.engine.plan import grouped_plan
from regulars.insight import freshness
from regulars.kit import interpreter, lines, postgres, postgres_access
from regulars.kit.errors import CliError
from regulars.processes import roles
from regulars.programme.service import version
from regulars.settings import DATA, DATABASE_OWNER, database
from regulars.staff.service import forget_keys
from tests import owner

LONGEST = (
    "tests/demo/test_year.py",
    "tests/books/test_core.py",
    "tests/books/test_postgres.py",
    "tests/books/test_kills.py",
    "tests/warehouse/test_spark.py",
    "tests/books/test_replay.py",
    "tests/api/test_schema.py",
    "tests/processes/",
    "tests/warehouse/",
    "tests/reports/",
    "tests/insight/",
    "tests/portal/test_browser.py",
    "tests/console/test_browser.py",
)
"""Files that take longest are begun first, so that no process is left alone with one of them at the end."""

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The URL of this run's server (its database `regulars` is empty; Django's tests use one beside it)."""
    _sweep()
    with postgres.running(DATA / "postgres", FAST) as url:
        yield url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(database_server: str) -> None:
    """Have the server up before pytest-django, as the owner, makes its database there."""
    owner.let_tests_become_owner(database_server)
    owner.connect_as(DATABASE_OWNER)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001
    """Run the tests as the role that serves; the owner alone makes, empties and drops the tables."""
    with django_db_blocker.unblock(), owner.emptying_tables():
        roles.settle(postgres_access.SERVING)
        owner.connect_as(database(postgres.serving_url(DATA / "postgres")))
        django_db_blocker.block()
        yield
        django_db_blocker.unblock()
        lines.close()
        owner.connect_as(DATABASE_OWNER)


@pytest.fixture(autouse=True)
def _nothing_of_another_test() -> None:
    """Numbers name versions, generations and figures for ever, but for tests: what they undo gets the same again."""
    version.cache_clear()
    grouped_plan.cache_clear()
    freshness.forget()
    forget_keys()


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


def pytest_collection_finish() -> None:
    """The interpreter is as in every process of ours, and so are tracebacks: pictures of every local take seconds."""
    interpreter.tune()
    gc.enable()
    *before, _ = structlog.get_config()["processors"]
    last = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*before, last])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the order of `LONGEST`, the rest as it is found."""

    def place(item: pytest.Item) -> int:
        return next((n for n, path in enumerate(LONGEST) if item.nodeid.startswith(path)), len(LONGEST))

    items.sort(key=place)


def pytest_unconfigure() -> None:
    """Leave no data folder behind."""
    shutil.rmtree(DATA, ignore_errors=True)
