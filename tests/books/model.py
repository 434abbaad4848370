"""What the books should say: a naive model, written from decision 0020 and the docstrings of contracts and operations.

One list of lots a member and asset, plain loops, nothing remembered that could be looked up. It is slow, it has no
batches, no database and no sharing of code with the engine, and that is all that speaks for it.

The order of things that take from one lot after the other, and the code of a refusal, are part of what is promised.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import floor
from uuid import UUID

from tests.books import brand
from tests.books.days import idle_end, month_of, own_end, start_of

Name = tuple[str, str]


class Refused(Exception):
    """What is asked for can't be done: the code of the refusal."""


@dataclass(eq=False)
class Lot:
    """Units that came together. A debt is one of amount 0."""

    op: UUID
    asset: str
    at: datetime
    number: int
    amount: int
    remaining: int = 0
    held: int = 0
    pending: int = 0
    expired: int = 0
    reversed: int = 0
    ends: datetime | None = None
    ripens: datetime | None = None
    rule: str = ""

    @property
    def waits_as_gift(self) -> bool:
        """Whether the giver may still take it back: then nobody else may."""
        return self.pending > 0 and not self.rule

    @property
    def takeable(self) -> int:
        return max(self.amount - self.reversed - self.expired, 0)


@dataclass(eq=False)
class Piece:
    """What one lot gave to a draw."""

    lot: Lot
    held: int = 0
    used: int = 0
    returned: int = 0


@dataclass(eq=False)
class Draw:
    """Units taken for a purpose that may be undone."""

    op: UUID
    asset: str
    purpose: str
    pieces: list[Piece]
    order: str | None = None
    until: datetime | None = None
    other: int | None = None

    @property
    def held(self) -> int:
        return sum(piece.held for piece in self.pieces)

    @property
    def used(self) -> int:
        return sum(piece.used for piece in self.pieces)

    @property
    def returned(self) -> int:
        return sum(piece.returned for piece in self.pieces)


@dataclass
class Order:
    """What is known of an order."""

    total: int = 0
    refunded: int = 0
    paid: UUID | None = None
    refunds: set[str] = field(default_factory=set)
    cancelled: bool = False

    @property
    def gone(self) -> Fraction:
        """The share of it that does not count any more."""
        if self.cancelled:
            return Fraction(1)
        if not self.paid:
            return Fraction(0)
        return Fraction(min(self.refunded, self.total), self.total)


@dataclass
class TopUp:
    """Money paid in, and what of it was paid back."""

    op: UUID
    paid: int
    bonus: int
    back: int = 0
    bonus_back: int = 0
    refunds: set[str] = field(default_factory=set)


@dataclass
class Member:
    """All that is known of one member."""

    lots: list[Lot] = field(default_factory=list)
    draws: list[Draw] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)
    topups: dict[str, TopUp] = field(default_factory=dict)
    used: dict[tuple[str, str], int] = field(default_factory=dict)
    """What counts towards limits: (what, period) → units or times."""
    idle: datetime | None = None
    """When the coins end."""

    def of(self, asset: str) -> list[Lot]:
        """Oldest first."""
        return sorted((lot for lot in self.lots if lot.asset == asset), key=_age)

    def balance(self, asset: str) -> int:
        return sum(lot.remaining for lot in self.of(asset))

    def free(self, asset: str) -> int:
        return max(self.balance(asset), 0)

    def brought(self, op: UUID) -> list[Lot]:
        return [lot for lot in self.lots if lot.op == op and lot.amount]

    def taken(self, op: UUID) -> list[Draw]:
        return [draw for draw in self.draws if draw.op == op]

    def count(self, what: str, period: str, units: int) -> None:
        self.used[what, period] = max(self.used.get((what, period), 0) + units, 0)


def _age(lot: Lot) -> tuple[datetime, int]:
    return lot.at, lot.number


def in_order(asset: str, lots: Iterable[Lot]) -> list[Lot]:
    """The order of spending."""
    order = brand.SPEND_ORDER.get(asset, "expiring")
    oldest = sorted(lots, key=_age)
    if order == "newest":
        return oldest[::-1]
    if order == "oldest":
        return oldest
    return sorted((one for one in oldest if one.ends), key=lambda one: one.ends or one.at) + [
        one for one in oldest if not one.ends
    ]


def half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


