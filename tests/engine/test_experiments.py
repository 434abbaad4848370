"""Rules that some members do not get, so that it can be told what they are worth."""

from collections import Counter
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest

from regulars.campaigns.experiments import ControlGroup, Experiment, lay_out, moved, point
from regulars.engine.queries import explain
from regulars.events.models import Event
from regulars.events.queries import get
from regulars.kit import clock
from regulars.language.problems import words
from regulars.members.models import Member
from regulars.programme.held import StillHeld
from regulars.programme.service import publish
from tests.engine.test_simulate import check_same
from tests.engine.world import balances, event, fresh, joined, shop, took, who_is

HALVES = "experiments:\n  gift: {name: {zh-hans: 送礼, en: Gift}, holdout: 50%}\n"
THIRDS = "experiments:\n  gift: {name: Gift, holdout: 20%, variants: {few: 40%, many: 40%}}\n"


def rule(name: str, points: int, more: str = "") -> str:
    lines = "".join(f"    {line}\n" for line in more.strip().splitlines())
    return (
        f"  - id: {name}\n    name: {name.capitalize()}\n    on: checkin\n{lines}"
        f"    then: [{{credit: {{asset: points, amount: {points}}}}}]\n"
    )


def experiment(*shares: tuple[str, int]) -> Experiment:
    name = words("a", "a", "a")
    return Experiment("gift", name, lay_out((one, name, Fraction(share, 100)) for one, share in shares))


def found(key: str) -> tuple[list[Any], list[Any]]:
    one = Event.objects.get(key=key)
    return list(one.trace), [each for each in one.effects if each["kind"] == "experiment"]


def test_the_group_is_the_hash_of_the_id() -> None:
    member = UUID("019a0000-0000-7000-8000-000000000001")
    assert point(member, "gift") == 2436059178005586843
    assert point(member, "other") != point(member, "gift")
    halves = experiment(("holdout", 50), ("treated", 50))
    groups = Counter(halves.group_of(UUID(int=number)) for number in range(10_000))
    assert groups["holdout"] + groups["treated"] == 10_000
    assert abs(groups["holdout"] - 5_000) < 200
    thirds = experiment(("holdout", 1), ("a", 33), ("b", 66))
    assert thirds.groups[-1].until == 1 << 64
    control = ControlGroup(Fraction(1, 50), clock.now())
    assert 150 < sum(control.holds(UUID(int=number)) for number in range(10_000)) < 250


def test_how_many_would_change_groups() -> None:
    before = experiment(("holdout", 10), ("treated", 90))
    assert moved(before, before) == 0
    assert round(float(moved(before, experiment(("holdout", 15), ("treated", 85)))), 9) == 0.05
    assert round(float(moved(before, experiment(("holdout", 10), ("a", 45), ("b", 45)))), 9) == 0.9


def _both(more: str, rules: str) -> dict[str, str]:
    """Members of a programme by their groups, one of each, with the names of their tills."""
    programme = fresh(more + shop(rules))
    took(*(joined(f"m{number}", "2026-01-01") for number in range(40)))
    who: dict[str, str] = {}
    for number in range(40):
        member = who_is(f"m{number}")
        control = programme.control_group
        if control is not None and control.holds(member):
            who.setdefault("control", f"m{number}")
            continue
        for one in programme.experiments.values():
            who.setdefault(one.group_of(member), f"m{number}")
    return who


@pytest.mark.django_db
def test_who_is_held_out_gets_nothing_and_it_is_known() -> None:
    who = _both(HALVES, rule("gift", 5, "experiment: gift") + rule("basic", 1))
    took(
        event("checkin", who["treated"], "2026-02-01", id="t"),
        event("checkin", who["holdout"], "2026-02-01", id="h"),
    )
    assert (balances(who["treated"])["points"], balances(who["holdout"])["points"]) == (6, 1)
    trace, groups = found("h")
    assert trace == [["gift", True, [], "withheld:gift:holdout"], ["basic", True, []]]
    assert groups == [{"kind": "experiment", "rule": "gift", "experiment": "gift", "group": "holdout"}]
    trace, groups = found("t")
    assert trace == [["gift", True, [], "group:gift:treated"], ["basic", True, []]]
    assert [one["group"] for one in groups] == ["treated"]
    assert explain(get("pos", "h"), "zh-hans").verdicts[0].sentence == (
        "“Gift”每次都成立；会员在实验“送礼”的对照组，未发放"
    )
    assert explain(get("pos", "t"), "zh-hans").verdicts[0].sentence == (
        "“Gift”每次都成立；会员在实验“送礼”的“实验组”组"
    )


