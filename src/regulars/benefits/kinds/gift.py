"""A thing to take home: for the birthday, for joining, at the end of the year."""

from typing import Any

from regulars.benefits.kinds.base import Family, House, Kind, Mode, Settings, Speaker, Terms
from regulars.benefits.kinds.fields import Money, Name
from regulars.language.problems import words
from regulars.language.text import say


class GiftSettings(Settings):
    """`worth`: what members are told it is worth."""

    item: Name
    worth: Money | None = None


def _read(settings: GiftSettings, house: House) -> dict[str, Any]:
    return {"item": settings.item, "worth_minor": house.money(settings.worth, "worth")}


def _say(terms: Terms, speaker: Speaker) -> str:
    if not terms["worth_minor"]:
        return str(terms["item"])
    frame = words("{item}（价值 {sum}）", "{item}（價值 {sum}）", "{item} (worth {sum})")
    return say(frame, speaker.language).format(item=terms["item"], sum=speaker.money(terms["worth_minor"]))


GIFT = Kind(
    "gift",
    Family.ECONOMIC,
    Mode.SINGLE,
    words("礼品", "禮品", "gift"),
    GiftSettings,
    _read,
    _say,
    stocked=True,
)
