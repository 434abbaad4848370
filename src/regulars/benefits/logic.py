"""Turns of quotas, windows, and what is in force. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from regulars.benefits.contracts import Benefit, Row, Turnover
from regulars.language.calendar import Per, add_months, period_of, start_of
from regulars.language.snapshot import CLAIMED, GRANTED, TAKEN, Entitlement, Standing

LEVEL_TURN = "level:"
"""How the names of turns begin that go with a level's period."""

BY_HAND = "hand"
BY_AUDIENCE = "when"


def turn_of(per: Turnover | None, day: date, since: date | None) -> str:
    """The name of the turn that `day` is in; empty where nothing is counted. `since`: when the level began."""
    if per is None:
        return ""
    if per is Turnover.PERIOD:
        return f"{LEVEL_TURN}{(since or day).isoformat()}"
    return period_of(day, Per(per.value))


def turn_start(per: Turnover, day: date) -> date | None:
    """The first day of the calendar's turn that `day` is in; None where it has none."""
    match per:
        case Turnover.DAY:
            return day
        case Turnover.WEEK:
            return day - timedelta(days=day.weekday())
        case Turnover.MONTH:
            return day.replace(day=1)
        case Turnover.YEAR:
            return day.replace(month=1, day=1)
    return None


def next_turn(per: Turnover, day: date) -> date | None:
    """The first day of the turn after that of `day`; None where there is none that time alone brings."""
    start = turn_start(per, day)
    if start is None:
        return None
    match per:
        case Turnover.DAY:
            return start + timedelta(days=1)
        case Turnover.WEEK:
            return start + timedelta(days=7)
        case Turnover.MONTH:
            return add_months(start, 1)
    return add_months(start, 12)


def after_days(day: date, days: int | None, zone: ZoneInfo) -> datetime | None:
    """From when it is too late for what is good through the `days`th day after `day`."""
    return None if days is None else start_of(day + timedelta(days=days + 1), zone)


def claim_until(benefit: Benefit, day: date, since: date, zone: ZoneInfo) -> datetime | None:
    """From when on it is too late to claim what a standing since that day gives in the turn of `day`."""
    if benefit.claim is None or benefit.claim.within_days is None:
        return None
    start = turn_start(benefit.quota.per, day) if benefit.quota else None
    return after_days(max(start, since) if start else since, benefit.claim.within_days, zone)


def remind_at(ends_at: datetime | None, days: int) -> datetime | None:
    """When an end is announced."""
    return ends_at - timedelta(days=days) if ends_at is not None and days else None


def counting(rows: Iterable[Entitlement | Row], benefit: str, turn: str) -> int:
    """How much of a benefit's quota a member has had in this turn. What was taken back has not been had; what an
    operator gave by hand comes on top."""
    return sum(
        row.benefit == benefit and row.period == turn and row.state != TAKEN and row.origin != BY_HAND
        for row in rows
    )


def chosen(rows: Iterable[Entitlement | Row], group: Iterable[str], turn: str) -> set[str]:
    """Which of a group's benefits a member has picked in this turn."""
    members = frozenset(group)
    return {
        row.benefit
        for row in rows
        if row.benefit in members
        and row.period == turn
        and row.claimed_at is not None
        and row.state != TAKEN
        and row.origin != BY_HAND
    }


def level_held(
    benefit: Benefit, standings: Mapping[str, Standing], lowest: Mapping[str, str]
) -> tuple[str, Standing | None] | None:
    """The ladder that entitles a member to the benefit, and where the member stands on it (None: on the lowest level,
    where nobody has a row); None: none does."""
    for ladder, level in benefit.levels:
        standing = standings.get(ladder)
        if standing is None and lowest.get(ladder) == level:
            return ladder, None
        if standing is not None and standing.level == level:
            return ladder, standing
    return None


def claimable_row(rows: Iterable[Entitlement], benefit: str, moment: datetime) -> Entitlement | None:
    """The granted entitlement that is claimed next: the one that ends first."""
    waiting = [
        row
        for row in rows
        if row.benefit == benefit and row.state == GRANTED and not (row.claim_by and row.claim_by <= moment)
    ]
    return min(
        waiting, key=lambda row: (row.claim_by is None, row.claim_by or row.granted_at, row.id), default=None
    )


def usable_row(rows: Iterable[Entitlement], benefit: str, moment: datetime) -> Entitlement | None:
    """The claimed entitlement that is used next: the one that ends first."""
    ready = [
        row
        for row in rows
        if row.benefit == benefit and row.state == CLAIMED and not (row.use_by and row.use_by <= moment)
    ]
    return min(
        ready, key=lambda row: (row.use_by is None, row.use_by or row.granted_at, row.id), default=None
    )
