"""Random conditions over a real vocabulary: any field, any of its operators, values near those that members have."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from regulars.language.fields import Field, Fields, Scope, Type
from regulars.language.operators import WANTS, Wants, operators_of
from regulars.language.tree import Op
from tests.language.rows import AUDIENCES, BIRTHDAYS, NEAR, SET_TEXTS, START

_DAYS = BIRTHDAYS | st.integers(0, 500).map(lambda days: START.date() + timedelta(days=days))
_MONEY = st.integers(-100, 60000).map(lambda minor: minor / 100) | st.sampled_from(
    [0, 1, 128.5, "128.50", 300]
)
SAME = (Op.EQ, Op.NE, Op.IN, Op.NOT_IN)
_WINDOWS = st.integers(1, 400).map(lambda n: {"days": n}) | st.integers(1, 14).map(lambda n: {"months": n})


def values_of(field: Field) -> st.SearchStrategy[Any]:
    """Values that the field accepts, as YAML or JSON writes them."""
    if field.choices:
        return st.sampled_from([choice.value for choice in field.choices])
    if field.name == "calendar.holiday":
        return st.sampled_from(["春节", "春節", "国庆节", "元旦", "National Day", "nothing"])
    if field.name == "audience":
        return AUDIENCES
    if field.name == "member.identities":
        return st.sampled_from(["phone", "email", "wechat"])
    by_type: dict[Type, st.SearchStrategy[Any]] = {
        Type.TEXT: SET_TEXTS,
        Type.TAGS: SET_TEXTS,
        Type.CHOICE: SET_TEXTS,
        Type.INTEGER: st.integers(-5 if field.least is None else field.least, field.most or 6000),
        Type.NUMBER: st.integers(-3, 60)
        | st.sampled_from([2.5, 0.1, "0.10", 12.34, 0.30000000000000004, 1e-7]),
        Type.MONEY: _MONEY,
        Type.BOOLEAN: st.booleans(),
        Type.DATE: _DAYS | _DAYS.map(date.isoformat),
        Type.TIME: _DAYS | NEAR | NEAR.map(datetime.isoformat),
    }
    return by_type[field.type]


def leaves(fields: Fields, scope: Scope) -> st.SearchStrategy[dict[str, Any]]:
    """Leaves about the fields of that scope."""
    pairs = [(field.name, op) for field in fields if field.scope is scope for op in operators_of(field)]
    return st.sampled_from(pairs).flatmap(lambda pair: _leaf(fields[pair[0]], pair[1]))


@st.composite
def _leaf(draw: st.DrawFn, field: Field, op: Op) -> dict[str, Any]:
    raw: dict[str, Any] = {"field": field.name, "op": op.value}
    if field.windows and draw(st.booleans()):
        raw["window"] = draw(_WINDOWS)
    wants = WANTS[op]
    values = _DAYS if field.type is Type.TIME and op in SAME else values_of(field)
    if wants is Wants.ONE:
        raw["value"] = draw(values)
    elif wants is Wants.MANY:
        raw["value"] = draw(st.lists(values, min_size=1, max_size=4))
    elif wants is Wants.PAIR:
        raw["value"] = _pair(field, draw(values_of(field)), draw(values_of(field)))
    elif wants in (Wants.DAYS, Wants.STEP):
        raw["value"] = draw(st.integers(1, 400) | st.integers(1, 3))
    return raw


def _pair(field: Field, one: Any, other: Any) -> list[Any]:
    if field.choices:
        order = [choice.value for choice in field.choices]
        return sorted([one, other], key=order.index)
    if field.type is Type.MONEY or field.type is Type.NUMBER:
        return sorted([one, other], key=float)
    if field.type in (Type.DATE, Type.TIME):
        return sorted(_as_day(each) for each in (one, other))
    return sorted([one, other])


def _as_day(value: Any) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.date() if isinstance(value, datetime) else value


@lru_cache
def conditions(fields: Fields) -> st.SearchStrategy[dict[str, Any]]:
    """Whole trees, in YAML or JSON form."""
    lines = any(field.scope is Scope.LINE for field in fields)
    base = leaves(fields, Scope.FACTS)
    if lines:
        base |= st.fixed_dictionaries(
            {"items": st.sampled_from(["any", "all", "none"]), "where": _trees(leaves(fields, Scope.LINE))}
        )
    return _trees(base)


def _trees(base: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.recursive(
        base,
        lambda parts: st.builds(
            lambda key, nodes: {key: nodes},
            st.sampled_from(["all", "any", "none"]),
            st.lists(parts, min_size=1, max_size=3),
        ),
        max_leaves=5,
    )
