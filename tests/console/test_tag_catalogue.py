"""The catalogue of tags: one is renamed, merged or deleted with all who bear it, once nothing brings it back."""

from uuid import UUID

import pytest
from django.test import Client

from regulars.audiences import queries as audiences
from regulars.engine import tag_catalogue as catalogue
from regulars.engine.following import follow_all
from regulars.insight.bulk import queries as bulk
from regulars.programme.service import publish
from regulars.programme.tag_uses import How, tags_in, widened
from tests.console.shop import GROCERY
from tests.console.test_audiences import make, text
from tests.console.test_bulk import by_hand, tags_of
from tests.console.test_members import found

CHANGE = "/console/members/tags/change"
RULE = """
  - id: taster
    name: {en: Taster}
    on: order.paid
    when: {field: tags, op: has_none, value: [staff, asked]}
    then: [{tag: {add: [brought], remove: [taken]}}]
"""
GROUPS = """
tag_groups:
  taste: {name: {en: Taste}, tags: [tea, coffee]}
"""


def naming() -> None:
    """The grocery with a rule and a group that name tags."""
    publish(GROCERY.replace("\nrules:\n", f"\nrules:{RULE}", 1) + GROUPS, "tests")


def has(op: str, *tags: str) -> dict[str, object]:
    return {"field": "tags", "op": op, "value": list(tags)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"field": "tags", "op": "has", "value": "a"}, has("has_any", "a", "b")),
        ({"field": "tags", "op": "has", "value": "x"}, {"field": "tags", "op": "has", "value": "x"}),
        ({"none": [{"field": "tags", "op": "has_not", "value": "a"}]}, {"none": [has("has_none", "a", "b")]}),
        (has("has_any", "x", "a", "b"), has("has_any", "x", "a", "b")),
        (has("has_all", "a", "x"), {"all": [has("has_any", "a", "b"), has("has_all", "x")]}),
        (has("has_all", "a"), has("has_any", "a", "b")),
    ],
)
def test_a_condition_asks_for_both_tags_wherever_it_asked_for_one(before: object, after: object) -> None:
    assert widened(before, "a", "b") == after
    assert tags_in(after) >= tags_in(before)


def test_what_names_a_tag_stands_in_the_way_until_it_names_the_new_one_too(
    desk: Client, shop: dict[str, UUID]
) -> None:
    assert shop
    naming()

    def hinders(tag: str, into: str = "") -> list[tuple[str, How]]:
        return [(one.use.id, one.how) for one in catalogue.look(tag, into).hindering]

    assert hinders("brought") == hinders("brought", "new") == [("taster", How.PUTS)]
    assert hinders("taken") == hinders("free") == []
    assert hinders("asked", "new") == [("taster", How.ASKS)]
    assert hinders("asked", "staff") == []
    assert hinders("tea", "chai") == [("taste", How.GROUPS)]
    assert hinders("tea", "coffee") == []
    page = text(desk, f"{CHANGE}?tag=tea&into=chai")
    assert "First change what is marked below" in page
    assert "Taste" in page
    refused = desk.post(CHANGE, {"tag": "tea", "into": "chai", "sure": "1"}).content.decode()
    assert "The tag “tea” is in use (tag_group taste): change that first." in refused
    assert bulk.latest() == []
    assert "This is the tag itself" in text(desk, f"{CHANGE}?tag=tea&into=tea")
    assert f"{CHANGE}?tag=tea" in text(desk, "/console/members/tags/")


def test_a_tag_is_merged_with_the_audiences_that_ask_for_it_undone_and_deleted(
    desk: Client, shop: dict[str, UUID]
) -> None:
    lin, idle, nameless = shop["lin"], shop["idle"], shop["nameless"]
    by_hand(lin, ["老客"], [], "before")
    by_hand(idle, ["老客", "VIP"], [], "before")
    by_hand(nameless, ["VIP"], [], "before")
    make(desk, "Old", {"field": "tags", "op": "has", "value": "老客"})
    looked = desk.post(CHANGE, {"tag": "老客", "into": "VIP"}).content.decode()
    assert "2 members get “VIP” for “老客”." in looked
    assert "2 bear “VIP” already: they become one." in looked
    assert "These audiences ask for both tags from now on:" in looked
    sure = {"tag": "老客", "into": "VIP", "sure": "1", "once": "k"}
    first, again = (desk.post(CHANGE, sure).headers["Location"] for _click in range(2))
    assert first == again
    assert [tags_of(one) for one in (lin, idle, nameless)] == [("VIP",), ("VIP",), ("VIP",)]
    follow_all()
    assert audiences.get("old").condition == has("has_any", "老客", "VIP")
    assert set(found(desk, "audience=old")) == {str(lin), str(idle), str(nameless)}
    desk.post(f"{first}undo")
    assert [tags_of(one) for one in (lin, idle, nameless)] == [("老客",), ("VIP", "老客"), ("VIP",)]
    gone = {"tag": "VIP", "do": "delete"}
    assert (
        "First change what is marked: it puts the tag on, or asks for it."
        in desk.post(CHANGE, gone).content.decode()
    )
    desk.post("/console/members/audiences/old/archive")
    assert "It is taken off 2 members." in desk.post(CHANGE, gone).content.decode()
    desk.post(CHANGE, {**gone, "sure": "1"})
    assert found(desk, "tag=VIP") == []
