"""The house view's tables and chart, from the figures of `insight.house`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.console import formats
from regulars.console.charts import Axis, Chart, Series
from regulars.console.tables import Column, Money, Share, Table, Units
from regulars.insight import house
from regulars.insight.house import AgeLine, Books, Month, Movement, RuleLine, Worth, end_bounds
from regulars.language.text import say
from regulars.programme.contracts import Programme
from regulars.programme.queries import versions
from regulars.programme.service import version

PAST_VERSIONS = 30


@dataclass(frozen=True, slots=True)
class Choice:
    """Which asset, and from which month to which."""

    asset: str
    first: date
    last: date


def asset_name(asset_id: str, programme: Programme) -> str:
    """What people call an asset, as a heading; its id where the programme has it no more."""
    asset = programme.assets.get(asset_id)
    name = say(asset.name, get_language() or "en") if asset else asset_id
    return name[:1].upper() + name[1:]


def assets_table(found: Books, programme: Programme) -> Table[Worth]:
    """Every asset, from the first entry to now, with what it is worth."""

    def units(heading: str, value: Callable[[Movement], int], rare: bool = False) -> Column[Worth]:
        return Column(
            heading, lambda worth: Units(value(worth.moved), programme.assets.get(worth.asset)), rare
        )

    return Table(
        "assets",
        _("By asset, since the beginning"),
        [
            Column(_("Asset"), lambda worth: asset_name(worth.asset, programme)),
            *_flow_columns(units),
            units(_("Outstanding"), lambda moved: moved.free),
            units(_("Held"), lambda moved: moved.held, True),
            units(_("Pending"), lambda moved: moved.pending, True),
            Column(_("Liability"), lambda worth: Money(worth.liability_minor if worth.costed else None)),
        ],
        house.worths(found, programme),
        programme,
    )


def months_table(found: Books, choice: Choice, programme: Programme) -> Table[Month]:
    """One asset by month, the latest first."""
    asset = programme.assets.get(choice.asset)

    def units(heading: str, value: Callable[[Movement], int], rare: bool = False) -> Column[Month]:
        return Column(heading, lambda month: Units(value(month.moved), asset), rare)

    cost = house.cost_of(choice.asset, programme)[0]
    return Table(
        "months",
        _("By month"),
        [
            Column(_("Month"), lambda month: formats.month(month.first)),
            *_flow_columns(units),
            units(_("Net change"), lambda moved: moved.total),
            Column(_("Members had at its end"), lambda month: Units(month.closing, asset)),
            Column(
                _("Worth"),
                lambda month: Money(house.money_of(month.closing, cost) if cost else None),
                not cost,
            ),
        ],
        house.monthly(found, choice.asset, choice.first, choice.last)[::-1],
        programme,
    )


def rules_table(found: Books, choice: Choice, programme: Programme) -> Table[RuleLine]:
    """What each rule gave of one asset."""
    asset, names = programme.assets.get(choice.asset), rule_names(programme)
    costed = bool(house.cost_of(choice.asset, programme)[0])

    def units(heading: str, value: Callable[[RuleLine], int], rare: bool = False) -> Column[RuleLine]:
        return Column(heading, lambda line: Units(value(line), asset), rare)

    return Table(
        "rules",
        _("By rule"),
        [
            Column(_("Rule"), lambda line: names(line.rule) or _("No rule: by hand, by the API, topped up")),
            units(_("Issued"), lambda line: line.issued),
            units(_("Taken back since"), lambda line: line.reversed),
            units(_("Net"), lambda line: line.net),
            units(_("Taken by the rule"), lambda line: line.took, True),
            Column(_("Cost"), lambda line: Money(line.cost_minor if costed else None), not costed),
        ],
        house.by_rule(found, choice.asset, choice.first, choice.last, programme),
        programme,
    )


def ages_table(found: Books, choice: Choice, programme: Programme) -> Table[AgeLine]:
    """What members have of one asset, by how long ago it was earned."""
    names = [
        _("up to 30 days ago"),
        _("31 to 90 days ago"),
        _("91 to 180 days ago"),
        _("181 to 365 days ago"),
        _("over a year ago"),
    ]
    return _aged(
        "ages",
        _("When it was earned"),
        names,
        house.by_age(found, choice.asset, programme),
        choice,
        programme,
    )


def ends_table(found: Books, choice: Choice, programme: Programme) -> Table[AgeLine]:
    """What members have of one asset, by when it ends."""
    days = [formats.day(bound - timedelta(days=1)) for bound in end_bounds(found.today)]
    names = [
        _("this month (until %(day)s)") % {"day": days[0]},
        _("next month (until %(day)s)") % {"day": days[1]},
        _("within 3 months (until %(day)s)") % {"day": days[2]},
        _("within 6 months (until %(day)s)") % {"day": days[3]},
        _("within 12 months (until %(day)s)") % {"day": days[4]},
        _("later"),
        _("for ever"),
    ]
    return _aged(
        "ends", _("When it ends"), names, house.by_end(found, choice.asset, programme), choice, programme
    )


def _aged(
    name: str, title: str, names: list[str], lines: list[AgeLine], choice: Choice, programme: Programme
) -> Table[AgeLine]:
    asset = programme.assets.get(choice.asset)
    whole = sum(line.units for line in lines if line.place is not None)
    costed = bool(house.cost_of(choice.asset, programme)[0])

    def units(heading: str, value: Callable[[AgeLine], int], rare: bool = False) -> Column[AgeLine]:
        return Column(heading, lambda line: Units(value(line), asset), rare)

    return Table(
        name,
        title,
        [
            Column(title, lambda line: _("owed by members") if line.place is None else names[line.place]),
            units(_("Units"), lambda line: line.units),
            units(_("of it held"), lambda line: line.held, True),
            units(_("of it pending"), lambda line: line.pending, True),
            Column(
                _("Share"),
                lambda line: Share(line.units / whole if whole and line.place is not None else None),
            ),
            Column(_("Credits"), lambda line: line.lots),
            Column(_("Worth"), lambda line: Money(line.worth_minor if costed else None), not costed),
        ],
        lines,
        programme,
    )


def _flow_columns(units: Callable[..., Column[Any]]) -> list[Column[Any]]:
    return [
        units(_("Issued"), lambda moved: moved.issued),
        units(_("Spent"), lambda moved: moved.spent),
        units(_("Expired"), lambda moved: moved.expired),
        units(_("Taken back"), lambda moved: moved.reversed),
        units(_("Adjusted"), lambda moved: moved.adjusted, True),
        units(_("Converted"), lambda moved: moved.converted, True),
        units(_("Gifts"), lambda moved: moved.gifted, True),
    ]


def flow_chart(found: Books, choice: Choice, programme: Programme) -> Chart:
    """What came above the line and what went below it, by month."""
    asset = programme.assets.get(choice.asset)
    months = house.monthly(found, choice.asset, choice.first, choice.last)
    scale = 10 ** (asset.scale if asset else 0)

    def values(value: Callable[[Movement], int], sign: int = 1) -> list[float | int | None]:
        return [sign * value(month.moved) / scale for month in months]

    series = [
        (_("Issued"), values(lambda moved: moved.issued)),
        (_("Spent"), values(lambda moved: moved.spent, -1)),
        (_("Expired"), values(lambda moved: moved.expired, -1)),
        (_("Taken back"), values(lambda moved: moved.reversed, -1)),
        (
            _("Adjusted, converted, gifts"),
            values(lambda moved: moved.adjusted + moved.converted + moved.gifted),
        ),
    ]
    return Chart(
        id="chart-house",
        title=_("%(asset)s by month") % {"asset": asset_name(choice.asset, programme)},
        answer=_("Above the line what members were given, below it what went."),
        kind="time",
        labels=[formats.short_month(month.first) for month in months],
        titles=[formats.month(month.first) for month in months],
        running=_("still running") if choice.last == found.months[-1] else "",
        series=[
            Series(name, data, stack="flow")
            for number, (name, data) in enumerate(series)
            if number == 0 or any(data)
        ],
        axes=[Axis("")],
    )


def rule_names(programme: Programme) -> Callable[[str], str]:
    """Rule → its name in the reader's language, also of rules that only older versions had."""
    language = get_language() or "en"
    known = {rule.id: say(rule.name, language) for rule in programme.rules}
    older = iter([one.number for one in versions() if one.number != programme.number][:PAST_VERSIONS])

    def name(rule: str) -> str:
        while rule and rule not in known:
            number = next(older, None)
            if number is None:
                known[rule] = rule
            else:
                known.update(
                    {one.id: say(one.name, language) for one in version(number).rules if one.id not in known}
                )
        return known.get(rule, "")

    return name
