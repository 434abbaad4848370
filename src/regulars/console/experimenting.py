"""Experiments as pages show them: what they say, the course over time as a chart, tables."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.campaigns.experiments import CONTROL, HELD_OUT
from regulars.console import formats
from regulars.console.charts import Axis, Chart, Series
from regulars.insight import saying
from regulars.insight.defining import Unit
from regulars.insight.experiments import answer
from regulars.insight.experiments.compare import Effect
from regulars.insight.experiments.gathering import SALES
from regulars.insight.experiments.queries import groups_of
from regulars.insight.experiments.reading import Reading, Says, State, Worth
from regulars.insight.report import Cell, Table
from regulars.language.text import say
from regulars.programme.contracts import Programme

TONES = {Says.BETTER: "good", Says.WORSE: "bad", Says.SKEWED: "bad"}


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell in words."""

    label: str
    text: str
    number: bool
    about: str = ""


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table in words; `head` has (name, whether figures, what they mean)."""

    title: str
    head: list[tuple[str, bool, str]]
    rows: list[list[ShownCell]]
    note: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An experiment in words."""

    reading: Reading
    id: str
    name: str
    state: str
    live: bool
    tone: str
    sentence: str
    came: int
    share: str
    metric: str

    @property
    def state_id(self) -> str:
        return self.reading.state.value

    @property
    def is_control(self) -> bool:
        return self.id == CONTROL


def shown(found: Reading, programme: Programme) -> Shown:
    """The line that a list has of it."""
    language = get_language() or "en"
    design = found.design
    return Shown(
        found,
        design.id,
        say(design.name, language),
        say(answer.STATES[found.state], language),
        found.state in (State.EARLY, State.RUNNING),
        TONES.get(found.says, ""),
        saying.sentence(answer.sentence(found), programme, language),
        sum(row.came for row in found.arms),
        " / ".join(f"{say(arm.name, language)} {arm.share * 100:g}%" for arm in design.arms),
        say(answer.MEASURES[found.metric], language),
    )


def groups(member_id: UUID, programme: Programme) -> list[tuple[str, str, str, bool]]:
    """The experiments of the programme with the member's group: id, name, group, whether nothing of it reaches them."""
    if not programme.experiments and programme.control_group is None:
        return []
    language = get_language() or "en"
    return [
        (
            design.id,
            say(design.name, language),
            say(next(arm.name for arm in design.arms if arm.id == group), language)
            if design.id != CONTROL
            else _("In it")
            if group == HELD_OUT
            else _("Not in it"),
            withheld,
        )
        for design, group, withheld in groups_of(member_id, programme)
    ]


def table(one: Table, programme: Programme) -> ShownTable:
    """A table of a report for a page."""
    language = get_language() or "en"
    head = [
        (say(column.name, language), column.unit is not Unit.TEXT, say(column.definition or {}, language))
        for column in one.columns
    ]
    rows = [
        [
            ShownCell(
                say(column.name, language), _cell(cell, column.unit, programme), column.unit is not Unit.TEXT
            )
            for column, cell in zip(one.columns, row, strict=True)
        ]
        for row in one.rows
    ]
    return ShownTable(say(one.title, language), head, rows, say(one.note or {}, language))


def _cell(cell: Cell, unit: Unit, programme: Programme) -> str:
    if unit is Unit.NUMBER and isinstance(cell, float) and 0 < cell < 0.005:
        return "< 0.01"
    return saying.value(cell, unit, programme, get_language() or "en")


def effects(found: Reading, programme: Programme) -> ShownTable:
    """The differences with their intervals, each in its own unit and as a share."""
    rows = []
    language = get_language() or "en"
    for measure, by_arm in found.effects.items():
        # A share and a difference of shares are both told in per cent elsewhere: here beside each other, so not.
        unit = Unit.POINTS if answer.UNITS[measure] is Unit.RATE else answer.UNITS[measure]
        for ident, effect in by_arm.items():
            cells = [
                (say(answer.MEASURES[measure], language), False),
                (say(answer.arm_of(found, ident).name, language), False),
                (
                    _signed(effect.difference, unit, programme)
                    if effect.low is not None
                    else formats.NOTHING,
                    True,
                ),
                (_interval(effect, unit, programme), True),
                (
                    _percent(effect.relative(effect.difference))
                    if effect.low is not None
                    else formats.NOTHING,
                    True,
                ),
                (_probability(effect.held), True),
                (say(answer.VERDICTS[effect.verdict], language), False),
            ]
            rows.append([ShownCell("", text, number) for text, number in cells])
    head = [
        (_("Measure"), False, ""),
        (_("Experiment group"), False, ""),
        (_("Difference"), True, _("To those held out, per member")),
        (_("Interval"), True, _("Holds at every look, with 95%")),
        (_("In percent"), True, ""),
        (_("p-value"), True, _("Holds at every look; with several groups, by Holm's correction")),
        (_("Verdict"), False, ""),
    ]
    named = [[ShownCell(name, cell.text, cell.number) for (name, _n, _d), cell in zip(head, row, strict=True)]
             for row in rows]  # fmt: skip
    return ShownTable(_("Differences"), head, named, "")


