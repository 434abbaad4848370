"""However a member claims, uses, undoes and waits: no turn of a quota gives more than it has."""

from collections import Counter
from datetime import date, timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.benefits import logic
from regulars.benefits.contracts import Turnover
from tests.benefits.house import Guest, buyer, night, opened

PAIR = """\
  lounge: {name: Lounge, kind: service, grant: {levels: [level/silver+]}, quota: {times: 2, per: week}}
  tea:
    name: Tea
    kind: gift
    item: tea
    grant: {levels: [level/silver+]}
    quota: {times: 2, per: month}
    claim: {within_days: 20}
    use: {within_days: 3}
    stock: {units: 3, per: month}
"""
ACTS = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["claim", "drink", "visit", "undo", "night"])),
    min_size=5,
    max_size=25,
)


@given(acts=ACTS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_turn_gives_more_than_its_quota(acts: list[tuple[int, str]]) -> None:
    with transaction.atomic():
        opened(PAIR)
        guest = buyer("200.00", "2026-03-01", f"{id(acts)}")
        day, used = date(2026, 3, 2), []
        for wait, act in acts:
            day += timedelta(days=wait)
            _do(guest, day, act, used)
        _check(guest)
        transaction.set_rollback(True)


def _do(guest: Guest, day: date, act: str, used: list[object]) -> None:
    when = day.isoformat()
    if act == "night":
        night(when)
        return
    commands = {"claim": ("claim", ["tea"]), "drink": ("use", "tea"), "visit": ("use", "lounge")}
    if act == "undo":
        if used:
            guest.do(when, "restore", used.pop())
        return
    name, argument = commands[act]
    outcome = guest.do(when, name, argument)
    if outcome.error is None and name == "use":
        used.append(outcome.event_id)


def _check(guest: Guest) -> None:
    had = Counter((one.benefit, one.period) for one in guest.kept() if one.state != "taken_back")
    assert all(count <= 2 for count in had.values()), had
    in_stock = Counter(f"{one.stock_day:%Y-%m}" for one in guest.kept("tea") if one.stock_day is not None)
    assert all(count <= 3 for count in in_stock.values()), in_stock
    for one in guest.kept():
        assert (one.uses > 0) == (one.used_at is not None)
        assert one.state != "claimed" or one.ended_at is None
        assert one.due_at is None or one.state in ("granted", "claimed") or one.renews_at is not None


@given(day=st.dates(date(2020, 1, 1), date(2040, 12, 31)), per=st.sampled_from(list(Turnover)))
def test_a_day_is_in_one_turn_and_the_next_turn_begins_after_it(day: date, per: Turnover) -> None:
    start, following = logic.turn_start(per, day), logic.next_turn(per, day)
    if start is None or following is None:
        assert per in (Turnover.LIFETIME, Turnover.PERIOD)
        return
    assert start <= day < following
    assert logic.turn_of(per, start, None) == logic.turn_of(per, day, None)
    assert logic.turn_of(per, following - timedelta(days=1), None) == logic.turn_of(per, day, None)
    assert logic.turn_of(per, following, None) != logic.turn_of(per, day, None)
