"""The events door: what the issue's example answers, and what bad input of every kind gets."""

import copy
import json
from typing import Any

import pytest

from regulars.api.examples import CHECKIN, ORDER
from regulars.events.models import Event
from regulars.kit import clock
from regulars.members.models import Member
from regulars.orders.models import Order
from tests.api.conftest import Caller, problem


def order(**changes: Any) -> dict[str, Any]:
    """The example order, now, with `changes` (`data__total="1"` reaches inside)."""
    made = copy.deepcopy(ORDER)
    made["time"] = clock.now().isoformat()
    for name, value in changes.items():
        target = made
        *steps, last = name.split("__")
        for step in steps:
            target = target[step]
        target[last] = value
    return made


def nothing_happened() -> bool:
    return not (Event.objects.exists() or Member.objects.exists() or Order.objects.exists())


def test_one_event_answers_with_effects_balances_and_tier(caller: Caller) -> None:
    response = caller.post("/events", order())
    assert response.status_code == 200
    (result,) = response.json()["results"]
    assert (result["id"], result["status"]) == ("o-1001", "processed")
    given = {
        (effect["rule"], effect["asset"]): effect["amount"]
        for effect in result["effects"]
        if effect["kind"] == "credit"
    }
    assert given["base_points", "points"] == 128
    assert given["base_points", "growth"] == 128
    assert result["balances"]["growth"] == 128
    assert result["tier"]["level"] == "basic"


def test_the_same_event_again_gives_the_first_result(caller: Caller) -> None:
    event = order()
    first = caller.post("/events", event).json()["results"][0]
    again = caller.post("/events", event).json()["results"][0]
    assert again["status"] == "duplicate"
    assert again["effects"] == first["effects"]
    assert again["balances"] == first["balances"]
    other = caller.post("/events", {**event, "data": {**event["data"], "total": "129.00"}})
    problem(other, 409, "key_conflict", "id")


def test_in_a_batch_the_good_are_taken_and_the_bad_rejected_one_by_one(caller: Caller) -> None:
    good, stranger = order(), {**copy.deepcopy(CHECKIN), "time": clock.now().isoformat()}
    bad = order(id="o-2", data__total="-1")
    response = caller.post("/events", {"events": [bad, good, stranger, 7]})
    assert response.status_code == 200
    results = response.json()["results"]
    assert [each["status"] for each in results] == ["rejected", "processed", "rejected", "rejected"]
    assert results[0]["error"]["field"] == "data.total"
    assert results[2]["error"]["code"] == "unknown_member"
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"type": "order.payed"}, 422, "unknown_type", "type"),
        ({"type": None}, 422, "missing", "type"),
        ({"type": 5}, 422, "string_type", "type"),
        ({"type": "tier.upgraded"}, 422, "derived_type", "type"),
        ({"id": None}, 422, "missing", "id"),
        ({"id": "x" * 201}, 422, "string_too_long", "id"),
        ({"id": 12}, 422, "string_type", "id"),
        ({"member": None}, 422, "missing", "member"),
        ({"member": {}}, 422, "no_identity", "member"),
        ({"member": {"phone": "12"}}, 422, "bad_identity", "member.phone"),
        ({"member": {"phone": 13800000000}}, 422, "string_type", "member.phone"),
        ({"member": {"PHONE": "1"}}, 422, "bad_identity", "member.PHONE"),
        ({"data__total": "-128.00"}, 422, "money_format", "data.total"),
        ({"data__total": "1e9"}, 422, "money_format", "data.total"),
        ({"data__total": "128.001"}, 422, "money_decimals", "data.total"),
        ({"data__total": "99999999999.00"}, 422, "money_limit", "data.total"),
        ({"data__total": True}, 422, "money_type", "data.total"),
        ({"data__currency": "USD"}, 422, "currency", "data.currency"),
        ({"data__items": "A1"}, 422, "list_type", "data.items"),
        ({"data__items": [{"sku": "A", "price": "x"}]}, 422, "money_format", "data.items[0].price"),
        ({"data__order_id": ""}, 422, "string_too_short", "data.order_id"),
        ({"data": []}, 422, "dict_type", "data"),
        ({"time": "yesterday"}, 422, "time_format", "time"),
        ({"time": "2026-11-22T10:00:00"}, 422, "time_zone", "time"),
        ({"time": "1890-01-01T00:00:00Z"}, 422, "time_past", "time"),
        ({"time": "2999-01-01T00:00:00Z"}, 422, "time_future", "time"),
        ({"time": "0001-01-01T00:00:00+23:59"}, 422, "time_past", "time"),
        ({"source": "timer"}, 422, "reserved_source", "source"),
        ({"source": "a b"}, 422, "source_format", "source"),
        ({"data__total_minor": 1}, 422, "reserved_field", "data.total_minor"),
        ({"data__note": "a\0b"}, 422, "nul", "data.note"),
    ],
)
def test_a_single_bad_event_is_a_problem_that_names_the_field(
    caller: Caller, changes: dict[str, Any], status: int, code: str, field: str
) -> None:
    body = problem(caller.post("/events", order(**changes)), status, code, field)
    assert body["results"][0]["status"] == "rejected"
    assert nothing_happened()


