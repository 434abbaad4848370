"""Fields that several kinds have."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError


def _money(value: Any) -> Any:
    """50, 0.5 or "50.00"; more than 0."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise PydanticCustomError("money", "must be an amount of money")
    return repr(value) if isinstance(value, float) else value


Money = Annotated[Decimal, BeforeValidator(_money), Field(gt=0, le=10**9, decimal_places=3)]
Units = Annotated[int | Decimal, Field(gt=0, le=10**12)]
Percent = Annotated[Decimal, Field(gt=0, le=100, max_digits=5, decimal_places=2)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


def plain(number: Decimal) -> str:
    """12.50 → `12.5`."""
    return f"{number.normalize():f}"
