"""Members over the API: under any identity, created and changed by events, with everything they hold."""

from datetime import timedelta
from typing import Any

import pytest

from regulars.events.models import Event
from regulars.kit import clock
from regulars.members.models import Identity, Member
from tests.api.conftest import Caller, problem
from tests.api.test_events import order

PHONE = "phone:%2B8613800000000"


@pytest.fixture
def alice(caller: Caller) -> dict[str, Any]:
    response = caller.post(
        "/members",
        {
            "identities": {"phone": "138 0000 0000", "email": "Li.Na@example.cn", "wechat": "o/Ab:C"},
            "name": "李娜",
            "birthday": "1990-05-17",
            "gender": "female",
            "attributes": {"age_group": "25-34"},
        },
    )
    assert response.status_code == 201, response.content.decode()
    body: dict[str, Any] = response.json()
    return body


def test_a_member_is_created_by_an_event_with_its_gift(alice: dict[str, Any]) -> None:
    made = alice["member"]
    assert (made["name"], made["birthday"], made["attributes"]) == (
        "李娜",
        "1990-05-17",
        {"age_group": "25-34"},
    )
    told = [(each["kind"], each["value"]) for each in made["identities"] if each["kind"] != "card"]
    assert told == [("phone", "+8613800000000"), ("email", "li.na@example.cn"), ("wechat", "o/Ab:C")]
    assert alice["event"]["balances"]["points"] == 100
    assert Event.objects.get(type="member.joined").source == "till"


def test_a_member_is_read_under_every_identity(caller: Caller, alice: dict[str, Any]) -> None:
    ident = alice["member"]["id"]
    for ref in (ident, PHONE, "phone:13800000000", "email:LI.NA@example.cn", "wechat:o%2FAb:C"):
        response = caller.get(f"/members/{ref}")
        assert response.status_code == 200, ref
        assert response.json()["id"] == ident


@pytest.mark.parametrize(
    ("ref", "status", "code"),
    [
        ("phone:%2B8613900000000", 404, "member_unknown"),
        ("01900000-0000-7000-8000-000000000001", 404, "member_unknown"),
        ("somebody", 404, "member_unknown"),
        ("%00", 404, "member_unknown"),
        ("phone:nonsense", 422, "bad_identity"),
        ("wechat:%00", 422, "bad_identity"),
        ("phone:", 422, "bad_identity"),
    ],
)
@pytest.mark.parametrize(
    "rest", ["", "/balances", "/lots", "/entries", "/tiers", "/orders", "/messages", "/timeline"]
)
def test_nobody_is_a_clear_problem_everywhere(
    caller: Caller, ref: str, status: int, code: str, rest: str
) -> None:
    problem(caller.get(f"/members/{ref}{rest}"), status, code)


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({}, 422, "invalid", "identities"),
        ({"identities": {}}, 422, "no_identity", "identities"),
        ({"identities": {"phone": "12"}}, 422, "bad_identity", "identities.phone"),
        ({"identities": {"phone": "1" * 300}}, 422, "invalid", "identities.phone"),
        ({"identities": {"phone": "13700000000"}, "nam": "x"}, 422, "invalid", "nam"),
        ({"identities": {"phone": "13700000000"}, "name": "x" * 201}, 422, "invalid", "name"),
        ({"identities": {"phone": "13700000000"}, "name": "a\0"}, 422, "not_text", None),
        ({"identities": {"phone": "13700000000"}, "birthday": "1990-02-30"}, 422, "invalid", "birthday"),
        ({"identities": {"phone": "13700000000"}, "birthday": "1066-10-14"}, 422, "date_range", "birthday"),
        ({"identities": {"phone": "13700000000"}, "gender": "x"}, 422, "invalid", "gender"),
        ({"identities": {"phone": "13700000000"}, "attributes": {"age_group": "9"}}, 422, "choice",
         "attributes.age_group"),
        (b"{", 400, "not_json", None),
        (b"", 400, "no_body", None),
        (b"[]", 400, "not_object", None),
        (b'{"name": NaN}', 400, "not_number", None),
        (b"\xff", 400, "not_utf8", None),
        (b"[" * 100_000, 400, "not_json", None),
        (b'{"name": "\\ud800"}', 422, "not_text", None),
    ],
)  # fmt: skip
def test_a_member_that_cannot_be_made_is_refused_with_the_field(
    caller: Caller, body: Any, status: int, code: str, field: str | None
) -> None:
    problem(caller.post("/members", body), status, code, field)
    assert not Member.objects.exists()
    assert not Identity.objects.exists()


