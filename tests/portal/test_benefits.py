"""What members see of their benefits, and claiming one."""

import re
from uuid import UUID

import pytest
from django.test import Client

from regulars.benefits.models import Entitlement
from regulars.programme.service import publish, version
from tests.portal.world import CHINESE, ENGLISH, GROCERY, TAIWANESE, paid, post, seen, sign_in, visitor

pytestmark = pytest.mark.usefixtures("programme", "now", "demo")

RAIN = {"phone": "+8613800001234"}
BENEFITS = """
benefits:
  lounge:
    name: {zh-hans: 休息区, zh-hant: 休息區, en: Lounge}
    kind: service
    what: lounge
    grant: {levels: [level/silver+]}
    quota: {times: 2, per: month}
    needs_verification: true
  tea:
    name: {zh-hans: 茶礼, zh-hant: 茶禮, en: Tea}
    kind: gift
    item: 龙井
    grant: {levels: [level/silver]}
    quota: {times: 1, per: lifetime}
    claim: {within_days: 5}
    use: {within_days: 10}
    needs_verification: true
  ship: {name: {zh-hans: 配送, zh-hant: 配送, en: Delivery}, kind: free_shipping, grant: {levels: [level/gold+]}}
"""


PLAIN = re.sub(
    r"\nbenefits:\n.*?\nmessages:\n", "\nmessages:\n", GROCERY.read_text(encoding="utf-8"), flags=re.DOTALL
)
"""The demo's programme without benefits of its own."""


def opened(benefits: str = BENEFITS) -> None:
    version.cache_clear()
    before, rules = PLAIN.split("\nrules:", 1)
    publish(f"{before}\n{benefits}\nrules:{rules}", "test")


def browser(language: str = ENGLISH) -> tuple[Client, UUID]:
    opened()
    member_id = paid(RAIN, "1001", "1200.00")
    client = visitor(language)
    sign_in(client, RAIN["phone"])
    return client, member_id


def key_of(client: Client) -> str:
    found = re.search(r'name="key" value="([0-9a-f]{32})"', client.get("/m/benefits/").content.decode())
    assert found is not None
    return found[1]


def test_a_gift_is_claimed_once_and_its_code_shown() -> None:
    client, member_id = browser()
    page = seen(client, "/m/benefits/")
    assert "To claim Tea" in page
    assert "claim by Nov 25, 2026, 5 days left" in page
    assert "Lounge lounge · 2 left this month" in page
    assert "At Gold you also get Delivery free shipping" in page
    row = Entitlement.objects.get(member_id=member_id)
    form = {"key": key_of(client), "entitlement": str(row.id)}
    assert post(client, "/m/benefits/claim/", **form).status_code == 302
    assert post(client, "/m/benefits/claim/", **form).status_code == 302, "the same form claims once"
    (row,) = Entitlement.objects.filter(member_id=member_id)
    assert row.state == "claimed"
    page = seen(client, "/m/benefits/")
    assert f"{row.code[:4]} {row.code[4:8]} {row.code[8:]}" in page
    assert "good until Nov 30, 2026, 10 days left" in page
    again = post(client, "/m/benefits/claim/", key=key_of(client), benefit="tea")
    assert "You have had this as often as it can be had for now." in again.content.decode()


def test_what_needs_a_code_and_no_claim_brings_one_when_it_is_asked_for() -> None:
    client, member_id = browser()
    assert post(client, "/m/benefits/claim/", key=key_of(client), benefit="lounge").status_code == 302
    row = Entitlement.objects.get(member_id=member_id, benefit="lounge")
    assert (row.state, len(row.code)) == ("claimed", 12)
    assert "Lounge lounge · 1 left this month" in seen(client, "/m/benefits/")


def test_a_form_that_is_none_changes_nothing() -> None:
    client, member_id = browser()
    client.get("/m/benefits/")
    for fields in ({}, {"key": "x", "benefit": "tea"}, {"key": "0" * 32, "entitlement": "nonsense"}):
        assert post(client, "/m/benefits/claim/", **fields).status_code == 200
    assert [one.state for one in Entitlement.objects.filter(member_id=member_id)] == ["granted"]


@pytest.mark.parametrize(("language", "said"), [(CHINESE, "待领取 茶礼"), (TAIWANESE, "待領取 茶禮")])
def test_in_chinese(language: str, said: str) -> None:
    client, _ = browser(language)
    assert said in seen(client, "/m/benefits/")


def test_without_benefits_there_is_no_tab() -> None:
    opened("")
    paid(RAIN, "1001", "1200.00")
    client = visitor(ENGLISH)
    sign_in(client, RAIN["phone"])
    assert "/m/benefits/" not in client.get("/m/").content.decode()
    assert "There are no benefits for you yet." in seen(client, "/m/benefits/")
