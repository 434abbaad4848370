"""Every page, on nothing, on an empty shop and on a full one, in three languages."""

import json
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID

import pytest
from django.test import Client
from django.utils.html import strip_tags

from regulars.console.views import member as member_view
from regulars.insight import freshness
from regulars.programme.service import publish
from regulars.staff.models import Operator
from tests.console.shop import GROCERY, LIN, NOW, paid, tell

PAGES = ("", "members/", "programme/", "events/", "alerts/", "settings/")
LANGUAGES = ("zh-hans", "zh-hant", "en")
TITLES = {
    "zh-hans": ("首页", "会员", "邻家超市会员", "事件", "提醒", "设置"),
    "zh-hant": ("首頁", "會員", "鄰家超市會員", "事件", "警示", "設定"),
    "en": ("Home", "Members", "Corner Grocery Club", "Events", "Alerts", "Settings"),
}


def body(client: Client, path: str, status: int = 200) -> str:
    response = client.get(f"/console/{path}")
    assert response.status_code == status, path
    return response.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_an_empty_shop(desk: Client, alice: Operator, empty_shop: None, language: str) -> None:  # noqa: ARG001
    Operator.objects.filter(pk=alice.pk).update(language=language)
    for path, title in zip(PAGES, TITLES[language], strict=True):
        page = body(desk, path)
        assert f'<html lang="{language}"' in page
        assert f"<h1>{title}</h1>" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_full_shop(
    desk: Client, alice: Operator, shop: dict[str, UUID], language: str
) -> None:
    Operator.objects.filter(pk=alice.pk).update(language=language)
    for path, title in zip(PAGES, TITLES[language], strict=True):
        assert f"<h1>{title}</h1>" in body(desk, path)
    for member in shop.values():
        assert f'<html lang="{language}"' in body(desk, f"members/{member}/")


def test_an_empty_shop_teaches_the_first_event(desk: Client, empty_shop: None) -> None:  # noqa: ARG001
    for path in ("", "members/", "events/"):
        page = body(desk, path)
        assert "curl http://testserver/api/v1/events" in page
        assert "/api/v1/docs" in page


def test_without_a_programme_every_page_says_how_to_publish_one(desk: Client) -> None:
    for path in ("", "members/", "programme/", "events/"):
        assert "regulars programme publish" in body(desk, path)
    body(desk, "settings/")


def test_home_shows_the_figures_with_their_definitions(desk: Client, shop: dict[str, UUID]) -> None:  # noqa: ARG001
    page = body(desk, "")
    assert '<div class="metric-value">4</div>' in page
    assert "¥1,235" in page
    assert "Members with two or more orders in the last 12 months" in page
    drawn = body(desk, "charts")
    assert drawn.count("data-chart=") == 5
    assert drawn.count('<details class="behind">') == 5


def test_a_member_has_head_progress_lots_and_life(desk: Client, shop: dict[str, UUID]) -> None:
    page = body(desk, f"members/{shop['lin']}/")
    for words in (
        "林小雨",
        "Silver",
        "¥1,220.00",
        "+8613800001234",
        "lin@example.cn",
        "Female",
        "May 17, 1990",
    ):
        assert words in page
    assert "to Gold" in page
    assert "Why 24 points?" in page
    assert "Rose to Silver, until" in page


def test_a_member_without_name_contact_or_order_looks_fine(desk: Client, shop: dict[str, UUID]) -> None:
    nameless = body(desk, f"members/{shop['nameless']}/")
    assert "No name" in nameless
    assert "88001" in nameless
    idle = body(desk, f"members/{shop['idle']}/")
    assert "Anna Müller" in idle
    assert '<div class="metric-name">Last order</div><div class="metric-value">–</div>' in idle


def test_a_name_that_attacks_is_only_text(desk: Client, shop: dict[str, UUID]) -> None:
    for path in ("members/", f"members/{shop['attacker']}/", "events/"):
        page = body(desk, path)
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;" in page


def test_why_says_which_rules_held_and_which_did_not(desk: Client, shop: dict[str, UUID]) -> None:
    page = body(desk, f"members/{shop['lin']}/")
    start = page.index('hx-get="/console/members/') + len('hx-get="')
    links = [
        part.split('"')[0]
        for part in page[start - len('hx-get="') :].split('hx-get="')[1:]
        if "/why/" in part
    ]
    told = [desk.get(link).content.decode() for link in links]
    order = next(each for each in told if "Order of ¥24.90" in each)
    assert "+24 points" in order
    assert "Double points on member day" in order
    assert "Did not hold: on day 18 of the month (seen: 13)" in order
    assert "Always holds" in order
    assert "“Points for purchases”" not in order


