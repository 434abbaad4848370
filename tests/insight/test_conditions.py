"""A condition over the warehouse catches just those whom the engine would."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.insight.conditions import NotInWarehouse, answerable, who
from regulars.language.calendar import local_day
from regulars.language.condition import Facts, Fields, compile_condition, parse_condition
from regulars.language.snapshot import Profile, Snapshot, Standing, Totals
from regulars.programme.vocabulary import fields_for
from regulars.warehouse.contracts import SCHEMAS, Tables
from tests.language.rows import BIRTHDAYS, MOMENTS, NEAR, PROFILES, SET_TEXTS, START
from tests.language.sample import programme
from tests.language.strategies import conditions

ZONE = ZoneInfo("Asia/Shanghai")
PROGRAMME = programme(ZONE)
WHOLE = fields_for(PROGRAMME, None)
FIELDS = Fields(
    (one for one in WHOLE if answerable(one, PROGRAMME)),
    zone=ZONE,
    currency=PROGRAMME.currency,
    minor_digits=PROGRAMME.minor_digits,
)


@dataclass
class Life:
    """A member and the orders they placed: (moment, total, what went back of it)."""

    profile: Profile
    tags: list[str]
    levels: dict[str, str]
    balances: dict[str, int]
    orders: list[tuple[datetime, int, int]]


LIVES = st.lists(
    st.builds(
        Life,
        PROFILES,
        st.lists(SET_TEXTS, max_size=3),
        st.dictionaries(
            st.sampled_from(["level", "vip"]), st.sampled_from(["basic", "silver", "gold", "retired"])
        ),
        st.dictionaries(st.sampled_from(["points", "credit"]), st.integers(-300, 5000)),
        st.lists(st.tuples(NEAR, st.integers(0, 60000), st.sampled_from([0, 0, 700, 20000])), max_size=4),
    ),
    min_size=1,
    max_size=3,
)


YEAR = BIRTHDAYS.map(lambda day: datetime(2026, day.month, min(day.day, 28), tzinfo=UTC))


def snapshot(life: Life) -> Snapshot:
    found = Snapshot(UUID(int=1), profile=life.profile, tags=set(life.tags), balances=life.balances)
    found.standings = {name: Standing(name, level, START.date(), None) for name, level in life.levels.items()}
    for at, total, back in life.orders:
        cell = found.tallies.setdefault("order.paid", {}).setdefault(local_day(at, ZONE), [0, 0])
        cell[0] += 1
        cell[1] += total - back
    moments = [at for at, _, _ in life.orders]
    if moments:
        spend, back = (sum(one[place] for one in life.orders) for place in (1, 2))
        found.totals = Totals(len(moments), spend, back, min(moments), max(moments))
    return found


def warehouse(lives: Iterable[Life]) -> Tables:
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    for number, life in enumerate(lives):
        profile = life.profile
        assert profile.joined_at
        rows["members"].append(
            {
                "member": number, "member_id": str(number), "joined_at": profile.joined_at,
                "joined_day": local_day(profile.joined_at, ZONE), "source": profile.source,
                "gender": profile.gender, "birthday": profile.birthday, "language": profile.language,
                "tags": life.tags, "attributes": json.dumps(profile.attributes, ensure_ascii=False),
            }
        )  # fmt: skip
        rows["standings"] += [
            {"member": number, "ladder": name, "level": level} for name, level in life.levels.items()
        ]
        rows["lots"] += [
            {"member": number, "asset": asset, "remaining": part}
            for asset, units in life.balances.items()
            for part in (units - 7, 7)
        ]
        for at_order, (at, total, back) in enumerate(life.orders):
            name = {"member": number, "order": f"pos/{number}-{at_order}"}
            rows["orders"].append({**name, "at": at, "day": local_day(at, ZONE), "total_minor": total})
            later = at + timedelta(days=40)
            rows["refunds"] += [
                {**name, "at": later, "day": local_day(later, ZONE), "amount_minor": part}
                for part in (back - back // 2, back // 2)
                if back
            ]
    return Tables(
        **{
            name: ibis.memtable(pa.Table.from_pylist(found, schema=SCHEMAS[name].to_pyarrow()))
            for name, found in rows.items()
        }
    )


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    LIVES,
    MOMENTS | NEAR | BIRTHDAYS.map(lambda day: datetime(2026, day.month, min(day.day, 28), tzinfo=UTC)),
    st.data(),
)
def test_the_warehouse_and_the_engine_agree(lives: list[Life], at: datetime, data: st.DataObject) -> None:
    tables, day = warehouse(lives), local_day(at, ZONE)
    members = [snapshot(life) for life in lives]
    for raw in data.draw(st.lists(conditions(FIELDS), min_size=2, max_size=5)):
        condition = parse_condition(raw, FIELDS)
        matches = compile_condition(condition, FIELDS).matches
        expected = [at_ for at_, one in enumerate(members) if matches(Facts(None, one, day, ZONE, at))]
        found = sorted(who(condition, PROGRAMME, tables, at).execute()["member"].tolist())
        assert found == expected, (raw, at, lives)


def test_what_the_warehouse_has_not_is_refused_by_name() -> None:
    raw = {
        "any": [
            {"field": "audience", "op": "has", "value": "big"},
            {"field": "orders.count", "op": "gte", "value": 1},
            {"field": "earned.points", "op": "gte", "value": 1},
        ]
    }
    with pytest.raises(NotInWarehouse) as refused:
        who(parse_condition(raw, WHOLE), PROGRAMME, warehouse([]), START)
    assert "audience, earned.points" in str(refused.value)
