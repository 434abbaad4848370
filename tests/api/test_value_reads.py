"""Statements, wallets, lots, entries and approvals over the API."""

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from regulars.approvals import service
from regulars.kit import clock
from regulars.ledger import statement
from regulars.ledger.models import Balance, Entry
from regulars.staff.models import ApiKey
from tests.api.conftest import Caller, problem
from tests.api.value import MEMBER, ask, do, joined, topped_up
from tests.engine.world import moment

pytestmark = pytest.mark.django_db


def a_life(caller: Caller) -> str:
    """100 points on 1 March, an order of 50 on the 2nd, 30 spent on the 3rd, a hold of 20 on the 4th, 5 captured."""
    with clock.fixed(moment("2026-03-01 10:00")):
        member = joined(caller)
    order = {
        "id": "o1", "source": "pos", "type": "order.paid", "member": {"phone": "+8613800000000"},
        "time": "2026-03-02T10:00:00+08:00", "data": {"order_id": "1", "total": "50.00", "currency": "CNY"},
    }  # fmt: skip
    with clock.fixed(moment("2026-03-02 10:01")):
        assert caller.post("/events", order).status_code == 200
    with clock.fixed(moment("2026-03-03 10:00")):
        do(caller, "spends", {"asset": "points", "amount": 30, "order_id": "2", "reason": "=1+1"})
    with clock.fixed(moment("2026-03-04 10:00")):
        held = do(caller, "holds", {"asset": "points", "amount": 20, "minutes": 60})
    with clock.fixed(moment("2026-03-04 10:01")):
        do(caller, f"holds/{held['operation_id']}/capture", {"amount": 5})
    return member


def lines(body: dict[str, Any], asset: str = "points") -> list[tuple[str, Any, Any]]:
    return [(line["type"], line["amounts"][asset], line["balances"][asset]) for line in body["items"]]


def test_a_statement_runs_from_opening_to_closing(caller: Caller) -> None:
    member = a_life(caller)
    body = caller.get(f"{MEMBER}/statement?asset=points").json()
    assert lines(body) == [
        ("member.joined", 100, 100),
        ("order.paid", 50, 150),
        ("asset.spent", -30, 120),
        ("asset.held", -20, 100),
        ("hold.captured", 0, 100),
    ]
    assert (body["member_id"], body["next"], body["first_day"]) == (member, None, None)
    assert body["columns"] == [
        {
            "asset": "points",
            "name": "points",
            "scale": 0,
            "opening": 0,
            "incoming": 155,
            "outgoing": 55,
            "closing": 100,
        }
    ]
    spent, captured = body["items"][2], body["items"][4]
    assert (spent["name"], spent["reason"], spent["order_id"]) == ("spent", "=1+1", "2")
    assert spent["accounts"] == {"points": {"spend": -30}}
    assert captured["accounts"] == {"points": {"hold": 5, "spend": -5}}


def test_a_statement_of_some_days_opens_with_what_was_there(caller: Caller) -> None:
    a_life(caller)
    body = caller.get(f"{MEMBER}/statement?asset=points&from=2026-03-02&to=2026-03-03").json()
    assert lines(body) == [("order.paid", 50, 150), ("asset.spent", -30, 120)]
    (column,) = body["columns"]
    assert [column[name] for name in ("opening", "incoming", "outgoing", "closing")] == [100, 50, 30, 120]
    assert caller.get(f"{MEMBER}/statement?asset=points&from=2026-03-05").json()["items"] == []
    assert caller.get(f"{MEMBER}/statement?asset=points&to=2026-02-28").json()["columns"][0]["closing"] == 0


def test_pages_of_a_statement_go_on_with_the_balance(caller: Caller) -> None:
    a_life(caller)
    found: list[Any] = []
    cursor = ""
    for _ in range(3):
        body = caller.get(f"{MEMBER}/statement?asset=points&limit=2{cursor}").json()
        found += lines(body)
        cursor = f"&cursor={body['next']}"
    assert body["next"] is None
    assert found == lines(caller.get(f"{MEMBER}/statement?asset=points").json())


def test_a_late_order_stands_on_its_own_day(caller: Caller) -> None:
    a_life(caller)
    late = {
        "id": "o0", "source": "pos", "type": "order.paid", "member": {"phone": "+8613800000000"},
        "time": "2026-03-01T23:00:00+08:00", "data": {"order_id": "0", "total": "7.00", "currency": "CNY"},
    }  # fmt: skip
    with clock.fixed(moment("2026-03-05 10:00")):
        assert caller.post("/events", late).status_code == 200
    body = caller.get(f"{MEMBER}/statement?asset=points").json()
    assert lines(body)[:3] == [("member.joined", 100, 100), ("order.paid", 7, 107), ("order.paid", 50, 157)]


