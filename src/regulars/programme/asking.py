"""What of a programme asks for audiences, and what of the audiences a programme can no longer answer."""

from collections.abc import Iterator, Sequence
from typing import Any

from regulars.audiences import queries
from regulars.audiences.contracts import MOVES, Definition, Kind, Use
from regulars.audiences.logic import asks_any, named
from regulars.language.condition import Condition, Group, Leaf, Op, Quantifier, parse_condition
from regulars.language.problems import Errors
from regulars.language.text import Text
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary import fields_for

MOVED = "event.audience"
"""By what the events that somebody enters or leaves an audience name it."""


def conditions(programme: Programme) -> Iterator[tuple[Use, frozenset[str]]]:
    """All that has a condition, with the audiences that it asks for; those that ask for some."""
    for use, condition in all_conditions(programme):
        asked = named(condition.to_raw()) if condition is not None else frozenset[str]()
        if asked:
            yield use, asked


def audiences_for(programme: Programme, live: Sequence[Definition]) -> list[Definition]:
    """Those of the `live` audiences that anything of the programme asks for or listens to, and those that they ask for
    in their turn."""
    wanted: set[str] = set()
    waiting = [*_listened_to(programme, live)]
    for _, condition in all_conditions(programme):
        if condition is not None:
            raw = condition.to_raw()
            waiting += [one.id for one in live] if asks_any(raw) else named(raw)
    known = {one.id: one for one in live}
    while waiting:
        audience = waiting.pop()
        if audience in known and audience not in wanted:
            wanted.add(audience)
            theirs = known[audience].condition
            waiting += known if asks_any(theirs) else named(theirs)
    return [one for one in live if one.id in wanted]


def _listened_to(programme: Programme, live: Sequence[Definition]) -> Iterator[str]:
    """The audiences whose comings and goings rules listen to: all of them, where a rule does not say which."""
    for kind in MOVES:
        for rule in programme.rules_on.get(kind, ()):
            said = _said(rule.when) if rule.when is not None else None
            yield from said if said is not None else [one.id for one in live]


def _said(condition: Condition) -> frozenset[str] | None:
    """Which audiences an event must be of; None: the condition does not say."""
    if isinstance(condition, Leaf):
        if condition.field != MOVED or condition.op not in (Op.EQ, Op.IN):
            return None
        value = condition.value
        return frozenset(map(str, value)) if isinstance(value, tuple) else frozenset({str(value)})
    if isinstance(condition, Group) and condition.quantifier is Quantifier.ALL:
        said = [one for one in map(_said, condition.nodes) if one is not None]
        return frozenset.intersection(*said) if said else None
    return None


def unknown(programme: Programme) -> list[tuple[Use, str]]:
    """What asks for audiences that there are not (any more)."""
    asking = list(conditions(programme))
    if not asking:
        return []
    known = queries.names()
    return [(use, audience) for use, asked in asking for audience in sorted(asked - known.keys())]


def unanswerable(programme: Programme) -> list[tuple[str, Text, str]]:
    """Audiences whose condition the programme does not have all fields for: (id, names, what is wrong in English)."""
    live = [one for one in queries.every() if one.kind is Kind.RULE]
    if not live:
        return []
    fields = fields_for(programme, None)
    found = []
    for one in live:
        errors = Errors()
        parse_condition(one.condition, fields, ("condition",), errors)
        if errors.problems:
            found.append((one.id, one.names, errors.problems[0].say("en")))
    return found


def all_conditions(programme: Programme) -> Iterator[tuple[Use, Condition | None]]:
    """Everything that may have a condition, with it."""
    for rule in programme.rules:
        yield Use("rule", rule.id, rule.name), rule.when
        if rule.trial is not None:
            yield Use("rule", rule.id, rule.name), rule.trial.when
    for ladder in programme.ladders.values():
        for level in ladder.levels:
            yield Use("level", f"{ladder.id}.{level.id}", level.name), level.when
    for benefit in programme.benefits.values():
        yield Use("benefit", benefit.id, benefit.name), benefit.when
    for plan in programme.plans.values():
        entry: Any = plan.entry
        yield Use("plan", plan.id, plan.name), entry.when if entry is not None else None
