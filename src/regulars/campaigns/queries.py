"""Reading how much of the budgets is used."""

from collections.abc import Iterable

from regulars.kit.sqlread import rows


def used(budgets: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """(budget, period) → units, or millionths of the smallest currency unit, as `campaigns.logic.Pot` counts them;
    those that nobody has drawn on are left out."""
    wanted = sorted(set(budgets))
    found = rows(
        "SELECT rule, period, units FROM campaigns_budgetuse"
        " WHERE (rule, period) IN (SELECT * FROM unnest(%s::text[], %s::text[]))",
        [[name for name, _ in wanted], [period for _, period in wanted]],
    )
    return {(name, period): units for name, period, units in found}
