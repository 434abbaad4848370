"""What a simulation found, in the reader's words: the answer in a sentence, tables, charts, and a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.console import formats
from regulars.console.charts import Axis, Chart, Series
from regulars.console.tables import Column, Money, Table
from regulars.insight.simulating.contracts import Asked
from regulars.language.text import say
from regulars.members.queries import names as names_of
from regulars.programme.loader import load
from regulars.programme.queries import version_source
from regulars.programme.service import version
from regulars.tiers.contracts import Level


@dataclass(frozen=True, slots=True)
class Line:
    """A figure under either programme; None: that one has no such thing."""

    name: str
    before: int | None
    after: int | None

    @property
    def more(self) -> int:
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True, slots=True)
class Flow:
    """So many members would stand on another level."""

    ladder: str
    before: Level
    after: Level
    members: int
    up: bool


@dataclass(frozen=True, slots=True)
class Touched:
    """A member and what rules would have given them in the period, as it is read."""

    member_id: UUID
    name: str
    was: str
    now: str
    change: str


class Supposed:
    """A simulation that is done, as pages and files tell of it."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.result: dict[str, Any] = asked.result or {}
        self.then: dict[str, Any] = self.result.get("in_force", {})
        self.before = version(asked.version)
        same = asked.source == version_source(asked.version)
        self.after = self.before if same else load(asked.source)
        self.language = get_language() or "en"

    @property
    def days(self) -> int:
        return (self.asked.last_day - self.asked.first_day).days + 1

    @property
    def more(self) -> int:
        """By how much it would have cost more, in the currency's smallest unit."""
        return int(self.result["cost_minor"] - self.then["cost_minor"])

    @property
    def more_share(self) -> float | None:
        return self.more / self.then["cost_minor"] if self.then["cost_minor"] else None

    @property
    def more_text(self) -> str:
        """By how much, with what share that is."""
        text = formats.money(abs(self.more), self.after)
        if self.more_share is None:
            return text
        return _("%(amount)s (%(share)s)") % {"amount": text, "share": formats.percent(abs(self.more_share))}

    @property
    def refused(self) -> int:
        return sum(self.result["refused"].values())

    @property
    def owed(self) -> tuple[int, int]:
        """What members would hold at the end, under either, at cost."""
        mine, yours = (list(_by_month(each).values()) or [0] for each in (self.then, self.result))
        return mine[-1], yours[-1]

    def costs(self) -> list[Line]:
        """Every rule that cost something under either, the one that changes most first."""
        names = {one.id: say(one.name, self.language) for one in (*self.before.rules, *self.after.rules)}
        found = [Line(name, _cost(self.then, rule), _cost(self.result, rule)) for rule, name in names.items()]
        return sorted((one for one in found if one.before or one.after), key=lambda one: -abs(one.more))

    def levels(self) -> list[tuple[str, list[tuple[Level, Line]]]]:
        """Per ladder how many stand on each level under either, the highest first."""
        found = []
        for ladder in self.after.ladders.values():
            mine, yours = self.then["levels"].get(ladder.id, {}), self.result["levels"][ladder.id]
            lines = [
                (level, Line(say(level.name, self.language), mine.get(level.id), yours[level.id]))
                for level in reversed(ladder.levels)
            ]
            found.append((say(ladder.name, self.language), lines))
        return found

    def flows(self) -> list[Flow]:
        """Who would move from which level to which."""
        found = []
        for ladder_id, pairs in self.result["flows"].items():
            old, new = self.before.ladders.get(ladder_id), self.after.ladders.get(ladder_id)
            if old is None or new is None:
                continue
            for pair in pairs:
                was, now = old.level(pair["from"]), new.level(pair["to"])
                up = now.rank > was.rank
                found.append(Flow(say(new.name, self.language), was, now, pair["members"], up))
        return found

    def touched(self, which: str, most: int) -> list[Touched]:
        """Winners or losers, with their names; those who win or lose most."""
        some = self.result[which][:most]
        ids = [UUID(one["member"]) for one in some]
        names = names_of(ids)
        return [
            Touched(
                member_id,
                names[member_id].name if member_id in names else "",
                self.worth(one["before"]),
                self.worth(one["after"]),
                self.worth(one["after"] - one["before"]),
            )
            for member_id, one in zip(ids, some, strict=True)
        ]

    def worth(self, amount: int) -> str:
        """An amount of what changes are counted in."""
        if self.result["counted_in"] == "money":
            return formats.money(amount, self.after)
        return formats.number(amount)

    def refusals(self) -> list[tuple[str, int]]:
        """Types of event that would have been refused, and how many."""
        types = self.after.event_types
        return [
            (say(types[kind].name, self.language) if kind in types else kind, count)
            for kind, count in self.result["refused"].items()
        ]

    def failing(self) -> list[tuple[str, str]]:
        """The names of rules that broke off, with what a technician can use."""
        names = {one.id: say(one.name, self.language) for one in (*self.before.rules, *self.after.rules)}
        return [(names.get(rule, rule), error) for rule, error in self.result["failing"].items()]

    def liability(self) -> Chart:
        """What members held at the end of each month, under either programme, at cost."""
        mine, yours = _by_month(self.then), _by_month(self.result)
        months = sorted({*mine, *yours})
        digits = self.after.minor_digits
        one, two = ([filled.get(month) for month in months] for filled in (mine, yours))
        was, now = self.owed
        return Chart(
            id="chart-liability",
            title=_("Liability by month"),
            answer=_("At the end members would hold %(now)s instead of %(was)s, at cost.")
            % {"now": formats.money(now, self.after), "was": formats.money(was, self.before)},
            kind="time",
            labels=[formats.short_month(_first(month)) for month in months],
            titles=[formats.month(_first(month)) for month in months],
            series=[
                Series(name, [None if value is None else value / 10**digits for value in line], "line")
                for name, line in ((_("In force"), one), (_("This one"), two))
            ],
            axes=[Axis(_("Liability"), "money", self.after.currency, digits)],
            head=[_("Month"), _("In force"), _("This one")],
            rows=[self._month(month, mine.get(month), yours.get(month)) for month in reversed(months)],
        )

    def _month(self, month: str, was: int | None, now: int | None) -> list[str]:
        return [
            formats.month(_first(month)),
            formats.money(was, self.before),
            formats.money(now, self.after),
        ]

    def spread(self) -> Chart:
        """How many members would have been given so much more or less."""
        filled = [place for place, one in enumerate(self.result["spread"]) if one["members"]]
        some = self.result["spread"][filled[0] : filled[-1] + 1] if filled else []
        labels = [self._range(one["from"], one["to"]) for one in some]
        counts = [one["members"] for one in some]
        same = self.result["members"] - self.result["better"] - self.result["worse"]
        return Chart(
            id="chart-spread",
            title=_("Who would win, who would lose"),
            answer=_("%(better)s members would have been given more, %(worse)s less, %(same)s as much.")
            % {
                "better": formats.number(self.result["better"]),
                "worse": formats.number(self.result["worse"]),
                "same": formats.number(same),
            },
            kind="across",
            labels=labels,
            series=[Series(_("Members"), counts)],
            axes=[Axis(_("Members"))],
            nothing=_("Everybody would be given just as much as now."),
            head=[_("Difference"), _("Members")],
            rows=[[label, formats.number(count)] for label, count in zip(labels, counts, strict=True)],
        )

    def _range(self, low: int | None, high: int | None) -> str:
        whole = 10**self.after.minor_digits if self.result["counted_in"] == "money" else 1
        if low is None:
            return _("under %(high)s") % {"high": self.worth((high or 0) * whole)}
        if high is None:
            return _("from %(low)s") % {"low": self.worth(low * whole)}
        if high <= 0:
            ends, said = (-high, -low), _("%(low)s – %(high)s less")
        else:
            ends, said = (low, high), _("%(low)s – %(high)s more")
        return said % {"low": self.worth(ends[0] * whole), "high": self.worth(ends[1] * whole)}

    def sheet(self) -> Table[tuple[str, Line, bool]]:
        """All figures under either programme, one a row, for a file."""
        rows = [(_("Cost by rule"), line, True) for line in self.costs()]
        rows.append(
            (
                _("Cost of the period"),
                Line(_("All"), self.then["cost_minor"], self.result["cost_minor"]),
                True,
            )
        )
        rows += [(ladder, line, False) for ladder, levels in self.levels() for _level, line in levels]
        mine, yours = _by_month(self.then), _by_month(self.result)
        rows += [
            (_("Liability by month"), Line(month, mine.get(month), yours.get(month)), True)
            for month in sorted({*mine, *yours})
        ]

        def figure(heading: str, name: str) -> Column[tuple[str, Line, bool]]:
            return Column(
                heading, lambda row: Money(getattr(row[1], name)) if row[2] else getattr(row[1], name)
            )

        return Table(
            "whatif",
            _("What-if"),
            [
                Column(_("Subject"), lambda row: row[0], width=24),
                Column(_("What"), lambda row: row[1].name, width=28),
                figure(_("In force"), "before"),
                figure(_("This one"), "after"),
                figure(_("Difference"), "more"),
            ],
            rows,
            self.after,
        )


def _cost(figures: dict[str, Any], rule: str) -> int | None:
    found = figures["rules"].get(rule)
    return int(found["cost_minor"]) if found is not None else None


def _by_month(figures: dict[str, Any]) -> dict[str, int]:
    return {each["month"]: int(each["cost_minor"]) for each in figures["liability"]}


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def biggest(flows: Iterable[Flow]) -> Flow | None:
    """The movement of most members."""
    return max(flows, key=lambda one: one.members, default=None)
