"""Two records of one person beside each other, what would become of them, and what taking them apart gives back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.console import effects, formats
from regulars.console.foresight import Step, foretell
from regulars.console.house import asset_name
from regulars.console.templatetags.console import gender_name, identity_kind
from regulars.engine.contracts import Outcome
from regulars.language.effects import MERGE
from regulars.ledger.contracts import BalanceRow
from regulars.ledger.queries import balances_of
from regulars.members.contracts import MemberProfile, MergeRow
from regulars.messaging.service import stated
from regulars.orders.contracts import TotalsRow
from regulars.orders.queries import brought, totals_of
from regulars.programme.contracts import Programme
from regulars.tiers.queries import standings_of


@dataclass(frozen=True, slots=True)
class Row:
    """One thing of both, and what it will be: lines of text. `number`: they stand to the right."""

    name: str
    kept: Sequence[str]
    gone: Sequence[str]
    after: Sequence[str]
    number: bool = False


@dataclass(frozen=True, slots=True)
class Parting:
    """What taking a record out again means. `back`: what goes with it; `lent`: what of its units was used meanwhile and
    stays used; `steps`: what changes for the one who stays."""

    back: list[tuple[str, str]]
    lent: list[str]
    steps: list[Step]


def compare(
    kept: MemberProfile, gone: MemberProfile, outcome: Outcome | None, programme: Programme
) -> list[Row]:
    """All that tells two records apart. `outcome`: of the look ahead; None where it can't be."""
    return [
        *_person(kept, gone, outcome is not None),
        *_values(kept.id, gone.id, outcome, programme),
        *_levels(kept.id, gone.id, outcome, programme),
        *_orders(kept.id, gone.id, outcome is not None, programme),
        *_wishes(kept.id, gone.id, outcome is not None),
    ]


def parting(merge: MergeRow, outcome: Outcome, programme: Programme) -> Parting:
    """The look ahead at an undoing, in words."""
    back, lent = _moved(outcome)
    orders = brought(merge.kept, merge.family)
    return Parting(
        [
            *((identity_kind(kind), value) for kind, value in merge.names),
            *(
                (asset_name(asset, programme), formats.units(units, programme.assets.get(asset)))
                for asset, units in back.items()
                if units
            ),
            *(_order_lines(orders, programme) if orders.orders else ()),
        ],
        [effects.amount(asset, units, programme).removeprefix("+") for asset, units in lent.items() if units],
        foretell(merge.kept, outcome, programme).steps,
    )


def _moved(outcome: Outcome) -> tuple[dict[str, int], dict[str, int]]:
    """By asset: what leaves with the record, and what it brought that stays, since it is used."""
    back: dict[str, int] = {}
    lent: dict[str, int] = {}
    for record in outcome.effects:
        if record.get("account") != MERGE:
            continue
        asset, units = record["asset"], record["amount"]
        if record["kind"] == "credit":
            lent[asset] = lent.get(asset, 0) + units
        back[asset] = back.get(asset, 0) + (units if record["kind"] == "take" else -units)
    return back, lent


def _person(kept: MemberProfile, gone: MemberProfile, possible: bool) -> list[Row]:
    def row(name: str, mine: str, theirs: str) -> Row:
        return Row(name, _some(mine), _some(theirs), _some(mine or theirs) if possible else [])

    tags = sorted({*kept.tags, *gone.tags})
    names = [_identities(kept), _identities(gone)]
    rows = [
        row(_("Name"), kept.name, gone.name),
        Row(_("Contact"), names[0], names[1], [*names[0], *names[1]] if possible else []),
        row(_("Birthday"), formats.day(kept.birthday) if kept.birthday else "",
            formats.day(gone.birthday) if gone.birthday else ""),
        row(_("Gender"), gender_name(kept.gender), gender_name(gone.gender)),
        Row(_("Joined"), [formats.day(kept.joined_at)], [formats.day(gone.joined_at)],
            [formats.day(min(kept.joined_at, gone.joined_at))] if possible else []),
        Row(_("Tags"), kept.tags, gone.tags, tags if possible else []),
    ]  # fmt: skip
    return [each for each in rows if any((*each.kept, *each.gone))]


