"""Every test here works on its own books."""

import pytest


@pytest.fixture(autouse=True)
def _books(db: None) -> None:
    """A database that is rolled back afterwards."""
