"""Prices of their own, by a price list that the till or the shop keeps."""

from typing import Any

from regulars.benefits.kinds.base import Family, House, Kind, Mode, Settings, Speaker, Terms
from regulars.benefits.kinds.fields import Name
from regulars.language.problems import words
from regulars.language.text import say


class MemberPriceSettings(Settings):
    """`price_list`: what the till calls the list."""

    price_list: Name


def _read(settings: MemberPriceSettings, _house: House) -> dict[str, Any]:
    return {"price_list": settings.price_list}


def _say(terms: Terms, speaker: Speaker) -> str:
    frame = words("价目“{list}”", "價目「{list}」", "price list “{list}”")
    return say(frame, speaker.language).format(list=terms["price_list"])


MEMBER_PRICE = Kind(
    "member_price",
    Family.ECONOMIC,
    Mode.LASTING,
    words("会员价", "會員價", "member price"),
    MemberPriceSettings,
    _read,
    _say,
    inward=True,
)
