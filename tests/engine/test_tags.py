"""Tags by rules and by hand: of an exclusive group a member bears one, the newer; where each came from."""

import pytest

from regulars.engine import tagging
from regulars.engine.turn import outlasting
from regulars.members.queries import profile
from regulars.programme.drafts import check
from tests.engine.world import fresh, joined, order, shop, today, took, who_is

pytestmark = pytest.mark.django_db

GROUPS = """
tag_groups:
  taste: {name: {en: Taste}, tags: [tea, coffee, milk]}
  wide: {name: {en: Wide}, tags: [a, b], exclusive: false}
"""
RULES = """
  - id: taster
    name: {en: Taster}
    on: order.paid
    then: [{tag: {add: [coffee, new]}}]
"""


def tags_of(who: str) -> list[str]:
    found = profile(who_is(who))
    assert found is not None
    return list(found.tags)


def by_hand(add: list[str], remove: list[str], key: str) -> int:
    return tagging.tag([who_is("1")], add, remove, key=key, source="console", by="ann@example.com")


def test_the_newer_tag_of_a_group_stays_whoever_puts_it_on() -> None:
    fresh(shop(RULES) + GROUPS)
    with today("2026-03-01 12:00"):
        took(joined("1", "2026-03-01"))
        assert by_hand(["tea", "a", "b"], [], "k1") == 1
        assert tags_of("1") == ["a", "b", "tea"]
        took(order("1", "2026-03-01", 100, "o1"))
        assert tags_of("1") == ["a", "b", "coffee", "new"]
        assert by_hand(["tea", "a", "b"], [], "k1") == 1, "the same key again"
        assert tags_of("1") == ["a", "b", "coffee", "new"]
        by_hand(["tea", "milk"], ["a"], "k2")
        assert tags_of("1") == ["b", "milk", "new"]
        came = tagging.origins(who_is("1"), tags_of("1"))
    assert {tag: (one.rule, one.by, one.type_id) for tag, one in came.items()} == {
        "b": ("", "ann@example.com", "member.tagged"),
        "milk": ("", "ann@example.com", "member.tagged"),
        "new": ("taster", "", "order.paid"),
    }


def test_what_is_no_tag_and_too_many_members_are_refused() -> None:
    with pytest.raises(tagging.BadTag):
        tagging.tag([], ["x" * 61], [], key="k", source="console", by="")
    with pytest.raises(tagging.BadTag):
        tagging.tag([], [" "], [], key="k", source="console", by="")


def test_of_several_at_once_the_last_stays() -> None:
    rivals = {"tea": frozenset({"milk"}), "milk": frozenset({"tea"})}
    assert outlasting(("tea", "x", "milk"), rivals) == ("x", "milk")
    assert outlasting(("milk", "tea", "y"), rivals) == ("tea", "y")


def test_a_tag_in_two_groups_is_refused_with_its_place() -> None:
    source = shop() + GROUPS + "  other: {name: {en: Other}, tags: [tea]}\n"
    [fault] = check(source).faults
    assert "is in the group taste already" in fault.say("en")
