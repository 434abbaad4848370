"""Festivals that rules can name, the lunar ones included, in the years for which days are known. Pure.

The lunar days come from the tables of the `holidays` library; of the seventh month it has none, so the days of Qixi
stand here (the tests check them against the moon).
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache

from holidays.calendars.chinese import _ChineseLunisolar

from regulars.campaigns.contracts import EVERY_HOLIDAY, Holiday
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.programme.vocabulary.holidays import FIRST_YEAR, LAST_YEAR, all_holidays

_QIXI = """
806 825 815 804 822 811 731 819 807 826
816 806 823 813 802 820 809 828 817 807
825 814 804 822 810 829 819 808 826 816
805 824 812 801 820 810 828 817 807 826
814 803 822 811 731 819 808 827 816 805
"""
"""Month and day of the 7th of the 7th lunar month, from the year 2000 on."""

_LUNAR: dict[str, tuple[Text, str, int]] = {
    "new_years_eve": (words("除夕", "除夕", "Lunar New Year’s Eve"), "lunar_new_year", -1),
    "spring_festival": (words("春节", "春節", "Spring Festival"), "lunar_new_year", 0),
    "lantern_festival": (words("元宵节", "元宵節", "Lantern Festival"), "lunar_new_year", 14),
    "qingming": (words("清明节", "清明節", "Qingming"), "qingming", 0),
    "dragon_boat": (words("端午节", "端午節", "Dragon Boat Festival"), "dragon_boat", 0),
    "mid_autumn": (words("中秋节", "中秋節", "Mid-Autumn Festival"), "mid_autumn", 0),
    "double_ninth": (words("重阳节", "重陽節", "Double Ninth"), "double_ninth", 0),
    "winter_solstice": (words("冬至", "冬至", "Winter Solstice"), "winter_solstice", 0),
}
_FIXED: dict[str, tuple[Text, int, int]] = {
    "new_year": (words("元旦", "元旦", "New Year’s Day"), 1, 1),
    "valentines_day": (words("情人节", "西洋情人節", "Valentine’s Day"), 2, 14),
    "womens_day": (words("妇女节", "婦女節", "Women’s Day"), 3, 8),
    "labour_day": (words("劳动节", "勞動節", "Labour Day"), 5, 1),
    "love_day": (words("520", "520", "520"), 5, 20),
    "childrens_day": (words("儿童节", "國際兒童節", "Children’s Day"), 6, 1),
    "national_day": (words("国庆节", "中國國慶日", "National Day (1 October)"), 10, 1),
    "double_eleven": (words("双11", "雙11", "Double Eleven"), 11, 11),
    "christmas": (words("圣诞节", "聖誕節", "Christmas"), 12, 25),
}
_QIXI_NAME = words("七夕", "七夕", "Qixi")
_EVERY = words("任一法定节假日", "任一國定假日", "any public holiday")


def festival(name: str, country: str) -> Holiday | None:
    """The festival of that id or name, or the country's public holiday of that name; None: there is none."""
    if name == EVERY_HOLIDAY:
        return Holiday(name, _EVERY, frozenset(day for day, _ in all_holidays(country)))
    known = festivals()
    found = known.get(name) or next((one for one in known.values() if name in one.label.values()), None)
    if found is not None:
        return Holiday(name, found.label, found.days)
    days = _firsts(day for day, each in all_holidays(country) if each == name)
    return Holiday(name, words(name, name, name), days) if days else None


def names() -> list[str]:
    """What can be named in every country."""
    return [*festivals(), EVERY_HOLIDAY]


def named() -> dict[str, Text]:
    """What can be named in every country, in words."""
    return {one.name: one.label for one in festivals().values()} | {EVERY_HOLIDAY: _EVERY}


@lru_cache(maxsize=1)
def festivals() -> Mapping[str, Holiday]:
    """The festivals that have an id, in the order of the year."""
    days = {one: _lunar(source, shift) for one, (_, source, shift) in _LUNAR.items()}
    days["qixi"] = frozenset(
        date(FIRST_YEAR + at, *divmod(int(each), 100)) for at, each in enumerate(_QIXI.split())
    )
    days |= {
        one: frozenset(date(year, month, day) for year in _years()) for one, (_, month, day) in _FIXED.items()
    }
    labels = {one: said for one, (said, *_) in [*_LUNAR.items(), *_FIXED.items()]} | {"qixi": _QIXI_NAME}
    in_order = sorted(days, key=lambda one: next(day for day in sorted(days[one]) if day.year == 2026))
    return {one: Holiday(one, labels[one], days[one]) for one in in_order}


def _years() -> range:
    return range(FIRST_YEAR, LAST_YEAR + 1)


def _lunar(source: str, shift: int) -> frozenset[date]:
    calendar = _ChineseLunisolar()
    found = (getattr(calendar, f"{source}_date")(year) for year in _years())
    return frozenset((day[0] if isinstance(day, tuple) else day) + timedelta(days=shift) for day in found)


def _firsts(days: Iterable[date]) -> frozenset[date]:
    """Of days in a row the first."""
    known = frozenset(days)
    return frozenset(day for day in known if day - timedelta(days=1) not in known)
