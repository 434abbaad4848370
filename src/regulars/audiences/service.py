"""Making and changing audiences, and writing who is in them. Whole lists at a time, in the caller's transaction.

Conditions come here checked: what a programme's conditions may ask is known above (`engine.audiences`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from regulars.audiences import queries
from regulars.audiences.contracts import (
    MOST,
    Audience,
    AudienceChanged,
    AudienceExists,
    BadAudience,
    Kind,
    Phase,
    TooManyAudiences,
    UnknownAudience,
    Wish,
)
from regulars.audiences.models import Audience as Record
from regulars.audiences.models import Membership, Revision
from regulars.kit import clock
from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, unnest
from regulars.language.problems import words
from regulars.language.text import LANGUAGES, Text
from regulars.staff.service import audit

NAME_MOST, NOTE_MOST, ID_MOST = 60, 500, 40
ID = re.compile(rf"[a-z][a-z0-9_]{{0,{ID_MOST - 1}}}")

RESERVED = frozenset({"count", "overlap", "new", "import"})
"""What addresses are called, so no audience is."""

DEFINING = 0x6175_6469_656E_6365
"""The lock of whoever changes an audience: one after the other, so that the latest revision names the whole set."""

ENTER = """
INSERT INTO audiences_membership (member_id, id, bucket, audience, since, until, by)
SELECT member_id, id, bucket, audience, since, NULL, by FROM {rows} AS row(member_id, id, bucket, audience, since, by)
ON CONFLICT DO NOTHING
"""

LEAVE = """
UPDATE audiences_membership AS stay SET until = greatest(stay.since, row.until)
  FROM {rows} AS row(member_id, bucket, audience, until)
 WHERE stay.member_id = row.member_id AND stay.bucket = row.bucket AND stay.audience = row.audience
   AND stay.until IS NULL
