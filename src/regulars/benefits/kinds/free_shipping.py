"""Delivery without charge."""

from typing import Annotated, Any

from pydantic import Field

from regulars.benefits.kinds.base import Family, House, Kind, Mode, Settings, Speaker, Terms
from regulars.benefits.kinds.fields import Money
from regulars.language.problems import words
from regulars.language.text import say


class FreeShippingSettings(Settings):
    """`from`: orders of so much and more."""

    least: Annotated[Money | None, Field(alias="from")] = None


def _read(settings: FreeShippingSettings, house: House) -> dict[str, Any]:
    return {"from_minor": house.money(settings.least, "from")}


def _say(terms: Terms, speaker: Speaker) -> str:
    if not terms["from_minor"]:
        return say(words("免运费", "免運費", "free shipping"), speaker.language)
    frame = words("满 {sum} 包邮", "滿 {sum} 免運", "free shipping from {sum}")
    return say(frame, speaker.language).format(sum=speaker.money(terms["from_minor"]))


FREE_SHIPPING = Kind(
    "free_shipping",
    Family.ECONOMIC,
    Mode.LASTING,
    words("包邮", "免運", "free shipping"),
    FreeShippingSettings,
    _read,
    _say,
)
