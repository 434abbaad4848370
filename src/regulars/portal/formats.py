"""Numbers, money and dates as the reader's language writes them, in the programme's zone."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import get_language

from regulars.kit import clock, figures
from regulars.ledger.contracts import Asset
from regulars.programme.contracts import Programme

_LOCALES = {"zh-hans": "zh_Hans_CN", "zh-hant": "zh_Hant_TW", "en": "en"}


def language() -> str:
    """The interface language in force."""
    return get_language() or "zh-hans"


def number(value: int | Decimal) -> str:
    """12,345"""
    return figures.signed(str(format_decimal(value, locale=_locale())))


def units(amount: int, asset: Asset) -> str:
    """An amount of an asset, grouped, with the asset's own decimals."""
    if not asset.scale:
        return number(amount)
    pattern = "#,##0." + "0" * asset.scale
    text = format_decimal(Decimal(amount).scaleb(-asset.scale), format=pattern, locale=_locale())
    return figures.signed(str(text))


def plain(amount: int, asset: Asset) -> str:
    """An amount as one types it: 1200, 12.50"""
    return str(Decimal(amount).scaleb(-asset.scale))


def money(minor: int, programme: Programme) -> str:
    """¥128.00"""
    value = Decimal(minor).scaleb(-programme.minor_digits)
    return figures.amount(value, programme.currency, _locale())


def round_money(minor: int, programme: Programme) -> str:
    """¥312: whole units without decimals."""
    value = Decimal(minor).scaleb(-programme.minor_digits)
    if value != value.to_integral_value():
        return money(minor, programme)
    return figures.amount(value, programme.currency, _locale(), whole=True)


def day(value: date | datetime) -> str:
    """2026年11月22日, Nov 22, 2026"""
    return str(format_date(_local(value), format=_long(), locale=_locale()))


def short_day(value: date | datetime) -> str:
    """11月22日, Nov 22"""
    return str(format_date(_local(value), format="M月d日" if _chinese() else "MMM d", locale=_locale()))


def last_day(ends_at: datetime) -> str:
    """The last day before `ends_at`: what ends at midnight is good through the day before."""
    return day(last_day_of(ends_at))


def last_day_of(ends_at: datetime) -> date:
    """The local day on which something that ends at `ends_at` is good for the last time."""
    return timezone.localtime(ends_at - timedelta(microseconds=1)).date()


def month(value: date) -> str:
    """2026年11月, November 2026"""
    return str(format_date(value, format="y年M月" if _chinese() else "MMMM y", locale=_locale()))


def month_name(value: date, beside: date | None = None) -> str:
    """8月, August; with the year where it is not this one, nor that of what is written `beside` it."""
    this = value.year in (timezone.localtime(clock.now()).year, beside.year if beside else 0)
    pattern = ("M月" if this else "y年M月") if _chinese() else ("MMMM" if this else "MMMM y")
    return str(format_date(value, format=pattern, locale=_locale()))


def moment(value: datetime) -> str:
    """2026年11月22日 10:00, Nov 22, 2026, 10:00"""
    pattern = "y年M月d日 HH:mm" if _chinese() else "MMM d, y, HH:mm"
    return str(format_datetime(timezone.localtime(value), format=pattern, locale=_locale()))


def _local(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def _locale() -> Locale:
    return _parsed(_LOCALES.get(language(), "zh_Hans_CN"))


@lru_cache(maxsize=8)
def _parsed(name: str) -> Locale:
    return Locale.parse(name)


def _chinese() -> bool:
    return language().startswith("zh")


def _long() -> str:
    return "long" if _chinese() else "medium"