def test_an_unknown_member_is_a_problem_where_the_type_does_not_join(caller: Caller) -> None:
    problem(
        caller.post("/events", {**CHECKIN, "time": clock.now().isoformat()}), 404, "unknown_member", "member"
    )
    assert nothing_happened()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"   ", b"{", b"[]", b"null", b'"x"', b'{"id": NaN}', b'{"id": Infinity}', b"\xff\xfe{}", b"\x00",
        b'{"id": "\xc3\x28"}', b'{"a": "\\ud800"}', b'{"events": []}', b'{"events": {}}', b'{"events": 5}',
        b'{"events": ' + b"[" * 5000 + b"]" * 5000 + b"}", b"1" * 6000, b'{"a": ' + b"9" * 5000 + b"}",
    ],
)  # fmt: skip
def test_a_body_that_is_no_events_is_a_problem(caller: Caller, body: bytes) -> None:
    response = caller.post("/events", body)
    assert response.status_code in (400, 422), response.content
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["detail"]
    assert nothing_happened()


def test_more_than_a_thousand_events_are_refused_as_a_whole(caller: Caller) -> None:
    problem(
        caller.post("/events", {"events": [order(id=f"o-{n}") for n in range(1001)]}),
        400,
        "bad_body",
        "events",
    )
    assert nothing_happened()


def test_a_thousand_events_of_a_usual_size_pass(caller: Caller) -> None:
    events = [order(id=f"o-{n}", data__order_id=str(n)) for n in range(1000)]
    events[0]["data"]["items"] *= 5
    response = caller.post("/events", {"events": events})
    assert response.status_code == 200
    assert {each["status"] for each in response.json()["results"]} == {"processed"}
    assert Order.objects.count() == 1000


def test_bodies_beyond_the_limit_are_not_read(caller: Caller) -> None:
    problem(caller.post("/events", b" " * (4 << 20) + b"{}"), 413, "too_large")
    problem(caller.post("/members", b"x" * 2_000_000), 413, "too_large")
    problem(caller.call("PATCH", "/members/phone:+8613800000000", b"x" * 2_000_000), 413, "too_large")
    problem(caller.call("GET", "/programme", b"x" * 2_000_000), 413, "too_large")


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE members_member; --",
        "<script>alert(1)</script>",
        "{{ 7*7 }}",
        "%s %(a)s",
        "\\",
        "🍵" * 50,
    ],
)
def test_sql_html_and_templates_in_every_text_are_just_text(caller: Caller, text: str) -> None:
    event = order(
        id=text[:200], data__order_id=text[:100], data__channel=text[:60], data__store=text[:60], data__note=text,
        data__items=[{"sku": text[:100], "name": text, "category": text, "brand": text, "quantity": 1}],
        member={"wechat": text, "phone": "+8613800000000"},
    )  # fmt: skip
    response = caller.post("/events", event)
    assert response.status_code == 200, response.content.decode()
    stored = Event.objects.get(type="order.paid")
    assert (stored.key, stored.data["note"], stored.data["items"][0]["name"]) == (text[:200], text, text)
    assert Member.objects.count() == 1


