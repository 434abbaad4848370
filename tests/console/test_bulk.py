"""Many members changed at once from their list: looked at first, done once, by the worker where they are many, undone
only as far as it was its doing."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from regulars.audiences import queries as audiences
from regulars.audiences.contracts import Kind, Wish
from regulars.engine import audiences as listing
from regulars.engine import tagging
from regulars.engine.following import follow_all
from regulars.insight import answers
from regulars.insight.bulk import queries, service, tasks
from regulars.insight.bulk.contracts import Deed, Measure, NothingToUndo
from regulars.kit import clock
from regulars.language.sql_text import Sql
from regulars.members.queries import profile
from regulars.staff.models import AuditEntry, Operator
from tests.console.shop import NOW
from tests.console.test_audiences import make, text
from tests.console.test_members import found

BULK = "/console/members/bulk/"
EVERYBODY = Sql("SELECT id FROM members_member")


def tags_of(member_id: UUID) -> tuple[str, ...]:
    who = profile(member_id)
    assert who is not None
    return who.tags


@contextmanager
def minutes(after: int) -> Iterator[None]:
    with clock.fixed(NOW + timedelta(minutes=after)):
        yield


def by_hand(member_id: UUID, add: list[str], remove: list[str], key: str) -> None:
    with minutes(-5 if key == "before" else 5):
        assert tagging.tag([member_id], add, remove, key=key, source="console", by="ann") == 1


def test_ticked_rows_are_looked_at_tagged_once_and_untagged_only_where_it_was_this(
    desk: Client, shop: dict[str, UUID], bob: Operator
) -> None:
    lin, idle, nameless = shop["lin"], shop["idle"], shop["nameless"]
    by_hand(lin, ["vip"], [], "before")
    page = text(desk, "/console/members/?level=basic")
    assert f'form="bulk" name="member" value="{idle}"' in page
    assert "all 3 that fit the filters" in page
    ticked = {"do": "tag", "member": [str(lin), str(idle), str(nameless), str(idle)], "query": ""}
    assert "3 members that were ticked" in desk.post(BULK, ticked).content.decode()
    looked = desk.post(BULK, {**ticked, "value": " vip "}).content.decode()
    assert "Of these 3, 1 bear the tag now; 3 afterwards." in looked
    assert "Change 2 members" in looked
    assert (tags_of(idle), queries.latest()) == ((), [])
    sure = {**ticked, "value": "vip", "sure": "1", "once": "k"}
    first, again = (desk.post(BULK, sure).headers["Location"] for _click in range(2))
    assert first == again
    assert set(found(desk, "tag=vip")) == {str(lin), str(idle), str(nameless)}
    [job] = queries.latest()
    assert (job.state, job.members, job.moving, job.changed, job.same, job.refused) == ("done", 3, 2, 2, 1, 0)
    assert "2 members were changed." in text(desk, first)
    by_hand(nameless, [], ["vip"], "off")
    by_hand(nameless, ["vip"], [], "on again")
    back = [desk.post(f"{first}undo").headers["Location"] for _click in range(2)]
    assert back[0] == back[1] != first
    assert [tags_of(one) for one in (lin, idle, nameless)] == [("vip",), (), ("vip",)]
    undone = queries.get(UUID(back[0].split("/")[-2]))
    assert (undone.undoes, undone.changed, undone.kept, undone.may_undo) == (job.id, 1, 1, False)
    assert "It was undone." in text(desk, first)
    with pytest.raises(NothingToUndo):
        service.undo(undone.id, "ann")
    reader = Client()
    reader.force_login(bob)
    assert reader.post(BULK, sure).status_code == reader.post(f"{first}undo").status_code == 403
    assert 'name="member"' not in text(reader, "/console/members/")


def test_all_that_fit_go_on_a_list_and_undoing_leaves_who_was_on_it(
    desk: Client, shop: dict[str, UUID]
) -> None:
    desk.post("/console/members/audiences/new", {"kind": "list", "name": "Guests"})
    desk.post("/console/members/audiences/guests/put", {"members": "88001", "on": "1", "sure": "1"})
    everybody = {"do": "list", "all": "1", "query": "active=90", "value": "guests"}
    assert "Of these 2, 1 are on the list now; 2 afterwards." in desk.post(BULK, everybody).content.decode()
    made = desk.post(BULK, {**everybody, "sure": "1"}).headers["Location"]
    assert set(found(desk, "audience=guests")) == {str(shop["lin"]), str(shop["nameless"])}
    desk.post(f"{made}undo")
    assert found(desk, "audience=guests") == [str(shop["nameless"])]
    make(desk)
    refused = desk.post(BULK, {**everybody, "value": "big_spenders", "sure": "1"}).content.decode()
    assert "goes by its condition" in refused
    assert desk.post(BULK, {"do": "tag", "value": "x"}).status_code == 422
    assert desk.post(BULK, {"do": "tag", "all": "1", "query": "merged=1"}).status_code == 422
    assert (
        "1 to 60 printable" in desk.post(BULK, {**everybody, "do": "tag", "value": "x" * 61}).content.decode()
    )


def test_all_are_taken_off_a_list_and_undoing_puts_back_whom_nobody_touched_since(
    desk: Client, shop: dict[str, UUID]
) -> None:
    lin, idle, nameless = shop["lin"], shop["idle"], shop["nameless"]
    wish = Wish({"en": "Guests"}, Kind.LIST, None, "")
    listing.create("guests", wish, "console", "ann")

    def put(on: bool, *who: UUID, after: int) -> None:
        with minutes(after):
            listing.put("guests", who, on, f"hand{after}", "console", "ann")

    put(True, lin, idle, nameless, after=-9)
    page = text(desk, "/console/members/audiences/guests/")
    link = re.search(r'href="(/console/members/bulk/\?do=unlist[^"]+)"', page)
    assert link is not None
    page = text(desk, link[1].replace("&amp;", "&"))
    assert '<option value="guests" selected>' in page
    assert "Of these 3, 3 are on the list now; none afterwards." in page
    everybody = {"do": "unlist", "all": "1", "query": "", "value": "guests"}
    looked = desk.post(BULK, everybody).content.decode()
    assert "Of these 4, 3 are on the list now; none afterwards." in looked
    made = desk.post(BULK, {**everybody, "sure": "1"}).headers["Location"]
    assert "Take off the list “Guests”" in text(desk, made)
    [job] = queries.latest()
    assert (job.members, job.moving, job.changed, job.deed.on) == (4, 3, 3, False)
    assert audiences.size("guests") == 0
    entry = AuditEntry.objects.get(action="members.changed_in_bulk")
    assert (entry.detail["audience"], entry.detail["on"], entry.detail["members"]) == ("guests", False, 3)
    put(True, idle, nameless, after=5)
    put(False, nameless, after=6)
    back = desk.post(f"{made}undo").headers["Location"]
    undone = queries.get(UUID(back.split("/")[-2]))
    assert (undone.changed, undone.kept, undone.refused) == (1, 2, 0)
    assert set(found(desk, "audience=guests")) == {str(lin), str(idle)}, "who was taken off since stays off"


def test_an_audience_is_tagged_and_live_ones_follow(desk: Client, shop: dict[str, UUID]) -> None:
    make(desk, "Rich", {"field": "tags", "op": "has", "value": "rich"}, sure="1")
    make(desk)
    audience = text(desk, "/console/members/audiences/big_spenders/")
    link = re.search(r'href="(/console/members/bulk/\?do=tag[^"]+)"', audience)
    assert link is not None
    page = text(desk, link[1].replace("&amp;", "&"))
    assert "The 1 member that fits the filters" in page
    desk.post(BULK, {"do": "tag", "all": "1", "query": "audience=big_spenders", "value": "rich", "sure": "1"})
    assert tags_of(shop["lin"]) == ("rich",)
    assert audiences.size("rich") == 1
    follow_all()
    assert audiences.size("rich") == 1


def test_many_are_left_to_the_worker_in_portions_and_a_crash_or_a_stop_loses_nothing(
    desk: Client, shop: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PORTION", 1)
    by_hand(shop["idle"], ["old"], [], "before")
    deed = Deed(add=("new",), remove=("old",))
    assert queries.measure(deed, EVERYBODY) == Measure(4, 4)
    job_id = service.ask(deed, EVERYBODY, once="k", by="ann@example.com")
    assert service.ask(deed, EVERYBODY, once="k", by="ann@example.com") == job_id
    assert (queries.get(job_id).moving, queries.get(job_id).done, queries.open_count()) == (4, 0, 1)
    assert "0 of 4 members" in text(desk, f"{BULK}{job_id}/progress")
    assert "bulk/" in text(desk, "/console/insight/what-if/running")

    class Dies(Exception):
        pass

    def dies(*_: object) -> None:
        raise Dies

    with monkeypatch.context() as broken:
        broken.setattr(tasks, "_note", dies)
        with pytest.raises(Dies):
            tasks.bulk_due()
    assert tasks.bulk_due() == 1
    assert queries.get(job_id).done == 1
    monkeypatch.setattr(tasks, "LEASE", -tasks.LEASE)
    desk.post(f"{BULK}{job_id}/cancel")
    stopped = queries.get(job_id)
    assert (stopped.state, stopped.busy, stopped.may_undo) == ("cancelled", True, False)
    tasks.Portion.objects.filter(job_id=job_id, begun=True).update(claimed_until=None)
    assert [tasks.bulk_due() for _ in range(2)] == [1, 0]
    stopped = queries.get(job_id)
    assert (stopped.done, stopped.changed, stopped.busy, stopped.may_undo) == (2, 2, False, True)
    assert sum("new" in tags_of(one) for one in shop.values()) == 2
    undone = service.undo(job_id, "ann@example.com")
    while tasks.bulk_due():
        pass
    assert queries.get(undone).changed == 2
    assert {one: tags_of(shop[one]) for one in shop} == {
        "lin": (), "nameless": (), "attacker": (), "idle": ("old",),
    }  # fmt: skip


def test_the_members_behind_a_figure_go_on_a_list_of_their_own(
    desk: Client, shop: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = (str(shop["lin"]), str(shop["idle"]))
    monkeypatch.setattr(answers, "behind", lambda *_: answers.Behind(2, ids))
    page = text(desk, "/console/insight/reports/rfm/members?period=30d&of=group:loyal")
    assert "audiences/new?condition=%7B%22field%22%3A+%22score.rfm%22" in page
    assert "2 members go on a list of their own" in page
    page = text(desk, "/console/insight/reports/funnel/members?period=30d&of=buyers")
    assert "can’t be put as a condition" in page
    assert "audiences/new?condition" not in page
    sent = {"name": "Loyal in November", "once": str(shop["lin"])}
    path = "/console/insight/reports/rfm/members/keep?period=30d&of=group:loyal"
    first, again = (desk.post(path, sent).headers["Location"] for _click in range(2))
    assert first == again
    [made] = audiences.every()
    assert (made.names, made.kind.value) == ({"en": "Loyal in November"}, "list")
    assert set(found(desk, f"audience={made.id}")) == set(ids)
