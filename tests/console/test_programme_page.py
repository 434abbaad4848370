"""The programme's page says all that the programme says about the books."""

from html import unescape

import pytest
from django.test import Client

from regulars.programme.gallery import template
from regulars.programme.service import publish, version
from regulars.staff.models import Operator

SAID = {
    "en": (
        "It expires every year on 31 December.",
        "A member owes 5,000 at most; what is beyond is written off.",
        "Payments take from both, in the ratio of what the wallet holds.",
        "<strong>Points to coins</strong> 1 coins for every 10 points, at most 1,000 points a day per member.",
        "<h3>Shopping festival</h3>",
        "A budget of ¥5,000 a year for all members, at cost, the last one gets what is left.",
        "At most ¥20 a day per member, at cost; part of the campaign “Shopping festival”",
    ),
    "zh-hans": (
        "充 500 元送 50 元；充 1,000 元送 150 元。",
        "<strong>积分换金豆</strong> 每 10 积分换 1 金豆",
        "<h2>兑换</h2>",
        "<h2>活动</h2>",
        "消费所得在订单完成后生效，最迟 30 天后；此前退款则取消。",
    ),
    "zh-hant": (
        "儲 500 元送 50 元；儲 1,000 元送 150 元。",
        "<h2>兌換</h2>",
        "<h2>活動</h2>",
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", SAID)
def test_the_whole_books_are_on_the_page(desk: Client, alice: Operator, language: str) -> None:
    version.cache_clear()
    publish(template("mall"), "tests")
    alice.language = language
    alice.save()
    page = unescape(desk.get("/console/programme/").content.decode())
    assert [line for line in SAID[language] if line not in page] == []


PLANS_SAID = {
    "en": (
        "Monthly ¥58 (1 month). 7 days of trial first. ",
        "Applicants state: Company, Company founded on (a day), Yearly revenue (CNY) (a number), ",
        "Brings Whole profiles, Member’s badge, Talent search and vacancies on top.",
        "A personal contact</h3><p>Service · dedicated support · members for whom this holds: has VIP, or has",
    ),
    "zh-hans": (
        "商务会员、招聘会员、VIP 会员、企业家会员（由低到高）同一时间只能有一个。",
        "由运营人员审批。 到期后宽限 7 天；到期前 30 天提醒。",
        "包含：查看完整资料、会员标识、人才搜索与职位置顶。",
    ),
    "zh-hant": (
        "可先試用 7 天。",
        "部分退款按比例縮短。",
        "包含：檢視完整檔案、會員標章、人才搜尋與職缺置頂。",
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", PLANS_SAID)
def test_plans_and_benefits_are_on_the_page(desk: Client, alice: Operator, language: str) -> None:
    version.cache_clear()
    publish(template("workpass"), "tests")
    alice.language = language
    alice.save()
    page = unescape(desk.get("/console/programme/").content.decode())
    assert [line for line in PLANS_SAID[language] if line not in page] == []


@pytest.mark.django_db
def test_what_a_programme_has_not_is_not_shown(desk: Client) -> None:
    version.cache_clear()
    publish(template("grocery"), "tests")
    page = desk.get("/console/programme/").content.decode()
    assert "<h2>Wallet</h2>" in page
    assert "<h2>Conversions</h2>" not in page
    assert "<h2>Campaigns</h2>" not in page
