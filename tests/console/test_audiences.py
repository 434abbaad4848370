"""Audiences in the console: built with a count, looked at, explained, listed by, exported with consent, archived."""

import json
from uuid import UUID

import pytest
from django.http import QueryDict
from django.test import Client

from regulars.audiences import queries
from regulars.console import filtered, filters
from regulars.engine import audiences as work
from regulars.engine.following import follow_all
from regulars.programme.service import current
from regulars.staff.models import Operator
from tests.console.shop import NOW
from tests.console.test_members import found

RICH = {"field": "orders.spend", "op": "gte", "value": 1000}


def make(desk: Client, name: str = "Big spenders", condition: object = RICH, **more: str) -> str:
    """An audience made by the form; its id."""
    sent = {"kind": "rule", "name": name, "condition": json.dumps(condition), **more}
    response = desk.post("/console/members/audiences/new", sent)
    assert response.status_code == 302, response.content.decode()
    follow_all()
    return response.headers["Location"].rstrip("/").rpartition("/")[2]


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def test_an_audience_is_counted_before_it_is_saved_then_shown_and_explained(
    desk: Client, shop: dict[str, UUID]
) -> None:
    preview = "/console/members/audiences/preview"
    seen = desk.post(preview, {"condition": json.dumps(RICH)})
    assert "of 4 members, 25.0%" in seen.content.decode()
    assert "林小雨" in seen.content.decode()
    assert json.loads(seen["HX-Trigger"])["conditions:problems"]["problems"] == []
    wrong = desk.post(preview, {"condition": json.dumps({"all": [{"field": "orders.spent", "op": "gte"}]})})
    [problem] = json.loads(wrong["HX-Trigger"])["conditions:problems"]["problems"]
    assert problem["place"] == "all.0.field"
    assert make(desk) == "big_spenders"
    page = text(desk, "/console/members/audiences/big_spenders/")
    assert "From 0 to 1 members in 30 days." in page
    assert "25.0%" in page
    assert "Big spenders" in text(desk, "/console/members/audiences/")
    why = text(desk, "/console/members/audiences/big_spenders/?member=88001")
    assert "is not in" in why
    assert "(now: ¥9.99)" in why
    why = text(desk, f"/console/members/audiences/big_spenders/?member={shop['lin']}")
    assert "is in, since" in why
    assert found(desk, "audience=big_spenders") == [str(shop["lin"])]
    assert "In “Big spenders”" in text(desk, "/console/members/?audience=big_spenders")
    assert "audiences/big_spenders/" in text(desk, f"/console/members/{shop['lin']}/")


def test_a_condition_that_fits_nobody_or_everybody_is_asked_about_first(
    desk: Client, shop: dict[str, UUID]
) -> None:
    assert shop
    for value, said in ((9999999, "Nobody satisfies"), (0, "Everybody satisfies")):
        sent = {"name": "Odd", "condition": json.dumps({**RICH, "value": value})}
        page = desk.post("/console/members/audiences/new", sent).content.decode()
        assert said in page
        assert queries.every() == []
    assert make(desk, "Odd", {**RICH, "value": 0}, sure="1") == "odd"
    follow_all()
    assert queries.size("odd") == 4


def test_an_edit_is_told_when_somebody_was_faster_and_history_says_what_changed(
    desk: Client, shop: dict[str, UUID]
) -> None:
    assert shop
    make(desk)
    first = queries.get("big_spenders").revision
    edit = "/console/members/audiences/big_spenders/edit"
    sent = {"name": "Bigger", "condition": json.dumps({**RICH, "value": 1100}), "revision": str(first)}
    assert desk.post(edit, sent).status_code == 302
    late = desk.post(edit, {**sent, "name": "Biggest"}).content.decode()
    assert "has changed this audience meanwhile" in late
    assert queries.get("big_spenders").names == {"en": "Bigger"}
    page = text(desk, "/console/members/audiences/big_spenders/")
    assert "Asks something else" in page
    assert "1,100" in page
    copy = desk.post("/console/members/audiences/new", {**sent, "copy": "1", "kind": "rule"}).content.decode()
    assert "Bigger (copy)" in copy
    assert "1100" in copy
    assert len(queries.every()) == 1