def test_creating_again_is_a_conflict_unless_it_is_the_same_write(caller: Caller) -> None:
    body = {"identities": {"phone": "+8613800000000"}, "name": "李娜"}
    first = caller.post("/members", body, **{"Idempotency-Key": "m-1"})
    again = caller.post("/members", body, **{"Idempotency-Key": "m-1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["member"]["id"] == again.json()["member"]["id"]
    assert again.json()["event"]["status"] == "duplicate"
    other = caller.post("/members", {**body, "name": "X"}, **{"Idempotency-Key": "m-1"})
    problem(other, 409, "key_conflict", "id")
    taken = problem(caller.post("/members", body), 409, "member_exists", "identities.phone")
    assert taken["member_id"] == first.json()["member"]["id"]
    assert Event.objects.filter(type="member.joined").count() == 1
    assert caller.get(f"/members/{PHONE}/balances").json()[-1]["balance"] == 100


@pytest.mark.usefixtures("alice")
def test_a_change_touches_only_what_it_names(caller: Caller) -> None:
    response = caller.patch(f"/members/{PHONE}", {"name": "李娜娜", "attributes": {"income": "50-74K"}})
    assert response.status_code == 200, response.content.decode()
    changed = response.json()["member"]
    assert (changed["name"], changed["birthday"], changed["gender"]) == ("李娜娜", "1990-05-17", "female")
    assert changed["attributes"] == {"age_group": "25-34", "income": "50-74K"}
    problem(caller.patch(f"/members/{PHONE}", {}), 422, "no_change")
    problem(caller.patch(f"/members/{PHONE}", {"phone": "1"}), 422, "invalid", "phone")
    problem(caller.patch("/members/phone:%2B8613900000000", {"name": "x"}), 404, "member_unknown")


@pytest.mark.usefixtures("alice")
def test_what_a_member_holds_and_did(caller: Caller) -> None:
    caller.post("/events", order(data__total="1200.00", data__items=[]))
    now = (clock.now() + timedelta(seconds=1)).isoformat()
    refund = {"order_id": "1001", "refund_id": "1", "amount": "200.00", "currency": "CNY"}
    sent = caller.post(
        "/events",
        {"id": "r", "source": "pos", "type": "order.refunded", "member": {"email": "li.na@example.cn"}, "time": now,
         "data": refund},
    )  # fmt: skip
    assert sent.status_code == 200, sent.content.decode()
    balances = {each["asset"]: each for each in caller.get(f"/members/{PHONE}/balances").json()}
    assert balances["growth"]["balance"] == 1000
    assert balances["growth"]["reversed"] == 200
    assert balances["points"]["expires_next"] > 0
    entries = caller.get(f"/members/{PHONE}/entries?asset=growth").json()["items"]
    assert [(each["amount"], each["balance"], each["account"]) for each in entries] == [
        (-200, 1000, "reverse"), (1200, 1200, "issue"),
    ]  # fmt: skip
    lots = caller.get(f"/members/{PHONE}/lots?asset=growth").json()["items"]
    assert [(each["remaining"], each["expires_at"]) for each in lots] == [(1000, None)]
    (order_row,) = caller.get(f"/members/{PHONE}/orders").json()["items"]
    assert (order_row["total"], order_row["refunded"], order_row["order_id"]) == ("1200.00", "200.00", "1001")
    (tier,) = caller.get(f"/members/{PHONE}/tiers").json()
    assert (tier["level"], tier["measure"], tier["next_level"], tier["missing"]) == (
        "silver",
        1000,
        "gold",
        1500,
    )
    messages = caller.get(f"/members/{PHONE}/messages").json()["items"]
    assert {each["template"] for each in messages} == {"welcome", "order_points", "upgraded"}
    moments = caller.get(f"/members/{PHONE}/timeline?limit=100").json()["items"]
    assert {each["type"] for each in moments} >= {
        "member.joined",
        "order.paid",
        "order.refunded",
        "tier.upgraded",
    }
    assert [
        each["type"] for each in caller.get(f"/members/{PHONE}/timeline?type=order.paid").json()["items"]
    ] == ["order.paid"]


def test_the_list_filters_sorts_and_pages(caller: Caller, alice: dict[str, Any]) -> None:
    for n in range(3):
        caller.post(
            "/events",
            order(id=f"o{n}", data__order_id=str(n), data__total=f"{n + 1}.50", data__items=[],
                  member={"phone": f"+861390000000{n}"}),
        )  # fmt: skip
    seen, cursor = [], ""
    while True:
        page = caller.get(f"/members?sort=spend&limit=2{cursor}").json()
        seen += [(each["spend"], each["name"]) for each in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [("3.50", ""), ("2.50", ""), ("1.50", ""), ("0.00", "李娜")]
    found = caller.get("/members?search=李&level=basic&has=email,phone&joined_from=2020-01-01").json()[
        "items"
    ]
    assert [each["id"] for each in found] == [alice["member"]["id"]]
    assert (found[0]["level"], found[0]["balance"]) == ("basic", 100)
    assert caller.get("/members?tag=nothing").json()["items"] == []
    problem(caller.get("/members?sort=age"), 422, "invalid", "sort")
    problem(caller.get("/members?joined_from=1890-01-01"), 422, "day_far_off")
    problem(caller.get("/members?joined_from=soon"), 422, "invalid", "joined_from")
    problem(caller.get("/members?nam=x"), 422, "unknown_parameter", "nam")
    problem(caller.get("/members?cursor=x"), 400, "bad_cursor", "cursor")


def test_a_member_without_any_order_or_contact_breaks_nothing(caller: Caller) -> None:
    made = caller.post("/members", {"identities": {"pos": "42"}}).json()["member"]
    for rest in ("", "/balances", "/lots", "/entries", "/tiers", "/orders", "/messages", "/timeline"):
        assert caller.get(f"/members/{made['id']}{rest}").status_code == 200, rest
