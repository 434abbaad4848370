"""What can't be taken is refused by the name of its field, and nothing of it is kept."""

import json
from copy import deepcopy
from typing import Any

import pytest

from regulars.engine.doors import BadBody
from tests.engine.world import at, event, fresh, joined, moved, order, post, send, shop, tables, today, took

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop() -> None:
    fresh(shop())
    with today("2026-03-10"):
        took(joined("a", "2026-03-01"))


BODIES = (
    b"",
    b"{",
    b"[]",
    b"null",
    b"1",
    b'"x"',
    b"[{}]",
    b'{"events": {}}',
    b'{"events": []}',
    b'{"events": null}',
    b"\xff\xfe{}",
    b'{"id": "\xc3\x28"}',
    b'{"id": NaN}',
    b'{"id": Infinity}',
    b'{"id": -Infinity}',
    b'{"id": "\\ud800"}',
    b'{"id": "a\x00"}',
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
    b"[" * 100_000,
    b"{'id': 1}",
    b'{"id": 1,}',
)


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_a_body_that_is_no_json_of_events(body: bytes) -> None:
    before = tables()
    with pytest.raises(BadBody):
        post(body)
    assert moved(before) == {}


def paid(**data: Any) -> dict[str, Any]:
    one = order("a", "2026-03-09", "10.00", "1")
    one["data"] |= data
    return one


def without(name: str) -> dict[str, Any]:
    one = paid()
    del one["data"][name]
    return one


def profile(**data: Any) -> dict[str, Any]:
    return event("member.updated", "a", "2026-03-09", data)


