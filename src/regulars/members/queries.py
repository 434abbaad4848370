"""Reading members: by id, by any identity, by a piece of the name; always set-wise where lists are shown."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.kit.ids import bucket_of
from regulars.kit.rows import Question, array
from regulars.kit.sqlread import contains, from_json, like, read, row, rows
from regulars.language.calendar import start_of
from regulars.members.contracts import (
    IDENTITY_KINDS,
    BadIdentity,
    IdentityRow,
    MemberKey,
    MemberName,
    MemberProfile,
    MemberUnknown,
    MergeRow,
)
from regulars.members.logic import normalise_identity, split_reference

DIGITS_LEAST = 8
"""A number of fewer digits says nothing about who somebody is."""
HITS_MAX = 1000
"""The most members that one search by a piece of a phone number looks at."""


def as_id(text: str) -> UUID | None:
    """`text` as a member's id; None where it is not written like one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def find(reference: str, region: str = "CN") -> MemberKey | None:
    """The member with that id (`0199…`) or identity (`phone:+8613800000000`); None where there is none. The id of
    one who was merged names the member they belong to now.

    Raises `BadIdentity` where the identity can't be one.
    """
    identity = split_reference(reference)
    if identity is not None:
        kind, value = normalise_identity(*identity, region)
        found = row("SELECT member_id FROM members_identity WHERE kind = %s AND value = %s", [kind, value])
        return MemberKey(found[0], bucket_of(found[0])) if found else None
    member = as_id(reference)
    if member is None:
        return None
    found = row(
        "SELECT coalesce(merged_into, id) FROM members_member WHERE id = %s AND bucket = %s",
        [member, bucket_of(member)],
    )
    return MemberKey(found[0], bucket_of(found[0])) if found else None


def get(reference: str, region: str = "CN") -> MemberKey:
    """As `find`; raises `MemberUnknown` where there is none."""
    found = find(reference, region)
    if found is None:
        raise MemberUnknown(reference)
    return found


def existing(member_ids: Iterable[UUID]) -> Question[dict[UUID, UUID]]:
    """Which of these members there are, each with the one whom that record belongs to now: themselves, or the member
    whom they were merged into."""
    asked = list(member_ids)
    return Question(
        "SELECT id, coalesce(merged_into, id) FROM members_member WHERE id = ANY(%s) AND bucket = ANY(%s)",
        [array(asked), array({bucket_of(member_id) for member_id in asked})],
        dict,
    )


def profile(member_id: UUID) -> MemberProfile | None:
    """Who the member is, with every identity; None where there is no such member."""
    return profiles([member_id]).get(member_id)


def profiles(member_ids: Sequence[UUID]) -> dict[UUID, MemberProfile]:
    """The profiles of these members, by id; in two queries however many they are."""
    buckets = sorted({bucket_of(member) for member in member_ids})
    known = identities(member_ids)
    found = rows(
        "SELECT id, bucket, name, gender, birthday, language, source, status, attributes, tags, joined_at,"
        " updated_at, merged_into FROM members_member WHERE id = ANY(%s) AND bucket = ANY(%s)",
        [list(member_ids), buckets],
    )
    whole = (
        (*each[:8], from_json(each[8]), tuple(each[9]), *each[10:12], tuple(known.get(each[0], ())), each[12])
        for each in found
    )
    return {each[0]: MemberProfile(*each) for each in whole}


def merges_into(member_id: UUID) -> list[MergeRow]:
    """The merges by which all records that are this member's now came to be so, the latest first: into the member,
    and into records that were merged into the member themselves."""
    return _merges(
        "gone = ANY(ARRAY(SELECT id FROM members_member WHERE merged_into = %s)) AND undone_at IS NULL",
        [member_id],
    )


def merge_of(gone: UUID) -> MergeRow | None:
    """The merge by which this record went; None where it is a member's own."""
    found = _merges("gone = %s AND undone_at IS NULL", [gone])
    return found[0] if found else None


def _merges(which: str, params: Sequence[object]) -> list[MergeRow]:
    found = rows(
        "SELECT id, kept, gone, family, reason, merged_by, merged_at, memory -> 'identities' FROM members_merge"
        f" WHERE {which} ORDER BY merged_at DESC, id DESC",
        params,
    )
    return [
        MergeRow(
            id=event_id,
            kept=kept,
            gone=gone,
            family=tuple(family),
            reason=reason,
            by=by,
            at=at,
            names=tuple((kind, value) for kind, value in from_json(names)),
        )
        for event_id, kept, gone, family, reason, by, at, names in found
    ]


