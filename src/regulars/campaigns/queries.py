"""Reading how much of the budgets is used."""

from collections.abc import Iterable

from regulars.campaigns.logic import Used
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
