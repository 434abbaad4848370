"""Who gets what for the sake of knowing whether it works: groups by a hash of the member's id. Pure.

Every experiment lays its groups side by side on a line from 0 to 1; where a member stands on it follows from the
experiment's id and the member's alone. So no table is needed to know a group, production, simulation and report find
the same one, and two experiments cut across each other as if by chance. Who was merged away has the group of the
record that was kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from hashlib import blake2b
from math import ceil
from uuid import UUID

from regulars.language.text import Text

LINE = 1 << 64
"""How many points the line has."""

HELD_OUT, TREATED = "holdout", "treated"
"""The group that gets nothing, and the other one of an experiment without variants."""

CONTROL = "control_group"
"""What the hash of the programme's control group is made with: no id of an experiment may be this."""


class Metric(StrEnum):
    """What an experiment is decided by: of the days after, for each member."""

    SALES = "sales"
    ORDERS = "orders"
    MARGIN = "margin"


@dataclass(frozen=True, slots=True)
class Group:
    """A part of an experiment's line: from the end of the group before it up to `until`, the point not included."""

    id: str
    name: Text
    share: Fraction
    until: int


@dataclass(frozen=True, slots=True)
class Experiment:
    """Groups of members who get different rules. `groups` cover the whole line, the one held out first; each member's
    outcome is what happens in the `days` after the first time that a rule of it would have applied. `ends_at`: who
    first comes later is not counted.
    """

    id: str
    name: Text
    groups: tuple[Group, ...]
    metric: Metric = Metric.SALES
    days: int = 28
    ends_at: datetime | None = None

    def group_of(self, member_id: UUID) -> str:
        """The member's group."""
        at = point(member_id, self.id)
        return next(group.id for group in self.groups if at < group.until)

    @property
    def base(self) -> Group:
        """The group that the others are compared with: who is held out, else the first variant."""
        return self.groups[0]


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """Members who get no campaign from `since` on, but those of `except_` (campaigns and rules by id): what all
    campaigns together are worth. Outcomes are counted for `days`."""

    share: Fraction
    since: datetime
    except_: frozenset[str] = frozenset()
    days: int = 90

    def holds(self, member_id: UUID) -> bool:
        """Whether the member is one of them."""
        return point(member_id, CONTROL) < ceil(self.share * LINE)


def point(member_id: UUID, key: str) -> int:
    """Where the member stands on the line of `key`, of 2^64 points. blake2b, keyed, of the id's 16 bytes."""
    digest = blake2b(member_id.bytes, digest_size=8, key=key.encode()).digest()
    return int.from_bytes(digest, "big")


def lay_out(shares: Iterable[tuple[str, Text, Fraction]]) -> tuple[Group, ...]:
    """Groups side by side. The shares come to 1."""
    groups, total = [], Fraction(0)
    for group_id, name, share in shares:
        total += share
        groups.append(Group(group_id, name, share, ceil(total * LINE)))
    return tuple(groups)


def moved(before: Experiment, after: Experiment) -> Fraction:
    """The share of members who would be in another group."""
    found, start = 0, 0
    for end in sorted({group.until for one in (before, after) for group in one.groups}):
        if _at(before, start) != _at(after, start):
            found += end - start
        start = end
    return Fraction(found, LINE)


def _at(experiment: Experiment, place: int) -> str:
    return next((group.id for group in experiment.groups if place < group.until), "")