def whys(desk: Client, member: UUID) -> list[str]:
    """Every answer to “why?” on the member's page, latest first, entities undone."""
    page = body(desk, f"members/{member}/")
    links = [part.split('"')[0] for part in page.split('hx-get="')[1:]]
    return [unescape(desk.get(link).content.decode()) for link in links if "/why/" in link]


def test_why_of_a_refund_names_the_order_and_of_a_level_what_it_asks_for(
    desk: Client, shop: dict[str, UUID]
) -> None:
    told = whys(desk, shop["lin"])
    [refund] = [each for each in told if "Refund of" in each]
    assert (
        "Order 1002 of Nov 13, 2026 had earned 24 points for ¥24.90; ¥4.90 of it was returned."
        " What it earned is taken back in the same proportion."
    ) in refund
    assert refund.count("(taken back)") == 2
    [rise] = [each for each in told if "Rose to Silver" in each]
    assert "Silver: From 1,000 growth. The level follows the growth earned in the last 12 months." in rise


def test_why_of_an_expiry_says_when_it_was_earned_and_how_long_it_was_good_for(
    desk: Client,
    empty_shop: None,  # noqa: ARG001
) -> None:
    member = paid(LIN, "1", "30.00", datetime(2026, 1, 10, 4, tzinfo=UTC))
    paid(LIN, "2", "12.00", datetime(2026, 1, 20, 4, tzinfo=UTC))
    paid(LIN, "3", "50.00", NOW)
    [expiry] = [each for each in whys(desk, member) if "(expired)" in each]
    assert "−142 points (expired)" in expiry
    assert (
        "Earned 3 times from Jan 10, 2026 to Jan 20, 2026 and not used in time."
        " It expires 6 months after it was earned, at the end of that month."
    ) in expiry


def test_lots_stand_together_by_the_day_on_which_they_end(desk: Client, empty_shop: None) -> None:  # noqa: ARG001
    member = paid(LIN, "1", "30.00", NOW - timedelta(days=3))
    paid(LIN, "2", "12.00", NOW - timedelta(days=2))
    paid(LIN, "3", "9.00", NOW - timedelta(days=40))
    page = body(desk, f"members/{member}/")
    lots = page[page.index('<ul class="lots">') :]
    summaries = [
        " ".join(strip_tags(part.split("</summary>")[0].replace("<", " <")).split())
        for part in lots.split("<summary>")[1:]
    ]
    assert summaries == [
        "until Apr 30, 2027 9 points",
        "until May 31, 2027 154 points",
        "for ever 51 growth",
    ]
    assert body(desk, f"members/{member}/lots/1").count("earned Nov 17, 2026") == 2
    assert body(desk, f"members/{member}/lots/2").count("earned Nov 17, 2026") == 1
    body(desk, f"members/{member}/lots/3", 404)
    tell("order.refunded", LIN, "r", NOW, order_id="1", amount="15.00", currency="CNY")
    assert '15 <span class="quiet">of 30</span>' in body(desk, f"members/{member}/lots/1")


