"""Something that people do for the member: a room upgrade, the lounge, a snack, a person to call."""

from typing import Any, Literal

from regulars.benefits.kinds.base import Family, House, Kind, Mode, Settings, Speaker, Terms
from regulars.language.problems import words
from regulars.language.text import say

WHAT = {
    "room_upgrade": words("房型升级", "房型升等", "room upgrade"),
    "lounge": words("贵宾室", "貴賓室", "lounge"),
    "snack": words("欢迎茶点", "迎賓茶點", "welcome snack"),
    "rollover": words("房晚结转", "房晚結轉", "nights carried over"),
    "voucher": words("餐券", "餐券", "dining voucher"),
    "support": words("专属客服", "專屬客服", "dedicated support"),
    "other": words("专属服务", "專屬服務", "a service of their own"),
}


class ServiceSettings(Settings):
    what: Literal["room_upgrade", "lounge", "snack", "rollover", "voucher", "support", "other"] = "other"


def _read(settings: ServiceSettings, _house: House) -> dict[str, Any]:
    return {"what": settings.what}


def _say(terms: Terms, speaker: Speaker) -> str:
    return say(WHAT[terms["what"]], speaker.language)


SERVICE = Kind(
    "service", Family.SERVICE, Mode.SINGLE, words("服务", "服務", "service"), ServiceSettings, _read, _say
)
