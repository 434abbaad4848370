"""Records of one person made one over the API: who is named and how, what is answered, and each done once."""

from typing import Any

import pytest

from regulars.events.models import Event
from regulars.ledger.models import Entry
from regulars.members.models import Member, Merge
from regulars.staff.service import create_api_key
from tests.api.conftest import Caller, problem
from tests.api.value import MEMBER, OTHER, ask, books, do, joined, moved, tables
from tests.value.shop import in_order

pytestmark = pytest.mark.django_db

WECHAT = "+8613800000001"
NOBODY = "019a0f3c-5b00-7a31-9c5e-3f1f0a5b7000"


@pytest.fixture
def pair(caller: Caller) -> tuple[str, str]:
    """Two members with 100 points each."""
    return joined(caller), joined(caller, WECHAT)


def merged(caller: Caller, member: Any, key: str = "m1") -> dict[str, Any]:
    return do(caller, "merges", {"member": member, "reason": "joined twice"}, key)


def whole(caller: Caller, ref: str) -> dict[str, Any]:
    found: dict[str, Any] = caller.get(f"/members/{ref}").json()
    return found


def test_one_record_becomes_the_others_and_is_told_with_it(caller: Caller, pair: tuple[str, str]) -> None:
    kept, gone = pair
    told = merged(caller, gone)
    assert (told["status"], told["member_id"], told["balances"]["points"]) == ("processed", kept, 200)
    assert told["effects"][0] == {
        "kind": "give", "rule": "", "asset": "points", "amount": 100, "account": "merge", "event": "asset.moved_in",
    }  # fmt: skip
    for ref in (kept, gone, "phone:%2B8613800000000", "phone:%2B8613800000001"):
        found = whole(caller, ref)
        assert (found["id"], found["status"], found["merged_into"]) == (kept, "active", None)
        phones = {one["value"] for one in found["identities"] if one["kind"] == "phone"}
        assert phones == {"+8613800000000", WECHAT}
        (line,) = found["merged"]
        at = Merge.objects.get().merged_at.isoformat().replace("+00:00", "Z")
        assert (line["id"], line["into"], line["by"], line["reason"]) == (
            gone,
            kept,
            "key:till",
            "joined twice",
        )
        assert line["at"][:19] == at[:19]
    entries = caller.get(f"/members/{kept}/entries").json()["items"]
    assert [(one["amount"], one["account"]) for one in entries] == [(100, "merge"), (100, "issue")]
    listed = caller.get("/members?status=merged").json()["items"]
    assert [(one["id"], one["merged_into"]) for one in listed] == [(gone, kept)]
    assert [one["id"] for one in caller.get("/members").json()["items"]] == [kept]
    in_order()


@pytest.mark.parametrize(
    "named",
    [
        f"phone:{WECHAT}",
        {"phone": WECHAT},
        {"phone": WECHAT, "external": "nobody-has-this"},
        "id",
        {"id": ""},
    ],
)
def test_the_one_who_goes_is_named_in_any_way_and_again_it_is_the_same(
    caller: Caller, pair: tuple[str, str], named: Any
) -> None:
    kept, gone = pair
    named = gone if named == "id" else {"id": gone} if named == {"id": ""} else named
    first = merged(caller, named)
    before = books()
    second = merged(caller, named)
    assert second == {**first, "status": "duplicate"}
    assert books() == before
    assert (Merge.objects.get().kept, Merge.objects.get().gone) == (
        Member.objects.get(id=kept).id,
        Member.objects.get(id=gone).id,
    )
    other = ask(caller, "merges", {"member": gone, "reason": "another"}, "m1")
    problem(other, 409, "key_conflict", "Idempotency-Key")


def test_undone_each_has_their_own(caller: Caller, pair: tuple[str, str]) -> None:
    kept, gone = pair
    merged(caller, gone)
    told = do(caller, f"merges/{gone}/undo", {"reason": "father and son"}, "u1")
    assert (told["status"], told["member_id"], told["balances"]["points"]) == ("processed", kept, 100)
    assert do(caller, f"merges/{gone}/undo", {"reason": "father and son"}, "u1")["status"] == "duplicate"
    assert whole(caller, gone)["id"] == gone
    assert whole(caller, kept)["merged"] == []
    points = caller.get(f"{OTHER}/balances").json()
    assert next(one["balance"] for one in points if one["asset"] == "points") == 100
    problem(ask(caller, f"merges/{gone}/undo"), 409, "not_merged", "member")
    in_order()


