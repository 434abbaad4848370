"""Whoever was merged goes on as the member they were merged into, and after that is undone as themselves."""

from uuid import UUID

import pytest

from regulars.engine import merging
from regulars.engine.operations import Request
from regulars.messaging import service
from regulars.messaging.models import Preference
from tests.portal.world import CHINESE, paid, rain, seen, sign_in, tell, text_of, visitor

pytestmark = pytest.mark.usefixtures("programme", "now", "demo")
SNOW = "snow@example.cn"


def two() -> tuple[UUID, UUID]:
    """Rain, who stays, and Snow with 88 points of an order."""
    snow = tell("member.joined", {"email": SNOW}, "j-snow", name="雪", language="zh-hans")
    paid({"email": SNOW}, "77", "88.00")
    return rain(), snow


def did(kind: str, kept: UUID, gone: UUID) -> None:
    outcome = getattr(merging, kind)(Request(kept, "console", kind, "operator:lin", "one person"), gone)
    assert outcome.error is None, outcome.error.text


def test_the_session_goes_on_as_the_member_and_back() -> None:
    kept, gone = two()
    client = visitor(CHINESE)
    sign_in(client, SNOW)
    assert "雪" in seen(client, "/m/")
    did("merge", kept, gone)
    assert "林小雨" in seen(client, "/m/")
    assert "雪" not in seen(client, "/m/")
    points = seen(client, "/m/points/")
    assert "合并账户转入" in points
    did("unmerge", kept, gone)
    assert "雪" in seen(client, "/m/")
    assert "林小雨" not in seen(client, "/m/"), "nobody stays in another person's account"


def test_a_code_to_the_old_address_leads_to_the_member() -> None:
    kept, gone = two()
    did("merge", kept, gone)
    client = visitor(CHINESE)
    sign_in(client, SNOW)
    assert "林小雨" in seen(client, "/m/")


def test_an_old_unsubscribe_link_is_the_members() -> None:
    kept, gone = two()
    token = service.unsubscribe_token(gone, "email", "service")
    did("merge", kept, gone)
    for _ in range(2):
        assert visitor(CHINESE).post(f"/u/{token}").status_code == 200
    refused = Preference.objects.filter(channel="email", category="service", allowed=False)
    assert set(refused.values_list("member_id", flat=True)) == {kept, gone}


def test_messages_to_the_old_record_are_in_the_members_inbox() -> None:
    kept, gone = two()
    client = visitor(CHINESE)
    sign_in(client, SNOW)
    links = [
        one
        for one in text_of(client.get("/m/inbox/")).split('"')
        if one.startswith("/m/inbox/") and len(one) > 30
    ]
    assert links
    did("merge", kept, gone)
    for link in links:
        assert client.get(link).status_code == 200