def test_one_that_is_asked_for_stays_and_overlap_and_export_respect_what_they_say(
    desk: Client, shop: dict[str, UUID], bob: Operator
) -> None:
    assert shop
    make(desk)
    make(desk, "Buyers", {"field": "orders.count", "op": "gte", "value": 1})
    make(desk, "Rich again", {"field": "audience", "op": "has", "value": "big_spenders"})
    refused = desk.post("/console/members/audiences/big_spenders/archive")
    assert refused.status_code == 409
    assert queries.size("big_spenders") == 1
    matrix = text(desk, "/console/members/audiences/overlap?id=buyers&id=big_spenders")
    assert "50.0%" in matrix
    assert "100.0%" in matrix
    assert "Rich again" in text(desk, "/console/members/audiences/big_spenders/")
    choose = text(desk, "/console/members/audiences/buyers/export?channel=email")
    assert "0 members are in the file." in choose
    assert "2 are left out" in choose
    file = desk.get("/console/members/audiences/buyers/export.csv")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 3
    assert lines[0].startswith("ID,Name,Phone")
    sheet = desk.get("/console/members/audiences/buyers/export.xlsx")
    assert b"".join(sheet.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert desk.post("/console/members/audiences/buyers/archive").status_code == 302
    assert queries.size("buyers") == 0
    assert "Buyers" in text(desk, "/console/members/audiences/?archived=1")
    reader = Client()
    reader.force_login(bob)
    assert reader.get("/console/members/audiences/").status_code == 200
    for path in ("new", "big_spenders/edit", "big_spenders/export.csv"):
        assert reader.get(f"/console/members/audiences/{path}").status_code == 403


@pytest.mark.parametrize("path", ["nobody/", "nobody/edit", "nobody/export", "nobody/filling"])
def test_what_there_is_not_is_said(desk: Client, empty_shop: None, path: str) -> None:  # noqa: ARG001
    response = desk.get(f"/console/members/audiences/{path}")
    assert response.status_code == 404
    assert "There is no audience “nobody”" in response.content.decode()


def test_a_list_has_no_condition(desk: Client, empty_shop: None) -> None:  # noqa: ARG001
    page = text(desk, "/console/members/audiences/new?kind=list")
    assert "data-conditions" not in page
    assert (
        desk.post("/console/members/audiences/new", {"kind": "list", "name": "婚礼嘉宾"}).status_code == 302
    )
    [made] = queries.every()
    assert (made.kind.value, made.id[:9], made.names) == ("list", "audience_", {"en": "婚礼嘉宾"})


@pytest.mark.parametrize(
    "query",
    [
        "level=silver",
        "level=basic&has=phone",
        "level=basic&level=silver&active=30",
        "idle=30",
        "joined_from=2026-10-01&joined_to=2026-10-20",
        "score=lifecycle:lost&score=lifecycle:at_risk",
    ],
)
def test_filters_of_the_list_are_the_same_as_a_condition(
    desk: Client, shop: dict[str, UUID], query: str
) -> None:
    assert shop
    chosen = filters.read(QueryDict(query), current(), NOW.date())
    condition = filtered.condition_of(chosen)
    assert set(map(str, work.count(condition).sample)) == set(found(desk, query))


def test_what_was_searched_for_is_no_condition(desk: Client, shop: dict[str, UUID]) -> None:
    assert shop
    assert "audiences/new?condition=%7B%22field" in text(desk, "/console/members/?level=silver")
    assert "audiences/new" not in text(desk, "/console/members/?q=Anna&level=basic")


def test_tags_are_put_on_by_hand_on_one_member(desk: Client, shop: dict[str, UUID], bob: Operator) -> None:
    lin = f"/console/members/{shop['lin']}/"
    assert desk.post(f"{lin}tags", {"add": "wedding"}).status_code == 302
    page = text(desk, lin)
    assert 'name="remove" value="wedding"' in page
    assert "alice@example.com" in page
    assert found(desk, "tag=wedding") == [str(shop["lin"])]
    assert "wedding" in text(desk, "/console/members/tags/")
    too_long = desk.post(f"{lin}tags", {"add": "x" * 61}, follow=True).content.decode()
    assert "A tag has 1 to 60 printable characters." in too_long
    reader = Client()
    reader.force_login(bob)
    assert reader.post(f"{lin}tags", {"add": "no"}).status_code == 403
    assert reader.get(lin).status_code == 200


def test_a_list_is_filled_by_lines_that_were_looked_at_first(desk: Client, shop: dict[str, UUID]) -> None:
    desk.post("/console/members/audiences/new", {"kind": "list", "name": "Guests"})
    path, lines = "/console/members/audiences/guests/put", "13800001234\n\n 88001 \nnobody\n+8613800001234\n"
    looked = desk.post(path, {"members": lines, "on": "1"}).content.decode()
    assert "2 members will be put on the list." in looked
    assert "Line 4" in looked
    assert queries.size("guests") == 0
    for _click in range(2):
        assert desk.post(path, {"members": lines, "on": "1", "sure": "1", "once": "k"}).status_code == 302
    assert set(found(desk, "audience=guests")) == {str(shop["lin"]), str(shop["nameless"])}
    again = desk.post(path, {"members": "88001", "on": "1"}).content.decode()
    assert "1 are on it already." in again
    desk.post(path, {"members": "88001", "on": "0", "sure": "1"})
    assert found(desk, "audience=guests") == [str(shop["lin"])]
    many = desk.post(path, {"members": "1\n" * 1001}).content.decode()
    assert "more than 1,000 lines" in many
    make(desk)
    assert desk.get("/console/members/audiences/big_spenders/put").status_code == 409
