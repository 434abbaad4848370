"""Where members stood on a ladder on a day, and who rose: read from the steps, as now known."""

from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.insight.boards.counting import within
from regulars.insight.report import Asked
from regulars.tiers.contracts import Ladder
from regulars.warehouse.contracts import Tables

NOBODY = -1


def ranked(ladder: Ladder, level: ir.StringValue) -> Any:
    """The rank of a level on its ladder; a level that the ladder no longer has counts as the lowest."""
    return ibis.cases(*((level == each.id, each.rank) for each in ladder.levels), else_=0)


def steps_of(tables: Tables, ladder: Ladder) -> ir.Table:
    """The ladder's steps, with the ranks `lower` (before) and `upper` (after)."""
    steps = tables.steps.filter(tables.steps.ladder == ladder.id)
    return steps.mutate(lower=ranked(ladder, steps.before), upper=ranked(ladder, steps.after))


def rose(tables: Tables, ladder: Ladder, asked: Asked) -> ir.Table:
    """Who rose at least once in the period, each once (column `member`)."""
    steps = within(steps_of(tables, ladder), asked.first, asked.last)
    return steps.filter(steps.upper > steps.lower).select("member").distinct()


def above(tables: Tables, ladder: Ladder, asked: Asked) -> ir.Table:
    """Who stood above the lowest level at some time in the period, each once."""
    steps = within(steps_of(tables, ladder), asked.first, asked.last)
    in_it = steps.filter((steps.upper > 0) | (steps.lower > 0)).select("member")
    at_end = placed(tables, ladder, asked.last)
    return in_it.union(at_end.filter(at_end.rank > 0).select("member"), distinct=True)


def placed(tables: Tables, ladder: Ladder, day: date) -> ir.Table:
    """Who had made a step by the end of `day`, each once, with the `rank` where the last one led."""
    steps = steps_of(tables, ladder)
    known = steps.filter(steps.day <= ibis.date(day))
    last = ibis.window(
        group_by=known.member,
        order_by=[
            known["at"].desc(),
            known.since.desc(),
            known.until.desc(nulls_first=True),
            known.upper.desc(),
        ],
    )
    latest = known.mutate(place=ibis.row_number().over(last))
    return latest.filter(latest.place == 0).select("member", rank=latest.upper)


def ranks_at(tables: Tables, ladder: Ladder, day: date) -> ir.Table:
    """Everybody who was a member at the end of `day`, with their `rank`: the lowest where no step was made."""
    members = tables.members.filter(tables.members.joined_day <= ibis.date(day)).select("member")
    stood = placed(tables, ladder, day)
    found = members.left_join(stood, "member")
    return found.select("member", rank=found.rank.fill_null(0))
