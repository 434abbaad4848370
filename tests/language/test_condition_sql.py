"""Python and SQL give the same answer for every condition, every member, every event."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.language.calendar import add_months, local_day, window_start
from regulars.language.condition import Condition, Facts, Fields, Window, compile_condition, parse_condition
from regulars.language.events import Event
from regulars.language.sentence import describe_values, sentence
from regulars.language.snapshot import Profile, Snapshot
from regulars.language.sql import to_sql
from regulars.language.sql_text import Clock
from regulars.language.text import LANGUAGES
from regulars.members.models import Member
from regulars.members.scores import SCORES
from regulars.programme.vocabulary import fields_for
from tests.language.rows import MOMENTS, NEAR, Drawn, drawn_members, write
from tests.language.sample import ORDER, programme
from tests.language.strategies import conditions

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ZONES = ("Asia/Shanghai", "America/Los_Angeles", "Pacific/Chatham", "UTC", "Europe/London")
VOCABULARIES = {
    zone: (fields_for(programme(ZoneInfo(zone)), ORDER), fields_for(programme(ZoneInfo(zone)), None))
    for zone in ZONES
}
SLOWLY = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


def ask(condition: Condition, fields: Fields, clock: Clock) -> dict[Any, bool]:
    """The answer of PostgreSQL for each member."""
    fragment, params = to_sql(condition, fields, clock)
    rows = "members_member m JOIN events_event e ON e.member_id = m.id AND e.bucket = m.bucket"
    if clock.fixed is not None:
        rows = "members_member m"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT m.id, {fragment} FROM {rows}", params)
        return dict(cursor.fetchall())


def facts_of(one: Drawn, zone: ZoneInfo) -> Facts:
    at = one.event.time
    return Facts(one.event, one.member, local_day(at, zone), zone, at)


@SLOWLY
@given(drawn_members(), st.sampled_from(ZONES), st.data())
def test_rules_and_sql_agree_on_every_event(drawn: list[Drawn], zone: str, data: st.DataObject) -> None:
    fields = VOCABULARIES[zone][0]
    write(drawn)
    for raw in data.draw(st.lists(conditions(fields), min_size=2, max_size=6)):
        condition = parse_condition(raw, fields)
        compiled = compile_condition(condition, fields)
        answers = ask(condition, fields, Clock(fields.zone))
        expected = {one.member.member_id: compiled.matches(facts_of(one, fields.zone)) for one in drawn}
        assert answers == expected, (raw, drawn)
        assert parse_condition(condition.to_raw(), fields) == condition
        for one in drawn:
            check_explanation(condition, fields, facts_of(one, fields.zone), expected[one.member.member_id])


def check_explanation(condition: Condition, fields: Fields, facts: Facts, expected: bool) -> None:
    """What was seen is enough to say again what held."""
    held, seen = compile_condition(condition, fields).explain(facts)
    assert held is expected
    for language in LANGUAGES:
        lines = describe_values(condition, fields, language, seen, facts.day)
        assert all(line["held"] for line in lines) is held
        assert sentence(condition, fields, language)


@SLOWLY
@given(drawn_members(), st.sampled_from(ZONES), MOMENTS | NEAR, st.data())
def test_audiences_and_sql_agree_at_any_moment(
    drawn: list[Drawn], zone: str, moment: datetime, data: st.DataObject
) -> None:
    fields = VOCABULARIES[zone][1]
    write(drawn)
    clock = Clock(fields.zone, moment)
    for raw in data.draw(st.lists(conditions(fields), min_size=2, max_size=6)):
        condition = parse_condition(raw, fields)
        matches = compile_condition(condition, fields).matches
        day = local_day(moment, fields.zone)
        expected = {
            one.member.member_id: matches(Facts(None, one.member, day, fields.zone, moment)) for one in drawn
        }
        assert ask(condition, fields, clock) == expected, (raw, moment, drawn)


MONTH_ENDS = st.builds(
    lambda year, month, back: add_months(date(year, month, 1), 1) - timedelta(days=back),
    st.integers(2023, 2029),
    st.integers(1, 12),
    st.integers(-1, 3),
)
LENGTHS = st.builds(Window, days=st.integers(1, 800)) | st.builds(Window, months=st.integers(1, 120))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MONTH_ENDS, st.sampled_from(ZONES), LENGTHS, st.sampled_from([(0, 0), (12, 30), (23, 59)]))
def test_windows_begin_and_end_on_the_same_days(
    last: date, zone: str, window: Window, clock: tuple[int, int]
) -> None:
    """Of the days around both ends just those inside count, whatever the month's length and the zone."""
    fields = VOCABULARIES[zone][1]
    moment = datetime.combine(last, time(*clock), tzinfo=fields.zone).astimezone(UTC)
    first = window_start(last, days=window.days, months=window.months)
    around = {day + timedelta(days=by) for day in (first, last) for by in (-1, 0, 1)}
    inside = [day for day in around if first <= day <= last]
    member = Snapshot(
        UUID(int=1), profile=Profile(joined_at=NOW), tallies={"checkin": {day: [1, 0] for day in around}}
    )
    event = Event(UUID(int=0), "pos", "key", "checkin", member.member_id, moment)
    write([Drawn(member, event, keeps_totals=False)])
    raw = {"field": "events.checkin.count", "window": window.to_raw(), "op": "eq", "value": len(inside)}
    condition = parse_condition(raw, fields)
    facts = Facts(None, member, last, fields.zone, moment)
    assert compile_condition(condition, fields).matches(facts)
    assert ask(condition, fields, Clock(fields.zone, moment)) == {member.member_id: True}
    assert ask(condition, fields, Clock(fields.zone)) == {member.member_id: True}


