"""Many members changed over the API: looked at, once under a key, watched, undone where nobody touched them since."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from regulars.audiences import queries as audiences
from regulars.audiences.contracts import Kind, Wish
from regulars.engine import audiences as listing
from regulars.events.models import Event
from regulars.members.queries import get, tags
from regulars.staff.service import create_api_key
from tests.api.conftest import Caller, problem
from tests.api.test_conditions import told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("grocery")]
ALL = {"field": "orders.count", "op": "gte", "value": 0}


@pytest.fixture
def three(caller: Caller) -> list[str]:
    """Three members."""
    refs = [f"pos:{number}" for number in (1, 2, 3)]
    events = [{"id": ref, "type": "member.joined", "member": {"pos": ref[4:]}, "data": {}} for ref in refs]
    assert caller.post("/events", {"events": events}).status_code == 200
    return refs


def bulk(caller: Caller, what: str, key: str, **body: Any) -> dict[str, Any]:
    response = caller.post(f"/bulk/{what}", body, Idempotency_Key=key)
    assert response.status_code == 202, response.content.decode()
    found: dict[str, Any] = response.json()
    return found


def test_tagged_once_under_a_key_and_undone(caller: Caller, three: list[str]) -> None:
    look = told(caller.post("/bulk/tags?preview=true", {"condition": ALL, "add": ["vip"]}))
    assert look == {"members": 3, "to_change": 3, "unknown": []}
    named = {"members": [three[0], "pos:9"], "add": [" vip "], "reason": "Told by the CRM"}
    first = bulk(caller, "tags", "k1", **named)
    assert (first["state"], first["members"], first["changed"], first["unknown"]) == ("done", 1, 1, ["pos:9"])
    assert (first["add"], first["by"], first["reason"]) == (["vip"], "key:till", "Told by the CRM")
    second = bulk(caller, "tags", "k2", condition=ALL, add=["vip"])
    assert (second["members"], second["to_change"], second["changed"]) == (3, 2, 2)
    assert bulk(caller, "tags", "k1", **named)["id"] == first["id"]
    conflict = caller.post("/bulk/tags", {"condition": ALL, "add": ["x"]}, Idempotency_Key="k1")
    problem(conflict, 409, "key_conflict", "Idempotency-Key")
    assert tags() == [("vip", 3)]
    assert set(Event.objects.filter(type="member.tagged").values_list("source", flat=True)) == {"till"}
    undone = caller.post(f"/bulk/{second['id']}/undo", None)
    assert (undone.status_code, undone.json()["undoes"], undone.json()["changed"]) == (202, second["id"], 2)
    assert caller.post(f"/bulk/{second['id']}/undo", None).json()["id"] == undone.json()["id"]
    assert tags() == [("vip", 1)]
    read = told(caller.get(f"/bulk/{second['id']}"))
    assert (read["undone_by"], read["may_undo"], read["percent"]) == (undone.json()["id"], False, 100)
    assert [one["id"] for one in told(caller.get("/bulk"))] == [
        undone.json()["id"], second["id"], first["id"],
    ]  # fmt: skip
    problem(caller.post(f"/bulk/{undone.json()['id']}/undo", None), 409, "nothing_to_undo")


@pytest.mark.django_db(transaction=True)
def test_the_same_key_from_many_sides_at_once_is_one_change_and_undone_once(
    caller: Caller, three: list[str]
) -> None:
    def asked(_: int) -> str:
        try:
            return str(bulk(caller, "tags", "race", members=three, add=["vip"])["id"])
        finally:
            connection.close()

    def undone(job: str) -> str:
        try:
            return str(caller.post(f"/bulk/{job}/undo", None).json()["id"])
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as many:
        (job,) = set(many.map(asked, range(16)))
        assert tags() == [("vip", 3)]
        (undoing,) = set(many.map(undone, [job] * 16))
    assert tags() == []
    assert [one["id"] for one in told(caller.get("/bulk"))] == [undoing, job]
    assert Event.objects.filter(type="member.tagged").count() == 6


def test_all_of_an_audience_go_on_a_list_and_off_and_a_list_asks_for_its_scope(
    caller: Caller, three: list[str]
) -> None:
    for ident in ("guests", "asked"):
        listing.create(ident, Wish({"en": ident}, Kind.LIST), "tests", "ann")
    bulk(caller, "lists", "k1", members=three, list="guests")
    on = bulk(caller, "lists", "k2", audience="guests", list="asked")
    off = bulk(caller, "lists", "k3", members=three[:2], list="asked", on=False)
    assert (on["changed"], off["changed"], off["on"], audiences.size("asked")) == (3, 2, False, 1)
    assert audiences.among("asked", [get("pos:3").id]) == {get("pos:3").id}
    narrow = Caller(create_api_key("narrow", ["members:write"]))
    for act in ("undo", "cancel"):
        problem(narrow.post(f"/bulk/{off['id']}/{act}", None), 403, "no_scope")
    assert caller.post(f"/bulk/{off['id']}/undo", None).json()["changed"] == 2
    assert audiences.size("asked") == 3


def test_what_can_not_be_asked_is_refused_with_its_place(caller: Caller, three: list[str]) -> None:
    def refused(what: str, status: int, code: str, field: str | None, **body: Any) -> None:
        problem(caller.post(f"/bulk/{what}", body, Idempotency_Key="k"), status, code, field)

    refused("tags", 422, "whom", "members", add=["x"])
    refused("tags", 422, "whom", "audience", members=three, audience="guests", add=["x"])
    refused("tags", 422, "no_tags", "add", members=three)
    refused("tags", 404, "audience_unknown", None, audience="guests", add=["x"])
    refused("lists", 404, "audience_unknown", None, members=three, list="guests")
    refused("tags", 422, "invalid", None, members=three, add=["x"] * 21)
    listing.create("rule", Wish({"en": "r"}, Kind.RULE, ALL, ""), "tests", "ann")
    refused("lists", 409, "not_a_list", None, members=three, list="rule")
    problem(
        caller.post("/bulk/tags", {"members": three, "add": ["x"]}),
        400,
        "no_idempotency_key",
        "Idempotency-Key",
    )
    assert tags() == []
