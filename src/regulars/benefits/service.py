"""Writing down entitlements. Whole lists at a time, in the caller's transaction."""

from base64 import b32encode
from collections.abc import Iterable
from hashlib import sha256
from hmac import digest
from uuid import UUID

from django.conf import settings

from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, unnest
from regulars.language.snapshot import CLAIMED, Entitlement

COLUMNS = {
    "member_id": "uuid",
    "id": "uuid",
    "bucket": "smallint",
    "benefit": "text",
    "state": "text",
    "origin": "text",
    "period": "text",
    "granted_at": "timestamptz",
    "claim_by": "timestamptz",
    "claimed_at": "timestamptz",
    "use_by": "timestamptz",
    "used_at": "timestamptz",
    "ended_at": "timestamptz",
    "uses": "int",
    "uses_left": "int",
    "units": "bigint",
    "cost_minor": "bigint",
    "code": "text",
    "remind_at": "timestamptz",
    "renews_at": "timestamptz",
    "source_event": "uuid",
    "claim_event": "uuid",
    "use_event": "uuid",
    "stock_day": "date",
    "due_at": "timestamptz",
}
KEY = ("member_id", "id", "bucket")
NAMES = ", ".join(COLUMNS)

PUT = f"""
INSERT INTO benefits_entitlement ({NAMES})
SELECT {NAMES} FROM {{rows}} AS row({NAMES})
ON CONFLICT (member_id, id, bucket) DO UPDATE
   SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name not in KEY)}
"""

PUT_CODES = """
INSERT INTO benefits_code (code, member_id, entitlement_id, bucket) SELECT * FROM {rows}
"""

CODE_LENGTH = 12
_LETTERS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ")
"""Base 32 after Crockford: no letter that is taken for another or for a digit."""


def code_of(entitlement_id: UUID) -> str:
    """The code of an entitlement: 60 bits that nobody guesses who does not know the installation's secret."""
    secret = settings.SECRET_KEY.encode()
    made = digest(secret, b"regulars.benefits.code:" + entitlement_id.bytes, sha256)
    return b32encode(made)[:CODE_LENGTH].translate(_LETTERS).decode()


def write(cursor: Cursor, changed: Iterable[tuple[UUID, Entitlement]]) -> None:
    """Put entitlements as they now stand. What is claimed and needs one gets its code."""
    rows, codes = [], []
    for member_id, one in changed:
        bucket = bucket_of(member_id)
        if one.verified and one.state == CLAIMED and not one.code:
            one.code = code_of(one.id)
            codes.append((one.code, member_id, one.id, bucket))
        rows.append(
            (
                member_id, one.id, bucket, one.benefit, one.state, one.origin, one.period, one.granted_at,
                one.claim_by, one.claimed_at, one.use_by, one.used_at, one.ended_at, one.uses, one.uses_left,
                one.units, one.cost_minor, one.code, one.remind_at, one.renews_at, one.source_event,
                one.claim_event, one.use_event, one.stock_day, one.due_at,
            )
        )  # fmt: skip
        one.changed = False
    unnest(cursor, PUT, list(COLUMNS.values()), rows)
    unnest(cursor, PUT_CODES, ("text", "uuid", "uuid", "smallint"), codes)
