"""Audiences over the API: what another system makes, asks and takes away."""

import csv
from io import StringIO

import pytest

from regulars.engine.following import follow_all
from tests.api.conftest import Caller, caller, grocery, problem
from tests.engine.world import fresh, joined, order, shop, today, took, who_is

pytestmark = pytest.mark.django_db

__all__ = ["caller", "grocery"]

BIG = {"field": "orders.spend", "op": "gte", "value": 100}
BODY = {"id": "big", "names": {"zh-hans": "大客户", "en": "Big spenders"}, "condition": BIG}


def test_an_audience_is_made_counted_explained_and_changed(caller: Caller) -> None:
    fresh(shop())
    with today("2026-03-01 12:00"):
        took(joined("0", "2026-03-01"), *(order(str(n), "2026-03-01", 60 * n, f"o{n}") for n in (1, 2, 3)))
        counted = caller.post("/audiences/count", {"condition": BIG}).json()
        assert (counted["members"], counted["of"], counted["exact"], counted["cautions"]) == (2, 4, True, [])
        assert set(counted["sample"]) == {str(who_is("2")), str(who_is("3"))}
        nobody = caller.post("/audiences/count", {"condition": {**BIG, "value": 1000}}).json()
        assert nobody["cautions"] == ["Nobody satisfies this condition now."]
        everybody = caller.post("/audiences/count", {"condition": {**BIG, "value": 0}}).json()
        assert everybody["cautions"] == ["Everybody satisfies this condition: it asks for nothing."]
        made = caller.post("/audiences", BODY)
        assert (made.status_code, made.json()["state"]) == (201, "waiting")
        assert caller.post("/audiences", BODY).json()["revision"] == made.json()["revision"]
        problem(
            caller.post("/audiences", {**BODY, "condition": {**BIG, "value": 7}}),
            409,
            "audience_exists",
            "id",
        )
        follow_all()
        found = caller.get("/audiences/big").json()
        assert (found["name"], found["members"], found["state"]) == ("Big spenders", 2, "settled")
        assert found["sentence"] == "spent at least ¥100 in all"
        named = {one["member_id"] for one in caller.get("/audiences/big/members").json()["items"]}
        assert named == set(counted["sample"])
        why = caller.get("/audiences/big/why?member=pos:1").json()
        assert (why["inside"], why["holds"], why["parts"][0]["seen"]) == (False, False, "¥60")
        assert caller.get("/audiences/big/why?member=pos:2").json()["inside"] is True
        ann = caller.get("/members/pos:2").json()
        assert [one["id"] for one in ann["audiences"]] == ["big"]
        stale = caller.patch(
            "/audiences/big", {"condition": {**BIG, "value": 150}, "revision": found["revision"] - 1}
        )
        problem(stale, 409, "audience_changed", "revision")
        assert caller.patch("/audiences/big", {"condition": {**BIG, "value": 150}}).status_code == 200
        follow_all()
        assert caller.get("/audiences/big").json()["members"] == 1
        days = caller.get("/audiences/big/growth?from=2026-02-28&to=2026-03-01").json()
        assert days == [
            {"day": "2026-02-28", "entered": 0, "left": 0, "members": 0},
            {"day": "2026-03-01", "entered": 2, "left": 1, "members": 1},
        ]
        assert caller.post("/audiences/big/archive", {}).json()["archived"] is True
        assert caller.get("/audiences").json() == []
        assert caller.call("DELETE", "/audiences/big").status_code == 204
        problem(caller.get("/audiences/big"), 404, "audience_unknown")


def test_a_list_is_kept_by_hand_and_exported_as_far_as_members_agree(caller: Caller) -> None:
    fresh(shop())
    with today("2026-03-01 12:00"):
        yes = joined("1", "2026-03-01", data={"name": "=Ann", "consent": {"email": True}})
        took(yes, joined("2", "2026-03-01", data={"name": "Bob"}))
        caller.post("/audiences", {"id": "guests", "names": {"en": "Guests"}, "kind": "list"})
        named = {"members": ["pos:1", "pos:2", "pos:9"], "reason": "wedding"}
        put = caller.post("/audiences/guests/members", named, Idempotency_Key="k1").json()
        assert put == {"done": 2, "unknown": ["pos:9"]}
        assert len(caller.get("/audiences/guests/members").json()["items"]) == 2
        mail = caller.get("/audiences/guests/members?channel=email").json()["items"]
        assert [one["name"] for one in mail] == ["=Ann"]
        file = caller.get("/audiences/guests/export?channel=email")
        rows = list(csv.DictReader(StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
        assert ([row["name"] for row in rows], file["X-Left-Out"]) == (["'=Ann"], "1")
        caller.post("/audiences/guests/members", {"members": ["pos:1"], "on": False}, Idempotency_Key="k2")
        overlap = caller.post("/audiences", BODY) and caller.get("/audiences/overlap?ids=guests,big").json()
        assert overlap == [
            {"one": "guests", "other": "big", "members_one": 1, "members_other": 0, "both": 0, "share": 0.0}
        ]


def test_what_can_not_be_an_audience_is_refused_with_its_place(caller: Caller) -> None:
    fresh(shop())
    asking = {"field": "audience", "op": "has", "value": "b"}
    problem(caller.post("/audiences", {**BODY, "id": "B g"}), 422, "invalid", "id")
    wrong = caller.post(
        "/audiences", {**BODY, "condition": {"all": [{"field": "orders.spent", "op": "gte"}]}}
    )
    problem(wrong, 422, "invalid", "condition.all.0.field")
    problem(caller.post("/audiences", {**BODY, "condition": asking}), 422, "invalid", "condition")
    problem(caller.post("/audiences", {"id": "x", "names": {"en": "X"}}), 422, "invalid", "condition")
    caller.post("/audiences", {**BODY, "id": "a"})
    caller.post("/audiences", {**BODY, "id": "b", "condition": {**asking, "value": "a"}})
    problem(caller.patch("/audiences/a", {"condition": asking}), 422, "audience_cycle", "condition")
    used = problem(caller.call("DELETE", "/audiences/a"), 409, "audience_in_use")
    assert "audience b" in used["detail"]
    listing = caller.post("/audiences/a/members", {"members": ["pos:1"]}, Idempotency_Key="k")
    problem(listing, 409, "not_a_list")
