"""Finding, making, locking and changing members. Whole lists at a time, in the caller's transaction."""

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, Question, array, ask_one, unnest
from regulars.language.events import Identity
from regulars.language.snapshot import Profile
from regulars.members.models import Identity as IdentityRecord

FIND = """
SELECT identity.kind, identity.value, identity.member_id
  FROM members_identity AS identity
  JOIN unnest(%s::text[], %s::text[]) AS row(kind, value) ON (identity.kind, identity.value) = (row.kind, row.value)
"""

CLAIM = """
INSERT INTO members_identity (kind, value, member_id, bucket, created_at)
SELECT row.kind, row.value, row.member_id, row.bucket, %s::timestamptz
  FROM unnest(%s::text[], %s::text[], %s::uuid[], %s::smallint[]) AS row(kind, value, member_id, bucket)
 ORDER BY row.kind, row.value
ON CONFLICT (kind, value) DO NOTHING
RETURNING kind, value, member_id
"""

LOCK = """
SELECT id, name, gender, birthday, language, source, status, attributes, tags, joined_at
  FROM members_member
 WHERE id = ANY(%s) AND bucket = ANY(%s)
 ORDER BY id FOR NO KEY UPDATE
"""
LOCK_FREE = LOCK.rstrip() + " SKIP LOCKED"

KINDS = """
SELECT member_id, array_agg(kind) FROM members_identity WHERE member_id = ANY(%s) GROUP BY member_id
"""

RELEASE = """
DELETE FROM members_identity AS identity
 USING {rows} AS row(kind, value, claimant)
 WHERE (identity.kind, identity.value) = (row.kind, row.value) AND identity.member_id = row.claimant
"""

CREATE = """
INSERT INTO members_member (id, bucket, name, gender, birthday, language, source, status, attributes, tags,
                            joined_at, updated_at)
SELECT id, bucket, '', '', NULL, '', source, 'active', '{}', '{}', joined_at, updated_at
  FROM {rows} AS row(id, bucket, source, joined_at, updated_at)
"""

CHANGE = """
UPDATE members_member AS member
   SET name = row.name, gender = row.gender, birthday = row.birthday, language = row.language,
       attributes = row.attributes::jsonb, tags = ARRAY(SELECT jsonb_array_elements_text(row.tags::jsonb)),
       updated_at = row.updated_at
  FROM {rows} AS row(id, bucket, name, gender, birthday, language, attributes, tags, updated_at)
 WHERE member.id = row.id AND member.bucket = row.bucket
"""

CARD_DIGITS = 15


@dataclass(slots=True)
class Locked:
    """A member whose row this transaction holds."""

    member_id: UUID
    status: str
    profile: Profile
    tags: set[str]


def find(identities: Iterable[Identity]) -> Question[dict[Identity, UUID]]:
    """The members who are known under `identities`."""
    wanted = list(set(identities))
    return Question(
        FIND,
        [array((kind for kind, _ in wanted)), array((value for _, value in wanted))],
        lambda rows: {(kind, value): member_id for kind, value, member_id in rows},
    )


def claim(cursor: Cursor, identities: Sequence[tuple[Identity, UUID]], now: datetime) -> dict[Identity, UUID]:
    """Give unknown identities to members; who has them after that, be it because another was quicker.

    Waits for transactions that claim the same identities at this moment, always in the same order.
    """
    if not identities:
        return {}
    members = [member_id for _, member_id in identities]
    cursor.execute(
        CLAIM,
        [
            now,
            array((kind for (kind, _), _ in identities)),
            array((value for (_, value), _ in identities)),
            array(members),
            array(map(bucket_of, members)),
        ],
    )
    owners = {(kind, value): member_id for kind, value, member_id in cursor.fetchall()}
    missing = [identity for identity, _ in identities if identity not in owners]
    return owners | ask_one(cursor, find(missing)) if missing else owners


def release(cursor: Cursor, identities: Sequence[tuple[Identity, UUID]]) -> None:
    """Undo claims of this transaction: nobody has these identities any more."""
    unnest(
        cursor,
        RELEASE,
        ("text", "text", "uuid"),
        [(kind, value, claimant) for (kind, value), claimant in identities],
    )


def card_number() -> str:
    """A new card number: 15 random digits after an 8, not to be guessed, short enough to be read out."""
    return f"8{secrets.randbelow(10**CARD_DIGITS):0{CARD_DIGITS}}"


def create(cursor: Cursor, joined: Sequence[tuple[UUID, str, datetime]], now: datetime) -> None:
    """New members: (id, source, when they joined), each with a card number of their own."""
    unnest(
        cursor,
        CREATE,
        ("uuid", "smallint", "text", "timestamptz", "timestamptz"),
        [(member_id, bucket_of(member_id), source, at, now) for member_id, source, at in joined],
    )
    claim(cursor, [(("card", card_number()), member_id) for member_id, _, _ in joined], now)


def lock(member_ids: Iterable[UUID], wait: bool = True) -> Question[dict[UUID, Locked]]:
    """Lock members, in one order for everybody, and read who they are. Unknown ids are left out, and so are, unless
    one is to `wait` for them, members whom others have locked."""
    ordered = sorted(member_ids)
    return Question(
        LOCK if wait else LOCK_FREE,
        [array(ordered), array({bucket_of(member_id) for member_id in ordered})],
        lambda rows: {row[0]: _locked(row) for row in rows},
    )


def _locked(row: Sequence[Any]) -> Locked:
    member_id, name, gender, birthday, language, source, status, attributes, tags, joined_at = row
    profile = Profile(name, gender, birthday, language, source, joined_at, attributes)
    return Locked(member_id, status, profile, set(tags))


def prove(member_id: UUID, identity: Identity, at: datetime) -> bool:
    """Note that the member has just shown that `identity` is theirs; the latest proof stands. False, and nothing
    written, where the identity is not this member's."""
    kind, value = identity
    theirs = IdentityRecord.objects.filter(kind=kind, value=value, member_id=member_id)
    return theirs.update(verified_at=at) > 0


def identity_kinds(member_ids: Iterable[UUID]) -> Question[dict[UUID, frozenset[str]]]:
    """Which kinds of identity each member has."""
    return Question(
        KINDS, [array(member_ids)], lambda rows: {member_id: frozenset(kinds) for member_id, kinds in rows}
    )


def write(cursor: Cursor, changed: dict[UUID, tuple[Profile, set[str]]], now: datetime) -> None:
    """What members' profiles and tags have become."""
    unnest(
        cursor,
        CHANGE,
        ("uuid", "smallint", "text", "text", "date", "text", "text", "text", "timestamptz"),
        [
            (
                member_id,
                bucket_of(member_id),
                profile.name,
                profile.gender,
                profile.birthday,
                profile.language,
                json.dumps(profile.attributes, ensure_ascii=False),
                json.dumps(sorted(tags), ensure_ascii=False),
                now,
            )
            for member_id, (profile, tags) in changed.items()
        ],
    )
