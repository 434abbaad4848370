"""What operators and other systems do with audiences: make, change, archive, delete them, keep lists, count, and ask
why somebody is in. Conditions are checked against the programme in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from regulars.audiences import filling, logic, queries, service
from regulars.audiences.contracts import (
    Audience,
    AudienceInUse,
    BadAudience,
    Estimate,
    Kind,
    NotAList,
    Stay,
    UnknownAudience,
    Use,
    Wish,
)
from regulars.engine.contracts import Incoming, Outcome
from regulars.engine.doors import incoming
from regulars.engine.grouping import LISTED
from regulars.engine.load import Loader, Orders
from regulars.engine.plan import grouped_plan
from regulars.engine.service import submit
from regulars.kit import clock
from regulars.kit import rows as together
from regulars.kit.ids import bucket_of
from regulars.kit.sqlread import rows
from regulars.language.calendar import local_day
from regulars.language.condition import Condition, Facts, Fields, compile_condition, parse_condition
from regulars.language.problems import Errors, words
from regulars.language.sentence import Line, describe_values, sentence
from regulars.language.sql import to_sql
from regulars.language.sql_text import Clock, Sql
from regulars.language.text import Text
from regulars.members.contracts import MERGED, MemberUnknown
from regulars.programme.audiences import uses_of
from regulars.programme.contracts import Programme
from regulars.programme.service import current
from regulars.programme.vocabulary import fields_for

LIST_MOST = 1000
"""So many members are put on a list, or taken off it, at once."""

NOBODY, EVERYBODY, MOST = "nobody", "everybody", "most"

CAUTIONS: dict[str, Text] = {
    NOBODY: words(
        "目前没有会员符合这个条件。", "目前沒有會員符合這個條件。", "Nobody satisfies this condition now."
    ),
    EVERYBODY: words(
        "所有会员都符合这个条件，等于没有条件。",
        "所有會員都符合這個條件，等於沒有條件。",
        "Everybody satisfies this condition: it asks for nothing.",
    ),
    MOST: words(
        "超过九成五的会员都符合这个条件。",
        "超過九成五的會員都符合這個條件。",
        "More than 95 % of all members satisfy this condition.",
    ),
}


@dataclass(frozen=True, slots=True)
class Why:
    """Why a member is in an audience, or is not. `lines`: the parts of the condition with what was seen, as of `at`;
    none for a list. `holds`: whether the condition does now; `stays`: when they were in, the latest first."""

    audience: Audience
    member_id: UUID
    inside: bool
    holds: bool | None
    at: datetime
    sentence: str
    lines: tuple[Line, ...]
    stays: tuple[Stay, ...]


def create(audience: str, wish: Wish, source: str, by: str) -> Audience:
    """A new audience; who is in it is settled in the background within seconds. Raises BadAudience, AudienceCycle,
    AudienceExists, TooManyAudiences, NotPublished."""
    return service.create(audience, _checked(audience, wish), source, by)


def change(audience: str, revision: int | None, wish: Wish, by: str) -> Audience:
    """Say it otherwise. Raises as `create`, UnknownAudience, and AudienceChanged where it is not `revision` any
    more."""
    queries.get(audience)
    with transaction.atomic():
        found = service.change(audience, revision, _checked(audience, wish), by)
        if not found.settled:
            service.refill(_asking(audience))
    return found


def archive(audience: str, by: str) -> Audience:
    """Nobody is in it any more. Raises UnknownAudience, AudienceInUse."""
    _unused(audience)
    return service.archive(audience, by)


def restore(audience: str, by: str) -> Audience:
    """Live again. Raises UnknownAudience, BadAudience where the programme can't answer it any more."""
    found = queries.get(audience)
    _checked(audience, Wish(found.names, found.kind, found.condition, found.note))
    return service.restore(audience, by)


def delete(audience: str, by: str) -> None:
    """Gone with its history. Raises UnknownAudience, AudienceInUse."""
    _unused(audience)
    service.delete(audience, by)


def uses(audience: str) -> list[Use]:
    """All that asks for it. Raises UnknownAudience."""
    queries.get(audience)
    return uses_of(audience)


