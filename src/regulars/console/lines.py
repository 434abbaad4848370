"""The lines of a member's statement in words: what it was, who asked for it and why, what moved, what was left."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.console import effects, formats
from regulars.console.asked import About, operator_said
from regulars.console.house import rule_names
from regulars.events.contracts import RecordedEvent
from regulars.events.queries import by_ids
from regulars.kit import clock
from regulars.language.effects import ADJUST, CONVERT, HOLD, ISSUE, PENDING, SPEND
from regulars.ledger.contracts import Asset
from regulars.ledger.draws import revocable_gifts
from regulars.ledger.statement import Line
from regulars.programme.contracts import Programme

TOGETHER = 200
"""So many lines are put into words with one look at the log."""
_UNDOABLE = frozenset({ISSUE, SPEND, ADJUST, CONVERT})
_NEVER_UNDONE = ("order.refunded", "order.cancelled", "wallet.", "gift.", "hold.", "asset.reversed",
                 "asset.corrected", "asset.received", "asset.withdrawn", "asset.matured")  # fmt: skip
_CORRECTABLE = frozenset({ISSUE, SPEND, ADJUST})


@dataclass(frozen=True, slots=True)
class Column:
    """What one line did to one asset."""

    asset: Asset | None
    amount: int
    balance: int


@dataclass(frozen=True, slots=True)
class Told:
    """One line. `parts`: what moved against each account, where that is more than the amount says."""

    line: Line
    title: str
    about: str
    said: str
    rules: str
    parts: list[str]
    columns: list[Column]
    may_reverse: bool
    may_correct: bool
    may_revoke: bool

    @property
    def may_change(self) -> bool:
        return self.may_reverse or self.may_revoke

    @property
    def details(self) -> str:
        """All that is said of it, for a file."""
        return " · ".join(part for part in (self.about, self.said, self.rules, *self.parts) if part)


class Speaker:
    """Puts lines of one member's assets into words."""

    def __init__(self, member_id: UUID, assets: Sequence[str], programme: Programme) -> None:
        self.member_id = member_id
        self.assets = assets
        self.programme = programme
        self.rule_name = rule_names(programme)

    def tell(self, lines: Iterable[Line]) -> Iterator[Told]:
        """Each line in its turn; the log is read some at a time."""
        waiting = iter(lines)
        while some := list(islice(waiting, TOGETHER)):
            known = by_ids(self.member_id, [line.event_id for line in some])
            about = About(self.member_id, known.values(), self.programme)
            given = any(event.type == "asset.gifted" for event in known.values())
            open_gifts = revocable_gifts(self.member_id, clock.now()) if given else set()
            yield from (self._told(line, known.get(line.event_id), about, open_gifts) for line in some)

    def _told(self, line: Line, event: RecordedEvent | None, about: About, open_gifts: set[UUID]) -> Told:
        kind = event.type if event else ""
        accounts = {account for _, account in line.accounts}
        real = accounts - {HOLD, PENDING}
        undoable = bool(real & _UNDOABLE) and not kind.startswith(_NEVER_UNDONE) and event is not None
        moved = [
            record for record in (event.effects if event else ()) if record.get("kind") in ("credit", "take")
        ]
        return Told(
            line,
            effects.event_name(kind, self.programme) if event else _("Unknown event"),
            about.say(event) if event else "",
            operator_said(event) if event else "",
            self._rules(event) if event else "",
            self._parts(line, accounts),
            [
                Column(self.programme.assets.get(asset), line.amounts[asset], line.balances[asset])
                for asset in self.assets
            ],
            undoable,
            undoable and len(real) == 1 and real <= _CORRECTABLE and len(moved) == 1,
            line.event_id in open_gifts,
        )

    def _rules(self, event: RecordedEvent) -> str:
        wanted: list[dict[str, Any]] = [one for one in event.effects if one.get("asset") in self.assets]
        named = dict.fromkeys(self.rule_name(str(one.get("rule") or "")) for one in wanted)
        return _(", ").join(name for name in named if name)

    def _parts(self, line: Line, accounts: set[str]) -> list[str]:
        """Every account, where several moved or what is set aside did."""
        if len(accounts) < 2 and not accounts & {HOLD, PENDING}:
            return []
        found = []
        order = list(effects.ACCOUNTS)
        for (asset, account), units in sorted(
            line.accounts.items(), key=lambda part: order.index(part[0][1])
        ):
            known = self.programme.assets.get(asset)
            aside = account in (HOLD, PENDING)
            amount = formats.units(-units if aside else units, known)
            sign = "+" if (units < 0) == aside else ""
            found.append(f"{effects.account_name(account)} {sign}{amount}")
        return found
