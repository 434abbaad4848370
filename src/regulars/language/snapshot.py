"""What is known of a member at the moment an event is decided. The engine loads it, `decide` reads it,
and the effects of one event change it before the next event of the same batch is decided."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from regulars.language.effects import Draw, LevelStep, PlanAct

WITHOUT_END = 1 << 62
CANCELLED = ":cancelled"
"""The name of the refund that a cancellation is."""


@dataclass(slots=True)
class Profile:
    """Who the member is. `attributes` holds what the programme declares beyond the common fields."""

    name: str = ""
    gender: str = ""
    birthday: date | None = None
    language: str = ""
    source: str = ""
    joined_at: datetime | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    identities: frozenset[str] = frozenset()


@dataclass(slots=True)
class Lot:
    """Value that was credited at once and leaves together. `remaining` is free to be spent; `held` and `pending` are
    set aside, pending ones until `matures_at` (None: until something happens). `waived` of what went back was not
    there to be taken, and is taken when units come back to the lot."""

    id: UUID
    asset: str
    amount: int
    remaining: int
    earned_at: datetime
    expires_at: datetime | None
    expired: int = 0
    reversed: int = 0
    held: int = 0
    pending: int = 0
    matures_at: datetime | None = None
    rule: str = ""
    waived: int = 0


@dataclass(slots=True)
class Due:
    """What time has to do with one asset of a member. `at`: when it next has something to do, at the latest (None:
    nothing). `lapses_at`: when all units end together, or the next of them decay; `reminded_to`: ends up to this
    moment have been announced.
    `changed`: what is stored is no longer this."""

    at: datetime | None = None
    lapses_at: datetime | None = None
    reminded_to: datetime | None = None
    changed: bool = False


@dataclass(slots=True)
class TopUpState:
    """What a top-up brought and what of it was paid back."""

    wallet: str
    event_id: UUID
    principal: int
    bonus: int
    principal_back: int = 0
    bonus_back: int = 0
    refunds: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Standing:
    """A member's place on one ladder. `until` is the last day of the period, None where it has no end.

    `grace`: the last day of grace, where the period is over and the level was not kept. `held`: a level that somebody
    decided, through `held_until`; the least that the member has, or (`exact`) just this one. `due`: the day on whose
    beginning time has something to do here, at the latest. `rewritten` counts how often the past turned out otherwise.
    """

    ladder: str
    level: str
    since: date
    until: date | None
    grace: date | None = None
    held: str = ""
    held_until: date | None = None
    exact: bool = False
    due: date | None = None
    rewritten: int = 0


GRANTED, CLAIMED, USED, LAPSED, TAKEN = "granted", "claimed", "used", "expired", "taken_back"
"""How an entitlement stands: waiting to be claimed, the member's to use, used up, too late, taken back."""

OPEN = frozenset({GRANTED, CLAIMED})


@dataclass(slots=True)
class Entitlement:
    """One thing that a member was granted, or claimed by what the member is.

    `origin`: `level:<ladder>`, `when`, `rule:<rule>` or `hand`; `period`: the turn of the quota in which it counts.
    `claim_by` and `use_by` are the moments from which it is too late. `units`: what claiming credits. `remind_at`:
    when its next end is announced; `renews_at`: when the next turn of the quota begins. `stock_day`: the day whose
    stock it was taken from. `source_event`: the order that brought it.
    """

    id: UUID
    benefit: str
    state: str
    origin: str
    period: str
    granted_at: datetime
    claim_by: datetime | None = None
    claimed_at: datetime | None = None
    use_by: datetime | None = None
    used_at: datetime | None = None
    ended_at: datetime | None = None
    uses: int = 0
    uses_left: int | None = None
    units: int = 0
    cost_minor: int = 0
    code: str = ""
    remind_at: datetime | None = None
    renews_at: datetime | None = None
    source_event: UUID | None = None
    claim_event: UUID | None = None
    use_event: UUID | None = None
    stock_day: date | None = None
    verified: bool = False
    """Whether it needs a code once it is claimed."""
    changed: bool = False
    """What is stored is no longer this."""

    @property
    def ends_at(self) -> datetime | None:
        """When what is open now is too late."""
        return {GRANTED: self.claim_by, CLAIMED: self.use_by}.get(self.state)

    @property
    def due_at(self) -> datetime | None:
        """When time has something to do with it."""
        moments = [self.renews_at]
        if self.state in OPEN:
            moments += [self.remind_at, self.ends_at]
        return min((at for at in moments if at is not None), default=None)


