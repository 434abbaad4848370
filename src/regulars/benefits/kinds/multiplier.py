"""More of an asset for the same deed: what rules credit is multiplied, as long as the member has the benefit."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from regulars.benefits.kinds.base import Family, House, Kind, Mode, Settings, Speaker, Terms
from regulars.benefits.kinds.fields import Id, plain
from regulars.language.problems import words
from regulars.language.text import say


class MultiplierSettings(Settings):
    """`on`: the types of event whose credits are multiplied."""

    asset: Id
    factor: Annotated[Decimal, Field(gt=1, le=100, max_digits=5, decimal_places=2)]
    on: Annotated[tuple[str, ...], Field(min_length=1, max_length=20)] = ("order.paid",)


def _read(settings: MultiplierSettings, house: House) -> dict[str, Any]:
    house.asset(settings.asset, "asset")
    for type_id in settings.on:
        house.event_type(type_id, "on")
    return {"asset": settings.asset, "factor": plain(settings.factor), "on": list(settings.on)}


def _say(terms: Terms, speaker: Speaker) -> str:
    frame = words("{factor} 倍积累", "{factor} 倍累積", "earns {factor} times as much")
    return say(frame, speaker.language).format(factor=terms["factor"])


MULTIPLIER = Kind(
    "multiplier",
    Family.ECONOMIC,
    Mode.LASTING,
    words("加倍", "加倍", "multiplier"),
    MultiplierSettings,
    _read,
    _say,
)
