"""Some rows of a file, imported: events through the engine, so that all that follows is explained like any other.

A row's event is named by the file and the row. What was done before a crash is found in the log and not done again;
tags and lists go by names of their own.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

from regulars.audiences import queries as audiences
from regulars.engine import audiences as listing
from regulars.engine.contracts import Incoming
from regulars.engine.doors import incoming
from regulars.engine.service import submit
from regulars.engine.tagging import tag
from regulars.imports.contracts import (
    AGAIN,
    JOINED,
    LISTED,
    REFUSED,
    SAME,
    SOURCE,
    TAGGED,
    UPDATED,
    Target,
)
from regulars.imports.faults import Fault
from regulars.imports.lines import Line
from regulars.imports.owners import STRANGER_FAULT, key_of, owners, taken, whose
from regulars.kit import clock
from regulars.language.problems import words
from regulars.members.contracts import MemberProfile
from regulars.members.queries import profiles
from regulars.messaging.service import stated

CHANGED_KEY = Fault(
    "key_conflict",
    "",
    words(
        "这一行以前按另一种内容导入过（方案或时区已变），请修改文件后重新上传",
        "這一列以前以另一種內容匯入過（方案或時區已變），請修改檔案後重新上傳",
        "the row was imported before and read otherwise then, by another programme: change the file and upload it",
    ),
)


@dataclass(slots=True)
class Written:
    """What became of some rows. `members`: whose rows were taken; `refused`: those that were not, and why."""

    counts: Counter[str] = field(default_factory=Counter)
    members: dict[int, UUID] = field(default_factory=dict)
    refused: dict[int, Fault] = field(default_factory=dict)
    redone: set[int] = field(default_factory=set)
    """Rows of this very import that had been done before a crash, and not noted."""


def write(lines: Sequence[Line], name: str, target: Target, earlier: bool) -> Written:
    """Import these rows. Once done, doing it again changes nothing. `earlier`: another import had this name before,
    so that what is found in the log is its work."""
    done, now = Written(), clock.now()
    before = taken(name, [line.number for line in lines])
    found = owners(lines)
    asked = [line for line in lines if line.number not in before]
    mine = {line.number: whose(line, *found[line.number]) for line in asked}
    known = profiles([each for each in {*mine.values(), *before.values()} if isinstance(each, UUID)])
    consented = stated(
        [owner for line in asked if "consent" in line.data and isinstance(owner := mine[line.number], UUID)]
    )
    events: list[Incoming] = []
    numbers: list[int] = []
    for line in lines:
        if line.number in before:
            done.members[line.number] = before[line.number]
            done.counts[AGAIN if earlier else _what_came(line, before[line.number], known)] += 1
            if not earlier:
                done.redone.add(line.number)
            continue
        owner = mine[line.number]
        if isinstance(owner, Fault) or (owner is None and target.only_known):
            done.refused[line.number] = owner if isinstance(owner, Fault) else STRANGER_FAULT
        elif owner is not None and not _says_more(
            line, known.get(owner), found[line.number][0], consented.get(owner, {})
        ):
            done.members[line.number] = owner
            done.counts[SAME] += 1
        else:
            numbers.append(line.number)
            events.append(_event(line, name, owner, now))
    _send(events, numbers, mine, done)
    _tag(lines, name, target, known, done)
    _list(name, target, done)
    if done.refused:
        done.counts[REFUSED] += len(done.refused)
    return done


def _event(line: Line, name: str, owner: UUID | None, now: datetime) -> Incoming:
    """A new member joins, at the time that the row says; a member's profile is updated."""
    key, identities = key_of(name, line.number), tuple(line.identities)
    if owner is None:
        return incoming(
            SOURCE, key, "member.joined", identities, line.joined, line.data, True, line.member_id, now
        )
    return incoming(SOURCE, key, "member.updated", identities, None, line.data, False, owner, now)


def _send(
    events: list[Incoming], numbers: list[int], mine: dict[int, UUID | Fault | None], done: Written
) -> None:
    for number, outcome in zip(numbers, submit(events) if events else [], strict=True):
        if outcome.error is not None:
            text = outcome.error.text
            conflict = outcome.error.code == "key_conflict"
            done.refused[number] = CHANGED_KEY if conflict else Fault(outcome.error.code, "", text)
        elif outcome.member_id is not None:
            done.members[number] = outcome.member_id
            again = outcome.status == "duplicate"
            done.counts[AGAIN if again else UPDATED if mine[number] else JOINED] += 1


def _what_came(line: Line, member_id: UUID, known: dict[UUID, MemberProfile]) -> str:
    """What a row did before a crash: brought its member, whose source is then ours and who came with it, or not."""
    there = known.get(member_id)
    return JOINED if there is not None and there.source == SOURCE and line.member_id is None else UPDATED


def _says_more(
    line: Line, known: MemberProfile | None, named: dict[Any, UUID], consented: Mapping[tuple[str, str], bool]
) -> bool:
    """Whether a row says anything that is not known of its member. `consented`: what they said of messages, by channel
    and category."""
    if known is None or len(named) < len(line.identities):
        return True
    for field_, value in line.data.items():
        if field_ == "attributes":
            if any(known.attributes.get(name) != one for name, one in value.items()):
                return True
        elif field_ == "consent":
            if any(consented.get((channel, "marketing")) != allowed for channel, allowed in value.items()):
                return True
        elif field_ in ("store", "channel"):
            continue
        elif field_ == "birthday":
            if known.birthday is None or known.birthday.isoformat() != value:
                return True
        elif getattr(known, field_, None) != value:
            return True
    return False


def _tag(
    lines: Sequence[Line], name: str, target: Target, known: dict[UUID, MemberProfile], done: Written
) -> None:
    """Tags that members do not bear, those with the same ones together."""
    some: dict[tuple[str, ...], list[UUID]] = defaultdict(list)
    for line in lines:
        member_id = done.members.get(line.number)
        if member_id is None:
            continue
        borne = known[member_id].tags if member_id in known else ()
        wanted = dict.fromkeys((*line.tags, *([target.tag] if target.tag else ())))
        missing = tuple(each for each in wanted if each not in borne)
        if missing:
            some[missing].append(member_id)
        elif wanted and line.number in done.redone:
            done.counts[TAGGED] += 1
    for tags, members in some.items():
        mark = blake2b("\0".join(tags).encode(), digest_size=8).hexdigest()
        done.counts[TAGGED] += tag(members, tags, [], key=f"{name}:tag:{mark}", source=SOURCE, by="")


def _list(name: str, target: Target, done: Written) -> None:
    """Those who are not on the list yet are put on it."""
    if not target.audience or not done.members:
        return
    members = list(dict.fromkeys(done.members.values()))
    there = audiences.among(target.audience, members)
    wanted = [each for each in members if each not in there]
    put = sum(done.members[number] in there for number in done.redone)
    if wanted:
        put += listing.put(target.audience, wanted, True, f"{name}:list", SOURCE)
    if put:
        done.counts[LISTED] += put