LINE = {"sku": "A", "quantity": 1, "price": "10.00"}
FAULTS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({**paid(), "id": None}, "id", "missing"),
    ({**paid(), "id": ""}, "id", "string_too_short"),
    ({**paid(), "id": 7}, "id", "string_type"),
    ({**paid(), "id": "x" * 201}, "id", "string_too_long"),
    ({**paid(), "id": "a\x00b"}, "id", "nul"),
    ({**paid(), "source": "a b"}, "source", "source_format"),
    ({**paid(), "source": ""}, "source", "source_format"),
    ({**paid(), "source": None}, "source", "source_format"),
    ({**paid(), "source": ["pos"]}, "source", "source_format"),
    ({**paid(), "source": "pos\n"}, "source", "source_format"),
    ({**paid(), "source": "timer"}, "source", "reserved_source"),
    ({**paid(), "source": "rules"}, "source", "reserved_source"),
    ({**paid(), "type": "no.such"}, "type", "unknown_type"),
    ({**paid(), "type": "tier.upgraded"}, "type", "derived_type"),
    ({**paid(), "type": "asset.spent"}, "type", "command_type"),
    ({**paid(), "type": {}}, "type", "string_type"),
    ({**paid(), "member": None}, "member", "missing"),
    ({**paid(), "member": {}}, "member", "no_identity"),
    ({**paid(), "member": "a"}, "member", "dict_type"),
    ({**paid(), "member": {"pos": 1}}, "member.pos", "string_type"),
    ({**paid(), "member": {"pos": None}}, "member.pos", "string_type"),
    ({**paid(), "member": {"pos": "  "}}, "member.pos", "bad_identity"),
    ({**paid(), "member": {"phone": "12"}}, "member.phone", "bad_identity"),
    ({**paid(), "member": {"phone": "+86138000000000000"}}, "member.phone", "bad_identity"),
    ({**paid(), "member": {"email": "a@b"}}, "member.email", "bad_identity"),
    ({**paid(), "member": {"pos": "x" * 300}}, "member.pos", "bad_identity"),
    ({**paid(), "member": {"id": "7"}}, "member.id", "identity_id"),
    ({**paid(), "member": {f"kind_{'abcdefghijk'[i]}": "x" for i in range(11)}}, "member", "too_long"),
    ({**paid(), "time": "yesterday"}, "time", "time_format"),
    ({**paid(), "time": 1_700_000_000}, "time", "time_format"),
    ({**paid(), "time": "2026-03-09T10:00:00"}, "time", "time_zone"),
    ({**paid(), "time": "2026-03-09"}, "time", "time_zone"),
    ({**paid(), "time": at("2026-03-12")}, "time", "time_future"),
    ({**paid(), "time": "9999-12-31T23:59:59-23:59"}, "time", "time_future"),
    ({**paid(), "time": "9999-12-31T23:59:59+00:00"}, "time", "time_future"),
    ({**paid(), "time": "1999-12-31T00:00:00+00:00"}, "time", "time_past"),
    ({**paid(), "time": "0001-01-01T00:00:00+23:00"}, "time", "time_past"),
    ({**paid(), "time": "2026-02-30T00:00:00Z"}, "time", "time_format"),
    ({**paid(), "data": None}, "data", "dict_type"),
    ({**paid(), "data": []}, "data", "dict_type"),
    (without("order_id"), "data.order_id", "missing"),
    (without("total"), "data.total", "missing"),
    (without("currency"), "data.currency", "missing"),
    (paid(order_id=""), "data.order_id", "string_too_short"),
    (paid(order_id=1001), "data.order_id", "string_type"),
    (paid(order_id="x" * 101), "data.order_id", "string_too_long"),
    (paid(total="-1"), "data.total", "money_format"),
    (paid(total=-1), "data.total", "money_format"),
    (paid(total="-0"), "data.total", "money_format"),
    (paid(total=""), "data.total", "money_format"),
    (paid(total="1,000"), "data.total", "money_format"),
    (paid(total="1e3"), "data.total", "money_format"),
    (paid(total="NaN"), "data.total", "money_format"),
    (paid(total="١٢٣"), "data.total", "money_format"),
    (paid(total=" 1"), "data.total", "money_format"),
    (paid(total="1.00\n"), "data.total", "money_format"),
    (paid(total="1.001"), "data.total", "money_decimals"),
    (paid(total=1.001), "data.total", "money_decimals"),
    (paid(total="10000000000.00"), "data.total", "money_limit"),
    (paid(total=10**30), "data.total", "money_format"),
    (paid(total=True), "data.total", "money_type"),
    (paid(total=None), "data.total", "money_type"),
    (paid(total=["1"]), "data.total", "money_type"),
    (paid(currency="USD"), "data.currency", "currency"),
    (paid(currency="cny"), "data.currency", "currency"),
    (paid(currency=None), "data.currency", "currency"),
    (paid(currency=[]), "data.currency", "currency"),
    (paid(channel="x" * 61), "data.channel", "string_too_long"),
    (paid(channel=None), "data.channel", "string_type"),
    (paid(channel="a\x00"), "data.channel", "nul"),
    (paid(items={}), "data.items", "list_type"),
    (paid(items=["x"]), "data.items[0]", "dict_type"),
    (paid(items=[LINE, {"quantity": 1}]), "data.items[1].sku", "missing"),
    (paid(items=[LINE, {**LINE, "price": "-1"}]), "data.items[1].price", "money_format"),
    (paid(items=[LINE, {**LINE, "quantity": -1}]), "data.items[1].quantity", "quantity_format"),
    (paid(items=[LINE, {**LINE, "quantity": "many"}]), "data.items[1].quantity", "quantity_format"),
    (paid(items=[LINE, {**LINE, "quantity": None}]), "data.items[1].quantity", "quantity_type"),
    (paid(items=[LINE, {**LINE, "quantity": 10**9}]), "data.items[1].quantity", "quantity_format"),
    (paid(items=[LINE] * 1001), "data.items", "too_long"),
    (paid(items=[{**LINE, "note": "a\x00"}]), "data.items[0].note", "nul"),
    (paid(items=[{**LINE, "total_minor": 5}]), "data.items[0].total_minor", "reserved_field"),
    (paid(total_minor=10**15), "data.total_minor", "reserved_field"),
    (paid(**{"a\x00b": 1}), "data", "nul"),
    (paid(deep={"x_minor": 1}), "data.deep.x_minor", "reserved_field"),
    (profile(gender="x"), "data.gender", "literal_error"),
    (profile(birthday="1990-02-30"), "data.birthday", "date_format"),
    (profile(birthday="1890-01-01"), "data.birthday", "date_range"),
    (profile(birthday=19900101), "data.birthday", "date_format"),
    (profile(name="x" * 201), "data.name", "string_too_long"),
    (profile(name=None), "data.name", "string_type"),
    (profile(attributes=[]), "data.attributes", "dict_type"),
    (profile(language="fr"), "data.language", "literal_error"),
    (profile(consent={"email": "perhaps"}), "data.consent.email", "bool_parsing"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "field", "code"), FAULTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_fault_is_named(one: dict[str, Any], field: str, code: str) -> None:
    before = tables()
    with today("2026-03-10"):
        answer = post(one)
    assert answer.refusal is not None
    assert 400 <= answer.refusal.status < 500
    assert (answer[0]["error"]["field"], answer[0]["error"]["code"]) == (field, code)
    assert answer[0]["error"]["message"]
    assert moved(before) == {}


