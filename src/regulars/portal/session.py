"""Who is signed in to the portal: members are not Django users, the session holds their id."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from regulars.kit import clock
from regulars.language.events import Identity

STAY = timedelta(days=60)
JOIN_WITHIN = timedelta(minutes=30)

_MEMBER = "portal_member"
_ASKED = "portal_asked"
_PROVED = "portal_proved"
_CODE = "portal_code"


def member_id(request: HttpRequest) -> UUID | None:
    """The member who is signed in, as they were when they did."""
    value = request.session.get(_MEMBER)
    return UUID(value) if isinstance(value, str) else None


def sign_in(request: HttpRequest, member: UUID) -> None:
    """The session becomes this member's, under a new key and a new CSRF token."""
    forget_steps(request)
    request.session.cycle_key()
    request.session[_MEMBER] = str(member)
    request.session.set_expiry(int(STAY.total_seconds()))
    rotate_token(request)


def sign_out(request: HttpRequest) -> None:
    """Nothing of the member stays in the session; whoever else is signed in with it stays so."""
    forget_steps(request)
    request.session.pop(_MEMBER, None)
    request.session.set_expiry(None)
    request.session.cycle_key()
    rotate_token(request)


def ask(request: HttpRequest, identity: Identity, code: str | None) -> None:
    """Remember for which address a code was asked. `code` is kept for showing in the demo only."""
    request.session[_ASKED] = list(identity)
    request.session.pop(_PROVED, None)
    if code is not None and settings.CONFIG.demo:
        request.session[_CODE] = code


def asked(request: HttpRequest) -> Identity | None:
    """The address for which a code is expected."""
    return _identity(request.session.get(_ASKED))


def shown_code(request: HttpRequest) -> str:
    """The code, in the demo; otherwise nothing."""
    return str(request.session.get(_CODE, "")) if settings.CONFIG.demo else ""


def prove(request: HttpRequest, identity: Identity, key: str) -> None:
    """Remember for half an hour that the right code was typed in for an address that has no member yet.

    `key` names the event by which they will join, so that a form sent twice counts once.
    """
    forget_steps(request)
    request.session.cycle_key()
    request.session[_PROVED] = [*identity, key, clock.now().timestamp()]


def proved(request: HttpRequest) -> tuple[Identity, str] | None:
    """The address that was proved and the key to join with, while that is still possible."""
    value = request.session.get(_PROVED)
    if not isinstance(value, list) or len(value) != 4:
        return None
    kind, address, key, since = value
    if clock.now().timestamp() - float(since) > JOIN_WITHIN.total_seconds():
        return None
    return (str(kind), str(address)), str(key)


def forget_steps(request: HttpRequest) -> None:
    """The way in is behind us."""
    for name in (_ASKED, _PROVED, _CODE):
        request.session.pop(name, None)


def _identity(value: object) -> Identity | None:
    if isinstance(value, list) and len(value) == 2:
        return str(value[0]), str(value[1])
    return None
