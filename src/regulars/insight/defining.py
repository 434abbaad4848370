"""What a metric is: a name, a unit and one exact definition, in the three languages of the interface."""

from dataclasses import dataclass
from enum import StrEnum

from regulars.language.problems import words
from regulars.language.text import Text


class Unit(StrEnum):
    """How a figure is written. Money in the programme's smallest unit, an asset's units in the asset's, a rate with 1
    for all; a number may have decimals. `change`: by which share something differs; `points`: by how much a rate does,
    1 for a hundred percentage points; `channel`: a channel's code, called by its name where it has one; `code`: a code
    of the brand's own."""

    COUNT = "count"
    MONEY = "money"
    ASSET = "asset"
    RATE = "rate"
    NUMBER = "number"
    CHANGE = "change"
    POINTS = "points"
    TEXT = "text"
    CHANNEL = "channel"
    CODE = "code"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure's name and exact meaning."""

    id: str
    name: Text
    definition: Text
    unit: Unit


def define(ident: str, unit: Unit, names: tuple[str, str, str], definition: tuple[str, str, str]) -> Metric:
    """A metric, its texts in 简体, 繁體 and English."""
    return Metric(ident, words(*names), words(*definition), unit)
