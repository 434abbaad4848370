"""Bad input that once slipped through, or might: each is a 4xx that names the field, and nothing is written."""

import json
from typing import Any

import pytest

from regulars.engine.doors import EVENT_LIMIT
from regulars.events.models import Event
from regulars.programme.service import publish
from tests.api.conftest import GROCERY, Caller, problem
from tests.api.test_events import nothing_happened, order


@pytest.mark.parametrize(
    ("name", "near"), [("tiem", "time"), ("timestamp", "time"), ("Type", "type"), ("members", "member"), ("xyz", None)]
)  # fmt: skip
def test_a_field_that_an_event_has_not_is_named_with_the_nearest(
    caller: Caller, name: str, near: str | None
) -> None:
    body = problem(caller.post("/events", {**order(), name: 1}), 422, "unknown_field", name)
    message = body["errors"][0]["message"]
    assert (f"did you mean {near}?" in message) if near else ("did you mean" not in message)
    assert nothing_happened()


def test_in_a_batch_only_the_event_with_the_mistake_is_rejected(caller: Caller) -> None:
    results = caller.post("/events", {"events": [{**order(), "tiem": 1}, order()]}).json()["results"]
    assert [each["status"] for each in results] == ["rejected", "processed"]
    assert results[0]["error"]["field"] == "tiem"
    problem(caller.post("/events", {"events": [order(id="x")], "source": "pos"}), 400, "bad_body", "source")
    assert Event.objects.filter(type="order.paid").count() == 1


def raw(**changes: str) -> bytes:
    """The example order as JSON, with pieces of its text replaced."""
    text = json.dumps(order())
    for old, new in changes.items():
        assert f'"{old}":' in text
        text = text.replace(f'"{old}":', new, 1)
    return text.encode()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (lambda: raw(total='"total": "1.00", "total":'), "data.total"),
        (lambda: raw(phone='"phone": "+8613900000000", "phone":'), "member.phone"),
        (lambda: raw(id='"id": "other", "id":'), "id"),
        (lambda: raw(sku='"sku": "B", "sku":'), "data.items[0].sku"),
        (lambda: raw(total='"\\u0074otal": "1.00", "total":'), "data.total"),
    ],
)
def test_a_name_given_twice_is_refused(caller: Caller, body: Any, field: str) -> None:
    problem(caller.post("/events", body()), 422, "twice", field)
    nameless = body().replace(b'"id": "o-1001", ', b"")
    if field != "id":
        problem(caller.post("/events", nameless, **{"Idempotency-Key": "k"}), 422, "twice")
    results = caller.post("/events", b'{"events": [' + body() + b"]}").json()["results"]
    assert results[0]["error"]["field"] == field
    assert nothing_happened()


def test_a_name_given_twice_in_other_bodies(caller: Caller) -> None:
    two = b'{"events": [], "events": [' + raw() + b"]}"
    problem(caller.post("/events", two), 400, "bad_body", "events")
    problem(
        caller.post("/members", b'{"identities": {"phone": "1"}, "name": "a", "name": "b"}'),
        422,
        "twice",
        "name",
    )
    assert nothing_happened()


def test_escapes_are_no_reason_to_refuse(caller: Caller) -> None:
    body = raw(channel='"\\u0063hannel":').replace(b'"store":', b'"st\\"ore": "\\u0022", "store":')
    assert caller.post("/events", body).json()["results"][0]["status"] == "processed"
    assert Event.objects.get(type="order.paid").data['st"ore'] == '"'
    assert caller.post("/events", b"\xef\xbb\xbf" + body).json()["results"][0]["status"] == "duplicate"


@pytest.mark.parametrize("bad", [5, "x", [], [1], None, True, {"a": {"b": []}}])
@pytest.mark.parametrize("name", ["attributes", "consent"])
def test_names_of_a_profile_mean_nothing_to_other_events(caller: Caller, name: str, bad: Any) -> None:
    response = caller.post("/events", order(**{f"data__{name}": bad}))
    assert response.json()["results"][0]["status"] == "processed"
    assert Event.objects.get(type="order.paid").data[name] == bad


@pytest.mark.parametrize("name", ["attributes", "consent", "channel", "store"])
def test_names_of_a_profile_are_checked_where_they_are_stated(caller: Caller, name: str) -> None:
    joined = {**order(), "type": "member.joined", "data": {name: 5}}
    problem(caller.post("/events", joined), 422, "string_type" if name in ("channel", "store") else "dict_type",
            f"data.{name}")  # fmt: skip
    assert nothing_happened()


