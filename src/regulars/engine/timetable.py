"""When a programme's own schedules would have been due, and for whom. Pure.

In production moments become runs and runs events, which the log keeps; of a programme never in force it has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush

from regulars.campaigns.contracts import SCHEDULED, Occasion, Schedule
from regulars.campaigns.occasions import due_between, kept_days
from regulars.engine.plan import Plan, PlannedRule
from regulars.kit.ids import event_id
from regulars.language.calendar import local_day
from regulars.language.condition import Facts
from regulars.language.events import TIMER, Event
from regulars.language.snapshot import Snapshot


@dataclass(slots=True)
class Timetable:
    """The moments of a plan's scheduled rules, through `until`."""

    plan: Plan
    until: datetime
    began: bool = False
    coming: list[tuple[datetime, str, Iterator[datetime]]] = field(default_factory=list)

    def due(self, moment: datetime) -> Iterator[tuple[datetime, PlannedRule]]:
        """What has come due through `moment` since it was asked last, in order. The first time nothing is due: that is
        where the history begins."""
        if not self.began:
            self.began = True
            for planned in self.plan.rules.get(SCHEDULED, ()):
                schedule = planned.rule.schedule
                if schedule is not None:
                    zone = self.plan.programme.zone
                    self._next(planned.rule.id, due_between(schedule, moment, self.until, zone))
        while self.coming and self.coming[0][0] <= moment:
            at, rule, moments = heappop(self.coming)
            self._next(rule, moments)
            yield at, self.plan.by_id[rule]

    def _next(self, rule: str, moments: Iterator[datetime]) -> None:
        at = next(moments, None)
        if at is not None:
            heappush(self.coming, (at, rule, moments))


def occasion(plan: Plan, planned: PlannedRule, due: datetime, snapshot: Snapshot) -> Event | None:
    """What happens to the member by a rule's moment; None: it is not for them."""
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
