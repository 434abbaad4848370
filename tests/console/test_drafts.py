"""Drafts, publishing and the gallery in the console: two editors, two persons, two languages of line ends."""

from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from regulars.kit import clock
from regulars.programme import drafts, publications
from regulars.programme.gallery import template
from regulars.programme.publishing import publish_due
from regulars.programme.queries import version_source
from regulars.programme.service import current_number, version
from regulars.staff.models import Operator
from tests.console.shop import GROCERY, NOW

pytestmark = pytest.mark.django_db
CHANGED = GROCERY.replace("at: 2500", "at: 3000")


@pytest.fixture
def colleague(db: None) -> Client:  # noqa: ARG001
    """Carol, another administrator, signed in."""
    client = Client()
    client.force_login(
        Operator.objects.create_user("carol@example.com", "a-long-password-2", role="admin", language="en")
    )
    return client


def text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return unescape(response.content.decode())


def begun(client: Client, **what: str) -> drafts.DraftRow:
    response = client.post("/console/programme/drafts/new", what)
    assert response.status_code == 302
    assert "/console/programme/drafts/" in response.headers["Location"]
    return drafts.every()[0]


def test_from_the_gallery_to_the_first_version(desk: Client) -> None:
    version.cache_clear()
    assert "/console/programme/gallery/" in text(desk, "/console/programme/")
    page = text(desk, "/console/programme/gallery/")
    assert "Corner Grocery Club" in page
    draft = begun(desk, template="grocery")
    assert (draft.source, draft.name, draft.based_on) == (template("grocery"), "Corner Grocery Club", None)
    assert "It would be the first one." in text(desk, f"/console/programme/drafts/{draft.id}/publish")
    desk.post(f"/console/programme/drafts/{draft.id}/publish", {"when": "now", "follows": "0"})
    assert (current_number(), version_source(1), list(drafts.every())) == (1, GROCERY, [])


@pytest.mark.usefixtures("empty_shop")
def test_a_draft_says_what_it_changes_and_what_is_wrong(desk: Client) -> None:
    draft = begun(desk, version="1")
    path = f"/console/programme/drafts/{draft.id}/"
    assert "It does what the one in force does." in text(desk, path)
    looked = desk.post(path + "check", {"source": CHANGED}).content.decode()
    assert "“Gold” starts at 3,000 instead of 2,500" in looked
    faulty = desk.post(
        path + "check", {"source": GROCERY.replace("asset: growth, months", "asset: grwth, months")}
    )
    assert 'data-faults="77 "' in faulty.content.decode()
    assert "there is no such asset; there are: points, growth" in faulty.content.decode()
    assert drafts.get(draft.id).source == GROCERY, "looking saves nothing"
    saved = desk.post(path, {"source": CHANGED.replace("\n", "\r\n"), "name": "Gold", "revision": "1"})
    assert saved.status_code == 302
    assert (drafts.get(draft.id).source, drafts.get(draft.id).name) == (CHANGED, "Gold")
    diff = text(desk, path + "changes")
    assert "“Gold” starts at 3,000 instead of 2,500" in diff
    assert "+      - {id: gold," in diff


