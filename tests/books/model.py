"""What the books should say: a naive model, written from decision 0020 and the docstrings of contracts and operations.

One list of lots a member and asset, plain loops, nothing remembered that could be looked up. It is slow, it has no
batches, no database and no sharing of code with the engine, and that is all that speaks for it.

The order of things that take from one lot after the other, and the code of a refusal, are part of what is promised.
"""

from datetime import date, datetime, timedelta
from fractions import Fraction
from math import floor
from uuid import UUID

from tests.books import brand
from tests.books.days import month_of
from tests.books.holdings import Draw, Lot, Member, Order, Refused, TopUp, half_up, in_order
from tests.books.merges import Merges


class Books(Merges):
    """What may be asked of the books, what it means, and how it is refused."""

    # Orders

    def order(self, index: int, op: UUID, at: datetime, name: str, total: int) -> None:
        who = self.members[index]
        known = who.orders.get(name)
        if known is not None and known.paid:
            raise Refused("order_known")
        order = who.orders.setdefault(name, Order())
        order.total, order.paid, order.home = total, op, who.index
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
        order = who.orders.setdefault(name, Order(home=who.index))
        if refund in order.refunds:
            raise Refused("refund_known")
        if order.paid and order.refunded + amount > order.total:
            raise Refused("refund_exceeds_order")
        order.refunds.add(refund)
        order.refunded += amount
        self._goes_back(who, name, at)

    def cancel(self, index: int, at: datetime, name: str) -> None:
        who = self.members[index]
        order = who.orders.setdefault(name, Order(home=who.index))
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
        who.topups[name] = TopUp(op, paid, bonus, home=who.index)
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
