"""Something that another brand gives: taken there, with the code that the member shows."""

from typing import Annotated, Any

from pydantic import Field

from regulars.benefits.kinds.base import Family, House, Kind, Mode, Settings, Speaker, Terms
from regulars.benefits.kinds.fields import Name
from regulars.language.problems import words
from regulars.language.text import say


class PartnerGiftSettings(Settings):
    """`url`: where the partner says how it goes on."""

    partner: Name
    item: Name
    url: Annotated[str, Field(pattern=r"^https://[^\s<>\"]{1,400}$")] | None = None


def _read(settings: PartnerGiftSettings, _house: House) -> dict[str, Any]:
    return {"partner": settings.partner, "item": settings.item, "url": settings.url or ""}


def _say(terms: Terms, speaker: Speaker) -> str:
    frame = words("{partner}：{item}", "{partner}：{item}", "{item}, from {partner}")
    return say(frame, speaker.language).format(partner=terms["partner"], item=terms["item"])


PARTNER_GIFT = Kind(
    "partner_gift",
    Family.PARTNER,
    Mode.SINGLE,
    words("合作礼遇", "合作禮遇", "partner gift"),
    PartnerGiftSettings,
    _read,
    _say,
)