@dataclass(slots=True)
class Subscription:
    """Where a member stands with one paid plan. All days are local.

    `status`: applied, approved or refused (nothing runs), scheduled, trial, active, cancelled (runs to its end and is
    not renewed), lapsed. `since`: first day of the unbroken run; `until`: last day that is paid, or of the trial;
    `last_day`: last day on which it runs, days of grace included; `turns_on`: first day on which another period, or
    another plan of its family, takes over. `reminded_to`: the end that was announced; `grown_to`: the day up to which
    daily growth was given. `known_at` and `changed_by`: the last moment up to which it was lived through, and the
    event by which it is as it is. `changed`: what is stored is no longer this.
    """

    plan: str
    status: str
    period: str = ""
    since: date | None = None
    until: date | None = None
    last_day: date | None = None
    turns_on: date | None = None
    auto_renew: bool = False
    trial_used: bool = False
    application: str = ""
    reminded_to: date | None = None
    grown_to: date | None = None
    known_at: datetime | None = None
    changed_by: UUID | None = None
    due_at: datetime | None = None
    changed: bool = False

    @property
    def runs(self) -> bool:
        return self.status in RUNNING


RUNNING = frozenset({"trial", "active", "cancelled"})
"""Statuses in which a plan runs."""


@dataclass(slots=True)
class OrderState:
    """What an order has come to: its total, what was refunded, and which event paid it (None: not yet)."""

    total_minor: int
    refunded_minor: int
    paid_by: UUID | None
    paid_at: datetime | None
    refunds: set[str] = field(default_factory=set)

    @property
    def returned(self) -> bool:
        """Whether all of the order went back."""
        gone, whole = self.share
        return self.paid_by is not None and gone > 0 and gone == whole

    @property
    def share(self) -> tuple[int, int]:
        """(gone back, of): what of the order does not count any more. A cancelled one does not count at all; of one
        that is not paid yet nobody knows what share its refunds are."""
        if self.paid_by is None and CANCELLED not in self.refunds:
            return (0, 1)
        if CANCELLED in self.refunds or self.total_minor <= 0:
            return (1, 1) if self.refunds else (0, 1)
        return min(self.refunded_minor, self.total_minor), self.total_minor


@dataclass(slots=True)
class Totals:
    """All orders of a member. Money in the currency's smallest unit, `spend_minor` before refunds."""

    orders: int = 0
    spend_minor: int = 0
    refunded_minor: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


Tally = dict[date, list[int]]
"""Local day → [count, total] of one thing a member did that day."""


@dataclass(frozen=True, slots=True)
class Base:
    """What a tally comes to over windows that end with `day`: `sums` has how often and how much, one after the other,
    at each window's place, (tally, days, months) → place."""

    day: date
    places: Mapping[tuple[str, int, int], int]
    sums: Sequence[int]


