"""What would have been: a brand's own history lived through under any programme, in memory, by the very functions that
decide in production. Pure: nothing is read, nothing is written.

The log says when each event became known and when time was seen to for a member; a simulation follows that, so that
the programme that was in force gives exactly what was written then. Every member begins with nothing: whoever simulates
hands over their whole life.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from regulars.campaigns.contracts import SCHEDULED
from regulars.campaigns.logic import Budgets
from regulars.engine.absorb import join
from regulars.engine.contracts import Rejected
from regulars.engine.decide import Decided, catch_up, live, settle
from regulars.engine.grouping import REVIEWED
from regulars.engine.plan import Plan
from regulars.engine.reach import other_member
from regulars.engine.timetable import Timetable, brought
from regulars.language.effects import Give, Take
from regulars.language.events import TIMER, Event
from regulars.language.snapshot import Profile, Snapshot

LEAVING = (Take, Give)
"""After one of these a lot may be empty."""


MERGED = "member.merged"
"""Two records are made one; the id of the one that goes is in `member`."""

RELIVED = (SCHEDULED, REVIEWED)
"""Types of event of time that are taken from the log; all others come about by themselves."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a member brought along: where they came from, when they joined; and as they are today which kinds of
    identity they have, and their scores (number, word), as far as a condition asks."""

    source: str = ""
    joined_at: datetime | None = None
    identities: frozenset[str] = frozenset()
    scores: Mapping[str, tuple[float | None, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that the programme would have refused: there was not enough of what it takes."""

    event: Event
    code: str


Batch = Sequence[Event]
"""Events that became known together, as they stand in the log; those of time say whom the worker saw to then."""