def test_a_statement_of_a_wallet_has_both_sides(caller: Caller) -> None:
    joined(caller)
    topped_up(caller, "200.00")
    do(caller, "spends", {"asset": "wallet", "amount": "205.00"})
    body = caller.get(f"{MEMBER}/statement?asset=wallet").json()
    assert [(line["type"], line["amounts"], line["balances"]) for line in body["items"]] == [
        (
            "wallet.topped_up",
            {"cash": "200.00", "gift_cash": "10.00"},
            {"cash": "200.00", "gift_cash": "10.00"},
        ),
        ("asset.spent", {"cash": "-200.00", "gift_cash": "-5.00"}, {"cash": "0.00", "gift_cash": "5.00"}),
    ]
    assert [column["closing"] for column in body["columns"]] == ["0.00", "5.00"]


def test_a_statement_as_a_file(caller: Caller) -> None:
    a_life(caller)
    response = caller.get(f"{MEMBER}/statement?asset=points&from=2026-03-02&to=2026-03-04&format=csv")
    assert (
        response["Content-Disposition"] == 'attachment; filename="statement-points-2026-03-02_2026-03-04.csv"'
    )
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == [
        "Time", "What", "points Change", "points Balance", "points held", "points pending", "Reason", "Order",
        "Operation",
    ]  # fmt: skip
    assert [row[:8] for row in rows[1:]] == [
        ["2026-03-02 00:00:00", "Opening balance", "", "100", "", "", "", ""],
        ["2026-03-02 10:00:00", "purchase", "50", "150", "", "", "", "1"],
        ["2026-03-03 10:00:00", "spent", "-30", "120", "", "", "'=1+1", "2"],
        ["2026-03-04 10:00:00", "held", "-20", "100", "20", "", "", ""],
        ["2026-03-04 10:01:00", "hold captured", "0", "100", "-5", "", "", ""],
        ["2026-03-05 00:00:00", "Closing balance", "", "100", "", "", "", ""],
    ]
    accepted = caller.get(f"{MEMBER}/statement?asset=points", Accept="text/csv")
    assert accepted["Content-Type"] == "text/csv; charset=utf-8"
    book = caller.get(f"{MEMBER}/statement?asset=points&format=xlsx")
    with zipfile.ZipFile(io.BytesIO(b"".join(book.streaming_content))) as parts:
        assert parts.read("xl/worksheets/sheet1.xml").count(b"<row ") == 8


def test_what_a_statement_refuses(caller: Caller) -> None:
    joined(caller)
    for query, code, field in (
        ("asset=gold", "asset_unknown", "asset"),
        ("", "invalid", "asset"),
        ("asset=points&from=2026-03-02&to=2026-03-01", "time_empty", "from"),
        ("asset=points&from=0001-01-01", "day_far_off", None),
        ("asset=points&format=pdf", "invalid", "format"),
        ("asset=points&form=csv", "unknown_parameter", "form"),
    ):
        problem(caller.get(f"{MEMBER}/statement?{query}"), 422, code, field)
    problem(caller.get(f"{MEMBER}/statement?asset=points&cursor=x"), 400, "bad_cursor")
    problem(caller.get("/members/pos:none/statement?asset=points"), 404, "member_unknown")


