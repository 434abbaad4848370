"""Whatever a template says, members and operators can look at: every page answers, in every language."""

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from regulars.programme.contracts import Programme
from regulars.programme.gallery import CHECKOUT
from regulars.staff.models import Operator
from tests.engine.world import event, order, today, who_is
from tests.plans.shop import paid
from tests.portal.world import CHINESE, ENGLISH, TAIWANESE, sign_in, visitor
from tests.templates.life import day, opened, topped

NAMES = sorted(path.stem for path in CHECKOUT.glob("*.yaml"))
PORTAL = ("", "points/", "benefits/", "plans/", "orders/", "inbox/", "me/")
CONSOLE = (
    "", "members/", "books/", "books/budgets/", "benefits/", "plans/", "programme/", "programme/rules/",
    "programme/matrices/", "programme/gallery/",
)  # fmt: skip
pytestmark = pytest.mark.django_db
WHO = {"phone": "+8613800001234", "pos": "a"}


def past(programme: Programme) -> Iterator[dict[str, Any]]:
    """Something of everything that the programme has."""
    when = "2026-11-19"
    yield event("member.joined", "a", when, {"name": "林小雨", "birthday": "1990-05-17"}, member=WHO)
    yield order("a", when, "450.00", "1")
    for wallet in programme.wallets:
        yield topped("a", when, wallet, "2000.00", f"t-{wallet}")
    for plan in programme.plans.values():
        if not plan.asks_approval:
            period = plan.periods[0]
            yield paid(plan.id, when, period.id, f"{period.price_minor / 100:.2f}")
    if "stay.completed" in programme.event_types:
        yield event("stay.completed", "a", when, {"hotel": "Hangzhou", "nights": 41, "amount": "900.00"})
    if "flight.flown" in programme.event_types:
        yield event("flight.flown", "a", when, {"flight": "SK1", "km": 81000, "cabin": "Y"})


@pytest.fixture(params=NAMES)
def programme(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Programme]:
    """The template in force, a member with a past under it, and codes that are shown on the page."""
    settings.CONFIG = settings.CONFIG.model_copy(update={"demo": True})
    found = opened(request.param, "2026-11-01")
    for one in past(found):
        day("2026-11-19", one)
    with today("2026-11-20"):
        yield found


@pytest.mark.parametrize("language", [CHINESE, TAIWANESE, ENGLISH], ids=["zh-hans", "zh-hant", "en"])
def test_a_member_can_look_at_everything(programme: Programme, language: str) -> None:
    client = visitor(language)
    sign_in(client, "13800001234")
    for path in PORTAL:
        answer = client.get(f"/m/{path}")
        assert answer.status_code in (200, 302, 404), (programme.id, path, answer.status_code)
        assert (answer.status_code == 404) == (path == "plans/" and not programme.plans), path


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_operator_can_look_at_everything(programme: Programme, language: str) -> None:
    alice = Operator.objects.create_user(
        "a@example.com", "a-long-password-1", name="A", role="admin", language=language
    )
    client = Client()
    client.force_login(alice)
    own = f"members/{who_is('a')}/"
    for path in (*CONSOLE, own, f"{own}books/", f"{own}benefits/"):
        answer = client.get(f"/console/{path}")
        assert answer.status_code == 200, (programme.id, path, answer.status_code)
    assert unsaid(client, "programme/", [rule.name[language] for rule in programme.rules]) == []
    assert unsaid(client, "benefits/", [one.name[language] for one in programme.benefits.values()]) == []
    assert unsaid(client, "plans/", [one.name[language] for one in programme.plans.values()]) == []


def unsaid(client: Client, path: str, texts: list[str]) -> list[str]:
    """Those of the texts that are not on the page."""
    page = unescape(client.get(f"/console/{path}").content.decode())
    return [text for text in texts if text not in page]
