"""A percentage off at the till."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from regulars.benefits.kinds.base import Family, House, Kind, Mode, Settings, Speaker, Terms
from regulars.benefits.kinds.fields import Money, Name, Percent, plain
from regulars.language.problems import words
from regulars.language.text import say


class DiscountSettings(Settings):
    """`from`: orders of so much and more; `most`: never more off than this; `categories`: of these goods only."""

    percent_off: Percent
    least: Annotated[Money | None, Field(alias="from")] = None
    most: Money | None = None
    categories: Annotated[tuple[Name, ...], Field(max_length=100)] = ()


def _read(settings: DiscountSettings, house: House) -> dict[str, Any]:
    return {
        "percent_off": plain(settings.percent_off),
        "from_minor": house.money(settings.least, "from"),
        "most_minor": house.money(settings.most, "most"),
        "categories": list(settings.categories),
    }


def off(percent: str, language: str) -> str:
    """`9 折`, `10% off`."""
    if language.startswith("zh"):
        return f"{plain((100 - Decimal(percent)) / 10)} 折"
    return f"{percent}% off"


def _say(terms: Terms, speaker: Speaker) -> str:
    text = off(terms["percent_off"], speaker.language)
    if terms["from_minor"]:
        frame = words("满 {sum} 享 {off}", "滿 {sum} 享 {off}", "{off} from {sum}")
        text = say(frame, speaker.language).format(sum=speaker.money(terms["from_minor"]), off=text)
    if terms["most_minor"]:
        frame = words("，最多减 {sum}", "，最多折 {sum}", ", at most {sum}")
        text += say(frame, speaker.language).format(sum=speaker.money(terms["most_minor"]))
    return text


DISCOUNT = Kind(
    "discount",
    Family.ECONOMIC,
    Mode.LASTING,
    words("折扣", "折扣", "discount"),
    DiscountSettings,
    _read,
    _say,
)