"""

Change = tuple[UUID, UUID, str, bool, datetime]
"""(member, event, audience, whether they enter, when)"""


def create(audience: str, wish: Wish, source: str, by: str) -> Audience:
    """A new audience, still to be filled. Raises BadAudience, AudienceExists, TooManyAudiences."""
    faults = [*_id_faults(audience), *_faults(wish)]
    if faults:
        raise BadAudience.of(faults)
    with transaction.atomic():
        lock_definitions()
        if Record.objects.filter(pk=audience).exists():
            raise AudienceExists(audience)
        if Record.objects.filter(archived=False).count() >= MOST:
            raise TooManyAudiences
        now = clock.now()
        row = Record(
            id=audience,
            kind=wish.kind.value,
            source=source,
            created_at=now,
            created_by=by,
            **_said(wish),
        )
        _put(row, now, by, force_insert=True)
        audit(by, "audience.created", audience, kind=wish.kind.value)
    return queries.get(audience)


def change(audience: str, revision: int | None, wish: Wish, by: str) -> Audience:
    """Say it otherwise; what is the same already changes nothing. `revision`: what the caller had seen (None: whatever
    it is). Raises UnknownAudience, BadAudience, AudienceChanged."""
    faults = _faults(wish)
    if faults:
        raise BadAudience.of(faults)
    with transaction.atomic():
        lock_definitions()
        row = _record(audience)
        if row.kind != wish.kind.value:
            raise BadAudience.of([("kind", _KIND_STAYS)])
        said = _said(wish)
        if all(getattr(row, name) == value for name, value in said.items()):
            return queries.get(audience)
        if revision is not None and row.revision != revision:
            raise AudienceChanged(row.updated_by)
        refill = row.condition != said["condition"]
        for name, value in said.items():
            setattr(row, name, value)
        _put(row, clock.now(), by, refill=refill)
        audit(by, "audience.changed", audience, condition=refill)
    return queries.get(audience)


def archive(audience: str, by: str) -> Audience:
    """Nobody is in it any more, and nothing follows it; its history stays. Raises UnknownAudience."""
    with transaction.atomic():
        lock_definitions()
        row = _record(audience)
        if not row.archived:
            now = clock.now()
            row.archived, row.look_at, row.members, row.counted_at = True, None, 0, now
            _put(row, now, by)
            Membership.objects.filter(audience=audience, until__isnull=True).update(until=now)
            audit(by, "audience.archived", audience)
    return queries.get(audience)


def restore(audience: str, by: str) -> Audience:
    """Live again: one by rule is filled anew, a list begins empty. Raises UnknownAudience, TooManyAudiences."""
    with transaction.atomic():
        lock_definitions()
        row = _record(audience)
        if row.archived:
            if Record.objects.filter(archived=False).count() >= MOST:
                raise TooManyAudiences
            row.archived = False
            _put(row, clock.now(), by, refill=True)
            audit(by, "audience.restored", audience)
    return queries.get(audience)


def delete(audience: str, by: str) -> None:
    """Gone, with who was in it; that it was, and what it asked, is remembered. Raises UnknownAudience."""
    with transaction.atomic():
        lock_definitions()
        row = _record(audience)
        row.archived = True
        _note(row, clock.now(), by)
        row.delete()
        Membership.objects.filter(audience=audience).delete()
        audit(by, "audience.deleted", audience)


def write(cursor: Cursor, changes: Iterable[Change]) -> None:
    """Members enter and leave, in this order; who does both comes out as they were."""
    first: dict[tuple[UUID, str], bool] = {}
    last: dict[tuple[UUID, str], Change] = {}
    for one in changes:
        member_id, _, audience, enters, _ = one
        first.setdefault((member_id, audience), enters)
        last[member_id, audience] = one
    settled = [one for name, one in last.items() if first[name] == one[3]]
    entering = [
        (member_id, uuid4(), bucket_of(member_id), audience, at, event_id)
        for member_id, event_id, audience, enters, at in settled
        if enters
    ]
    leaving = [
        (member_id, bucket_of(member_id), audience, at)
        for member_id, _, audience, enters, at in settled
        if not enters
    ]
    unnest(cursor, ENTER, ("uuid", "uuid", "smallint", "text", "timestamptz", "uuid"), entering)
    unnest(cursor, LEAVE, ("uuid", "smallint", "text", "timestamptz"), leaving)


def note_progress(audience: str, revision: int, **columns: Any) -> bool:
    """How far an audience's membership has come, unless it has been changed meanwhile; whether it has not."""
    changed: int = Record.objects.filter(pk=audience, revision=revision).update(**columns)
    return bool(changed)


def note_count(audience: str, members: int, at: datetime) -> None:
    """How many were in."""
    Record.objects.filter(pk=audience).update(members=members, counted_at=at)


def look_again(audiences: Sequence[str], at: datetime) -> int:
    """Ask these audiences anew, at once: what they ask for has changed without an event. How many are."""
    found: int = Record.objects.filter(pk__in=audiences, archived=False, kind=Kind.RULE.value).update(
        look_at=at
    )
    return found


def refill(audiences: Sequence[str]) -> None:
    """Fill these anew, as if they had been changed: what they ask of other audiences means something else now."""
    waiting = Phase.WAITING.value
    Record.objects.filter(pk__in=audiences, archived=False, kind=Kind.RULE.value).update(
        phase=waiting, done=0
    )


