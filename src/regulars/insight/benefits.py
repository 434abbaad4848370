"""Benefits as people look at them: what one member has, could have, and had; what each benefit comes to."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from math import ceil
from uuid import UUID

from regulars.benefits import logic, queries
from regulars.benefits.contracts import Benefit, Level, Mode, Row, Turnover
from regulars.campaigns import queries as budgets
from regulars.kit.ids import bucket_of
from regulars.kit.sqlread import rows
from regulars.language.calendar import Per, local_day, period_of
from regulars.language.condition import Condition
from regulars.language.snapshot import CLAIMED, GRANTED, OPEN, TAKEN, Standing
from regulars.language.sql import to_sql
from regulars.language.sql_text import Clock
from regulars.members import queries as members
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary import fields_for
from regulars.tiers import queries as tiers


class Stage(StrEnum):
    """How a benefit stands with a member, in the order in which they are shown."""

    CLAIMABLE = "claimable"
    CLAIMED = "claimed"
    ACTIVE = "active"
    SPENT = "spent"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Held:
    """One benefit as a member has it, or could have it.

    `row` is the entitlement, where there is one; `left` how often it can still be had in the turn (None: as often as
    one likes); `ends_at` from when it can be claimed or used no more; `level` what would bring it, where it is locked;
    `gone`: none are left for anybody now.
    """

    benefit: Benefit
    stage: Stage
    row: Row | None = None
    left: int | None = None
    ends_at: datetime | None = None
    level: Level | None = None
    gone: bool = False

    @property
    def showable(self) -> bool:
        """Whether a code can be shown for it now, or be asked for."""
        ready = self.stage is Stage.CLAIMED and self.row is not None and bool(self.row.code)
        return ready or (self.stage is Stage.ACTIVE and self.benefit.needs_verification)


@dataclass(frozen=True, slots=True)
class MemberBenefits:
    """All benefits of a member by stage, and what was had: used, expired, taken back, the latest first."""

    held: tuple[Held, ...]
    history: tuple[Row, ...]

    def of(self, *stages: Stage) -> tuple[Held, ...]:
        """Those of these stages."""
        return tuple(one for one in self.held if one.stage in stages)


HISTORY_SHOWN = 30


def of_member(member_id: UUID, programme: Programme, now: datetime) -> MemberBenefits:
    """How every benefit of the programme stands with the member now."""
    if not programme.benefits:
        return MemberBenefits((), ())
    reader = _Reader(member_id, programme, now)
    held = [one for benefit in programme.benefits.values() for one in reader.stands(benefit)]
    order = list(Stage)
    found = sorted(held, key=lambda one: order.index(one.stage))
    history = [one for one in queries.of_member(member_id) if one.state not in OPEN][:HISTORY_SHOWN]
    return MemberBenefits(tuple(found), tuple(history))


class _Reader:
    """One member's standing, read once. What it says is what the engine would say (`engine.entitling`)."""

    def __init__(self, member_id: UUID, programme: Programme, now: datetime) -> None:
        self.member_id = member_id
        self.programme = programme
        self.now = now
        self.day = local_day(now, programme.zone)
        self.standings = {
            one.ladder: Standing(one.ladder, one.level, one.since, one.until)
            for one in tiers.standings(member_id)
        }
        profile = members.profile(member_id)
        self.joined = min(local_day(profile.joined_at, programme.zone), self.day) if profile else self.day
        self.lowest = {one.id: one.levels[0].id for one in programme.ladders.values() if one.levels}
        calendar = [logic.turn_of(per, self.day, None) for per in Turnover if per is not Turnover.PERIOD]
        self.rows = queries.current(member_id, calendar)
        self.stock = stock_left(programme, self.day)
        self.fits = _fitting(member_id, programme, now)

    def stands(self, benefit: Benefit) -> list[Held]:
        """What the member has of it: every open entitlement, and what the standing gives; else why not."""
        mine = [row for row in self.rows if row.benefit == benefit.id and row.state in OPEN]
        gone = self.stock.get(benefit.id) == 0
        held = [
            Held(benefit, Stage.CLAIMED, row, ends_at=row.use_by)
            for row in mine
            if row.state == CLAIMED and not (row.use_by and row.use_by <= self.now)
        ]
        held += [
            Held(benefit, Stage.CLAIMABLE, row, ends_at=row.claim_by, gone=gone)
            for row in mine
            if row.state == GRANTED
            and not (row.claim_by and row.claim_by <= self.now)
            and not self._picked_out(benefit, row.period)
        ]
        since = self._since(benefit)
        if since is None:
            locked = None if held else self._locked(benefit)
            return [*held, Held(benefit, Stage.LOCKED, level=locked)] if locked else held
        by_standing = self._by_standing(benefit, since, gone)
        waiting = any(one.stage is Stage.CLAIMABLE for one in held)
        if by_standing is None or (waiting and by_standing.stage is Stage.CLAIMABLE):
            return held
        return held if held and by_standing.stage is Stage.SPENT else [*held, by_standing]

    def _by_standing(self, benefit: Benefit, since: date, gone: bool) -> Held | None:
        """What the member is entitled to without a row."""
        turn = logic.turn_of(benefit.quota.per if benefit.quota else None, self.day, since)
        left = None
        if benefit.quota is not None:
            left = max(benefit.quota.times - logic.counting(self.rows, benefit.id, turn), 0)
        if benefit.claim is None:
            return Held(benefit, Stage.SPENT if left == 0 else Stage.ACTIVE, left=left, gone=gone)
        until = logic.claim_until(benefit, self.day, since, self.programme.zone)
        closed = until is not None and until <= self.now
        if left == 0 or closed or self._picked_out(benefit, turn):
            return Held(benefit, Stage.SPENT, left=left)
        return Held(benefit, Stage.CLAIMABLE, left=left, ends_at=until, gone=gone)

    def _since(self, benefit: Benefit) -> date | None:
        """Since when the member is entitled to it by standing; None: not."""
        if benefit.levels:
            held = logic.level_held(benefit, self.standings, self.lowest)
            if held is not None:
                return min(held[1].since if held[1] else self.joined, self.day)
        return self.joined if benefit.id in self.fits else None

    def _picked_out(self, benefit: Benefit, turn: str) -> bool:
        if benefit.choice is None:
            return False
        group = [
            one.id
            for one in self.programme.benefits.values()
            if one.choice is not None and one.choice.group == benefit.choice.group
        ]
        picked = logic.chosen(self.rows, group, turn)
        return benefit.id not in picked and len(picked) >= benefit.choice.pick

    def _locked(self, benefit: Benefit) -> Level | None:
        """The lowest level above the member's that would bring it."""
        above = []
        for ladder_id, level_id in benefit.levels:
            ladder = self.programme.ladders[ladder_id]
            standing = self.standings.get(ladder_id)
            known = {one.id: one.rank for one in ladder.levels}
            mine = known.get(standing.level, 0) if standing else 0
            if known[level_id] > mine:
                above.append((known[level_id] - mine, ladder_id, level_id))
        return min(above)[1:] if above else None


