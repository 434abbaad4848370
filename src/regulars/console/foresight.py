"""What a change of a member's value would do, in words, before it is done: balances, credits, debts, levels."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.approvals.contracts import Kind
from regulars.console import effects, formats
from regulars.console.house import asset_name
from regulars.engine.contracts import Outcome
from regulars.language.effects import HOLD, PENDING, Credit, Give, Movement, Take
from regulars.ledger.contracts import Asset, BalanceRow
from regulars.ledger.moves import OpenLot, lots_by_id
from regulars.ledger.queries import balances
from regulars.programme.contracts import Programme
from regulars.tiers.queries import standings

LOTS_SHOWN = 12
ELSEWHERE = ("asset.received", "asset.withdrawn")
"""What follows from gifts and happens to the other member."""

KINDS = {
    Kind.ADJUST: gettext_lazy("Adjust"),
    Kind.CREDIT: gettext_lazy("Credit"),
    Kind.REVERSE: gettext_lazy("Undo"),
    Kind.CORRECT: gettext_lazy("Put right"),
    Kind.END: gettext_lazy("Let expire"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One quantity before and after, and the difference where it is a number."""

    name: str
    before: str
    after: str
    change: str


@dataclass(frozen=True, slots=True)
class Foresight:
    """All that would happen. `steps`: what changes; `lots`: which credits; `told`: what else follows."""

    steps: list[Step]
    lots: list[str]
    told: list[str]

    @property
    def empty(self) -> bool:
        return not (self.steps or self.lots or self.told)


def kind_name(kind: Kind) -> str:
    """What a kind of change is called."""
    return str(KINDS.get(kind, kind))


def foretell(member_id: UUID, outcome: Outcome, programme: Programme) -> Foresight:
    """A preview in words: of the member as they are now, and as they would be."""
    before = {row.asset: row for row in balances(member_id)}
    return Foresight(
        [*_balances(before, outcome, programme), *_levels(member_id, outcome, programme)],
        _lots(member_id, outcome.moves, programme),
        [line.text for line in effects.lines(outcome.effects, programme) if line.kind in ("message", "tag")],
    )


def _balances(before: dict[str, BalanceRow], outcome: Outcome, programme: Programme) -> list[Step]:
    moved: dict[str, list[int]] = {}
    for record in outcome.effects:
        if record["kind"] in ("credit", "take", "give") and record.get("event") not in ELSEWHERE:
            sums = moved.setdefault(record["asset"], [0, 0, 0])
            _add(sums, record)
    steps = []
    for asset_id, (free, held, pending) in moved.items():
        row = before.get(asset_id, BalanceRow(asset_id, 0, 0, 0, 0, 0))
        asset, name = programme.assets.get(asset_id), asset_name(asset_id, programme)
        after = outcome.balances.get(asset_id, row.balance + free)
        steps.append(_step(name, row.balance, after, asset))
        if held:
            steps.append(_step(_("%(asset)s, held") % {"asset": name}, row.held, row.held + held, asset))
        if pending:
            steps.append(
                _step(_("%(asset)s, pending") % {"asset": name}, row.pending, row.pending + pending, asset)
            )
        owed = max(-row.balance, 0), max(-after, 0)
        if owed[0] != owed[1]:
            steps.append(_step(_("%(asset)s, owed") % {"asset": name}, *owed, asset))
    return steps


def _add(sums: list[int], record: dict[str, object]) -> None:
    """Add one record to what is free, held and pending."""
    units = int(str(record["amount"]))
    signed = -units if record["kind"] == "take" else units
    account = record.get("account")
    if record.get("pending"):
        sums[2] += units
        return
    sums[0] += signed
    if account == HOLD:
        sums[1] -= signed
    elif account == PENDING:
        sums[2] -= signed


def _step(name: str, before: int, after: int, asset: Asset | None) -> Step:
    change = formats.units(after - before, asset)
    return Step(
        name, formats.units(before, asset), formats.units(after, asset), f"+{change}" if after > before else change
    )  # fmt: skip


def _levels(member_id: UUID, outcome: Outcome, programme: Programme) -> list[Step]:
    before = {row.ladder: row.level for row in standings(member_id)}
    steps = []
    for ladder_id, standing in outcome.tiers.items():
        ladder = programme.ladders.get(ladder_id)
        if ladder is None:
            continue
        was = before.get(ladder_id, ladder.levels[0].id)
        if was != standing["level"]:
            name = effects.ladder_name(ladder_id, programme)
            levels = [effects.level_name(ladder_id, level, programme) for level in (was, standing["level"])]
            steps.append(Step(name, levels[0], levels[1], ""))
    return steps


def _lots(member_id: UUID, moves: Iterable[Movement], programme: Programme) -> list[str]:
    """Each credit that something comes to or goes from."""
    found = list(moves)
    named = {
        lot_id
        for move in found
        for lot_id, _units in (*getattr(move, "takes", ()), *getattr(move, "gives", ()))
    }
    known = lots_by_id(member_id, sorted(named)) if named else {}
    said: list[str] = []
    for move in found:
        said += _lines(move, known, programme)
    hidden = len(said) - LOTS_SHOWN
    if hidden > 0:
        said = [*said[:LOTS_SHOWN], _("and %(count)s more") % {"count": formats.number(hidden)}]
    return said


def _lines(move: Movement, known: dict[UUID, OpenLot], programme: Programme) -> list[str]:
    asset = programme.assets.get(move.asset)
    if isinstance(move, Credit):
        return _credit(move, asset)
    moved = move.takes if isinstance(move, Take) else move.gives
    sign = -1 if isinstance(move, Take) else 1
    said = [_lot(known.get(lot_id), lot_id, sign * units, asset) for lot_id, units in moved]
    if isinstance(move, Take):
        if move.debt:
            said.append(
                _("%(units)s can't be taken and are owed") % {"units": formats.units(move.debt, asset)}
            )
        if move.waived:
            said.append(
                _("%(units)s can't be taken and are written off")
                % {"units": formats.units(move.waived, asset)}
            )
    elif isinstance(move, Give):
        said += [
            _("Of it %(units)s pay what is owed") % {"units": formats.units(units, asset)}
            for _debt, _from, units in move.fills
        ]
    return said


def _credit(move: Credit, asset: Asset | None) -> list[str]:
    values = {"units": formats.units(move.amount, asset), "day": _last_day(move.expires_at)}
    if move.expires_at:
        said = _("New credit of %(units)s, until %(day)s") % values
    else:
        said = _("New credit of %(units)s, without an end of its own") % values
    return [
        said,
        *(
            _("Of it %(units)s pay what is owed") % {"units": formats.units(units, asset)}
            for _lot, units in move.fills
        ),
    ]


def _lot(lot: OpenLot | None, lot_id: UUID, units: int, asset: Asset | None) -> str:
    earned = lot.earned_at if lot else datetime.fromtimestamp((lot_id.int >> 80) / 1000, UTC)
    amount = formats.units(units, asset)
    values = {
        "day": formats.day(earned),
        "end": _last_day(lot.expires_at if lot else None),
        "units": f"+{amount}" if units > 0 else amount,
    }
    if lot and lot.expires_at:
        return _("Credit of %(day)s (until %(end)s): %(units)s") % values
    return _("Credit of %(day)s: %(units)s") % values


def _last_day(ends: datetime | None) -> str:
    return formats.day(ends - timedelta(microseconds=1)) if ends else ""
