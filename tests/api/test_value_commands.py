"""Commands on value over the API: exact answers, every refusal with its field, and each done once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from regulars.kit import clock
from regulars.ledger.models import Entry
from regulars.ledger.reconcile import reconcile
from regulars.programme.service import publish, version
from tests.api.conftest import GROCERY, Caller, problem
from tests.api.value import MEMBER, OTHER, ask, books, do, joined, moved, movements, tables, topped_up
from tests.engine.world import moment

pytestmark = pytest.mark.django_db

MALL = Path(__file__).parents[2] / "programmes" / "mall.yaml"
NOBODY = "019a0f3c-5b00-7a31-9c5e-3f1f0a5b7000"


@pytest.fixture
def member(caller: Caller) -> str:
    return joined(caller)


def test_a_credit_has_its_reason_and_its_end(caller: Caller, member: str) -> None:
    with clock.fixed(moment("2026-11-20 10:00")):
        told = do(
            caller, "credits",
            {"asset": "points", "amount": 50, "reason": " sorry ", "expires_at": "2026-12-01T00:00:00+08:00"}, "c1",
        )  # fmt: skip
    assert (told["status"], told["id"], told["member_id"]) == ("processed", "c1", member)
    assert told["effects"] == [
        {
            "kind": "credit",
            "rule": "",
            "asset": "points",
            "amount": 50,
            "expires_at": "2026-11-30T16:00:00+00:00",
        }
    ]
    assert told["balances"] == {"points": 150, "growth": 0, "cash": "0.00", "gift_cash": "0.00"}
    assert told["held"] == told["pending"] == {"points": 0, "growth": 0, "cash": "0.00", "gift_cash": "0.00"}
    assert movements(told["operation_id"]) == [("points", 50, "issue")]
    event = caller.get("/events/till/c1").json()
    assert event["id"] == told["operation_id"]
    assert event["data"] == {
        "asset": "points", "units": 50, "expires_at": "2026-11-30T16:00:00+00:00", "by": "key:till", "reason": "sorry",
    }  # fmt: skip
    lot = next(
        each for each in caller.get(f"{MEMBER}/lots?asset=points").json()["items"] if each["amount"] == 50
    )
    assert (lot["expires_at"], lot["event_id"]) == ("2026-11-30T16:00:00Z", told["operation_id"])


@pytest.mark.usefixtures("member")
def test_a_spend_takes_and_its_reversal_brings_back_in_parts(caller: Caller) -> None:
    spent = do(caller, "spends", {"asset": "points", "amount": "60", "order_id": "7", "order_source": "pos"})
    assert spent["effects"][0] == {
        "kind": "take", "rule": "", "asset": "points", "amount": 60, "account": "spend",
    }  # fmt: skip
    assert spent["balances"]["points"] == 40
    back = do(
        caller, "reversals", {"operation_id": spent["operation_id"], "amount": 25, "reason": "one piece"}
    )
    assert back["balances"]["points"] == 65
    rest = do(caller, "reversals", {"operation_id": spent["operation_id"], "reason": "all of it"})
    assert rest["balances"]["points"] == 100
    assert movements(rest["operation_id"]) == [("points", 35, "spend")]
    again = ask(caller, "reversals", {"operation_id": spent["operation_id"], "reason": "once more"})
    problem(again, 409, "nothing_left", "operation_id")


@pytest.mark.usefixtures("member")
def test_a_hold_is_captured_and_released(caller: Caller) -> None:
    with clock.fixed(moment("2026-11-20 10:00")):
        held = do(caller, "holds", {"asset": "points", "amount": 80, "minutes": 30, "order_id": "9"})
        assert (held["balances"]["points"], held["held"]["points"]) == (20, 80)
        (listed,) = caller.get(f"{MEMBER}/holds").json()["items"]
        assert listed == {
            "operation_id": held["operation_id"], "asset": "points", "held": 80, "captured": 0,
            "time": "2026-11-20T02:00:00Z", "until": "2026-11-20T02:30:00Z", "order_source": "till", "order_id": "9",
        }  # fmt: skip
        problem(ask(caller, "spends", {"asset": "points", "amount": 21}), 409, "insufficient", "amount")
        where = f"holds/{held['operation_id']}"
        captured = do(caller, f"{where}/capture", {"amount": 30})
        assert (captured["balances"]["points"], captured["held"]["points"]) == (20, 50)
        problem(ask(caller, f"{where}/capture", {"amount": 51}), 409, "too_much", "amount")
        released = do(caller, f"{where}/release")
        assert (released["balances"]["points"], released["held"]["points"]) == (70, 0)
        assert caller.get(f"{MEMBER}/holds").json() == {"items": [], "next": None}
        problem(ask(caller, f"{where}/release"), 409, "nothing_held", "operation_id")
    row = caller.get(f"{MEMBER}/balances").json()
    points = next(each for each in row if each["asset"] == "points")
    assert {name: points[name] for name in ("balance", "earned", "spent", "held", "pending")} == {
        "balance": 70, "earned": 100, "spent": 30, "held": 0, "pending": 0,
    }  # fmt: skip


@pytest.mark.usefixtures("member")
def test_a_hold_asked_for_again_later_is_the_same_hold(caller: Caller) -> None:
    body = {"asset": "points", "amount": 80, "minutes": 30}
    with clock.fixed(moment("2026-11-20 10:00")):
        first = do(caller, "holds", body, "h1")
    with clock.fixed(moment("2026-11-20 10:05")):
        second = do(caller, "holds", body, "h1")
    assert {**first, "status": "duplicate"} == second
    assert len(caller.get(f"{MEMBER}/holds").json()["items"]) == 1


@pytest.mark.usefixtures("member")
def test_a_correction_is_as_if_it_had_been_so_from_the_start(caller: Caller) -> None:
    given = do(caller, "credits", {"asset": "points", "amount": 50, "reason": "gift"})
    less = do(
        caller, "corrections", {"operation_id": given["operation_id"], "amount": 20, "reason": "a typo"}
    )
    assert less["balances"]["points"] == 120
    more = do(
        caller, "corrections", {"operation_id": given["operation_id"], "amount": 90, "reason": "or not"}
    )
    assert more["balances"]["points"] == 190
    same = ask(
        caller, "corrections", {"operation_id": given["operation_id"], "amount": 90, "reason": "again"}
    )
    problem(same, 422, "no_change", "amount")


@pytest.mark.usefixtures("member")
def test_adjustments_add_and_take(caller: Caller) -> None:
    assert (
        do(caller, "adjustments", {"asset": "points", "amount": 30, "reason": "x"})["balances"]["points"]
        == 130
    )
    assert (
        do(caller, "adjustments", {"asset": "points", "amount": "-130", "reason": "x"})["balances"]["points"]
        == 0
    )
    for amount, status, code in (
        (-1, 409, "insufficient"),
        (0, 422, "no_change"),
        ("1.5", 422, "amount_decimals"),
    ):
        refused = ask(caller, "adjustments", {"asset": "points", "amount": amount, "reason": "x"})
        problem(refused, status, code, "amount")


@pytest.mark.usefixtures("member")
def test_units_end_before_their_time(caller: Caller) -> None:
    told = do(caller, "expirations", {"asset": "points", "amount": 30, "reason": "asked for"})
    assert movements(told["operation_id"]) == [("points", -30, "expire")]
    assert do(caller, "expirations", {"asset": "points", "reason": "all"})["balances"]["points"] == 0
    problem(ask(caller, "expirations", {"asset": "points", "reason": "more"}), 409, "insufficient")


def test_a_conversion_keeps_its_rate(caller: Caller) -> None:
    version.cache_clear()
    publish(MALL.read_text(encoding="utf-8"), "tests")
    caller.post("/members", {"identities": {"phone": "+8613800000000"}}, Idempotency_Key="m1")
    do(caller, "credits", {"asset": "points", "amount": 105, "reason": "x"})
    told = do(caller, "conversions", {"conversion": "points_to_coins", "amount": 100})
    assert (told["balances"]["points"], told["balances"]["coins"]) == (5, 10)
    assert movements(told["operation_id"]) == [("points", -100, "convert"), ("coins", 10, "convert")]
    problem(
        ask(caller, "conversions", {"conversion": "points_to_coins", "amount": 5}),
        422,
        "not_a_multiple",
        "amount",
    )
    problem(
        ask(caller, "conversions", {"conversion": "none", "amount": 10}),
        422,
        "conversion_unknown",
        "conversion",
    )
    assert reconcile().ok


@pytest.mark.usefixtures("member")
def test_a_gift_goes_over_and_can_be_taken_back(caller: Caller) -> None:
    joined(caller, "+8613800000001")
    to = {"phone": "138 0000 0001"}
    given = do(caller, "gifts", {"asset": "points", "amount": 40, "to": to})
    assert given["balances"]["points"] == 60
    other = caller.get(f"{OTHER}/balances").json()
    points = next(each for each in other if each["asset"] == "points")
    assert (points["balance"], points["pending"]) == (100, 40)
    back = do(caller, f"gifts/{given['operation_id']}/revoke")
    assert back["balances"]["points"] == 100
    problem(ask(caller, f"gifts/{given['operation_id']}/revoke"), 409, "nothing_left", "operation_id")
    problem(ask(caller, f"gifts/{NOBODY}/revoke"), 404, "operation_unknown", "operation_id")
    with clock.fixed(moment("2030-01-01 10:00")):
        problem(ask(caller, f"gifts/{given['operation_id']}/revoke"), 409, "gift_settled", "operation_id")


@pytest.mark.usefixtures("member")
def test_a_gift_names_one_member(caller: Caller) -> None:
    mine = joined(caller, "+8613800000001")
    body = {"asset": "points", "amount": 40}
    for to, status, code, field in (
        ({"phone": "+8613800000009"}, 404, "receiver_unknown", "to"),
        ({"id": NOBODY}, 404, "receiver_unknown", "to"),
        ({"id": "x"}, 422, "not_id", "to.id"),
        ({"phone": "12"}, 422, "bad_identity", "to.phone"),
        ({"phone": "+8613800000000", "id": mine}, 422, "identity_conflict", "to"),
        ({"phone": "+8613800000000"}, 422, "gift_to_self", "to"),
        ({}, 422, "invalid", "to"),
    ):
        response = ask(caller, "gifts", {**body, "to": to})
        assert response.status_code == status, response.content
        found = response.json()
        assert found["errors"][0]["field"] == field, found
        assert found["errors"][0]["code"] in (code, "too_short", "phone_number"), found
    assert do(caller, "gifts", {**body, "to": {"id": mine, "wechat": "nobody"}})["balances"]["points"] == 60
    problem(ask(caller, "gifts", {**body, "amount": 5, "to": {"id": mine}}), 422, "gift_size", "amount")


@pytest.mark.usefixtures("member")
def test_a_wallet_is_paid_from_in_its_order_and_refunded(caller: Caller) -> None:
    topped_up(caller, "200.00")
    paid = do(
        caller, "spends", {"asset": "wallet", "amount": "205.5", "order_id": "1", "order_source": "pos"}
    )
    assert (paid["balances"]["cash"], paid["balances"]["gift_cash"]) == ("0.00", "4.50")
    assert movements(paid["operation_id"]) == [("cash", -20000, "spend"), ("gift_cash", -550, "spend")]
    problem(ask(caller, "spends", {"asset": "wallet", "amount": "4.51"}), 409, "insufficient", "amount")
    order = {
        "id": "o1", "source": "pos", "type": "order.paid", "member": {"phone": "+8613800000000"},
        "data": {"order_id": "1", "total": "205.50", "currency": "CNY"},
    }  # fmt: skip
    refund = {
        "id": "r1", "source": "pos", "type": "order.refunded", "member": {"phone": "+8613800000000"},
        "data": {"order_id": "1", "amount": "205.50", "currency": "CNY"},
    }  # fmt: skip
    for event in (order, refund):
        answer = caller.post("/events", event)
        assert answer.status_code == 200, answer.content
    assert answer.json()["results"][0]["balances"] == {
        "points": 100, "growth": 0, "cash": "200.00", "gift_cash": "10.00",
    }  # fmt: skip
    assert reconcile().ok


@pytest.mark.usefixtures("member")
def test_a_top_up_is_paid_back_as_far_as_principal_is_there(caller: Caller) -> None:
    assert topped_up(caller, "500.00")["balances"]["gift_cash"] == "50.00"
    do(caller, "spends", {"asset": "wallet", "amount": "100.00"})
    back = {
        "id": "b1", "source": "pay", "type": "wallet.refunded", "member": {"phone": "+8613800000000"},
        "data": {"topup_id": "t1", "amount": "400.01", "currency": "CNY"},
    }  # fmt: skip
    problem(caller.post("/events", back), 422, "principal_spent", "data.amount")
    back["data"] = {"topup_id": "t1", "amount": "400.00", "currency": "CNY"}
    found = caller.post("/events", back).json()["results"][0]
    assert (found["balances"]["cash"], found["balances"]["gift_cash"]) == ("0.00", "10.00")
    assert reconcile().ok


REFUSED: list[tuple[str, Any, int, str, str]] = [
    ("spends", {"asset": "points", "amount": 101}, 409, "insufficient", "amount"),
    ("spends", {"asset": "growth", "amount": 1}, 422, "not_spendable", "asset"),
    ("spends", {"asset": "gold", "amount": 1}, 422, "asset_unknown", "asset"),
    ("spends", {"asset": "points", "amount": "1.50"}, 422, "amount_decimals", "amount"),
    ("spends", {"asset": "wallet", "amount": "1.505"}, 422, "amount_decimals", "amount"),
    ("spends", {"asset": "points", "amount": 10**16}, 422, "amount_limit", "amount"),
    ("spends", {"asset": "points", "amount": 0}, 422, "invalid", "amount"),
    ("spends", {"asset": "points", "amount": -1}, 422, "invalid", "amount"),
    ("spends", {"asset": "points", "amount": "many"}, 422, "invalid", "amount"),
    ("spends", {"asset": "points", "amount": True}, 422, "invalid", "amount"),
    ("spends", {"asset": "points", "amount": None}, 422, "invalid", "amount"),
    ("spends", {"asset": "points", "amount": 1e30}, 422, "invalid", "amount"),
    ("spends", {"asset": "points"}, 422, "invalid", "amount"),
    ("spends", {"asset": "points", "amount": 1, "ammount": 2}, 422, "invalid", "ammount"),
    ("spends", {"asset": "points", "amount": 1, "order_source": "pos"}, 422, "order_id_missing", "order_source"),
    ("credits", {"asset": "points", "amount": 1}, 422, "invalid", "reason"),
    ("credits", {"asset": "points", "amount": 1, "reason": " "}, 422, "invalid", "reason"),
    ("credits", {"asset": "wallet", "amount": 1, "reason": "x"}, 422, "asset_unknown", "asset"),
    ("credits", {"asset": "points", "amount": 1, "reason": "x", "expires_at": "2020-01-01T00:00:00Z"}, 422,
     "expires_past", "expires_at"),
    ("credits", {"asset": "points", "amount": 1, "reason": "x", "expires_at": "2030-01-01T00:00:00"}, 422,
     "invalid", "expires_at"),
    ("credits", {"asset": "points", "amount": 1, "reason": "x", "expires_at": "9999-12-31T23:00:00-10:00"}, 422,
     "invalid", "expires_at"),
    ("holds", {"asset": "points", "amount": 1, "minutes": 5, "until": "2030-01-01T00:00:00Z"}, 422,
     "minutes_or_until", "until"),
    ("holds", {"asset": "points", "amount": 1, "until": "2100-01-01T00:00:00Z"}, 422, "hold_limit", "until"),
    ("holds", {"asset": "points", "amount": 1, "minutes": 0}, 422, "invalid", "minutes"),
    ("holds", {"asset": "points", "amount": 1, "minutes": "5"}, 422, "invalid", "minutes"),
    (f"holds/{NOBODY}/capture", {}, 404, "operation_unknown", "operation_id"),
    (f"holds/{NOBODY}/capture", {"amount": 1}, 404, "operation_unknown", "operation_id"),
    (f"holds/{NOBODY}/release", {}, 404, "operation_unknown", "operation_id"),
    ("holds/nonsense/release", {}, 422, "invalid", "operation_id"),
    ("reversals", {"operation_id": NOBODY, "reason": "x"}, 404, "operation_unknown", "operation_id"),
    ("reversals", {"operation_id": "x", "reason": "x"}, 422, "invalid", "operation_id"),
    ("corrections", {"operation_id": NOBODY, "amount": 1, "reason": "x"}, 404, "operation_unknown", "operation_id"),
    ("expirations", {"asset": "points", "amount": 101, "reason": "x"}, 409, "too_much", "amount"),
    ("gifts", {"asset": "growth", "amount": 1, "to": {"phone": "+8613800000000"}}, 422, "not_spendable", "asset"),
    ("gifts", {"asset": "cash", "amount": 1, "to": {"phone": "+8613800000000"}}, 422, "not_giftable", "asset"),
]  # fmt: skip


@pytest.mark.usefixtures("member")
@pytest.mark.parametrize(("path", "body", "status", "code", "field"), REFUSED)
def test_what_is_refused_leaves_nothing(
    caller: Caller, path: str, body: Any, status: int, code: str, field: str
) -> None:
    before, held = tables(), books()
    for language in ("en", "zh-hans", "zh-hant"):
        caller.language = language
        problem(ask(caller, path, body), status, code, field)
    assert (moved(before), books()) == ({}, held)


@pytest.mark.usefixtures("member")
def test_every_command_needs_a_name_and_a_member(caller: Caller) -> None:
    body = {"asset": "points", "amount": 1}
    problem(caller.post(f"{MEMBER}/spends", body), 400, "no_idempotency_key", "Idempotency-Key")
    problem(ask(caller, "spends", body, "\x07"), 400, "bad_idempotency_key")
    for nobody in ("/members/phone:%2B8613800000009", f"/members/{NOBODY}"):
        problem(ask(caller, "spends", body, member=nobody), 404, "member_unknown")
        problem(ask(caller, "adjustments", {**body, "reason": "x"}, member=nobody), 404, "member_unknown")
    problem(caller.call("PUT", f"{MEMBER}/spends", body), 405, "method_not_allowed")


@pytest.mark.usefixtures("member")
def test_the_same_key_answers_the_same_and_never_something_else(caller: Caller) -> None:
    first = do(caller, "spends", {"asset": "points", "amount": 10}, "s1")
    held = books()
    assert do(caller, "spends", {"asset": "points", "amount": "10"}, "s1") == {**first, "status": "duplicate"}
    for path, body in (
        ("spends", {"asset": "points", "amount": 11}),
        ("holds", {"asset": "points", "amount": 10}),
        ("adjustments", {"asset": "points", "amount": 10, "reason": "x"}),
    ):
        problem(ask(caller, path, body, "s1"), 409, "key_conflict", "Idempotency-Key")
    joined(caller, "+8613800000001")
    held_now = books()
    problem(ask(caller, "spends", {"asset": "points", "amount": 10}, "s1", OTHER), 409, "key_conflict")
    assert books() == held_now != held


@pytest.mark.django_db(transaction=True)
def test_the_same_key_from_many_sides_at_once_moves_once(caller: Caller) -> None:
    joined(caller)

    def one(_: int) -> Any:
        try:
            return ask(caller, "spends", {"asset": "points", "amount": 60}, "race").json()["status"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as many:
        found = list(many.map(one, range(24)))
    assert sorted(found) == ["duplicate"] * 23 + ["processed"]
    assert list(Entry.objects.filter(account="spend").values_list("amount", flat=True)) == [-60]


@pytest.mark.django_db(transaction=True)
def test_the_last_points_are_spent_once(caller: Caller) -> None:
    joined(caller)

    def one(number: int) -> int:
        try:
            return int(ask(caller, "spends", {"asset": "points", "amount": 60}, f"last-{number}").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as many:
        found = list(many.map(one, range(24)))
    assert sorted(found) == [200] + [409] * 23
    assert reconcile().ok


@pytest.mark.usefixtures("member")
def test_a_preview_tells_what_would_be_and_leaves_nothing(caller: Caller) -> None:
    joined(caller, "+8613800000001")
    spent = do(caller, "spends", {"asset": "points", "amount": 60})["operation_id"]
    held = do(caller, "holds", {"asset": "points", "amount": 10})["operation_id"]
    before, kept = tables(), books()
    for path, body, points in (
        ("credits", {"asset": "points", "amount": 5, "reason": "x"}, 35),
        ("spends", {"asset": "points", "amount": 5}, 25),
        ("holds", {"asset": "points", "amount": 5}, 25),
        (f"holds/{held}/capture", {}, 30),
        (f"holds/{held}/release", {}, 40),
        ("reversals", {"operation_id": spent, "reason": "x"}, 90),
        ("corrections", {"operation_id": spent, "amount": 50, "reason": "x"}, 40),
        ("adjustments", {"asset": "points", "amount": -5, "reason": "x"}, 25),
        ("expirations", {"asset": "points", "reason": "x"}, 0),
        ("gifts", {"asset": "points", "amount": 20, "to": {"phone": "+8613800000001"}}, 10),
    ):
        told = caller.post(f"{MEMBER}/{path}?preview=true", body)
        assert told.status_code == 200, told.content
        found = told.json()
        assert (found["status"], found["operation_id"]) == ("preview", None), path
        assert found["balances"]["points"] == points, path
        assert found["effects"], path
    problem(
        caller.post(f"{MEMBER}/spends?preview=true", {"asset": "points", "amount": 99}), 409, "insufficient"
    )
    assert (
        caller.post(f"{MEMBER}/holds?preview=true", {"asset": "points", "amount": 5}).json()["held"]["points"]
        == 15
    )
    above = caller.post(
        f"{MEMBER}/adjustments?preview=true", {"asset": "points", "amount": 2000, "reason": "x"}
    ).json()
    assert (above["status"], above["balances"]["points"]) == ("waiting", 2030)
    assert (moved(before), books()) == ({}, kept)


def at_most(units: int) -> None:
    """The grocery, where another system credits at most so many points at a time."""
    source = GROCERY.read_text(encoding="utf-8")
    bound = source.replace(
        "adjust: {limit: 1000}", f"adjust: {{limit: 1000}}\n    credit: {{most: {units}}}", 1
    )
    assert bound != source
    publish(bound, "tests")


@pytest.mark.usefixtures("member")
def test_a_credit_over_the_api_is_at_most_so_much_at_a_time(caller: Caller) -> None:
    at_most(50)
    body = {"asset": "points", "amount": 50, "reason": "sorry"}
    assert do(caller, "credits", body, "c1")["balances"]["points"] == 150
    there = tables()
    refused = ask(caller, "credits", body | {"amount": 51})
    assert problem(refused, 422, "credit_size")["errors"][0] == {
        "field": "amount", "message": "must be 50 at most at a time", "code": "credit_size",
    }  # fmt: skip
    assert moved(there) == {}
    at_most(10)
    assert do(caller, "credits", body, "c1")["status"] == "duplicate", "what was done is told as it was"
    assert do(caller, "adjustments", body | {"amount": 500})["balances"]["points"] == 650


@pytest.mark.usefixtures("member")
def test_a_credit_for_an_order_goes_back_with_it(caller: Caller) -> None:
    order = {
        "id": "o1", "source": "pos", "type": "order.paid", "member": {"phone": "+8613800000000"},
        "data": {"order_id": "1", "total": "50.00", "currency": "CNY"},
    }  # fmt: skip
    assert caller.post("/events", order).status_code == 200
    body = {"asset": "points", "amount": 30, "reason": "sorry", "order_id": "1", "order_source": "pos"}
    told = do(caller, "credits", body, "c1")
    assert told["balances"]["points"] == 180
    assert caller.get("/events/till/c1").json()["data"]["order_id"] == "1"
    problem(ask(caller, "credits", {**body, "order_id": None}), 422, "order_id_missing")
    back = order | {
        "id": "r1",
        "type": "order.refunded",
        "data": {"order_id": "1", "amount": "10.00", "currency": "CNY"},
    }
    assert caller.post("/events", back).json()["results"][0]["balances"]["points"] == 100 + 40 + 24
    assert reconcile().ok