def test_what_is_left_is_whole_though_not_every_credit_is_listed(
    desk: Client,
    empty_shop: None,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(member_view, "LOTS", 1)
    member = paid(LIN, "1", "30.00", NOW - timedelta(days=40))
    for order in range(2, 5):
        paid(LIN, str(order), "10.00", NOW - timedelta(days=40))
    page = body(desk, f"members/{member}/")
    assert "160 <span" in page
    assert "60 <span" in page
    points = body(desk, f"members/{member}/lots/0")
    assert points.count("earned Oct 11, 2026") == 1
    assert "and 4 more credits" in points


def test_the_week_that_is_not_over_is_marked(desk: Client, shop: dict[str, UUID]) -> None:  # noqa: ARG001
    drawn = body(desk, "charts")
    specs = [json.loads(part.split("</script>")[0]) for part in drawn.split('type="application/json">')[1:]]
    assert [spec.get("running", "") for spec in specs] == [
        "still running",
        "",
        "still running",
        "still running",
        "",
    ]
    assert len(specs[0]["labels"]) == 53
    assert len(specs[1]["labels"]) == 52


def test_where_counting_takes_long_the_page_comes_first_and_the_figures_after_it(
    desk: Client,
    shop: dict[str, UUID],  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    figure = '<div class="metric-value">4</div>'
    monkeypatch.setattr(freshness, "QUICK_SECONDS", 0.0)
    monkeypatch.setattr(freshness, "STALE_SECONDS", 0.0)
    assert figure in body(desk, "")
    waiting = body(desk, "")
    assert figure not in waiting
    assert 'hx-get="/console/figures"' in waiting
    assert figure in body(desk, "figures")


def test_sources_that_are_regulars_itself_have_a_name(desk: Client, shop: dict[str, UUID]) -> None:  # noqa: ARG001
    page = body(desk, "events/?source=rules")
    assert '<option value="rules" selected>Rules</option>' in page
    assert '<td data-label="Source">Rules</td>' in page
    assert "pos" in body(desk, "events/")


def test_a_member_with_a_very_long_name_and_markup_breaks_no_page(desk: Client, empty_shop: None) -> None:  # noqa: ARG001
    name = ("<b>" + "长" * 90 + "<img src=x onerror=alert(1)>" + "W" * 200)[:200]
    member = tell("member.joined", {"phone": "+8613800009999"}, "j-long", NOW, name=name)
    for path in ("members/", f"members/{member}/", "events/", "members/?q=%E9%95%BF"):
        page = body(desk, path)
        assert "<img src=x" not in page
        assert "&lt;b&gt;长长" in page


def test_the_timeline_goes_on_and_filters(desk: Client, shop: dict[str, UUID]) -> None:
    orders = body(desk, f"members/{shop['lin']}/?type=order.paid")
    assert orders.count('<li class="moment">') == 2
    nothing = body(desk, f"members/{shop['idle']}/?type=order.paid")
    assert "Nothing of this kind." in nothing


def test_the_log_gives_only_what_is_new(desk: Client, shop: dict[str, UUID]) -> None:
    page = body(desk, "events/")
    newest = page.split('data-since="')[1].split('"')[0]
    assert desk.get("/console/events/new", {"since": newest}).status_code == 204
    oldest = body(desk, "events/?type=member.joined")
    assert oldest.count("<tr data-href") == 4
    wrong = desk.get("/console/events/new", {"since": "invented"})
    assert (wrong.status_code, wrong.headers["HX-Refresh"]) == (204, "true")
    assert str(shop["lin"]) in page


def test_the_log_filters_by_member_and_says_when_nobody_has_that_name(
    desk: Client, shop: dict[str, UUID]
) -> None:
    lin = body(desk, "events/?member=lin@example.cn")
    assert str(shop["lin"]) in lin
    assert str(shop["idle"]) not in lin
    assert "No member is known as “nobody@example.cn”" in body(desk, "events/?member=nobody@example.cn")


def test_an_event_shows_payload_effects_and_facts(desk: Client, shop: dict[str, UUID]) -> None:  # noqa: ARG001
    page = body(desk, "events/?type=order.refunded")
    path = page.split('<tr data-href="/console/')[1].split('"')[0]
    event = body(desk, path)
    assert "Refund of ¥4.90" in event
    assert "(taken back)" in event
    assert "refund_id" in event


def test_the_programme_reads_as_sentences(desk: Client, empty_shop: None) -> None:  # noqa: ARG001
    page = body(desk, "programme/")
    assert "From 1,000 growth" in page
    assert "When a member buys (on day 18 of the month): give points" in page
    assert '<p class="quiet">Once per member.</p>' in page
    assert "{{" not in page.split('<pre class="code">')[0]


def test_two_versions_can_be_compared(desk: Client, empty_shop: None) -> None:  # noqa: ARG001
    publish(GROCERY.replace("at: 1000}", "at: 1200}"), "tests", "silver is harder")
    page = body(desk, "programme/diff")
    assert "diff-add" in page
    assert "at: 1200" in page
    assert "It is not in force; version 2 is." in body(desk, "programme/versions/1/")
    assert desk.get("/console/programme/versions/1/file").content.decode() == GROCERY
    for path in (
        "programme/versions/9/",
        "programme/versions/9/file",
        "programme/diff?from=9",
        "programme/diff?to=x",
    ):
        body(desk, path, 404)


def test_what_is_not_there_is_404_and_nonsense_is_no_error(desk: Client, shop: dict[str, UUID]) -> None:
    nobody = UUID(int=7)
    body(desk, f"members/{nobody}/", 404)
    body(desk, f"events/{shop['lin']}/{nobody}/", 404)
    body(desk, f"members/{shop['lin']}/why/{nobody}", 404)
    body(desk, "members/?cursor=nonsense", 400)
    body(desk, "members/?sort=no&level=no&joined_from=yesterday&active=x&cols=no&has=no")
    body(desk, "members/?q=%00%27%22%3Cb%3E&tag=%25")
    body(desk, "events/?type=%00&source=%27&member=%00")
