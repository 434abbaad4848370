"""Something that the brand's app or site does for the member: a boost, no ads, a faster download."""

from typing import Annotated, Any

from pydantic import Field

from regulars.benefits.kinds.base import Family, House, Kind, Mode, Settings, Speaker, Terms
from regulars.benefits.kinds.fields import Id
from regulars.language.problems import words
from regulars.language.text import say


class FunctionSettings(Settings):
    """`feature` is what the app asks for, `value` what it is told."""

    feature: Id
    value: bool | int | Annotated[str, Field(min_length=1, max_length=100)] = True


def _read(settings: FunctionSettings, _house: House) -> dict[str, Any]:
    return {"feature": settings.feature, "value": settings.value}


def _say(terms: Terms, speaker: Speaker) -> str:
    said = words("功能 {feature}", "功能 {feature}", "the feature {feature}")
    text = say(said, speaker.language).format(feature=terms["feature"])
    return text if terms["value"] is True else f"{text} = {terms['value']}"


FUNCTION = Kind(
    "function",
    Family.FUNCTION,
    Mode.LASTING,
    words("功能", "功能", "feature"),
    FunctionSettings,
    _read,
    _say,
    inward=True,
)