@pytest.mark.parametrize(
    "evil",
    [
        "'; DROP TABLE members_member; --",
        "%s",
        "%(x)s",
        "100%",
        "%%",
        "\\'; SELECT 1",
        "$1",
        "{0}",
        "{}",
        "\"'",
    ],
)
def test_a_value_is_never_part_of_the_query(evil: str) -> None:
    """The query is the same as for a harmless value, and finds the member who is really called that."""
    fields = VOCABULARIES["UTC"][1]
    Member.objects.create(
        id=UUID(int=1),
        bucket=1,
        name=evil,
        attributes={"city": evil},
        tags=[evil],
        joined_at=NOW,
        updated_at=NOW,
    )
    Member.objects.create(id=UUID(int=2), bucket=2, name="Alice", joined_at=NOW, updated_at=NOW)
    for raw in (
        {"field": "tags", "op": "has_any"},
        {"field": "tags", "op": "has"},
        {"field": "member.name", "op": "eq"},
        {"field": "member.name", "op": "in"},
        {"field": "member.name", "op": "contains"},
        {"field": "member.attribute.city", "op": "starts_with"},
    ):
        many = raw["op"] in ("in", "has_any")
        evil_one, harmless = (
            parse_condition({**raw, "value": [value] if many else value}, fields)
            for value in (evil, "harmless")
        )
        clock = Clock(fields.zone, NOW)
        assert to_sql(evil_one, fields, clock)[0] == to_sql(harmless, fields, clock)[0]
        assert ask(evil_one, fields, clock) == {UUID(int=1): True, UUID(int=2): False}
        assert ask(harmless, fields, clock) == {UUID(int=1): False, UUID(int=2): False}


@pytest.mark.parametrize("value", [1.5, 1.999999, 2.0])
def test_a_score_that_is_read_whole_is_cut_off_on_both_sides(value: float) -> None:
    fields = VOCABULARIES["UTC"][1]
    member = Snapshot(
        UUID(int=1), profile=Profile(joined_at=NOW), scores={"rfm_recency": (value, ""), "clv": (value, "")}
    )
    write([Drawn(member, Event(UUID(int=0), "pos", "key", "checkin", member.member_id, NOW), False)])
    facts = Facts(None, member, NOW.date(), fields.zone, NOW)
    for field, bound in (("score.rfm_recency", 2), ("score.clv", "0.02")):
        condition = parse_condition({"field": field, "op": "lt", "value": bound}, fields)
        assert compile_condition(condition, fields).matches(facts) is (value < 2)
        assert ask(condition, fields, Clock(fields.zone, NOW)) == {member.member_id: value < 2}


def test_every_subquery_names_member_and_bucket() -> None:
    """So that each can be routed to one shard, and uses the primary key."""
    fields = VOCABULARIES["UTC"][0]
    asked = [field.sql(Clock(fields.zone, NOW), None).text for field in fields]
    subqueries = [text for text in asked if "SELECT" in text and "unnest" not in text]
    assert len(subqueries) == 17 + len(SCORES)
    for text in subqueries:
        alias = re.search(r"FROM (\w+) (\w) WHERE", text)
        assert alias, text
        assert f"{alias[2]}.member_id = m.id AND {alias[2]}.bucket = m.bucket" in text
