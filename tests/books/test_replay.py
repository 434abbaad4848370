"""The journal, replayed, gives the same books, byte for byte, in batches of any size.

The journal is what came from outside and by command, in the order in which it was received; what time did follows.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, models, transaction
from pydantic_core import to_json

from regulars.engine import operations
from regulars.engine.contracts import Incoming, Outcome
from regulars.engine.doors import check
from regulars.engine.operations import Request
from regulars.engine.service import submit, take
from regulars.engine.tasks import settle_all
from regulars.events.models import Event
from regulars.kit import clock
from regulars.language.events import RULES, TIMER
from regulars.ledger.models import Balance, Draw, Entry, Lot
from regulars.ledger.reconcile import reconcile
from regulars.members.models import Identity
from regulars.programme.service import current
from tests.books.brand import BRAND, START
from tests.engine.world import fresh

pytestmark = pytest.mark.django_db
PEOPLE, STEPS = 4, int(os.environ.get("BOOKS_STEPS", 160))
SEED = int(os.environ.get("BOOKS_SEED") or 11)
LATE = timedelta(minutes=1)
"""What is told later than this after it happened is late."""


@pytest.fixture(autouse=True)
def _brand() -> None:
    fresh(BRAND)


@contextmanager
def a_database() -> Iterator[None]:
    """One that is empty but for the programme, and is empty again afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass
class Life:
    """Orders, commands and returns of a few people over two years, as chance has it."""

    chance: Random
    now: datetime = START
    steps: int = 0
    done: int = 0

    def __post_init__(self) -> None:
        self.people: list[UUID] = []
        self.operations: dict[UUID, list[UUID]] = {}
        self.orders: list[tuple[UUID, str]] = []
        self.gifts: list[tuple[UUID, UUID, UUID]] = []

    def lived(self) -> None:
        for number in range(PEOPLE):
            outcome = self._tell("member.joined", {"pos": f"m{number}"}, {})
            assert outcome.member_id is not None
            self.people.append(outcome.member_id)
        deeds: list[Callable[[UUID], Outcome]] = [
            self._order, self._order, self._order, self._refund, self._cancel, self._complete, self._top_up,
            self._spend, self._spend, self._hold, self._hold_on, self._undo, self._adjust, self._gift, self._revoke,
        ]  # fmt: skip
        for _ in range(STEPS):
            who = self.chance.choice(self.people)
            outcome = self.chance.choice(deeds)(who)
            if outcome.error is None and outcome.event_id is not None:
                self.done += 1
                self.operations.setdefault(who, []).append(outcome.event_id)

    def _pass_time(self) -> None:
        """Time goes by, and does at once what it has to."""
        hours = self.chance.choice((0, 0, 0, 1, 5, 24, 24, 100, 500))
        self.now += timedelta(hours=hours, milliseconds=7)
        self.steps += 1
        with clock.fixed(self.now):
            settle_all()

    def _tell(self, kind: str, member: dict[str, str], data: dict[str, Any]) -> Outcome:
        self._pass_time()
        late = self.chance.choice((0, 0, 0, 0, 30, 900)) if self.people else 0
        at = max(self.now - timedelta(hours=late), START) + timedelta(microseconds=self.steps)
        with clock.fixed(self.now + timedelta(microseconds=self.steps)):
            raw = {
                "id": f"e{self.steps}",
                "type": kind,
                "member": member,
                "time": at.isoformat(),
                "data": data,
            }
            return submit([check(raw, current(), "pos", clock.now(), False)])[0]

    def _do(self, who: UUID, name: str, *args: Any, **said: Any) -> Outcome:
        self._pass_time()
        with clock.fixed(self.now + timedelta(microseconds=self.steps)):
            outcome: Outcome = getattr(operations, name)(
                Request(who, "till", f"k{self.steps}"), *args, **said
            )
        return outcome

    def _units(self) -> int:
        return self.chance.choice((1, 10, 20, 25, 40, 77, 120))

    def _asset(self) -> str:
        return self.chance.choice(("points", "points", "stars", "coins", "purse"))

    def _latest(self, who: UUID) -> UUID:
        mine = self.operations.get(who) or [UUID(int=1)]
        return mine[-1 - self.chance.randrange(min(6, len(mine)))]

    def _order(self, who: UUID) -> Outcome:
        name = f"o{self.steps}"
        self.orders.append((who, name))
        total = self.chance.choice(("19.99", "60.00", "123.45", "200.00"))
        return self._tell(
            "order.paid", {"id": str(who)}, {"order_id": name, "total": total, "currency": "CNY"}
        )

    def _returned(self) -> tuple[UUID, str]:
        return self.chance.choice(self.orders[-8:] or [(self.people[0], "none")])

    def _refund(self, who: UUID) -> Outcome:
        who, name = self._returned()
        amount = self.chance.choice(("5.00", "9.99", "33.33", "60.00"))
        data = {"order_id": name, "refund_id": f"r{self.steps}", "amount": amount, "currency": "CNY"}
        return self._tell("order.refunded", {"id": str(who)}, data)

    def _cancel(self, who: UUID) -> Outcome:
        who, name = self._returned()
        return self._tell("order.cancelled", {"id": str(who)}, {"order_id": name})

    def _complete(self, who: UUID) -> Outcome:
        who, name = self._returned()
        return self._tell("order.completed", {"id": str(who)}, {"order_id": name})

    def _top_up(self, who: UUID) -> Outcome:
        data = {"wallet": "purse", "topup_id": f"t{self.steps}", "amount": "120.00", "currency": "CNY"}
        return self._tell("wallet.topped_up", {"id": str(who)}, data)

    def _spend(self, who: UUID) -> Outcome:
        order = self.chance.choice((None, self._returned()))
        named = ("pos", order[1]) if order else None
        return self._do(order[0] if order else who, "spend", self._asset(), self._units(), order=named)

    def _hold(self, who: UUID) -> Outcome:
        return self._do(who, "hold", self._asset(), self._units(), minutes=self.chance.choice((30, 3000)))

    def _hold_on(self, who: UUID) -> Outcome:
        return self._do(who, self.chance.choice(("capture", "release")), self._latest(who))

    def _undo(self, who: UUID) -> Outcome:
        if self.chance.random() < 0.3:
            return self._do(who, "correct", self._latest(who), self._units())
        return self._do(who, "reverse", self._latest(who), self.chance.choice((None, 5, 20)))

    def _adjust(self, who: UUID) -> Outcome:
        if self.chance.random() < 0.3:
            return self._do(who, "convert", "exchange", 20)
        return self._do(who, "adjust", self._asset(), self.chance.choice((30, 60, -10, -25)))

    def _gift(self, who: UUID) -> Outcome:
        to = self.chance.choice(self.people)
        outcome = self._do(who, "gift", self.chance.choice(("points", "coins")), 10, to)
        if outcome.event_id is not None and outcome.error is None:
            self.gifts.append((who, outcome.event_id, to))
        return outcome

    def _revoke(self, who: UUID) -> Outcome:
        if not self.gifts:
            return self._gift(who)
        giver, gift, to = self.gifts[-1]
        return self._do(giver, "revoke", gift, to)


