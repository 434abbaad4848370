"""Whose record belongs to whom: two made one, and apart again. In the caller's transaction, under the members' locks.

A record that was merged stays: its history is its own. What moves are its names, and what its profile knew better.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, array

PROFILE = ("name", "gender", "birthday", "language", "attributes", "tags", "joined_at")
"""What of a profile a merge fills in, and taking it apart puts back."""

FAMILY = "SELECT id FROM members_member WHERE merged_into = %s ORDER BY id"

READ = """
SELECT name, gender, birthday, language, attributes, tags, joined_at FROM members_member WHERE id = %s AND bucket = %s
"""

FILL = """
UPDATE members_member
   SET name = %s, gender = %s, birthday = %s::date, language = %s, attributes = %s::jsonb,
       tags = ARRAY(SELECT jsonb_array_elements_text(%s::jsonb)), joined_at = %s::timestamptz,
       updated_at = %s::timestamptz
 WHERE id = %s AND bucket = %s
"""

BELONG = """
UPDATE members_member SET status = %s, merged_into = %s::uuid, updated_at = %s::timestamptz
 WHERE id = ANY(%s::uuid[]) AND bucket = ANY(%s::smallint[])
"""

RENAME = """
UPDATE members_identity SET member_id = %s, bucket = %s WHERE member_id = %s RETURNING kind, value
"""

RENAME_SOME = """
UPDATE members_identity AS identity SET member_id = %s, bucket = %s
  FROM unnest(%s::text[], %s::text[]) AS row(kind, value)
 WHERE (identity.kind, identity.value) = (row.kind, row.value) AND identity.member_id = %s
"""

NOTE = """
INSERT INTO members_merge (kept, id, bucket, gone, family, reason, merged_by, merged_at, undone_by, memory)
VALUES (%s, %s, %s, %s, %s::uuid[], %s, %s, %s::timestamptz, '', %s::jsonb)
"""

STANDING = """
SELECT kept, id, gone, family, merged_at, memory FROM members_merge
 WHERE kept = %s AND bucket = %s AND gone = %s AND undone_at IS NULL
"""

UNDO = """
UPDATE members_merge SET undone_at = %s::timestamptz, undone_by = %s WHERE kept = %s AND id = %s AND bucket = %s
"""


@dataclass(slots=True)
class Merge:
    """A merge that stands. `family`: `gone`, and all who had been merged into it; `memory`: what taking it apart needs
    to know, by room."""

    kept: UUID
    id: UUID
    gone: UUID
    family: list[UUID]
    at: datetime
    memory: dict[str, Any] = field(default_factory=dict)

    @property
    def buckets(self) -> list[int]:
        """Where the family's records lie."""
        return sorted({bucket_of(one) for one in self.family})


def begin(cursor: Cursor, kept: UUID, gone: UUID, event_id: UUID, at: datetime) -> Merge:
    """The merge of `gone` into `kept` that the event makes, not yet noted."""
    cursor.execute(FAMILY, [gone])
    return Merge(kept, event_id, gone, [gone, *(row[0] for row in cursor.fetchall())], at)


def standing(cursor: Cursor, kept: UUID, gone: UUID) -> Merge | None:
    """The merge of `gone` into `kept`, where it has not been undone."""
    cursor.execute(STANDING, [kept, bucket_of(kept), gone])
    for kept_id, event_id, gone_id, family, at, memory in cursor.fetchall():
        known = json.loads(memory) if isinstance(memory, str | bytes) else memory
        return Merge(kept_id, event_id, gone_id, family, at, known)
    return None


def join(cursor: Cursor, merge: Merge, now: datetime) -> None:
    """All names of the one who goes are the other's from now on, and where that one's profile is empty it is filled
    in. Tags are both's, and both joined when the first of them did."""
    before, other = _profile(cursor, merge.kept), _profile(cursor, merge.gone)
    after = joined(before, other)
    _fill(cursor, merge.kept, after, now)
    cursor.execute(BELONG, ["merged", merge.kept, now, array(merge.family), array(merge.buckets)])
    cursor.execute(RENAME, [merge.kept, bucket_of(merge.kept), merge.gone])
    merge.memory["identities"] = [list(row) for row in cursor.fetchall()]
    merge.memory["profile"] = {name: before[name] for name in PROFILE if before[name] != after[name]}
    merge.memory["filled"] = {name: after[name] for name in merge.memory["profile"]}


