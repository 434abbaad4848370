"""What names a tag, wherever: rules that put it on, conditions that ask for it, groups; and a condition that asks for
another tag as well. So that a tag that is renamed or deleted does not come back, and nobody drops out unseen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from regulars.audiences import queries
from regulars.audiences.contracts import Use
from regulars.campaigns.contracts import TagAction
from regulars.programme import drafts
from regulars.programme.asking import all_conditions
from regulars.programme.contracts import Programme
from regulars.programme.service import current, current_number

TAGS = "tags"
"""The field by which conditions ask for tags."""


class How(StrEnum):
    """What something does with a tag. A draft names it, and does nothing yet."""

    PUTS = "puts"
    TAKES = "takes"
    ASKS = "asks"
    GROUPS = "groups"
    DRAFTED = "drafted"


@dataclass(frozen=True, slots=True)
class TagUse:
    """Something that names a tag, and all the tags that it names in that way."""

    use: Use
    how: How
    tags: frozenset[str]

    def hinders(self, tag: str, into: str = "") -> bool:
        """Whether `tag` can't go, or become `into`, before this is changed: what puts it on would bring it back; what
        asks for it would lose its members, unless it asks for `into` as well."""
        if tag not in self.tags or self.how in (How.TAKES, How.DRAFTED):
            return False
        return self.how is How.PUTS or not into or into not in self.tags


def every() -> list[TagUse]:
    """All that names tags: of the programme in force, its drafts, the audiences."""
    found = list(of_programme(current())) if current_number() else []
    for row in drafts.every():
        draft = drafts.check(row.source).programme
        named = (
            frozenset[str]().union(*(one.tags for one in of_programme(draft))) if draft else frozenset[str]()
        )
        if named:
            found.append(TagUse(Use("draft", row.name), How.DRAFTED, named))
    for one in queries.every():
        asked = tags_in(one.condition)
        if asked:
            found.append(TagUse(Use("audience", one.id, one.names), How.ASKS, asked))
    return found


def of_tag(tag: str) -> list[TagUse]:
    """All that names this one."""
    return [one for one in every() if tag in one.tags]


def of_programme(programme: Programme) -> Iterator[TagUse]:
    """All of a programme that names tags."""
    for use, condition in all_conditions(programme):
        asked = tags_in(condition.to_raw()) if condition is not None else frozenset[str]()
        if asked:
            yield TagUse(use, How.ASKS, asked)
    for rule in programme.rules:
        use = Use("rule", rule.id, rule.name)
        actions = [one for one in rule.then if isinstance(one, TagAction)]
        for how, tags in (
            (How.PUTS, {tag for one in actions for tag in one.add}),
            (How.TAKES, {tag for one in actions for tag in one.remove}),
            (How.ASKS, {rule.trial.tag} if rule.trial is not None and rule.trial.tag else set()),
        ):
            if tags:
                yield TagUse(use, how, frozenset(tags))
    for group in programme.tag_groups.values():
        yield TagUse(Use("tag_group", group.id, group.name), How.GROUPS, frozenset(group.tags))


def tags_in(raw: Any) -> frozenset[str]:
    """The tags that a condition in its JSON form asks for, wherever in the tree."""
    found: set[str] = set()
    waiting = [raw]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            if one.get("field") == TAGS:
                found.update(_values(one))
            else:
                waiting.extend(one.values())
        elif isinstance(one, list | tuple):
            waiting.extend(one)
    return frozenset(found)


def widened(raw: Any, tag: str, into: str) -> Any:
    """The condition, asking for `into` wherever it asks for `tag`: members who bear either count as those who bore
    `tag` did."""
    if isinstance(raw, list | tuple):
        return [widened(one, tag, into) for one in raw]
    if not isinstance(raw, Mapping):
        return raw
    if raw.get("field") != TAGS:
        return {name: widened(one, tag, into) for name, one in raw.items()}
    values = _values(raw)
    if tag not in values:
        return dict(raw)
    op = raw["op"]
    if op in ("has", "has_any"):
        return {"field": TAGS, "op": "has_any", "value": list(dict.fromkeys([*values, into]))}
    if op in ("has_not", "has_none"):
        return {"field": TAGS, "op": "has_none", "value": list(dict.fromkeys([*values, into]))}
    either = {"field": TAGS, "op": "has_any", "value": [tag, into]}
    rest = [one for one in values if one != tag]
    return {"all": [either, {"field": TAGS, "op": "has_all", "value": rest}]} if rest else either


def _values(leaf: Mapping[str, Any]) -> list[str]:
    value = leaf.get("value")
    parts = value if isinstance(value, list | tuple) else [value]
    return [part for part in parts if isinstance(part, str)]
