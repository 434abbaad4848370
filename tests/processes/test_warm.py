"""What a server process makes ready before its first visitor."""

import time
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection
from pytest_django import Settings
from structlog.testing import capture_logs

from regulars.engine import plan as plans
from regulars.insight import freshness, reports
from regulars.processes import warm
from regulars.programme import service
from tests.console.shop import open_shop


@pytest.fixture
def cold() -> Iterator[None]:
    """Nothing is kept, before and after."""
    for forget in (
        service.version.cache_clear,
        plans.plan_of.cache_clear,
        service._recent.clear,
        freshness.forget,
    ):
        forget()
    yield
    freshness.forget()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cold")
def test_programme_plan_pages_and_figures_are_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    monkeypatch.setattr(warm, "get_template", parsed.append)
    open_shop()
    number = service.current_number()
    service.version.cache_clear()
    warm.warm()
    assert service.version.knows(number)
    programme = service.version(number)
    assert plans.plan_of.knows(programme)
    until = time.monotonic() + 10
    while not freshness._slot(("flows", number, 12)).dated and time.monotonic() < until:
        time.sleep(0.02)
    assert freshness._slot(("home", number, programme.id)).dated is not None
    assert reports.home_at_hand(programme)
    assert {"console/home.html", "console/member.html", "portal/card.html", "account/login.html"} <= set(
        parsed
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cold")
def test_without_a_programme_there_is_nothing_to_make_ready_and_nothing_to_say(settings: Settings) -> None:  # noqa: ARG001
    with capture_logs() as logged:
        warm.warm()
    assert logged == []


@pytest.mark.usefixtures("cold")
def test_a_database_that_does_not_answer_stops_no_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def down() -> None:
        raise DatabaseError("connection refused")

    monkeypatch.setattr(warm, "recent", down)
    monkeypatch.setattr(connection, "close", lambda: None)
    warm.warm()
    assert "not ready beforehand: _programme: connection refused" in caplog.text