def alike(member: MemberProfile, limit: int = 3) -> list[MemberName]:
    """Active members who may be the same person: of the same name and birthday, or with the digits of one's phone
    under another kind of identity of the other's."""
    found = rows(
        "SELECT id FROM members_member WHERE lower(name) = lower(%s) AND name <> '' AND merged_into IS NULL"
        " AND id <> %s AND birthday = %s LIMIT %s",
        [member.name, member.id, member.birthday, limit],
    )
    numbers = sorted(
        {
            spelling
            for one in member.identities
            for spelling in (one.value, one.value.removeprefix("+"), one.value.removeprefix("+86"))
            if one.kind == "phone" or (one.value.isdigit() and len(one.value) >= DIGITS_LEAST)
        }
    )
    kinds = sorted({*IDENTITY_KINDS, *(one.kind for one in member.identities)})
    if numbers:
        spelled = sorted({*numbers, *(f"+{one}" for one in numbers), *(f"+86{one}" for one in numbers)})
        found += rows(
            "SELECT DISTINCT member_id FROM members_identity WHERE kind = ANY(%s) AND value = ANY(%s)"
            " AND member_id <> %s LIMIT %s",
            [kinds, spelled, member.id, limit],
        )
    return [one for one in names(each[0] for each in found).values() if one.status == "active"][:limit]


def names(member_ids: Iterable[UUID]) -> dict[UUID, MemberName]:
    """What to call these members, by id."""
    wanted = list(set(member_ids))
    buckets = sorted({bucket_of(member) for member in wanted})
    found = read(
        MemberName,
        "SELECT id, name, status, joined_at FROM members_member WHERE id = ANY(%s) AND bucket = ANY(%s)",
        [wanted, buckets],
    )
    return {member.id: member for member in found}


def identities(member_ids: Sequence[UUID]) -> dict[UUID, list[IdentityRow]]:
    """Every identity of these members, phone and e-mail first, then by kind and age."""
    found = rows(
        "SELECT member_id, kind, value, created_at, verified_at FROM members_identity"
        " WHERE member_id = ANY(%s)"
        " ORDER BY array_position(ARRAY['phone', 'email', 'card'], kind::text), kind, created_at, value",
        [list(member_ids)],
    )
    by_member: dict[UUID, list[IdentityRow]] = defaultdict(list)
    for member, *columns in found:
        by_member[member].append(IdentityRow(*columns))
    return dict(by_member)


def ids_like(text: str, region: str = "CN") -> list[UUID]:
    """The members whom `text` names exactly: an id, `kind:value`, or a value of any known kind."""
    member = as_id(text.strip())
    if member is not None:
        known = find(str(member))
        return [known.id if known else member]
    pairs = _candidates(text, region)
    if not pairs:
        return []
    found = rows(
        "SELECT DISTINCT member_id FROM members_identity"
        " JOIN unnest(%s::text[], %s::text[]) AS wanted (kind, value) USING (kind, value)",
        [[kind for kind, _ in pairs], [value for _, value in pairs]],
    )
    return [each[0] for each in found]


def ids_by_phone_part(digits: str) -> list[UUID]:
    """Up to `HITS_MAX` members with `digits` somewhere in a phone number: the clerk's “last four”."""
    found = rows(
        "SELECT DISTINCT member_id FROM members_identity WHERE kind = 'phone' AND value LIKE %s LIMIT %s",
        [contains(digits), HITS_MAX],
    )
    return [each[0] for each in found]


def search(text: str, limit: int = 20, region: str = "CN") -> list[MemberName]:
    """The members an operator may mean by `text`: an exact identity first, then names that start with it,
    then names that contain it, then phone numbers that contain its digits. For search boxes."""
    wanted = text.strip()
    if not wanted:
        return []
    exact = names(ids_like(wanted, region))
    found = list(exact.values())
    if len(found) < limit:
        found += read(
            MemberName,
            "SELECT id, name, status, joined_at FROM members_member"
            " WHERE name ILIKE %s AND merged_into IS NULL AND NOT id = ANY(%s)"
            " ORDER BY name ILIKE %s DESC, lower(name), id LIMIT %s",
            [contains(wanted), list(exact), like(wanted) + "%", limit - len(found)],
        )
    if len(found) < limit and len(wanted) >= 4 and wanted.isdigit():
        seen = {member.id for member in found}
        parts = names(ids_by_phone_part(wanted))
        found += [member for member in parts.values() if member.id not in seen]
    return found[:limit]


def count() -> int:
    """How many members there are; records that were merged into others are none."""
    found = row("SELECT count(*) FROM members_member WHERE merged_into IS NULL")
    return int(found[0]) if found else 0


