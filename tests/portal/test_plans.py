"""Memberships in the portal: compare, price, try, apply, stop."""

import re
from typing import Any

import pytest
from django.test import Client

from regulars.plans.models import Act, Subscription
from tests.engine.world import fresh
from tests.plans.shop import BUSINESS, HEAD, SVIP, VIP
from tests.portal.world import ENGLISH, NOW, post, sign_in, tell, visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now", "demo")]
RAIN = {"phone": "+8613800001234"}


@pytest.fixture
def rain_here() -> Client:
    fresh(HEAD + VIP + SVIP + BUSINESS)
    tell("member.joined", RAIN, "j1")
    client = visitor(ENGLISH)
    sign_in(client, "138 0000 1234")
    return client


def key_of(client: Client, path: str = "/m/plans/") -> str:
    found = re.search(r'name="key" value="([0-9a-f]{32})"', client.get(path).content.decode())
    assert found
    return found[1]


def bought(**more: Any) -> None:
    data = {"plan": "vip", "period": "month", "price": "30.00", "payment_id": "p", "currency": "CNY", **more}
    tell("plan.paid", RAIN, f"pay-{data['payment_id']}", **data)


def test_a_trial_is_taken_once_however_often_the_button_is_pressed(rain_here: Client) -> None:
    key = key_of(rain_here)
    for _ in range(2):
        assert post(rain_here, "/m/plans/vip/try/", key=key).status_code == 302
    assert [one.kind for one in Act.objects.all()] == ["trial"]
    assert "On trial" in rain_here.get("/m/plans/").content.decode()
    again = post(rain_here, "/m/plans/vip/try/", key=key_of(rain_here, "/m/plans/business/apply/"))
    assert "You have used the trial already." in again.content.decode()


def test_what_a_change_costs_is_shown_and_nothing_kept(rain_here: Client) -> None:
    bought()
    text = rain_here.get("/m/plans/svip/price/month/").content.decode()
    # bought on 20 November: all of its 30 days are left
    assert "VIP: 30 of 30 days of ¥30.00 are left" in text
    assert text.count("¥30.00") == 3, "what is left, what that is worth, and what is to pay of 60"
    assert [one.kind for one in Act.objects.all()] == ["paid"]
    assert rain_here.get("/m/plans/svip/price/week/").status_code == 404


def test_renewal_is_stopped_and_switched_on(rain_here: Client) -> None:
    bought(auto_renew=True)
    post(rain_here, "/m/plans/vip/cancel/", key=key_of(rain_here))
    assert Subscription.objects.get().status == "cancelled"
    post(rain_here, "/m/plans/vip/resume/", key=key_of(rain_here))
    assert Subscription.objects.get().status == "active"


def test_an_application_says_what_is_missing_and_what_is_not_met(rain_here: Client) -> None:
    path = "/m/plans/business/apply/"
    form = {"key": key_of(rain_here, path), "revenue": "much", "founded": ""}
    text = post(rain_here, path, **form).content.decode()
    assert "Please type in a number." in text
    assert "Please fill this in." in text
    low = post(rain_here, path, **{**form, "revenue": "5", "founded": "2020-01-01"}).content.decode()
    assert "Does not meet: Revenue is more than 20,000,000 (now: 5)" in low
    assert (
        post(rain_here, path, **{**form, "revenue": "21000000", "founded": "2020-01-01"}).status_code == 302
    )
    assert Subscription.objects.get().application == "applied"
    assert "Your application is being looked at." in rain_here.get("/m/plans/").content.decode()


def test_only_who_is_signed_in_sees_them_and_only_where_there_are_some(rain_here: Client) -> None:
    assert visitor(ENGLISH).get("/m/plans/").status_code == 302
    fresh(HEAD.replace("plans:\n", ""))
    assert rain_here.get("/m/plans/").status_code == 404
    assert NOW.year == 2026
