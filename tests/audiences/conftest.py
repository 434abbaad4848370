"""Programmes are published anew by every test."""

from collections.abc import Iterator

import pytest

from regulars.engine.plan import plan
from regulars.programme.service import version


@pytest.fixture(autouse=True)
def _forget_programmes() -> Iterator[None]:
    """A version number means another programme in every test."""
    version.cache_clear()
    plan.cache_clear()
    yield
    version.cache_clear()
    plan.cache_clear()