def test_one_event_of_2_mb_is_refused(caller: Caller) -> None:
    body = problem(caller.post("/events", order(data__note="x" * 2_000_000)), 422, "event_too_large", "data")
    assert f"{EVENT_LIMIT:,}" in body["detail"]
    problem(caller.post("/events", order(id="x" * 2_000_000)), 422, "string_too_long", "id")
    problem(caller.post("/events", {**order(), "note": "x" * 2_000_000}), 422, "unknown_field", "note")
    long = {"x" * 2_000_000: True}
    for event in (
        {**order(), "member": long}, {**order(), **long}, order(data=long), order(type="x" * 2_000_000),
        {**order(), "type": "member.joined", "data": {"attributes": long}},
        {**order(), "type": "member.joined", "data": {"consent": long}}, order(id="x" * 2_000_000),
    ):  # fmt: skip
        answer = caller.post("/events", event)
        assert answer.status_code == 422
        assert len(answer.content) < 5000
    assert nothing_happened()
    longest = order(data__items=[{**order()["data"]["items"][0], "sku": str(n)} for n in range(1000)])
    assert caller.post("/events", longest).json()["results"][0]["status"] == "processed"


def test_small_bodies_have_no_huge_answers(caller: Caller) -> None:
    response = caller.post("/events", order(data__items=[{}] * 1000))
    assert len(problem(response, 422, "missing", "data.items[0].sku")["errors"]) == 20
    response = caller.post("/events", order(data__items=[{"sku": "a", "a_minor": 1}] * 1000))
    assert len(problem(response, 422, "reserved_field", "data.items[0].a_minor")["errors"]) == 20
    assert nothing_happened()


@pytest.mark.parametrize(
    ("bad", "code", "field"),
    [
        (b"1e999", "finite_number", "data"),
        (b"9" * 400, None, ""),
        (b"-1e-400", None, ""),
        (b'{"a": [1e999]}', "finite_number", "data"),
        (b'"a\\u0000"', "nul", "data.note"),
        (b'{"a\\u0000": 1}', "nul", "data.note"),
        (b'[{"x_minor": 1}]', "reserved_field", "data.note[0].x_minor"),
    ],
)
def test_values_that_no_field_expects(caller: Caller, bad: bytes, code: str | None, field: str) -> None:
    body = json.dumps(order(data__note="NOTE")).encode().replace(b'"NOTE"', bad)
    response = caller.post("/events", body)
    if code is None:
        assert response.json()["results"][0]["status"] == "processed"
        assert caller.get("/events/pos/o-1001").status_code == 200
    else:
        problem(response, 422, code, field)
        assert nothing_happened()


@pytest.mark.parametrize("text", [r"\ud800", r"a\udfff", r"\u0000"])
def test_texts_that_cannot_be_kept_are_named_in_other_bodies(caller: Caller, text: str) -> None:
    body = f'{{"identities": {{"phone": "1"}}, "attributes": {{"a": ["{text}"]}}}}'
    problem(caller.post("/members", body), 422, "not_text", "attributes.a[0]")
    assert nothing_happened()


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00", "1899-12-31T00:00:00Z"]
)
def test_absurd_times_in_a_brands_own_field(caller: Caller, moment: str) -> None:
    source = GROCERY.read_text(encoding="utf-8")
    publish(source.replace("ladders:\n", "event_types:\n  visit: {name: Visit, joins: true, fields: "
            "{until: {type: time}}}\nladders:\n", 1), "tests")  # fmt: skip
    visit = {**order(), "type": "visit", "data": {"until": moment}}
    problem(caller.post("/events", visit), 422, "date_range", "data.until")
    assert nothing_happened()


def test_required_fields_are_told(caller: Caller) -> None:
    types = {each["id"]: each for each in caller.get("/event-types").json()}
    required = {
        name: [field["id"] for field in each["fields"] if field["required"]] for name, each in types.items()
    }
    assert required.pop("order.paid") == ["order_id", "total", "currency"]
    assert required.pop("order.refunded") == ["order_id", "amount", "currency"]
    assert required.pop("order.completed") == required.pop("order.cancelled") == ["order_id"]
    assert required.pop("wallet.topped_up") == ["wallet", "amount", "currency"]
    assert required.pop("wallet.refunded") == ["topup_id", "amount", "currency"]
    assert required.pop("plan.paid") == ["plan", "period", "price", "payment_id"]
    assert required.pop("plan.refunded") == ["payment_id", "amount"]
    for name in ("plan.payment_failed", "plan.cancelled", "plan.renewal_on"):
        assert required.pop(name) == ["plan"]
    assert not any(required.values()), required
    assert {name for name, each in types.items() if each["command"]} >= {
        "asset.credited", "asset.spent", "asset.held", "hold.captured", "hold.released", "asset.reversed",
        "asset.corrected", "asset.adjusted", "asset.ended", "asset.converted", "asset.gifted", "gift.revoked",
        "member.merged", "member.unmerged",
    }  # fmt: skip
    for name in ("order.paid", "order.refunded"):
        whole = {"order_id": "1", "total": "1.00", "amount": "1.00", "currency": "CNY"}
        for field in types[name]["fields"]:
            data = {key: value for key, value in whole.items() if key != field["id"]}
            response = caller.post(
                "/events", {**order(id=f"{name}{field['id']}"), "type": name, "data": data}
            )
            errors = [(one["field"], one["code"]) for one in response.json().get("errors", ())]
            assert ((f"data.{field['id']}", "missing") in errors) == field["required"], field["id"]


