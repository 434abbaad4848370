"""A programme made ready to run: conditions compiled, amounts as functions, and what must be loaded."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from math import ceil

from regulars.audiences.contracts import MOVES, Definition
from regulars.audiences.queries import definitions
from regulars.benefits.contracts import Mode
from regulars.campaigns.contracts import (
    SCHEDULED,
    Action,
    CreditAction,
    DebitAction,
    GrantAction,
    Rule,
    Trial,
)
from regulars.campaigns.experiments import ControlGroup, Experiment
from regulars.campaigns.logic import MICRO, AmountOf, Pot, credit_amount, pots_of
from regulars.engine.benefit_plan import PlannedBenefits, plan_benefits
from regulars.engine.grouping import Groups, make_groups
from regulars.engine.index import Index, make_index
from regulars.engine.recommends import Recommends, plan_recommends
from regulars.events.contracts import EventType, FieldKind
from regulars.kit.once import once
from regulars.language.condition import (
    Compiled,
    Facts,
    Fields,
    Needs,
    Window,
    asks_lines,
    compile_condition,
    compile_lines,
)
from regulars.language.events import Event
from regulars.language.snapshot import Snapshot
from regulars.ledger.contracts import Asset
from regulars.ledger.logic import ends_of
from regulars.programme.asking import audiences_for
from regulars.programme.contracts import Programme
from regulars.programme.experiments import experiment_of, kept_from_control
from regulars.programme.service import version
from regulars.programme.vocabulary import fields_for
from regulars.tiers.contracts import Ladder, Measure, Over, Up


@dataclass(frozen=True, slots=True)
class PlannedCredit:
    """A credit whose amount is a function of the payload."""

    action: CreditAction
    amount: AmountOf


PLAN_EVENTS = "plan."
"""What the types of events about paid plans begin with."""

SCORE = "score:"
"""What the parts of a snapshot that are scores begin with."""

TIMED = frozenset(
    {
        "plan.turned",
        "plan.day",
        "plan.expiring",
        "plan.started",
        "plan.changed",
        "plan.lapsed",
        "plan.trial_ended",
        "asset.expired",
        "asset.expiring",
        "asset.matured",
        "asset.decayed",
        "hold.lapsed",
        "tier.period_ended",
        "tier.reviewed",
        "tier.grace_began",
        "tier.upgraded",
        "tier.downgraded",
        "tier.kept",
        "benefit.granted",
        "benefit.expired",
        "benefit.expiring_claim",
        "benefit.expiring_use",
        "benefit.renewed",
        "benefit.taken_back",
        *MOVES,
    }
)
"""Types of event that time alone may bring."""

MONTH_DAYS = 31
"""The most days that a month of a window can have."""

PlannedAction = PlannedCredit | Action


@dataclass(frozen=True, slots=True)
class Arm:
    """For whom a rule is that not everybody gets, so that it can be told what it is worth: not for the members of
    `control`, and of `experiment` for those of `variant` (empty: for all who are not held out)."""

    experiment: Experiment | None
    variant: str
    control: ControlGroup | None


@dataclass(frozen=True, slots=True)
class PlannedRule:
    """A rule ready to run. `when` is None where it always holds, `tries` where the rule is for everybody, `arm` where
    nobody is left out of it."""

    rule: Rule
    when: Compiled | None
    actions: tuple[PlannedAction, ...]
    pots: tuple[Pot, ...] = ()
    tries: Callable[[Facts], bool] | None = None
    needs: tuple[Compiled, ...] = ()
    """All that looks at the member: what must be loaded."""
    arm: Arm | None = None
    unbounded: bool = False
    """Whether nothing bounds what it gives: no limit, no budget, no cap of an asset."""
    plain: bool = False
    """Whether its condition alone says if it applies: it is always open, for everybody, and never on trial."""
    credits: tuple[tuple[int, PlannedCredit], ...] = ()
    """What it credits, each with its place among the actions."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A programme ready to run.

    `ladders_of`: tally → the ladders that rank by it; `plain`: those ladders that only rise at once, by what was
    earned of an asset; `gated`: those of which a level asks for more, and `gates` what it asks. `tallies` are what is
    looked at by days, as far back as `window_days` before the event (None: all days); `counts`: event types whose
    lifetime count is read. `takes_on`: event types on which value may be taken, so that all open lots are loaded.
    `budgeted`: event types with a rule that has a budget.
    """

    programme: Programme
    rules: dict[str, tuple[PlannedRule, ...]]
    ladders_of: dict[str, tuple[Ladder, ...]]
    tallies: frozenset[str]
    plain: frozenset[str]
    of_asset: Mapping[str, str]
    """Ladder → the asset whose earning it measures; empty where it is something else."""
    gated: tuple[Ladder, ...]
    gates: Mapping[tuple[str, str], Compiled]
    ladder_tallies: frozenset[str]
    """What else is read by days, of those who may take a step: what plain ladders look at."""
    ranked: frozenset[str]
    """What is read by days of everybody: what other ladders look at."""
    counts: frozenset[str]
    window_days: int | None
    takes_on: frozenset[str]
    budgeted: frozenset[str]
    late_growth: bool
    """Whether time alone may credit what a ladder looks at, so that a member's steps are always read."""
    identities: bool
    """Whether a condition asks which identities a member has."""
    scores: frozenset[str]
    """The scores that conditions ask for."""
    recommends: Recommends | None
    """Which messages show what is recommended to the member; None: none does."""
    by_id: dict[str, PlannedRule]
    costs: dict[str, int]
    """Asset → what its smallest unit costs the house, in millionths of the smallest currency unit, rounded up."""
    capped: frozenset[str]
    """Assets of which a member can be given so much at most."""
    together: frozenset[str]
    """Assets whose units end together, at a moment that moves: all lots must be at hand when it comes."""
    simple: frozenset[str]
    """Assets of which every lot ends by itself, if at all."""
    ends: Mapping[str, Callable[[date], datetime | None]]
    """Asset → when what is earned on a day ends by itself; of those of which anything does."""
    with_level: dict[str, tuple[str, ...]]
    """Ladder → the assets that end with its periods."""
    benefits: PlannedBenefits | None
    daily: bool
    """Whether a paid plan brings growth by the day."""
    entries: dict[str, Compiled]
    """Plan → the condition on who may have it."""
    indexes: dict[str, Index]
    """Event type → which of its many rules can hold."""
    choosing: frozenset[str]
    """Types of event with rules that exclude others."""
    lines: bool = True
    """Whether a rule looks at the lines of orders."""
    parked: frozenset[str] = frozenset()
    """Rules that are not asked: they failed again and again, or are `failing` on the very event that is decided."""
    failing: frozenset[str] = frozenset()
    groups: Groups | None = None
    """The live audiences; None where there are none."""
    sums: Mapping[str, tuple[Window, ...]] = field(default_factory=dict)
    """Tallies that only audiences look at, and over which windows: what they come to is read, not their days."""

    def asked(self, event: Event, day: date, snapshot: Snapshot) -> Iterable[PlannedRule]:
        """The rules that can hold for the event, in their order; parked ones among them."""
        if event.type == SCHEDULED:
            due = self.by_id.get(event.data["rule"])
            return (due,) if due is not None and due.rule.on == SCHEDULED else ()
        index = self.indexes.get(event.type)
        if index is None:
            return self.rules.get(event.type, ())
        return index.candidates(Facts(event, snapshot, day, self.programme.zone, event.time))

    def without(self, parked: Iterable[str], failing: Iterable[str] = ()) -> "Plan":
        """The plan without these rules."""
        failing = frozenset(failing)
        parked = failing.union(parked)
        return replace(self, parked=parked, failing=failing) if parked else self


