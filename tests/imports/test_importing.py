"""A file on its way to the members: checked without touching anybody, imported by events, once."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from regulars.audiences import queries as audiences
from regulars.audiences.contracts import Kind, NotAList, Wish
from regulars.engine import audiences as listing
from regulars.events.models import Event
from regulars.imports import queries, service, tasks
from regulars.imports.contracts import Asked, NothingLeft, NotNow, Target
from regulars.imports.models import Content, Row
from regulars.imports.tasks import import_due
from regulars.kit import clock
from regulars.members.models import Identity, Member
from regulars.members.queries import get, profile
from regulars.messaging.service import stated
from regulars.programme.service import current
from regulars.staff.models import AuditEntry
from tests.engine.world import books, fresh, shop, today, took
from tests.imports.test_reading import sheet

pytestmark = pytest.mark.django_db
GIFT = """\
  - id: welcome
    name: {zh-hans: 入会礼, zh-hant: 入會禮, en: Welcome}
    on: member.joined
    then:
      - credit: {asset: points, amount: 50}
"""
DAY = "2026-03-01"


@pytest.fixture(autouse=True)
def _shop() -> Iterator[None]:
    with today(DAY):
        fresh(shop(GIFT))
        yield


def points(who: UUID) -> int:
    return books(who).balances["points"]


def member(number: int, **data: Any) -> None:
    took(
        {
            "id": f"j{number}", "source": "pos", "type": "member.joined", "data": data,
            "member": {"phone": f"1380000{number:04}", "email": f"m{number}@example.cn"},
        }
    )  # fmt: skip


def taken(text: str, **target: Any) -> UUID:
    return service.take("会员.csv", text.encode("gb18030"), current(), "alice@example.com", Target(**target))


def work() -> None:
    while import_due():
        pass


def checked(import_id: UUID, **target: Any) -> Asked:
    asked = queries.get(import_id)
    service.ask_check(import_id, asked.mapping, Target(**target), current())
    while queries.get(import_id).state == "checking":
        import_due()
    return queries.get(import_id)


def imported(import_id: UUID) -> Asked:
    service.start(import_id, "alice@example.com")
    work()
    return queries.get(import_id)


def faults(import_id: UUID) -> list[tuple[int, str]]:
    return [(one.number, one.faults[0].code) for one in queries.rejected(import_id)]


FILE = """\
手机号,邮箱,姓名,性别,标签,备注
13800000001,,林小雨,女,新客,已是会员
13900139000,wu@example.cn,吴明,男,新客;高价值,新会员
13800000001,m2@example.cn,,,,两位会员
12,,错误,,,
13900139000,,又一次,,,重复
13700137000,,钱多,,,
"""


def test_checked_without_touching_anybody_then_imported_by_events() -> None:
    member(1, name="林")
    member(2)
    before = Event.objects.count()
    one = taken(FILE)
    assert queries.get(one).mapping == (
        "identity.phone", "identity.email", "name", "gender", "tags", "",
    )  # fmt: skip
    found = checked(one, tag="春季")
    assert (found.state, found.rows, found.looked, found.wanted) == ("checked", 6, 6, 3)
    assert found.checked == {"known": 1, "new": 2, "doubtful": 1, "faulty": 1, "repeated": 1}
    assert faults(one) == [(4, "doubtful"), (5, "bad_identity"), (6, "repeated")]
    assert Event.objects.count() == before, "a dry run touches nobody"
    done = imported(one)
    assert (done.state, done.handled, done.percent()) == ("done", 3, 99)
    assert done.counts == {"joined": 2, "updated": 1, "tagged": 3}
    wu = get("phone:13900139000").id
    there = profile(wu)
    assert there is not None
    assert (there.name, there.gender, there.tags, there.source) == (
        "吴明",
        "male",
        ("新客", "春季", "高价值"),
        "import",
    )
    assert points(wu) == 50, "whoever joins by a file is welcomed by the rules"
    lin = profile(get("phone:13800000001").id)
    assert lin is not None
    assert (lin.name, lin.gender, lin.tags) == ("林小雨", "female", ("新客", "春季"))
    assert points(lin.id) == 50, "a member is not welcomed again"
    events = Event.objects.filter(source="import", key__startswith=done.name, cause=None).order_by("id")
    assert sorted(event.type for event in events) == [
        "member.joined", "member.joined", "member.tagged", "member.tagged", "member.tagged", "member.updated",
    ]  # fmt: skip
    assert Member.objects.count() == 4
    assert not Content.objects.exists()
    assert set(Row.objects.values_list("number", flat=True)) == {4, 5, 6}, "the rest of the file is forgotten"
    entry = AuditEntry.objects.get(action="members.imported")
    assert (entry.actor, entry.subject, entry.detail["rows"]) == ("alice@example.com", "会员.csv", 3)


def test_the_same_file_again_does_nothing_twice() -> None:
    first = imported(checked(taken(FILE), tag="春季").id)
    state = list(Member.objects.order_by("id").values("id", "name", "tags", "updated_at"))
    events = Event.objects.count()
    again = checked(taken(FILE), tag="春季")
    assert again.checked == {"again": 3, "faulty": 1, "repeated": 2}
    done = imported(again.id)
    assert (first.counts["joined"], done.counts) == (3, {"again": 3})
    assert Event.objects.count() == events
    otherwise = imported(checked(taken(FILE)).id)
    assert otherwise.counts == {"same": 3}, "the same people by another import: nothing new is said of them"
    assert Event.objects.count() == events
    assert list(Member.objects.order_by("id").values("id", "name", "tags", "updated_at")) == state


def test_a_worker_that_dies_halfway_is_followed_by_another_and_nothing_happens_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "PORTION", 2)
    listing.create("spring", Wish({"en": "Spring"}, Kind.LIST, None, ""), "tests", "alice")
    phones = [f"1390013900{number}" for number in range(5)]
    one = checked(taken("手机号\n" + "\n".join(phones)), audience="spring", tag="春季").id
    service.start(one, "alice")
    noted = tasks._note
    calls = []

    def dies(*args: Any, **fields: Any) -> None:
        calls.append(fields)
        if len(calls) == 2:
            raise KeyboardInterrupt
        noted(*args, **fields)

    monkeypatch.setattr(tasks, "_note", dies)
    with pytest.raises(KeyboardInterrupt):
        import_due()
    monkeypatch.setattr(tasks, "_note", noted)
    half = queries.get(one)
    assert (half.state, half.handled, half.percent(), half.counts["joined"]) == ("importing", 2, 40, 2)
    assert Member.objects.count() == 4, "the second portion was done, and not noted"
    assert import_due() == 0, "the claim stands: it may still be at it"
    with clock.fixed(clock.now() + tasks.LEASE * 2):
        work()
    done = queries.get(one)
    assert (done.state, done.handled) == ("done", 5)
    assert done.counts == {"joined": 5, "tagged": 5, "listed": 5}
    assert Member.objects.count() == 5
    assert [points(get(f"phone:{phone}").id) for phone in phones] == [50] * 5
    assert audiences.size("spring") == 5
    kinds = list(Event.objects.filter(source="import", cause=None).values_list("type", flat=True))
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "member.joined": 5, "member.tagged": 5, "audience.listed": 5,
    }  # fmt: skip


def test_only_members_onto_a_list_and_ids_of_our_own() -> None:
    member(1)
    listing.create("spring", Wish({"en": "Spring"}, Kind.LIST, None, ""), "tests", "alice")
    own = get("phone:13800000001").id
    text = f"ID\n{own}\n01990000-0000-7000-8000-000000000000\n"
    one = taken(text)
    assert queries.get(one).mapping == ("id",)
    found = checked(one, audience="spring")
    assert (found.checked, faults(one)) == ({"known": 1, "faulty": 1}, [(3, "unknown_member")])
    assert imported(one).counts == {"same": 1, "listed": 1}
    two = checked(taken("手机号\n13800000001\n13900139000\n"), audience="spring", only_known=True)
    assert (two.checked, faults(two.id)) == ({"known": 1, "stranger": 1}, [(3, "stranger")])
    assert imported(two.id).counts == {"same": 1}, "on the list already, nothing else to do"
    assert Member.objects.count() == 1
    assert Identity.objects.filter(kind="phone").count() == 1
    rich = {"field": "orders.spend", "op": "gte", "value": 1}
    listing.create("rich", Wish({"en": "Rich"}, Kind.RULE, rich, ""), "tests", "alice")
    three = taken("手机号\n13900139001\n")
    with pytest.raises(NotAList):
        checked(three, audience="rich")


def test_since_when_somebody_is_a_member_is_when_they_join() -> None:
    one = checked(taken("手机号,入会日期,门店\n13900139000,2024/5/1,S01\n"))
    assert imported(one.id).counts == {"joined": 1}
    there = profile(get("phone:13900139000").id)
    assert there is not None
    assert there.joined_at.isoformat() == "2024-04-30T16:00:00+00:00"


def test_called_off_gone_on_and_what_can_not_be_begun() -> None:
    one = checked(taken("手机号\n12\n"))
    with pytest.raises(NothingLeft):
        service.start(one.id, "alice")
    assert service.cancel(one.id, "alice")
    assert not service.cancel(one.id, "alice")
    assert queries.get(one.id).cleared, "what was never begun is forgotten at once"
    with pytest.raises(NotNow):
        service.go_on(one.id, "alice")
    two = checked(taken("手机号\n13900139000\n"))
    service.start(two.id, "alice")
    with pytest.raises(NotNow):
        service.start(two.id, "alice")
    assert service.cancel(two.id, "alice")
    work()
    assert (queries.get(two.id).state, Member.objects.count()) == ("cancelled", 0)
    service.go_on(two.id, "alice")
    work()
    assert (queries.get(two.id).state, Member.objects.count()) == ("done", 1)
    with clock.fixed(clock.now() + tasks.KEPT * 2):
        assert tasks.clear_old() == 1
    assert queries.get(two.id).cleared
    assert not Row.objects.exists()


def test_a_check_that_breaks_off_is_tried_again_and_then_said(monkeypatch: pytest.MonkeyPatch) -> None:
    one = taken("手机号\n13900139000\n")
    looked = tasks.Check.look

    def breaks(*_: Any) -> Any:
        raise RuntimeError("out of luck")

    monkeypatch.setattr(tasks.Check, "look", breaks)
    asked = checked(one)
    assert (asked.state, set(asked.error)) == ("choosing", {"zh-hans", "zh-hant", "en"})
    assert asked.error["zh-hans"].startswith("系统连续 3 次处理到一半中断。")
    assert all(said.endswith("RuntimeError: out of luck") for said in asked.error.values())
    monkeypatch.setattr(tasks.Check, "look", looked)
    again = checked(one)
    assert (again.state, again.error, again.checked) == ("checked", {}, {"new": 1})


def test_a_workbook_is_imported_like_any_other_file() -> None:
    data = sheet(
        ("手机号", "姓名", "生日"), (13900139000.0, "吴明", date(1990, 5, 3)), ("13900139000", "又", None)
    )
    one = service.take("会员.xlsx", data, current(), "alice")
    found = checked(one)
    assert (found.checked, faults(one)) == ({"new": 1, "repeated": 1}, [(3, "repeated")])
    assert imported(one).counts == {"joined": 1}
    wu = profile(get("phone:13900139000").id)
    assert wu is not None
    assert (wu.name, wu.birthday) == ("吴明", date(1990, 5, 3))


def test_read_otherwise_when_the_guess_was_wrong() -> None:
    one = service.take("x.csv", "手机号;姓名\n13900139000;王\n".encode("gb18030"), current(), "alice")
    service.read_otherwise(one, "gb18030", ",", True, current())
    assert queries.get(one).headings == ("手机号;姓名",)
    service.read_otherwise(one, "gb18030", ";", False, current())
    asked = queries.get(one)
    assert (asked.headings, asked.rows, asked.mapping) == (("A", "B"), 2, ("", ""))
    service.read_otherwise(one, "gb18030", ";", True, current())
    assert queries.get(one).mapping == ("identity.phone", "name")


def test_consent_that_is_known_already_is_no_update() -> None:
    for number in (1, 2, 3):
        member(number)
    text = "手机号,邮件订阅\n13800000001,是\n13800000002,否\n"
    assert imported(checked(taken(text)).id).counts == {"updated": 2}
    events = Event.objects.count()
    turned = "手机号,邮件订阅\n13800000001,否\n13800000002,否\n13800000003,\n"
    assert imported(checked(taken(turned)).id).counts == {"updated": 1, "same": 2}
    assert Event.objects.count() == events + 1
    said = stated([get(f"phone:1380000000{number}").id for number in (1, 2)])
    assert [one[("email", "marketing")] for one in said.values()] == [False, False]
