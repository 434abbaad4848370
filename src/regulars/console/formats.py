"""Numbers, money, days and moments as the reader's language writes them. `zone` is the active time zone."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, get_currency_name
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.kit import clock, figures
from regulars.ledger.contracts import Asset
from regulars.programme.contracts import Programme

LOCALES = {"zh-hans": "zh_Hans_CN", "zh-hant": "zh_Hant_TW", "en": "en_US"}
NOTHING = "–"
JUST_NOW = timedelta(seconds=10)


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES.get(language, "zh_Hans_CN"))


def locale() -> Locale:
    """The reader's locale."""
    return _locale(get_language() or "")


def number(value: int | Decimal | None) -> str:
    """Grouped: 12,345."""
    return NOTHING if value is None else figures.signed(str(format_decimal(value, locale=locale())))


def money(minor: int | None, programme: Programme, digits: bool = True) -> str:
    """An amount in the programme's currency; without its decimals where only the size matters."""
    if minor is None:
        return NOTHING
    value = Decimal(minor).scaleb(-programme.minor_digits)
    return figures.amount(value, programme.currency, locale(), whole=not digits)


def currency(programme: Programme) -> str:
    """The currency that amounts are in, as it is called, with its code: Chinese yuan (CNY)."""
    return f"{get_currency_name(programme.currency, locale=locale())} ({programme.currency})"


def units(amount: int | None, asset: Asset | None) -> str:
    """Units of an asset with its own number of decimals."""
    if amount is None:
        return NOTHING
    if not asset or not asset.scale:
        return number(amount)
    shown = "#,##0." + "0" * asset.scale
    text = format_decimal(Decimal(amount).scaleb(-asset.scale), format=shown, locale=locale())
    return figures.signed(str(text))


def percent(share: float | None) -> str:
    """0.4567 → 45.7%."""
    return NOTHING if share is None else figures.signed(f"{share * 100:.1f}%")


def day(value: date | datetime | None) -> str:
    """2026年11月22日, Nov 22, 2026."""
    if value is None:
        return NOTHING
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return str(format_date(local, "medium", locale=locale()))


def short_day(value: date) -> str:
    """11/22 or 11月22日: for the axis of a chart."""
    return str(format_date(value, "MMM d" if get_language() == "en" else "M月d日", locale=locale()))


def short_month(value: date) -> str:
    """The month on the axis of a chart, with the year in January."""
    if get_language() == "en":
        return str(format_date(value, "MMM yyyy" if value.month == 1 else "MMM", locale=locale()))
    return str(format_date(value, "yyyy年M月" if value.month == 1 else "M月", locale=locale()))


def month(value: date) -> str:
    """2026年11月, Nov 2026."""
    return str(format_date(value, "MMM yyyy" if get_language() == "en" else "yyyy年M月", locale=locale()))


def moment(value: datetime | None) -> str:
    """Day and time of day, to the minute."""
    if value is None:
        return NOTHING
    pattern = "MMM d, yyyy, HH:mm" if get_language() == "en" else "yyyy年M月d日 HH:mm"
    return str(format_datetime(timezone.localtime(value), pattern, locale=locale()))


def exactly(value: datetime) -> str:
    """To the second, with the zone: what stands behind a relative time."""
    local = timezone.localtime(value)
    return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}"


def duration(seconds: int) -> str:
    """So long: 40 seconds, 3 minutes."""
    return str(format_timedelta(timedelta(seconds=seconds), threshold=1.5, locale=locale()))


def ago(value: datetime | None) -> str:
    """How long ago, or how long until."""
    if value is None:
        return NOTHING
    since = value - clock.now().astimezone(UTC)
    if abs(since) < JUST_NOW:
        return _("just now")
    return str(format_timedelta(since, add_direction=True, locale=locale()))
