"""Budgets: what may be given out in the period that runs, what is used of it, and when it will be gone at this pace."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from regulars.campaigns.contracts import Campaign, CreditAction, Rule
from regulars.campaigns.logic import MICRO, Pot, Used, pots_of
from regulars.campaigns.queries import used
from regulars.kit import clock
from regulars.language.calendar import Per, add_months, local_day, period_of
from regulars.programme.contracts import Programme


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One budget in the period that runs. `most` and `used` in smallest units, or in the currency's smallest unit where
    `money`; `asset` is empty where several share it. `starts`, `ends`: the period's first and last day (None: without).
    `gone_on`: the day on which it will be used up at the pace of the period so far, if that is within the period.
    `used_up_at`: since when it has had nothing left, or too little for what it was asked for (None: it has)."""

    name: str
    rule: Rule | None
    campaign: Campaign | None
    per: Per
    money: bool
    asset: str
    most: int
    used: int
    starts: date | None
    ends: date | None
    gone_on: date | None
    used_up_at: datetime | None
    period: str

    @property
    def left(self) -> int:
        return max(self.most - self.used, 0)

    @property
    def percent(self) -> int:
        """Whole percent, rounded down: 100 is only what is used up."""
        return min(self.used * 100 // self.most, 100) if self.most else 100


def budgets(programme: Programme) -> list[BudgetLine]:
    """Every budget of the programme in force, campaigns' first."""
    today = local_day(clock.now(), programme.zone)
    owners = list(_owners(programme))
    taken = used((pot.name, period_of(today, pot.per)) for pot, _, _, _ in owners)
    return [
        _line(pot, rule, campaign, asset, taken.get((pot.name, period_of(today, pot.per)), Used()), today)
        for pot, rule, campaign, asset in owners
    ]


def period_days(day: date, per: Per) -> tuple[date, date] | None:
    """Pure: the first and last day of the period that `day` is in; None: it has no end."""
    match per:
        case Per.DAY:
            return day, day
        case Per.WEEK:
            monday = day - timedelta(days=day.weekday())
            return monday, monday + timedelta(days=6)
        case Per.MONTH:
            first = day.replace(day=1)
            return first, add_months(first, 1) - timedelta(days=1)
        case Per.YEAR:
            return date(day.year, 1, 1), date(day.year, 12, 31)
        case Per.LIFETIME:
            return None


def gone_on(most: int, taken: int, first: date, last: date, today: date) -> date | None:
    """Pure: when `most` is used up if it goes on as from `first` to `today`; None: not by `last`, or it is already."""
    if taken <= 0 or taken >= most:
        return None
    days = (today - first).days + 1
    needed = -(-most * days // taken)
    if needed > (last - first).days + 1:
        return None
    return first + timedelta(days=needed - 1)


def _owners(programme: Programme) -> Iterator[tuple[Pot, Rule | None, Campaign | None, str]]:
    """Each budget once, with the rule or campaign whose it is."""
    for campaign in programme.campaigns.values():
        rules = [rule for rule in programme.rules if rule.campaign == campaign.id]
        for pot in dict.fromkeys(pot for rule in rules for pot in pots_of(rule, campaign)):
            if pot.name.startswith("campaign:"):
                yield pot, None, campaign, _only({asset for rule in rules for asset in _assets(rule)})
    for rule in programme.rules:
        for pot in pots_of(rule, None):
            yield pot, rule, None, _only(_assets(rule))


def _assets(rule: Rule) -> set[str]:
    return {action.asset for action in rule.then if isinstance(action, CreditAction)}


def _only(assets: set[str]) -> str:
    return next(iter(assets)) if len(assets) == 1 else ""


def _line(
    pot: Pot, rule: Rule | None, campaign: Campaign | None, asset: str, use: Used, today: date
) -> BudgetLine:
    days = period_days(today, pot.per)
    up_at = use.up_since(pot.most)
    gone = gone_on(pot.most, use.units, *days, today) if days and not up_at else None
    unit = MICRO if pot.money else 1
    return BudgetLine(
        pot.name,
        rule,
        campaign,
        pot.per,
        pot.money,
        asset,
        pot.most // unit,
        -(-use.units // unit),
        days[0] if days else None,
        days[1] if days else None,
        gone,
        up_at,
        period_of(today, pot.per),
    )