def _probability(value: float | None) -> str:
    return formats.NOTHING if value is None else "< 0.01" if value < 0.005 else f"{value:.2f}"


def _signed(value: float, unit: Unit, programme: Programme) -> str:
    if unit is Unit.POINTS:
        return saying.value(value, unit, programme, get_language() or "en")
    said = saying.value(abs(value), unit, programme, get_language() or "en")
    return f"{'−' if value < 0 else '+'}{said}"


def _percent(value: float | None) -> str:
    return formats.NOTHING if value is None else f"{'−' if value < 0 else '+'}{abs(value) * 100:.1f}%"


def _interval(effect: Effect, unit: Unit, programme: Programme) -> str:
    if effect.low is None or effect.high is None:
        return formats.NOTHING
    return f"{_signed(effect.low, unit, programme)} … {_signed(effect.high, unit, programme)}"


def path(found: Reading, ident: str, programme: Programme) -> Chart:
    """The difference as it was known day after day: when the lower line leaves zero, it works."""
    unit = answer.UNITS[found.metric]
    scale = 10**programme.minor_digits if unit is Unit.MONEY else 1
    language = get_language() or "en"
    looks = [(look.day, look.effects[ident]) for look in found.path]
    lines = (
        (_("Upper bound"), [effect.high for _d, effect in looks], "var(--chart-1)"),
        (_("Difference"), [effect.difference for _d, effect in looks], None),
        (_("Lower bound"), [effect.low for _d, effect in looks], "var(--chart-1)"),
    )
    money = unit is Unit.MONEY
    return Chart(
        id=f"chart-path-{ident}",
        title=_("%(metric)s, %(group)s against %(base)s") % {
            "metric": say(answer.MEASURES[found.metric], language).capitalize(),
            "group": say(answer.arm_of(found, ident).name, language), "base": say(found.design.base.name, language),
        },
        answer=_("As it was known day after day. Where both bounds lie on one side of zero, the difference is shown."),
        kind="time",
        labels=[formats.short_day(day) for day, _e in looks],
        titles=[formats.day(day) for day, _e in looks],
        series=[Series(name, [_scaled(value, scale) for value in values], "line") for name, values, _c in lines],
        axes=[Axis("", "money", programme.currency, programme.minor_digits) if money else Axis("")],
        head=[_("By"), _("Lower bound"), _("Difference"), _("Upper bound")],
        rows=[
            [
                formats.day(day), _signed(effect.low or 0, unit, programme),
                _signed(effect.difference, unit, programme), _signed(effect.high or 0, unit, programme),
            ]
            for day, effect in reversed(looks)
        ],
    )  # fmt: skip


def _scaled(value: float | None, scale: int) -> float | None:
    return None if value is None else round(value / scale, 4)


@dataclass(frozen=True, slots=True)
class ShownWorth:
    """What a group brought, in words."""

    name: str
    members: int
    sales: str
    interval: str
    gained: str
    cost: str
    roi: str
    sure: bool
    """Whether a difference is shown at all; without, a return on it would be pretended."""


def worths(found: Reading, programme: Programme) -> list[ShownWorth]:
    """What each group brought, and cost."""
    language = get_language() or "en"
    return [
        ShownWorth(
            say(answer.arm_of(found, ident).name, language),
            worth.members,
            _signed(worth.sales, Unit.MONEY, programme),
            _sales_interval(worth, programme),
            _signed(worth.gained, Unit.MONEY, programme) if worth.gained is not None else "",
            saying.value(worth.cost, Unit.MONEY, programme, language),
            _percent(worth.roi) if worth.roi is not None and _sure(found, ident) else "",
            _sure(found, ident),
        )
        for ident, worth in found.worth.items()
        if worth.members
    ]


def _sure(found: Reading, ident: str) -> bool:
    return found.effects[SALES][ident].verdict in ("more", "less")


def _sales_interval(worth: Worth, programme: Programme) -> str:
    if worth.sales_low is None or worth.sales_high is None:
        return ""
    return f"{_signed(worth.sales_low, Unit.MONEY, programme)} … {_signed(worth.sales_high, Unit.MONEY, programme)}"
