"""The figures an operator opens the day with, and the series behind the charts.

Days, weeks and months are in the programme's time zone; a window of 30 days ends with today and holds 30
calendar days. Every figure's meaning is in `metrics`.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from regulars.insight.freshness import Dated, at_hand, kept
from regulars.kit import clock
from regulars.language.calendar import add_months, local_day, start_of, window_start
from regulars.ledger.contracts import Flow, Position
from regulars.ledger.queries import flows_by, positions
from regulars.members.queries import count as count_members
from regulars.members.queries import joined_by, joined_in
from regulars.orders.contracts import Sales
from regulars.orders.queries import buyers_since, sales_by, sales_in
from regulars.programme.contracts import Programme
from regulars.tiers.contracts import Ladder, Level
from regulars.tiers.queries import distribution, rose


@dataclass(frozen=True, slots=True)
class LevelShare:
    """How many members stand on a level."""

    level: Level
    members: int
    share: float


@dataclass(frozen=True, slots=True)
class Home:
    """The home page's figures. `*_before` is the same window just before, for comparison; money in minor
    units; a rate is None while nobody bought in 12 months."""

    currency: str
    members: int
    new_30d: int
    new_30d_before: int
    active_30d: int
    active_90d: int
    orders_30d: int
    sales_30d_minor: int
    sales_30d_before_minor: int
    orders_12m: int
    sales_12m_minor: int
    refunded_12m_minor: int
    buyers_12m: int
    repurchase_rate: float | None
    upgrade_rate: float | None
    assets: dict[str, Position]
    levels: dict[str, tuple[LevelShare, ...]]


@dataclass(frozen=True, slots=True)
class Week:
    """One week (from Monday) of the sales chart; the last one is not over yet."""

    monday: date
    orders: int
    buyers: int
    sales_minor: int
    refunded_minor: int
    new_members: int


def home(programme: Programme) -> Dated[Home]:
    """The figures of the home page, at most 30 seconds old, where counting takes long up to 5 minutes; `.at` says
    when they were true."""
    return kept(_home_key(programme), lambda: _home(programme))


def home_at_hand(programme: Programme) -> bool:
    """Whether `home` answers at once; where it does not, a page should come first and the figures after it."""
    return at_hand(_home_key(programme))


def weekly(programme: Programme, weeks: int = 53) -> Dated[list[Week]]:
    """Sales and new members of the last `weeks` weeks, oldest first, weeks without any included."""
    bounded = max(1, min(weeks, 260))
    return kept(("weekly", programme.number, bounded), lambda: _weekly(programme, bounded))


def monthly_flows(programme: Programme, months: int = 12) -> Dated[dict[str, list[Flow]]]:
    """Asset → what was issued, spent, expired and taken back in each of the last `months` months, oldest
    first, months without any included."""
    bounded = max(1, min(months, 60))
    return kept(("flows", programme.number, bounded), lambda: _flows(programme, bounded))


def level_shares(ladder: Ladder, placed: dict[str, int], members: int) -> tuple[LevelShare, ...]:
    """Pure: members per level, lowest first; those not placed yet stand on the lowest."""
    known = {level.id: placed.get(level.id, 0) for level in ladder.levels}
    known[ladder.levels[0].id] += max(0, members - sum(placed.values()))
    return tuple(
        LevelShare(level, known[level.id], known[level.id] / members if members else 0.0)
        for level in ladder.levels
    )


def _home_key(programme: Programme) -> tuple[str, int, str]:
    return ("home", programme.number, programme.id)


def _home(programme: Programme) -> Home:
    now = clock.now()
    today = local_day(now, programme.zone)
    beyond = start_of(today + timedelta(days=1), programme.zone)
    month, month_before, quarter = (
        start_of(window_start(today, days=days), programme.zone) for days in (30, 60, 90)
    )
    year = start_of(window_start(today, months=12), programme.zone)
    members = count_members()
    new, new_before = joined_in([(month, beyond), (month_before, month)])
    active_30, active_90 = buyers_since(month, quarter)
    sold_year, sold_month, sold_before = sales_in([(year, beyond), (month, beyond), (month_before, month)])
    held = positions()
    placed = distribution()
    ladders = list(programme.ladders.values())
    return Home(
        currency=programme.currency,
        members=members,
        new_30d=new,
        new_30d_before=new_before,
        active_30d=active_30,
        active_90d=active_90,
        orders_30d=sold_month.orders,
        sales_30d_minor=sold_month.sales_minor,
        sales_30d_before_minor=sold_before.sales_minor,
        orders_12m=sold_year.orders,
        sales_12m_minor=sold_year.sales_minor,
        refunded_12m_minor=sold_year.refunded_minor,
        buyers_12m=sold_year.buyers,
        repurchase_rate=_rate(sold_year.repeat_buyers, sold_year.buyers),
        upgrade_rate=_rate(rose(ladders[0], year), sold_year.buyers) if ladders else None,
        assets={asset: held.get(asset, Position()) for asset in programme.assets},
        levels={ladder.id: level_shares(ladder, placed.get(ladder.id, {}), members) for ladder in ladders},
    )


def _weekly(programme: Programme, weeks: int) -> list[Week]:
    today = local_day(clock.now(), programme.zone)
    first = today - timedelta(days=today.weekday(), weeks=weeks - 1)
    mondays = [first + timedelta(weeks=n) for n in range(weeks)]
    sold = {each.period: each for each in sales_by(mondays, programme.zone)}
    joined = joined_by(mondays, programme.zone)
    return [_week(sold.get(day, Sales(day, 0, 0, 0, 0)), joined.get(day, 0)) for day in mondays]


def _week(sales: Sales, joined: int) -> Week:
    return Week(sales.period, sales.orders, sales.buyers, sales.sales_minor, sales.refunded_minor, joined)


def _flows(programme: Programme, months: int) -> dict[str, list[Flow]]:
    this_month = local_day(clock.now(), programme.zone).replace(day=1)
    days = [add_months(this_month, n - months + 1) for n in range(months)]
    moved = {(flow.asset, flow.period): flow for flow in flows_by(days, programme.zone)}
    return {
        asset: [moved.get((asset, day), Flow(asset, day, 0, 0, 0, 0)) for day in days]
        for asset in programme.assets
    }


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None
