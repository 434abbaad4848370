"""Units of an asset, credited when the benefit is claimed: points as a gift, a bonus into the wallet."""

from typing import Any

from regulars.benefits.kinds.base import Family, House, Kind, Mode, Settings, Speaker, Terms
from regulars.benefits.kinds.fields import Id, Units
from regulars.language.problems import words


class CreditSettings(Settings):
    asset: Id
    amount: Units


def _read(settings: CreditSettings, house: House) -> dict[str, Any]:
    house.asset(settings.asset, "asset")
    return {"asset": settings.asset, "amount": house.units(settings.asset, settings.amount, "amount")}


def _say(terms: Terms, speaker: Speaker) -> str:
    return speaker.units(terms["asset"], terms["amount"])


CREDIT = Kind(
    "credit",
    Family.ECONOMIC,
    Mode.VALUE,
    words("赠送资产", "贈送資產", "value as a gift"),
    CreditSettings,
    _read,
    _say,
)