def plan(number: int) -> Plan:
    """The plan of the published version `number`."""
    return plan_of(version(number))


@once(most=16)
def plan_of(programme: Programme) -> Plan:
    """The plan of a programme without live audiences, made once."""
    return make_plan(programme)


@once(most=16)
def grouped_plan(names: tuple[int, int]) -> Plan:
    """The plan of a published version with the live audiences that a generation of them names."""
    number, revision = names
    programme = version(number)
    groups = make_groups(definitions(revision), fields_for(programme, None)) if revision else None
    return plan(number) if groups is None else make_plan(programme, groups)


def plan_with_audiences(programme: Programme, live: Sequence[Definition]) -> Plan:
    """Compile a programme, published or a draft, with those of the `live` audiences that anything of it looks at; for
    living through a history."""
    return make_plan(programme, make_groups(audiences_for(programme, live), fields_for(programme, None)))


def make_plan(programme: Programme, groups: Groups | None = None) -> Plan:
    """Compile `programme`, published or a draft, with the live audiences if there are any."""
    rules = {on: _planned_all(on, some, programme) for on, some in programme.rules_on.items()}
    compiled = [one.needs for some in rules.values() for planned in some for one in planned.needs]
    grouped = [group.ask.needs for group in groups.asked] if groups is not None else []
    gates = _gates(programme)
    benefits = plan_benefits(programme, any("benefits" in needs.parts for needs in (*compiled, *grouped)))
    compiled += [one.needs for one in benefits.when.values()] if benefits else []
    compiled += [gate.needs for gate in gates.values()]
    ladders_of: dict[str, tuple[Ladder, ...]] = {}
    for ladder in programme.ladders.values():
        for name in ladder.tallies:
            ladders_of[name] = (*ladders_of.get(name, ()), ladder)
    plain = frozenset(ladder.id for ladder in programme.ladders.values() if _plain(ladder))
    ranked = frozenset(name for name, some in ladders_of.items() if any(one.id not in plain for one in some))
    entries = {
        one.id: compile_condition(one.entry.when, fields_for(programme, one.entry.asked))
        for one in programme.plans.values()
        if one.entry is not None and one.entry.when is not None
    }
    compiled += [entry.needs for entry in entries.values()]
    tallies: frozenset[str] = ranked.union(*(needs.tallies for needs in compiled))
    tallies = tallies.union(*(needs.lifetimes for needs in grouped))
    sums = _windows(grouped, tallies)
    compiled += grouped
    windows = [window for needs in compiled for some in (needs.windows or {}).values() for window in some]
    days = [_window_days(ladder.measure) for ladder in programme.ladders.values()]
    days += [window.days or MONTH_DAYS * window.months for window in windows]
    for_ever = any(ladder.measure.over is Over.LIFETIME for ladder in programme.ladders.values())
    return Plan(
        programme=programme,
        rules=rules,
        ladders_of=ladders_of,
        tallies=tallies,
        plain=plain,
        of_asset={ladder.id: ladder.asset for ladder in programme.ladders.values()},
        gated=tuple(ladder for ladder in programme.ladders.values() if ladder.gated),
        gates=gates,
        ladder_tallies=frozenset(ladders_of) - tallies,
        ranked=ranked,
        counts=frozenset().union(*(needs.counts for needs in compiled)),
        window_days=None if for_ever or any(needs.lifetimes for needs in compiled) else max(days, default=0),
        takes_on=_types_with(programme, lambda rule: any(isinstance(one, DebitAction) for one in rule.then)),
        budgeted=frozenset(on for on, some in rules.items() if any(planned.pots for planned in some)),
        late_growth=any(
            _credited(one, programme) in ladders_of
            for rule in programme.rules
            if rule.on in TIMED
            for one in rule.then
        )
        or any(one.daily is not None and one.daily.asset in ladders_of for one in programme.plans.values()),
        identities=any("identities" in needs.parts for needs in compiled),
        scores=frozenset(
            part.removeprefix(SCORE) for needs in compiled for part in needs.parts if part.startswith(SCORE)
        ),
        recommends=plan_recommends(programme),
        by_id={planned.rule.id: planned for some in rules.values() for planned in some},
        costs={asset.id: _cost(asset, programme.minor_digits) for asset in programme.assets.values()},
        capped=frozenset(one.id for one in programme.assets.values() if one.caps is not None),
        together=frozenset(one.id for one in programme.assets.values() if one.expiry.together),
        simple=frozenset(
            one.id
            for one in programme.assets.values()
            if not (one.decay or one.expiry.idle_months or one.expiry.with_level or one.expiry.together)
        ),
        ends={
            one.id: ends_of(one.expiry, programme.zone)
            for one in programme.assets.values()
            if not one.expiry.never
        },
        with_level={
            ladder: tuple(one.id for one in programme.assets.values() if one.expiry.with_level == ladder)
            for ladder in programme.ladders
        },
        benefits=benefits,
        daily=any(one.daily is not None for one in programme.plans.values()),
        entries=entries,
        lines=any(map(_reads_lines, programme.rules)),
        choosing=_types_with(programme, lambda rule: rule.group is not None or rule.stop),
        groups=groups,
        sums=sums,
        indexes={
            on: index
            for on, some in rules.items()
            if on != SCHEDULED
            and (index := make_index(some, fields_for(programme, programme.event_types[on]))) is not None
        },
    )


