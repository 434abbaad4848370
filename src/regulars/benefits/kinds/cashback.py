"""A share of the order that brought the benefit, credited when it is claimed."""

from fractions import Fraction
from typing import Any

from regulars.benefits.kinds.base import Family, House, Kind, Mode, Order, Settings, Speaker, Terms
from regulars.benefits.kinds.fields import Id, Percent, Units, plain
from regulars.language.problems import words
from regulars.language.text import say


class CashbackSettings(Settings):
    asset: Id
    percent: Percent
    most: Units | None = None


def _read(settings: CashbackSettings, house: House) -> dict[str, Any]:
    house.asset(settings.asset, "asset")
    most = 0 if settings.most is None else house.units(settings.asset, settings.most, "most")
    return {"asset": settings.asset, "percent": plain(settings.percent), "most": most}


def _worth(terms: Terms, order: Order) -> int:
    """Units of the asset for an order, rounded down: one unit as people see it for each yuan."""
    ratio = Fraction(terms["percent"]) / 100 * 10**order.scale / 10**order.minor_digits
    units = int(max(order.total_minor, 0) * ratio)
    return min(units, terms["most"]) if terms["most"] else units


def _say(terms: Terms, speaker: Speaker) -> str:
    frame = words("返现 {percent}%", "回饋 {percent}%", "{percent}% cashback")
    said = say(frame, speaker.language).format(percent=terms["percent"])
    if terms["most"]:
        bound = words("，最多 {units}", "，最多 {units}", ", at most {units}")
        said += say(bound, speaker.language).format(units=speaker.units(terms["asset"], terms["most"]))
    return said


CASHBACK = Kind(
    "cashback",
    Family.ECONOMIC,
    Mode.VALUE,
    words("返现", "現金回饋", "cashback"),
    CashbackSettings,
    _read,
    _say,
    worth=_worth,
)
