"""Public holidays of the programme's country: pure functions of a day, for the years 2000 to 2049."""

import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from babel.core import get_global

FIRST_YEAR, LAST_YEAR = 2000, 2049
"""Outside these years no day is a holiday; the bound keeps the list that SQL gets finite."""

_BY_CURRENCY = {
    "CNY": "CN", "TWD": "TW", "HKD": "HK", "MOP": "MO", "SGD": "SG", "MYR": "MY", "JPY": "JP", "KRW": "KR",
    "THB": "TH", "VND": "VN", "IDR": "ID", "PHP": "PH", "INR": "IN", "USD": "US", "GBP": "GB", "CAD": "CA",
    "AUD": "AU", "NZD": "NZ",
}  # fmt: skip
_LANGUAGES = ("zh_CN", "zh_TW", "zh_HK", "en_US")
_NONE: frozenset[str] = frozenset()


def country_of(zone: ZoneInfo, currency: str) -> str:
    """The country whose holidays count: that of the time zone, else of the currency, else China."""
    territories: Mapping[str, str] = get_global("zone_territories")
    for code in (territories.get(zone.key), _BY_CURRENCY.get(currency)):
        if code and code in holidays.list_supported_countries():
            return code
    return "CN"


def holidays_on(country: str, day: date) -> frozenset[str]:
    """The names of the holidays that `day` is, in each language they are known in; empty on any other day."""
    return _year(country, day.year).get(day, _NONE)


def all_holidays(country: str) -> Iterator[tuple[date, str]]:
    """Every name of every holiday there is."""
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for day, names in _year(country, year).items():
            for name in sorted(names):
                yield day, name


def names_in(country: str, year: int) -> list[str]:
    """The names of a year's holidays, each once, in the order of the year."""
    days = sorted(_year(country, year).items())
    return list(dict.fromkeys(name for _, names in days for name in sorted(names)))


@lru_cache(maxsize=256)
def _year(country: str, year: int) -> Mapping[date, frozenset[str]]:
    names: defaultdict[date, set[str]] = defaultdict(set)
    if FIRST_YEAR <= year <= LAST_YEAR:
        known = holidays.list_localized_countries().get(country, [])
        languages = [language for language in _LANGUAGES if language in known]
        for language in languages or (None,):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of some countries not all years are known
                calendar = holidays.country_holidays(country, years=year, language=language)
            for day, name in calendar.items():
                names[day].update(name.split(holidays.HOLIDAY_NAME_DELIMITER))
    return {day: frozenset(each) for day, each in names.items()}
