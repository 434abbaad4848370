"""Finding the friend whom a member wants to give something: by phone, and not as a way to ask who is a member."""

from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction

from regulars.kit import clock
from regulars.language.events import Identity
from regulars.members.contracts import MemberProfile
from regulars.members.queries import find, profile
from regulars.portal.models import GiftMiss

MISSES_A_DAY = 10
"""So many numbers without a member may be tried in a day; then no further number is looked up."""

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


class TooManyError(Exception):
    """This member has tried too many numbers that nobody here has."""


def friend(asker: UUID, identity: Identity) -> MemberProfile | None:
    """The active member with this phone; None where there is none, which is counted. One look at a time per asker.

    Raises TooManyError, whoever the number belongs to, once the day's misses are used up.
    """
    now = clock.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_LOCK, [f"portal.gift:{asker}"])
        misses = GiftMiss.objects.filter(member_id=asker)
        misses.filter(at__lte=now - timedelta(days=1)).delete()
        if misses.count() >= MISSES_A_DAY:
            raise TooManyError
        found = find(":".join(identity))
        member = profile(found.id) if found else None
        if member is None or member.status != "active":
            GiftMiss.objects.create(member_id=asker, at=now)
            return None
        return member


def covered_name(name: str) -> str:
    """Enough of a name to know a friend again and not enough to learn it: 林小雨 → *小雨, Li Na → L***."""
    name = name.strip()
    if not name:
        return ""
    if name[0] >= "⺀":
        return f"*{name[1:4]}"
    return f"{name[0]}***"
