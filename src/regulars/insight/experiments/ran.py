"""Activities that ran: who took part, what it cost, and, where somebody was held out, what it brought."""

from dataclasses import dataclass
from datetime import date

import ibis

from regulars.campaigns.contracts import Campaign
from regulars.insight.experiments.design import unit_costs
from regulars.insight.experiments.reading import Reading
from regulars.programme.contracts import Programme
from regulars.programme.experiments import rules_of
from regulars.warehouse.contracts import Tables


@dataclass(frozen=True, slots=True)
class Ran:
    """A campaign's own figures, and its experiment's where all of its rules are part of one. Money in the smallest
    unit; `participants`: members who were given something."""

    campaign: Campaign
    first: date
    last: date
    participants: int
    times: int
    cost_minor: float
    reading: Reading | None = None


def ran(tables: Tables, programme: Programme, readings: dict[str, Reading]) -> list[Ran]:
    """Every campaign that gave somebody something, the latest first."""
    found = []
    units = unit_costs(programme)
    for campaign in programme.campaigns.values():
        rules = [rule.id for rule in programme.rules if rule.campaign == campaign.id]
        if not rules:
            continue
        awards = tables.awards.filter(tables.awards.rule.isin(rules))
        cost = ibis.literal(0.0)
        for asset, unit in units.items():
            credited = (awards.kind == "credit") & (awards.asset == asset)
            cost = cost + ibis.ifelse(credited, awards.units.cast("float64") * unit, 0.0)
        awards = awards.mutate(cost=cost)
        row = awards.agg(
            first=awards.day.min(),
            last=awards.day.max(),
            participants=awards.member.nunique(),
            times=awards.event.nunique(),
            cost=awards.cost.sum(),
        ).to_pyarrow().to_pylist()[0]  # fmt: skip
        if row["participants"]:
            one = (row["first"], row["last"], row["participants"], row["times"], row["cost"] or 0.0)
            found.append(Ran(campaign, *one, readings.get(_experiment(campaign, programme))))
    return sorted(found, key=lambda each: each.last, reverse=True)


def _experiment(campaign: Campaign, programme: Programme) -> str:
    """The experiment that is about this campaign alone; empty: none."""
    ident = campaign.experiment
    others = [rule for rule in rules_of(ident, programme) if rule.campaign != campaign.id] if ident else []
    return "" if others else ident
