"""Reading how much of the budgets is used, which rules fail, and how schedules went."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime

from regulars.campaigns.contracts import FaultRow, RunRow
from regulars.campaigns.logic import Used
from regulars.campaigns.models import RuleFault, Run, Timetable
from regulars.kit.sqlread import rows


def used(budgets: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Used]:
    """(budget, period) → what it gave, in units or millionths of the smallest currency unit, as `Pot` counts them;
    those that nobody has drawn on are left out."""
    wanted = sorted(set(budgets))
    found = rows(
        "SELECT rule, period, units, used_up_at, used_up_of FROM campaigns_budgetuse"
        " WHERE (rule, period) IN (SELECT * FROM unnest(%s::text[], %s::text[]))",
        [[name for name, _ in wanted], [period for _, period in wanted]],
    )
    return {(name, period): Used(*use) for name, period, *use in found}


FAILING_RULES = """
ARRAY(SELECT fault.rule::text FROM campaigns_rulefault AS fault WHERE fault.version = v.number),
ARRAY(SELECT fault.rule::text FROM campaigns_rulefault AS fault
       WHERE fault.version = v.number AND fault.parked_at IS NOT NULL)
"""
"""Beside a version `v`: its rules that have failed lately, and those of them that are parked."""

_FAULT = [each.name for each in fields(FaultRow)]
_RUN = [each.name for each in fields(RunRow)]


def faults(version: int) -> dict[str, FaultRow]:
    """The rules of this version that fail, by id."""
    found = RuleFault.objects.filter(version=version).order_by("rule").values(*_FAULT)
    return {row["rule"]: FaultRow(**row) for row in found}


def runs(limit: int = 50) -> list[RunRow]:
    """The latest runs of scheduled rules."""
    return [RunRow(**row) for row in Run.objects.order_by("-due_at", "rule").values(*_RUN)[:limit]]


def timetable() -> dict[str, datetime]:
    """Scheduled rules → how far their moments have been made into runs."""
    return dict(Timetable.objects.values_list("rule", "planned_to"))
