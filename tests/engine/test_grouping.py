"""Many audiences asked at once answer as each condition does by itself; an event asks only those it can change."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from regulars.audiences.contracts import Definition, Kind
from regulars.engine.grouping import ANY, make_groups
from regulars.language.calendar import local_day
from regulars.language.condition import Facts, compile_condition, parse_condition
from regulars.programme.vocabulary import fields_for
from tests.language.rows import MOMENTS, NEAR, Drawn, drawn_members
from tests.language.sample import programme
from tests.language.strategies import conditions

FIELDS = fields_for(programme(ZoneInfo("Asia/Shanghai")), None)
SPEND = {"field": "orders.spend", "op": "gte", "value": 100}


def asked(*raws: object) -> list[Definition]:
    return [Definition(f"a{at}", Kind.RULE, {}, raw, at) for at, raw in enumerate(raws)]  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn_members(), MOMENTS | NEAR, st.lists(conditions(FIELDS), min_size=1, max_size=8), st.randoms())
def test_together_as_one_by_one(
    drawn: list[Drawn], moment: datetime, raws: list[object], chance: object
) -> None:
    groups = make_groups(asked(*raws), FIELDS)
    assert groups is not None
    assume(
        not any(ANY in one.keys for one in groups.asked)
    )  # whoever asks for any audience asks for itself too
    day = local_day(moment, FIELDS.zone)
    for one in drawn:
        before = set(one.member.audiences)
        facts = Facts(None, one.member, day, FIELDS.zone, moment)
        alone = {
            f"a{at}"
            for at, raw in enumerate(raws)
            if compile_condition(parse_condition(raw, FIELDS), FIELDS).matches(facts)
        }
        wrong = {f"a{at}" for at in range(len(raws)) if chance.random() < 0.5}  # type: ignore[attr-defined]
        one.member.audiences = before | wrong
        together = Facts(None, one.member, day, FIELDS.zone, moment, {})
        moves = {audience: enters for audience, enters, _ in groups.changes(together, groups.everything)}
        assert one.member.audiences == before | alone
        assert moves == {name: name in alone for name in alone ^ wrong}
        assert list(groups.changes(together, groups.everything)) == []


def test_an_event_concerns_only_those_who_look_at_what_it_changed() -> None:
    lately = {**SPEND, "window": {"days": 30}}
    tagged = {"field": "tags", "op": "has", "value": "vip"}
    nested = {"all": [{"field": "audience", "op": "has", "value": "a2"}, SPEND]}
    groups = make_groups(asked(SPEND, lately, tagged, nested), FIELDS)
    assert groups is not None
    assert groups.concerned(frozenset({"totals"})) == groups.of(["a0", "a3"])
    assert groups.concerned(frozenset({"tally:order.paid"})) == groups.of(["a1"])
    assert groups.concerned(frozenset({"tags", "balances"})) == groups.of(["a2"])
    assert groups.concerned(frozenset({"tally:checkin"})) == 0
    assert groups.after("a2") == groups.of(["a3"])


def test_what_the_programme_has_not_stands_still() -> None:
    groups = make_groups(asked(SPEND, {"field": "balance.gone", "op": "gte", "value": 1}), FIELDS)
    assert groups is not None
    assert ([one.id for one in groups.asked], groups.broken) == (["a0"], {"a1"})
