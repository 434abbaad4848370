"""A door that opens for members: goods that others can't buy, a gathering, a room."""

from typing import Any, Literal

from regulars.benefits.kinds.base import Family, House, Kind, Mode, Settings, Speaker, Terms
from regulars.benefits.kinds.fields import Name
from regulars.language.problems import words
from regulars.language.text import say

TO = {
    "goods": words("专属商品“{of}”", "專屬商品「{of}」", "the goods “{of}”"),
    "gathering": words("活动“{of}”", "活動「{of}」", "the gathering “{of}”"),
    "place": words("“{of}”", "「{of}」", "“{of}”"),
}


class AccessSettings(Settings):
    to: Literal["goods", "gathering", "place"]
    of: Name


def _read(settings: AccessSettings, _house: House) -> dict[str, Any]:
    return {"to": settings.to, "of": settings.of}


def _say(terms: Terms, speaker: Speaker) -> str:
    return say(TO[terms["to"]], speaker.language).format(of=terms["of"])


ACCESS = Kind(
    "access",
    Family.ACCESS,
    Mode.LASTING,
    words("专属资格", "專屬資格", "access"),
    AccessSettings,
    _read,
    _say,
    inward=True,
)
