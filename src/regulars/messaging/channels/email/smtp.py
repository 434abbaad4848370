"""A thin SMTP client over smtplib that knows in which phase something went wrong."""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Self
from urllib.parse import unquote, urlsplit

from regulars.messaging.channels.base import Fate, Parcel, Receipt
from regulars.messaging.channels.email.mail import compose, wire_address
from regulars.messaging.logic import DETAIL_MAX, one_line

TIMEOUT_SECONDS = 20
MAILS_PER_CONNECTION = 100
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class MailServerError(Exception):
    """The server can't be used now: unreachable, or it refuses us rather than a mail."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server: `smtp://user:password@host:port` (TLS where the server offers it) or `smtps://` (TLS
    always)."""

    host: str
    port: int
    tls: bool
    user: str
    password: str

    @classmethod
    def of(cls, url: str) -> Self:
        """Raises ValueError for what is no SMTP URL."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("an SMTP URL looks like smtp://user:password@host:587 or smtps://host:465")
        tls = parts.scheme == "smtps"
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, parts.port or (465 if tls else 25), tls, user, password)


class Mailer:
    """One connection, made when first needed, made anew after a break, closed by `close`."""

    def __init__(self, server: Server, mail_from: str) -> None:
        self._server = server
        self._mail_from = mail_from
        self._smtp: smtplib.SMTP | None = None
        self._mails = 0
        self._broken = ""

    def hand_over(self, parcel: Parcel) -> Receipt:
        """Send one mail to a member. Never raises for what the server or the network does: the receipt says it."""
        return self.post(parcel.address, lambda utf8: compose(parcel, self._mail_from, utf8=utf8))

    def post(self, address: str, composed: Callable[[bool], bytes]) -> Receipt:
        """Send one mail, made when it is known whether the server takes UTF-8 in headers.

        Once the server could not be reached, later parcels of the batch are not tried on it again.
        """
        if self._broken:
            return Receipt(Fate.LATER, self._broken)
        try:
            smtp = self._connection()
        except (MailServerError, OSError, smtplib.SMTPException) as error:
            self._drop()
            self._broken = _words(error)
            return Receipt(Fate.LATER, self._broken)
        try:
            sender = wire_address(parseaddr(self._mail_from)[1])
            recipient = wire_address(address)
            utf8 = not recipient.isascii()
            if utf8 and not smtp.has_extn("smtputf8"):
                return Receipt(Fate.NEVER, "the mail server takes no addresses outside ASCII (no SMTPUTF8)")
            mail = composed(utf8)
        except (ValueError, UnicodeError, IndexError) as error:
            return Receipt(Fate.NEVER, _words(error))
        self._mails += 1
        return self._send(smtp, sender, recipient, mail, utf8=utf8)

    def close(self) -> None:
        """Say goodbye; what was handed over stays handed over."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                self._smtp.close()
            self._smtp = None

    def _send(self, smtp: smtplib.SMTP, sender: str, recipient: str, mail: bytes, *, utf8: bool) -> Receipt:
        handed = False
        try:
            code, said = smtp.mail(sender, ["SMTPUTF8", "BODY=8BITMIME"] if utf8 else [])
            if code == 250:
                code, said = smtp.rcpt(recipient)
            if code in (250, 251):
                code, said = smtp.docmd("DATA")
            if code == 354:
                handed = True
                smtp.send(_dotted(mail))
                code, said = smtp.getreply()
                handed = False
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Receipt(Fate.LATER, _words(error), uncertain=handed)
        if code == 250:
            return Receipt(Fate.SENT, _said(code, said))
        self._reset(smtp, code)
        return Receipt(Fate.NEVER if code >= 500 else Fate.LATER, _said(code, said))

    def _reset(self, smtp: smtplib.SMTP, code: int) -> None:
        """Make the connection fit for the next mail, or drop it."""
        try:
            if code == 421 or smtp.rset()[0] != 250:
                self._drop()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _connection(self) -> smtplib.SMTP:
        if self._smtp is not None and self._mails >= MAILS_PER_CONNECTION:
            self.close()
        if self._smtp is None:
            self._smtp = self._connect()
            self._mails = 0
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.tls:
            context = ssl.create_default_context()
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
        self._smtp = smtp
        smtp.ehlo_or_helo_if_needed()
        encrypted = server.tls
        if not encrypted and smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
            encrypted = True
        if server.user:
            if not encrypted and server.host not in _LOCAL:
                raise MailServerError("the mail server offers no TLS: the password is not sent in the clear")
            smtp.login(server.user, server.password)
        return smtp

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _dotted(mail: bytes) -> bytes:
    """The mail with leading dots doubled and the final dot (RFC 5321, 4.5.2). Lines end in CRLF already."""
    body = mail if mail.endswith(b"\r\n") else mail + b"\r\n"
    stuffed = body.replace(b"\r\n.", b"\r\n..")
    return (b"." + stuffed if stuffed.startswith(b".") else stuffed) + b".\r\n"


def _said(code: int, said: bytes) -> str:
    return one_line(f"{code} {said.decode('utf-8', 'replace')}")[:DETAIL_MAX]


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return _said(error.smtp_code, text if isinstance(text, bytes) else text.encode())
    return one_line(str(error) or type(error).__name__)[:DETAIL_MAX]