def _values(kept: UUID, gone: UUID, outcome: Outcome | None, programme: Programme) -> list[Row]:
    found = balances_of([kept, gone])
    mine, theirs = ({row.asset: row for row in found.get(one, ())} for one in (kept, gone))
    rows = []
    for asset in [*programme.assets, *sorted((mine.keys() | theirs.keys()) - programme.assets.keys())]:
        after: list[str] = []
        if outcome is not None:
            after = _held(
                asset, outcome.balances.get(asset, 0), outcome.held.get(asset, 0), outcome.pending.get(asset, 0),
                programme,
            )  # fmt: skip
        sides = [_balance(asset, side.get(asset), programme) for side in (mine, theirs)]
        rows.append(Row(asset_name(asset, programme), sides[0], sides[1], after, number=True))
    return rows


def _balance(asset: str, row: BalanceRow | None, programme: Programme) -> list[str]:
    return (
        _held(asset, row.balance, row.held, row.pending, programme)
        if row
        else _held(asset, 0, 0, 0, programme)
    )


def _held(asset: str, free: int, held: int, pending: int, programme: Programme) -> list[str]:
    known = programme.assets.get(asset)
    said = [formats.units(free, known)]
    if held:
        said.append(_("%(units)s held") % {"units": formats.units(held, known)})
    if pending:
        said.append(_("%(units)s pending") % {"units": formats.units(pending, known)})
    return said


def _levels(kept: UUID, gone: UUID, outcome: Outcome | None, programme: Programme) -> list[Row]:
    found = standings_of([kept, gone])
    rows = []
    for ladder in programme.ladders.values():
        now = [
            next((one.level for one in found.get(member, ()) if one.ladder == ladder.id), ladder.levels[0].id)
            for member in (kept, gone)
        ]
        after = outcome.tiers.get(ladder.id, {}).get("level", now[0]) if outcome else ""
        named = [effects.level_name(ladder.id, level, programme) if level else "" for level in (*now, after)]
        before, other, later = (_some(name) for name in named)
        rows.append(Row(effects.ladder_name(ladder.id, programme), before, other, later))
    return rows


def _orders(kept: UUID, gone: UUID, possible: bool, programme: Programme) -> list[Row]:
    found = totals_of([kept, gone])
    mine, theirs = (found.get(one, TotalsRow()) for one in (kept, gone))
    both = TotalsRow(
        mine.orders + theirs.orders,
        mine.spend_minor + theirs.spend_minor,
        mine.refunded_minor + theirs.refunded_minor,
    )
    lines = [_order_lines(each, programme) for each in (mine, theirs, both)]
    return [
        Row(
            name,
            [lines[0][place][1]],
            [lines[1][place][1]],
            [lines[2][place][1]] if possible else [],
            number=True,
        )
        for place, (name, _value) in enumerate(lines[0])
    ]


def _order_lines(totals: TotalsRow, programme: Programme) -> list[tuple[str, str]]:
    return [
        (_("Orders"), formats.number(totals.orders)),
        (_("Spend"), formats.money(totals.spend_minor - totals.refunded_minor, programme)),
    ]


def _wishes(kept: UUID, gone: UUID, possible: bool) -> list[Row]:
    """What goes by e-mail. What either has refused stays refused."""
    found = stated([kept, gone])
    mine, theirs = (found.get(one, {}) for one in (kept, gone))
    rows = []
    for category, name in (("marketing", _("E-mail offers")), ("service", _("E-mail notices"))):
        said = [side.get(("email", category)) for side in (mine, theirs)]
        known = [each for each in said if each is not None]
        after = [_wish(all(known) if known else None)] if possible else []
        if known:
            rows.append(Row(name, [_wish(said[0])], [_wish(said[1])], after))
    return rows


def _wish(allowed: bool | None) -> str:
    if allowed is None:
        return _("Not said")
    return _("Wanted") if allowed else _("Refused")


def _identities(member: MemberProfile) -> list[str]:
    return [f"{identity_kind(one.kind)} {one.value}" for one in member.identities]


def _some(text: str) -> list[str]:
    return [text] if text else []


def members_of(merges: Iterable[MergeRow]) -> list[UUID]:
    """All records that these merges speak of."""
    return sorted({one for merge in merges for one in (merge.kept, merge.gone)})
