"""Finding, making, locking and changing members. Whole lists at a time, in the caller's transaction."""

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, Question, array, ask_one, unnest, uuids
from regulars.language.events import Identity
from regulars.language.snapshot import Profile

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

KINDS = """
SELECT member_id, array_agg(kind) FROM members_identity WHERE member_id = ANY(%s) GROUP BY member_id
"""

HAND_OVER = """
UPDATE members_identity AS identity SET member_id = row.heir, bucket = row.shelf
  FROM {rows} AS row(claimant, heir, shelf)
 WHERE identity.member_id = row.claimant
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
        [array("text", (kind for kind, _ in wanted)), array("text", (value for _, value in wanted))],
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
            array("text", (kind for (kind, _), _ in identities)),
            array("text", (value for (_, value), _ in identities)),
            uuids(members),
            array("smallint", map(bucket_of, members)),
        ],
    )
    owners = {(kind, value): member_id for kind, value, member_id in cursor.fetchall()}
    missing = [identity for identity, _ in identities if identity not in owners]
    return owners | ask_one(cursor, find(missing)) if missing else owners


def hand_over(cursor: Cursor, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Identities that were claimed for a member who is not made after all go to the one who is: (from, to)."""
    unnest(
        cursor, HAND_OVER, ("uuid", "uuid", "smallint"), [(old, new, bucket_of(new)) for old, new in pairs]
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


def lock(member_ids: Iterable[UUID]) -> Question[dict[UUID, Locked]]:
    """Lock members, in one order for everybody, and read who they are. Unknown ids are left out."""
    ordered = sorted(member_ids)
    return Question(
        LOCK,
        [uuids(ordered), array("smallint", {bucket_of(member_id) for member_id in ordered})],
        lambda rows: {row[0]: _locked(row) for row in rows},
    )


def _locked(row: Sequence[Any]) -> Locked:
    member_id, name, gender, birthday, language, source, status, attributes, tags, joined_at = row
    profile = Profile(name, gender, birthday, language, source, joined_at, json.loads(attributes))
    return Locked(member_id, status, profile, set(tags))


def identity_kinds(member_ids: Iterable[UUID]) -> Question[dict[UUID, frozenset[str]]]:
    """Which kinds of identity each member has."""
    return Question(
        KINDS, [uuids(member_ids)], lambda rows: {member_id: frozenset(kinds) for member_id, kinds in rows}
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
