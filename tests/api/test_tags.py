"""Tags over the API: by hand, once, of an exclusive group one; and rules that call audiences by their names."""

import json
from typing import Any

import pytest

from regulars.audiences.contracts import Kind, Wish
from regulars.engine import audiences
from regulars.members.queries import tags
from regulars.programme.service import publish
from tests.api.conftest import GROCERY, Caller, problem
from tests.api.test_conditions import RULE, told
from tests.api.test_events import order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("grocery")]
WHO = "phone:%2B8613800000000"
GROUPS = "tag_groups:\n  taste: {name: {en: Taste}, tags: [tea, coffee]}\n"


def tag(caller: Caller, key: str, **body: Any) -> Any:
    return caller.post(f"/members/{WHO}/tags", body, Idempotency_Key=key)


def test_tags_go_on_and_off_once_and_one_of_a_group_stays(caller: Caller) -> None:
    publish(GROCERY.read_text(encoding="utf-8") + GROUPS, "tests")
    caller.post("/events", order())
    first = told(tag(caller, "k1", add=[" tea ", "vip"], reason="Told in the store"))
    assert [(one["add"], one["remove"]) for one in first["effects"]] == [(["tea", "vip"], [])]
    second = told(tag(caller, "k2", add=["coffee"], remove=["vip", "never"]))
    assert [(one["add"], one["remove"]) for one in second["effects"]] == [(["coffee"], ["vip", "tea"])]
    again = told(tag(caller, "k1", add=[" tea ", "vip"], reason="Told in the store"))
    assert (again["status"], again["operation_id"]) == ("duplicate", first["operation_id"])
    assert tags() == [("coffee", 1)]
    preview = caller.post(f"/members/{WHO}/tags?preview=true", {"add": ["tea"]})
    assert (told(preview)["status"], tags()) == ("preview", [("coffee", 1)])
    assert told(caller.get("/tags")) == [
        {"tag": "coffee", "members": 1, "group": "taste", "group_name": "Taste", "exclusive": True},
        {"tag": "tea", "members": 0, "group": "taste", "group_name": "Taste", "exclusive": True},
    ]
    assert len(told(caller.get("/tags?limit=1"))) == 1


def test_what_is_no_tag_is_refused_with_its_place(caller: Caller) -> None:
    caller.post("/events", order())
    problem(tag(caller, "k1"), 422, "no_tags", "add")
    problem(tag(caller, "k1", add=["x" * 61]), 422, "invalid", "add")
    problem(tag(caller, "k1", remove=[" "]), 422, "invalid", "remove")
    problem(tag(caller, "k1", add=["x"] * 21), 422, "invalid", "add")
    problem(caller.post(f"/members/{WHO}/tags", {"add": ["x"]}), 400, "no_idempotency_key", "Idempotency-Key")
    problem(caller.post("/members/pos:2/tags", {"add": ["x"]}, Idempotency_Key="k"), 404, "member_unknown")
    told(tag(caller, "k1", add=["x"]))
    problem(tag(caller, "k1", add=["y"]), 409, "key_conflict", "Idempotency-Key")
    assert tags() == [("x", 1)]


def test_sentences_call_audiences_by_their_names(caller: Caller) -> None:
    caller.post("/events", order())
    audiences.create("guests", Wish({"en": "Wedding guests"}, Kind.LIST), "tests", "ann")
    asked = {"field": "audience", "op": "has", "value": "guests"}
    body = told(caller.post("/programme/conditions/count", {"condition": asked}))
    assert "Wedding guests" in body["sentence"]
    member = json.loads(caller.get("/members").content)["items"][0]["id"]
    tried = {
        "rule": RULE | {"when": asked},
        "member": member,
        "data": {"order_id": "t", "total": "1.00", "currency": "CNY"},
    }
    found = told(caller.post("/programme/rules/try", tried))
    assert "Wedding guests" in found["sentence"]
    assert "Wedding guests" in found["parts"][0]["text"]
