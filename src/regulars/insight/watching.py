"""Budgets that are used up are alerts: told once for a budget and its period, over when it has some again."""

from regulars.alerts import service
from regulars.alerts.contracts import Alarm, Kind, Severity
from regulars.insight.budgets import BudgetLine, budgets
from regulars.language.problems import words
from regulars.programme.service import current, current_number

USED_UP = Kind(
    "budget.used_up",
    words("预算已用完", "預算已用完", "A budget is used up"),
    words(
        "这些规则在本期内不再发放。退款退回的数量可以再次发放；需要追加时，请在会员方案里调高预算并发布。",
        "這些規則在本期內不再發放。退款退回的數量可以再次發放；需要追加時，請在會員方案裡調高預算並發布。",
        "Its rules give nothing more in this period. What refunds bring back can be given again; to give more, raise"
        " the budget in the programme and publish it.",
    ),
    Severity.WARNING,
    once=True,
    lasting=True,
)


def watch_budgets() -> int:
    """Raise what is used up in the period that runs, and resolve what is not any more or whose period is over; how
    many are used up is no work that is left, so 0 is returned."""
    if current_number():
        alarms = [_alarm(line) for line in budgets(current()) if line.used_up_at is not None]
        service.settle([USED_UP.code], alarms)
    return 0


def _alarm(line: BudgetLine) -> Alarm:
    owner = line.campaign or line.rule
    params = {
        "name": dict(owner.name) if owner else {},
        "period": line.period,
        "per": line.per.value,
        "most": line.most,
        "money": line.money,
        "asset": line.asset,
        "at": line.used_up_at.isoformat() if line.used_up_at else "",
    }
    return Alarm(USED_UP, f"{line.name}@{line.period}", params)