def test_a_fault_is_said_in_the_readers_language() -> None:
    said = {
        language: post(paid(total="-1"), language)[0]["error"]["message"]
        for language in ("en", "zh-hans", "zh-hant")
    }
    assert said == {
        "en": 'must be an amount of 0 or more, such as "128.00"', "zh-hans": '必须是不小于 0 的金额，例如 "128.00"',
        "zh-hant": '必須是不小於 0 的金額，例如 "128.00"',
    }  # fmt: skip


def test_all_faults_of_an_event_are_told_at_once() -> None:
    one = {**paid(total="-1", currency="USD"), "id": "", "time": "x", "member": {"phone": "1"}}
    answer = post(one)
    assert {error["field"] for error in answer[0]["errors"]} == {
        "id", "time", "member.phone", "data.total", "data.currency",
    }  # fmt: skip
    assert answer.refusal is not None
    assert len(answer.refusal.errors) == 5


def test_all_bad_ones_beside_a_good_one() -> None:
    before = tables()
    with today("2026-03-10"):
        results = send(*(deepcopy(one) for one, _, _ in FAULTS), paid())
    assert [one["status"] for one in results] == ["rejected"] * len(FAULTS) + ["processed"]
    assert moved(before) == {
        "events_event": 1, "events_tally": 3, "ledger_balance": 2, "ledger_entry": 2, "ledger_lot": 2,
        "orders_membertotals": 1, "orders_order": 1,
    }  # fmt: skip


def test_a_reserved_name_in_disguise() -> None:
    body = json.dumps(paid(total="1.00")).replace(
        '"total": "1.00"', '"total": "1.00", "total\\u005fminor": 99999999'
    )
    answer = post(body.encode())
    assert (answer[0]["error"]["code"], answer[0]["error"]["field"]) == ("reserved_field", "data.total_minor")


@pytest.mark.parametrize(
    "number", ["9" * 400, "9" * 5000, "1" + "0" * 140_000, "1e300", "1e999", "1.5e-320", "-" + "9" * 5000]
)
def test_numbers_nobody_can_hold(number: str) -> None:
    """In a field that nobody asks for: kept, or refused; the others of the batch are taken."""
    bad = json.dumps(paid()).replace('"currency"', f'"odd": {number}, "currency"')
    good = json.dumps(order("a", "2026-03-09", 1, "good"))
    try:
        results = post(f'{{"events": [{bad}, {good}]}}'.encode())
    except BadBody:
        return
    assert results[1]["status"] == "processed"
    assert results[0]["status"] == "processed" or results[0]["error"]["field"]


@pytest.mark.parametrize(
    "total", ["0", "0.0", 0, "0.01", 0.1, 128.1, "9999999999.99", 1e3, "00128.50", "1.000000"]
)
def test_amounts_that_are_amounts(total: Any) -> None:
    with today("2026-03-10"):
        assert post(paid(total=total))[0]["status"] == "processed"


@pytest.mark.parametrize(
    ("kind", "bad", "code", "good"),
    [
        ("number", True, "float_type", 1.5), ("number", False, "float_type", 0), ("number", "1", "float_type", -3),
        ("date", "2026-13-45", "date_format", "2026-02-28"), ("date", "2026-02-30", "date_format", "2028-02-29"),
        ("date", "20260228", "date_format", None), ("date", 7, "date_format", "2026-01-01"),
        ("boolean", 1, "bool_type", True), ("text", 1, "string_type", "x"), ("choice", "z", "choice", "a"),
        ("choice", ["a"], "choice", "a"),
    ],
)  # fmt: skip
def test_declared_attributes_are_of_their_kind(kind: str, bad: Any, code: str, good: Any) -> None:
    more = ", choices: [a, b]" if kind == "choice" else ""
    fresh(
        shop().replace(
            "event_types:", f"attributes:\n  thing: {{name: Thing, type: {kind}{more}}}\nevent_types:"
        )
    )
    before = tables()
    error = post(profile(attributes={"thing": bad, "other": [1]}))[0]["error"]
    assert (error["field"], error["code"]) == ("data.attributes.thing", code)
    assert moved(before) == {}
    took(profile(attributes={"thing": good, "other": [1]}))