def _reads_lines(rule: Rule) -> bool:
    """Whether a rule's condition, or what it gives, is about the lines of an order."""
    trial = rule.trial.when if rule.trial is not None else None
    return any(
        isinstance(action, CreditAction) and (action.of == "items" or action.where is not None)
        for action in rule.then
    ) or any(asks_lines(when) for when in (rule.when, trial) if when is not None)


def _windows(grouped: Iterable[Needs], tallies: frozenset[str]) -> dict[str, tuple[Window, ...]]:
    """Tally → the windows that audiences look at, of tallies whose days nobody else reads."""
    found: dict[str, dict[Window, None]] = {}
    for needs in grouped:
        for name, windows in (needs.windows or {}).items():
            if name not in tallies:
                found.setdefault(name, {}).update(dict.fromkeys(windows))
    return {name: tuple(windows) for name, windows in found.items()}


def _credited(action: Action, programme: Programme) -> str:
    """The tally of what a rule's action credits at once, if anything."""
    if isinstance(action, CreditAction):
        return f"credit:{action.asset}"
    benefit = programme.benefits.get(action.benefit) if isinstance(action, GrantAction) else None
    at_once = benefit is not None and benefit.mode is Mode.VALUE and benefit.claim is None
    return f"credit:{benefit.terms['asset']}" if benefit is not None and at_once else ""


