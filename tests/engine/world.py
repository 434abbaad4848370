"""A brand, its customers, and the checks that its books must always stand."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection

from regulars.engine.contracts import Incoming
from regulars.engine.doors import Received, check, receive
from regulars.events.models import Event, Tally
from regulars.kit import clock
from regulars.kit.ids import parent_id
from regulars.language.calendar import local_day
from regulars.ledger.models import Balance, Entry, Lot, Page
from regulars.members.models import Identity, Member
from regulars.programme.contracts import Programme
from regulars.programme.held import StillHeld
from regulars.programme.service import current, publish, version
from regulars.tiers.models import Change, Standing

GROCERY = (Path(__file__).parents[2] / "programmes" / "grocery.yaml").read_text(encoding="utf-8")

HEAD = """\
programme: shop
name: Shop
timezone: Asia/Shanghai
currency: CNY
assets:
  points: {name: {zh-hans: 积分, zh-hant: 點數, en: points}, expires: %(expires)s, clawback: %(clawback)s}
  growth: {name: growth, spendable: false, clawback: debt}
ladders:
  level:
    name: Level
    measure: {asset: growth, months: %(window)s}
    period: {months: %(period)s, round: %(round)s}
    levels:
      - {id: basic, name: Basic, at: 0}
      - {id: silver, name: Silver, at: 100}
      - {id: gold, name: Gold, at: 250}
      - {id: platinum, name: Platinum, at: 500}
messages:
  note: {channels: [inbox], subject: "{{ earned.points }}", body: "{{ balances.points }}"}
event_types:
  visit:
    name: Visit
    joins: true
    fields:
      amount: {type: money}
      steps: {type: integer}
      km: {type: number}
      place: {type: text}
rules:
"""

EARN = """\
  - id: base
    name: {zh-hans: 消费得积分, zh-hant: 消費得點數, en: Points for purchases}
    on: order.paid
    then:
      - credit: {asset: points, for_each: 1, of: event.total}
      - credit: {asset: growth, for_each: 1, of: event.total}
"""


def shop(
    rules: str = EARN,
    *,
    expires: str = "{months: 6, round: month}",
    clawback: str = "debt",
    window: int = 12,
    period: int = 12,
    round_: str = "month",
) -> str:
    """A programme with these rules."""
    parts = {"expires": expires, "clawback": clawback, "window": window, "period": period, "round": round_}
    return HEAD % parts + (rules or "  []\n")


def fresh(source: str) -> Programme:
    """`source` published, whatever members lose by it, and nothing remembered of other tests' programmes."""
    version.cache_clear()
    try:
        return publish(source, "tests")
    except StillHeld as held:
        return publish(source, "tests", accepted=[found.place for found in held.findings])


_numbers = count(1)


def at(text: str) -> str:
    """`2026-03-01` or `2026-03-01 10:00` in Shanghai, as an event states it."""
    return f"{text.replace(' ', 'T') if ' ' in text else text + 'T10:00'}:00+08:00"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(at(text))


