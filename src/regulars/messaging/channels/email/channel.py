"""E-mail over SMTP."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar

from django.conf import settings

from regulars.messaging.channels.base import Carrier
from regulars.messaging.channels.email.smtp import Mailer, Server


class Email:
    """Reaches members who have an e-mail identity, where the installation has a mail server."""

    id: ClassVar[str] = "email"
    inside: ClassVar[bool] = False

    def unready(self) -> str:
        return "" if settings.CONFIG.smtp_url else "no_mail_server"

    def address(self, identities: Mapping[str, str]) -> str | None:
        return identities.get("email")

    @contextmanager
    def carrier(self) -> Iterator[Carrier]:
        mailer = Mailer(Server.of(settings.CONFIG.smtp_url), settings.CONFIG.mail_from)
        try:
            yield mailer
        finally:
            mailer.close()
