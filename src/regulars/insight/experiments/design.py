"""What is to be read of an experiment: its groups, days, rules, and what these cost. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from regulars.campaigns.contracts import GrantAction, Rule
from regulars.campaigns.experiments import (
    CONTROL,
    HELD_OUT,
    TREATED,
    ControlGroup,
    Experiment,
    Metric,
    lay_out,
)
from regulars.language.calendar import local_day
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.ledger.contracts import Asset
from regulars.programme.contracts import Programme
from regulars.programme.experiments import HOLDOUT_NAME, TREATED_NAME, kept_from_control, rules_of

CONTROL_NAME = words("全局对照组", "全域對照組", "Control group")


@dataclass(frozen=True, slots=True)
class Arm:
    """A group to be compared."""

    id: str
    name: Text
    share: float


@dataclass(frozen=True, slots=True)
class Design:
    """An experiment as it is read. `arms`: the base first. `units` is what a unit of an asset costs the house, `grants`
    what one granting by a rule does, in the currency's smallest unit; `margin` what of sales is left (None: nobody
    said). `running`: whether the programme in force has it."""

    id: str
    name: Text
    arms: tuple[Arm, ...]
    metric: Metric
    days: int
    rules: tuple[Rule, ...]
    units: Mapping[str, float]
    grants: Mapping[str, float]
    margin: float | None
    ends_at: datetime | None = None
    control: ControlGroup | None = None
    running: bool = True
    since_day: date | None = None
    """The local day on which the control group begins."""

    @property
    def base(self) -> Arm:
        return self.arms[0]

    @property
    def others(self) -> tuple[Arm, ...]:
        return self.arms[1:]

    @property
    def span(self) -> timedelta:
        return timedelta(days=self.days)


def design_of(
    experiment: Experiment, rules: Iterable[Rule], programme: Programme, running: bool = True
) -> Design:
    """How an experiment is read, with what the programme says of costs and margin."""
    arms = tuple(Arm(group.id, group.name, float(group.share)) for group in experiment.groups)
    return _design(
        programme, experiment.id, experiment.name, arms, experiment.metric, experiment.days, tuple(rules), running,
        ends_at=experiment.ends_at,
    )  # fmt: skip


def design_of_control(control: ControlGroup, programme: Programme) -> Design:
    """How the control group is read: all campaigns together against none, by sales."""
    groups = lay_out(
        ((HELD_OUT, HOLDOUT_NAME, control.share), (TREATED, TREATED_NAME, 1 - Fraction(control.share)))
    )
    arms = tuple(Arm(group.id, group.name, float(group.share)) for group in groups)
    rules = tuple(rule for rule in programme.rules if kept_from_control(rule, control))
    return _design(
        programme, CONTROL, CONTROL_NAME, arms, Metric.SALES, control.days, rules, True, control=control
    )


def _design(
    programme: Programme,
    ident: str,
    name: Text,
    arms: tuple[Arm, ...],
    metric: Metric,
    days: int,
    rules: tuple[Rule, ...],
    running: bool,
    ends_at: datetime | None = None,
    control: ControlGroup | None = None,
) -> Design:
    percent = programme.insight.margin_percent
    return Design(
        ident,
        name,
        arms,
        metric,
        days,
        rules,
        unit_costs(programme),
        {rule.id: cost for rule in rules if (cost := _grants(rule, programme))},
        float(percent) / 100 if percent is not None else None,
        ends_at,
        control,
        running,
        local_day(control.since, programme.zone) if control is not None else None,
    )


def unit_costs(programme: Programme) -> dict[str, float]:
    """Asset → what its smallest unit costs the house, in the currency's smallest unit; those that cost something."""
    return {asset.id: _unit(asset, programme) for asset in programme.assets.values() if asset.cost}


def _unit(asset: Asset, programme: Programme) -> float:
    """What the asset's smallest unit costs, in the currency's."""
    return float(asset.cost) * 10.0 ** (programme.minor_digits - asset.scale)


def _grants(rule: Rule, programme: Programme) -> float:
    """What the benefits cost that a rule grants at once."""
    costs = (
        programme.benefits[action.benefit].cost_minor
        for action in rule.then
        if isinstance(action, GrantAction) and action.benefit in programme.benefits
    )
    return float(sum(costs))


def definitions(programmes: Iterable[Programme]) -> dict[str, tuple[Experiment, tuple[Rule, ...]]]:
    """Every experiment as the latest of these programmes (latest first) has it, with its rules of all of them."""
    found: dict[str, tuple[Experiment, dict[str, Rule]]] = {}
    for programme in programmes:
        for ident, experiment in programme.experiments.items():
            _, rules = found.setdefault(ident, (experiment, {}))
            for rule in rules_of(ident, programme):
                rules.setdefault(rule.id, rule)
    return {ident: (experiment, tuple(rules.values())) for ident, (experiment, rules) in found.items()}