def event(kind: str, who: str, when: str, data: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """An event of the customer whose till number is `who`."""
    member = more.pop("member", {"pos": who})
    return {
        "id": more.pop("id", f"e{next(_numbers)}"),
        "source": more.pop("source", "pos"),
        "type": kind,
        "member": member,
        "time": at(when),
        "data": data or {},
        **more,
    }


def joined(who: str, when: str, **more: Any) -> dict[str, Any]:
    return event("member.joined", who, when, more.pop("data", {}), **more)


def order(who: str, when: str, total: Any, order_id: str, **more: Any) -> dict[str, Any]:
    data = {"order_id": order_id, "total": str(total), "currency": "CNY", **more.pop("data", {})}
    return event("order.paid", who, when, data, **more)


def refund(who: str, when: str, amount: Any, order_id: str, **more: Any) -> dict[str, Any]:
    data = {"order_id": order_id, "amount": str(amount), "currency": "CNY", **more.pop("data", {})}
    return event("order.refunded", who, when, data, **more)


def send(*events: dict[str, Any], language: str = "en") -> Received:
    """Through the door as a batch; the results."""
    return receive(json.dumps({"events": events}, ensure_ascii=False).encode(), "api", language)


def post(one: Any, language: str = "en") -> Received:
    """Through the door as a request of its own."""
    body = one if isinstance(one, bytes) else json.dumps(one, ensure_ascii=False).encode()
    return receive(body, "api", language)


def took(*events: dict[str, Any]) -> list[dict[str, Any]]:
    """Sent, and every one processed."""
    results = send(*events)
    assert [result["status"] for result in results] == ["processed"] * len(events), results
    return list(results)


def incoming(one: dict[str, Any]) -> Incoming:
    """The event as the engine's inner door takes it."""
    return check(one, current(), "api", clock.now(), False)


def who_is(pos: str) -> UUID:
    return Identity.objects.get(kind="pos", value=pos).member_id


@contextmanager
def today(text: str) -> Iterator[None]:
    with clock.fixed(moment(text)):
        yield


def tables() -> dict[str, int]:
    """Rows of every table that Regulars keeps, but for the pages of the chain: each batch adds one."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model.__module__.startswith("regulars.") and model is not Page:
                cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")
                found[model._meta.db_table] = cursor.fetchone()[0]
    return found


def moved(before: dict[str, int]) -> dict[str, int]:
    """By how many rows which tables grew."""
    return {name: rows - before[name] for name, rows in tables().items() if rows != before[name]}


@dataclass
class Books:
    """What a member holds, free of ids."""

    balances: dict[str, int] = field(default_factory=dict)
    lots: list[tuple[Any, ...]] = field(default_factory=list)
    standings: list[tuple[Any, ...]] = field(default_factory=list)
    changes: list[tuple[Any, ...]] = field(default_factory=list)


def books(member: UUID) -> Books:
    """Balances, lots (asset, earned, expires, amount, remaining), standings and steps of a member."""
    return Books(
        dict(Balance.objects.filter(member_id=member).values_list("asset", "balance")),
        sorted(
            Lot.objects.filter(member_id=member).values_list(
                "asset", "earned_at", "expires_at", "amount", "remaining"
            ),
            key=repr,
        ),
        _standings(member),
        by_day(
            Change.objects.filter(member_id=member)
            .order_by("ladder", "since", "id")
            .values_list("ladder", "since", "before", "after", "reason", "until")
        ),
    )


def by_day(steps: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Steps (ladder, day, before, after, reason, until), two rises of one day as one: days are what is walked
    anew when something comes late."""
    found: list[tuple[Any, ...]] = []
    for step in steps:
        if found and found[-1][:2] == step[:2] and found[-1][4] == step[4] == "earned":
            step = (*step[:2], found[-1][2], *step[3:])
            found.pop()
        found.append(step)
    return found


def _standings(member: UUID) -> list[tuple[Any, ...]]:
    """Who was never moved has no row, and stands at the bottom since joining."""
    found = sorted(Standing.objects.filter(member_id=member).values_list("ladder", "level", "since", "until"))
    since = local_day(Member.objects.get(id=member).joined_at, current().zone)
    return found or [("level", "basic", since, None)]


def balances(pos: str) -> dict[str, int]:
    return books(who_is(pos)).balances


def level(pos: str, ladder: str = "level") -> tuple[Any, ...]:
    """Level, since, until."""
    return (
        Standing.objects.filter(member_id=who_is(pos), ladder=ladder)
        .values_list("level", "since", "until")
        .get()
    )


def check_books() -> None:
    """balance = sum of entries = sum of lots; every effect has its entries, and every entry its effect."""
    sums: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    by_event: dict[Any, int] = defaultdict(int)
    debts = set()
    for entry in Entry.objects.all():
        sums[entry.member_id, entry.asset][entry.account] += entry.amount
        by_event[parent_id(entry.id), entry.asset, entry.account] += abs(entry.amount)
        assert (entry.amount > 0) == (entry.account == "issue"), entry.id
    remaining: dict[Any, int] = defaultdict(int)
    clawed = {(entry.member_id, entry.asset) for entry in Entry.objects.filter(account="reverse")}
    for lot in Lot.objects.all():
        name = (lot.member_id, lot.asset)
        remaining[name] += lot.remaining
        spent = lot.amount - lot.remaining - lot.expired - lot.reversed
        assert lot.expired >= 0, lot.id
        assert 0 <= lot.reversed <= lot.amount, lot.id
        assert lot.remaining <= lot.amount, lot.id
        if lot.amount == 0:
            debts.add(name)
        elif name not in clawed:
            assert spent >= 0, (lot.id, spent)
            taken = -sum(
                Entry.objects.filter(lot_id=lot.id, account="spend").values_list("amount", flat=True)
            )
            assert spent == taken, lot.id
    held = set()
    for row in Balance.objects.all():
        name = (row.member_id, row.asset)
        held.add(name)
        parts = sums[name]
        assert row.balance == sum(parts.values()) == remaining[name], (
            name,
            row.balance,
            dict(parts),
            remaining[name],
        )
        assert (row.earned, row.spent, row.expired, row.reversed) == (
            parts["issue"], -parts["spend"], -parts["expire"], -parts["reverse"],
        ), name  # fmt: skip
    assert {name for name, parts in sums.items() if any(parts.values())} <= held
    _check_effects(by_event)
    _check_tallies(sums)
    _check_standings()


def _check_effects(by_event: dict[Any, int]) -> None:
    stated: dict[Any, int] = defaultdict(int)
    for one in Event.objects.all():
        for effect in one.effects:
            if effect["kind"] == "credit":
                stated[one.id, effect["asset"], "issue"] += effect["amount"]
            elif effect["kind"] == "take":
                stated[one.id, effect["asset"], effect["account"]] += effect["amount"]
    assert {name: units for name, units in stated.items() if units} == dict(by_event)


def _check_tallies(sums: dict[Any, dict[str, int]]) -> None:
    tallied: dict[Any, int] = defaultdict(int)
    for cell in Tally.objects.filter(name__startswith="credit:"):
        tallied[cell.member_id, cell.name.removeprefix("credit:")] += cell.total
    waived: dict[Any, int] = defaultdict(int)
    for one in Event.objects.all():
        for effect in one.effects:
            if effect["kind"] == "take":
                waived[one.member_id, effect["asset"]] += effect.get("waived", 0)
    for name, parts in sums.items():
        assert tallied[name] == parts["issue"] + parts["reverse"] - waived[name], name


def _check_standings() -> None:
    last: dict[Any, Change] = {}
    for change in Change.objects.order_by("since", "id"):
        name = (change.member_id, change.ladder)
        before = last.get(name)
        assert before is None or before.after == change.before, name
        last[name] = change
    stands = {(one.member_id, one.ladder): one for one in Standing.objects.all()}
    for name, change in last.items():
        assert (stands[name].level, stands[name].since, stands[name].until) == (
            change.after,
            change.since,
            change.until,
        )
    for name in set(stands) - set(last):
        assert (stands[name].level, stands[name].until) == ("basic", None), name


DAY = timedelta(days=1)
