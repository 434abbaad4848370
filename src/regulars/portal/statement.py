"""Movements as members read them: what it was, in words, and what was there afterwards. No code words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _

from regulars.events.contracts import RecordedEvent
from regulars.language.effects import (
    ADJUST,
    CONVERT,
    EXPIRE,
    GIFT,
    HOLD,
    ISSUE,
    MERGE,
    PENDING,
    REVERSE,
    SPEND,
)
from regulars.ledger.history import Moved, Moves

ORDER_WENT_BACK = ("order.refunded", "order.cancelled")
MERGING = ("asset.moved_in", "asset.moved_out", "asset.parted")
UNDONE, CORRECTED, CAPTURED = "asset.reversed", "asset.corrected", "hold.captured"


@dataclass(frozen=True, slots=True)
class Line:
    """One movement. `amount` is by how much what can be spent changed; where it did not, `aside` says where the
    units of `amount` are or were: `pending` or `held`. `bonus`: how much of it is a wallet's bonus."""

    time: datetime
    why: str
    amount: int
    balance: int
    aside: str = ""
    order: str = ""
    bonus: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    """The movements of one month, latest first."""

    first: date
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What the brand calls its rules and conversions, in the reader's language. `bonus` is a wallet's bonus asset."""

    rules: Mapping[str, str]
    conversions: Mapping[str, str]
    bonus: str = ""


@dataclass(slots=True)
class _Bundle:
    """Movements of one event that a member sees as one."""

    account: str
    rule: str
    parts: list[Moved] = field(default_factory=list)

    def sum(self, *accounts: str) -> int:
        return sum(part.amount for part in self.parts if not accounts or part.account in accounts)


def by_month(lines: Sequence[Line]) -> list[Month]:
    """Lines, latest first, by month of the programme's zone."""

    def month(line: Line) -> date:
        return timezone.localtime(line.time).date().replace(day=1)

    return [Month(first, tuple(group)) for first, group in groupby(lines, month)]


def lines_of(moves: Moves, event: RecordedEvent | None, names: Names) -> list[Line]:
    """What one event moved, latest first."""
    type_id = event.type if event else ""
    data = event.data if event else {}
    balance, made = moves.before, []
    for bundle in _bundles(moves.parts, type_id):
        net = bundle.sum()
        balance += net
        aside = "" if net else _aside(bundle)
        shown = net or bundle.sum(bundle.account)
        if not shown:
            continue
        bonus = sum(part.amount for part in bundle.parts if part.asset == names.bonus)
        made.append(
            Line(
                moves.time,
                why(bundle.account, bundle.rule, shown, type_id, str(data.get("conversion", "")), names),
                shown,
                balance,
                aside,
                str(data.get("order_id", "")),
                bonus if not aside else 0,
            )
        )
    return made[::-1]


def _bundles(parts: Sequence[Moved], type_id: str) -> list[_Bundle]:
    """What was set aside stands with what it was; all of a capture is one, and so is what a merge moves."""
    accounts = {part.account for part in parts}
    found: dict[tuple[str, str], _Bundle] = {}
    for part in parts:
        account = part.account
        if type_id in MERGING:
            account = MERGE
        elif type_id == CAPTURED and account == HOLD:
            account = SPEND
        elif account == PENDING:
            beside = (ISSUE, GIFT, CONVERT, ADJUST) if part.amount < 0 else (REVERSE, GIFT)
            account = next((one for one in beside if one in accounts), PENDING)
        found.setdefault((account, part.rule), _Bundle(account, part.rule)).parts.append(part)
    return list(found.values())


def _aside(bundle: _Bundle) -> str:
    return "pending" if any(part.account == PENDING for part in bundle.parts) else "held"


def why(account: str, rule: str, amount: int, type_id: str, conversion: str, names: Names) -> str:
    """What moved it, in words: the rule's name, else what happened."""
    if rule in names.rules and account in (ISSUE, SPEND):
        return names.rules[rule]
    if type_id == CORRECTED and account in (ADJUST, REVERSE, SPEND):
        return _("Corrected")
    if type_id == UNDONE and account in (ADJUST, REVERSE, SPEND, CONVERT):
        return _("Undone")
    if account == CONVERT:
        return names.conversions.get(conversion) or _("Converted")
    if account == GIFT:
        return _gift(type_id, amount)
    if account == REVERSE:
        return _taken_back(type_id)
    if account == SPEND:
        return _spent(type_id, amount)
    if account == ISSUE:
        return _issued(type_id)
    if account == MERGE:
        return _("Moved out as accounts were merged") if amount < 0 else _("Moved in as accounts were merged")
    if account == HOLD:
        return _("Set aside for a purchase") if amount < 0 else _("No longer set aside")
    return {EXPIRE: _("Expired"), ADJUST: _("Adjusted by the shop"), PENDING: _("Now usable")}[account]


def _issued(type_id: str) -> str:
    if type_id == "wallet.topped_up":
        return _("Top-up")
    return _("Given by the shop") if type_id == "asset.credited" else _("Earned")


def _spent(type_id: str, amount: int) -> str:
    if amount > 0:
        return _("Back from a return") if type_id in ORDER_WENT_BACK else _("Given back")
    return _("Spent")


def _taken_back(type_id: str) -> str:
    if type_id == "wallet.refunded":
        return _("Paid back to you")
    return _("Taken back for a return") if type_id in ORDER_WENT_BACK else _("Taken back")


def _gift(type_id: str, amount: int) -> str:
    if type_id == "gift.revoked":
        return _("Gift you took back")
    if type_id == "asset.withdrawn":
        return _("Gift the giver took back")
    return _("Gift to a friend") if amount < 0 else _("Gift from a friend")
