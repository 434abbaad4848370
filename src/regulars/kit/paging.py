"""Keyset paging: a page of rows and an opaque cursor to the next one.

A cursor holds the sort values of the last row shown, signed with the installation's key for the one list
that gave it out: a cursor of another list, a cut or an invented one is refused, never a broken query.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.conf import settings

from regulars.kit.problems import BadCursor

Row = TypeVar("Row")
Item = TypeVar("Item")

LIMIT_DEFAULT = 50
LIMIT_MAX = 200
_SIGNATURE = 12
_CURSOR_MAX = 4000


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Items of one list in order, and the cursor of what follows; None at the end."""

    items: tuple[Item, ...]
    next: str | None


def encode(name: str, values: Sequence[object]) -> str:
    """The cursor after a row whose sort values are `values`, for the list called `name`."""
    body = json.dumps(list(values), default=_plain, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_sign(name, body) + body).rstrip(b"=").decode()


def decode(name: str, cursor: str, *kinds: Callable[[Any], Any]) -> tuple[Any, ...]:
    """The sort values in `cursor`, each read by its kind (`UUID`, `datetime.fromisoformat`, `int`, ...; None
    stays None). Raises `BadCursor` for anything that `encode` did not make for the list called `name`."""
    if not cursor or len(cursor) > _CURSOR_MAX or not cursor.isascii():
        raise BadCursor
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadCursor from None
    signature, body = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not compare_digest(signature, _sign(name, body)):
        raise BadCursor
    values = json.loads(body)
    if len(values) != len(kinds):
        raise BadCursor
    return tuple(None if value is None else kind(value) for kind, value in zip(kinds, values, strict=True))


def page(
    name: str, rows: Sequence[Row], limit: int, sort_values: Callable[[Row], Sequence[object]]
) -> Page[Row]:
    """Of up to `limit + 1` rows read, the page of `limit` and the cursor where there was one more."""
    shown = tuple(rows[:limit])
    more = len(rows) > limit
    return Page(shown, encode(name, sort_values(shown[-1])) if more and shown else None)


def bounded(limit: int | None) -> int:
    """`limit` between 1 and `LIMIT_MAX`; `LIMIT_DEFAULT` where none was asked for."""
    return LIMIT_DEFAULT if limit is None else max(1, min(limit, LIMIT_MAX))


def _sign(name: str, body: bytes) -> bytes:
    signed = hmac(settings.SECRET_KEY.encode(), b"cursor:" + name.encode() + b":" + body, sha256)
    return signed.digest()[:_SIGNATURE]


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"a cursor can't hold {type(value).__name__}")