@pytest.mark.usefixtures("empty_shop")
def test_two_editors(desk: Client, colleague: Client) -> None:
    draft = begun(desk, version="1")
    path = f"/console/programme/drafts/{draft.id}/"
    assert desk.post(path, {"source": CHANGED, "name": "x", "revision": "1"}).status_code == 302
    late = colleague.post(path, {"source": GROCERY + "# carol's\n", "name": "x", "revision": "1"})
    page = unescape(late.content.decode())
    assert late.status_code == 409
    assert "alice@example.com has saved this draft meanwhile" in page
    assert "# carol's" in page, "her text is still in her hands"
    again = colleague.post(path, {"source": GROCERY + "# carol's\n", "name": "x", "revision": "0"})
    assert again.status_code == 409, "saving once more overwrites nothing either"
    assert drafts.get(draft.id).source == CHANGED
    typing = colleague.post(
        path, {"source": "a", "name": "x", "revision": "1"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "has saved this draft meanwhile" in typing
    assert "<html" not in typing
    begun(colleague, source=GROCERY + "# carol's\n", name="Carol's")
    assert sorted(each.name for each in drafts.every()) == ["Carol's", "x"]


@pytest.mark.usefixtures("empty_shop")
def test_a_file_is_kept_byte_for_byte_there_and_back(desk: Client) -> None:
    raw = ("# von Windows\n" + GROCERY).replace("\n", "\r\n").encode()
    desk.post("/console/programme/drafts/new", {"file": SimpleUploadedFile("brand.yaml", raw)})
    draft = drafts.every()[0]
    assert draft.name == "brand.yaml"
    desk.post(
        f"/console/programme/drafts/{draft.id}/", {"source": raw.decode(), "name": "b", "revision": "1"}
    )
    assert desk.get(f"/console/programme/drafts/{draft.id}/file").content == raw
    desk.post(f"/console/programme/drafts/{draft.id}/publish", {"when": "now"})
    assert desk.get("/console/programme/versions/2/file").content == raw
    bad = desk.post(
        "/console/programme/drafts/new", {"file": SimpleUploadedFile("x.yaml", b"\xff\xfe")}, follow=True
    )
    assert "is no UTF-8 text" in bad.content.decode()


@pytest.mark.usefixtures("shop")
def test_what_members_stand_on_goes_only_when_it_is_named(desk: Client) -> None:
    lines = [line for line in GROCERY.splitlines() if "id: silver" not in line]
    without = "\n".join(lines).replace("value: silver", "value: gold") + "\n"
    draft = begun(desk, source=without, name="No silver")
    path = f"/console/programme/drafts/{draft.id}/publish"
    assert "1 members are Silver now" in text(desk, path)
    assert "1 members are Silver now" in desk.post(path, {"when": "now", "follows": "1"}).content.decode()
    assert current_number() == 1
    desk.post(path, {"when": "now", "follows": "1", "accepted": "ladders.level.levels.silver"})
    assert current_number() == 2


@pytest.mark.usefixtures("empty_shop")
def test_at_a_moment_in_the_programme_s_zone_and_called_off(desk: Client) -> None:
    draft = begun(desk, source=CHANGED, name="Later")
    path = f"/console/programme/drafts/{draft.id}/publish"
    for bad in ("", "2026-11-20T11:59", "soon"):
        assert "The moment must lie ahead" in desk.post(path, {"when": "at", "at": bad}).content.decode()
    desk.post(path, {"when": "at", "at": "2026-11-21T00:00", "note": "Gold"})
    (row,) = publications.scheduled()
    assert row.publish_at is not None
    assert row.publish_at.isoformat() == "2026-11-20T16:00:00+00:00"
    assert "will be published" in text(desk, "/console/programme/")
    desk.post(f"/console/programme/publications/{row.id}/off")
    with clock.fixed(NOW + timedelta(days=2)):
        assert publish_due() == 0
    assert "called off" in text(desk, "/console/programme/")


@pytest.mark.usefixtures("empty_shop")
def test_a_second_person_in_the_inbox(desk: Client, colleague: Client, bob: Operator) -> None:
    strict = GROCERY.replace("assets:", "publishing: {second_person: true}\nassets:", 1)
    desk.post(
        f"/console/programme/drafts/{begun(desk, source=strict, name='strict').id}/publish", {"when": "now"}
    )
    assert current_number() == 2
    draft = begun(desk, source=CHANGED, name="Gold")
    asked = desk.post(
        f"/console/programme/drafts/{draft.id}/publish", {"when": "now", "note": "Gold up"}, follow=True
    )
    (row,) = publications.waiting()
    path = f"/console/programme/publications/{row.id}/"
    assert "You asked for this: somebody else decides." in asked.content.decode()
    assert desk.post(path + "approve").status_code == 403
    reader = Client()
    reader.force_login(bob)
    assert reader.post(path + "approve").status_code == 403
    assert reader.post(path + "off").status_code == 403
    inbox = text(colleague, "/console/books/approvals/")
    assert "Publish a programme: Gold up" in inbox
    assert "“Gold” starts at 3,000 instead of 2,500" in text(colleague, path)
    colleague.post(path + "approve")
    assert current_number() == 3
    assert "agreed to by carol@example.com" in text(desk, "/console/programme/")
    assert colleague.post(path + "approve", follow=True).content.decode().count("settled already") == 1


@pytest.mark.usefixtures("empty_shop")
def test_back_with_what_changes_shown_first(desk: Client) -> None:
    desk.post(
        f"/console/programme/drafts/{begun(desk, source=CHANGED, name='x').id}/publish", {"when": "now"}
    )
    page = text(desk, "/console/programme/versions/1/back")
    assert "Back to version 1" in page
    assert "“Gold” starts at 2,500 instead of 3,000" in page
    desk.post("/console/programme/versions/1/back", {"when": "now", "follows": "2", "note": "Back"})
    assert (current_number(), version_source(3)) == (3, GROCERY)
    text(desk, "/console/programme/versions/3/back", 404)
    assert "“Gold” starts at 2,500 instead of 3,000" in text(desk, "/console/programme/diff?from=2&to=3")


@pytest.mark.usefixtures("empty_shop")
def test_who_only_looks_changes_nothing(desk: Client, bob: Operator) -> None:
    draft = begun(desk, version="1")
    reader = Client()
    reader.force_login(bob)
    path = f"/console/programme/drafts/{draft.id}/"
    page = text(reader, path)
    assert "readonly" in page
    assert "Publish…" not in page
    for method, where in (
        (reader.post, path), (reader.post, path + "delete"), (reader.get, path + "publish"),
        (reader.post, path + "publish"), (reader.post, "/console/programme/drafts/new"),
        (reader.post, "/console/programme/versions/1/back"),
    ):  # fmt: skip
        assert method(where).status_code in (403, 404), where
    assert len(drafts.every()) == 1


@pytest.mark.usefixtures("empty_shop")
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_page_in_every_language(desk: Client, alice: Operator, language: str) -> None:
    draft = begun(desk, source=CHANGED, name="x")
    alice.language = language
    alice.save()
    for path in (
        "gallery/",
        "drafts/",
        f"drafts/{draft.id}/",
        f"drafts/{draft.id}/changes",
        f"drafts/{draft.id}/publish",
    ):
        page = text(desk, "/console/programme/" + path)
        if language != "en":
            assert "Publish" not in page, path
            assert ">Drafts<" not in page, path


@pytest.mark.usefixtures("shop")
def test_what_it_would_have_meant(desk: Client) -> None:
    cheaper = GROCERY.replace("amount: 100}", "amount: 50}").replace("at: 1000}", "at: 1300}")
    draft = begun(desk, source=cheaper, name="Cheaper")
    page = text(desk, f"/console/programme/drafts/{draft.id}/publish")
    assert f'hx-get="/console/programme/drafts/{draft.id}/preview"' in page
    told = text(desk, f"/console/programme/drafts/{draft.id}/preview")
    assert "The last 30 days would have cost ¥0.83 instead of ¥1.33." in told
    assert "All 4 members' histories lived through again" in told
    assert "1 member" in told
    desk.post(f"/console/programme/drafts/{draft.id}/publish", {"when": "now"})
    back = text(desk, "/console/programme/versions/1/preview")
    assert "would have cost ¥1.33 instead of ¥0.83" in back
