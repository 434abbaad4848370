"""What time does to a member by itself: the next thing that each of its clocks brings. Pure."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.engine.meanings import LOTS_PER_EVENT
from regulars.engine.plan import Plan
from regulars.kit.ids import event_id, parent_id
from regulars.language.calendar import local_day, start_of
from regulars.language.events import TIMER, Event
from regulars.language.snapshot import (
    CLAIMED,
    GRANTED,
    OPEN,
    Due,
    Entitlement,
    Snapshot,
    Standing,
    Subscription,
)
from regulars.ledger import timing
from regulars.plans.logic import Kind, Moment, next_moment

Clock = Callable[[Plan, Snapshot, datetime, datetime | None], Event | None]
"""(plan, snapshot, until, told since) → the first thing that time does by `until`, where there is one."""


def next_due(
    plan: Plan, snapshot: Snapshot, until: datetime, told_since: datetime | None = None
) -> Event | None:
    """The earliest thing that time has to do by `until`; of one moment's, that of the first clock. Ends that had to
    be announced before `told_since` are not announced any more. That there is nothing before a moment is remembered,
    until something changes."""
    first = value(plan, snapshot, until, told_since)
    if snapshot.still_until is not None and snapshot.still_until > until:
        return first
    still = True
    for clock in OTHERS:
        due = clock(plan, snapshot, until, told_since)
        if due is not None:
            still = False
            if first is None or due.time < first.time:
                first = due
    if still:
        snapshot.still_until = _still_until(plan, snapshot)
    return first


def quiet(snapshot: Snapshot, until: datetime) -> bool:
    """Whether time is known to do nothing by `until`, without looking."""
    value_until, others_until = snapshot.quiet_until, snapshot.still_until
    return (
        value_until is not None and others_until is not None and value_until > until and others_until > until
    )


def _still_until(plan: Plan, snapshot: Snapshot) -> datetime:
    """When time first does something to levels, plans or entitlements, at the earliest."""
    zone, moments = plan.programme.zone, [timing.NEVER]
    moments += [
        start_of(one.due, zone)
        for one in snapshot.standings.values()
        if one.due is not None and one.ladder in plan.programme.ladders
    ]
    upcoming = (next_moment(one, plan.programme.plans[one.plan], zone) for one in snapshot.plans.values())
    moments += [moment.at for moment in upcoming if moment is not None]
    if snapshot.held is None:
        moments += [] if snapshot.held_due is None else [snapshot.held_due]
    else:
        moments += [at for row in snapshot.held.values() if (at := row.due_at) is not None]
    return min(moments)


def timer(member_id: UUID, event_type: str, key: str, data: dict[str, Any], at: datetime) -> Event:
    """An event that time brings. `key` names it for ever: the same thing never happens twice."""
    return Event(event_id(at, TIMER, key), TIMER, key, event_type, member_id, at, data)


def value(plan: Plan, snapshot: Snapshot, until: datetime, told_since: datetime | None) -> Event | None:
    """Lots ripen, end and are announced, holds lapse."""
    moment = timing.first_moment(snapshot, plan.programme.assets, until)
    while told_since and moment and moment.kind is timing.Kind.REMIND and moment.at < told_since:
        due = snapshot.due.setdefault(moment.asset, Due())
        due.reminded_to, due.changed = moment.ends_at, True
        timing.look_anew(snapshot, moment.asset)
        moment = timing.first_moment(snapshot, plan.programme.assets, until)
    if moment is None:
        return None
    return timer(snapshot.member_id, *_value_timer(moment, plan.programme.zone), moment.at)


def levels(plan: Plan, snapshot: Snapshot, until: datetime, _told_since: datetime | None) -> Event | None:
    """Levels' periods end, and ladders are looked at on their days."""
    first: Standing | None = None
    for standing in snapshot.standings.values():
        if standing.due is None or standing.ladder not in plan.programme.ladders:
            continue
        if first is None or first.due is None or (standing.due, standing.ladder) < (first.due, first.ladder):
            first = standing
    zone, member_id = plan.programme.zone, snapshot.member_id
    if first is None or first.due is None or first.due > local_day(until, zone):
        return None
    # The same day comes again where a late event rewrote the steps before it.
    last = first.grace or first.until
    ladder, asset = first.ladder, plan.programme.ladders[first.ladder].asset
    past = snapshot.credited.get(asset, (0, None))[0] + snapshot.taken_back.get(asset, 0)
    ended = last is not None and last < first.due
    named = f"{ladder}:{member_id}:{last if ended else first.due}:{past}"
    key = f"{named}:{first.rewritten}" if first.rewritten else named
    kind = "tier.period_ended" if ended else "tier.reviewed"
    return timer(member_id, kind, key, {"ladder": ladder}, start_of(first.due, zone))


