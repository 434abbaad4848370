"""The ladders of a programme file: what ranks members, and how they rise, stay and fall."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from regulars.language.condition import Condition, parse_condition
from regulars.language.matching import leaves_of
from regulars.language.problems import Errors, Place, words
from regulars.language.text import Text
from regulars.orders.contracts import RETURNED
from regulars.programme.amounts import UNITS_LIMIT, smallest
from regulars.programme.contracts import Programme
from regulars.programme.document import (
    Document,
    FloorPart,
    LadderPart,
    LevelPart,
    MeasurePart,
    PeriodPart,
)
from regulars.programme.shape import no_twins, not_below, unknown_text
from regulars.programme.vocabulary import fields_for
from regulars.tiers.contracts import (
    COUNT,
    TOTAL,
    Down,
    Kind,
    Ladder,
    Level,
    Measure,
    OnChange,
    Over,
    Part,
    Period,
    Up,
)

LEVEL_COLOURS = ("#8a94a6", "#7c93b5", "#c79a2b", "#4b5563", "#7c3aed", "#0f766e")
LEVEL_FIELD = "level."


def read_ladders(document: Document, programme: Programme, errors: Errors) -> dict[str, Ladder]:
    """All ladders, without what levels ask for beside their thresholds: that may speak of other ladders."""
    reader = _Reader(programme, errors)
    return {
        ladder_id: reader.ladder(ladder_id, part, ("ladders", ladder_id))
        for ladder_id, part in document.ladders.items()
    }


class _Reader:
    def __init__(self, programme: Programme, errors: Errors) -> None:
        self.programme = programme
        self.errors = errors

    def ladder(self, ladder_id: str, part: LadderPart, place: Place) -> Ladder:
        measure = self._measure(part.measure, (*place, "measure"))
        no_twins([level.id for level in part.levels], (*place, "levels"), self.errors)
        levels = tuple(
            self._level(level, rank, measure, (*place, "levels", rank))
            for rank, level in enumerate(part.levels)
        )
        self._rising(levels, part, place)
        floor = part.down.floor if isinstance(part.down, FloorPart) else ""
        if floor and all(level.id != floor for level in levels):
            self.errors.add((*place, "down", "floor"), unknown_text("level", [level.id for level in levels]))
            floor = levels[0].id
        if part.period is None:
            self._follows(part, place)
        return Ladder(
            ladder_id,
            part.name,
            measure,
            None if part.period is None else _period(part.period),
            levels,
            part.up,
            Down.FLOOR if isinstance(part.down, FloorPart) else Down(part.down),
            floor,
            part.grace.days if part.grace else 0,
            part.on_change or (OnChange.KEEP_UNTIL_END if part.period else OnChange.AT_ONCE),
        )

    def _measure(self, part: MeasurePart, place: Place) -> Measure:
        said = [name for name in ("asset", "of", "topup", "event") if getattr(part, name) is not None]
        if len(said) != 1:
            self.errors.add(
                place,
                words(
                    "请写 asset、topup、event 或 of（spend、orders）其中一种",
                    "請寫 asset、topup、event 或 of（spend、orders）其中一種",
                    "must say one thing to rank by: asset, topup, event, or of (spend or orders)",
                ),
            )
        if part.months is not None and part.over is not None:
            self.errors.add(
                (*place, "over"),
                words(
                    "months 与 over 只能写一个",
                    "months 與 over 只能寫一個",
                    "must not stand beside months: state one of the two",
                ),
            )
        kind, of, parts = self._tallies(part, place)
        over = Over(part.over) if part.over else Over.MONTHS
        return Measure(kind, parts, of, over, part.months or 12, part.topup or "")

    def _tallies(self, part: MeasurePart, place: Place) -> tuple[Kind, str, tuple[Part, ...]]:
        """What is measured, and of which tallies it is made."""
        if part.of == "spend":
            return Kind.SPEND, "", (Part("order.paid", TOTAL),)
        if part.of == "orders":
            return Kind.ORDERS, "", (Part("order.paid", COUNT), Part(RETURNED, COUNT, -1))
        if part.event is not None:
            known = {
                one.id: one for one in self.programme.event_types.values() if not (one.derived or one.command)
            }
            if part.event not in known:
                self.errors.add((*place, "event"), unknown_text("event type", known))
            return Kind.EVENT, part.event, (Part(part.event, COUNT),)
        if part.topup is not None:
            wallet = self.programme.wallets.get(part.topup)
            if wallet is None:
                self.errors.add((*place, "topup"), unknown_text("wallet", self.programme.wallets))
            asset = wallet.principal if wallet else ""
            return Kind.TOPUP, asset, (Part(f"credit:{asset}", TOTAL),)
        asset = part.asset or ""
        if part.asset is not None and asset not in self.programme.assets:
            self.errors.add((*place, "asset"), unknown_text("asset", self.programme.assets))
        return Kind.ASSET, asset, (Part(f"credit:{asset}", TOTAL),)

    def _level(self, part: LevelPart, rank: int, measure: Measure, place: Place) -> Level:
        at = self._units(part.at, measure, (*place, "at"))
        keep_at = at if part.keep_at is None else self._units(part.keep_at, measure, (*place, "keep_at"))
        return Level(
            part.id,
            part.name,
            at,
            rank,
            part.colour or LEVEL_COLOURS[rank % len(LEVEL_COLOURS)],
            keep_at,
            None,
            None if part.period is None else _period(part.period),
        )

    def _units(self, found: int | Decimal, measure: Measure, place: Place) -> int:
        """A threshold as the tallies count: money in its smallest unit, units of an asset, or times."""
        if measure.kind in (Kind.SPEND, Kind.TOPUP):
            units = smallest(Decimal(found), self.programme.minor_digits, place, self.errors)
            return min(units, UNITS_LIMIT)
        asset = self.programme.assets.get(measure.of) if measure.kind is Kind.ASSET else None
        return smallest(found, asset.scale if asset else 0, place, self.errors)

    def _rising(self, levels: tuple[Level, ...], part: LadderPart, place: Place) -> None:
        """Each level asks for more than the one before, and for no more to be kept than to be reached."""
        for rank, level in enumerate(levels):
            at: Place = (*place, "levels", rank)
            if rank == 0:
                self._lowest(level, part.levels[0], at)
                continue
            before = levels[rank - 1]
            if level.at <= before.at:
                self.errors.add(
                    (*at, "at"),
                    words(
                        "门槛必须高于前一等级", "門檻必須高於前一等級", "must be above the level before it"
                    ),
                )
            if level.keep_at > level.at:
                self.errors.add(
                    (*at, "keep_at"),
                    words(
                        "保级门槛不能高于升级门槛",
                        "續等門檻不能高於升級門檻",
                        "must not be above at: who just reached the level could not keep it",
                    ),
                )
            elif level.keep_at < before.keep_at:
                self.errors.add((*at, "keep_at"), not_below(f"{before.id}.keep_at ({before.keep_at})"))

    def _lowest(self, level: Level, part: LevelPart, place: Place) -> None:
        """Everybody has the lowest level, always."""
        if level.at != 0:
            self.errors.add(
                (*place, "at"),
                words("最低等级的门槛必须是 0", "最低等級的門檻必須是 0", "the lowest level must start at 0"),
            )
        for name in ("keep_at", "when", "period"):
            if getattr(part, name) is not None:
                self.errors.add(
                    (*place, name),
                    words(
                        "最低等级人人都有，请去掉",
                        "最低等級人人都有，請移除",
                        "has no meaning on the lowest level, which everybody has: leave it out",
                    ),
                )

    def _follows(self, part: LadderPart, place: Place) -> None:
        """Without periods there is nothing that ends."""
        wrong = {
            "up": part.up is Up.DAY_END,
            "down": part.down == "one",
            "grace": part.grace is not None,
            "on_change": part.on_change is OnChange.KEEP_UNTIL_END,
        }
        places: list[Place] = [(*place, name) for name, found in wrong.items() if found]
        places += [
            (*place, "levels", rank, "period")
            for rank, level in enumerate(part.levels)
            if rank and level.period is not None
        ]
        for one in places:
            self.errors.add(
                one,
                words(
                    "等级没有有效期（period: none），随时按现值定级，用不上这一项",
                    "等級沒有有效期限（period: none），隨時依現值定級，用不到這一項",
                    "goes with a period: with period: none the level is always what the measure says",
                ),
            )


def _period(part: PeriodPart) -> Period:
    return Period(part.months, part.round)


def read_conditions(document: Document, programme: Programme, errors: Errors) -> dict[str, Ladder]:
    """The same ladders with what their levels ask for. Refused is a level that asks for itself, even by way of
    others."""
    if not any(level.when is not None for part in document.ladders.values() for level in part.levels):
        return programme.ladders
    fields = fields_for(programme, None)
    ladders = {}
    asks: dict[str, list[tuple[Place, str]]] = {}
    for ladder_id, ladder in programme.ladders.items():
        levels = []
        for rank, level in enumerate(ladder.levels):
            raw = document.ladders[ladder_id].levels[rank].when
            place: Place = ("ladders", ladder_id, "levels", rank, "when")
            when = parse_condition(raw, fields, place, errors) if raw is not None and rank else None
            if when is not None:
                asks.setdefault(ladder_id, []).extend(
                    (place, other) for other in _ladders_in(when, programme)
                )
            levels.append(replace(level, when=when))
        ladders[ladder_id] = replace(ladder, levels=tuple(levels))
    _no_circles(asks, errors)
    return ladders


def _ladders_in(condition: Condition, programme: Programme) -> Iterator[str]:
    """The ladders that a condition asks for."""
    for leaf in leaves_of(condition):
        if leaf.field.startswith(LEVEL_FIELD):
            yield leaf.field.removeprefix(LEVEL_FIELD)
        elif leaf.field.startswith("matrix."):
            matrix = programme.matrices.get(leaf.field.removeprefix("matrix."))
            if matrix is not None:
                yield matrix.ladder


def _no_circles(asks: Mapping[str, list[tuple[Place, str]]], errors: Errors) -> None:
    for ladder_id, named in asks.items():
        for place, other in named:
            way = _way(asks, other, ladder_id)
            if way is not None:
                errors.add(place, _circle(ladder_id, [ladder_id, *way]))


def _way(asks: Mapping[str, list[tuple[Place, str]]], start: str, goal: str) -> list[str] | None:
    """The ladders through which `start` asks for `goal`; None where it does not."""
    ways = [[start]]
    seen = {start}
    while ways:
        way = ways.pop()
        if way[-1] == goal:
            return way
        for _, other in asks.get(way[-1], ()):
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return None


def _circle(ladder: str, way: list[str]) -> Text:
    told = " → ".join(way)
    return words(
        f"条件绕回了 {ladder} 自身（{told}），请改用别的条件",
        f"條件繞回了 {ladder} 本身（{told}），請改用其他條件",
        f"asks in the end for a level of {ladder} itself ({told}): ask for something else",
    )
