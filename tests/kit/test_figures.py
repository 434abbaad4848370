"""Figures for eyes."""

from decimal import Decimal

import pytest
from babel import Locale

from regulars.kit.figures import amount, signed, symbol


@pytest.mark.parametrize(
    ("language", "currency", "said", "whole"),
    [
        ("zh_Hans_CN", "CNY", "−¥1,234.50", "−¥1,234"),
        ("zh_Hant_TW", "CNY", "−¥1,234.50", "−¥1,234"),
        ("en_US", "CNY", "−¥1,234.50", "−¥1,234"),
        ("zh_Hans_CN", "JPY", "−¥1,234", "−¥1,234"),
        ("zh_Hant_TW", "TWD", "−$1,234.50", "−$1,234"),
        ("en_US", "HKD", "−HK$1,234.50", "−HK$1,234"),
        ("zh_Hans_CN", "USD", "−US$1,234.50", "−US$1,234"),
        ("en_US", "EUR", "−€1,234.50", "−€1,234"),
    ],
)
def test_an_amount_has_one_sign_of_its_currency_and_one_minus(
    language: str, currency: str, said: str, whole: str
) -> None:
    locale = Locale.parse(language)
    assert amount(Decimal("-1234.50"), currency, locale) == said
    assert amount(Decimal("-1234.50"), currency, locale, whole=True) == whole
    assert symbol(currency, locale) in said


def test_only_what_is_below_zero_is_signed() -> None:
    assert [signed(text) for text in ("-1", "1-2", "+3.0%", "2026-01-02")] == [
        "−1",
        "1-2",
        "+3.0%",
        "2026-01-02",
    ]
