"""Periods that people ask for by name, as days that end today or before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from regulars.language.calendar import add_months
from regulars.language.problems import words
from regulars.language.text import Text

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Preset:
    """A period by name; `days` gives its first and last day as of today."""

    name: Text
    days: Callable[[date], tuple[date, date]]


def _last(days: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (today - timedelta(days=days - 1), today)


def _month(today: date) -> date:
    return today.replace(day=1)


def _quarter(today: date) -> date:
    return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)


USUAL = "12m"
PRESETS: Mapping[str, Preset] = {
    "7d": Preset(words("近 7 天", "近 7 天", "Last 7 days"), _last(7)),
    "30d": Preset(words("近 30 天", "近 30 天", "Last 30 days"), _last(30)),
    "90d": Preset(words("近 90 天", "近 90 天", "Last 90 days"), _last(90)),
    "12m": Preset(
        words("近 12 个月", "近 12 個月", "Last 12 months"),
        lambda today: (add_months(_month(today), -11), today),
    ),
    "week": Preset(
        words("上周", "上週", "Last week"),
        lambda today: (today - (today.weekday() + 7) * DAY, today - (today.weekday() + 1) * DAY),
    ),
    "month": Preset(words("本月", "本月", "This month"), lambda today: (_month(today), today)),
    "last_month": Preset(
        words("上月", "上月", "Last month"),
        lambda today: (add_months(_month(today), -1), _month(today) - DAY),
    ),
    "quarter": Preset(words("本季度", "本季", "This quarter"), lambda today: (_quarter(today), today)),
    "year": Preset(words("今年", "今年", "This year"), lambda today: (today.replace(month=1, day=1), today)),
    "last_year": Preset(
        words("去年", "去年", "Last year"),
        lambda today: (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    ),
}


def days_of(name: str, today: date) -> tuple[date, date]:
    """The first and the last day of a period by name; of the usual one where there is no such name."""
    return PRESETS.get(name, PRESETS[USUAL]).days(today)
