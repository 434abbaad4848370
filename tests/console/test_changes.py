"""Changing what a member has: seen before it is done, done once, and above the limit only with a second person."""

import re
from uuid import UUID, uuid4

import pytest
from django.test import Client

from regulars.approvals.models import ChangeRequest
from regulars.staff.models import AuditEntry, Operator
from tests.console import books as story
from tests.console.conftest import PASSWORD
from tests.console.test_books import text
from tests.engine.world import moved, tables
from tests.value.shop import Till, books, in_order

FIELDS = {"asset": "points", "direction": "add", "amount": "50", "reason": "goodwill"}


@pytest.fixture
def carol(db: None) -> Operator:  # noqa: ARG001
    """An operator: adjusts, and approves nothing."""
    return Operator.objects.create_user(
        "carol@example.com", PASSWORD, name="Carol", role="operator", language="en"
    )


@pytest.fixture
def counter(carol: Operator) -> Client:
    client = Client()
    client.force_login(carol)
    return client


def sent(client: Client, path: str, fields: dict[str, str]) -> str:
    response = client.post(f"/console/members/{path}", fields)
    assert response.status_code == 200
    page = re.sub(r"<script.*?</script>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_what_will_happen_is_said_and_nothing_is_written(counter: Client) -> None:
    told = story.tell()
    before, there = books(), tables()
    page = sent(counter, f"{told.ann}/books/adjust", FIELDS | {"direction": "take"})
    assert "Points 190 → 140 −50" in page
    assert "Credit of Sep 10, 2026 (until Mar 31, 2027): −50" in page
    assert books() == before
    assert moved(there) == {}


def test_confirmed_twice_it_is_done_once(counter: Client) -> None:
    told = story.tell()
    fields = FIELDS | {"confirm": "1", "key": f"c:{uuid4()}"}
    for _ in range(2):
        response = counter.post(f"/console/members/{told.ann}/books/adjust", fields)
        assert response.headers["Location"] == f"/console/members/{told.ann}/books/"
    assert Till(told.ann).has() == (240, 30, 0)
    assert ChangeRequest.objects.filter(state="done").count() == 1
    assert AuditEntry.objects.filter(action="value.done").count() == 1
    assert "Adjusted “goodwill” by carol@example.com" in text(counter, f"members/{told.ann}/books/")
    in_order()


def test_another_change_under_the_same_key_is_refused(counter: Client) -> None:
    told = story.tell()
    fields = FIELDS | {"confirm": "1", "key": "c:same"}
    counter.post(f"/console/members/{told.ann}/books/adjust", fields)
    page = sent(counter, f"{told.ann}/books/adjust", fields | {"amount": "40"})
    assert "This key names another request already" in page
    assert Till(told.ann).has() == (240, 30, 0)


def test_above_the_limit_it_is_asked_and_a_second_person_does_it(counter: Client, desk: Client) -> None:
    told = story.tell()
    path = f"/console/members/{told.ann}/books/adjust"
    fields = FIELDS | {"amount": "500"}
    page = sent(counter, f"{told.ann}/books/adjust", fields)
    assert "A second person must approve this." in page
    assert "Points: this moves 500; today you may still move 100 alone." in page
    for _ in range(2):
        counter.post(path, fields | {"confirm": "1", "key": "c:big"})
    (waiting,) = ChangeRequest.objects.all()
    assert (waiting.state, Till(told.ann).has()) == ("waiting", (190, 30, 0))
    own = counter.get("/console/books/approvals/").content.decode()
    assert f"{waiting.id}/withdraw" in own
    assert f"{waiting.id}/approve" not in own
    inbox = text(desk, "books/approvals/")
    assert "Adjust +500 points" in inbox
    assert "Reason goodwill Asked by carol@example.com Moves 500 Points" in inbox
    assert "Points 190 → 690 +500" in text(desk, f"books/approvals/{waiting.id}/foreseen")
    assert "Approvals 1" in inbox
    assert counter.post(f"/console/books/approvals/{waiting.id}/approve").status_code == 403
    for _ in range(2):
        desk.post(f"/console/books/approvals/{waiting.id}/approve")
    assert Till(told.ann).has() == (690, 30, 0)
    assert "approved · alice@example.com" in text(desk, "books/approvals/")
    assert "by carol@example.com, approved by alice@example.com" in text(desk, f"members/{told.ann}/books/")
    in_order()


def test_an_administrator_does_not_approve_their_own(desk: Client) -> None:
    told = story.tell()
    fields = FIELDS | {"amount": "500", "confirm": "1", "key": "c:own"}
    desk.post(f"/console/members/{told.ann}/books/adjust", fields)
    (waiting,) = ChangeRequest.objects.all()
    page = desk.get("/console/books/approvals/").content.decode()
    assert f"{waiting.id}/approve" not in page
    assert desk.post(f"/console/books/approvals/{waiting.id}/approve").status_code == 403
    assert desk.post(f"/console/books/approvals/{waiting.id}/withdraw").status_code == 302
    assert ChangeRequest.objects.get().state == "withdrawn"
    assert Till(told.ann).has() == (190, 30, 0)


def test_no_is_said_with_a_reason(counter: Client, desk: Client) -> None:
    told = story.tell()
    counter.post(
        f"/console/members/{told.ann}/books/adjust", FIELDS | {"amount": "500", "confirm": "1", "key": "c:no"}
    )
    (waiting,) = ChangeRequest.objects.all()
    desk.post(f"/console/books/approvals/{waiting.id}/reject", {"note": " "})
    assert ChangeRequest.objects.get().state == "waiting"
    desk.post(f"/console/books/approvals/{waiting.id}/reject", {"note": "too much"})
    page = text(counter, "books/approvals/")
    assert "rejected · alice@example.com too much" in page
    assert text(counter, "books/approvals/?state=approved").count("too much") == 0


def test_every_other_way(counter: Client) -> None:
    told = story.tell()
    path, do = f"/console/members/{told.ann}/books", {"confirm": "1", "reason": "because"}
    till = Till(told.ann)
    counter.post(
        f"{path}/credit", do | {"asset": "points", "amount": "5", "last_day": "2026-12-31", "key": "c:1"}
    )
    assert till.has() == (195, 30, 0)
    assert "until Dec 31, 2026" in text(counter, f"members/{told.ann}/books/")
    counter.post(f"{path}/release/{told.held}", do | {"amount": "10", "key": "c:2"})
    assert till.has() == (205, 20, 0)
    counter.post(f"{path}/release/{told.held}", do | {"amount": "10", "key": "c:2"})
    assert till.has() == (205, 20, 0)
    counter.post(f"{path}/reverse/{told.spent}", do | {"amount": "15", "key": "c:3"})
    assert till.has() == (220, 20, 0)
    counter.post(f"{path}/correct/{told.adjusted}", do | {"amount": "12", "key": "c:4"})
    assert till.has() == (212, 20, 0)
    counter.post(f"{path}/end", do | {"asset": "points", "amount": "12", "key": "c:5"})
    assert till.has() == (200, 20, 0)
    in_order()


def test_previews_of_every_way(counter: Client) -> None:
    told = story.tell()
    before = books()
    reason = {"reason": "because"}
    assert "Points 190 → 220 +30 Points, held 30 → 0 −30" in sent(
        counter, f"{told.ann}/books/release/{told.held}", reason
    )
    assert "Points 190 → 240 +50" in sent(counter, f"{told.ann}/books/reverse/{told.spent}", reason)
    assert "Points 190 → 182 −8" in sent(
        counter, f"{told.ann}/books/correct/{told.adjusted}", reason | {"amount": "12"}
    )
    assert "Points 190 → 0 −190" in sent(counter, f"{told.ann}/books/end", reason | {"asset": "points"})
    page = sent(counter, f"{told.ann}/books/credit", reason | {"asset": "growth", "amount": "100"})
    assert "Growth 360 → 460 +100" in page
    assert books() == before


def test_what_the_books_refuse_is_said_at_the_field(counter: Client) -> None:
    told = story.tell()
    path = f"{told.ann}/books/adjust"
    assert "190 can be used" in sent(counter, path, FIELDS | {"direction": "take", "amount": "191"})
    assert "Only whole units." in sent(counter, path, FIELDS | {"amount": "1.5"})
    assert "At most 2 decimals." in sent(counter, path, FIELDS | {"asset": "cash", "amount": "1.505"})
    assert "An amount above 0." in sent(counter, path, FIELDS | {"amount": "-5"})
    assert "An amount above 0." in sent(counter, path, FIELDS | {"amount": "0"})
    assert "This field is required." in sent(counter, path, FIELDS | {"reason": " "})
    gift = sent(counter, f"{told.ann}/books/reverse/{told.gift}", {"reason": "no"})
    assert "Is a gift: it can be taken back by revoking it" in gift


def test_readers_and_unknown_things(bob: Operator, desk: Client) -> None:
    told = story.tell()
    reader = Client()
    reader.force_login(bob)
    before = books()
    for kind in ("adjust", "credit", "end", f"reverse/{told.spent}", f"release/{told.held}"):
        assert reader.get(f"/console/members/{told.ann}/books/{kind}").status_code == 403
        fields = FIELDS | {"confirm": "1", "key": "c:r"}
        assert reader.post(f"/console/members/{told.ann}/books/{kind}", fields).status_code == 403
    assert books() == before
    for path in (
        f"{told.ann}/books/steal", f"{told.ann}/books/reverse", f"{told.ann}/books/adjust/{told.spent}",
        f"{told.ann}/books/reverse/{UUID(int=9)}", f"{told.bob}/books/reverse/{told.spent}",
        f"{UUID(int=9)}/books/adjust",
    ):  # fmt: skip
        assert desk.get(f"/console/members/{path}").status_code == 404, path


def test_a_gift_is_taken_back_for_the_giver_and_only_once(counter: Client) -> None:
    told = story.tell()
    path = f"{told.ann}/books/revoke/{told.gift}"
    assert f"/console/members/{path}" in counter.get(f"/console/members/{told.ann}/books/").content.decode()
    before, there = books(), tables()
    page = sent(counter, path, {"reason": "wrong friend"})
    assert "Points 190 → 200 +10" in page
    assert "Credit of Sep 10, 2026 (until Mar 31, 2027): +10" in page
    assert "-10" not in page, "what the receiver loses is not the giver's"
    assert (books(), moved(there)) == (before, {})
    fields = {"reason": "wrong friend", "confirm": "1", "key": "c:back"}
    for _ in range(2):
        assert counter.post(f"/console/members/{path}", fields).status_code == 302
    assert (Till(told.ann).has(), Till(told.bob).has()) == ((200, 30, 0), (90, 0, 0))
    assert AuditEntry.objects.filter(action="value.done", detail__kind="revoke").count() == 1
    assert "Taken back from" in text(counter, f"members/{told.ann}/books/")
    assert (
        f"/console/members/{path}" not in counter.get(f"/console/members/{told.ann}/books/").content.decode()
    )
    assert "Has been taken back already" in sent(counter, path, fields | {"key": "c:again"})
    in_order()


def test_only_gifts_are_taken_back(counter: Client) -> None:
    told = story.tell()
    for operation in (told.spent, told.held):
        response = counter.get(f"/console/members/{told.ann}/books/revoke/{operation}")
        assert response.status_code == 404
    assert counter.get(f"/console/members/{told.ann}/books/revoke").status_code == 404
    assert counter.get(f"/console/members/{told.bob}/books/revoke/{told.gift}").status_code == 404
