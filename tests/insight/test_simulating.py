"""A simulation that somebody asks for: lived through by workers, told while it runs, kept, and called off."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from regulars.audiences.contracts import Kind, Wish
from regulars.audiences.queries import get
from regulars.engine import audiences
from regulars.insight import portions
from regulars.insight.simulating import queries, service, tasks
from regulars.insight.simulating.contracts import BadPeriod
from regulars.insight.simulating.models import Portion, Simulation
from regulars.insight.simulating.tasks import ATTEMPTS_MOST, LEASE, simulate_due
from regulars.kit import clock
from regulars.programme.service import current, publish
from tests.engine.world import fresh, order, shop, today, took

pytestmark = pytest.mark.django_db
SHOP = shop().replace("clawback: debt}\n  growth", 'clawback: debt, cost: "0.01"}\n  growth')
DRAFT = SHOP.replace("points, for_each: 1", "points, for_each: 3").replace("at: 250", "at: 280")


@pytest.fixture(autouse=True)
def _life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "WORTH_DIVIDING", 1)
    monkeypatch.setattr(portions, "EVENTS_PER_PORTION", 4)
    with today("2026-01-01"):
        fresh(SHOP)
    with today("2026-01-10"):
        took(*(order(f"m{number}", "2026-01-10", 100 + number, f"o{number}") for number in range(12)))


def asked(source: str = DRAFT, **more: date | bool) -> UUID:
    return service.ask("Triple", source, current(), "alice", date(2026, 1, 1), date(2026, 1, 11), **more)


def test_lived_through_by_portions_told_while_it_runs_and_kept() -> None:
    with today("2026-01-11"):
        first = asked()
        assert asked() == first, "asked twice, lived through once"
        assert queries.get(first).state == "waiting"
        assert simulate_due() == 1
        one = queries.get(first)
        assert (one.state, one.events, one.done, one.percent()) == ("running", 12, 0, 0)
        assert Portion.objects.count() == 3
        assert [each.id for each in queries.running()] == [first]
        simulate_due()
        half = queries.get(first)
        assert 0 < half.done < 12
        assert half.rate(half.asked_at + timedelta(seconds=2)) == half.done / 2
        assert half.seconds_left(half.asked_at + timedelta(seconds=2)) is not None
        assert [simulate_due() for _ in range(3)] == [1, 1, 0]
        one = queries.get(first)
        assert (one.state, one.done, queries.open_count()) == ("done", 12, 0)
        assert one.result is not None
        total = sum(100 + number for number in range(12))
        assert (one.result["cost_minor"], one.result["in_force"]["cost_minor"]) == (3 * total, total)
        assert (one.result["better"], one.result["worse"]) == (12, 0)
        assert one.result["period"]["from"] == "2025-12-31T16:00:00+00:00", "local days"
        assert asked() == first, "the answer is there"
        again = asked(anew=True)
        assert again != first
        assert queries.get(first).state == "done", "the old answer stays to be read"
    with today("2026-01-12"):
        publish(DRAFT, "tests")
        assert asked() not in (first, again), "another version is in force"


WELCOME = DRAFT.replace(
    "rules:\n",
    """rules:
  - id: welcome
    name: Welcome
    on: audience.entered
    when: {field: event.audience, op: eq, value: big}
    then:
      - credit: {asset: points, amount: 1000}