def test_a_preview_of_either_leaves_nothing(caller: Caller, pair: tuple[str, str]) -> None:
    _, gone = pair
    before, there = books(), tables()
    ahead = caller.post(f"{MEMBER}/merges?preview=true", {"member": gone, "reason": "x"})
    assert (ahead.json()["status"], ahead.json()["balances"]["points"]) == ("preview", 200)
    assert ahead.json()["operation_id"] is None
    assert books() == before
    assert moved(there) == {}
    merged(caller, gone)
    before, there = books(), tables()
    back = caller.post(f"{MEMBER}/merges/{gone}/undo?preview=true", {})
    assert (back.json()["status"], back.json()["balances"]["points"]) == ("preview", 100)
    assert books() == before
    assert moved(there) == {}


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"member": NOBODY, "reason": "x"}, 404, "record_unknown", "member"),
        ({"member": "phone:+8613811111111", "reason": "x"}, 404, "member_unknown", "member"),
        ({"member": {"phone": "12"}, "reason": "x"}, 422, "bad_identity", "member.phone"),
        ({"member": {"id": "me"}, "reason": "x"}, 422, "not_id", "member.id"),
        ({"member": "me", "reason": "x"}, 422, "not_id", "member"),
        ({"member": {"phone": "+8613800000000"}, "reason": "x"}, 422, "same_member", "member"),
        ({"member": {"phone": "+8613800000000", "card": "88"}, "reason": "x"}, 422, "identity_conflict", "member"),
        ({"member": {}, "reason": "x"}, 422, "invalid", None),
        ({"member": NOBODY}, 422, "invalid", "reason"),
        ({"reason": "x"}, 422, "invalid", "member"),
        ({"member": NOBODY, "reason": "x", "by": "me"}, 422, "invalid", "by"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("pair")
def test_what_cannot_be_is_refused_with_its_field(
    caller: Caller, body: Any, status: int, code: str, field: str | None
) -> None:
    event = {"id": "j3", "type": "member.joined", "member": {"card": "88"}, "data": {}}
    assert caller.post("/events", event).status_code == 200
    before, there = books(), tables()
    problem(ask(caller, "merges", body), status, code, field)
    assert books() == before
    assert moved(there) == {}


def test_a_record_that_is_gone_goes_no_second_time(caller: Caller, pair: tuple[str, str]) -> None:
    kept, gone = pair
    third = joined(caller, "+8613800000002")
    merged(caller, gone)
    refused = ask(caller, "merges", {"member": gone, "reason": "x"}, member=f"/members/{third}")
    problem(refused, 409, "already_merged", "member")
    told = do(caller, "merges", {"member": third, "reason": "x"}, member=f"/members/{gone}")
    assert told["member_id"] == kept, "the old id means the member"
    problem(
        ask(caller, "merges", {"member": gone, "reason": "x"}, member=f"/members/{NOBODY}"),
        404,
        "member_unknown",
    )


def test_a_merge_is_no_event_that_others_may_send(caller: Caller, pair: tuple[str, str]) -> None:
    _, gone = pair
    for kind in (
        "member.merged",
        "member.unmerged",
        "member.merged_away",
        "member.restored",
        "tier.reckoned",
        "asset.moved_in",
    ):
        event = {"id": kind, "type": kind, "member": {"phone": "+8613800000000"}, "data": {"member": gone}}
        refusal = "command_type" if kind in ("member.merged", "member.unmerged") else "derived_type"
        problem(caller.post("/events", event), 422, refusal, "type")
    assert not Event.objects.filter(type__startswith="member.merged").exists()


@pytest.mark.usefixtures("caller")
def test_a_key_for_value_merges_nobody(pair: tuple[str, str]) -> None:
    _, gone = pair
    weak = Caller(create_api_key("shop", ["ledger:write", "members:read", "events:write"]))
    for path in ("merges", f"merges/{gone}/undo"):
        problem(ask(weak, path, {"member": gone, "reason": "x"}), 403, "no_scope")
    assert not Merge.objects.exists()


@pytest.mark.usefixtures("pair")
def test_the_statement_and_the_timeline_tell_it(caller: Caller, pair: tuple[str, str]) -> None:
    kept, gone = pair
    merged(caller, gone)
    moments = caller.get(f"/members/{kept}/timeline").json()["items"]
    assert {one["type"] for one in moments} >= {"member.merged", "asset.moved_in"}
    lines = caller.get(f"/members/{kept}/statement?asset=points").json()["items"]
    assert lines[-1]["accounts"] == {"points": {"merge": 100}}
    assert Entry.objects.filter(account="merge").count() == 2
