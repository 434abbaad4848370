"""Conditions and rules while they are written: fields, values, counts, a rule tried; drafts by their names."""

import json
from typing import Any

import pytest

from regulars.audiences.contracts import Kind, Wish
from regulars.engine import audiences
from regulars.events.models import Event
from regulars.programme.gallery import template
from regulars.programme.models import Draft
from tests.api.conftest import Caller, problem
from tests.api.test_events import order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("grocery")]
RULE: dict[str, Any] = {
    "id": "big",
    "name": "Big baskets",
    "on": "order.paid",
    "when": {"field": "event.total", "op": "gte", "value": 50},
    "then": [{"credit": {"asset": "points", "amount": 7}}],
}
PAYLOAD = {"order_id": "t", "total": "60.00", "currency": "CNY"}


def told(answer: Any) -> Any:
    assert answer.status_code == 200, answer.content.decode()
    return json.loads(answer.content)


def test_fields_and_values(caller: Caller) -> None:
    caller.post("/events", order())
    found = {one["name"]: one for one in told(caller.call("GET", "/programme/fields?on=order.paid"))}
    assert found["event.total"]["operators"][0] == {"id": "eq", "label": "is", "wants": "one"}
    assert (found["event.total"]["unit"], found["item.category"]["line"]) == ("CNY", True)
    assert "event.total" not in {one["name"] for one in told(caller.call("GET", "/programme/fields"))}
    problem(caller.call("GET", "/programme/fields?on=nothing"), 404, "type_unknown", "on")
    levels = told(caller.call("GET", "/programme/values?field=level.level&q=gol"))
    assert [one["value"] for one in levels] == ["gold"]
    problem(caller.call("GET", "/programme/values?field=nothing"), 404, "field_unknown", "field")


def test_a_condition_is_counted_and_its_faults_have_places(caller: Caller) -> None:
    caller.post("/events", order())
    one = {"all": [{"field": "orders.count", "op": "gte", "value": 1}, RULE["when"]]}
    body = told(caller.call("POST", "/programme/conditions/count", {"on": "order.paid", "condition": one}))
    assert (body["members"], body["of"], body["whole"], body["sampled"]) == (1, 1, False, False)
    assert body["condition"] == one
    assert body["sentence"] == "placed at least 1 order in all, and order total is at least ¥50"
    wrong = {"condition": {"any": [{"field": "orders.count", "op": "gte"}]}}
    answer = caller.call("POST", "/programme/conditions/count", wrong)
    problem(answer, 422, "invalid", "condition.any.0.value")


def test_a_rule_is_tried_and_nothing_happens(caller: Caller) -> None:
    caller.post("/events", order())
    before = Event.objects.count()
    asked = {"rule": RULE, "member": "pos:1", "data": PAYLOAD}
    member = next(iter(told(caller.call("GET", "/members"))["items"]))["id"]
    body = told(caller.call("POST", "/programme/rules/try", asked | {"member": member}))
    assert body["held"] is True
    assert [(one["kind"], one["asset"], one["amount"]) for one in body["effects"]] == [
        ("credit", "points", 7)
    ]
    assert [(one["held"], one["seen"]) for one in body["parts"]] == [(True, "¥60")]
    small = asked | {"member": member, "data": PAYLOAD | {"total": "1.00"}}
    assert told(caller.call("POST", "/programme/rules/try", small))["held"] is False
    bad = asked | {"member": member, "data": {"total": "1.00"}}
    problem(caller.call("POST", "/programme/rules/try", bad), 422, "invalid", "data.order_id")
    wrong = asked | {"member": member, "rule": RULE | {"then": []}}
    problem(caller.call("POST", "/programme/rules/try", wrong), 422, "invalid", "rule.then")
    other = asked | {"member": member, "data": None, "rule": RULE | {"on": "checkin", "when": None}}
    problem(caller.call("POST", "/programme/rules/try", other), 404, "event_unknown", "event")
    assert Event.objects.count() == before


def test_a_rule_tried_knows_which_audiences_the_member_is_in(caller: Caller) -> None:
    for ident, least in (("some", 1), ("huge", 1_000_000)):
        wish = Wish({"en": ident}, Kind.RULE, {"field": "orders.spend", "op": "gte", "value": least})
        audiences.create(ident, wish, "console", "op@x.cn")
    caller.post("/events", order())
    member = next(iter(told(caller.call("GET", "/members"))["items"]))["id"]
    held = {}
    for ident in ("some", "huge"):
        rule = RULE | {"when": {"field": "audience", "op": "has", "value": ident}}
        tried = {"rule": rule, "member": member, "data": PAYLOAD}
        held[ident] = told(caller.post("/programme/rules/try", tried))["held"]
    assert held == {"some": True, "huge": False}


def test_a_draft_is_written_over_only_by_who_read_it(caller: Caller) -> None:
    first = template("grocery")
    made = caller.call("PUT", "/programme/drafts/next", {"source": first})
    assert (told(made)["valid"], told(made)["revision"]) == (True, 1)
    again = caller.call("PUT", "/programme/drafts/next", {"source": first})
    assert told(again)["revision"] == 1
    body = {"source": "programme: x"}
    problem(caller.call("PUT", "/programme/drafts/next", body), 428, "draft_exists", "If-Match")
    problem(caller.call("PUT", "/programme/drafts/next", body, If_Match='"x"'), 412, "draft_changed")
    faulty = caller.call("PUT", "/programme/drafts/next", body, If_Match=made["ETag"])
    assert (told(faulty)["valid"], told(faulty)["revision"]) == (False, 2)
    assert told(faulty)["faults"][0]["line"] == 1
    read = caller.call("GET", "/programme/drafts/next")
    assert (told(read)["source"], read["ETag"]) == ("programme: x", faulty["ETag"])
    problem(caller.call("PUT", "/programme/drafts/other", body, If_Match="*"), 412, "draft_changed")
    problem(caller.call("GET", "/programme/drafts/other"), 404, "draft_unknown")
    assert Draft.objects.count() == 1
