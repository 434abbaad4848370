"""Rules that start by themselves: their moments become runs, and a run an event for every member whom it is for.

A run is a row, named by rule and moment; an event is named by rule, moment and member. So workers that run at the
same time, one that is killed halfway and one that begins again do nothing twice, and moments that pass while none runs
are made up for, as long after as the schedule says. Members are found by one query a page; the events go through the
engine as all do, which asks the rule's condition again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pydantic_core import to_json

from regulars.campaigns import queries as campaign_queries
from regulars.campaigns import service as campaigns
from regulars.campaigns.contracts import SCHEDULED, Occasion, Rule, RunRow, Schedule
from regulars.campaigns.occasions import due_between, is_open, kept_days
from regulars.engine.contracts import Incoming
from regulars.engine.service import take
from regulars.kit import clock
from regulars.kit.sqlread import rows
from regulars.language.calendar import local_day
from regulars.language.condition import Condition
from regulars.language.events import TIMER
from regulars.language.snapshot import Profile
from regulars.language.sql import to_sql
from regulars.language.sql_text import Clock, Sql, joined, param, sql
from regulars.programme.contracts import Programme
from regulars.programme.queries import published_at
from regulars.programme.service import current, current_number
from regulars.programme.vocabulary import fields_for

MEMBERS_PER_PAGE = 500

LEAST_GRACE = timedelta(minutes=10)
"""A moment is never missed sooner than this."""

MOST_RUNS = 1000
"""At most so many moments of one rule are planned at a time."""

PARKED_PAUSE = timedelta(minutes=1)


def run_due() -> int:
    """Plan what has come due, and take one page of the oldest run; how many members that were."""
    number = current_number()
    if not number:
        return 0
    now, programme = clock.now(), current()
    scheduled = [rule for rule in programme.rules if rule.schedule is not None]
    plan_runs(programme, scheduled, now)
    run = campaigns.claim_run(now)
    if run is None:
        return 0
    rule = next((one for one in scheduled if one.id == run.rule), None)
    if rule is None or rule.schedule is None:
        campaigns.end_run(run, "withdrawn", now)
        return 1
    faults = campaign_queries.faults(number)
    if rule.id in faults and faults[rule.id].parked_at is not None:
        campaigns.put_off(run, now + PARKED_PAUSE)
        return 0
    return _page(rule, rule.schedule, run, programme)


def plan_runs(programme: Programme, scheduled: Sequence[Rule], now: datetime) -> None:
    """Make the moments since the last look into runs. A rule that is new counts from its publication."""
    planned = campaign_queries.timetable()
    moments: list[tuple[str, datetime]] = []
    missed: list[tuple[str, datetime]] = []
    published = None
    for rule in scheduled:
        assert rule.schedule is not None
        since = planned.get(rule.id)
        if since is None:
            published = published or published_at(programme.number) or now
            since = published
        grace = max(timedelta(hours=rule.schedule.catch_up_hours), LEAST_GRACE)
        lost = next((one for one in due_between(rule.schedule, since, now - grace, programme.zone)), None)
        if lost is not None and _timely(rule, lost, programme):
            missed.append((rule.id, lost))
        for moment in due_between(rule.schedule, max(since, now - grace), now, programme.zone):
            if _timely(rule, moment, programme):
                moments.append((rule.id, moment))
    names = {rule.id for rule in scheduled}
    if moments or missed or names != planned.keys():
        campaigns.plan_runs(moments[:MOST_RUNS], missed, sorted(names), programme.number, now)


def _timely(rule: Rule, moment: datetime, programme: Programme) -> bool:
    """Whether the rule can be open at the moment for anybody."""
    opening = rule.opening
    if opening is None or any(one.birthday or one.anniversary for one in opening.windows):
        return True
    return is_open(opening, moment, programme.zone, Profile())


def _page(rule: Rule, schedule: Schedule, run: RunRow, programme: Programme) -> int:
    found = members_for(rule, schedule, run.due_at, programme, run.after, MEMBERS_PER_PAGE)
    outcomes = take([_incoming(rule, run.due_at, member) for member in found]) if found else []
    failed = sum(outcome.status == "rejected" for outcome in outcomes)
    done = len(found) < MEMBERS_PER_PAGE
    campaigns.move_run(run, found[-1] if found else run.after, len(found) - failed, failed, done, clock.now())
    return max(len(found), 1)


def _incoming(rule: Rule, due: datetime, member: UUID) -> Incoming:
    data = {"rule": rule.id}
    key = f"schedule:{rule.id}:{int(due.timestamp())}:{member}"
    return Incoming(TIMER, key, SCHEDULED, (), due, data, to_json(data).decode(), b"", member_id=member)


def members_for(
    rule: Rule,
    schedule: Schedule,
    due: datetime,
    programme: Programme,
    after: UUID | None = None,
    limit: int = MEMBERS_PER_PAGE,
) -> list[UUID]:
    """The members whom the rule is for at `due`, in the order of their ids, those after `after`."""
    where = selection(rule, schedule, due, programme)
    parts = [where] if after is None else [where, sql("m.id > {}", param(after, "uuid"))]
    found = joined(" AND ", parts)
    query = f"SELECT m.id FROM members_member AS m WHERE {found.text} ORDER BY m.id LIMIT %s"
    return [each for (each,) in rows(query, [*found.params, limit])]


def selection(rule: Rule, schedule: Schedule, due: datetime, programme: Programme) -> Sql:
    """Whom the rule is for at `due`, as SQL over members `m`."""
    at = Clock(programme.zone, due)
    parts = [Sql("m.status = 'active'"), sql("m.joined_at <= {}", at.moment)]
    if schedule.occasion is Occasion.BIRTHDAY:
        parts.append(_kept(Sql("m.birthday"), schedule, due, programme))
    elif schedule.occasion is Occasion.ANNIVERSARY:
        joined_on = at.day_of(Sql("m.joined_at"))
        year = local_day(due, programme.zone) - timedelta(days=schedule.days_after)
        parts.append(_kept(joined_on, schedule, due, programme))
        parts.append(sql("extract(year FROM {}) < {}", joined_on, param(year.year, "int")))
    if rule.when is not None:
        parts.append(_condition(rule.when, programme, at))
    if rule.trial is not None:
        trial = rule.trial
        some = [sql("m.id = ANY({})", param(sorted(trial.members), "uuid[]"))]
        if trial.tag:
            some.append(sql("{} = ANY(m.tags)", param(trial.tag, "text")))
        if trial.when is not None:
            some.append(_condition(trial.when, programme, at))
        parts.append(sql("({})", joined(" OR ", some)))
    return joined(" AND ", parts)


def _kept(day: Sql, schedule: Schedule, due: datetime, programme: Programme) -> Sql:
    """Whether the yearly day of `day` is kept on the day that the run is for."""
    numbers = [month * 100 + of_month for month, of_month in kept_days(schedule, due, programme.zone)]
    return sql(
        "(extract(month FROM {0}) * 100 + extract(day FROM {0}))::int = ANY({1})",
        day,
        param(numbers, "int[]"),
    )


def _condition(condition: Condition, programme: Programme, at: Clock) -> Sql:
    text, params = to_sql(condition, fields_for(programme, None), at)
    return Sql(text, tuple(params))


@dataclass(frozen=True, slots=True)
class Coming:
    """A scheduled rule and when it is due next (None: not any more)."""

    rule: Rule
    at: datetime | None


def coming(programme: Programme, now: datetime) -> list[Coming]:
    """The scheduled rules with their next moments, the soonest first."""
    far = now + timedelta(days=366 * 9)
    found = []
    for rule in programme.rules:
        if rule.schedule is None:
            continue
        moments = due_between(rule.schedule, now, far, programme.zone)
        found.append(Coming(rule, next((one for one in moments if _timely(rule, one, programme)), None)))
    return sorted(found, key=lambda one: one.at or far)
