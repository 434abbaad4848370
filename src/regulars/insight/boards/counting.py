"""What reports share: the period's rows, its days, weeks or months, and answers as plain values."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.insight.defining import Unit
from regulars.insight.report import Asked, Cell, Column
from regulars.language.calendar import add_months
from regulars.language.problems import words

BY_DAY_MOST = 31
BY_WEEK_MOST = 120
"""A period of up to so many days is shown by day, by week; a longer one by month."""
NAMES = {
    Unit.DAY: words("日期", "日期", "Day"),
    Unit.WEEK: words("周（起始日）", "週（起始日）", "Week from"),
    Unit.MONTH: words("月份", "月份", "Month"),
}
_TRUNCATE = {Unit.DAY: "D", Unit.WEEK: "W", Unit.MONTH: "M"}

Row = dict[str, Any]


def read(table: ir.Table) -> list[Row]:
    """The rows of an expression as plain values: days as days, whole numbers as `int`."""
    return [{name: plain(value) for name, value in row.items()} for row in table.to_pyarrow().to_pylist()]


def one(table: ir.Table) -> Row:
    """The single row of an aggregate, sums of nothing as 0."""
    found = read(table)
    return {name: 0 if value is None else value for name, value in found[0].items()} if found else {}


def count(table: ir.Table) -> int:
    """How many rows there are."""
    return int(table.count().to_pyarrow().as_py())


def plain(value: Any) -> Any:
    """A moment at midnight is a day here: backends differ in what truncating a day gives."""
    return value.date() if isinstance(value, datetime) else value


def within(table: ir.Table, first: date, last: date, day: str = "day") -> ir.Table:
    """The rows of the days from `first` through `last`."""
    return table.filter(table[day].between(ibis.date(first), ibis.date(last)))


def during(table: ir.Table, asked: Asked, day: str = "day") -> ir.Table:
    """The rows of the period asked about."""
    return within(table, asked.first, asked.last, day)


def grain(asked: Asked) -> Unit:
    """By what a period is shown over time."""
    if asked.days <= BY_DAY_MOST:
        return Unit.DAY
    return Unit.WEEK if asked.days <= BY_WEEK_MOST else Unit.MONTH


def truncated(day: ir.Value, by: Unit) -> ir.Value:
    """The first day of a day's week (from Monday) or month."""
    return day if by is Unit.DAY else day.truncate(_TRUNCATE[by]).cast("date")


def by_member(orders: ir.Table, by: Unit) -> ir.Table:
    """What each member bought in each `period`: `orders` and `sales`. Who is then counted is counted as a row, which
    takes a fraction of what telling members apart once more does."""
    dated = orders.mutate(period=truncated(orders.day, by))
    return dated.group_by(["period", "member"]).agg(orders=dated.count(), sales=dated.total_minor.sum())


def starts(asked: Asked, by: Unit) -> list[date]:
    """The first days of all days, weeks or months that the period touches, oldest first."""
    return list(_starts(asked.first, asked.last, by))


def _starts(first: date, last: date, by: Unit) -> Iterator[date]:
    day = start_of(first, by)
    while day <= last:
        yield day
        if by is Unit.MONTH:
            day = add_months(day, 1)
        else:
            day += timedelta(days=7 if by is Unit.WEEK else 1)


def start_of(day: date, by: Unit) -> date:
    """The first day of the day's week or month."""
    if by is Unit.MONTH:
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if by is Unit.WEEK else day


def time_column(by: Unit) -> Column:
    """The column that names the periods."""
    return Column("period", NAMES[by], by)


def rate(part: float, whole: float) -> float | None:
    """`part` of `whole`; None where there is no whole."""
    return part / whole if whole else None


def each(total: int, by: int) -> int | None:
    """`total` for each of `by`, rounded half up to a whole smallest unit."""
    return (2 * total + by) // (2 * by) if by else None


def quantiles(table: ir.Table, column: str, count: int, shares: tuple[float, ...]) -> list[float]:
    """The values of `column` at `shares` of the way from the lowest to the highest of `count` rows, in proportion
    between two neighbours; exact on every backend, for only the rows that are asked for leave it."""
    if not count:
        return []
    places = [share * (count - 1) for share in shares]
    wanted = sorted({int(place) + step for place in places for step in (0, 1) if int(place) + step < count})
    ranked = table.select(value=table[column], rank=ibis.row_number().over(order_by=table[column]))
    found = {row["rank"]: row["value"] for row in read(ranked.filter(ranked["rank"].isin(wanted)))}
    values = []
    for place in places:
        low = int(place)
        high = min(low + 1, count - 1)
        values.append(found[low] + (found[high] - found[low]) * (place - low))
    return values


def total(rows: list[Row], name: str) -> int:
    """The sum of a column."""
    return sum(row[name] or 0 for row in rows)


def named(text: str | None, missing: Cell) -> Cell:
    """A name that the brand sent, or what is said where it sent none."""
    return text or missing