def read(raw: Any) -> Condition:
    """A condition as an audience may have it. Raises BadAudience with every fault and its place."""
    return _read(raw, _fields(current()))


def count(raw: Any, exact: bool = False, now: datetime | None = None) -> Estimate:
    """How many would be in, and some of them; in less than a second, unless it is to be `exact`. Raises BadAudience."""
    programme = current()
    condition = _read(raw, _fields(programme))
    return filling.estimate(where(condition, programme, now or clock.now()), exact)


def cautions(found: Estimate) -> list[Text]:
    """What is worth a second look before somebody saves it."""
    if not found.of or not found.buckets:
        return []
    if not found.members:
        return [CAUTIONS[NOBODY]] if found.exact else []
    if found.exact and found.members >= found.of:
        return [CAUTIONS[EVERYBODY]]
    return [CAUTIONS[MOST]] if found.share > 0.95 else []


def where(condition: Condition, programme: Programme, now: datetime) -> Sql:
    """A condition as SQL over members `m`, as of `now`."""
    text, params = to_sql(condition, fields_for(programme, None), Clock(programme.zone, now))
    return Sql(text, tuple(params))


def said(raw: Any, language: str) -> str:
    """A condition in words, audiences by their names. Raises BadAudience."""
    fields = _fields(current())
    return sentence(_read(raw, fields), fields, language)


def why(audience: str, member_id: UUID, language: str) -> Why:
    """Why somebody is in, or is not. Raises UnknownAudience, MemberUnknown."""
    found, programme, now = queries.get(audience), current(), clock.now()
    stays = queries.history(member_id, audience)
    inside = bool(stays) and stays[0].until is None
    if found.kind is Kind.LIST:
        return Why(found, member_id, inside, None, now, "", (), tuple(stays))
    fields = _fields(programme)
    condition = _read(found.condition, fields)
    day = local_day(now, programme.zone)
    facts = Facts(None, _snapshot(member_id, programme, now), day, programme.zone, now)
    holds, seen = compile_condition(condition, fields).explain(facts)
    lines = tuple(describe_values(condition, fields, language, seen, day))
    return Why(
        found, member_id, inside, holds, now, sentence(condition, fields, language), lines, tuple(stays)
    )


def put(
    audience: str, member_ids: Sequence[UUID], on: bool, key: str, source: str, by: str = "", reason: str = ""
) -> int:
    """Put members on a list, or take them off; for how many that was done. At most `LIST_MOST` at a time; `key` names
    it for ever, with each member. Raises UnknownAudience, NotAList, BadAudience."""
    found = queries.get(audience)
    if found.kind is not Kind.LIST or found.archived:
        raise NotAList(audience)
    if len(member_ids) > LIST_MOST:
        raise BadAudience.of([("members", _TOO_MANY)])
    outcomes = list_all(audience, list(dict.fromkeys(member_ids)), on, key, source, by, reason)
    return sum(outcome.status in ("processed", "duplicate") for outcome in outcomes)


def list_all(
    audience: str, member_ids: Sequence[UUID], on: bool, key: str, source: str, by: str = "", reason: str = ""
) -> list[Outcome]:
    """As `put`, however many members; their outcomes, in their order. For an audience that is no list (any more)
    nothing comes of it."""
    now = clock.now()
    return submit([
        _listing(audience, member_id, on, key, source, by, reason, now) for member_id in member_ids
    ])  # fmt: skip


LISTED_SINCE = """
SELECT own.member_id
  FROM unnest(%s::uuid[], %s::uuid[]) AS asked(member_id, event_id)
  JOIN events_event own ON own.member_id = asked.member_id AND own.id = asked.event_id AND own.bucket = ANY(%s)
  JOIN events_event e ON e.member_id = own.member_id AND e.bucket = own.bucket
   AND (e.received_at, e.id) > (own.received_at, own.id),
       json_array_elements(CASE json_typeof(e.effects) WHEN 'array' THEN e.effects ELSE '[]' END) AS effect
 WHERE effect.value ->> 'kind' = 'audience' AND effect.value ->> 'audience' = %s
 UNION
SELECT member_id FROM audiences_membership
 WHERE audience = %s AND until IS NULL AND member_id = ANY(%s) AND bucket = ANY(%s)
"""