def _gates(programme: Programme) -> dict[tuple[str, str], Compiled]:
    """What levels ask for beside their thresholds, by ladder and level."""
    asking = [
        (ladder.id, level.id, level.when)
        for ladder in programme.ladders.values()
        for level in ladder.levels
        if level.when is not None
    ]
    if not asking:
        return {}
    fields = fields_for(programme, None)
    return {(ladder, level): compile_condition(when, fields) for ladder, level, when in asking}


def _plain(ladder: Ladder) -> bool:
    """Whether a step is only possible when something was earned that reaches a level, or a period ends."""
    at_once = ladder.period is not None and ladder.up is Up.AT_ONCE and not ladder.gated
    return at_once and bool(ladder.asset)


def _window_days(measure: Measure) -> int:
    """The most days that a measure looks back."""
    if measure.over is Over.LIFETIME:
        return 0
    return MONTH_DAYS * (measure.months if measure.over is Over.MONTHS else 12)


def _cost(asset: Asset, digits: int) -> int:
    return ceil(Fraction(asset.cost) * Fraction(MICRO * 10**digits, 10**asset.scale))


def cap_name(asset_id: str) -> str:
    """The name under which an asset's caps are counted."""
    return f"cap:{asset_id}"


def money_name(rule_id: str) -> str:
    """The name under which a member's limit of a rule in money is counted."""
    return f"{rule_id}:money"


def _types_with(programme: Programme, wanted: Callable[[Rule], bool]) -> frozenset[str]:
    return frozenset(rule.on for rule in programme.rules if wanted(rule))


def _planned_all(on: str, rules: Iterable[Rule], programme: Programme) -> tuple[PlannedRule, ...]:
    """The rules on one type of event, whose fields they share."""
    event_type = programme.event_types[on]
    fields = fields_for(programme, event_type)
    return tuple(_planned(rule, event_type, fields, programme) for rule in rules)


def _planned(rule: Rule, event_type: EventType, fields: Fields, programme: Programme) -> PlannedRule:
    when = compile_condition(rule.when, fields) if rule.when is not None else None
    actions = tuple(
        _planned_credit(action, event_type, programme, fields) if isinstance(action, CreditAction) else action
        for action in rule.then
    )
    trial = compile_condition(rule.trial.when, fields) if rule.trial and rule.trial.when is not None else None
    pots, arm = pots_of(rule, programme.campaigns.get(rule.campaign)), _arm(rule, programme)
    capped = any(
        isinstance(action, CreditAction) and programme.assets[action.asset].caps is not None
        for action in rule.then
    )
    return PlannedRule(
        rule,
        when,
        actions,
        pots,
        _tries(rule.trial, trial) if rule.trial else None,
        tuple(one for one in (when, trial) if one is not None),
        arm,
        rule.limit is None and not pots and not capped,
        rule.opening is None and rule.trial is None and arm is None,
        tuple((place, one) for place, one in enumerate(actions) if isinstance(one, PlannedCredit)),
    )


def _arm(rule: Rule, programme: Programme) -> Arm | None:
    """Whom the rule leaves out. One that is being tried is for all with whom it is tried."""
    if rule.trial is not None:
        return None
    experiment = programme.experiments.get(experiment_of(rule, programme.campaigns.get(rule.campaign)))
    control = programme.control_group
    if control is not None and not kept_from_control(rule, control):
        control = None
    return Arm(experiment, rule.variant, control) if experiment or control else None


def _tries(trial: Trial, when: Compiled | None) -> Callable[[Facts], bool]:
    """Whether the member is one of those with whom the rule is tried."""
    members, tag = trial.members, trial.tag

    def tries(facts: Facts) -> bool:
        member = facts.member
        return (
            member.member_id in members
            or (bool(tag) and tag in member.tags)
            or (when is not None and when.matches(facts))
        )

    return tries


def _planned_credit(
    action: CreditAction, event_type: EventType, programme: Programme, fields: Fields
) -> PlannedCredit:
    """Units are the asset's smallest: at scale 2, one for each yuan is 100 for each 100 fen."""
    path, unit = "items", 10**programme.minor_digits
    if action.of != "items":
        known = event_type.fields.get(action.of.removeprefix("event."))
        path = known.path if known else ""
        unit = unit if known and known.kind is FieldKind.MONEY else 1
    lines = compile_lines(action.where, fields) if action.where is not None else None
    return PlannedCredit(
        action, credit_amount(action, path, unit, programme.assets[action.asset].scale, lines)
    )
