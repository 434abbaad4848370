"""The home page's charts: what each shows, and the table behind it, from the same series."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.console import formats
from regulars.insight.reports import LevelShare, Week
from regulars.kit import figures
from regulars.language.text import say
from regulars.ledger.contracts import Asset, Flow
from regulars.programme.contracts import Programme

WIDE = 0x2E80
"""From here on characters are as wide as two Latin ones."""
AT_END = 12
"""So wide a name has room at the end of its line."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of bars; `axis` and `colour` as the island understands them."""

    name: str
    data: list[float | int | None]
    type: str = "bar"
    axis: int = 0
    stack: str | None = None
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    name: str
    format: str = "number"
    currency: str | None = None
    digits: int | None = None

    @property
    def spec(self) -> dict[str, Any]:
        """With the sign that amounts have on pages, which is not the browser's."""
        symbol = figures.symbol(self.currency, formats.locale()) if self.currency else None
        return asdict(self) | {"symbol": symbol}


@dataclass(frozen=True, slots=True)
class Chart:
    """`spec` is what the island draws; `head` and `rows` are the same as a table. Empty: nothing to show yet."""

    id: str
    title: str
    answer: str
    kind: str
    labels: list[str]
    series: list[Series]
    axes: list[Axis]
    titles: list[str] = field(default_factory=list)
    colours: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    """Of a flow: `source`, `target` and `value` of each stream."""
    nodes: list[dict[str, str]] = field(default_factory=list)
    """Of a flow: what stands at its ends from top to bottom, `name` and `colour` of each."""
    drills: list[list[str]] = field(default_factory=list)
    """Of each row, for each series: the key of the members behind it, empty where nobody is."""
    nothing: str = ""
    """What is said where there is nothing to draw, if that means more than that nobody bought yet."""
    running: str = ""
    """What is said of the last period while it is not over; empty where every period is whole."""

    @property
    def spec(self) -> dict[str, Any]:
        names = (
            "kind",
            "labels",
            "series",
            "axes",
            "titles",
            "colours",
            "running",
            "links",
            "nodes",
            "drills",
            "keyed",
        )
        whole = asdict(self) | {"keyed": self.keyed, "axes": [axis.spec for axis in self.axes]}
        return {name: whole[name] for name in names if whole[name]}

    @property
    def keyed(self) -> bool:
        """Whether lines have names too long to stand at their ends: then all names stand above."""
        long = (len(name) + sum(ord(each) > WIDE for each in name) > AT_END for name in self._lines)
        return self.kind == "time" and any(long)

    @property
    def _lines(self) -> list[str]:
        return [series.name for series in self.series if series.type == "line"]

    @property
    def key(self) -> list[str]:
        """The names of series that stand side by side or on each other, which can't stand beside their bars."""
        if self.keyed:
            return [series.name for series in self.series]
        bars = [series.name for series in self.series if series.type == "bar"]
        return bars if self.kind in ("time", "across") and len(bars) > 1 else []

    @property
    def lines(self) -> int:
        """How many lines it is high."""
        ends = ({link[end] for link in self.links} for end in ("source", "target"))
        return max([len(self.labels), *(len(names) + 2 for names in ends)])

    @property
    def empty(self) -> bool:
        return not self.links and not any(value for series in self.series for value in series.data)


def sales(weeks: list[Week], programme: Programme) -> Chart:
    """Sales by week, with the week's orders in the tip and the table."""
    digits = programme.minor_digits
    best = max(weeks, key=lambda week: week.sales_minor, default=None)
    answer = ""
    if best and best.sales_minor:
        answer = _("The best week began on %(day)s: %(sales)s from %(orders)s orders.") % {
            "day": formats.day(best.monday),
            "sales": formats.money(best.sales_minor, programme, digits=False),
            "orders": formats.number(best.orders),
        }
    return Chart(
        id="chart-sales",
        title=_("Sales by week"),
        answer=answer,
        kind="time",
        labels=[formats.short_day(week.monday) for week in weeks],
        titles=[_("Week from %(day)s") % {"day": formats.day(week.monday)} for week in weeks],
        running=_("still running"),
        series=[Series(_("Sales"), [week.sales_minor / 10**digits for week in weeks])],
        axes=[Axis(_("Sales"), "money", programme.currency, digits)],
        head=[_("Week from"), _("Orders"), _("Buyers"), _("Sales"), _("Refunded")],
        rows=[
            [
                formats.day(week.monday), formats.number(week.orders), formats.number(week.buyers),
                formats.money(week.sales_minor, programme), formats.money(week.refunded_minor, programme),
            ]
            for week in reversed(weeks)
        ],
    )  # fmt: skip


