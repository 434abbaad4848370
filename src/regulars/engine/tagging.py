"""Tags by hand: put on members and taken off them, as events of theirs; and where a tag came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from regulars.engine.doors import incoming
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
    """A tag can't be like this."""

    status = 422
    code = "invalid"

    def __init__(self) -> None:
        detail = words(
            f"标签须为 1 到 {TAG_MOST} 个可见字符。",
            f"標籤須為 1 到 {TAG_MOST} 個可見字元。",
            f"A tag has 1 to {TAG_MOST} printable characters.",
        )
        super().__init__(detail, errors=(FieldError("tag", self.code, detail),))


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
    wanted, gone = [one.strip() for one in add], [one.strip() for one in remove]
    if any(not one or len(one) > TAG_MOST or not one.isprintable() for one in (*wanted, *gone)):
        raise BadTag
    members = list(dict.fromkeys(member_ids))
    if len(members) > MEMBERS_MOST:
        raise TooManyAtOnce
    told = {"by": by, "reason": reason}
    data = {"add": wanted, "remove": gone, **{name: text for name, text in told.items() if text}}
    now = clock.now()
    outcomes = submit(
        [incoming(source, f"{key}:{one}", TAGGED, (), None, data, False, one, now) for one in members]
    )
    return sum(outcome.status in ("processed", "duplicate") for outcome in outcomes)


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
