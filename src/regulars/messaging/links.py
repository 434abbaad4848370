"""Unsubscribe links: signed, so that nobody can unsubscribe somebody else, and good for as long as mails are
kept."""

from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer

from regulars.messaging.contracts import CATEGORIES, CHANNELS, Refusal


def unsubscribe_token(member_id: UUID, channel: str, category: str) -> str:
    """The signed name of one member's wish not to hear of `category` over `channel`."""
    return _signer().sign(f"{member_id.hex}-{channel}-{category}")


def unsubscribe_url(member_id: UUID, channel: str, category: str) -> str:
    """Where a click, or a mail program's one-click POST (RFC 8058), takes the member off the list."""
    return f"{settings.CONFIG.public_url.rstrip('/')}/u/{unsubscribe_token(member_id, channel, category)}"


def read_token(token: str) -> Refusal | None:
    """What a token stands for; None where it was not made here or was cut on the way."""
    try:
        member, channel, category = _signer().unsign(token).split("-")
        refusal = Refusal(UUID(hex=member), channel, category)
    except (BadSignature, ValueError):
        return None
    return refusal if channel in CHANNELS and category in CATEGORIES else None


def _signer() -> Signer:
    return Signer(sep=".", salt="regulars.messaging.unsubscribe")