class Books:
    """What members have, and what moves it."""

    def __init__(self, members: int) -> None:
        self.members = [Member() for _ in range(members)]
        self.budget: dict[int, int] = {}
        self._numbers = 0

    # What everything is made of

    def _bring(
        self,
        who: Member,
        op: UUID,
        asset: str,
        units: int,
        at: datetime,
        *,
        ends: datetime | None = None,
        ripens: datetime | None = None,
        rule: str = "",
        active: bool = True,
    ) -> Lot:
        """Units in a lot of their own; what is owed is paid first, oldest first, unless they are not ripe."""
        self._numbers += 1
        lot = Lot(
            op, asset, at, self._numbers, units, ends=ends or own_end(asset, at), ripens=ripens, rule=rule
        )
        if ripens:
            lot.pending = units
        else:
            lot.remaining = units
            self._pay_debts(who, [lot])
        who.lots.append(lot)
        self._moves(who, asset, at, active)
        return lot

    def _pay_debts(self, who: Member, payers: list[Lot], most: dict[int, int] | None = None) -> None:
        asset = payers[0].asset
        debts = [lot for lot in who.of(asset) if lot.amount == 0 and lot.remaining < 0]
        for debt in debts:
            for lot in payers:
                units = min(-debt.remaining, lot.remaining if most is None else most[id(lot)])
                debt.remaining += units
                lot.remaining -= units
                if most is not None:
                    most[id(lot)] -= units

    def _moves(self, who: Member, asset: str, at: datetime, active: bool) -> None:
        """Coins end so long after the last activity; where they have ended, anything begins the time anew."""
        if asset == "coins" and (active or who.idle is None or who.idle <= at):
            who.idle = max(who.idle or idle_end(at), idle_end(at))

    def _draw(
        self,
        who: Member,
        op: UUID,
        asset: str,
        units: int,
        at: datetime,
        purpose: str,
        *,
        order: str | None = None,
        until: datetime | None = None,
        other: int | None = None,
        held: bool = False,
    ) -> Draw:
        pieces = []
        for lot in in_order(asset, who.of(asset)):
            some = min(max(lot.remaining, 0), units)
            if some:
                lot.remaining -= some
                lot.held += some if held else 0
                units -= some
                pieces.append(Piece(lot, held=some if held else 0, used=0 if held else some))
        assert not units
        draw = Draw(op, asset, purpose, pieces, order, until, other)
        who.draws.append(draw)
        self._moves(who, asset, at, purpose != "adjust")
        return draw

    def _put_back(self, who: Member, parts: list[tuple[Lot, int]], at: datetime) -> None:
        """Units into lots that they came from: debts are paid first, what has ended lives for the grace or ends."""
        if not parts:
            return
        asset = parts[0][0].asset
        owes = who.balance(asset) < 0
        for lot, units in parts:
            lot.remaining += units
        if owes:
            self._pay_debts(who, [lot for lot, _ in parts], {id(lot): units for lot, units in parts})
        grace = brand.GRACE_DAYS.get(asset)
        for lot, _ in parts:
            if lot.ends and lot.ends <= at:
                if grace:
                    lot.ends = start_of(at.astimezone(brand.ZONE).date() + timedelta(days=grace + 1))
                elif lot.remaining > 0:
                    lot.expired += lot.remaining
                    lot.remaining = 0
        self._moves(who, asset, at, False)

    def _release(self, who: Member, draw: Draw, units: int, at: datetime) -> None:
        """What was taken last goes back first, and leaves the draw."""
        parts = []
        for piece in reversed(draw.pieces):
            some = min(piece.held, units)
            if some:
                piece.held -= some
                piece.lot.held -= some
                units -= some
                parts.append((piece.lot, some))
        self._put_back(who, parts, at)

    def _capture(self, who: Member, draw: Draw, units: int, at: datetime) -> None:
        for piece in draw.pieces:
            some = min(piece.held, units)
            piece.held -= some
            piece.used += some
            piece.lot.held -= some
            units -= some
        self._moves(who, draw.asset, at, True)

    def _undo(self, who: Member, draw: Draw, units: int, at: datetime) -> None:
        parts = []
        for piece in reversed(draw.pieces):
            some = min(piece.used, units)
            if some:
                piece.used -= some
                piece.returned += some
                units -= some
                parts.append((piece.lot, some))
        self._put_back(who, parts, at)

    def _take_back(self, who: Member, lot: Lot, wanted: int, at: datetime) -> None:
        """What a lot brought goes back to the house: from itself, then by the asset's policy."""
        if wanted <= 0:
            return
        asset, policy = lot.asset, brand.CLAWBACK[lot.asset]
        unripe = min(lot.pending, wanted)
        lot.pending -= unripe
        missing = wanted - unripe
        others = [one for one in in_order(asset, who.of(asset)) if one is not lot]
        for source in [lot] if policy == "waive" else [lot, *others]:
            some = min(max(source.remaining, 0), missing)
            source.remaining -= some
            missing -= some
        if policy == "debt":
            owed = missing
            if asset == "points":
                owed = min(owed, max(who.balance(asset) - brand.FLOOR, 0))
            if owed:
                self._numbers += 1
                who.lots.append(Lot(lot.op, asset, at, self._numbers, 0, -owed))
        lot.reversed += wanted
        self._moves(who, asset, at, False)
        self._gives_room(who, lot, wanted)

    def _gives_room(self, who: Member, lot: Lot, units: int) -> None:
        """What is taken back can be given again."""
        if not lot.rule:
            return
        day = lot.at.astimezone(brand.ZONE).date()
        if lot.asset == "points":
            who.count("cap", str(day), -units)
            who.count("cap", month_of(day), -units)
        if lot.rule == "extra":
            self.budget[day.year] = max(self.budget.get(day.year, 0) - units, 0)
            siblings = [one for one in who.brought(lot.op) if one.rule == "extra"]
            if all(one.reversed >= one.amount for one in siblings):
                who.count("extra", month_of(day), -1)

    # Time

    def settle(self, index: int, until: datetime) -> None:
        """Everything that time does to a member by `until`, each at its own moment."""
        who = self.members[index]
        while True:
            found: list[tuple[datetime, int, str, int]] = []
            for number, lot in enumerate(who.lots):
                if lot.pending and lot.ripens and lot.ripens <= until and lot.ripens != NEVER:
                    found.append((lot.ripens, 0, lot.asset, number))
                if lot.remaining > 0 and lot.ends and lot.ends <= until:
                    found.append((lot.ends, 3, lot.asset, number))
            for number, draw in enumerate(who.draws):
                if draw.held and draw.until and draw.until <= until:
                    found.append((draw.until, 1, draw.asset, number))
            if who.idle and who.idle <= until and any(lot.remaining > 0 for lot in who.of("coins")):
                found.append((who.idle, 3, "coins", len(who.lots)))
            if not found:
                return
            self._happens(who, *min(found))

    def _happens(self, who: Member, at: datetime, kind: int, asset: str, number: int) -> None:
        if kind == 0:
            ripe = [lot for lot in who.of(asset) if lot.pending and lot.ripens == at]
            self._ripen(who, ripe, at)
        elif kind == 1:
            self._release(who, who.draws[number], who.draws[number].held, at)
        else:
            together = number == len(who.lots)
            for lot in who.of(asset):
                if lot.remaining > 0 and (together or lot.ends == at):
                    lot.expired += lot.remaining
                    lot.remaining = 0
            self._moves(who, asset, at, False)

    def _ripen(self, who: Member, lots: list[Lot], at: datetime) -> None:
        parts = [(lot, lot.pending) for lot in lots]
        for lot in lots:
            lot.pending, lot.ripens = 0, at
        self._put_back(who, parts, at)

    # Orders

    def order(self, index: int, op: UUID, at: datetime, name: str, total: int) -> None:
        who = self.members[index]
        known = who.orders.get(name)
        if known is not None and known.paid:
            raise Refused("order_known")
        order = who.orders.setdefault(name, Order())
        order.total, order.paid = total, op
        order.refunded = total if order.cancelled else min(order.refunded, total)
        whole = total // 100
        room = min(whole, self._room(who, at))
        growth = whole
        day = at.astimezone(brand.ZONE).date()
        for asset, units in (("points", room), ("stars", total * 2 // 100), ("growth", growth)):
            if units:
                ripens = at + timedelta(days=7) if asset == "stars" else None
                self._bring(who, op, asset, units, at, ripens=ripens, rule="base")
                if asset == "points":
                    self._caps(who, day, units)
        self._extra(who, op, at, day)
        self._goes_back(who, name, at)

    def _room(self, who: Member, at: datetime) -> int:
        day = at.astimezone(brand.ZONE).date()
        left = brand.CAP_DAY - who.used.get(("cap", str(day)), 0)
        return max(min(left, brand.CAP_MONTH - who.used.get(("cap", month_of(day)), 0)), 0)

    def _caps(self, who: Member, day: date, units: int) -> None:
        who.count("cap", str(day), units)
        who.count("cap", month_of(day), units)

    def _extra(self, who: Member, op: UUID, at: datetime, day: date) -> None:
        if who.used.get(("extra", month_of(day)), 0) >= brand.EXTRA_TIMES:
            return
        points = min(brand.EXTRA_POINTS, self._room(who, at), self._left(day))
        self.budget[day.year] = self.budget.get(day.year, 0) + points
        coins = min(brand.EXTRA_COINS, self._left(day))
        self.budget[day.year] += coins
        for asset, units in (("points", points), ("coins", coins)):
            if units:
                self._bring(who, op, asset, units, at, rule="extra")
        if points:
            self._caps(who, day, points)
        if points or coins:
            who.count("extra", month_of(day), 1)

    def _left(self, day: date) -> int:
        return max(brand.BUDGET - self.budget.get(day.year, 0), 0)

    def refund(self, index: int, at: datetime, name: str, refund: str, amount: int) -> None:
        who = self.members[index]
        order = who.orders.setdefault(name, Order())
        if refund in order.refunds:
            raise Refused("refund_known")
        if order.paid and order.refunded + amount > order.total:
            raise Refused("refund_exceeds_order")
        order.refunds.add(refund)
        order.refunded += amount
        self._goes_back(who, name, at)

    def cancel(self, index: int, at: datetime, name: str) -> None:
        who = self.members[index]
        order = who.orders.setdefault(name, Order())
        if order.cancelled:
            raise Refused("refund_known")
        order.cancelled = True
        if order.paid:
            order.refunded = order.total
        for draw in who.draws:
            if draw.order == name and draw.held:
                self._release(who, draw, draw.held, at)
        self._goes_back(who, name, at)

    def complete(self, index: int, at: datetime, name: str) -> None:
        who = self.members[index]
        order = who.orders.get(name)
        if order is None or not order.paid:
            raise Refused("order_unknown")
        lots = [lot for lot in who.brought(order.paid) if lot.pending]
        if lots:
            self._ripen(who, lots, at)

    def _goes_back(self, who: Member, name: str, at: datetime) -> None:
        """What went back of the order goes back on both sides."""
        order = who.orders[name]
        if not order.gone:
            return
        for asset in brand.ASSETS:
            lots = [lot for lot in who.brought(order.paid) if lot.asset == asset] if order.paid else []
            for lot, units in zip(lots, self._shares(lots, order.gone), strict=True):
                self._take_back(who, lot, units, at)
        for draw in who.draws:
            if draw.order == name:
                self._undo(
                    who, draw, max(half_up((draw.used + draw.returned) * order.gone) - draw.returned, 0), at
                )

    def _shares(self, lots: list[Lot], gone: Fraction) -> list[int]:
        """round(earned × gone) − what went back before, by largest remainder among what each is behind."""
        units = half_up(sum(lot.amount for lot in lots) * gone) - sum(lot.reversed for lot in lots)
        behind = [max(lot.amount * gone - lot.reversed, Fraction(0)) for lot in lots]
        if units <= 0 or not sum(behind):
            return [0] * len(lots)
        exact = [units * one / sum(behind) for one in behind]
        parts = [floor(one) for one in exact]
        first = sorted(range(len(lots)), key=lambda number: (parts[number] - exact[number], number))
        for number in first[: units - sum(parts)]:
            parts[number] += 1
        return [min(part, lot.takeable) for part, lot in zip(parts, lots, strict=True)]

    # Commands

    def credit(
        self, index: int, op: UUID, at: datetime, asset: str, units: int, ends: datetime | None
    ) -> None:
        _known(asset)
        _positive(units)
        self._bring(self.members[index], op, asset, units, at, ends=ends)

    def spend(
        self, index: int, op: UUID, at: datetime, asset: str, units: int, order: str | None,
        until: datetime | None = None,
    ) -> None:  # fmt: skip
        """Also a hold, which has a limit."""
        who, purpose = self.members[index], "hold" if until else "spend"
        _positive(units)
        if asset != "purse":
            _spendable(asset)
            parts = [(asset, units)]
        else:
            principal, bonus = who.free("cash"), who.free("gift_cash")
            if units > principal + bonus:
                raise Refused("insufficient")
            from_bonus = units * bonus // (principal + bonus)
            parts = [("cash", units - from_bonus), ("gift_cash", from_bonus)]
        for one, some in parts:
            if some > who.free(one):
                raise Refused("insufficient")
        for one, some in parts:
            if some:
                self._draw(who, op, one, some, at, purpose, order=order, until=until, held=until is not None)

    def capture(self, index: int, at: datetime, op: UUID, units: int | None, release: bool = False) -> None:
        """Also a release."""
        who = self.members[index]
        holds = [draw for draw in who.taken(op) if draw.purpose == "hold"]
        if not holds:
            raise Refused("operation_unknown")
        units = _bounded(units, sum(draw.held for draw in holds), "nothing_held")
        for draw in reversed(holds) if release else holds:
            some = min(draw.held, units)
            if some and release:
                self._release(who, draw, some, at)
            elif some:
                self._capture(who, draw, some, at)
            units -= some

    def reverse(self, index: int, at: datetime, op: UUID, units: int | None) -> None:
        who = self.members[index]
        draws, lots = who.taken(op), who.brought(op)
        if not draws and not lots:
            raise Refused("operation_unknown")
        if any(draw.purpose == "gift" for draw in draws) or any(lot.waits_as_gift for lot in lots):
            raise Refused("use_revoke")
        if draws and lots:
            if any(lot.remaining + lot.pending < lot.amount for lot in lots):
                raise Refused("used_meanwhile")
            if units is not None:
                raise Refused("only_whole")
        left = sum(draw.used for draw in draws) + sum(lot.takeable for lot in lots)
        units = _bounded(units, left, "nothing_left")
        for draw in reversed(draws):
            some = min(draw.used, units)
            self._undo(who, draw, some, at)
            units -= some
        for lot in reversed(lots):
            some = min(lot.takeable, units)
            self._take_back(who, lot, some, at)
            units -= some

    def correct(self, index: int, op_now: UUID, at: datetime, op: UUID, meant: int) -> None:
        who = self.members[index]
        draws, lots = who.taken(op), who.brought(op)
        if len(draws) + len(lots) > 1:
            raise Refused("several_movements")
        if lots:
            self._correct_lot(who, lots[0], meant, at)
        elif draws:
            self._correct_draw(who, draws[0], meant, op_now, at)
        else:
            raise Refused("operation_unknown")

    def _correct_lot(self, who: Member, lot: Lot, meant: int, at: datetime) -> None:
        is_now = lot.amount - lot.reversed
        if meant == is_now:
            raise Refused("no_change")
        if lot.waits_as_gift:
            raise Refused("lot_closed")
        if meant < is_now:
            self._take_back(who, lot, min(is_now - meant, lot.takeable), at)
            return
        if lot.pending or (lot.ends and lot.ends <= at):
            raise Refused("lot_closed")
        owes = who.balance(lot.asset) < 0
        lot.amount += meant - is_now
        lot.remaining += meant - is_now
        if owes:
            self._pay_debts(who, [lot], {id(lot): meant - is_now})
        self._moves(who, lot.asset, at, False)

    def _correct_draw(self, who: Member, draw: Draw, meant: int, op_now: UUID, at: datetime) -> None:
        if draw.purpose not in ("spend", "adjust"):
            raise Refused("not_correctable")
        if not draw.used:
            raise Refused("nothing_left")
        if meant == draw.used:
            raise Refused("no_change")
        if meant < draw.used:
            self._undo(who, draw, draw.used - meant, at)
            return
        if meant - draw.used > who.free(draw.asset):
            raise Refused("insufficient")
        self._undo(who, draw, draw.used, at)
        units = min(meant, who.free(draw.asset))
        self._draw(who, op_now, draw.asset, units, at, draw.purpose, order=draw.order)

    def adjust(self, index: int, op: UUID, at: datetime, asset: str, units: int) -> None:
        who = self.members[index]
        _known(asset)
        if not units:
            raise Refused("no_change")
        if units > 0:
            self._bring(who, op, asset, units, at, active=False)
            return
        if -units > who.free(asset):
            raise Refused("insufficient")
        self._draw(who, op, asset, -units, at, "adjust")

    def end(self, index: int, at: datetime, asset: str, units: int | None) -> None:
        """The earliest to end first, whatever the order of spending."""
        who = self.members[index]
        _known(asset)
        units = _bounded(units, who.free(asset), "insufficient")
        for lot in in_order("points", who.of(asset)):
            some = min(max(lot.remaining, 0), units)
            lot.remaining -= some
            lot.expired += some
            units -= some
        self._moves(who, asset, at, False)

    def convert(self, index: int, op: UUID, at: datetime, conversion: str, units: int) -> None:
        who, day = self.members[index], str(at.astimezone(brand.ZONE).date())
        if conversion != "exchange":
            raise Refused("conversion_unknown")
        _positive(units)
        if units % 20:
            raise Refused("not_a_multiple")
        if who.used.get(("exchange", day), 0) + units > 200:
            raise Refused("daily_limit")
        if units > who.free("points"):
            raise Refused("insufficient")
        self._draw(who, op, "points", units, at, "convert")
        who.count("exchange", day, units)
        self._bring(who, op, "coins", units // 20 * 3, at)

    # Between members

    def gift(
        self, index: int, op: UUID, arrival: UUID, at: datetime, asset: str, units: int, to: int
    ) -> None:
        giver, day = self.members[index], str(at.astimezone(brand.ZONE).date())
        _spendable(asset)
        _positive(units)
        if asset not in brand.GIFTS:
            raise Refused("not_giftable")
        if to == index:
            raise Refused("gift_to_self")
        if not 0 <= to < len(self.members):
            raise Refused("receiver_unknown")
        least, most, per_day, hours = brand.GIFTS[asset]
        if units < least or (most and units > most):
            raise Refused("gift_size")
        if per_day and giver.used.get((f"gift:{asset}", day), 0) + units > per_day:
            raise Refused("daily_limit")
        if units > giver.free(asset):
            raise Refused("insufficient")
        until = at + timedelta(hours=hours) if hours else None
        draw = self._draw(giver, op, asset, units, at, "gift", until=until, other=to)
        draw.until = until
        giver.count(f"gift:{asset}", day, units)
        for piece in draw.pieces:
            self._bring(self.members[to], arrival, asset, piece.used, at, ends=piece.lot.ends, ripens=until)

    def revoke(self, index: int, at: datetime, op: UUID, arrival: UUID, to: int) -> None:
        giver = self.members[index]
        gifts = [draw for draw in giver.taken(op) if draw.purpose == "gift"]
        if not gifts or gifts[0].other != to:
            raise Refused("operation_unknown")
        gift = gifts[0]
        if gift.until is None or gift.until <= at:
            raise Refused("gift_settled")
        if not gift.used:
            raise Refused("nothing_left")
        receiver = self.members[to]
        self._undo(giver, gift, gift.used, at)
        for lot in receiver.brought(arrival):
            lot.pending = 0
            self._moves(receiver, lot.asset, at, True)

    # Stored value

    def top_up(self, index: int, op: UUID, at: datetime, name: str, paid: int) -> None:
        who = self.members[index]
        if name in who.topups:
            raise Refused("topup_known")
        if not 1000 <= paid <= 100_000:
            raise Refused("topup_size")
        bonus = 5000 if paid >= 50_000 else 500 if paid >= 10_000 else 0
        if who.free("cash") + who.free("gift_cash") + paid + bonus > 150_000:
            raise Refused("wallet_full")
        who.topups[name] = TopUp(op, paid, bonus)
        self._bring(who, op, "cash", paid, at)
        if bonus:
            self._bring(who, op, "gift_cash", bonus, at)

    def pay_out(self, index: int, at: datetime, name: str, refund: str, amount: int) -> None:
        """Only principal that is there; the bonus goes with it in proportion."""
        who = self.members[index]
        topup = who.topups.get(name)
        if topup is None:
            raise Refused("topup_unknown")
        if refund in topup.refunds:
            raise Refused("refund_known")
        principal = next(lot for lot in who.brought(topup.op) if lot.asset == "cash")
        if not 0 < amount <= min(principal.remaining, who.free("cash")):
            raise Refused("principal_spent")
        topup.refunds.add(refund)
        topup.back += amount
        with_it = half_up(Fraction(topup.bonus * topup.back, topup.paid)) - topup.bonus_back
        topup.bonus_back += with_it
        principal.remaining -= amount
        principal.reversed += amount
        for lot in who.brought(topup.op):
            if lot.asset == "gift_cash":
                self._take_back(who, lot, min(with_it, lot.takeable), at)


NEVER = datetime.max


def _known(asset: str) -> None:
    if asset not in brand.ASSETS:
        raise Refused("asset_unknown")


def _spendable(asset: str) -> None:
    _known(asset)
    if asset not in brand.SPENDABLE:
        raise Refused("not_spendable")


def _positive(units: int) -> None:
    if units <= 0:
        raise Refused("not_positive")


def _bounded(units: int | None, left: int, none_left: str) -> int:
    if left <= 0:
        raise Refused(none_left)
    units = left if units is None else units
    _positive(units)
    if units > left:
        raise Refused("too_much")
    return units
