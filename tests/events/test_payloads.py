"""Payloads: amounts, quantities and a brand's own fields."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from regulars.events.complaints import complaint, path_of
from regulars.events.contracts import FieldKind, PayloadField
from regulars.events.payloads import MONEY_LIMIT, brand_type, money, quantity, standard_types
from regulars.language.text import LANGUAGES

MANY = settings(max_examples=200, deadline=None, derandomize=True)


@MANY
@given(minor=st.integers(0, MONEY_LIMIT - 1), digits=st.sampled_from((0, 2, 3)))
def test_an_amount_is_read_to_the_unit(minor: int, digits: int) -> None:
    text = str(Decimal(minor).scaleb(-digits).quantize(Decimal(1).scaleb(-digits)))
    assert money(digits)(text) == minor
    assert money(digits)("00" + text if len(text) < 14 else text) == minor
    if minor < 10**12:
        assert money(digits)(float(text)) == minor, "a float of so few digits is written as it was meant"


@MANY
@given(
    value=st.one_of(
        st.text(max_size=12),
        st.floats(),
        st.integers(),
        st.none(),
        st.booleans(),
        st.lists(st.integers(), max_size=2),
    )
)
def test_an_amount_is_read_or_refused(value: Any) -> None:
    try:
        minor = money(2)(value)
    except PydanticCustomError as error:
        refused = error.type
    else:
        assert 0 <= minor < MONEY_LIMIT
        assert Decimal(str(value)) * 100 == minor
        return
    assert refused in {"money_type", "money_format", "money_decimals", "money_limit"}


@pytest.mark.parametrize(
    ("value", "digits", "code"),
    [
        ("1.5", 0, "money_decimals"), ("1.0", 0, None), ("1.234", 3, None), ("1.2345", 3, "money_decimals"),
        ("10000000000", 2, "money_limit"), (1e16, 2, "money_format"), ("1.0000000", 2, "money_format"),
    ],
)  # fmt: skip
def test_decimals_follow_the_currency(value: Any, digits: int, code: str | None) -> None:
    if code is None:
        money(digits)(value)
    else:
        with pytest.raises(PydanticCustomError) as caught:
            money(digits)(value)
        assert caught.value.type == code


@pytest.mark.parametrize(
    ("value", "counted"), [(2, 2), ("2", 2), (0.532, 0.532), ("0.5320", 0.532), (1.0, 1), ("007", 7), (0, 0)]
)
def test_quantities(value: Any, counted: float) -> None:
    assert quantity(value) == counted
    assert type(quantity(value)) is type(counted)


@pytest.mark.parametrize(
    "value", [-1, "-1", "1e3", "", "x", None, True, [], float("nan"), float("inf"), 10**9, "１"]
)
def test_what_is_no_quantity(value: Any) -> None:
    with pytest.raises(PydanticCustomError):
        quantity(value)


def own(kind: FieldKind, required: bool = False) -> Any:
    name = {"en": "thing"}
    field = PayloadField("thing", name, kind, "thing_minor" if kind is FieldKind.MONEY else "thing", required)
    return brand_type("visit", name, {"thing": field}, True, 2).adapter


@pytest.mark.parametrize(
    ("kind", "good", "kept", "bad"),
    [
        (FieldKind.TEXT, "a", "a", [1, None, "x" * 501]),
        (FieldKind.INTEGER, 7, 7, ["x", 1.5, None, 10**13]),
        (FieldKind.NUMBER, 1.5, 1.5, ["x", None, float("nan"), float("inf"), 1e13]),
        (FieldKind.MONEY, "1.50", 150, ["-1", None, "1.505"]),
        (FieldKind.BOOLEAN, True, True, ["perhaps", None, 7]),
        (
            FieldKind.TIME,
            "2026-03-01T10:00:00Z",
            "2026-03-01T10:00:00+00:00",
            ["2026-03-01T10:00:00", "x", 7, None],
        ),
        (FieldKind.DATE, "2026-03-01", "2026-03-01", ["2026-02-30", "1800-01-01", 7, None]),
    ],
)
def test_a_brands_own_field(kind: FieldKind, good: Any, kept: Any, bad: list[Any]) -> None:
    path = "thing_minor" if kind is FieldKind.MONEY else "thing"
    assert own(kind).validate_python({"thing": good, "more": 1}) == {path: kept, "more": 1}
    assert own(kind).validate_python({}) == {}
    with pytest.raises(ValidationError):
        own(kind, required=True).validate_python({})
    for value in bad:
        with pytest.raises(ValidationError) as caught:
            own(kind).validate_python({"thing": value})
        assert caught.value.errors()[0]["loc"] == ("thing",)


def test_every_type_has_a_name_in_three_languages() -> None:
    for one in standard_types("CNY", 2).values():
        assert set(one.name) == set(LANGUAGES), one.id
        for field in one.fields.values():
            assert set(field.name) == set(LANGUAGES), field.id


def test_complaints_say_it_in_three_languages() -> None:
    assert complaint("money_decimals", {"digits": 2}) == {
        "zh-hans": "最多 2 位小数", "zh-hant": "最多 2 位小數", "en": "must have at most 2 decimals",
    }  # fmt: skip
    assert complaint("never_heard_of", {}, "is odd")["en"] == "is odd"
    assert set(complaint("never_heard_of")) == set(LANGUAGES)
    assert path_of(("data", "items", 0, "price")) == "data.items[0].price"
