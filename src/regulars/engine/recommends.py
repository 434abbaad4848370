"""Messages that show what is recommended to the member: which, and on which events, so that it is only read for them.
Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from regulars.campaigns.contracts import SCHEDULED, MessageAction
from regulars.messaging.proofs import asks_for
from regulars.programme.contracts import Programme

NAME = ("member", "recommendations")


@dataclass(frozen=True, slots=True)
class Recommends:
    """The templates that show what is recommended, and the types of event on which they go out. `later`: one of these
    types follows from other events."""

    templates: frozenset[str]
    on: frozenset[str]
    later: bool

    def may_follow(self, types: Iterable[str]) -> bool:
        """Whether such a message may come of events of these types."""
        return self.later or not self.on.isdisjoint(types)


def plan_recommends(programme: Programme) -> Recommends | None:
    """None: no rule sends such a message."""
    templates = frozenset(one.id for one in programme.templates.values() if asks_for(one, NAME))
    on = frozenset(
        rule.on
        for rule in programme.rules
        for action in rule.then
        if isinstance(action, MessageAction) and action.template in templates
    )
    if not on:
        return None
    later = any(one == SCHEDULED or programme.event_types[one].derived for one in on)
    return Recommends(templates, on, later)
