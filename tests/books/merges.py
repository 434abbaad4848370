"""Members made one in the model, and taken apart again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tests.books.holdings import Draw, Lot, Member, Piece, Refused
from tests.books.moves import Moves


@dataclass
class Merge:
    """Who went to whom, with everybody who had gone to them before."""

    kept: int
    gone: int
    family: set[int]


class Merges(Moves):
    """Everything has a home, so that it can go back there."""

    def __init__(self, members: int) -> None:
        super().__init__(members)
        self.roots = list(range(members))
        """Who everybody is now."""
        self.merges: list[Merge] = []

    def merge(self, at: datetime, kept: int, gone: int) -> None:
        if kept == gone:
            raise Refused("same_member")
        if self.roots[kept] != kept or self.roots[gone] != gone:
            raise Refused("already_merged")
        for who in (kept, gone):
            self.settle(who, at)
        family = {index for index, root in enumerate(self.roots) if root == gone}
        mine, theirs = self.members[kept], self.members[gone]
        coming = any(_open(lot) for lot in theirs.of("coins"))
        for one in (theirs, mine) if coming else ():
            self._moves(one, "coins", at, False)
        if theirs.idle:
            mine.idle = max(mine.idle or theirs.idle, theirs.idle)
        self._hand_over(theirs, mine, set(range(len(self.members))))
        for (what, period), units in theirs.used.items():
            mine.count(what, period, units)
        self.merges.append(Merge(kept, gone, family))
        for index in family:
            self.roots[index] = kept

    def take_apart(self, op: UUID, at: datetime, kept: int, gone: int) -> None:
        found = [merge for merge in self.merges if (merge.kept, merge.gone) == (kept, gone)]
        if not found:
            raise Refused("not_merged")
        if self.roots[kept] != kept:
            raise Refused("already_merged")
        merge = found[0]
        self.settle(kept, at)
        mine, theirs = self.members[kept], self.members[gone]
        self._keep_what_is_lent(op, at, mine, merge.family)
        leaving = [lot for lot in mine.of("coins") if lot.home in merge.family]
        if any(_open(lot) for lot in leaving):
            for who in (mine, theirs):
                self._moves(who, "coins", at, False)
        self._hand_over(mine, theirs, merge.family)
        for (what, period), units in theirs.used.items():
            if (what, period) in mine.used:
                mine.count(what, period, -units)
        self.merges.remove(merge)
        for index in merge.family:
            self.roots[index] = gone

    def _hand_over(self, giver: Member, taker: Member, homes: set[int]) -> None:
        """All that has its home there goes over."""
        for lot in [lot for lot in giver.lots if lot.home in homes]:
            giver.lots.remove(lot)
            taker.lots.append(lot)
        for draw in [draw for draw in giver.draws if draw.home in homes]:
            giver.draws.remove(draw)
            taker.draws.append(draw)
        taker.draws.sort(key=lambda draw: draw.op)
        for name in [name for name, order in giver.orders.items() if order.home in homes]:
            taker.orders[name] = giver.orders.pop(name)
        for name in [name for name, topup in giver.topups.items() if topup.home in homes]:
            taker.topups[name] = giver.topups.pop(name)

    def _keep_what_is_lent(self, op: UUID, at: datetime, who: Member, family: set[int]) -> None:
        """What was drawn from lots that leave, for purposes that stay, gets lots that stay."""
        for draw in who.draws:
            lent = [piece for piece in draw.pieces if piece.lot.home in family and piece.held + piece.used]
            if draw.home in family or not lent:
                continue
            self._moves(who, draw.asset, at, False)
            for piece in sorted(lent, key=lambda piece: (piece.lot.at, piece.lot.number)):
                self._lend(op, at, who, draw, piece)

    def _lend(self, op: UUID, at: datetime, who: Member, draw: Draw, piece: Piece) -> None:
        self._numbers += 1
        lent, units = piece.lot, piece.held + piece.used
        lot = Lot(op, draw.asset, at, self._numbers, units, held=piece.held, ends=lent.ends, home=who.index)
        lent.held -= piece.held
        who.lots.append(lot)
        piece.lot = lot


def _open(lot: Lot) -> bool:
    return bool(lot.remaining or lot.held or lot.pending)
