"""Levels in the console: decided by hand, crossed with what members chose, moved by a new version."""

import re
from uuid import UUID, uuid4

import pytest
from django.test import Client

from regulars.engine.revising import revise_due
from regulars.insight import freshness
from regulars.programme.service import publish, version
from regulars.staff.models import AuditEntry, Operator
from regulars.tiers.models import Standing
from tests.console.shop import GROCERY, NOW, tell
from tests.console.test_changes import sent
from tests.engine.world import moved, tables

FIELDS = {"level": "platinum", "hold": "least", "until": "2027-03-31", "reason": "Founder’s friend"}
MATRIX = """\
matrices:
  ages:
    name: {zh-hans: 等级×年龄, en: Level and age}
    ladder: level
    attribute: age_group
    cells: {silver/25-34: {zh-hans: 年轻银卡, en: Young silver}}
"""


def words(client: Client, path: str) -> str:
    response = client.get(f"/console/{path}")
    assert response.status_code == 200
    page = re.sub(r"<script.*?</script>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def stands(member: UUID) -> tuple[str, str, bool]:
    found = Standing.objects.get(member_id=member, ladder="level")
    return found.level, str(found.held_until), found.exact


def test_what_it_would_do_is_said_and_nothing_is_written(desk: Client, shop: dict[str, UUID]) -> None:
    lin = shop["lin"]
    before = tables()
    page = sent(desk, f"{lin}/levels/level", FIELDS)
    assert "At least Platinum through Mar 31, 2027." in page
    assert "Level Silver → Platinum" in page
    assert moved(before) == {}


def test_confirmed_twice_it_is_done_once_and_the_card_says_who_and_why(
    desk: Client, shop: dict[str, UUID]
) -> None:
    lin = shop["lin"]
    fields = FIELDS | {"confirm": "1", "key": f"l:{uuid4()}"}
    for _ in range(2):
        response = desk.post(f"/console/members/{lin}/levels/level", fields)
        assert response.headers["Location"] == f"/console/members/{lin}/"
    assert stands(lin) == ("platinum", "2027-03-31", False)
    entry = AuditEntry.objects.get(action="level.placed")
    assert (entry.actor, entry.subject, entry.detail["level"]) == ("alice@example.com", str(lin), "platinum")
    page = words(desk, f"members/{lin}/")
    assert "At least Platinum by hand until Mar 31, 2027." in page
    assert "“Founder’s friend” by alice@example.com" in page
    fields = {"reason": "a mistake", "confirm": "1", "key": f"l:{uuid4()}"}
    assert desk.post(f"/console/members/{lin}/levels/level/release", fields).status_code == 302
    assert stands(lin)[0] == "silver"
    assert AuditEntry.objects.filter(action="level.released").count() == 1
    assert "by hand until" not in words(desk, f"members/{lin}/")


def test_refusals_stand_at_their_field(desk: Client, shop: dict[str, UUID]) -> None:
    lin = shop["lin"]
    before = tables()
    page = sent(desk, f"{lin}/levels/level", FIELDS | {"level": "basic"})
    assert "Is below where the member stands" in page
    assert "Today or later, and within ten years." in sent(
        desk, f"{lin}/levels/level", FIELDS | {"until": "2026-11-19"}
    )
    assert "Has no level that was decided by hand" in sent(
        desk, f"{lin}/levels/level/release", {"reason": "x"}
    )
    assert "This field is required." in sent(desk, f"{lin}/levels/level", FIELDS | {"reason": ""})
    assert desk.get(f"/console/members/{lin}/levels/other").status_code == 404
    assert moved(before) == {}


def test_who_only_looks_decides_on_no_level(bob: Operator, shop: dict[str, UUID]) -> None:
    client = Client()
    client.force_login(bob)
    lin = shop["lin"]
    assert "Decide on the level" not in words(client, f"members/{lin}/")
    for path in ("levels/level", "levels/level/release"):
        assert client.post(f"/console/members/{lin}/{path}", FIELDS).status_code == 403


def cells(page: str) -> list[str]:
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    assert body is not None
    return [
        " ".join(re.sub(r"<[^>]*>", " ", row).split())
        for row in re.findall(r"<tr>.*?</tr>", body[1], re.DOTALL)
    ]


def test_a_matrix_counts_every_cell_and_leads_to_its_members(desk: Client, shop: dict[str, UUID]) -> None:
    publish(GROCERY + MATRIX, "tests")
    ages = version(2).attributes["age_group"].choices
    assert ages[0] != "25-34"
    assert "25-34" in ages
    tell("member.updated", {"phone": "+8613800001234"}, "p-1", NOW, attributes={"age_group": "25-34"})
    tell("member.updated", {"external": "idle-1"}, "p-2", NOW, attributes={"age_group": ages[0]})
    freshness.forget()
    page = desk.get("/console/programme/matrices/").content.decode()
    rows = cells(page)
    at = ages.index("25-34")
    none = ["0"] * len(ages)
    silver, basic = list(none), list(none)
    silver[at], basic[0] = "1 Young silver", "1"
    assert rows[-2] == " ".join(["Silver", *silver, "0", "1"])
    assert rows[-1] == " ".join(["Member", *basic, "2", "3"])
    assert "cell=ages%2Fsilver%2F25-34" in page
    for cell, who in (
        ("silver/25-34", ["lin"]),
        (f"basic/{ages[0]}", ["idle"]),
        ("basic/", ["nameless", "attacker"]),
        ("silver/", []),
    ):
        shown = desk.get(f"/console/members/?cell=ages/{cell}").content.decode()
        listed = {name for name, member in shop.items() if f"/console/members/{member}/" in shown}
        assert listed == set(who), cell
    assert "Young silver" in desk.get("/console/members/?cell=ages/silver/25-34").content.decode()
    wrong = desk.get("/console/members/?cell=ages/silver/99").content.decode()
    assert "The programme in force has no such cell." in wrong


def test_without_a_matrix_the_page_says_how_to_have_one(desk: Client, empty_shop: None) -> None:  # noqa: ARG001
    page = words(desk, "programme/matrices/")
    assert "Nothing is crossed yet" in page
    assert "ladder: level attribute: age_group" in page


@pytest.mark.django_db
def test_the_programme_says_how_far_its_moves_are(desk: Client, shop: dict[str, UUID]) -> None:
    lin = shop["lin"]
    assert "programme/moving" not in desk.get("/console/programme/").content.decode()
    publish(GROCERY.replace("en: Gold}, at: 2500}", "en: Gold}, at: 1100}"), "tests")
    assert "programme/moving" in desk.get("/console/programme/").content.decode()
    page = words(desk, "programme/moving")
    assert "Version 2 is moving members to other levels." in page
    assert "1 member is still to be moved, 0 have been." in page
    while revise_due():
        pass
    assert stands(lin)[0] == "gold"
    assert "programme/moving" not in desk.get("/console/programme/").content.decode()
    assert "Version 2 is through: 1 member was moved to another level." in words(desk, "programme/moving")
