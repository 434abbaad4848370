"""The shape of what a programme says about experiments and its control group."""

import re
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator
from pydantic_core import PydanticCustomError

from regulars.programme.part import Id, Part, Words
from regulars.programme.part_occasions import Moment

_SHARE = re.compile(r"(\d{1,3})(?:\.(\d{1,4}))? ?%", re.ASCII)


def share(value: Any) -> Fraction:
    """`10%` or `2.5%`: more than nothing, and not more than all."""
    written = _SHARE.fullmatch(value) if isinstance(value, str) else None
    found = Fraction(value.rstrip("% ")) / 100 if written else Fraction(0)
    if not 0 < found <= 1:
        raise PydanticCustomError("share", "")
    return found


def _named(value: Any) -> Any:
    """An experiment named by its id alone."""
    return {"id": value} if isinstance(value, str) else value


def _variant(value: Any) -> Any:
    """A share alone, or with a name."""
    return {"share": value} if isinstance(value, str) else value


Share = Annotated[Fraction, PlainValidator(share)]
Days = Annotated[int, Field(ge=1, le=365, strict=True)]


class VariantPart(Part):
    share: Share
    name: Words | None = None


class ExperimentPart(Part):
    """Somebody is held out, or there are two variants and more, or both."""

    name: Words
    holdout: Share | None = None
    variants: Annotated[
        dict[Id, Annotated[VariantPart, BeforeValidator(_variant)]], Field(max_length=10)
    ] = {}
    metric: Literal["sales", "orders", "margin"] = "sales"
    days: Days = 28
    until: Moment | None = None


class ControlGroupPart(Part):
    share: Share
    since: Annotated[Moment, Field(alias="from")]
    except_: Annotated[list[Id], Field(alias="except", max_length=500)] = []
    days: Days = 90


class ExperimentRefPart(Part):
    id: Id
    variant: Id | None = None


ExperimentRef = Annotated[ExperimentRefPart, BeforeValidator(_named)]
