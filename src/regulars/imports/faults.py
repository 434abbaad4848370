"""What is wrong with one row, in words that name the column and the way out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regulars.language.text import Text


@dataclass(frozen=True, slots=True)
class Fault:
    """`field`: the heading of the column, as the file has it; empty: the row as a whole."""

    code: str
    field: str
    text: Text

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the row."""
        return {"code": self.code, "field": self.field, "text": dict(self.text)}

    @staticmethod
    def read(kept: Mapping[str, Any]) -> "Fault":
        """The other way round."""
        return Fault(kept["code"], kept["field"], kept["text"])


class BadCell(ValueError):
    """A cell that can't be what its column says."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(text["en"])
        self.code = code
        self.text = text