def orders(every_week: list[Week]) -> Chart:
    """Orders and buyers by week; the week that is not over would look like a fall and is left out."""
    weeks = every_week[:-1]
    total = sum(week.orders for week in weeks)
    return Chart(
        id="chart-orders",
        title=_("Orders and buyers by week"),
        answer=_("%(orders)s orders in %(weeks)s whole weeks.") % {
            "orders": formats.number(total), "weeks": formats.number(len(weeks)),
        } if total else "",
        kind="time",
        labels=[formats.short_day(week.monday) for week in weeks],
        titles=[_("Week from %(day)s") % {"day": formats.day(week.monday)} for week in weeks],
        series=[
            Series(_("Orders"), [week.orders for week in weeks], "line"),
            Series(_("Buyers"), [week.buyers for week in weeks], "line"),
        ],
        axes=[Axis("")],
        head=[_("Week from"), _("Orders"), _("Buyers")],
        rows=[
            [formats.day(week.monday), formats.number(week.orders), formats.number(week.buyers)]
            for week in reversed(weeks)
        ],
    )  # fmt: skip


def joined(weeks: list[Week]) -> Chart:
    """New members by week."""
    total = sum(week.new_members for week in weeks)
    return Chart(
        id="chart-joined",
        title=_("New members by week"),
        answer=_("%(members)s joined in %(weeks)s weeks.") % {
            "members": formats.number(total), "weeks": formats.number(len(weeks)),
        } if total else "",
        kind="time",
        labels=[formats.short_day(week.monday) for week in weeks],
        titles=[_("Week from %(day)s") % {"day": formats.day(week.monday)} for week in weeks],
        running=_("still running"),
        series=[Series(_("New members"), [week.new_members for week in weeks])],
        axes=[Axis("")],
        head=[_("Week from"), _("New members")],
        rows=[[formats.day(week.monday), formats.number(week.new_members)] for week in reversed(weeks)],
    )  # fmt: skip


def flow(asset: Asset, months: list[Flow]) -> Chart:
    """What was issued above the line; what was spent, expired and taken back below it, by month."""
    name, scale = say(asset.name, get_language() or "en"), 10**asset.scale
    out = {
        _("Spent"): [-each.spent / scale for each in months],
        _("Expired"): [-each.expired / scale for each in months],
        _("Taken back"): [-each.reversed / scale for each in months],
    }
    return Chart(
        id=f"chart-flow-{asset.id}",
        title=_("%(asset)s by month") % {"asset": name[:1].upper() + name[1:]},
        answer=_("Above the line what members were given, below it what went."),
        kind="time",
        labels=[formats.short_month(each.period) for each in months],
        titles=[formats.month(each.period) for each in months],
        running=_("still running"),
        series=[
            Series(_("Issued"), [each.issued / scale for each in months], stack="flow"),
            *(Series(label, data, stack="flow") for label, data in out.items() if any(data)),
        ],
        axes=[Axis("")],
        head=[_("Month"), _("Issued"), _("Spent"), _("Expired"), _("Taken back")],
        rows=[
            [formats.month(each.period), *(
                formats.units(value, asset) for value in (each.issued, each.spent, each.expired, each.reversed)
            )]
            for each in reversed(months)
        ],
    )  # fmt: skip


def levels(ladder: str, name: str, shares: tuple[LevelShare, ...]) -> Chart:
    """Members per level, lowest first."""
    language = get_language() or "en"
    names = [say(share.level.name, language) for share in shares]
    above = sum(share.share for share in shares[1:])
    return Chart(
        id=f"chart-levels-{ladder}",
        title=name,
        answer=_("%(share)s of the members stand above the lowest level.") % {"share": formats.percent(above)}
        if any(share.members for share in shares) else "",
        kind="across",
        labels=names,
        series=[Series(_("Members"), [share.members for share in shares])],
        axes=[Axis("")],
        colours=[share.level.colour for share in shares],
        head=[_("Level"), _("Members"), _("Share")],
        rows=[
            [name, formats.number(share.members), formats.percent(share.share)]
            for name, share in zip(names, shares, strict=True)
        ],
    )  # fmt: skip
