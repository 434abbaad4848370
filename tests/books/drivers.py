"""Two ways to live the same life: the pure core in memory, and the whole engine on PostgreSQL."""

from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction

from regulars.campaigns.logic import Budgets
from regulars.engine import merging, operations
from regulars.engine.absorb import join
from regulars.engine.contracts import Incoming, Outcome, Rejected
from regulars.engine.decide import live, settle
from regulars.engine.doors import check
from regulars.engine.operations import Request
from regulars.engine.plan import Plan, make_plan
from regulars.engine.service import submit
from regulars.engine.tasks import settle_all
from regulars.kit import clock
from regulars.kit.ids import event_id, member_id
from regulars.language.events import Event
from regulars.language.snapshot import Lot, Profile, Snapshot
from regulars.ledger.reconcile import reconcile
from regulars.programme.contracts import Programme
from regulars.programme.loader import load
from tests.books.brand import BRAND, START
from tests.engine.world import fresh

Said = Mapping[str, Any]
LotState = tuple[datetime, int, int, int, int, int, int, datetime | None]
"""When it came; amount, remaining, held, pending, expired, reversed; when it ends."""
State = dict[tuple[int, str], list[LotState]]
"""(member's number, asset) → the lots, oldest first, but for debts that are paid."""

TYPES = {
    "credit": "asset.credited", "spend": "asset.spent", "hold": "asset.held", "capture": "hold.captured",
    "release": "hold.released", "reverse": "asset.reversed", "correct": "asset.corrected",
    "adjust": "asset.adjusted", "end": "asset.ended", "convert": "asset.converted", "gift": "asset.gifted",
    "revoke": "gift.revoked",
}  # fmt: skip


class Driver(Protocol):
    """Something that keeps books. Refusals are told by their code, "" means done."""

    ids: list[UUID]
    takes_apart: bool
    """Whether it can take apart what was merged."""

    def event(self, raw: dict[str, Any], now: datetime) -> str: ...

    def command(self, name: str, who: int, key: str, said: Said, now: datetime) -> str: ...

    def merge(self, kept: int, gone: int, key: str, now: datetime, *, apart: bool) -> str: ...

    def night(self, now: datetime) -> None: ...

    def state(self) -> State: ...

    def close(self) -> None: ...


_PROGRAMME: list[tuple[Programme, Plan]] = []


def _ready() -> tuple[Programme, Plan]:
    if not _PROGRAMME:
        programme = load(BRAND, 1)
        _PROGRAMME.append((programme, make_plan(programme)))
    return _PROGRAMME[0]


class Core:
    """The pure core over snapshots that are kept in memory for the whole life."""

    takes_apart = False

    def __init__(self, members: int) -> None:
        self.programme, self.plan = _ready()
        self.ids = [member_id(START, "pos", f"m{number}") for number in range(members)]
        self.members = {
            one: Snapshot(one, profile=Profile(joined_at=START), steps={}, whole=True) for one in self.ids
        }
        self.at_hand = dict(self.members)
        """Who everybody is now, by the ids that they ever had."""
        self.budgets = Budgets()

    def event(self, raw: dict[str, Any], now: datetime) -> str:
        one = check(raw, self.programme, "pos", now, False)
        assert one.member_id is not None
        return self._live(
            self.ids.index(one.member_id), one.source, one.key, one.type, one.time, one.data, now
        )

    def command(self, name: str, who: int, key: str, said: Said, now: datetime) -> str:
        data: dict[str, Any] = {
            field: value.isoformat() if isinstance(value, datetime) else value
            for field, value in said.items()
            if value is not None
        }
        if "order" in data:
            data["order_source"], data["order_id"] = data.pop("order")
        if "to" in data:
            data["to"] = str(data["to"])
        for field in ("hold_id", "operation_id", "gift_id"):
            if field in data:
                data["operation"] = str(data.pop(field))
        return self._live(who, "till", key, TYPES[name], now, data, now)

    def _live(
        self, who: int, source: str, key: str, kind: str, at: datetime, data: dict[str, Any], now: datetime
    ) -> str:
        mine = self.at_hand[self.ids[who]]
        settle(self.plan, mine, at, now, self.budgets)
        other = self.at_hand.get(UUID(data["to"])) if "to" in data else None
        if other is not None and other is not mine:
            settle(self.plan, other, at, now, self.budgets)
        happened = Event(event_id(at, source, key), source, key, kind, mine.member_id, at, data)
        try:
            live(self.plan, mine, happened, now, self.budgets, others=self.at_hand)
        except Rejected as error:
            return error.code
        return ""

    def merge(self, kept: int, gone: int, key: str, now: datetime, *, apart: bool) -> str:
        assert not apart
        mine, theirs = self.members[self.ids[kept]], self.members[self.ids[gone]]
        if mine is theirs:
            return "same_member"
        if "merged" in (mine.status, theirs.status):
            return "already_merged"
        for one in (mine, theirs):
            settle(self.plan, one, now, now, self.budgets)
        happened = Event(event_id(now, "till", key), "till", key, "member.merged", mine.member_id, now, {})
        join(self.plan, mine, theirs, happened, now, self.budgets)
        for one, whose in self.at_hand.items():
            if whose is theirs:
                self.at_hand[one] = mine
        return ""

    def night(self, now: datetime) -> None:
        for one in self.members.values():
            settle(self.plan, one, now, now, self.budgets)

    def state(self) -> State:
        found: State = {}
        for number, one in enumerate(self.ids):
            lots: dict[UUID, Lot] = dict(self.members[one].known)
            for asset, some in self.members[one].lots.items():
                lots.update({lot.id: lot for lot in some})
                assert self.members[one].balances.get(asset, 0) == sum(lot.remaining for lot in some), asset
            for lot in sorted(lots.values(), key=lambda lot: lot.id):
                if lot.amount or lot.remaining:
                    found.setdefault((number, lot.asset), []).append(
                        (
                            lot.earned_at, lot.amount, lot.remaining, lot.held, lot.pending,
                            lot.expired, lot.reversed, lot.expires_at,
                        )
                    )  # fmt: skip
        return found

    def close(self) -> None:
        for one in self.members.values():
            held: dict[UUID, int] = {}
            for draw in one.draws.values():
                for part in draw.parts:
                    assert min(part.held, part.used, part.returned) >= 0, draw
                    held[part.lot_id] = held.get(part.lot_id, 0) + part.held
            for lot in one.known.values():
                assert lot.held == held.get(lot.id, 0), lot


