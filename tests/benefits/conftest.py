"""Every test here works on its own books."""

from collections.abc import Iterator

import pytest

from regulars.programme.service import version


@pytest.fixture(autouse=True)
def _books(db: None) -> Iterator[None]:  # noqa: ARG001
    """A database that is rolled back afterwards; a version number means another programme in every test."""
    version.cache_clear()
    yield
    version.cache_clear()
