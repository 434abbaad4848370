"""A random life of three members, lived by the model and by what is tested, and compared after every step."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from regulars.kit.ids import event_id
from regulars.language.events import RULES
from tests.books.brand import ASSETS, START, money
from tests.books.chances import (
    DAY,
    SECOND,
    TICK,
    assets,
    lateness,
    people,
    picks,
    shares,
    some_shares,
    spendings,
    totals,
    travels,
    units,
)
from tests.books.drivers import Driver, Said, State
from tests.books.holdings import Refused
from tests.books.model import Books

MEMBERS = 3
STRANGER = UUID("01900000-0000-7000-8000-000000000000")


class Life(RuleBasedStateMachine):
    """Every step is done by the model and by the driver; what they refuse and what is there afterwards are the same.

    Moments are unlike each other, to the microsecond, so that the order of things is never a matter of taste.
    """

    make: ClassVar[Callable[[int], Driver]]

    def __init__(self) -> None:
        super().__init__()
        self.model = Books(MEMBERS)
        self.driver = type(self).make(MEMBERS)
        self.now = START + DAY
        self.steps = 0
        self.operations: list[list[UUID]] = [[] for _ in range(MEMBERS)]
        self.gifts: list[tuple[int, UUID, int, UUID]] = []
        """Giver, gift, receiver, and the event by which it arrived."""
        self.refunds = 0

    @initialize(total=totals)
    def begin(self, total: int) -> None:
        """Nobody begins with nothing, so that there is something to take from the first step on."""
        self.order(0, 0, total, None)
        self.top_up(0, 0, 50_000, None)
        self.credit(1, "points", 60, None)
        self.credit(0, "coins", 20, None)

    def teardown(self) -> None:
        self.driver.close()

    # How a step is taken

    def _root(self, who: int) -> int:
        """Who this is now: themselves, or the member whom they were merged into."""
        return self.model.roots[who]

    def _moment(self, late: timedelta | None = None) -> datetime:
        self.steps += 1
        self.now += SECOND
        return max(self.now - late, START) + self.steps * TICK if late else self.now + self.steps * TICK

    def _both(self, what: str, expected: Callable[[], None], done: Callable[[], str]) -> bool:
        try:
            expected()
            code = ""
        except Refused as refusal:
            code = str(refusal)
        found = done()
        assert found == code, f"{what}: {found or 'done'}, and should be {code or 'done'}"
        return not code

    def _compare(self) -> None:
        expected: State = {}
        for number, one in enumerate(self.model.members):
            for asset in ASSETS:
                lots = [
                    (
                        lot.at,
                        lot.amount,
                        lot.remaining,
                        lot.held,
                        lot.pending,
                        lot.expired,
                        lot.reversed,
                        lot.ends,
                    )
                    for lot in one.of(asset)
                    if lot.amount or lot.remaining
                ]
                if lots:
                    expected[number, asset] = lots
        found = self.driver.state()
        for name in sorted({*expected, *found}):
            is_there, should_be = found.get(name), expected.get(name)
            assert is_there == should_be, f"{name}: {is_there} is there, and should be {should_be}"

    def _command(
        self, name: str, who: int, expected: Callable[[UUID, datetime], None], **said: Any
    ) -> UUID | None:
        at = self._moment()
        key = f"k{self.steps}"
        operation = event_id(at, "till", key)
        self.model.settle(self._root(who), at)
        if said.get("to") in self.driver.ids:
            self.model.settle(self._root(self.driver.ids.index(said["to"])), at)
        told: Said = said
        done = self._both(
            name, lambda: expected(operation, at), lambda: self.driver.command(name, who, key, told, at)
        )
        self._compare()
        if done:
            self.operations[who].append(operation)
        return operation if done else None

    def _event(
        self,
        kind: str,
        who: int,
        late: timedelta | None,
        data: dict[str, Any],
        expected: Callable[[UUID, datetime], None],
    ) -> UUID | None:
        at = self._moment(late)
        key = f"e{self.steps}"
        operation = event_id(at, "pos", key)
        raw = {"id": key, "source": "pos", "type": kind, "time": at.isoformat(), "data": data, "member": {}}
        raw["member"] = {"id": str(self.driver.ids[who])}
        now = self.now + self.steps * TICK
        self.model.settle(self._root(who), at)
        done = self._both(kind, lambda: expected(operation, at), lambda: self.driver.event(raw, now))
        if late:
            self._night(now)
        self._compare()
        return operation if done else None

    def _night(self, now: datetime) -> None:
        for number in range(MEMBERS):
            self.model.settle(number, now)
        self.driver.night(now)

    def _order(self, who: int, pick: int) -> str:
        """One of the member's orders, the latest first, or one that nobody heard of."""
        known = list(self.model.members[self._root(who)].orders)
        return known[-1 - pick % len(known)] if known and pick < 10 else f"{self._root(who)}-{pick % 4}"

    def _share(self, who: int, asset: str, share: int) -> int:
        """So many percent of what the member can use."""
        member = self.model.members[self._root(who)]
        free = sum(member.free(one) for one in (("cash", "gift_cash") if asset == "purse" else (asset,)))
        return max(free, 20) * share // 100

    def _operation(self, who: int, pick: int) -> UUID:
        mine = [
            one
            for index in range(MEMBERS)
            if self._root(index) == self._root(who)
            for one in self.operations[index]
        ]
        return mine[-1 - pick % len(mine)] if mine and pick < 11 else STRANGER

    # Time

    @rule(travel=travels, night=st.booleans())
    def time_goes_by(self, travel: timedelta, night: bool) -> None:
        self.now += travel
        if night:
            self._night(self.now)
            self._compare()

    @rule(pick=picks, before=st.booleans(), night=st.booleans())
    def time_comes_to_a_moment(self, pick: int, before: bool, night: bool) -> None:
        """What is done next is done a second before something ends or ripens, or right after."""
        ahead = self.model.ahead(self.now + 3 * SECOND)
        if ahead:
            self.time_goes_by(ahead[pick % 3 % len(ahead)] - self.now - (2 if before else 1) * SECOND, night)

    # Orders

    @rule(who=people, pick=picks, total=totals, late=lateness)
    def order(self, who: int, pick: int, total: int, late: timedelta | None) -> None:
        name = f"{self._root(who)}-{pick}"
        data = {"order_id": name, "total": money(total), "currency": "CNY"}
        operation = self._event(
            "order.paid",
            who,
            late,
            data,
            lambda op, at: self.model.order(self._root(who), op, at, name, total),
        )
        if operation:
            self.operations[who].append(operation)

    @rule(who=people, pick=picks, share=st.sampled_from((3, 10, 33, 50, 67, 100)), late=lateness, again=picks)
    def refund(self, who: int, pick: int, share: int, late: timedelta | None, again: int) -> None:
        name = self._order(who, pick)
        order = self.model.members[self._root(who)].orders.get(name)
        left = order.total - order.refunded if order and order.paid else 0
        amount = max((left or 5000) * share // 100, 1)
        self.refunds += again > 1
        refund = f"r{self.refunds}"
        data = {"order_id": name, "refund_id": refund, "amount": money(amount), "currency": "CNY"}
        self._event(
            "order.refunded",
            who,
            late,
            data,
            lambda _, at: self.model.refund(self._root(who), at, name, refund, amount),
        )

    @rule(who=people, pick=picks, late=lateness)
    def cancel(self, who: int, pick: int, late: timedelta | None) -> None:
        name = self._order(who, pick)
        self._event(
            "order.cancelled",
            who,
            late,
            {"order_id": name},
            lambda _, at: self.model.cancel(self._root(who), at, name),
        )

    @rule(who=people, pick=picks, late=lateness)
    def complete(self, who: int, pick: int, late: timedelta | None) -> None:
        name = self._order(who, pick)
        self._event(
            "order.completed",
            who,
            late,
            {"order_id": name},
            lambda _, at: self.model.complete(self._root(who), at, name),
        )

    @rule(who=people, total=totals, asset=spendings, share=shares, held=st.booleans())
    def pay_with_value(self, who: int, total: int, asset: str, share: int, held: bool) -> None:
        """A purchase that is paid in part with what the member has, at once or held until the order is there."""
        name = f"{self._root(who)}-{20 + self.steps}"
        amount = self._share(who, asset, share)
        data = {"order_id": name, "total": money(total), "currency": "CNY"}
        hold = self._take(who, asset, amount, name, 5000 if held else None, held)
        paid = self._event(
            "order.paid",
            who,
            None,
            data,
            lambda op, at: self.model.order(self._root(who), op, at, name, total),
        )
        if paid:
            self.operations[who].append(paid)
        if held and hold:
            self._command(
                "capture",
                who,
                lambda _, at: self.model.capture(self._root(who), at, hold, None),
                hold_id=hold,
                units=None,
            )

    @rule(who=people, pick=picks, share=shares, asset=st.sampled_from(("points", "stars", "coins", "cash")))
    def return_what_was_used(self, who: int, pick: int, share: int, asset: str) -> None:
        """What an order or a command brought is used, and then it goes back: by refund or by reversal."""
        self.spend(who, asset, share, 11)
        if pick < 5:
            self.refund(who, pick, 100 if pick else 50, None, 11)
        else:
            self.reverse(who, pick - 5, None if pick < 9 else 50)

    # Commands

    @rule(who=people, asset=assets, amount=units, days=st.sampled_from((None, None, 2, 30)))
    def credit(self, who: int, asset: str, amount: int, days: int | None) -> None:
        ends = self.now + days * DAY if days else None
        self._command(
            "credit", who, lambda op, at: self.model.credit(self._root(who), op, at, asset, amount, ends),
            asset=asset, units=amount, expires_at=ends,
        )  # fmt: skip

    @rule(who=people, asset=spendings, share=shares, pick=picks)
    def spend(self, who: int, asset: str, share: int, pick: int) -> None:
        amount = self._share(who, asset, share)
        self._take(who, asset, amount, self._order(who, pick) if pick < 7 else None, None, False)

    @rule(
        who=people,
        asset=spendings,
        share=shares,
        pick=picks,
        minutes=st.sampled_from((None, 30, 5000, 90_000)),
    )
    def hold(self, who: int, asset: str, share: int, pick: int, minutes: int | None) -> None:
        amount = self._share(who, asset, share)
        self._take(who, asset, amount, self._order(who, pick) if pick < 5 else None, minutes, True)

    def _take(
        self, who: int, asset: str, amount: int, order: str | None, minutes: int | None, held: bool
    ) -> UUID | None:
        """Spend or hold."""

        def expected(op: UUID, at: datetime) -> None:
            until = at + (timedelta(minutes=minutes) if minutes else DAY) if held else None
            self.model.spend(self._root(who), op, at, asset, amount, order, until)

        said: dict[str, Any] = {"asset": asset, "units": amount, "order": ("pos", order) if order else None}
        if held:
            said["minutes"] = minutes
        return self._command("hold" if held else "spend", who, expected, **said)

    @rule(who=people, pick=picks, share=some_shares)
    def capture(self, who: int, pick: int, share: int | None) -> None:
        who, hold = self._hold(who, pick)
        amount = self._of_operation(who, hold, share)
        self._command(
            "capture",
            who,
            lambda _, at: self.model.capture(self._root(who), at, hold, amount),
            hold_id=hold,
            units=amount,
        )

    @rule(who=people, pick=picks, share=some_shares)
    def release(self, who: int, pick: int, share: int | None) -> None:
        who, hold = self._hold(who, pick)
        amount = self._of_operation(who, hold, share)
        self._command(
            "release", who, lambda _, at: self.model.capture(self._root(who), at, hold, amount, release=True),
            hold_id=hold, units=amount,
        )  # fmt: skip

    def _of_operation(self, who: int, operation: UUID, share: int | None) -> int | None:
        """So many percent of what the operation moved; None: all that is left."""
        member = self.model.members[self._root(who)]
        moved = sum(draw.held + draw.used for draw in member.taken(operation))
        moved += sum(lot.amount for lot in member.brought(operation))
        return None if share is None else max(moved, 20) * share // 100

    def _hold(self, who: int, pick: int) -> tuple[int, UUID]:
        """Rather an open hold, anybody's, than any operation; where nothing is held, something is first."""
        if pick < 8 and not any(draw.held for member in self.model.members for draw in member.draws):
            self.hold(who, "purse" if pick == 7 else "points", 90, 11 if pick else 0, 5000)
        held = [
            (number, draw.op)
            for number, member in enumerate(self.model.members)
            for draw in member.draws
            if draw.purpose == "hold" and (draw.held or pick > 7)
        ]
        return held[-1 - pick % len(held)] if held and pick < 10 else (who, self._operation(who, pick))

    @rule(who=people, pick=picks, share=some_shares)
    def reverse(self, who: int, pick: int, share: int | None) -> None:
        """What was credited or taken; by half or wholly more often than not."""
        operation = self._operation(who, pick)
        amount = self._of_operation(who, operation, share)
        self._command(
            "reverse", who, lambda _, at: self.model.reverse(self._root(who), at, operation, amount),
            operation_id=operation, units=amount,
        )  # fmt: skip

    @rule(who=people, pick=picks, share=st.sampled_from((50, 0, 90, 100, 120, 150, 300)))
    def correct(self, who: int, pick: int, share: int) -> None:
        operation = self._operation(who, pick)
        amount = self._of_operation(who, operation, share) or 0
        self._command(
            "correct", who, lambda op, at: self.model.correct(self._root(who), op, at, operation, amount),
            operation_id=operation, units=amount,
        )  # fmt: skip

    @rule(who=people, asset=assets, share=shares, sign=st.sampled_from((1, -1, -1)))
    def adjust(self, who: int, asset: str, share: int, sign: int) -> None:
        change = sign * self._share(who, asset, share)
        self._command(
            "adjust",
            who,
            lambda op, at: self.model.adjust(self._root(who), op, at, asset, change),
            asset=asset,
            units=change,
        )

    @rule(who=people, asset=assets, share=some_shares)
    def end(self, who: int, asset: str, share: int | None) -> None:
        amount = None if share is None else self._share(who, asset, share)
        self._command(
            "end",
            who,
            lambda _, at: self.model.end(self._root(who), at, asset, amount),
            asset=asset,
            units=amount,
        )

    @rule(who=people, amount=st.sampled_from((20, 20, 40, 60, 100, 200, 25, 0)), pick=picks)
    def convert(self, who: int, amount: int, pick: int) -> None:
        name = "exchange" if pick < 11 else "nothing"
        self._command(
            "convert", who, lambda op, at: self.model.convert(self._root(who), op, at, name, amount),
            conversion=name, units=amount,
        )  # fmt: skip

    @rule(
        who=people,
        to=st.sampled_from((1, 0, 2, 1, 2, MEMBERS)),
        asset=st.sampled_from(("points", "points", "points", "coins", "coins", "stars")),
        share=shares,
    )
    def gift(self, who: int, to: int, asset: str, share: int) -> None:
        amount = self._share(who, asset, share)
        receiver = self.driver.ids[to] if to < MEMBERS else STRANGER
        whose = self._root(to) if to < MEMBERS else to

        def expected(op: UUID, at: datetime) -> None:
            self.model.gift(self._root(who), op, _arrival(op, at), at, asset, amount, whose)

        given = self._command("gift", who, expected, asset=asset, units=amount, to=receiver)
        if given:
            arrival = _arrival(given, self.now + self.steps * TICK)
            self.gifts.append((who, given, whose, arrival))
            self.operations[whose].append(arrival)

    @rule(pick=picks, to=people)
    def revoke(self, pick: int, to: int) -> None:
        if not self.gifts:
            self.gift(1, 0, "points", 50)
        if not self.gifts:
            return
        giver, gift, receiver, arrival = self.gifts[-1 - pick % min(2, len(self.gifts))]
        to = receiver if pick < 10 else to
        self._command(
            "revoke", giver, lambda _, at: self.model.revoke(self._root(giver), at, gift, arrival, to),
            gift_id=gift, to=self.driver.ids[to],
        )  # fmt: skip

    # Two records of one person

    @rule(kept=people, gone=people)
    def merge(self, kept: int, gone: int) -> None:
        at = self._moment()
        key = f"m{self.steps}"
        self._both(
            "merge",
            lambda: self.model.merge(at, kept, gone),
            lambda: self.driver.merge(kept, gone, key, at, apart=False),
        )
        self._compare()

    @rule(pick=picks, other=people)
    def take_apart(self, pick: int, other: int) -> None:
        if not self.driver.takes_apart:
            return
        known = self.model.merges
        kept, gone = (
            (known[-1 - pick % len(known)].kept, known[-1 - pick % len(known)].gone) if known else (0, 1)
        )
        gone = gone if pick < 11 else other
        at = self._moment()
        key = f"u{self.steps}"
        self._both(
            "take apart",
            lambda: self.model.take_apart(event_id(at, "till", key), at, kept, gone),
            lambda: self.driver.merge(kept, gone, key, at, apart=True),
        )
        self._compare()

    # Stored value

    @rule(
        who=people,
        pick=picks,
        paid=st.sampled_from((999, 1000, 9999, 10_000, 50_000, 77_777, 100_000)),
        late=lateness,
    )
    def top_up(self, who: int, pick: int, paid: int, late: timedelta | None) -> None:
        name = f"t{self._root(who)}-{pick % 5}"
        data = {"wallet": "purse", "topup_id": name, "amount": money(paid), "currency": "CNY"}
        operation = self._event(
            "wallet.topped_up",
            who,
            late,
            data,
            lambda op, at: self.model.top_up(self._root(who), op, at, name, paid),
        )
        if operation:
            self.operations[who].append(operation)

    @rule(
        who=people,
        pick=picks,
        amount=st.sampled_from((1, 500, 1000, 3333, 10_000, 50_000)),
        again=picks,
        late=lateness,
    )
    def pay_out(self, who: int, pick: int, amount: int, again: int, late: timedelta | None) -> None:
        name = f"t{self._root(who)}-{pick % 5}"
        self.refunds += again > 1
        refund = f"r{self.refunds}"
        data = {"topup_id": name, "refund_id": refund, "amount": money(amount), "currency": "CNY"}
        self._event(
            "wallet.refunded",
            who,
            late,
            data,
            lambda _, at: self.model.pay_out(self._root(who), at, name, refund, amount),
        )


def _arrival(gift: UUID, at: datetime) -> UUID:
    """The event by which a gift arrives."""
    return event_id(at, RULES, f"{gift}:0")
