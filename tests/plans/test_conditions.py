"""What conditions ask about plans is the same in Python and in SQL, on every day."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from regulars.engine import merging
from regulars.engine.operations import Request
from regulars.language.condition import Facts, compile_condition, parse_condition
from regulars.language.snapshot import Snapshot, Subscription
from regulars.language.sql import to_sql
from regulars.language.sql_text import Clock
from regulars.plans import models
from regulars.programme.service import current
from regulars.programme.vocabulary import fields_for
from tests.engine.world import moment, today, took, who_is
from tests.plans.shop import SVIP, VIP, cancelled, code, member, opened, paid

pytestmark = pytest.mark.django_db

ASKED = [
    {"field": "plan.vip.active", "op": "eq", "value": True},
    {"field": "plan.vip.active", "op": "eq", "value": False},
    {"field": "plan.vip.days_left", "op": "lt", "value": 10},
    {"field": "plan.vip.days_left", "op": "is_not_set"},
    {"field": "plan.vip.since_days", "op": "gte", "value": 31},
    {"field": "plan.vip.period", "op": "eq", "value": "month"},
    {"field": "plan.vip.period", "op": "ne", "value": "year"},
    {"field": "plan.svip.active", "op": "eq", "value": True},
]
NAMES = [
    one.name
    for one in models.Subscription._meta.get_fields()
    if one.name not in ("pk", "member_id", "bucket")
]


def snapshot(who: str) -> Snapshot:
    rows = models.Subscription.objects.filter(member_id=who_is(who)).values(*NAMES)
    return Snapshot(who_is(who), plans={row["plan"]: Subscription(**row) for row in rows})


def by_sql(raw: Any, at: datetime) -> set[Any]:
    fields = fields_for(current(), None)
    text, params = to_sql(parse_condition(raw, fields), fields, Clock(fields.zone, at))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT m.id FROM members_member m WHERE {text}", params)
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.parametrize("raw", ASKED, ids=lambda raw: f"{raw['field']} {raw['op']} {raw.get('value', '')}")
def test_python_and_sql_agree(raw: dict[str, Any]) -> None:
    opened(VIP, SVIP)
    member("nobody")
    took(
        paid("vip", "2026-01-15", who="a"),
        paid("vip", "2026-01-15", "year", "300.00", who="b"),
        paid("vip", "2026-01-15", who="c"),
        cancelled("vip", "2026-01-16", who="c"),
        paid("vip", "2026-01-10", who="d", starts="2026-02-10"),
        paid("svip", "2026-01-20", price="60.00", who="a"),
    )
    zone, compiled = (
        current().zone,
        compile_condition(parse_condition(raw, fields_for(current(), None)), fields_for(current(), None)),
    )
    for number in range(0, 50, 3):
        at = moment("2026-01-14") + timedelta(days=number)
        day: date = at.astimezone(zone).date()
        expected = {
            who_is(who)
            for who in ("a", "b", "c", "d", "nobody")
            if compiled.matches(Facts(None, snapshot(who), day, zone, at))
        }
        assert by_sql(raw, at) == expected, (raw, day)


def test_a_record_whose_plan_runs_is_not_merged_away() -> None:
    opened(VIP)
    took(paid("vip", "2026-01-15", who="a"))
    kept = member("b")
    with today("2026-01-20"):
        assert code(merging.merge(Request(kept, "desk", "m1"), who_is("a"))) == "plan_running"
        assert merging.merge(Request(who_is("a"), "desk", "m2"), kept).status == "processed"
