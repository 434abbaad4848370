"""What a member's page in the console expects of their levels."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.console.shop import NOW, paid
from tests.console.test_pages import body
from tests.portal.world import words

MEI = {"phone": "+8613800004321"}


@pytest.mark.usefixtures("shop")
def test_the_guide_says_what_gets_there(desk: Client) -> None:
    for week in range(4):
        member = paid(MEI, f"w{week}", "60.00", NOW - timedelta(weeks=4 - week))
    assert f"/console/members/{member}/levels/level/guide" in body(desk, f"members/{member}/")
    said = words(body(desk, f"members/{member}/levels/level/guide"))
    assert (
        "Another order as usual, about ¥60.00 +60 growth from the last 4 orders · 13 times are enough" in said
    )
    assert desk.get(f"/console/members/{member}/levels/none/guide").status_code == 404


def test_of_whom_no_order_is_known_the_guide_says_so(desk: Client, shop: dict[str, object]) -> None:
    said = words(body(desk, f"members/{shop['idle']}/levels/level/guide"))
    assert said == "There are no tasks open to this member, and too few orders to say what is usual."


@pytest.mark.usefixtures("shop")
def test_when_how_sure_and_whether_it_is_kept(desk: Client) -> None:
    for week in range(24):
        member = paid(MEI, f"w{week}", "60.00", NOW - timedelta(weeks=24 - week))
    page = words(body(desk, f"members/{member}/"))
    assert "Gold probably about " in page
    for part in ("Half of the time ", "Four times in five ", "Within a year 8", "Kept at its end "):
        assert part in page, part
    assert "growth in 30 days" in page
    assert "From what the member earned by day (24 days" in page


def test_of_whom_nothing_is_known_nothing_is_said(desk: Client, shop: dict[str, object]) -> None:
    page = words(body(desk, f"members/{shop['idle']}/"))
    assert "1,000 growth to Silver" in page
    assert "Half of the time" not in page
    assert "How it is made" not in page
