"""Budgets over the API: what rules and campaigns may still give out."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from regulars.api import value_schemas as schemas
from regulars.api.auth import key
from regulars.api.problems import language_of
from regulars.api.reading import parameters
from regulars.engine.records import amount_of, money_of
from regulars.insight.budgets import BudgetLine, budgets
from regulars.language.text import say
from regulars.programme.contracts import Programme
from regulars.programme.service import current
from regulars.staff.contracts import Scope

router = Router(tags=["value"])


@router.get(
    "/budgets",
    response=list[schemas.BudgetOut],
    auth=key(Scope.LEDGER_READ),
    summary="List budgets",
    operation_id="listBudgets",
)
@parameters()
def listed(request: HttpRequest) -> Any:
    """Every budget of the programme in force, the period that runs: what may be given out, what was, and since when
    it has been used up."""
    programme, language = current(), language_of(request)
    return [_budget(line, programme, language) for line in budgets(programme)]


def _budget(line: BudgetLine, programme: Programme, language: str) -> schemas.BudgetOut:
    def shown(amount: int) -> int | str:
        if line.money:
            return money_of(amount, programme.minor_digits)
        asset = programme.assets.get(line.asset)
        return amount_of(amount, asset.scale if asset else 0)

    owner = line.campaign or line.rule
    return schemas.BudgetOut(
        of="campaign" if line.campaign else "rule",
        id=owner.id if owner else line.name,
        name=say(owner.name, language) if owner else line.name,
        money=line.money,
        asset=line.asset or None,
        most=shown(line.most),
        used=shown(line.used),
        left=shown(line.left),
        per=line.per.value,
        starts=line.starts,
        ends=line.ends,
        used_up_at=line.used_up_at,
    )
