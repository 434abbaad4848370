"""A warehouse of its own for every test; pictures are taken as soon as they are asked for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from regulars.programme.service import version
from regulars.warehouse import follower
from tests.warehouse.keeper import Keeper


@pytest.fixture
def keeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    """PostgreSQL tells late that a table has changed, so here every one has."""
    version.cache_clear()
    monkeypatch.setattr(follower, "due", lambda *_: True)
    yield Keeper(tmp_path / "warehouse")
    version.cache_clear()
