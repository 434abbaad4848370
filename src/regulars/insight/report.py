"""What a report is: what may be asked of it, and what it answers, for every face alike.

A report is a pure function from the warehouse's tables to an `Answer` that knows no language: sentences are templates
with typed values, cells are plain values under typed columns. Console, API, command line, sheets and mails write them
out. Reports know nothing of comparisons: whoever asks runs them twice (`answers`). Every report is listed in
`registry.REPORTS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

import ibis.expr.types as ir

from regulars.insight.defining import Metric, Unit
from regulars.kit.problems import NotFound, Problem
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.programme.contracts import Programme
from regulars.warehouse.contracts import Tables

Cell = str | int | float | date | Text | None
"""A cell or a value: text as it is, or in languages; money and units in the smallest unit; a rate with 1 for all."""


class Against(StrEnum):
    """With what an answer is compared: another period, or the same one of other members."""

    NOTHING = "none"
    PREVIOUS = "previous"
    """As many days just before."""
    LAST_YEAR = "last_year"
    """The same days of the year before."""

    EVERYBODY = "everybody"
    AUDIENCE = "audience"
    """Another audience: `Asked.other`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to a report. Days are inclusive, in the programme's zone; what is empty does not filter.

    `channel` and `store` are those of orders; `level` is one that members have now, `ladder` whose (empty: the
    programme's first); `options` are the report's own choices, by their ids.
    """

    first: date
    last: date
    against: Against = Against.NOTHING
    audience: str = ""
    channel: str = ""
    store: str = ""
    level: str = ""
    ladder: str = ""
    options: tuple[tuple[str, str], ...] = ()
    other: str = ""
    """The audience to compare with."""

    def choice(self, option: str, usual: str = "") -> str:
        """What was chosen of an option."""
        return dict(self.options).get(option, usual)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def among(self) -> bool:
        """Whether members are compared with members, not days with days."""
        return self.against in (Against.EVERYBODY, Against.AUDIENCE)

    def compared(self) -> "Asked | None":
        """The same question about what it is to be compared with: other days, or other members."""
        if self.among:
            return replace(self, against=Against.NOTHING, audience=self.other, other="")
        return self.before()

    def before(self) -> "Asked | None":
        """The same question about the period to compare with."""
        if self.against is Against.PREVIOUS:
            last = self.first - timedelta(days=1)
            return self.over(last - timedelta(days=self.days - 1), last)
        if self.against is Against.LAST_YEAR:
            return self.over(_year_before(self.first), _year_before(self.last))
        return None

    def over(self, first: date, last: date) -> "Asked":
        """The same question about other days, compared with nothing."""
        return replace(self, first=first, last=last, against=Against.NOTHING, other="")


def _year_before(day: date) -> date:
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a report is built on: the question, the programme in force, the tables of those who were asked about
    (`tables`: by audience, level, channel and store; `people`: by audience and level alone) and the day that is
    counted as today."""

    asked: Asked
    programme: Programme
    tables: Tables
    people: Tables
    today: date


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with typed values: `{name}` in the text is written as its unit says, `{name|member|members}` is the
    first word where the value is one, else the second. `assets` names the asset of values in units of one."""

    text: Text
    values: Mapping[str, tuple[Unit, Cell]] = field(default_factory=dict)
    assets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric's value; None: there is nothing to divide by. `asset` where its unit is one; `drill` leads to the
    members behind it."""

    metric: Metric
    value: int | float | None
    asset: str = ""
    drill: str = ""
    untold: Text | None = None
    """Why it has no value, where nothing that was sent tells of it, and how it would come to have one."""
    before: int | float | None = None
    """The same in what is compared with, another period or other members; whoever asks fills it in."""


@dataclass(frozen=True, slots=True)
class Column:
    """A typed column of a table; where its figures are a metric's, that says what they mean."""

    id: str
    name: Text
    unit: Unit
    asset: str = ""
    definition: Text | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under typed columns; the first column names the row. `drills` has the key of the members behind each row,
    empty where there is none to go to; `cells`, where a table has them, those behind each cell after the first."""

    id: str
    title: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    drills: tuple[str, ...] = ()
    note: Text | None = None
    cells: tuple[tuple[str, ...], ...] = ()


class Draw(StrEnum):
    """What a chart is: bars or lines over time, bars side by side with their names, steps that narrow, a matrix of
    shades, flows from left to right."""

    TIME = "time"
    ACROSS = "across"
    FUNNEL = "funnel"
    HEAT = "heat"
    FLOW = "flow"


@dataclass(frozen=True, slots=True)
class Chart:
    """How to draw a table. `label` is the column along the axis (HEAT: of the rows), `values` the columns drawn,
    `lines` those of them that are lines, `below` those drawn downwards. FLOW: `label` and `into` name the two
    ends, `values` the one amount, `nodes` what can stand there from top to bottom, each with its colour: `#rrggbb`, or
    one of the palette (`c0` … `c4`)."""

    id: str
    title: Text
    draw: Draw
    table: str
    label: str
    values: tuple[str, ...]
    lines: tuple[str, ...] = ()
    stacked: bool = False
    below: tuple[str, ...] = ()
    into: str = ""
    nodes: tuple[tuple[Text, str], ...] = ()
    answer: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a report found: the answer in a sentence, figures, tables and how to draw them. `hints` say what is missing
    and how to have it."""

    sentence: Sentence
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    hints: tuple[Text, ...] = ()
    sides: tuple[Text, Text] | None = None
    """Who is compared with whom, where it is members with members; whoever asks fills it in, and `other`."""
    other: Sentence | None = None
    """What the report says of those compared with."""
    empty: bool = False
    """Nothing has happened that this report could count; the sentence says what would fill it."""

    def table(self, ident: str) -> Table:
        """The table of that id."""
        return next(table for table in self.tables if table.id == ident)


@dataclass(frozen=True, slots=True)
class Option:
    """A choice that a report has beyond period and people; the first is the usual one. `choices` gives them for a
    programme: what is asked for → its name."""

    id: str
    name: Text
    choices: Callable[[Programme], Mapping[str, Text]]
    blank: Text | None = None
    """What is meant where it is typed and left empty."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report. `build` counts; `members` gives, for a drill's key, the numbers (column `member`) of those behind it;
    `filters` are the fields of `Asked` that it heeds beside the period and its options."""

    id: str
    name: Text
    about: Text
    """One sentence: which question it answers."""
    build: Callable[[Ground], Answer]
    metrics: tuple[Metric, ...] = ()
    options: tuple[Option, ...] = ()
    members: Callable[[Ground, str], ir.Table] | None = None
    filters: tuple[str, ...] = ("audience", "level", "channel", "store")
    compares: bool = True
    """Whether setting it beside another period says something."""
    see: tuple[str, ...] = ()
    """Reports that go on where this one ends."""


class NoSuchReport(NotFound):
    """There is no report of that id."""

    code = "report_unknown"

    def __init__(self, ident: str) -> None:
        super().__init__(
            words(
                f"没有名为 {ident} 的报表；`regulars report list` 列出全部。",
                f"沒有名為 {ident} 的報表；`regulars report list` 會列出全部。",
                f"There is no report {ident!r}; `regulars report list` names them all.",
            )
        )


class BadQuestion(Problem):
    """A report can't be asked that."""

    status = 422
    code = "invalid"