LOTS = """
SELECT member_id, asset, earned_at, amount, remaining, held, pending, expired, reversed, expires_at
  FROM ledger_lot WHERE member_id = ANY(%s) AND (amount <> 0 OR remaining <> 0) ORDER BY member_id, id
"""

_runs = count(1)


class Postgres:
    """The engine as it is, on the tests' database, in a transaction that is undone in the end, after reconciling: that
    holds balances, draws and entries to the lots, which are compared after every step.

    Now and then a command is sent a second time, or its key with another content.
    """

    takes_apart = True

    def __init__(self, members: int) -> None:
        self.run = next(_runs)
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.commands = 0
        self.ids = []
        names = [f"r{self.run}m{number}" for number in range(members)]
        with clock.fixed(START):
            joined = submit(
                [
                    _checked(
                        {
                            "id": name,
                            "type": "member.joined",
                            "member": {"pos": name},
                            "time": START.isoformat(),
                        }
                    )
                    for name in names
                ]
            )
        self.ids = [one.member_id for one in joined if one.member_id is not None]
        assert len(self.ids) == members

    @staticmethod
    def publish() -> None:
        fresh(BRAND)

    def event(self, raw: dict[str, Any], now: datetime) -> str:
        with clock.fixed(now):
            return _code(submit([_checked(raw)])[0])

    def command(self, name: str, who: int, key: str, said: Said, now: datetime) -> str:
        request = Request(self.ids[who], "till", key)
        act = getattr(operations, name)
        with clock.fixed(now):
            outcome = act(request, **said)
            self.commands += 1
            if not outcome.error and self.commands % 5 == 0:
                again = act(request, **said)
                assert (again.status, again.event_id) == ("duplicate", outcome.event_id)
                assert (again.effects, again.balances) == (outcome.effects, outcome.balances)
                other = act(Request(self.ids[who], "till", key, reason="another"), **said)
                assert _code(other) == "key_conflict"
        return _code(outcome)

    def merge(self, kept: int, gone: int, key: str, now: datetime, *, apart: bool) -> str:
        act = merging.unmerge if apart else merging.merge
        request = Request(self.ids[kept], "till", key)
        with clock.fixed(now):
            outcome = act(request, self.ids[gone])
            self.commands += 1
            if not outcome.error and self.commands % 3 == 0:
                again = act(request, self.ids[gone])
                assert (again.status, again.event_id) == ("duplicate", outcome.event_id)
        return _code(outcome)

    def night(self, now: datetime) -> None:
        with clock.fixed(now):
            settle_all()

    def state(self) -> State:
        numbers = {one: number for number, one in enumerate(self.ids)}
        found: State = {}
        with connection.cursor() as cursor:
            cursor.execute(LOTS, [self.ids])
            for owner, asset, *lot in cursor.fetchall():
                found.setdefault((numbers[owner], asset), []).append(tuple(lot))
        return found

    def close(self) -> None:
        try:
            found = reconcile()
            assert found.ok, found.record()
        finally:
            self.undo()

    def undo(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)


def _code(outcome: Outcome) -> str:
    return outcome.error.code if outcome.error else ""


def _checked(raw: dict[str, Any]) -> Incoming:
    return check({"data": {}, **raw}, _ready()[0], "pos", clock.now(), False)
