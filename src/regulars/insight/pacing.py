"""Everybody's pace on the programme's ladders, kept anew each day, so that a forecast on a page need not add it up."""

from regulars.kit import clock
from regulars.language.calendar import local_day
from regulars.programme.service import current, current_number
from regulars.tiers.queries import keep_population


def keep_pace() -> int:
    """Add up what is not of today; how many ladders it did."""
    if not current_number():
        return 0
    programme = current()
    today = local_day(clock.now(), programme.zone)
    return keep_population(programme.ladders.values(), today, programme.zone)
