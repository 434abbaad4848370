"""Unsubscribe links, without cookies, sign-in or token."""

import pytest
from django.test import Client

from regulars.messaging import service
from regulars.messaging.models import Preference
from tests.portal.world import CHINESE, ENGLISH, rain, tell, text_of, visitor

pytestmark = pytest.mark.usefixtures("programme", "now")


def refused() -> list[tuple[str, str, bool]]:
    return list(Preference.objects.values_list("channel", "category", "allowed"))


def test_a_mail_program_unsubscribes_with_one_post_again_and_again() -> None:
    token = service.unsubscribe_token(rain(), "email", "service")
    client = Client(enforce_csrf_checks=True)
    for _ in range(2):
        response = client.post(f"/u/{token}", {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
    assert refused() == [("email", "service", False)]
    assert not response.cookies


def test_opening_the_link_asks_and_changes_nothing() -> None:
    token = service.unsubscribe_token(rain(), "email", "marketing")
    page = text_of(visitor(CHINESE).get(f"/u/{token}"))
    assert "不再通过邮件接收优惠？" in page
    assert '<button class="button">退订</button>' in page
    assert refused() == []


def test_the_page_speaks_the_members_language_and_there_is_a_way_back() -> None:
    member = tell("member.joined", {"email": "ann@example.com"}, "j-ann", name="Ann", language="en")
    token = service.unsubscribe_token(member, "email", "service")
    client = visitor(CHINESE)
    assert "No more receipts" in text_of(client.get(f"/u/{token}"))
    assert "You are unsubscribed" in text_of(client.post(f"/u/{token}"))
    assert "You are subscribed again" in text_of(client.post(f"/u/{token}", {"action": "subscribe"}))
    assert refused() == [("email", "service", True)]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_broken_link_says_so(method: str) -> None:
    token = service.unsubscribe_token(rain(), "email", "service")
    response = getattr(visitor(ENGLISH), method)(f"/u/{token[:-2]}")
    assert response.status_code == 404
    assert "This link does not work" in text_of(response)
    assert refused() == []


def test_no_page_can_be_framed_or_leak_the_link() -> None:
    token = service.unsubscribe_token(rain(), "email", "service")
    response = visitor().get(f"/u/{token}")
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert visitor().put(f"/u/{token}").status_code == 405
