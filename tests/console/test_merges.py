"""Two records of one person in the console: found, seen beside each other, made one, and taken apart again."""

import re
from uuid import UUID, uuid4

import pytest
from django.test import Client

from regulars.engine import merging, operations
from regulars.engine.operations import Request
from regulars.kit import clock
from regulars.members.models import Member, Merge
from regulars.staff.models import AuditEntry, Operator
from tests.console.shop import LIN, NOW, paid, tell
from tests.console.test_books import text
from tests.engine.world import moved, tables
from tests.value.shop import Till, books, in_order

pytestmark = pytest.mark.django_db
WECHAT = {"wechat": "o-lin", "email": "lin2@example.cn"}


@pytest.fixture
def pair(shop: dict[str, UUID]) -> tuple[UUID, UUID]:
    """Lin of the store, and Lin of WeChat with an order of 88.00 and her birthday."""
    other = tell(
        "member.joined", WECHAT, "j-lin2", NOW, name="林小雨", birthday="1990-05-17", consent={"email": False}
    )
    paid(WECHAT, "3001", "88.00", NOW)
    return shop["lin"], other


def has(member: UUID, asset: str = "points") -> int:
    return Till(member).has(asset)[0]


def body(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", re.sub(r"<script.*?</script>", "", page, flags=re.S)).split())


def sent(client: Client, path: str, **fields: str) -> str:
    """Where the form leads, or the page that it stays on."""
    response = client.post(f"/console/members/{path}", {"reason": "same person", "key": "m:1", **fields})
    if response.status_code == 302:
        return str(response.headers["Location"])
    assert response.status_code == 200
    return body(response.content.decode())


def test_the_other_record_is_found_and_hinted_at(desk: Client, pair: tuple[UUID, UUID]) -> None:
    kept, gone = pair
    assert f"/console/members/{kept}/merge/{gone}" in desk.get(f"/console/members/{kept}/").content.decode()
    guessed = desk.get(f"/console/members/{kept}/merge").content.decode()
    assert f"/merge/{gone}" in guessed
    for asked in ("o-lin", "lin2@example.cn", "林小雨"):
        page = desk.get(f"/console/members/{kept}/merge", {"q": asked}).content.decode()
        assert f"/merge/{gone}" in page
        assert f"/merge/{kept}" not in page, "nobody is merged into themselves"
    assert "Nobody else is found by this." in text(desk, f"members/{kept}/merge?q=zzz")


def test_both_are_seen_beside_each_other_and_nothing_is_written(
    desk: Client, pair: tuple[UUID, UUID]
) -> None:
    kept, gone = pair
    one, two = has(kept), has(gone)
    before, there = books(), tables()
    page = text(desk, f"members/{kept}/merge/{gone}")
    assert f"Points {one:,} {two:,} {one + two:,}" in page
    assert "Orders 2 1 3" in page
    assert "E-mail offers Not said Refused Refused" in page
    assert "Contact Phone +8613800001234" in page
    assert "Keep the other one" in page
    swapped = text(desk, f"members/{gone}/merge/{kept}")
    assert f"Points {two:,} {one:,} {one + two:,}" in swapped
    assert books() == before
    assert moved(there) == {}


def test_sent_twice_they_are_merged_once(desk: Client, pair: tuple[UUID, UUID]) -> None:
    kept, gone = pair
    whole = has(kept) + has(gone)
    for _ in range(2):
        assert sent(desk, f"{kept}/merge/{gone}") == f"/console/members/{kept}/"
    assert has(kept) == whole
    assert Merge.objects.count() == 1
    (deed,) = AuditEntry.objects.filter(action="members.merged")
    assert (deed.actor, deed.subject) == ("alice@example.com", str(kept))
    assert deed.detail == {"record": str(gone), "reason": "same person"}
    assert "Merged two records of a member" in text(desk, "settings/")
    page = text(desk, f"members/{kept}/")
    assert "Merged records 林小雨" in page
    assert "Members merged 林小雨 · “same person” by alice@example.com" in page
    life = text(desk, f"members/{kept}/timeline")
    assert "Members merged 林小雨" in life
    assert "+188 points" in life
    assert "Value moved" not in life, "what the books did is part of the merge"
    assert "Level reckoned anew" not in life
    theirs = text(desk, f"members/{gone}/timeline")
    assert "Merged into another member 林小雨 −88 growth −188 points" in theirs
    assert "Value moved" not in theirs
    in_order()


def test_the_record_that_is_gone_says_where_it_is_and_offers_nothing(
    desk: Client, pair: tuple[UUID, UUID]
) -> None:
    kept, gone = pair
    sent(desk, f"{kept}/merge/{gone}")
    raw = desk.get(f"/console/members/{gone}/").content.decode()
    page = body(raw)
    assert (
        "This record was merged into another member on Nov 20, 2026 by alice@example.com. “same person”"
        in page
    )
    assert f'href="/console/members/{kept}/"' in raw
    assert "¥88.00" in page, "its history is there to read"
    assert f"/members/{gone}/merge" not in raw
    assert "Take apart" not in page
    assert "to Silver" not in page, "no level is climbed any more"
    assert f"/members/{gone}/books/adjust" not in desk.get(f"/console/members/{gone}/books/").content.decode()
    assert desk.get(f"/console/members/{gone}/books/adjust").status_code == 404
    assert desk.get(f"/console/members/{gone}/merge").headers["Location"] == f"/console/members/{kept}/merge"
    third = Member.objects.get(name="Anna Müller").id
    refused = text(desk, f"members/{third}/merge/{gone}")
    assert "Has been merged into another member: take that apart first" in refused
    assert "Together" not in refused


def test_taken_apart_each_has_their_own(desk: Client, pair: tuple[UUID, UUID]) -> None:
    kept, gone = pair
    one, two = has(kept), has(gone)
    sent(desk, f"{kept}/merge/{gone}")
    before, there = books(), tables()
    page = text(desk, f"members/{kept}/merge/{gone}/undo")
    assert f"Points {two} Orders 1" in page
    assert "E-mail lin2@example.cn" in page
    assert "Orders 1 Spend ¥88.00" in page
    assert f"Points {one + two:,} → {one:,} −{two}" in page
    assert "have been used since" not in page
    assert books() == before
    assert moved(there) == {}
    for _ in range(2):
        assert sent(desk, f"{kept}/merge/{gone}/undo", key="u:1") == f"/console/members/{gone}/"
    assert (has(kept), has(gone)) == (one, two)
    assert AuditEntry.objects.filter(action="members.unmerged").count() == 1
    again = desk.get(f"/console/members/{kept}/merge/{gone}/undo", follow=True)
    assert "has been taken apart already" in body(again.content.decode())
    in_order()


def test_what_was_used_meanwhile_is_told_before(desk: Client, pair: tuple[UUID, UUID]) -> None:
    kept, gone = pair
    whole, theirs = has(kept) + has(gone), has(gone)
    sent(desk, f"{kept}/merge/{gone}")
    with clock.fixed(NOW):
        spent = operations.spend(Request(kept, "till", "s1"), "points", whole - 8)
    assert spent.error is None
    page = text(desk, f"members/{kept}/merge/{gone}/undo")
    assert f"{theirs - 8} points that this record brought have been used since." in page
    sent(desk, f"{kept}/merge/{gone}/undo", key="u:1")
    assert (has(kept), has(gone)) == (0, 8)
    in_order()


def test_who_may_only_look_merges_nobody(bob: Operator, pair: tuple[UUID, UUID]) -> None:
    kept, gone = pair
    client = Client()
    client.force_login(bob)
    for path in ("merge", f"merge/{gone}", f"merge/{gone}/undo"):
        assert client.get(f"/console/members/{kept}/{path}").status_code == 403
        assert client.post(f"/console/members/{kept}/{path}", {"reason": "x", "key": "k"}).status_code == 403
    page = client.get(f"/console/members/{kept}/").content.decode()
    assert f"/members/{kept}/merge" not in page
    assert not Merge.objects.exists()


def test_a_reason_is_asked_for(desk: Client, pair: tuple[UUID, UUID]) -> None:
    kept, gone = pair
    page = sent(desk, f"{kept}/merge/{gone}", reason=" ")
    assert "This field is required." in page
    assert not Merge.objects.exists()
    assert desk.get(f"/console/members/{kept}/merge/{uuid4()}").status_code == 404


def test_the_list_finds_merged_records_and_nobody_twice(desk: Client, pair: tuple[UUID, UUID]) -> None:
    kept, gone = pair
    sent(desk, f"{kept}/merge/{gone}")
    assert f"/members/{gone}/" not in desk.get("/console/members/").content.decode()
    listed = desk.get("/console/members/?merged=1").content.decode()
    assert f"/members/{gone}/" in listed
    assert f"/members/{kept}/" not in listed
    assert "Merged records" in body(listed)
    rows = b"".join(desk.get("/console/members/export.csv?merged=1")).decode()
    assert rows.count("林小雨") == 1
    assert ",Merged," in rows


def test_a_chain_is_shown_and_taken_apart_from_its_end(desk: Client, pair: tuple[UUID, UUID]) -> None:
    kept, gone = pair
    last = Member.objects.get(name="Anna Müller").id
    sent(desk, f"{kept}/merge/{gone}")
    assert merging.merge(Request(last, "till", "m2", "key:till", "too"), kept).error is None
    raw = desk.get(f"/console/members/{last}/").content.decode()
    assert "by way of 林小雨" in body(raw)
    assert f"/members/{last}/merge/{kept}/undo" in raw
    assert f"/members/{last}/merge/{gone}/undo" not in raw
    assert "API key till" in body(raw)
    assert f'href="/console/members/{last}/"' in desk.get(f"/console/members/{gone}/").content.decode()


def test_a_till_that_sends_the_old_identity_means_the_member(desk: Client, pair: tuple[UUID, UUID]) -> None:
    kept, gone = pair
    sent(desk, f"{kept}/merge/{gone}")
    assert paid(WECHAT, "3002", "1.00", NOW) == kept == paid(LIN, "3003", "1.00", NOW)
