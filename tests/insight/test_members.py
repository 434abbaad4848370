"""The list of members: every sort without gap or repeat, every filter, exact counts."""

from datetime import date
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.insight.members import (
    Count,
    MemberFilter,
    Sort,
    View,
    count_members,
    export_members,
    list_members,
)
from regulars.kit.problems import BadCursor
from tests.queries import rows
from tests.queries.rows import PROGRAMME, days_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, UUID]:
    alice = rows.member("alice", days_ago(300), ("vip", "tea"), phone="+8613800001234", email="a@b.cn")
    bob = rows.member("Bob", days_ago(200), ("tea",), phone="+8613900005678")
    carol = rows.member("Carol", days_ago(100))
    nameless = rows.member("", days_ago(50))
    rows.order(alice, "1", 10_000, days_ago(9), refunded_minor=9_000)
    rows.order(bob, "2", 5_000, days_ago(40))
    rows.order(carol, "3", 20_000, days_ago(1))
    rows.standing(alice, "gold", date(2026, 5, 1), date(2027, 5, 31))
    rows.standing(carol, "basic", date(2026, 5, 1))
    return {"alice": alice, "bob": bob, "carol": carol, "nameless": nameless}


def walk(
    people: dict[str, UUID], view: View, chosen: MemberFilter | None = None, limit: int = 1
) -> list[str]:
    names = {ident: name for name, ident in people.items()}
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = list_members(PROGRAMME, chosen, view, cursor, limit)
        found += [names[line.member.id] for line in page.items]
        cursor = page.next
        if cursor is None:
            return found


@pytest.mark.parametrize(
    ("sort", "descending", "expected"),
    [
        (Sort.JOINED, True, "nameless carol bob alice"),
        (Sort.JOINED, False, "alice bob carol nameless"),
        (Sort.NAME, False, "alice bob carol nameless"),
        (Sort.NAME, True, "carol bob alice nameless"),
        (Sort.SPEND, True, "carol bob alice nameless"),
        (Sort.SPEND, False, "alice bob carol nameless"),
        (Sort.LAST_ORDER, True, "carol alice bob nameless"),
        (Sort.BALANCE, True, "carol alice bob nameless"),
        (Sort.BALANCE, False, "bob alice carol nameless"),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_every_sort_pages_without_gap_or_repeat(
    people: dict[str, UUID], sort: Sort, descending: bool, expected: str, limit: int
) -> None:
    assert walk(people, View(sort=sort, descending=descending), limit=limit) == expected.split()
    exported = export_members(PROGRAMME, None, View(sort=sort, descending=descending))
    assert [line.member.id for line in exported] == [people[name] for name in expected.split()]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (MemberFilter(tags=("tea",)), "bob alice"),
        (MemberFilter(tags=("tea", "vip")), "alice"),
        (MemberFilter(has=("phone",)), "bob alice"),
        (MemberFilter(has=("phone", "email")), "alice"),
        (MemberFilter(levels=("gold",)), "alice"),
        (MemberFilter(levels=("basic",)), "nameless carol bob"),
        (MemberFilter(levels=("basic", "gold")), "nameless carol bob alice"),
        (MemberFilter(joined_from=days_ago(200), joined_before=days_ago(50)), "carol bob"),
        (MemberFilter(ordered_from=days_ago(9)), "carol alice"),
        (MemberFilter(ordered_before=days_ago(9)), "bob"),
        (MemberFilter(search="B"), "bob"),
        (MemberFilter(search="phone:13800001234"), "alice"),
        (MemberFilter(search="A@B.cn"), "alice"),
        (MemberFilter(search="5678"), "bob"),
        (MemberFilter(search="'; DROP TABLE members_member; --"), ""),
        (MemberFilter(source="web"), ""),
    ],
)
def test_every_filter_in_every_sort(people: dict[str, UUID], chosen: MemberFilter, expected: str) -> None:
    assert walk(people, View(), chosen) == expected.split()
    for sort in Sort:
        assert sorted(walk(people, View(sort=sort), chosen)) == sorted(expected.split())
    assert count_members(PROGRAMME, chosen) == Count(len(expected.split()), exact=True)
    assert count_members(PROGRAMME, chosen, most=0) == Count(0, exact=not expected)


@pytest.mark.usefixtures("people")
def test_a_line_holds_what_the_columns_show_in_six_queries() -> None:
    with CaptureQueriesContext(connection) as used:
        page = list_members(PROGRAMME, view=View(sort=Sort.SPEND))
    assert len(used) <= 7
    carol, bob, *_ = page.items
    assert (carol.level, carol.balance, carol.totals.spend_minor) == ("basic", 200, 20_000)
    assert (bob.level, bob.level_until) == ("basic", None)
    assert [each.value for each in bob.member.identities] == ["+8613900005678"]


@pytest.mark.usefixtures("people")
def test_a_cursor_of_another_sort_is_refused() -> None:
    cursor = list_members(PROGRAMME, view=View(sort=Sort.SPEND), limit=1).next
    with pytest.raises(BadCursor):
        list_members(PROGRAMME, view=View(sort=Sort.NAME), cursor=cursor)
