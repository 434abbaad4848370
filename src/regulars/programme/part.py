"""What every part of a programme's file is."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]


class Part(BaseModel):
    """A part of the file: its keys are known, and it never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