def lock_definitions() -> None:
    """Nobody else changes an audience until this transaction is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [DEFINING])


def _put(row: Record, now: datetime, by: str, refill: bool = False, force_insert: bool = False) -> None:
    _note(row, now, by)
    row.updated_at, row.updated_by = now, by
    if refill or force_insert:
        row.phase = Phase.WAITING.value if row.kind == Kind.RULE.value else Phase.SETTLED.value
        row.done, row.followed, row.look_at = 0, 0, None
    elif row.phase == Phase.SETTLED.value:
        row.followed = row.revision
    if row.kind == Kind.LIST.value:
        row.followed = row.revision
        if row.members is None:
            row.members, row.counted_at = 0, now
    row.save(force_insert=force_insert)


def _note(row: Record, now: datetime, by: str) -> None:
    made = Revision.objects.create(
        audience=row.id,
        kind=row.kind,
        names=row.names,
        condition=row.condition,
        live=not row.archived,
        at=now,
        by=by,
    )
    row.revision = made.number


def _record(audience: str) -> Record:
    try:
        return Record.objects.get(pk=audience)
    except Record.DoesNotExist:
        raise UnknownAudience(audience) from None


def _said(wish: Wish) -> dict[str, Any]:
    return {
        "names": {code: name.strip() for code, name in wish.names.items() if name.strip()},
        "note": wish.note.strip(),
        "condition": dict(wish.condition) if wish.condition is not None else None,
    }


def _id_faults(audience: str) -> list[tuple[str, Text]]:
    if audience in RESERVED:
        return [("id", _RESERVED)]
    return [] if ID.fullmatch(audience) else [("id", _BAD_ID)]


def _faults(wish: Wish) -> list[tuple[str, Text]]:
    found: list[tuple[str, Text]] = []
    names: Mapping[str, str] = wish.names
    said = {code: name.strip() for code, name in names.items()}
    if not any(said.values()) or any(code not in LANGUAGES for code in said):
        found.append(("names", _NO_NAME))
    elif any(len(name) > NAME_MOST or not name.isprintable() for name in said.values()):
        found.append(("names", _LONG_NAME))
    if len(wish.note) > NOTE_MOST or "\0" in wish.note:
        found.append(("note", _LONG_NOTE))
    if wish.kind is Kind.RULE and wish.condition is None:
        found.append(("condition", _NO_CONDITION))
    if wish.kind is Kind.LIST and wish.condition is not None:
        found.append(("condition", _LIST_CONDITION))
    return found


_BAD_ID = words(
    f"编号只能含小写字母、数字和下划线，以字母开头，最长 {ID_MOST} 个字符。",
    f"編號只能含小寫字母、數字和底線，以字母開頭，最長 {ID_MOST} 個字元。",
    f"An id has lower-case letters, digits and underscores, begins with a letter and is at most {ID_MOST} long.",
)
_RESERVED = words(
    "这个编号由系统保留，请换一个。",
    "這個編號由系統保留，請換一個。",
    "This id is reserved: take another one.",
)
_NO_NAME = words(
    "请写上名称，至少一种语言（zh-hans、zh-hant、en）。",
    "請填寫名稱，至少一種語言（zh-hans、zh-hant、en）。",
    "Give it a name in at least one language (zh-hans, zh-hant, en).",
)
_LONG_NAME = words(
    f"名称最长 {NAME_MOST} 个字符，且不能含换行。",
    f"名稱最長 {NAME_MOST} 個字元，且不能含換行。",
    f"A name has at most {NAME_MOST} characters and no line breaks.",
)
_LONG_NOTE = words(
    f"备注最长 {NOTE_MOST} 个字符。",
    f"備註最長 {NOTE_MOST} 個字元。",
    f"A note has at most {NOTE_MOST} characters.",
)
_NO_CONDITION = words(
    "请写上条件：谁在这个人群里。", "請填寫條件：誰在這個人群裡。", "Write the condition that says who is in."
)
_LIST_CONDITION = words(
    "名单由人工增减，不能带条件；要按条件进出，请把类型改为 rule。",
    "名單由人工增減，不能帶條件；要依條件進出，請把類型改為 rule。",
    "A list is kept by hand and has no condition: make it one by rule instead.",
)
_KIND_STAYS = words(
    "类型建好后不能更改：请另建一个人群。",
    "類型建立後無法更改：請另建一個人群。",
    "The kind of an audience stays: make another one.",
)

__all__ = [
    "archive", "change", "create", "delete", "lock_definitions", "look_again", "note_count", "note_progress",
    "restore", "write",
]  # fmt: skip
