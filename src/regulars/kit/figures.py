"""How figures are written for eyes: an amount with its currency, and one minus sign everywhere. Pure.

A programme has one currency, so an amount need not say whose it is: the yuan and the yen are “¥” in every language,
as at home, not “CN¥” or “JP¥”. Dollars keep what people in those places write (US$, HK$, NT$).
"""

from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency, get_currency_symbol

MINUS = "−"
YUAN_OR_YEN = "¥"


def symbol(currency: str, locale: Locale) -> str:
    """What stands before an amount: ¥, €, US$."""
    usual = get_currency_symbol(currency, locale)
    return YUAN_OR_YEN if usual.endswith(YUAN_OR_YEN) else usual


def amount(value: Decimal, currency: str, locale: Locale, whole: bool = False) -> str:
    """¥1,234.50, −¥1,234.50; `whole`: rounded, without decimals."""
    if whole:
        value = value.to_integral_value()
    pattern = "¤#,##0" if whole else None
    text = format_currency(value, currency, format=pattern, currency_digits=not whole, locale=locale)
    return signed(str(text).replace(get_currency_symbol(currency, locale), symbol(currency, locale)))


def signed(text: str) -> str:
    """A figure with the minus sign that is as wide as a plus, instead of a hyphen at its front."""
    return MINUS + text[1:] if text.startswith("-") else text