def note(cursor: Cursor, merge: Merge, by: str, reason: str) -> None:
    """Write the merge down with all that the rooms remember of it."""
    cursor.execute(
        NOTE,
        [
            merge.kept,
            merge.id,
            bucket_of(merge.kept),
            merge.gone,
            array(merge.family),
            reason,
            by,
            merge.at,
            json.dumps(merge.memory, ensure_ascii=False),
        ],
    )


def part(cursor: Cursor, merge: Merge, by: str, now: datetime) -> None:
    """The names go back to whom they came from, and out of the profile what was filled in and stands as it was."""
    profile = _profile(cursor, merge.kept)
    _fill(cursor, merge.kept, parted(profile, merge.memory["profile"], merge.memory["filled"]), now)
    cursor.execute(BELONG, ["active", None, now, array([merge.gone]), array([bucket_of(merge.gone)])])
    inside = merge.family[1:]
    if inside:
        places = array({bucket_of(one) for one in inside})
        cursor.execute(BELONG, ["merged", merge.gone, now, array(inside), places])
    names = merge.memory["identities"]
    kinds, values = array(kind for kind, _ in names), array(value for _, value in names)
    cursor.execute(RENAME_SOME, [merge.gone, bucket_of(merge.gone), kinds, values, merge.kept])
    cursor.execute(UNDO, [now, by, merge.kept, merge.id, bucket_of(merge.kept)])


def joined(kept: Mapping[str, Any], gone: Mapping[str, Any]) -> dict[str, Any]:
    """The profile of both, as JSON has it: what the one who stays says, and the other's where that is empty."""
    whole = {name: kept[name] or gone[name] for name in ("name", "gender", "birthday", "language")}
    whole["attributes"] = {**gone["attributes"], **kept["attributes"]}
    whole["tags"] = sorted({*kept["tags"], *gone["tags"]})
    whole["joined_at"] = min(kept["joined_at"], gone["joined_at"], key=datetime.fromisoformat)
    return whole


def parted(now: Mapping[str, Any], before: Mapping[str, Any], filled: Mapping[str, Any]) -> dict[str, Any]:
    """What of a profile is left to who stays: `filled` goes out again where it is still as it was filled in."""
    whole = dict(now)
    for name in ("name", "gender", "birthday", "language", "joined_at"):
        if name in before and whole[name] == filled[name]:
            whole[name] = before[name]
    if "attributes" in before:
        was, given = before["attributes"], filled["attributes"]
        whole["attributes"] = {
            key: value
            for key, value in whole["attributes"].items()
            if key in was or key not in given or value != given[key]
        }
    if "tags" in before:
        whole["tags"] = sorted({*whole["tags"]} - ({*filled["tags"]} - {*before["tags"]}))
    return whole


def _profile(cursor: Cursor, member_id: UUID) -> dict[str, Any]:
    cursor.execute(READ, [member_id, bucket_of(member_id)])
    (row,) = cursor.fetchall()
    name, gender, birthday, language, attributes, tags, joined_at = row
    known = json.loads(attributes) if isinstance(attributes, str | bytes) else attributes
    values: Sequence[Any] = (
        name,
        gender,
        birthday.isoformat() if isinstance(birthday, date) else None,
        language,
        known,
        sorted(tags),
        joined_at.isoformat(),
    )
    return dict(zip(PROFILE, values, strict=True))


def _fill(cursor: Cursor, member_id: UUID, profile: Mapping[str, Any], now: datetime) -> None:
    cursor.execute(
        FILL,
        [
            profile["name"],
            profile["gender"],
            profile["birthday"],
            profile["language"],
            json.dumps(profile["attributes"], ensure_ascii=False),
            json.dumps(profile["tags"], ensure_ascii=False),
            profile["joined_at"],
            now,
            member_id,
            bucket_of(member_id),
        ],
    )
