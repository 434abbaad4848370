"""The benefits of a programme made ready to run."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from regulars.benefits.contracts import Benefit, Loss
from regulars.campaigns.contracts import WhenShort
from regulars.campaigns.logic import Pot
from regulars.language.calendar import Per
from regulars.language.condition import Compiled, compile_condition
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary import fields_for


@dataclass(frozen=True, slots=True)
class PlannedBenefits:
    """What the engine looks at when something happens to what members are entitled to.

    `multipliers`: (asset, type of event) → benefits that multiply what is credited, and by how much. `announced`: those
    that a level brings and that have to be claimed. `lowest`: ladder → the level of those who have no row. `reads`:
    members' entitlements are needed with every event. `returns`: some are taken back with the order.
    """

    by_id: Mapping[str, Benefit]
    when: Mapping[str, Compiled]
    pots: Mapping[str, tuple[Pot, ...]]
    groups: Mapping[str, tuple[str, ...]]
    multipliers: Mapping[tuple[str, str], tuple[tuple[Benefit, Fraction], ...]]
    announced: tuple[Benefit, ...]
    lowest: Mapping[str, str]
    reads: bool
    returns: bool


def plan_benefits(programme: Programme, reads: bool) -> PlannedBenefits | None:
    """None where the programme has no benefits. `reads`: a rule's condition asks which ones a member has."""
    benefits = programme.benefits
    if not benefits:
        return None
    fields = fields_for(programme, None)
    groups: dict[str, list[str]] = {}
    multipliers: dict[tuple[str, str], list[tuple[Benefit, Fraction]]] = {}
    for one in benefits.values():
        if one.choice is not None:
            groups.setdefault(one.choice.group, []).append(one.id)
        if one.kind == "multiplier":
            for type_id in one.terms["on"]:
                found = (one, Fraction(one.terms["factor"]))
                multipliers.setdefault((one.terms["asset"], type_id), []).append(found)
    held = any(one.claim is not None or not one.standing for some in multipliers.values() for one, _ in some)
    return PlannedBenefits(
        by_id=benefits,
        when={
            one.id: compile_condition(one.when, fields) for one in benefits.values() if one.when is not None
        },
        pots={one.id: (_pot(one),) for one in benefits.values() if one.stock is not None},
        groups={group: tuple(some) for group, some in groups.items()},
        multipliers={
            name: tuple(sorted(some, key=lambda each: -each[1])) for name, some in multipliers.items()
        },
        announced=tuple(one for one in benefits.values() if one.levels and one.claim is not None),
        lowest={ladder.id: ladder.levels[0].id for ladder in programme.ladders.values() if ladder.levels},
        reads=reads or held,
        returns=any(Loss.REFUND in one.lost_on for one in benefits.values()),
    )


def stock_name(benefit_id: str) -> str:
    """The name under which what is left of a benefit's stock is counted, beside the budgets."""
    return f"benefit:{benefit_id}"


def _pot(benefit: Benefit) -> Pot:
    assert benefit.stock is not None
    per = Per(benefit.stock.per.value)
    return Pot(stock_name(benefit.id), per, benefit.stock.units, WhenShort.SKIP, False)