def listed_since(pairs: Sequence[tuple[UUID, UUID]], audience: str) -> set[UUID]:
    """Of (member, event that took them off this list), those who were put on it again after that event, whether they
    are on it now or not."""
    if not pairs:
        return set()
    members, events = [one for one, _ in pairs], [event for _, event in pairs]
    buckets = sorted({bucket_of(one) for one in members})
    found = rows(LISTED_SINCE, [members, events, buckets, audience, audience, members, buckets])
    return {member_id for (member_id,) in found}


def look_again(*fields: str) -> int:
    """Ask audiences anew that look at fields which begin so (`score:`), after what is there has changed without an
    event; how many are asked. In the background: whoever enters or leaves by it does so by events."""
    generation = queries.generation()
    groups = grouped_plan((current().number, generation)).groups if generation else None
    asking = [
        group.id
        for group in (groups.asked if groups else ())
        if any(key.startswith(fields) for key in group.keys)
    ]
    return service.look_again(asking, clock.now())


def _asking(audience: str) -> list[str]:
    """The audiences that ask for this one, be it through others."""
    asking = {one.id: logic.named(one.condition) for one in queries.every()}
    found: set[str] = set()
    waiting = [audience]
    while waiting:
        one = waiting.pop()
        more = {ident for ident, asked in asking.items() if one in asked} - found
        found |= more
        waiting.extend(more)
    return sorted(found)


def _listing(
    audience: str, member_id: UUID, on: bool, key: str, source: str, by: str, reason: str, now: datetime
) -> Incoming:
    told = {"by": by, "reason": reason}
    data: dict[str, Any] = {
        "audience": audience,
        "on": on,
        **{name: text for name, text in told.items() if text},
    }
    return incoming(source, f"{key}:{member_id}", LISTED, (), None, data, False, member_id, now)


def _checked(audience: str, wish: Wish) -> Wish:
    """The wish with its condition in the canonical form. Raises BadAudience and AudienceCycle."""
    if wish.condition is None:
        return wish
    condition = _read(wish.condition, _fields(current()))
    raw = condition.to_raw()
    asking = {one.id: logic.named(one.condition) for one in queries.every()}
    asking[audience] = logic.named(raw)
    missing = sorted(
        asking[audience] - asking.keys() | (asking[audience] - queries.names().keys() - {audience})
    )
    if missing:
        raise BadAudience.of([("condition", UnknownAudience(one).detail) for one in missing])
    logic.in_order(asking)
    return Wish(wish.names, wish.kind, raw, wish.note)


def _read(raw: Any, fields: Fields) -> Condition:
    errors = Errors()
    condition = parse_condition(raw, fields, ("condition",), errors)
    if condition is None:
        raise BadAudience.of(
            (".".join(str(step) for step in problem.place), problem.text) for problem in errors.problems
        )
    return condition


def _fields(programme: Programme) -> Fields:
    return fields_for(programme, None, queries.names())


def _unused(audience: str) -> None:
    queries.get(audience)
    found = uses_of(audience)
    if found:
        raise AudienceInUse(audience, found)


def _snapshot(member_id: UUID, programme: Programme, now: datetime) -> Any:
    """The member as the engine sees them; nothing is settled or written."""
    with transaction.atomic(), together.cursor() as cursor:
        plan = grouped_plan((programme.number, queries.generation()))
        loader = Loader(cursor, plan, [], Orders(), until=now)
        found = loader.load([member_id])
    if member_id not in found or found[member_id].status == MERGED:
        raise MemberUnknown(str(member_id))
    return found[member_id]


_TOO_MANY = words(
    f"一次最多 {LIST_MOST:,} 位会员，请分几次提交。",
    f"一次最多 {LIST_MOST:,} 位會員，請分幾次提交。",
    f"At most {LIST_MOST:,} members at a time: send the rest with another request.",
)
