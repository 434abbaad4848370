"""Making ready what the first visitor of a process would otherwise wait for."""

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils import translation

from regulars.console import formats
from regulars.engine.plan import plan
from regulars.insight import reports
from regulars.programme.contracts import Programme
from regulars.programme.service import NotPublished, recent

_log = logging.getLogger(__name__)

ROOMS = ("console", "portal")
"""The rooms whose templates are compiled at the start."""


def warm() -> None:
    """Called once per server process before it takes requests. Never fails: a database that does not answer yet is
    `/readyz`'s to report, and what could not be made ready is made when it is asked for."""
    get_resolver().url_patterns  # noqa: B018 - loads every face
    for step in (_languages, _templates, _programme):
        _tried(step)
    connection.close()


def _tried(step: Callable[[], None]) -> None:
    try:
        step()
    except Exception as error:
        _log.warning("not ready beforehand: %s: %s", step.__name__, error)


def _languages() -> None:
    """Catalogues, and the calendars and numbers of every language."""
    now = datetime.now(UTC)
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("Home")
            formats.moment(now), formats.day(now), formats.ago(now - timedelta(days=3)), formats.number(1)


def _templates() -> None:
    """Every template of the faces, parsed."""
    for name in template_names():
        get_template(name)


def template_names() -> Iterable[str]:
    for room in ROOMS:
        folder = Path(apps.get_app_config(room).path) / "templates"
        yield from sorted(str(path.relative_to(folder)) for path in folder.rglob("*.html"))


def _programme() -> None:
    """The programme in force with its plan; the figures of the first page are counted while requests come in."""
    try:
        programme = recent()
    except NotPublished:
        return
    plan(programme.number)
    Thread(target=_figures, args=(programme,), daemon=True).start()


def _figures(programme: Programme) -> None:
    try:
        for count in (reports.home, reports.weekly, reports.monthly_flows):
            count(programme)
    except DatabaseError as error:
        _log.warning("figures not counted beforehand: %s", error)
    finally:
        connection.close()