@pytest.mark.django_db
def test_variants_get_their_own_rules_and_are_met_by_the_same_measure() -> None:
    rules = rule("few", 1, "experiment: {id: gift, variant: few}") + rule(
        "many", 10, "experiment: {id: gift, variant: many}"
    )
    who = _both(THIRDS, rules)
    took(*(event("checkin", pos, "2026-02-01", id=group) for group, pos in who.items()))
    assert {group: balances(pos).get("points", 0) for group, pos in who.items()} == {
        "holdout": 0,
        "few": 1,
        "many": 10,
    }
    for group in who:
        assert [one["group"] for one in found(group)[1]] == [group]
    assert [line[3] for line in found("many")[0]] == ["withheld:gift:many", "group:gift:many"]


@pytest.mark.django_db
def test_a_rule_that_is_withheld_makes_room_for_others_of_its_group() -> None:
    rules = (
        rule("double", 10, "experiment: gift\ngroup: {id: g, pick: best}\nstop: true")
        + rule("plain", 1, "group: {id: g, pick: best}")
        + rule("later", 100)
    )
    who = _both(HALVES, rules)
    took(*(event("checkin", pos, "2026-02-01", id=group) for group, pos in who.items()))
    assert balances(who["treated"])["points"] == 10
    assert balances(who["holdout"])["points"] == 101


@pytest.mark.django_db
def test_a_trial_is_for_whom_it_is_tried_with() -> None:
    who = _both(HALVES, rule("gift", 5, "experiment: gift\ntest: {tag: staff}"))
    for pos in (who["treated"], who["holdout"]):
        Member.objects.filter(id=who_is(pos)).update(tags=["staff"])
        took(event("checkin", pos, "2026-02-01", id=pos))
        assert balances(pos)["points"] == 5
        assert found(pos) == ([["gift", True, []]], [])


@pytest.mark.django_db
def test_the_control_group_gets_no_campaign_from_its_day_on() -> None:
    more = (
        "control_group: {share: 30%, from: 2026-02-01, except: [service]}\n"
        "campaigns: {spring: {name: Spring, experiment: gift}, service: {name: Service}}\n" + HALVES
    )
    rules = (
        rule("basic", 1) + rule("spring", 10, "campaign: spring") + rule("service", 100, "campaign: service")
    )
    who = _both(more, rules)
    took(*(event("checkin", pos, "2026-02-01", id=group) for group, pos in who.items()))
    assert {group: balances(pos)["points"] for group, pos in who.items()} == {
        "control": 101,
        "holdout": 101,
        "treated": 111,
    }
    trace, groups = found("control")
    assert trace[1] == ["spring", True, [], "withheld:control_group"]
    assert groups == []
    assert explain(get("pos", "control"), "zh-hans").verdicts[1].notes == ("会员在全局对照组，未发放",)
    before = next(
        f"m{number}"
        for number in range(40)
        if f"m{number}" not in who.values() and _controlled(f"m{number}") and _treated(f"m{number}")
    )
    took(event("checkin", before, "2026-01-31", id="before"))
    assert balances(before)["points"] == 111
    check_same()


def _controlled(pos: str) -> bool:
    return ControlGroup(Fraction(30, 100), clock.now()).holds(who_is(pos))


def _treated(pos: str) -> bool:
    return experiment(("holdout", 50), ("treated", 50)).group_of(who_is(pos)) == "treated"


@pytest.mark.django_db
def test_groups_are_not_moved_while_it_runs() -> None:
    _both(HALVES, rule("gift", 5, "experiment: gift"))
    other = HALVES.replace("50%", "25%") + shop(rule("gift", 5, "experiment: gift"))
    with pytest.raises(StillHeld) as caught:
        publish(other, "tests")
    assert [(one.place, one.count, one.grave) for one in caught.value.findings] == [
        ("experiments.gift", 10, False)
    ]
    assert "新的编号" in caught.value.findings[0].text["zh-hans"]
    publish(other.replace("gift:", "gift_two:").replace("experiment: gift", "experiment: gift_two"), "tests")
