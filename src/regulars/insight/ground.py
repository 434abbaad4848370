"""Whom a report is about: the tables narrowed to an audience, a level, a channel, a store."""

from dataclasses import replace
from datetime import date

import ibis.expr.types as ir

from regulars.insight.report import Asked, BadQuestion, Ground
from regulars.language.problems import words
from regulars.programme.contracts import Programme
from regulars.tiers.contracts import Ladder
from regulars.warehouse.contracts import SCHEMAS, Tables

YEARS_MOST = 20


def ground_of(
    asked: Asked, programme: Programme, tables: Tables, today: date, audience: ir.Table | None = None
) -> Ground:
    """What a report is built on. `audience`: the numbers (column `member`) of those in the audience asked about.
    Refuses a period that ends before it begins or is too long, and a level or ladder that the programme lacks."""
    check(asked, programme)
    people = tables
    if audience is not None:
        people = _of(people, audience)
    if asked.level:
        people = _of(people, on_level(people, ladder_of(asked, programme), asked.level))
    return Ground(asked, programme, _at(people, asked), people, today)


def check(asked: Asked, programme: Programme) -> None:
    """Refuses what makes no sense to ask."""
    if asked.last < asked.first:
        raise BadQuestion(
            words(
                "结束日不能早于开始日，请对调 from 和 to。",
                "結束日不能早於開始日，請對調 from 與 to。",
                "The period ends before it begins: swap `from` and `to`.",
            ),
            field="to",
        )
    if asked.days > YEARS_MOST * 366:
        raise BadQuestion(
            words(
                f"时间段最长 {YEARS_MOST} 年，请缩短。",
                f"期間最長 {YEARS_MOST} 年，請縮短。",
                f"A period may be {YEARS_MOST} years long at most: shorten it.",
            ),
            field="from",
        )
    if (asked.ladder or asked.level) and asked.ladder not in ("", *programme.ladders):
        raise BadQuestion(
            words(
                f"方案里没有等级体系 {asked.ladder}，现有：{'、'.join(programme.ladders)}。",
                f"方案裡沒有等級體系 {asked.ladder}，現有：{'、'.join(programme.ladders)}。",
                f"The programme has no ladder {asked.ladder!r}; it has: {', '.join(programme.ladders) or 'none'}.",
            ),
            field="ladder",
        )
    if asked.level:
        ladder = ladder_of(asked, programme)
        levels = [level.id for level in ladder.levels] if ladder else []
        if asked.level not in levels:
            raise BadQuestion(
                words(
                    f"没有等级 {asked.level}，现有：{'、'.join(levels)}。",
                    f"沒有等級 {asked.level}，現有：{'、'.join(levels)}。",
                    f"There is no level {asked.level!r}; there are: {', '.join(levels) or 'none'}.",
                ),
                field="level",
            )


def ladder_of(asked: Asked, programme: Programme) -> Ladder | None:
    """The ladder asked about: the programme's first where none was named; None where it has none."""
    if asked.ladder:
        return programme.ladders.get(asked.ladder)
    return next(iter(programme.ladders.values()), None)


def on_level(tables: Tables, ladder: Ladder | None, level: str) -> ir.Table:
    """The numbers of those who stand on `level` now; who has no row stands on the lowest."""
    if ladder is None:
        return tables.members.select("member")
    standings = tables.standings
    placed = standings.filter(standings.ladder == ladder.id)
    if level != ladder.levels[0].id:
        return placed.filter(placed.level == level).select("member")
    above = placed.filter(placed.level != level)
    return tables.members.anti_join(above, "member").select("member")


def _of(tables: Tables, chosen: ir.Table) -> Tables:
    """Every table's rows of the `chosen`."""
    return Tables(**{name: getattr(tables, name).semi_join(chosen, "member") for name in SCHEMAS})


def _at(tables: Tables, asked: Asked) -> Tables:
    """Orders of one channel and one store, and the lines and refunds of these."""
    orders = tables.orders
    if asked.channel:
        orders = orders.filter(orders.channel == asked.channel)
    if asked.store:
        orders = orders.filter(orders.store == asked.store)
    if orders is tables.orders:
        return tables
    return replace(
        tables,
        orders=orders,
        lines=tables.lines.semi_join(orders, "order"),
        refunds=tables.refunds.semi_join(orders, "order"),
    )
