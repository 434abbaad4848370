"""What of a programme asks for audiences, and what of the audiences a programme can no longer answer."""

from collections.abc import Iterator
from typing import Any

from regulars.audiences import queries
from regulars.audiences.contracts import Kind, Use
from regulars.audiences.logic import named
from regulars.language.condition import Condition, parse_condition
from regulars.language.problems import Errors
from regulars.language.text import Text
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary import fields_for


def conditions(programme: Programme) -> Iterator[tuple[Use, frozenset[str]]]:
    """All that has a condition, with the audiences that it asks for; those that ask for some."""
    for use, condition in all_conditions(programme):
        asked = named(condition.to_raw()) if condition is not None else frozenset[str]()
        if asked:
            yield use, asked


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
