"""One-time codes: made, limited, checked once. Nothing here knows whether an address belongs to a member."""

import hmac
import secrets
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from regulars.kit import clock
from regulars.language.events import Identity
from regulars.portal.models import OneTimeCode

DIGITS = 6
LIFE = timedelta(minutes=10)
TRIES = 5
RESEND_SECONDS = 60
PER_ADDRESS = ((timedelta(hours=1), 5), (timedelta(days=1), 10))
PER_CLIENT = ((timedelta(hours=1), 20), (timedelta(days=1), 60))
KEPT = timedelta(days=2)

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(%s::text[]) AS name"


class Wait(StrEnum):
    """Why no code is sent just now."""

    MOMENT = "moment"
    """The last one is less than a minute old."""
    ADDRESS = "address"
    """Too many for this phone or mailbox."""
    CLIENT = "client"
    """Too many from this network address."""


class TooSoonError(Exception):
    """No code now; one will be sent again after `seconds`."""

    def __init__(self, why: Wait, seconds: int) -> None:
        super().__init__(why, seconds)
        self.why = why
        self.seconds = seconds


class Checked(StrEnum):
    """What came of a code that was typed in."""

    RIGHT = "right"
    WRONG = "wrong"
    GONE = "gone"
    """Too old, used already, replaced by a newer one, or tried too often."""


def issue(identity: Identity, client: str) -> str:
    """A new code for the address; earlier ones stop working. Only its keyed hash is kept.

    Raises TooSoonError beyond one a minute, 5 an hour and 10 a day per address, 20 an hour and 60 a day per client
    address. Simultaneous requests count one after the other.
    """
    kind, value = identity
    client_digest = _digest("client", client).hex()
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    with transaction.atomic():
        with connection.cursor() as cursor:
            names = sorted([f"portal.code:{kind}:{value}", f"portal.client:{client_digest}"])
            cursor.execute(_LOCK, [names])
        _check_limits(identity, client_digest)
        now = clock.now()
        OneTimeCode.objects.create(
            kind=kind, value=value, client=client_digest, digest=_digest(kind, value, code), created_at=now,
            expires_at=now + LIFE,
        )  # fmt: skip
    return code


def check(identity: Identity, code: str) -> Checked:
    """Whether `code` is the one that was sent last. Every call is a try; a right code works once."""
    kind, value = identity
    now = clock.now()
    newest = OneTimeCode.objects.filter(kind=kind, value=value).order_by("-created_at", "-id").first()
    if newest is None:
        return Checked.GONE
    live = OneTimeCode.objects.filter(id=newest.id, used_at__isnull=True, expires_at__gt=now, tries__lt=TRIES)
    if not live.update(tries=F("tries") + 1):
        return Checked.GONE
    if not hmac.compare_digest(bytes(newest.digest), _digest(kind, value, code)):
        return Checked.WRONG if newest.tries + 1 < TRIES else Checked.GONE
    used = OneTimeCode.objects.filter(id=newest.id, used_at__isnull=True).update(used_at=now)
    return Checked.RIGHT if used else Checked.GONE


def clear_old() -> int:
    """Forget codes that no limit counts any more; how many."""
    return OneTimeCode.objects.filter(created_at__lt=clock.now() - KEPT).delete()[0]


def _check_limits(identity: Identity, client_digest: str) -> None:
    kind, value = identity
    address = OneTimeCode.objects.filter(kind=kind, value=value)
    client = OneTimeCode.objects.filter(client=client_digest)
    now = clock.now()
    last = address.order_by("-created_at").values_list("created_at", flat=True).first()
    if last is not None and (passed := (now - last).total_seconds()) < RESEND_SECONDS:
        raise TooSoonError(Wait.MOMENT, max(1, round(RESEND_SECONDS - passed)))
    for codes, limits, why in ((address, PER_ADDRESS, Wait.ADDRESS), (client, PER_CLIENT, Wait.CLIENT)):
        for span, most in limits:
            recent = codes.filter(created_at__gt=now - span).order_by("-created_at")
            times = list(recent.values_list("created_at", flat=True)[:most])
            if len(times) == most:
                raise TooSoonError(why, max(1, round((times[-1] + span - now).total_seconds())))


def _digest(*parts: str) -> bytes:
    key = sha256(b"regulars.portal.codes:" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, "\x1f".join(parts).encode(), sha256).digest()
