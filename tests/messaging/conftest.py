"""A real mail server, and the settings that point at it."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.messaging.world import Post, mail_server


@pytest.fixture
def post(settings: Settings) -> Iterator[Post]:
    """A mail server that takes what comes; e-mail is set to go there."""
    handler = Post()
    with mail_server(handler, enable_SMTPUTF8=True) as port:
        settings.CONFIG = settings.CONFIG.model_copy(
            update={
                "smtp_url": f"smtp://127.0.0.1:{port}",
                "mail_from": "邻家超市 <club@example.com>",
                "public_url": "https://club.example.com",
            }
        )
        yield handler