@dataclass(slots=True)
class Snapshot:
    """One member, as of the last event decided.

    `tallies` are keyed by event type (`order.paid`: count and spend in minor units net of refunds;
    `checkin`: count) or `credit:<asset>` (count and units earned, net of what refunds took back, on the
    day of the earning). `lots` holds the open lots the batch may need, earliest expiry first. `uses` are
    keyed by (rule, period) → [times, units].
    """

    member_id: UUID
    status: str = "active"
    profile: Profile = field(default_factory=Profile)
    tags: set[str] = field(default_factory=set)
    audiences: set[str] = field(default_factory=set)
    standings: dict[str, Standing] = field(default_factory=dict)
    balances: dict[str, int] = field(default_factory=dict)
    lots: dict[str, list[Lot]] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)
    tallies: dict[str, Tally] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    uses: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    orders: dict[tuple[str, str], OrderState] = field(default_factory=dict)
    earned: dict[UUID, list[Lot]] = field(default_factory=dict)
    """The lots that an order's event earned, for orders that may be returned."""
    granted: dict[tuple[str, str], list[Lot]] = field(default_factory=dict)
    """The lots that commands credited for an order, for orders that may be returned."""
    redue: set[str] = field(default_factory=set)
    """Ladders on which time has something else to do than is stored, though no step was taken."""
    steps: dict[str, list[LevelStep]] | None = None
    """The steps on each ladder, oldest first; None where they were not loaded."""
    credited: dict[str, tuple[int, date | None]] = field(default_factory=dict)
    """Asset → units credited in all of the member's life, and the latest day on which some were."""
    adjusted: set[str] = field(default_factory=set)
    """Assets of which adjustments, conversions or gifts brought or took something."""
    taken_back: dict[str, int] = field(default_factory=dict)
    """Asset → units that returns took back in all of the member's life."""
    due: dict[str, Due] = field(default_factory=dict)
    quiet_until: datetime | None = None
    """Until when time is known to do nothing to the value at hand; None: that has to be looked at."""
    still_until: datetime | None = None
    """The same of all else: levels, plans and entitlements."""
    firsts: dict[str, tuple[datetime, int, str] | None] = field(default_factory=dict)
    """Asset → what time does to it first (when, what, the asset), of those of which that is known."""
    known: dict[UUID, Lot] = field(default_factory=dict)
    """Every lot at hand by its id, also those that are used up and may be given something back."""
    draws: dict[UUID, Draw] = field(default_factory=dict)
    """Open holds, and what else the batch may undo."""
    topups: dict[tuple[str, str], TopUpState] = field(default_factory=dict)
    """(source, top-up) → how it stands."""
    plans: dict[str, Subscription] = field(default_factory=dict)
    plan_acts: list[PlanAct] | None = None
    """All that was done about paid plans, oldest first; None where it was not loaded."""
    whole: bool = False
    """Whether `lots` holds all lots with units free, held, pending or owed, and `draws` all open holds."""
    unread: set[str] = field(default_factory=set)
    """Tallies of which `tallies` has only what this batch added: `past` reads the days before."""
    past: Callable[[UUID, str], Tally] | None = None
    bases: dict[str, Base] = field(default_factory=dict)
    """Of tallies that are not read: what they came to over windows, before what this batch added."""
    held: dict[UUID, Entitlement] | None = None
    """Entitlements that are open or count in a turn that is now; None: `read_held` reads them."""
    held_due: datetime | None = None
    """When time first has something to do with an entitlement that was not read."""
    read_held: Callable[[UUID], dict[UUID, Entitlement]] | None = None
    scores: dict[str, tuple[float | None, str]] = field(default_factory=dict)
    """Score → (number, word), as far as a condition asks."""
    recommended: list[tuple[str, int | None, str]] = field(default_factory=list)
    """Products to offer, the best first: name, price, why. Read where a message may show them."""

    def entitlements(self) -> dict[UUID, Entitlement]:
        """What the member was granted, read now where it was not at hand."""
        if self.held is None:
            self.held = self.read_held(self.member_id) if self.read_held is not None else {}
        return self.held

    def ever(self, asset: str) -> int:
        """No window of days can hold more of an asset's credits than this."""
        return WITHOUT_END if asset in self.adjusted else self.credited.get(asset, (0, None))[0]

    def tally(self, name: str) -> Tally:
        """The whole tally, read now where only its latest part was at hand."""
        if name in self.unread:
            self.unread.discard(name)
            assert self.past is not None
            self.add_past(name, self.past(self.member_id, name))
        return self.tallies.get(name, {})

    def add_past(self, name: str, days: Tally) -> None:
        """Put the days before this batch under what the batch has added."""
        added = self.tallies.get(name, {})
        for day, (count, total) in added.items():
            cell = days.setdefault(day, [0, 0])
            cell[0] += count
            cell[1] += total
        self.tallies[name] = days
