"""What a kind of benefit is: the form of its settings, what they mean, and how they are told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from regulars.language.text import Text

Terms = Mapping[str, Any]
"""A benefit's own settings, ready to use: plain values, money under names that end in `_minor` in the currency's
smallest unit, units in the asset's smallest."""


class Family(StrEnum):
    """What a benefit appeals to."""

    SERVICE = "service"
    FUNCTION = "function"
    VANITY = "vanity"
    ECONOMIC = "economic"
    PARTNER = "partner"
    ACCESS = "access"


class Mode(StrEnum):
    """What having the benefit means.

    LASTING ones are in force as long as the member has them. SINGLE ones are used up, piece by piece. VALUE is
    credited the moment it is claimed.
    """

    LASTING = "lasting"
    SINGLE = "single"
    VALUE = "value"


class House(Protocol):
    """What reading a kind's settings may ask the programme for. What is wrong is noted at the field."""

    def money(self, found: Decimal | None, field: str) -> int:
        """An amount of money in the currency's smallest unit; 0 for None."""

    def units(self, asset: str, found: int | Decimal, field: str) -> int:
        """Units of an asset in its smallest unit."""

    def asset(self, asset: str, field: str) -> None:
        """The asset must exist, and may be given away."""

    def event_type(self, type_id: str, field: str) -> None:
        """The type of event must exist."""

    def refuse(self, field: str, text: Text) -> None:
        """Something else is wrong with `field` (empty: with the benefit)."""


class Speaker(Protocol):
    """Says amounts in one language."""

    language: str

    def money(self, minor: int) -> str:
        """`¥10`"""

    def units(self, asset: str, units: int) -> str:
        """`50 points`"""


class Settings(BaseModel):
    """The base of every kind's settings: what is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Order:
    """What is known of the order that brings a benefit: its total (0: there is none), the currency's decimals, and
    those of the asset that is credited."""

    total_minor: int
    minor_digits: int
    scale: int


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of benefit.

    `read` turns settings into terms, `say` puts terms into a few words. `pieces`: how often one claim can be used.
    `inward`: these words name what systems call it, and are no members' business. `stocked`: there must be one for
    whoever gets it, so a programme should say how many there are. `worth`: what claiming it credits, of kinds that are
    VALUE.
    """

    id: str
    family: Family
    mode: Mode
    name: Text
    settings: type[Settings]
    read: Callable[[Any, House], dict[str, Any]]
    say: Callable[[Terms, Speaker], str]
    pieces: Callable[[Terms], int] = lambda _: 1
    inward: bool = False
    stocked: bool = False
    worth: Callable[[Terms, Order], int] = lambda terms, _: int(terms["amount"])
