"""What members want to hear."""

import pytest

from regulars.messaging import service
from regulars.messaging.contracts import Refusal
from regulars.messaging.models import Preference
from tests.messaging.world import make_member

pytestmark = pytest.mark.django_db


def stated() -> list[tuple[str, str, bool, str]]:
    return list(Preference.objects.values_list("channel", "category", "allowed", "source"))


def test_a_preference_is_noted_once_and_can_be_taken_back() -> None:
    member = make_member()
    assert service.set_preference(member, "email", "service", False, "portal")
    assert not service.set_preference(member, "email", "service", False, "link")
    assert stated() == [("email", "service", False, "portal")]
    assert service.set_preference(member, "email", "service", True, "link")
    assert stated() == [("email", "service", True, "link")]


def test_an_unknown_pair_and_the_record_itself_are_refused() -> None:
    member = make_member()
    for channel, category in [("pigeon", "service"), ("email", "gossip"), ("inbox", "service")]:
        with pytest.raises(ValueError, match=r"no messages|can't be refused"):
            service.set_preference(member, channel, category, False, "portal")
    assert stated() == []


def test_a_link_unsubscribes_its_own_member_from_its_own_kind_of_mail() -> None:
    alice, bob = make_member(), make_member()
    token = service.unsubscribe_token(alice, "email", "marketing")
    refusal = service.read_token(token)
    assert refusal == Refusal(alice, "email", "marketing")
    service.unsubscribe(refusal)
    assert not service.unsubscribe(refusal)
    assert stated() == [("email", "marketing", False, "link")]
    assert [choice.allowed for choice in service.preferences(bob)] == [True, True, True, False]


def test_a_token_that_was_changed_is_nothing() -> None:
    alice, bob = make_member(), make_member()
    token = service.unsubscribe_token(alice, "email", "service")
    assert service.read_token(token[:-1]) is None
    assert service.read_token(token.replace(alice.hex, bob.hex)) is None
    assert service.read_token(token.replace("service", "marketing")) is None
    assert service.read_token("") is None
    assert service.read_token("é\x00.x") is None
