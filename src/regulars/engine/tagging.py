"""Tags by hand: put on members and taken off them, as events of theirs; and where a tag came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.engine.contracts import Outcome
from regulars.engine.doors import incoming
from regulars.engine.operations import Request, command
from regulars.engine.service import submit
from regulars.events.own_types import TAGGED
from regulars.kit import clock
from regulars.kit.ids import bucket_of
from regulars.kit.problems import FieldError, Problem
from regulars.kit.sqlread import rows
from regulars.language.problems import words

TAG_MOST = 60
MEMBERS_MOST = 1000
"""So many members are tagged at once."""


class BadTag(Problem):
    """A tag can't be like this. `field` says where it stands."""

    status = 422
    code = "invalid"

    def __init__(self, field: str = "tag") -> None:
        detail = words(
            f"标签须为 1 到 {TAG_MOST} 个可见字符。",
            f"標籤須為 1 到 {TAG_MOST} 個可見字元。",
            f"A tag has 1 to {TAG_MOST} printable characters.",
        )
        super().__init__(detail, errors=(FieldError(field, self.code, detail),))


class TooManyAtOnce(Problem):
    """More members than are tagged at once."""

    status = 422
    code = "too_many"

    def __init__(self) -> None:
        super().__init__(
            words(
                f"一次最多给 {MEMBERS_MOST:,} 位会员打标签，请缩小范围或分批进行。",
                f"一次最多為 {MEMBERS_MOST:,} 位會員貼標籤，請縮小範圍或分批進行。",
                f"At most {MEMBERS_MOST:,} members are tagged at once: choose fewer, or go by parts.",
            )
        )


@dataclass(frozen=True, slots=True)
class Origin:
    """When a tag was put on last, by which event, and by which rule; no rule: by hand or by another system."""

    tag: str
    at: datetime
    event_id: UUID
    type_id: str
    rule: str
    by: str


def tag(
    member_ids: Sequence[UUID],
    add: Sequence[str],
    remove: Sequence[str],
    *,
    key: str,
    source: str,
    by: str,
    reason: str = "",
) -> int:
    """Put tags on members and take others off; for how many that was done. `key` names it for ever, with each member:
    the same again changes nothing. Raises BadTag, TooManyAtOnce."""
    wanted, gone = checked(add), checked(remove)
    members = list(dict.fromkeys(member_ids))
    if len(members) > MEMBERS_MOST:
        raise TooManyAtOnce
    outcomes = tag_all(members, wanted, gone, key=key, source=source, by=by, reason=reason)
    return sum(outcome.status in ("processed", "duplicate") for outcome in outcomes)


def tag_all(
    member_ids: Sequence[UUID],
    add: Sequence[str],
    remove: Sequence[str],
    *,
    key: str,
    source: str,
    by: str,
    reason: str = "",
) -> list[Outcome]:
    """As `tag`, however many members; their outcomes, in their order. The tags must be sound (`checked`)."""
    data = tag_data(add, remove, by=by, reason=reason)
    now = clock.now()
    return submit(
        [incoming(source, f"{key}:{one}", TAGGED, (), None, data, False, one, now) for one in member_ids]
    )


def tag_data(add: Sequence[str], remove: Sequence[str], *, by: str = "", reason: str = "") -> dict[str, Any]:
    """What an event of tagging by hand says."""
    told = {"by": by, "reason": reason}
    return {"add": list(add), "remove": list(remove), **{name: text for name, text in told.items() if text}}


def change(request: Request, add: Sequence[str], remove: Sequence[str]) -> Outcome:
    """Put tags on one member and take others off, as a command. Raises BadTag."""
    data = {"add": list(checked(add, "add")), "remove": list(checked(remove, "remove"))}
    return command(TAGGED, request, data)


def checked(tags: Sequence[str], field: str = "tag") -> tuple[str, ...]:
    """Tags as they are written down, each once. Raises BadTag, which names the `field`."""
    found = tuple(dict.fromkeys(one.strip() for one in tags))
    if any(not one or len(one) > TAG_MOST or not one.isprintable() for one in found):
        raise BadTag(field)
    return found


SINCE = """
SELECT DISTINCT own.member_id
  FROM unnest(%s::uuid[], %s::uuid[]) AS asked(member_id, event_id)
  JOIN events_event own ON own.member_id = asked.member_id AND own.id = asked.event_id AND own.bucket = ANY(%s)
  JOIN events_event e ON e.member_id = own.member_id AND e.bucket = own.bucket
   AND (e.received_at, e.id) > (own.received_at, own.id),
       json_array_elements(CASE json_typeof(e.effects) WHEN 'array' THEN e.effects ELSE '[]' END) AS effect
 WHERE effect.value ->> 'kind' = 'tag'
   AND ((effect.value -> 'add')::jsonb ?| %s::text[] OR (effect.value -> 'remove')::jsonb ?| %s::text[])
"""


def changed_since(pairs: Sequence[tuple[UUID, UUID]], tags: Sequence[str]) -> set[UUID]:
    """Of (member, event), the members some of whose `tags` were put on or taken off again after that event."""
    if not pairs:
        return set()
    members, events = [one for one, _ in pairs], [event for _, event in pairs]
    buckets = sorted({bucket_of(one) for one in members})
    return {found for (found,) in rows(SINCE, [members, events, buckets, list(tags), list(tags)])}


ORIGINS = """
SELECT DISTINCT ON (tag.value) tag.value, e.time, e.id, e.type, coalesce(effect.value ->> 'rule', ''),
       coalesce(e.data ->> 'by', '')
  FROM events_event e,
       json_array_elements(CASE json_typeof(e.effects) WHEN 'array' THEN e.effects ELSE '[]' END) AS effect,
       json_array_elements_text(CASE json_typeof(effect.value -> 'add') WHEN 'array' THEN effect.value -> 'add'
                                ELSE '[]' END) AS tag
 WHERE e.member_id = %s AND e.bucket = %s AND effect.value ->> 'kind' = 'tag' AND tag.value = ANY(%s)
 ORDER BY tag.value, e.received_at DESC, e.id DESC
"""


def origins(member_id: UUID, tags: Sequence[str]) -> dict[str, Origin]:
    """Where each of these tags of a member came from, as far as the log tells."""
    if not tags:
        return {}
    found = rows(ORIGINS, [member_id, bucket_of(member_id), list(tags)])
    return {row[0]: Origin(*row) for row in found}
