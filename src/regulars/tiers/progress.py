"""Where a member stands, and what is missing. Pure."""

from datetime import date

from regulars.tiers.contracts import Ladder, Progress, StandingRow
from regulars.tiers.windows import Days, Window, first_day


def measure_progress(
    ladder: Ladder, standing: StandingRow | None, days: Days, today: date, joined: date
) -> Progress:
    """Pure: the progress of a member who stands at `standing` and did so much on these days."""
    at = ladder.levels[0] if standing is None else ladder.level(standing.level)
    above = next((level for level in ladder.levels if level.rank == at.rank + 1), None)
    window = Window(ladder.measure, days, joined)
    measure = window.at(today)
    until = (standing.grace or standing.until) if standing else None
    keeps = until is not None and at.rank > 0
    keep_measure = 0
    if keeps and until is not None:
        first = first_day(ladder.measure, until, joined)
        keep_measure = window.at(min(until, today)) - window.before(first, min(until, today))
    return Progress(
        ladder=ladder.id,
        level=at.id,
        since=standing.since if standing else None,
        until=standing.until if standing else None,
        measure=measure,
        next_level=above.id if above else None,
        next_at=above.at if above else None,
        missing=max(0, above.at - measure) if above else 0,
        keep_at=at.keep_at if keeps else 0,
        keep_measure=keep_measure,
        keep_missing=max(0, at.keep_at - keep_measure) if keeps else 0,
        grace=standing.grace if standing else None,
        held=standing.held if standing else "",
        held_until=standing.held_until if standing else None,
        exact=standing.exact if standing else False,
        counts_since=first_day(ladder.measure, today, joined),
    )