Line = tuple[datetime, Incoming]
"""When it was received, and what."""


def journal() -> list[Line]:
    """What the log holds that came from outside or by command, as it came."""
    names: dict[UUID, tuple[tuple[str, str], ...]] = {}
    for known in Identity.objects.filter(kind="pos"):
        names[known.member_id] = ((known.kind, known.value),)
    rows = Event.objects.exclude(source__in=(RULES, TIMER)).order_by("received_at")
    lines = []
    for row in rows:
        joins = row.type == "member.joined"
        identities = names[row.member_id] if joins else ()
        text = to_json(row.data).decode()
        one = Incoming(
            row.source, row.key, row.type, identities, row.time, row.data, text, bytes(row.digest), joins,
            None if joins else row.member_id,
        )  # fmt: skip
        lines.append((row.received_at, one))
    return lines


def replay(lines: Iterable[Line], size: int) -> None:
    """Feed the journal, up to `size` lines at a time. What came late comes by itself, when it came; so does who joins,
    as others are then told of by the id."""
    batch: list[Line] = []
    for line in lines:
        alone = line[0] - line[1].time > LATE or line[1].joins
        if batch and (alone or len(batch) == size):
            _feed(batch)
            batch = []
        batch.append(line)
        if alone:
            _feed(batch)
            batch = []
    if batch:
        _feed(batch)


def _feed(batch: list[Line]) -> None:
    with clock.fixed(batch[0][0]):
        settle_all()
    with clock.fixed(batch[-1][0]):
        outcomes = take([one for _, one in batch])
    assert [one.error for one in outcomes] == [None] * len(batch)


def copied(*models_: type[models.Model]) -> bytes:
    """The tables as text, ordered: every column but the page of the chain, which is of the batch."""
    parts = []
    with connection.cursor() as cursor:
        for model in models_:
            names = ", ".join(
                str(one.column) for one in model._meta.local_concrete_fields if one.column != "page"
            )
            order = "member_id, asset" if model is Balance else "member_id, id"
            cursor.execute(
                f"SELECT row::text FROM (SELECT {names} FROM {model._meta.db_table} ORDER BY {order}) AS row"
            )
            parts.append("\n".join(row[0] for row in cursor.fetchall()))
    return "\n\n".join(parts).encode()


def whole(now: datetime) -> bytes:
    """All books, after time has done what it has to do until `now`."""
    with clock.fixed(now):
        settle_all()
    return copied(Entry, Lot, Balance, Draw)


@pytest.mark.parametrize("seed", [SEED, SEED + 1])
def test_the_journal_replayed_gives_the_same_books_byte_for_byte(seed: int) -> None:
    life = Life(Random(seed))
    with a_database():
        life.lived()
        lines, end = journal(), life.now + timedelta(days=1)
        books = whole(end)
        found = reconcile()
        assert found.ok, found.record()
    assert len(lines) > STEPS // 3
    assert {"asset.spent", "order.refunded", "asset.held", "asset.gifted"} <= {one.type for _, one in lines}
    for size in (1, 3, 50):
        with a_database():
            assert not Entry.objects.exists()
            replay(lines, size)
            assert whole(end) == books, f"in batches of {size} (seed {seed})"
