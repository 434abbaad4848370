"""Whose events these are: identities to members, new members for those nobody knows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from regulars.engine.contracts import (
    Incoming,
    Rejected,
    order_of_another,
    split_identity,
    unknown_member,
)
from regulars.engine.load import Orders, order_name
from regulars.kit.ids import member_id as new_member_id
from regulars.kit.rows import Cursor
from regulars.language.events import Identity
from regulars.members import service as members


@dataclass(slots=True)
class Owners:
    """Position in the batch → member; and the members that this batch made."""

    owner: dict[int, UUID] = field(default_factory=dict)
    fresh: set[UUID] = field(default_factory=set)


class Resolver:
    """Finds the member of every event of a batch, in the order in which the events came."""

    def __init__(
        self,
        cursor: Cursor,
        batch: Sequence[Incoming],
        orders: Orders,
        known: dict[Identity, UUID],
        reject: Callable[[int, Rejected], None],
        now: datetime,
    ) -> None:
        self.cursor = cursor
        self.batch = batch
        self.orders = orders
        self.reject = reject
        self.now = now
        self.known = known
        self.existing = set(known.values())
        self.claims: dict[Identity, UUID] = {}
        self.joined: dict[UUID, list[int]] = {}
        """New members → the positions of their events."""

    def resolve(self, positions: Sequence[int]) -> Owners:
        """The owners of the events at `positions`; those that have none are rejected."""
        owners = Owners()
        for position in positions:
            try:
                owners.owner[position] = self._owner(position)
            except Rejected as error:
                self.reject(position, error)
        self._claim(owners)
        return owners

    def _owner(self, position: int) -> UUID:
        one = self.batch[position]
        found = {
            owner
            for identity in one.identities
            if (owner := self.known.get(identity) or self.claims.get(identity)) is not None
        }
        if one.member_id is not None:
            found.add(one.member_id)
        if len(found) > 1:
            raise split_identity()
        if one.member_id is not None:
            self._check_order(one, one.member_id)
            return one.member_id
        if not found and not one.joins:
            raise unknown_member()
        owner = found.pop() if found else new_member_id(one.time)
        self._check_order(one, owner)
        if owner not in self.joined and owner not in self.existing:
            self.joined[owner] = []
        if one.joins:
            self.claims.update({identity: owner for identity in one.identities if identity not in self.known})
        if owner in self.joined:
            self.joined[owner].append(position)
        return owner

    def _check_order(self, one: Incoming, owner: UUID) -> None:
        """An order belongs to one member: the first who is named with it, in the books or in this batch."""
        name = order_name(one.type, one.source, one.data)
        if name is not None and self.orders.owners.setdefault(name, owner) != owner:
            raise order_of_another()

    def _claim(self, owners: Owners) -> None:
        """Make the new members; where another process was quicker, theirs is the member."""
        if not (self.claims or self.joined):
            return
        held = members.claim(self.cursor, sorted(self.claims.items()), self.now)
        taken = {
            self.claims[identity]: owner for identity, owner in held.items() if owner != self.claims[identity]
        }
        for position, owner in owners.owner.items():
            if owner in taken and owner in self.joined:
                owners.owner[position] = taken[owner]
        members.hand_over(
            self.cursor, [(loser, winner) for loser, winner in taken.items() if loser in self.joined]
        )
        made = {member_id: some for member_id, some in self.joined.items() if member_id not in taken}
        firsts = {
            member_id: min(some, key=lambda position: self.batch[position].time)
            for member_id, some in made.items()
        }
        members.create(
            self.cursor,
            [
                (member_id, self.batch[position].source, self.batch[position].time)
                for member_id, position in firsts.items()
            ],
            self.now,
        )
        owners.fresh = set(made)
