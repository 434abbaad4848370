"""Values of reports as a reader of one language reads them."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from regulars.insight.defining import Unit
from regulars.insight.report import Cell, Sentence
from regulars.kit import figures
from regulars.language.channels import channel_name
from regulars.language.text import say
from regulars.programme.contracts import Programme

LOCALES = {"zh-hans": "zh_Hans_CN", "zh-hant": "zh_Hant_TW", "en": "en_US"}
NOTHING = "–"
WORD = re.compile(r"\{(\w+)\|([^|{}]*)\|([^|{}]*)\}")
"""A word that goes by a number."""
_POINTS = {"zh-hans": " 个百分点", "zh-hant": " 個百分點", "en": " points"}
_DAYS = {
    Unit.DAY: {"en": "MMM d, yyyy", "": "yyyy年M月d日"},
    Unit.WEEK: {"en": "MMM d, yyyy", "": "yyyy年M月d日"},
    Unit.MONTH: {"en": "MMM yyyy", "": "yyyy年M月"},
}
_AXIS = {
    Unit.DAY: {"en": "MMM d", "": "M月d日"},
    Unit.WEEK: {"en": "MMM d", "": "M月d日"},
    Unit.MONTH: {"en": "MMM", "": "M月"},
}


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES.get(language, "zh_Hans_CN"))


def value(
    cell: Cell, unit: Unit, programme: Programme, language: str, asset: str = "", digits: int = 0
) -> str:
    """A cell in words: grouped numbers, money with its currency, a rate in per cent, days as the language has them. A
    plain number has at least `digits` decimals, a rate just as many, 1 or 2 (0: as it needs by itself)."""
    if cell is None:
        return NOTHING
    if isinstance(cell, Mapping):
        return say(cell, language)
    if isinstance(cell, date):
        pattern = _DAYS.get(unit, _DAYS[Unit.DAY])
        return str(format_date(cell, pattern.get(language, pattern[""]), locale=_locale(language)))
    if isinstance(cell, str):
        return _word(cell, unit, language)
    return figures.signed(_number(cell, unit, programme, language, asset, digits))


def _number(cell: float, unit: Unit, programme: Programme, language: str, asset: str, digits: int) -> str:
    locale = _locale(language)
    match unit:
        case Unit.RATE:
            return f"{cell * 100:.{_places(cell, digits)}f}%"
        case Unit.CHANGE:
            return f"{cell * 100:+.1f}%"
        case Unit.POINTS:
            return f"{cell * 100:+.1f}{_POINTS.get(language, _POINTS['en'])}"
        case Unit.MONEY:
            amount = Decimal(round(cell)).scaleb(-programme.minor_digits)
            return figures.amount(amount, programme.currency, locale)
        case Unit.NUMBER:
            shown = "#,##0." + "0" * digits + "#" * (2 - digits)
            return str(format_decimal(round(cell, 2), format=shown, locale=locale))
        case Unit.ASSET:
            known = programme.assets.get(asset)
            scale = known.scale if known else 0
            shown = "#,##0" + ("." + "0" * scale if scale else "")
            return str(format_decimal(Decimal(round(cell)).scaleb(-scale), format=shown, locale=locale))
    return str(format_decimal(round(cell), locale=locale))


def small(share: float) -> bool:
    """Whether one decimal of a per cent says too little of the share."""
    return abs(share) < 0.02 and round(share * 100, 1) != round(share * 100, 2)


def _places(share: float, digits: int) -> int:
    """One decimal; two where that is said or the share is small, and where one would make all of nearly all."""
    return 2 if 0.9995 <= share < 1 or (small(share) if not digits else digits > 1) else 1


def on_axis(cell: Cell, unit: Unit, language: str) -> str:
    """A day, week or month on the axis of a chart: short, with the year in January; other names as they are."""
    if isinstance(cell, date) and unit in _AXIS:
        pattern = _AXIS[unit].get(language, _AXIS[unit][""])
        if unit is Unit.MONTH and cell.month == 1:
            pattern = _DAYS[unit].get(language, _DAYS[unit][""])
        return str(format_date(cell, pattern, locale=_locale(language)))
    if isinstance(cell, Mapping):
        return say(cell, language)
    return NOTHING if cell is None else _word(str(cell), unit, language)


def is_code(cell: Cell, unit: Unit) -> bool:
    """Whether it is a code that has no name, and should look like one."""
    if not isinstance(cell, str):
        return False
    return unit is Unit.CODE or (unit is Unit.CHANNEL and channel_name(cell) is None)


def _word(cell: str, unit: Unit, language: str) -> str:
    named = channel_name(cell) if unit is Unit.CHANNEL else None
    return say(named, language) if named else cell


def _counted(text: str, values: Mapping[str, tuple[Unit, Cell]]) -> str:
    """The text with `{name|one|many}` settled by the value of that name."""
    return WORD.sub(lambda found: found[2] if values[found[1]][1] == 1 else found[3], text)


def sentence(said: Sentence, programme: Programme, language: str) -> str:
    """A sentence with its values written out."""
    values = {
        name: value(cell, unit, programme, language, said.assets.get(name, ""))
        for name, (unit, cell) in said.values.items()
    }
    return _counted(say(said.text, language), said.values).format(**values)