def test_the_idempotency_key_stands_in_for_the_id_of_one_event(caller: Caller) -> None:
    event = order()
    del event["id"]
    first = caller.post("/events", event, **{"Idempotency-Key": "k-1"}).json()["results"][0]
    again = caller.post("/events", event, **{"Idempotency-Key": "k-1"}).json()["results"][0]
    assert (first["id"], first["status"], again["status"]) == ("k-1", "processed", "duplicate")
    problem(
        caller.post("/events", event, **{"Idempotency-Key": "x" * 300}),
        400,
        "bad_idempotency_key",
        "Idempotency-Key",
    )


def test_an_event_is_read_and_explained_in_three_languages(caller: Caller) -> None:
    event = order(id="shop/1/7")
    caller.post("/events", event)
    found = caller.get("/events/pos/shop/1/7").json()
    assert (found["key"], found["type"], found["data"]["total"]) == ("shop/1/7", "order.paid", "128.00")
    sentences = {}
    for language in ("en", "zh-hans", "zh-hant"):
        caller.language = language
        told = caller.get("/events/pos/shop/1/7/explain").json()
        verdicts = {each["rule"]: each for each in told["rules"]}
        assert set(verdicts) == {"base_points", "member_day"}
        assert verdicts["base_points"]["held"] is True
        assert verdicts["base_points"]["effects"]
        sentences[language] = verdicts["member_day"]["sentence"]
        assert verdicts["member_day"]["parts"][0]["seen"]
    assert len(set(sentences.values())) == 3
    problem(caller.get("/events/web/shop/1/7"), 404, "event_unknown")
    problem(caller.get("/events/pos/%00/explain"), 404, "event_unknown")


def test_the_log_pages_filters_and_follows(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.events.queries.MARGIN_SECONDS", 0.0)  # nobody else writes here
    caller.post("/events", {"events": [order(id=f"o-{n}", data__order_id=str(n)) for n in range(5)]})
    everything = caller.get("/events?limit=200").json()
    assert everything["next"] is None
    seen, cursor = [], ""
    while True:
        page = caller.get(f"/events?limit=2{cursor}").json()
        seen += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [each["id"] for each in everything["items"]]
    orders = caller.get("/events?type=order.paid&source=pos&member=phone:%2B8613800000000").json()["items"]
    assert len(orders) == 5
    assert caller.get(f"/events?since={everything['newest']}").json()["items"] == []
    caller.post("/events", order(id="late", data__order_id="late"))
    news = caller.get(f"/events?since={everything['newest']}").json()
    assert "late" in [each["key"] for each in news["items"]]
    assert caller.get(f"/events?since={news['newest']}").json()["items"] == []


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("limit=0", "invalid", "limit"),
        ("limit=201", "invalid", "limit"),
        ("limit=x", "invalid", "limit"),
        ("limits=5", "unknown_parameter", "limits"),
        ("cursor=nonsense", "bad_cursor", "cursor"),
        ("since=nonsense", "bad_cursor", "cursor"),
        ("member=phone:nonsense", "bad_identity", "member.phone"),
    ],
)
def test_parameters_that_are_wrong_are_named(caller: Caller, query: str, code: str, field: str) -> None:
    response = caller.get(f"/events?{query}")
    problem(response, 400 if code == "bad_cursor" else 422, code, field)


def test_what_is_answered_is_json_with_chinese_as_it_is(caller: Caller) -> None:
    caller.language = "zh-CN"
    body = caller.post("/events", order(data__total="x")).content.decode()
    assert "金额" in body
    assert json.loads(body)["status"] == 422
