"""A programme in force and the demo's ways."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from regulars.kit import clock
from tests.portal.world import NOW, open_programme


@pytest.fixture
def programme(db: None) -> None:  # noqa: ARG001 - the database must be there
    """The grocery's programme is published."""
    open_programme()


@pytest.fixture
def demo(settings: Settings) -> None:
    """Codes are shown on the page."""
    settings.CONFIG = settings.CONFIG.model_copy(update={"demo": True})


@pytest.fixture
def now() -> Iterator[None]:
    """It is noon in Shanghai on 20 November 2026."""
    with clock.fixed(NOW):
        yield