def _fitting(member_id: UUID, programme: Programme, now: datetime) -> frozenset[str]:
    """The benefits whose audience the member belongs to."""
    asked: list[tuple[str, Condition]] = [
        (one.id, one.when) for one in programme.benefits.values() if one.when is not None
    ]
    if not asked:
        return frozenset()
    fields, clock = fields_for(programme, None), Clock(programme.zone, now)
    parts = [to_sql(when, fields, clock) for _, when in asked]
    columns = ", ".join(text for text, _ in parts)
    params = [value for _, values in parts for value in values]
    found = rows(
        f"SELECT {columns} FROM members_member m WHERE m.id = %s AND m.bucket = %s",
        [*params, member_id, bucket_of(member_id)],
    )
    return (
        frozenset(one for (one, _), fits in zip(asked, found[0], strict=True) if fits)
        if found
        else frozenset()
    )


def stock_left(programme: Programme, day: date) -> dict[str, int]:
    """What is left, in the turn of that day, of the benefits of which there are only so many."""
    names = {
        one.id: (f"benefit:{one.id}", period_of(day, Per(one.stock.per.value)), one.stock.units)
        for one in programme.benefits.values()
        if one.stock is not None
    }
    used = budgets.used([(name, turn) for name, turn, _ in names.values()]) if names else {}
    had = {name: use.units for name, use in used.items()}
    return {one: max(units - had.get((name, turn), 0), 0) for one, (name, turn, units) in names.items()}


@dataclass(frozen=True, slots=True)
class Figures:
    """What a benefit has come to. `granted`: entitlements that were ever made but those taken back, `claimed` and
    `used` of them; `cost_minor` what uses, and what was
    credited, have cost so far."""

    benefit: Benefit
    granted: int
    claimed: int
    used: int
    uses: int
    open_claims: int
    open_uses: int
    expired: int
    taken_back: int
    cost_minor: int
    stock_left: int | None

    @property
    def claim_rate(self) -> float | None:
        """Of what could be claimed, the share that was; None: nobody has to claim it, or nothing was granted."""
        return self.claimed / self.granted if self.granted and self.benefit.claim is not None else None

    @property
    def use_rate(self) -> float | None:
        """Of what was claimed, the share that was used."""
        return self.used / self.claimed if self.claimed else None


def figures(programme: Programme, now: datetime) -> list[Figures]:
    """Every benefit of the programme with its figures, in its order."""
    counts, stock = queries.counts(), stock_left(programme, local_day(now, programme.zone))
    return [
        _figures(one, counts.get(one.id, {}), stock.get(one.id), programme)
        for one in programme.benefits.values()
    ]


def _credited_minor(benefit: Benefit, units: int, programme: Programme) -> int:
    """What credited units cost the house, in the currency's smallest unit, rounded up."""
    asset = programme.assets.get(benefit.terms.get("asset", "")) if benefit.mode is Mode.VALUE else None
    if asset is None:
        return 0
    return ceil(Fraction(asset.cost) * units * Fraction(10**programme.minor_digits, 10**asset.scale))


def _figures(benefit: Benefit, cells: dict[str, int], left: int | None, programme: Programme) -> Figures:
    def cell(name: str) -> int:
        return cells.get(name, 0)

    return Figures(
        benefit=benefit,
        granted=cell("all") - cell(TAKEN),
        claimed=cell("ever_claimed"),
        used=cell("ever_used"),
        uses=cell("uses"),
        open_claims=cell(GRANTED),
        open_uses=cell(CLAIMED),
        expired=cell("expired"),
        taken_back=cell(TAKEN),
        cost_minor=cell("cost_minor") + _credited_minor(benefit, cell("units"), programme),
        stock_left=left,
    )