@dataclass(slots=True)
class World:
    """Members in memory, under one programme."""

    plan: Plan
    origins: Mapping[UUID, Origin] = field(default_factory=dict)
    members: dict[UUID, Snapshot] = field(default_factory=dict)
    budgets: Budgets = field(default_factory=Budgets)
    refused: list[Refusal] = field(default_factory=list)
    tells: bool = True
    """Whether anybody wants to know why: traces and records are made only then."""
    timetable: Timetable | None = None
    """The programme's own schedules and looks at audiences, instead of those that the log has moments of. Everybody
    then lives by the time of their own events, whenever these became known: a history that was loaded at once had its
    days."""
    lived_until: dict[UUID, datetime] = field(default_factory=dict)
    """Through when the timetable has been followed for a member."""
    merged: dict[UUID, UUID] = field(default_factory=dict)
    """Whose record was made one with whose: who went → who stayed."""

    def live(self, batches: Iterable[tuple[datetime, Batch]]) -> Iterator[Decided]:
        """All that is decided about these batches, in the order in which they became known."""
        for received_at, batch in batches:
            yield from self.take(batch, received_at)

    def take(self, batch: Batch, now: datetime) -> Iterator[Decided]:
        """One batch, known at `now`."""
        relived = RELIVED if self.timetable is None else ()
        happened = [event for event in batch if event.source != TIMER or event.type in relived]
        for event in happened:
            yield from self._live(event, now)
        seen_to = {
            event.member_id: event.time
            for event in batch
            if event.source == TIMER and event.type not in RELIVED
        }
        if not seen_to:
            return
        touched = {event.member_id for event in happened}
        touched |= {other for event in happened if (other := _other(event)) is not None}
        told_since = self.plan.programme.told_since(now)
        for member_id in sorted(seen_to.keys() - touched):
            snapshot = self.members.get(member_id)
            if snapshot is not None:
                if seen_to[member_id] >= told_since:
                    yield from self._ring(snapshot, seen_to[member_id], now)
                yield from self._settle(snapshot, now, now)

    def settle(self, until: datetime) -> Iterator[Decided]:
        """What time alone does to everybody through `until`."""
        for member_id in sorted(self.members):
            snapshot = self.members[member_id]
            if member_id not in self.merged:
                yield from self._ring(snapshot, until, until)
            yield from self._settle(snapshot, until, until)

    def _ring(self, snapshot: Snapshot, through: datetime, now: datetime) -> list[Decided]:
        """What the timetable has brought the member through that moment; nothing before they were known."""
        if self.timetable is None:
            return []
        member_id = snapshot.member_id
        since = self.lived_until.setdefault(member_id, through)
        if through <= since:
            return []
        decided: list[Decided] = []
        for moment in self.timetable.between(since, through):
            self.lived_until[member_id] = moment.at
            decided += self._settle(snapshot, moment.at, now)
            event = brought(self.plan, moment, snapshot)
            if event is not None:
                decided += self._decide(snapshot, event, now) or ()
        self.lived_until[member_id] = through
        return decided

    def _live(self, event: Event, now: datetime) -> list[Decided]:
        known = self.members.get(event.member_id)
        snapshot = known if known is not None else self._member(event.member_id)
        if event.type == MERGED:
            return self._merge(snapshot, event, now)
        before = self._ring(snapshot, event.time, now) + self._settle(snapshot, event.time, now)
        other = other_member(event)
        if other is not None and other != event.member_id:
            theirs = self._member(other)
            before += self._ring(theirs, event.time, now) + self._settle(theirs, event.time, now)
        lived = self._decide(snapshot, event, now, joining=known is None)
        if lived is None:
            if known is None:
                del self.members[event.member_id]
                self.lived_until.pop(event.member_id, None)
            return before
        return before + lived if before else lived

    def _decide(
        self, snapshot: Snapshot, event: Event, now: datetime, joining: bool = False
    ) -> list[Decided] | None:
        """All that is decided about the event; None where it is refused, which is noted."""
        asked = self._asked(snapshot)
        try:
            lived = live(
                self.plan, snapshot, event, now, self.budgets, joining, self.members, self.tells, asked
            )
        except Rejected as error:
            self.refused.append(Refusal(event, error.code))
            return None
        lived += catch_up(self.plan, snapshot, lived[0], now, self.budgets, self.tells, asked)
        for one in lived:
            whose = one.event.member_id
            _forget_what_is_used_up(snapshot if whose is snapshot.member_id else self.members[whose], one)
        return lived

    def _asked(self, snapshot: Snapshot) -> datetime | None:
        """As of when audiences are asked; None: as of when the event became known."""
        return None if self.timetable is None else self.lived_until[snapshot.member_id]

    def _merge(self, kept: Snapshot, event: Event, now: datetime) -> list[Decided]:
        """Another record becomes one with this member's. As in production not while the other has a paid plan that
        runs."""
        gone = self._member(UUID(event.data["member"]))
        before = [
            one
            for snapshot in sorted((kept, gone), key=lambda each: each.member_id)
            for one in self._ring(snapshot, event.time, now) + self._settle(snapshot, event.time, now)
        ]
        if any(one.runs or one.status == "scheduled" for one in gone.plans.values()):
            self.refused.append(Refusal(event, "plan_running"))
            return before
        lived = join(self.plan, kept, gone, event, now, self.budgets, self.tells, self._asked(kept))
        self.merged[gone.member_id] = kept.member_id
        for one in lived:
            _forget_what_is_used_up(self.members[one.event.member_id], one)
        return before + lived

    def _settle(self, snapshot: Snapshot, until: datetime, now: datetime) -> list[Decided]:
        decided = settle(self.plan, snapshot, until, now, self.budgets, self.tells, self._asked(snapshot))
        for one in decided:
            _forget_what_is_used_up(snapshot, one)
        return decided

    def _member(self, member_id: UUID) -> Snapshot:
        found = self.members.get(member_id)
        if found is None:
            origin = self.origins.get(member_id, Origin())
            profile = Profile(source=origin.source, joined_at=origin.joined_at, identities=origin.identities)
            found = self.members[member_id] = Snapshot(
                member_id,
                profile=profile,
                steps={},
                plan_acts=[],
                whole=True,
                held={},
                scores=dict(origin.scores),
            )
        return found


def _other(event: Event) -> UUID | None:
    """Another member to whom something happens by the event, or who becomes one with its member."""
    return UUID(event.data["member"]) if event.type == MERGED else other_member(event)


def _forget_what_is_used_up(snapshot: Snapshot, decided: Decided) -> None:
    """Lots that are empty are not at hand in production either, unless something comes back to them."""
    for asset in {effect.asset for effect in decided.effects if isinstance(effect, LEAVING)}:
        lots = snapshot.lots.get(asset)
        if lots is not None:
            snapshot.lots[asset] = there = []
            for lot in lots:
                if lot.remaining or lot.held or lot.pending:
                    there.append(lot)
                else:
                    snapshot.known.setdefault(lot.id, lot)