CREDIT = """\
  - id: cash_back
    name: Cash back
    on: order.paid
    then: [{credit: {asset: rebate, for_each: 1, step: 100, of: event.total}}]
"""


def test_amounts_are_written_the_same_everywhere(caller: Caller) -> None:
    source = GROCERY.read_text(encoding="utf-8").replace(
        "assets:\n", "assets:\n  rebate: {name: rebate, scale: 2}\n", 1
    )
    publish(source + CREDIT, "tests")
    caller.post("/events", order())
    refund = {**order(id="r"), "type": "order.refunded",
              "data": {"order_id": "1001", "amount": "28.00", "currency": "CNY"}}  # fmt: skip
    result = caller.post("/events", refund).json()["results"][0]
    assert [(each["kind"], each.get("asset"), each["amount"]) for each in result["effects"] if "amount" in each] == [
        ("refund", None, "28.00"), ("take", "points", 28), ("take", "growth", 28), ("take", "rebate", "0.28"),
    ]  # fmt: skip
    assert result["balances"]["rebate"] == "1.00"
    read = caller.get("/events/pos/r").json()
    assert read["outcome"]["balances"] == result["balances"]
    plain = [{name: value for name, value in each.items() if name != "reason"} for each in result["effects"]]
    assert read["effects"] == plain
    assert caller.get("/events/pos/r/explain").json()["own"] == plain
    assert caller.post("/events", refund).json()["results"][0]["effects"] == result["effects"]
    bought = caller.get("/events/pos/o-1001").json()
    assert [each["total"] for each in bought["effects"] if each["kind"] == "order"] == ["128.00"]
    assert "_minor" not in json.dumps([result, read, bought, caller.get("/events/pos/o-1001/explain").json()])


DEEP = '{"identities": {"pos": "1"}, "attributes": '


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ('{"identities": {"phone": "1", "phone": "2"}}', 422, "twice", "phone"),
        (DEEP + '{"a": ' * 300 + "1" + "}" * 301, 422, "too_deep", "attributes.a.a"),
        (DEEP + '{"a": [' + "[" * 60 + "]" * 60 + "]}}", 422, "too_deep", "attributes.a[0]"),
        ('{"identities": {"pos": "1"}, "attributes": {"a": 1e999}}', 400, "not_number", None),
        ('{"identities": {"pos": "1"}, "attributes": {"a": -1e999}}', 400, "not_number", None),
        ('{"identities": {"pos": "1"}, "birthday": 19900517000000000}', 422, "invalid", "birthday"),
        ('{"identities": {"pos": "1"}, "birthday": "0001-01-01"}', 422, "date_range", "birthday"),
        ('{"identities": {"pos": "1"}, "consent": {"sms": true}}', 422, "choice", "consent.sms"),
        ('{"identities": {"id": "1"}}', 422, "identity_id", "identities.id"),
        ('{"identities": {"pos": "1"}, "attributes": {"a_minor": 1}}', 422, "reserved_field", "attributes.a_minor"),
    ],
)  # fmt: skip
def test_bad_members(caller: Caller, body: str, status: int, code: str, field: str | None) -> None:
    problem(caller.post("/members", body), status, code, field)
    assert nothing_happened()


def test_a_local_phone_is_one_of_the_programmes_country(caller: Caller) -> None:
    publish(GROCERY.read_text(encoding="utf-8").replace("currency: CNY", "currency: TWD"), "tests")
    made = caller.post("/members", {"identities": {"phone": "0912-345-678"}}).json()["member"]
    assert {each["value"] for each in made["identities"] if each["kind"] == "phone"} == {"+886912345678"}
    assert caller.get("/members/phone:0912345678").json()["id"] == made["id"]
    assert caller.get("/events?member=phone:0912345678").json()["items"]
    problem(caller.post("/members", {"identities": {"phone": "0912345678"}}), 409, "member_exists")
