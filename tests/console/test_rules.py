"""Rules in the console: how they fare, and the builder from a condition to a draft."""

import json
from typing import Any
from uuid import UUID

import pytest
import yaml
from django.test import Client

from regulars.campaigns.models import RuleFault
from regulars.kit import clock
from regulars.programme import drafts
from regulars.programme.building import put_rule, raw_rule
from regulars.programme.loader import load
from tests.console.shop import GROCERY

pytestmark = pytest.mark.django_db

RULE: dict[str, Any] = {
    "id": "tea",
    "name": "茶叶加赠",
    "on": "order.paid",
    "when": {
        "all": [
            {"field": "event.total", "op": "gte", "value": 1},
            {"field": "orders.count", "op": "gte", "value": 1},
        ]
    },
    "then": [{"credit": {"asset": "points", "amount": 7}}],
}


def post(client: Client, where: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/console/programme/{where}", json.dumps(body), "application/json")
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.usefixtures("shop")
def test_a_parked_rule_is_shown_and_resumed(desk: Client, bob: object) -> None:
    ident = UUID(int=1)
    RuleFault.objects.create(
        rule="base_points", version=1, failures=5, first_at=clock.now(), last_at=clock.now(),
        error="OverflowError: too much", event_id=ident, member_id=ident, parked_at=clock.now(),
    )  # fmt: skip
    page = desk.get("/console/programme/rules/").content.decode()
    assert "OverflowError: too much" in page
    reader = Client()
    reader.force_login(bob)  # type: ignore[arg-type]
    assert "Ask it again" not in reader.get("/console/programme/rules/").content.decode()
    assert reader.post("/console/programme/rules/base_points/resume").status_code == 403
    assert RuleFault.objects.count() == 1
    desk.post("/console/programme/rules/base_points/resume")
    assert RuleFault.objects.count() == 0
    assert desk.post("/console/programme/rules/base_points/resume").status_code == 302


@pytest.mark.usefixtures("shop")
def test_fields_come_with_names_operators_and_values(desk: Client) -> None:
    found = desk.get("/console/programme/conditions/fields", {"on": "order.paid"}).json()["fields"]
    by_name = {one["name"]: one for one in found}
    assert by_name["event.total"]["ops"][0] == ["eq", "is", "one"]
    assert by_name["item.category"]["line"] is True
    assert by_name["orders.count"]["windows"] is True
    assert (by_name["event.total"]["unit"], by_name["calendar.days_to_birthday"]["unit"]) == ("CNY", "days")
    scheduled = desk.get("/console/programme/conditions/fields", {"on": "schedule"}).json()["fields"]
    assert [one["name"] for one in scheduled if one["name"].startswith("event.")] == []
    assert desk.get("/console/programme/conditions/fields", {"on": "nothing"}).status_code == 404


@pytest.mark.usefixtures("shop")
def test_values_are_searched_where_they_are(desk: Client) -> None:
    """Among what members have, what events had, and what the programme names."""

    def values(field: str, q: str = "", on: str = "order.paid") -> list[list[str]]:
        found = desk.get("/console/programme/conditions/values", {"field": field, "q": q, "on": on}).json()
        return [[one["value"], one["label"]] for one in found["values"]]

    assert values("event.store", "0") == [["S01", "S01"]]
    assert values("event.source", "po") == [["pos", "pos"]]
    assert values("level.level", "gold") == [["gold", "Gold"]]
    assert ["春节", "春节"] in values("calendar.holiday", "春")
    assert values("member.source", "po", "member") == [["pos", "pos"]]
    assert values("event.total", "1") == []
    assert values("nothing") == []


@pytest.mark.usefixtures("shop")
def test_a_condition_alone_is_told_and_counted(desk: Client) -> None:
    found = post(
        desk, "conditions/check", on="member", condition={"field": "orders.count", "op": "gte", "value": 1}
    )
    assert found["sentence"] == "placed at least 1 order in all"
    assert found["fits"].endswith("members, counted just now.")
    none = post(desk, "conditions/check", on="member", condition=None)
    assert (none["sentence"], none["problems"]) == ("", [])
    wrong = post(
        desk, "conditions/check", on="member", condition={"any": [{"field": "orders.count", "op": "gte"}]}
    )
    assert [one["place"] for one in wrong["problems"]] == ["any.0.value"]
    event = post(
        desk, "conditions/check", on="member", condition={"field": "event.total", "op": "gte", "value": 1}
    )
    assert [one["place"] for one in event["problems"]] == ["field"]


@pytest.mark.usefixtures("shop")
def test_a_rule_is_told_counted_and_tried(desk: Client, shop: dict[str, UUID]) -> None:
    found = post(desk, "rules/check", rule=RULE)
    assert found["sentence"].startswith("When a member buys")
    assert found["fits"].startswith("Fits ")
    assert "not counted in" in found["fits"]
    tried = post(desk, "rules/try", rule=RULE, member="lin@example.cn")
    assert tried["held"] is True
    assert tried["effects"] == ["+7 points"]
    assert [part["held"] for part in tried["parts"]] == [True, True]
    assert (
        post(desk, "rules/try", rule=RULE, member="nobody@example.cn")["told"]
        == "No member is known by this."
    )
    wrong = post(desk, "rules/check", rule={**RULE, "when": {"field": "event.totl", "op": "gte", "value": 1}})
    assert [one["place"] for one in wrong["problems"]] == ["when.field"]
    assert shop


@pytest.mark.usefixtures("shop")
def test_a_rule_is_put_into_a_new_draft_and_changed_there(desk: Client) -> None:
    found = post(desk, "rules/keep", rule=RULE)
    draft = drafts.get(UUID(found["goto"].split("/")[-2]))
    assert draft.source.startswith(GROCERY.rstrip("\n"))
    assert [rule.id for rule in load(draft.source).rules][-1] == "tea"
    post(desk, "rules/keep", rule={**RULE, "then": [{"tag": {"add": ["tea"]}}]}, draft=str(draft.id))
    changed = drafts.get(draft.id).source
    assert raw_rule(changed, "tea") == {**RULE, "then": [{"tag": {"add": ["tea"]}}]}
    assert changed.startswith(GROCERY.rstrip("\n"))


def test_the_rest_of_the_file_stays_as_it_is() -> None:
    """A rule in the middle is replaced; comments, order and spacing around it are the author's."""
    first = load(GROCERY).rules[1].id
    raw = raw_rule(GROCERY, first)
    assert raw is not None
    changed = put_rule(GROCERY, {**raw, "priority": 3})
    assert [rule.id for rule in load(changed).rules] == [rule.id for rule in load(GROCERY).rules]
    assert raw_rule(changed, first) == {**raw, "priority": 3}
    before = [line for line in GROCERY.splitlines() if line.lstrip().startswith("#")]
    assert [line for line in changed.splitlines() if line.lstrip().startswith("#")] == before
    flow = "assets: {}\nrules: [{id: a, on: checkin}]\nlanguage: en\n"
    assert yaml.safe_load(put_rule(flow, {"id": "b"}))["rules"][1] == {"id": "b"}
    assert yaml.safe_load(put_rule("a: 1\n", {"id": "b"}))["rules"] == [{"id": "b"}]
