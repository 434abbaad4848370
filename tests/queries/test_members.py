"""Finding members: by id, by any identity, by name; and the spelling of identities."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.members import queries
from regulars.members.contracts import BadIdentity, MemberUnknown
from regulars.members.logic import normalise_identity
from tests.queries import rows


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("phone", "138 0000 0000", "+8613800000000"),
        ("phone", "+86 138-0000-0000", "+8613800000000"),
        ("phone", "１３８００００００００", "+8613800000000"),
        ("phone", "+1 (415) 555-0123", "+14155550123"),
        ("email", " Li.Na@Example.CN ", "li.na@example.cn"),
        ("card", "6222 0000 1111", "622200001111"),
        ("wechat", "oAbC_-1", "oAbC_-1"),
        ("my_shop", "  A 1 ", "A 1"),
    ],
)
def test_an_identity_has_one_spelling(kind: str, value: str, expected: str) -> None:
    assert normalise_identity(kind, value) == (kind, expected)


def test_a_number_without_a_country_is_read_in_the_region() -> None:
    assert normalise_identity("phone", "0912 345 678", "TW") == ("phone", "+886912345678")


@pytest.mark.parametrize(
    ("kind", "value", "field"),
    [
        ("phone", "12345", "member.phone"),
        ("phone", "call me", "member.phone"),
        ("phone", "", "member.phone"),
        ("email", "nobody", "member.email"),
        ("email", "a@b@c.cn", "member.email"),
        ("email", "a..b@c.cn", "member.email"),
        ("pos", "a\0b", "member.pos"),
        ("pos", "\ud800", "member.pos"),
        ("pos", "x" * 255, "member.pos"),
        ("WeChat", "x", "member"),
        ("a", "x", "member"),
    ],
)
def test_what_cannot_be_an_identity_is_refused_with_its_place(kind: str, value: str, field: str) -> None:
    with pytest.raises(BadIdentity) as refused:
        normalise_identity(kind, value)
    assert refused.value.errors[0].field == field
    assert set(refused.value.detail) == {"zh-hans", "zh-hant", "en"}


@pytest.mark.django_db
def test_a_member_is_found_by_id_and_by_every_identity() -> None:
    alice = rows.member("Alice", phone="+8613800000000", email="alice@example.cn", wechat="oAlice")
    rows.member("Bob", phone="+8613900000000")
    for reference in (str(alice), "phone:138 0000 0000", "email:ALICE@example.cn", "wechat:oAlice"):
        found = queries.find(reference)
        assert found is not None, reference
        assert found.id == alice
        assert found.bucket == alice.int & 63
    assert queries.find("wechat:oalice") is None
    assert queries.find("Alice") is None
    with pytest.raises(MemberUnknown):
        queries.get("phone:+8613700000000")
    with pytest.raises(BadIdentity):
        queries.get("phone:nonsense")


@pytest.mark.django_db
def test_search_puts_the_identity_first_then_beginnings_then_pieces() -> None:
    anna = rows.member("Anna", phone="+8613800001234")
    joanna = rows.member("Joanna")
    percent = rows.member("50%_off")
    assert [each.id for each in queries.search("anna")] == [anna, joanna]
    assert [each.id for each in queries.search("+8613800001234")] == [anna]
    assert [each.id for each in queries.search("1234")] == [anna]
    assert [each.id for each in queries.search("%_")] == [percent]
    assert queries.search("   ") == []
    assert queries.search("a\0") == queries.search("a")


@pytest.mark.django_db
def test_profiles_come_with_identities_in_two_queries() -> None:
    people = [rows.member(f"M{n}", phone=f"+861380000000{n}", tags=("vip",)) for n in range(5)]
    with CaptureQueriesContext(connection) as used:
        found = queries.profiles(people)
    assert len(used) == 2
    assert {each.name for each in found.values()} == {"M0", "M1", "M2", "M3", "M4"}
    first = found[people[0]]
    assert first.tags == ("vip",)
    assert first.attributes == {}
    assert [(each.kind, each.value) for each in first.identities] == [("phone", "+8613800000000")]
    assert queries.profile(rows.ids.member_id(rows.NOW, "tests", "nobody")) is None