def _value_timer(moment: timing.Moment, zone: ZoneInfo) -> tuple[str, str, dict[str, Any]]:
    """The type, the key and the data of what time does to value."""
    asset, stamp = moment.asset, int(moment.at.timestamp())
    if moment.draw is not None:
        operation = parent_id(moment.draw.id)
        data = {"asset": asset, "units": moment.draw.held, "operation": str(operation)}
        return "hold.lapsed", f"{asset}:held:{moment.draw.id}", data
    lots = moment.lots[:LOTS_PER_EVENT]
    if moment.kind is timing.Kind.DECAY:
        member = hex(moment.lots[0].id.int)[2:] if moment.lots else ""
        return "asset.decayed", f"{asset}:decay:{member}:{stamp}", {"asset": asset}
    if moment.kind is timing.Kind.RIPEN:
        units = sum(lot.pending for lot in lots)
        return "asset.matured", f"{asset}:ripe:{lots[0].id}:{stamp}", {"asset": asset, "units": units}
    units = sum(lot.remaining for lot in moment.lots[:LOTS_PER_EVENT])
    if moment.kind is timing.Kind.REMIND:
        assert moment.ends_at is not None
        units = sum(lot.remaining for lot in moment.lots)
        data = {
            "asset": asset,
            "units": units,
            "expires_on": timing.last_good_day(moment.ends_at, zone).isoformat(),
        }
        ends = int(moment.ends_at.timestamp())
        return "asset.expiring", f"{asset}:ends:{lots[0].id}:{ends}", data
    return "asset.expired", f"{asset}:{lots[0].id}:{stamp}", {"asset": asset, "units": units}


def entitlements(
    _plan: Plan, snapshot: Snapshot, until: datetime, told_since: datetime | None
) -> Event | None:
    """What was granted can be claimed no more, what was claimed used no more; both are announced before. A quota's next
    turn begins."""
    if snapshot.held is None and (snapshot.held_due is None or snapshot.held_due > until):
        return None
    rows = snapshot.entitlements().values()
    if not rows:
        return None
    due: tuple[datetime, UUID, Entitlement] | None = None
    for row in rows:
        if row.state not in OPEN and row.renews_at is None:
            continue
        if told_since is not None and row.remind_at is not None and row.remind_at < told_since:
            row.remind_at, row.changed = None, True
        moment = row.due_at
        if moment is not None and moment <= until and (due is None or (moment, row.id) < due[:2]):
            due = (moment, row.id, row)
    if due is None:
        return None
    at, row_id, row = due
    kind = "renewed" if row.renews_at == at else "expired" if row.ends_at == at else ANNOUNCES[row.state]
    data = {"benefit": row.benefit, "entitlement": str(row_id)}
    if row.state in OPEN and row.ends_at is not None:
        data["until"] = row.ends_at.isoformat()
    if kind == "expired":
        data["was"] = row.state
    return timer(snapshot.member_id, f"benefit.{kind}", f"{row_id}:{kind}:{int(at.timestamp())}", data, at)


ANNOUNCES = {GRANTED: "expiring_claim", CLAIMED: "expiring_use"}
"""What is announced of an entitlement that stands so."""


def plans(plan: Plan, snapshot: Snapshot, until: datetime, told_since: datetime | None) -> Event | None:
    """Paid plans begin, turn to their next period, bring a day's growth, are announced to end, and end."""
    if not snapshot.plans:
        return None
    zone, first, whose = plan.programme.zone, None, None
    for one in snapshot.plans.values():
        paid_plan = plan.programme.plans[one.plan]
        moment = next_moment(one, paid_plan, zone)
        while told_since and moment and moment.kind is Kind.REMIND and moment.at < told_since:
            one.reminded_to, one.changed = one.until, True
            moment = next_moment(one, paid_plan, zone)
        if moment is not None and moment.at <= until and (first is None or moment.at < first.at):
            first, whose = moment, one
    return _plan_timer(snapshot, first, whose) if first is not None and whose is not None else None


def _plan_timer(snapshot: Snapshot, moment: Moment, one: Subscription) -> Event:
    data: dict[str, Any] = {"plan": one.plan}
    event_type, name = "plan.turned", f"{one.changed_by}"
    if moment.kind is Kind.GROW:
        event_type, name = "plan.day", "day"
        data["period"] = one.period
    elif moment.kind is Kind.REMIND and one.until is not None:
        event_type, name = "plan.expiring", f"ends:{one.until}"
        left = (one.until - moment.day).days
        data |= {
            "period": one.period, "until": one.until.isoformat(), "days_left": left, "auto_renew": one.auto_renew,
        }  # fmt: skip
    key = f"plan:{one.plan}:{snapshot.member_id}:{moment.day}:{name}"
    return timer(snapshot.member_id, event_type, key, data, moment.at)


OTHERS: tuple[Clock, ...] = (levels, plans, entitlements)
"""The clocks beside that of value; in the order in which things of one moment happen, after it."""
