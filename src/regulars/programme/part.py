"""What every part of a programme's file is."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from regulars.language.text import LANGUAGES

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]


def text(value: Any) -> Any:
    """A plain string stands for the same text in every language."""
    if isinstance(value, str):
        return dict.fromkeys(LANGUAGES, value)
    if isinstance(value, dict):
        unknown = [code for code in value if code not in LANGUAGES]
        if unknown or not value:
            raise PydanticCustomError("language", "must have texts under zh-hans, zh-hant or en")
    return value


Words = Annotated[dict[str, Annotated[str, Field(max_length=300)]], BeforeValidator(text)]


class Part(BaseModel):
    """A part of the file: its keys are known, and it never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
