"""What a programme file lets its rules give out: limits, budgets and campaigns."""

from collections.abc import Iterable

from regulars.campaigns.contracts import Budget, Campaign, Limit
from regulars.language.problems import Errors, Place, words
from regulars.programme.amounts import smallest, smallest_or
from regulars.programme.contracts import Programme
from regulars.programme.document import BudgetPart, Document, LimitPart, RulePart


def credited(rules: Iterable[RulePart]) -> tuple[str, ...]:
    """The assets that `rules` credit, each once."""
    actions = (action.credit for rule in rules for action in rule.then)
    return tuple(dict.fromkeys(credit.asset for credit in actions if credit is not None))


def read_campaigns(document: Document, programme: Programme, errors: Errors) -> dict[str, Campaign]:
    """Campaigns, with the budget that their rules share."""
    campaigns = {}
    for campaign_id, part in document.campaigns.items():
        budget = None
        if part.budget is not None:
            theirs = [rule for rule in document.rules if rule.campaign == campaign_id]
            spending = Spending(credited(theirs), programme, errors)
            budget = spending.budget(part.budget, ("campaigns", campaign_id, "budget"))
        experiment = part.experiment.id if part.experiment is not None else ""
        campaigns[campaign_id] = Campaign(campaign_id, part.name, budget, experiment)
    return campaigns


class Spending:
    """Reads what bounds the giving of some assets: in units, or in the money that they cost."""

    def __init__(self, assets: tuple[str, ...], programme: Programme, errors: Errors) -> None:
        self.assets = assets
        self.digits = programme.minor_digits
        self.errors = errors
        known = [programme.assets[each] for each in assets if each in programme.assets]
        self.scales = {asset.scale for asset in known}
        self.costless = [asset.id for asset in known if not asset.cost]

    def limit(self, part: LimitPart, place: Place) -> Limit:
        if part.times is None and part.units is None and part.money is None:
            self.errors.add(
                place,
                words(
                    "请写 times、units 或 money",
                    "請寫 times、units 或 money",
                    "must state times, units, money, or several of them",
                ),
            )
        return Limit(part.per, part.times or 0, self._units(part, place), self._money(part, place))

    def budget(self, part: BudgetPart, place: Place) -> Budget:
        if (part.units is None) == (part.money is None):
            self.errors.add(
                place,
                words(
                    "units 与 money 写且只写一个",
                    "units 與 money 寫且只寫一個",
                    "must state either units or money",
                ),
            )
        return Budget(self._units(part, place), part.per, part.when_short, self._money(part, place))

    def _units(self, part: LimitPart | BudgetPart, place: Place) -> int:
        """Units of all credits together: with decimals only where all have the same."""
        place = (*place, "units")
        if part.units is None or isinstance(part.units, int):
            return part.units or 0
        if len(self.scales) > 1:
            self.errors.add(
                place,
                words(
                    "各资产小数位不同，请写最小单位的整数，或改用 money",
                    "各資產小數位不同，請寫最小單位的整數，或改用 money",
                    "counts assets with different decimals: write smallest units, or money instead",
                ),
            )
        return smallest(part.units, max(self.scales, default=0), place, self.errors)

    def _money(self, part: LimitPart | BudgetPart, place: Place) -> int:
        """What may be spent, in the currency's smallest unit; all that is given must have a cost."""
        place = (*place, "money")
        if part.money is not None and self.costless:
            names = ", ".join(self.costless)
            marks = "、".join(self.costless)
            self.errors.add(
                place,
                words(
                    f"按金额计算，需要先给 {marks} 写 cost",
                    f"以金額計算，需要先為 {marks} 寫 cost",
                    f"needs to know what units cost: state the cost of {names}",
                ),
            )
        elif part.money is not None and not self.assets and isinstance(part, LimitPart):
            self.errors.add(
                place,
                words(
                    "没有发放动作，金额无从计算",
                    "沒有發放動作，金額無從計算",
                    "nothing is credited here, so there is nothing to count",
                ),
            )
        return smallest_or(part.money, self.digits, place, self.errors)