""",
)


def spent(at_least: int) -> Wish:
    return Wish({"en": "Big"}, Kind.RULE, {"field": "orders.spend", "op": "gte", "value": at_least})


def welcomed(one: UUID) -> int:
    while simulate_due():
        pass
    result = queries.get(one).result
    assert result is not None
    return int(result["rules"]["welcome"]["times"])


def test_an_audience_that_asks_for_something_else_makes_it_another_question() -> None:
    with today("2026-01-11"):
        audiences.create("big", spent(105), "console", "op@x.cn")
        first = asked(WELCOME)
        audiences.create("other", spent(1), "console", "op@x.cn")
        assert asked(WELCOME) == first, "an audience that nobody asks for is no other question"
        simulate_due()
        simulate_due()
        audiences.change("big", get("big").revision, spent(110), "op@x.cn")
        second = asked(WELCOME)
        assert second != first
        assert welcomed(first) == 7, "every portion of it by what the audience was when it was asked"
        assert welcomed(second) == 2


def test_what_is_in_force_is_lived_through_once_and_differs_in_nothing() -> None:
    with today("2026-01-11"):
        one = asked(SHOP)
        while simulate_due():
            pass
        result = queries.get(one).result
    assert result is not None
    assert result["flows"] == {"level": []}
    assert (result["better"], result["worse"], result["winners"]) == (0, 0, [])
    assert result["cost_minor"] == result["in_force"]["cost_minor"] > 0


def test_a_portion_whose_worker_died_is_taken_up_again_and_counted_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with today("2026-01-11"):
        one = asked()
        simulate_due()
        lived = tasks.live_through
        monkeypatch.setattr(tasks, "live_through", _killed)
        with pytest.raises(KeyboardInterrupt):
            simulate_due()
        monkeypatch.setattr(tasks, "live_through", lived)
        assert [simulate_due() for _ in range(3)] == [1, 1, 0], "the claim stands: it may still be at it"
        later = clock.now() + LEASE + timedelta(seconds=1)
    with clock.fixed(later):
        assert simulate_due() == 1
    found = queries.get(one)
    assert found.state == "done"
    assert found.result is not None
    assert found.result["members"] == 12


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_called_off_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "BEAT_SECONDS", 0.0)
    with today("2026-01-11"):
        one = asked()
        simulate_due()
        assert service.cancel(one, "alice")
        assert not service.cancel(one, "alice"), "once is enough"
        assert simulate_due() == 0
        portion = Portion.objects.first()
        assert portion is not None
        beat = tasks._Beat(one, portion.id, 0)
        with pytest.raises(tasks.LeftOff):
            beat.said(1)
        assert (queries.get(one).state, queries.get(one).result) == ("cancelled", None)
        assert asked() != one, "asked again, it begins again"


def test_one_that_keeps_breaking_off_fails_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise ArithmeticError("no such number")

    with today("2026-01-11"):
        one = asked()
        simulate_due()
        monkeypatch.setattr(tasks, "live_through", breaks)
        for _ in range(ATTEMPTS_MOST):
            assert simulate_due() == 1
        found = queries.get(one)
        assert (found.state, found.error) == (
            "failed",
            {
                "zh-hans": "系统连续 3 次推演到一半中断。没有任何会员受影响，可以重新推演；"
                "如果仍然中断，请联系技术人员：ArithmeticError: no such number",
                "zh-hant": "系統連續 3 次推演到一半中斷。沒有任何會員受影響，可以重新推演；"
                "如果仍然中斷，請聯絡技術人員：ArithmeticError: no such number",
                "en": "the system broke off 3 times in a row. No member was touched: ask again; if it breaks off again,"
                " tell whoever runs the server: ArithmeticError: no such number",
            },
        )
        assert simulate_due() == 0
        assert asked(retry=False) == one
        assert asked() != one


def test_one_that_cannot_be_divided_fails_and_is_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise ArithmeticError("no such number")

    with today("2026-01-11"):
        one = asked()
        monkeypatch.setattr(tasks, "divided", breaks)
        assert simulate_due() == 1
        found = queries.get(one)
        assert found.state == "failed"
        assert found.error is not None
        assert found.error["en"] == (
            "the system broke off. No member was touched: ask again; if it breaks off again, tell whoever runs the"
            " server: ArithmeticError: no such number"
        )
        assert simulate_due() == 0


def test_what_is_sound_no_more_since_an_update_is_told_with_place_and_way_out() -> None:
    with today("2026-01-11"):
        one = asked()
        Simulation.objects.update(
            source=DRAFT.replace("asset: points, for_each: 3", "asset: pionts, for_each: 3")
        )
        assert simulate_due() == 1
        found = queries.get(one)
    assert found.state == "failed"
    for language, head in (
        ("zh-hans", "系统更新后，这份方案已不能使用，请修正后重新推演：第 "),
        ("zh-hant", "系統更新後，這份方案已無法使用，請修正後重新推演：第 "),
        (
            "en",
            "since Regulars was updated this is no sound programme any more; correct it and ask again: line ",
        ),
    ):
        assert found.error[language].startswith(head)
        assert "rules.0.then.0.credit.asset: " in found.error[language]


def test_periods_that_make_no_sense() -> None:
    with today("2026-01-11"):
        for first, last in ((date(2026, 1, 9), date(2026, 1, 8)), (date(2026, 1, 1), date(2026, 1, 12))):
            with pytest.raises(BadPeriod):
                service.ask("Triple", DRAFT, current(), "alice", first, last)
    assert not Simulation.objects.exists()
