"""How value moves in the model, whatever the reason."""

from datetime import datetime, timedelta
from uuid import UUID

from tests.books import brand
from tests.books.days import idle_end, month_of, own_end, start_of
from tests.books.holdings import Draw, Lot, Member, Piece, in_order


class Moves:
    """What members have, and how it moves: in, out, back, and by time."""

    def __init__(self, members: int) -> None:
        self.members = [Member(index) for index in range(members)]
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
        """Units in a lot of their own; who has less than nothing pays with it, the oldest debt first, unless it is not
        ripe."""
        self._numbers += 1
        lot = Lot(
            op, asset, at, self._numbers, units, ends=ends or own_end(asset, at), ripens=ripens, rule=rule,
            home=who.index,
        )  # fmt: skip
        if ripens:
            lot.pending = units
        else:
            owes = who.balance(asset) < 0
            lot.remaining = units
            if owes:
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
        draw = Draw(op, asset, purpose, pieces, order, until, other, who.index)
        who.draws.append(draw)
        self._moves(who, asset, at, purpose != "adjust")
        return draw

    def _put_back(
        self, who: Member, parts: list[tuple[Lot, int]], at: datetime, collects: bool = False
    ) -> None:
        """Units into lots that they came from: debts are paid first, what has ended lives for the grace or ends."""
        if not parts:
            return
        asset = parts[0][0].asset
        owes = who.balance(asset) < 0
        for lot, units in parts:
            lot.remaining += units
        if owes:
            self._pay_debts(who, [lot for lot, _ in parts], {id(lot): units for lot, units in parts})
        for lot, units in parts if collects else []:
            late = min(units, lot.waived, max(lot.remaining, 0))
            lot.remaining -= late
            lot.waived -= late
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
        self._put_back(who, parts, at, collects=True)

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
        self._put_back(who, parts, at, collects=True)

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
                who.lots.append(Lot(lot.op, asset, at, self._numbers, 0, -owed, home=who.index))
            missing -= owed
        lot.reversed += wanted
        lot.waived += missing
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

    def ahead(self, now: datetime) -> list[datetime]:
        """When time will next have something to do for anybody, the soonest first."""
        found: set[datetime | None] = set()
        for who in self.members:
            found |= {lot.ripens for lot in who.lots if lot.pending}
            found |= {lot.ends for lot in who.lots if lot.remaining}
            found |= {draw.until for draw in who.draws}
            found.add(who.idle)
        return sorted(one for one in found if one is not None and one > now)

    def settle(self, index: int, until: datetime) -> None:
        """Everything that time does to a member by `until`, each at its own moment."""
        who = self.members[index]
        while True:
            found: list[tuple[datetime, int, str, int]] = []
            for number, lot in enumerate(who.lots):
                if lot.pending and lot.ripens and lot.ripens <= until:
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