def joined_in(windows: Sequence[tuple[datetime, datetime]]) -> list[int]:
    """For each window (first moment, the moment after its last), how many members joined in it."""
    counts = ", ".join("count(*) FILTER (WHERE joined_at >= %s AND joined_at < %s)" for _ in windows)
    found = row(
        f"SELECT {counts} FROM members_member WHERE merged_into IS NULL AND joined_at >= %s",
        [*(moment for window in windows for moment in window), min(first for first, _ in windows)],
    )
    return list(found) if found else [0 for _ in windows]


def joined_by(days: Sequence[date], zone: ZoneInfo) -> dict[date, int]:
    """New members of the periods that begin on `days` (in order; each ends where the next begins, the last is
    open) in `zone`; periods without any left out."""
    if not days:
        return {}
    starts = [start_of(day, zone) for day in days]
    found = rows(
        "SELECT width_bucket(joined_at, %s::timestamptz[]), count(*) FROM members_member"
        " WHERE merged_into IS NULL AND joined_at >= %s GROUP BY 1",
        [starts, starts[0]],
    )
    return {days[period - 1]: members for period, members in found}


def tags(limit: int = 100) -> list[tuple[str, int]]:
    """The tags in use, the most used first, with how many members bear each."""
    return read(
        lambda tag, members: (str(tag), int(members)),
        "SELECT tag, count(*) FROM members_member, unnest(tags) AS tag WHERE merged_into IS NULL GROUP BY tag"
        " ORDER BY count(*) DESC, tag LIMIT %s",
        [limit],
    )


def _candidates(text: str, region: str) -> list[tuple[str, str]]:
    """Every way in which `text` could be an identity."""
    explicit = split_reference(text.strip())
    options = [explicit] if explicit else [(kind, text) for kind in IDENTITY_KINDS]
    pairs = []
    for kind, value in options:
        try:
            pairs.append(normalise_identity(kind, value, region))
        except BadIdentity:
            continue
    return pairs


JOININGS = """
SELECT member.id, member.source,
       coalesce((SELECT (memory -> 'profile' ->> 'joined_at')::timestamptz FROM members_merge
                  WHERE kept = member.id AND bucket = member.bucket AND memory -> 'profile' ? 'joined_at'
                  ORDER BY merged_at LIMIT 1), member.joined_at),
       coalesce((SELECT array_agg(DISTINCT kind) FROM members_identity AS own WHERE own.member_id = member.id), '{}')
  FROM members_member AS member WHERE member.bucket = ANY(%s)
"""


def joinings(buckets: Sequence[int]) -> list[tuple[UUID, str, datetime, list[str]]]:
    """(member, source, joined at, kinds of identity) of everybody in these buckets; of whoever a record was made one
    with, when they had joined themselves."""
    found = rows(JOININGS, [list(buckets)])
    return [(member_id, source, joined_at, list(kinds)) for member_id, source, joined_at, kinds in found]


def scores_in(
    buckets: Sequence[int], names: Sequence[str]
) -> dict[UUID, dict[str, tuple[float | None, str]]]:
    """Member → score → (number, word), of everybody in these buckets who has one of these."""
    found: dict[UUID, dict[str, tuple[float | None, str]]] = {}
    for member_id, name, value, label in rows(
        "SELECT member_id, name, value, label FROM members_score WHERE bucket = ANY(%s) AND name = ANY(%s)",
        [list(buckets), list(names)],
    ):
        found.setdefault(member_id, {})[name] = (value, label)
    return found


EVER_PARTED = """
WITH RECURSIVE parted(id) AS (
    SELECT unnest(ARRAY[kept, gone]) FROM members_merge WHERE undone_at IS NOT NULL
    UNION
    SELECT unnest(ARRAY[one.kept, one.gone]) FROM members_merge AS one JOIN parted ON parted.id IN (one.kept, one.gone))
SELECT id FROM parted
"""


def ever_parted() -> list[UUID]:
    """Members who had a record merged into theirs, or were merged, where that was undone; and all with whom they were
    made one besides."""
    return [found[0] for found in rows(EVER_PARTED)]


TAGGED_LOOKED_AT = 50_000


def tags_seen(text: str, limit: int) -> list[str]:
    """Tags with `text` in them that members have."""
    found = rows(
        "SELECT DISTINCT tag FROM (SELECT tags FROM members_member WHERE tags <> '{}' LIMIT %s) AS some,"
        " unnest(some.tags) AS tag WHERE tag ILIKE %s ORDER BY tag LIMIT %s",
        [TAGGED_LOOKED_AT, contains(text), limit],
    )
    return [tag for (tag,) in found]
