"""活动产出计算: what an activity will bring and cost, before it starts. Pure.

Whoever takes part is taken to buy what such members usually buy. The lift is how much more they buy because of it, and
nobody knows that before: so what is told first is the lift at which the activity pays for itself.
"""

from dataclasses import dataclass

from regulars.kit.problems import Problem
from regulars.language.problems import words


class BadActivity(Problem):
    """Nothing can be reckoned with these figures."""

    status = 422
    code = "invalid"

    def __init__(self, field: str) -> None:
        super().__init__(_WRONG[field], field=field)


_WRONG = {
    "reached": words("触达会员数须大于 0。", "觸及會員數須大於 0。", "It must reach somebody."),
    "response": words(
        "参与率须大于 0%、不超过 100%。",
        "參與率須大於 0%、不超過 100%。",
        "Response lies above 0%, up to 100%.",
    ),
    "cost": words("成本不能小于 0。", "成本不能小於 0。", "Costs can't be below 0."),
    "margin": words(
        "毛利率须大于 0%、不超过 100%。",
        "毛利率須大於 0%、不超過 100%。",
        "A margin lies above 0%, up to 100%.",
    ),
    "lift": words("提升不能小于 0%。", "提升不能小於 0%。", "The lift can't be below 0%."),
}


@dataclass(frozen=True, slots=True)
class Activity:
    """What is planned. `response` and `margin` with 1 for all; money in the currency's smallest unit; `usual_minor`:
    what one member buys anyway in the days that are looked at; `lift`: how much more is hoped for."""

    reached: int
    response: float
    cost_each_minor: int
    cost_fixed_minor: int
    usual_minor: float
    margin: float
    lift: float

    def __post_init__(self) -> None:
        """Refuses, as BadActivity, what can't be."""
        if self.reached <= 0:
            raise BadActivity("reached")
        if not 0 < self.response <= 1:
            raise BadActivity("response")
        if min(self.cost_each_minor, self.cost_fixed_minor) < 0:
            raise BadActivity("cost")
        if not 0 < self.margin <= 1:
            raise BadActivity("margin")
        if self.lift < 0:
            raise BadActivity("lift")


@dataclass(frozen=True, slots=True)
class Output:
    """What comes of it. `usual_minor` is what participants buy anyway; `even` the lift at which margin pays the cost
    (None: they buy nothing); the rest at the lift that is hoped for."""

    participants: int
    cost_minor: int
    usual_minor: int
    even: float | None
    more_minor: int
    gained_minor: int
    result_minor: int
    roi: float | None


def output(plan: Activity) -> Output:
    """What the activity comes to."""
    participants = round(plan.reached * plan.response)
    cost = plan.cost_fixed_minor + participants * plan.cost_each_minor
    usual = participants * plan.usual_minor
    more = usual * plan.lift
    gained = more * plan.margin
    return Output(
        participants,
        cost,
        round(usual),
        cost / (usual * plan.margin) if usual > 0 else None,
        round(more),
        round(gained),
        round(gained - cost),
        (gained - cost) / cost if cost else None,
    )
