"""What a member has to do for the next level: pure."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from regulars.campaigns.contracts import CreditAction, Rule
from regulars.programme.contracts import Programme
from regulars.tiers.contracts import Kind, Ladder, Level, Progress

_COLOURS = ("#33415c", "#6b7c93", "#b08d3c", "#23262f", "#5b3a6e", "#0f5e5a", "#7a2e3a")
_COLOUR_LENGTH = 7


@dataclass(frozen=True, slots=True)
class NextStep:
    """How far it is. `missing` is in the ladder's measure; `spend_minor` says the same in money, where
    the programme gives growth for money alone; `share` is the bar's length in per cent."""

    level: Level
    above: Level | None
    until: date | None
    missing: int
    spend_minor: int | None
    keep_missing: int
    keep_spend_minor: int | None
    share: int


def next_step(programme: Programme, ladder: Ladder, progress: Progress) -> NextStep:
    """Where the member stands and what comes next."""
    level = ladder.level(progress.level)
    above = ladder.level(progress.next_level) if progress.next_level else None
    if ladder.measure.kind is Kind.SPEND:
        rate: Decimal | None = Decimal(1).scaleb(programme.minor_digits)
    else:
        rate = growth_per_unit(programme, ladder.asset) if ladder.measure.kind is Kind.ASSET else None
    return NextStep(
        level=level,
        above=above,
        until=progress.until,
        missing=progress.missing,
        spend_minor=_spend(progress.missing, rate, programme) if above else None,
        keep_missing=progress.keep_missing,
        keep_spend_minor=_spend(progress.keep_missing, rate, programme) if progress.keep_missing else None,
        share=_share(progress),
    )


def growth_per_unit(programme: Programme, asset: str) -> Decimal | None:
    """How many units of `asset` every purchase earns per unit of money; None where it is not that simple.

    Simple: exactly one rule credits the asset for every purchase, in proportion to its total, unbounded. Rules
    with conditions may add to that, so what is said here is always enough.
    """
    found = [
        (rule, action)
        for rule in programme.rules
        if rule.on == "order.paid" and rule.when is None
        for action in rule.then
        if isinstance(action, CreditAction) and action.asset == asset
    ]
    if len(found) != 1 or not _plain(*found[0]):
        return None
    action = found[0][1]
    rate = action.for_each * action.multiplier / action.step
    return rate if rate > 0 else None


def colour_of(level: Level) -> str:
    """The level's colour as `#rrggbb`: the brand's, else one by rank."""
    own = level.colour.lower()
    if len(own) == _COLOUR_LENGTH and own[0] == "#" and all(digit in "0123456789abcdef" for digit in own[1:]):
        return own
    return _COLOURS[level.rank % len(_COLOURS)]


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better on `colour` (WCAG relative luminance)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#111111"


def _plain(rule: Rule, action: CreditAction) -> bool:
    bounded = rule.limit is not None or rule.budget is not None or action.cap is not None
    return not bounded and not action.amount and action.where is None and action.of.endswith("total")


def _spend(units: int, rate: Decimal | None, programme: Programme) -> int | None:
    """Whole units of money that earn at least `units`, in minor units."""
    if rate is None or units <= 0:
        return None
    whole = (Decimal(units) / rate).to_integral_value(ROUND_CEILING)
    return int(whole) * int(Decimal(10) ** programme.minor_digits)


def _share(progress: Progress) -> int:
    """A little is always there to see: an empty bar looks broken."""
    if not progress.next_at:
        return 100
    return max(2, min(100, progress.measure * 100 // progress.next_at))
