"""Every experiment that was ever published, read from the warehouse."""

from datetime import datetime
from uuid import UUID

from regulars.campaigns.experiments import CONTROL
from regulars.engine.asking import withheld
from regulars.engine.plan import plan
from regulars.insight.experiments.baseline import Baseline, Who, baseline
from regulars.insight.experiments.design import Design, definitions, design_of, design_of_control
from regulars.insight.experiments.gathering import gather, met_of
from regulars.insight.experiments.ran import Ran, ran
from regulars.insight.experiments.reading import Reading, read
from regulars.insight.freshness import Dated, kept
from regulars.kit import clock
from regulars.kit.problems import NotFound
from regulars.language.calendar import local_day, start_of
from regulars.language.problems import words
from regulars.programme.contracts import Programme
from regulars.programme.queries import versions_with
from regulars.programme.service import version
from regulars.warehouse.contracts import Tables
from regulars.warehouse.queries import counting, freshness, open_tables


class UnknownExperiment(NotFound):
    """No version of the programme had it."""

    code = "experiment_unknown"

    def __init__(self, ident: str) -> None:
        super().__init__(
            words(
                f"没有名为 {ident} 的实验；GET /experiments 列出全部。",
                f"沒有名為 {ident} 的實驗；GET /experiments 會列出全部。",
                f"There is no experiment {ident!r}: GET /experiments names them all.",
            )
        )


def designs(programme: Programme) -> dict[str, Design]:
    """All experiments, those of the programme in force first and its control group before them."""
    found: dict[str, Design] = {}
    if programme.control_group is not None:
        found[CONTROL] = design_of_control(programme.control_group, programme)
    older = [version(number) for number in versions_with("experiments:") if number != programme.number]
    for ident, (experiment, rules) in definitions([programme, *older]).items():
        found[ident] = design_of(experiment, rules, programme, ident in programme.experiments)
    return found


@counting()
def experiments(programme: Programme) -> Dated[list[Reading]]:
    """What every experiment says, as of the end of yesterday. Raises `WarehouseUnavailable`."""
    return kept(("experiments", programme.id, programme.number, _until(programme)), lambda: _all(programme))


@counting()
def experiment(ident: str, programme: Programme) -> Dated[Reading]:
    """What one says. Raises UnknownExperiment, `WarehouseUnavailable`."""
    design = designs(programme).get(ident)
    if design is None:
        raise UnknownExperiment(ident)
    until = _until(programme)
    key = ("experiment", ident, programme.id, programme.number, until)
    return kept(key, lambda: reading(open_tables(), design, until))


def reading(tables: Tables, design: Design, until: datetime) -> Reading:
    """What a design says of these tables as of a moment."""
    return read(design, gather(tables, design, met_of(tables, design, until), until), until)


def _all(programme: Programme) -> list[Reading]:
    tables, until = open_tables(), _until(programme)
    return [reading(tables, design, until) for design in designs(programme).values()]


def _until(programme: Programme) -> datetime:
    """The beginning of the local day up to which the warehouse knows everything: whole days only."""
    return start_of(local_day(min(freshness(), clock.now()), programme.zone), programme.zone)


def groups_of(member_id: UUID, programme: Programme) -> list[tuple[Design, str, bool]]:
    """The member's group in every experiment of the programme in force, and whether its rules are withheld from the
    member for the sake of it or of the control group."""
    control = programme.control_group
    found: list[tuple[Design, str, bool]] = []
    held = control is not None and clock.now() >= control.since and control.holds(member_id)
    if control is not None:
        found.append(
            (
                design_of_control(control, programme),
                "holdout" if control.holds(member_id) else "treated",
                held,
            )
        )
    for experiment, rules in definitions([programme]).values():
        arms = [
            planned.arm
            for rule in rules
            if (planned := plan(programme.number).by_id.get(rule.id)) is not None
        ]
        gets = any(arm is None or not withheld(arm, member_id, clock.now()) for arm in arms)
        found.append(
            (design_of(experiment, rules, programme), experiment.group_of(member_id), bool(arms) and not gets)
        )
    return found


def usual(programme: Programme, days: int, who: Who) -> Dated[Baseline]:
    """What members do without anything new. Raises `WarehouseUnavailable`."""
    until = _until(programme)
    key = ("usual", programme.id, days, who, until)
    return kept(key, lambda: baseline(open_tables(), programme, days, who, until))


def activities(programme: Programme) -> Dated[list[Ran]]:
    """Campaigns that gave somebody something, the latest first. Raises `WarehouseUnavailable`."""
    until = _until(programme)

    def read_all() -> list[Ran]:
        tables, known = open_tables(), designs(programme)
        named = {one.experiment for one in programme.campaigns.values() if one.experiment in known}
        readings = {ident: reading(tables, known[ident], until) for ident in named}
        return ran(tables, programme, readings)

    return kept(("activities", programme.id, programme.number, until), read_all)
