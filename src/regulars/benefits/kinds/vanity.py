"""Something to be seen with: a badge, a frame around the picture, a coloured name, another face of the card."""

from typing import Annotated, Any, Literal

from pydantic import Field

from regulars.benefits.kinds.base import Family, House, Kind, Mode, Settings, Speaker, Terms
from regulars.benefits.kinds.fields import Colour
from regulars.language.problems import words
from regulars.language.text import say

STYLES = {
    "badge": words("勋章", "勳章", "badge"),
    "avatar_frame": words("专属头像框", "專屬頭像框", "picture frame"),
    "name_colour": words("彩色昵称", "彩色暱稱", "coloured name"),
    "card_face": words("专属卡面", "專屬卡面", "card face"),
}


class VanitySettings(Settings):
    """`icon`: one sign or emoji, shown on a badge."""

    style: Literal["badge", "avatar_frame", "name_colour", "card_face"] = "badge"
    colour: Colour = "#c79a2b"
    icon: Annotated[str, Field(max_length=8)] = ""


def _read(settings: VanitySettings, house: House) -> dict[str, Any]:
    if settings.icon and settings.style != "badge":
        house.refuse(
            "icon", words("只有勋章可以写 icon", "只有勳章可以寫 icon", "goes with style: badge only")
        )
    return {"style": settings.style, "colour": settings.colour, "icon": settings.icon}


def _say(terms: Terms, speaker: Speaker) -> str:
    return say(STYLES[terms["style"]], speaker.language)


VANITY = Kind(
    "vanity", Family.VANITY, Mode.LASTING, words("荣誉", "榮譽", "recognition"), VanitySettings, _read, _say
)