def test_a_long_statement_is_read_some_at_a_time(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    member = joined(caller)
    for number in range(25):
        do(caller, "credits", {"asset": "points", "amount": number + 1, "reason": "x"})
    monkeypatch.setattr(statement, "CHUNK", 4)
    rows = list(
        csv.reader(io.StringIO(b"".join(
            caller.get(f"{MEMBER}/statement?asset=points&format=csv").streaming_content
        ).decode()))
    )  # fmt: skip
    assert len(rows) == 1 + 1 + 26 + 1
    assert rows[-1][3] == str(100 + 325) == str(Balance.objects.get(member_id=member, asset="points").balance)


def test_wallets_are_told_as_they_are_defined_and_held(caller: Caller) -> None:
    joined(caller)
    (wallet,) = caller.get("/wallets").json()
    assert wallet == {
        "id": "wallet", "name": "Wallet", "principal": "cash", "bonus": "gift_cash", "spend": "principal_first",
        "scale": 2, "least": "10.00", "most_at_once": "2000.00", "most": "5000.00",
        "steps": [
            {"at": "200.00", "bonus": "10.00"}, {"at": "500.00", "bonus": "50.00"},
            {"at": "1000.00", "bonus": "120.00"},
        ],
    }  # fmt: skip
    topped_up(caller, "500.00")
    do(caller, "holds", {"asset": "wallet", "amount": "510.00"})
    (held,) = caller.get(f"{MEMBER}/wallets").json()
    assert held == {
        "id": "wallet", "name": "Wallet", "scale": 2, "total": "40.00", "principal": "0.00", "bonus": "40.00",
        "held": "510.00",
    }  # fmt: skip
    holds = caller.get(f"{MEMBER}/holds").json()["items"]
    assert sorted((each["asset"], each["held"]) for each in holds) == [
        ("cash", "500.00"),
        ("gift_cash", "10.00"),
    ]
    assert len({each["operation_id"] for each in holds}) == 1


def test_lots_and_entries_show_what_is_set_aside(caller: Caller) -> None:
    a_life(caller)
    lots = caller.get(f"{MEMBER}/lots?asset=points").json()["items"]
    assert [(lot["amount"], lot["remaining"], lot["held"], lot["pending"], lot["rule"]) for lot in lots] == [
        (100, 50, 15, 0, "joining_gift"), (50, 50, 0, 0, "base_points"),
    ]  # fmt: skip
    entries = caller.get(f"{MEMBER}/entries?asset=points").json()["items"]
    assert {entry["account"] for entry in entries} == {"issue", "spend", "hold"}
    assert entries[0]["balance"] == 100


def test_an_adjustment_above_the_limit_waits(caller: Caller) -> None:
    joined(caller)
    ApiKey.objects.update(created_by="alice@example.cn")
    body = {"asset": "points", "amount": 1001, "reason": "goodwill"}
    response = ask(caller, "adjustments", body, "a1")
    assert response.status_code == 202
    asked = dict(response.json()["approval"])
    with_moment = {name: asked.pop(name) for name in ("id", "asked_at", "member_id")}
    assert asked == {
        "state": "waiting", "kind": "adjust", "asset": "points", "amount": 1001, "moves": {"points": 1001},
        "target": None, "reason": "goodwill", "key": "a1", "asked_by": "key:till", "decided_by": "",
        "decided_at": None, "note": "", "operation_id": None,
    }  # fmt: skip
    request = with_moment["id"]
    assert ask(caller, "adjustments", body, "a1").json() == response.json()
    problem(ask(caller, "adjustments", {**body, "amount": 1002}, "a1"), 409, "key_conflict")
    assert [each["id"] for each in caller.get("/approvals?state=waiting").json()["items"]] == [request]
    assert caller.get("/approvals?state=done").json()["items"] == []
    service.approve(request, "bob@example.cn", "admin")
    found = caller.get(f"/approvals/{request}").json()
    assert (found["state"], found["decided_by"]) == ("approved", "bob@example.cn")
    done = do(caller, "adjustments", body, "a1")
    assert (done["status"], done["operation_id"]) == ("duplicate", found["operation_id"])
    assert done["balances"]["points"] == 1101
    problem(caller.get("/approvals/019a0f3c-5b00-7a31-9c5e-3f1f0a5b7000"), 404, "approval_unknown")


def test_a_correction_above_the_limit_waits_and_may_be_refused(caller: Caller) -> None:
    joined(caller)
    given = do(caller, "credits", {"asset": "points", "amount": 10, "reason": "x"})["operation_id"]
    body = {"operation_id": given, "amount": 2000, "reason": "meant more"}
    response = ask(caller, "corrections", body, "c1")
    assert response.status_code == 202
    service.reject(response.json()["approval"]["id"], "bob@example.cn", "admin", "no proof")
    refused = problem(ask(caller, "corrections", body, "c1"), 409, "not_approved")
    assert "no proof" in refused["detail"]
    assert refused["approval"]["state"] == "rejected"
    assert Entry.objects.filter(account="adjust").count() == 0


def test_small_adjustments_of_a_day_count_together(caller: Caller) -> None:
    joined(caller)
    with clock.fixed(moment("2030-03-01 10:00")):
        statuses = [
            ask(caller, "adjustments", {"asset": "points", "amount": 400, "reason": "x"}).status_code
            for _ in range(3)
        ]
    assert statuses == [200, 200, 202]
    with clock.fixed(moment("2030-03-01 10:00") + timedelta(days=1)):
        assert (
            ask(caller, "adjustments", {"asset": "points", "amount": 400, "reason": "x"}).status_code == 200
        )
