"""A life of years in the pure core: no database, and the clock is moved by what is asked."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from regulars.campaigns.logic import Budgets
from regulars.engine.decide import Decided, live, settle
from regulars.engine.doors import check
from regulars.engine.plan import Plan, make_plan
from regulars.kit.ids import event_id, member_id
from regulars.language.calendar import local_day
from regulars.language.events import Event
from regulars.language.snapshot import Profile, Snapshot
from regulars.programme.gallery import template
from regulars.programme.loader import load
from tests.engine.world import event, moment


@dataclass
class Life:
    """One member of a template, from a day on."""

    name: str
    born: str
    plan: Plan = field(init=False)
    snapshot: Snapshot = field(init=False)
    decided: list[Decided] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plan = make_plan(load(template(self.name), 1))
        begin = moment(self.born)
        self.snapshot = Snapshot(
            member_id(begin, "pos", "a"), profile=Profile(joined_at=begin), steps={}, whole=True, plan_acts=[]
        )
        self.budgets = Budgets()

    def happens(self, kind: str, when: str, data: dict[str, Any]) -> None:
        """An event, after all that time has done by then."""
        at = moment(when)
        self.passes(at)
        raw = check(event(kind, "a", when, data), self.plan.programme, "pos", at, False)
        self._live(kind, raw.key, at, raw.data)

    def works(self, first: str, days: int) -> None:
        """The daily task on so many days, in the evening."""
        begin = moment(f"{first} 20:00")
        for number in range(days):
            at = (begin + timedelta(days=number)).astimezone(begin.tzinfo)
            self.happens("checkin", at.strftime("%Y-%m-%d %H:%M"), {})

    def given(self, asset: str, units: int, when: str) -> None:
        """What a member already has when the story begins."""
        self._live("asset.adjusted", f"given:{asset}", moment(when), {"asset": asset, "units": units})

    def _live(self, kind: str, key: str, at: datetime, data: dict[str, Any]) -> None:
        one = Event(event_id(at, "pos", key), "pos", key, kind, self.snapshot.member_id, at, data)
        self.decided += live(self.plan, self.snapshot, one, at, self.budgets)

    def passes(self, until: datetime | str) -> None:
        """Time, day by day, so that everything is told when it happens."""
        at = moment(until) if isinstance(until, str) else until
        self.decided += settle(self.plan, self.snapshot, at, at, self.budgets)

    def rose(self) -> dict[str, date]:
        """Level → the day on which it was reached."""
        return {
            one.event.data["after"]: local_day(one.event.time, self.plan.programme.zone)
            for one in self.decided
            if one.event.type == "tier.upgraded"
        }
