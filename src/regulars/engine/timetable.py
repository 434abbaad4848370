"""When a programme's own schedules would have been due, and for whom, and when time may have moved somebody into an
audience or out of it. Pure.

In production moments become runs and looks, and these events, which the log keeps; of a programme never in force, or an
audience that is new, it has none.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from regulars.campaigns.contracts import SCHEDULED, Occasion, Schedule
from regulars.campaigns.occasions import due_between, kept_days
from regulars.engine.grouping import REVIEWED
from regulars.engine.looking import Pace, next_look, pace_of
from regulars.engine.plan import Plan, PlannedRule
from regulars.engine.sheet import Mask
from regulars.kit.ids import event_id
from regulars.language.calendar import local_day
from regulars.language.condition import Facts
from regulars.language.events import TIMER, Event
from regulars.language.snapshot import Snapshot

EARLIER = timedelta(days=400)
"""So much before whom is asked about the moments are told, when they have to be told anew."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something is due: a rule's schedule, or a look at some audiences."""

    at: datetime
    rule: PlannedRule | None = None
    audiences: Mask = 0


@dataclass(slots=True)
class Timetable:
    """The moments of a plan's scheduled rules and of audiences that time changes, through `until`."""

    plan: Plan
    until: datetime
    looks: dict[Pace, Mask] = field(default_factory=dict)
    since: datetime | None = None
    moments: list[Moment] = field(default_factory=list)
    ats: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        groups = self.plan.groups
        if groups is None:
            return
        for one in groups.asked:
            pace = pace_of(one.condition, self.plan.programme)
            if pace is not None:
                self.looks[pace] = self.looks.get(pace, 0) | groups.bits[one.id]

    @property
    def empty(self) -> bool:
        """Whether nothing is ever due."""
        return not self.looks and SCHEDULED not in self.plan.rules

    def between(self, after: datetime, through: datetime) -> Sequence[Moment]:
        """What is due after `after` through `through`, in order; at one moment looks come first."""
        if self.since is None or after < self.since:
            self._tell(after - EARLIER)
        return self.moments[bisect_right(self.ats, after) : bisect_right(self.ats, through)]

    def _tell(self, since: datetime) -> None:
        zone, found = self.plan.programme.zone, []
        for planned in self.plan.rules.get(SCHEDULED, ()):
            if planned.rule.schedule is not None:
                moments = due_between(planned.rule.schedule, since, self.until, zone)
                found += [Moment(at, planned) for at in moments]
        for pace, audiences in self.looks.items():
            found += [Moment(at, None, audiences) for at in self._looks(pace, since)]
        found.sort(key=lambda one: (one.at, one.rule.rule.id if one.rule is not None else ""))
        self.since, self.moments, self.ats = since, found, [one.at for one in found]

    def _looks(self, pace: Pace, since: datetime) -> Iterator[datetime]:
        at = next_look(pace, self.plan.programme.zone, since)
        while at <= self.until:
            yield at
            at = next_look(pace, self.plan.programme.zone, at)


def timetable_of(plan: Plan, until: datetime) -> Timetable | None:
    """The plan's timetable through `until`; None where nothing is ever due."""
    found = Timetable(plan, until)
    return None if found.empty else found


def brought(plan: Plan, moment: Moment, snapshot: Snapshot) -> Event | None:
    """What the moment brings the member; None: nothing."""
    if moment.rule is not None:
        return _occasion(plan, moment.rule, moment.at, snapshot)
    return _review(plan, moment, snapshot)


def _review(plan: Plan, moment: Moment, snapshot: Snapshot) -> Event | None:
    """That audiences are asked again, where one of them would answer otherwise."""
    assert plan.groups is not None
    zone = plan.programme.zone
    facts = Facts(None, snapshot, local_day(moment.at, zone), zone, moment.at, {})
    differing = plan.groups.differing(facts, moment.audiences)
    if not differing:
        return None
    key = f"audiences:{int(moment.at.timestamp())}:{snapshot.member_id}"
    told = {"audiences": differing}
    return Event(event_id(moment.at, TIMER, key), TIMER, key, REVIEWED, snapshot.member_id, moment.at, told)


def _occasion(plan: Plan, planned: PlannedRule, due: datetime, snapshot: Snapshot) -> Event | None:
    schedule, profile, zone = planned.rule.schedule, snapshot.profile, plan.programme.zone
    if schedule is None or profile.joined_at is None or profile.joined_at > due:
        return None
    if not _kept(schedule, due, snapshot, plan):
        return None
    key = f"schedule:{planned.rule.id}:{int(due.timestamp())}:{snapshot.member_id}"
    event = Event(
        event_id(due, TIMER, key), TIMER, key, SCHEDULED, snapshot.member_id, due, {"rule": planned.rule.id}
    )
    facts = Facts(event, snapshot, local_day(due, zone), zone, due)
    if planned.tries is not None and not planned.tries(facts):
        return None
    return event if planned.when is None or planned.when.matches(facts) else None


def _kept(schedule: Schedule, due: datetime, snapshot: Snapshot, plan: Plan) -> bool:
    """Whether it is the member's birthday or anniversary, where the schedule is of one."""
    zone, profile = plan.programme.zone, snapshot.profile
    if schedule.occasion is Occasion.BIRTHDAY:
        day = profile.birthday
    elif schedule.occasion is Occasion.ANNIVERSARY:
        assert profile.joined_at is not None
        day = local_day(profile.joined_at, zone)
        if day.year >= (local_day(due, zone) - timedelta(days=schedule.days_after)).year:
            return False
    else:
        return True
    return day is not None and (day.month, day.day) in kept_days(schedule, due, zone)
