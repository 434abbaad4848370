"""Whose events these are: identities to members, new members for those nobody knows."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.utils import OperationalError

from regulars.engine.contracts import (
    Incoming,
    Rejected,
    order_of_another,
    split_identity,
    unknown_member,
    unknown_member_id,
)
from regulars.engine.load import Orders
from regulars.engine.reach import OrderName, order_name
from regulars.kit.ids import member_id as new_member_id
from regulars.kit.rows import Cursor
from regulars.language.events import Identity
from regulars.members import service

ROUNDS = 5
"""How often a batch looks anew at whose its events are, because others claimed identities meanwhile."""


@dataclass(slots=True)
class Owners:
    """Position in the batch → member; and the members that this batch made."""

    owner: dict[int, UUID] = field(default_factory=dict)
    fresh: set[UUID] = field(default_factory=set)


class Resolver:
    """Finds the member of every event of a batch, in the order in which the events came.

    Identities that nobody has are given to the member whom the event's other identities name, or to a new one.
    """

    def __init__(
        self,
        cursor: Cursor,
        batch: Sequence[Incoming],
        orders: Orders,
        known: dict[Identity, UUID],
        there: dict[UUID, UUID],
        reject: Callable[[int, Rejected], None],
        now: datetime,
    ) -> None:
        self.cursor = cursor
        self.batch = batch
        self.orders = orders
        self.reject = reject
        self.now = now
        self.known = known
        self.ids = there
        """The member ids that the events name, as far as there are such, and whom each belongs to."""
        self.claims: dict[Identity, UUID] = {}
        self.joined: dict[UUID, list[int]] = {}
        """New members → the positions of their events."""
        self.named: list[OrderName] = []
        """Orders that got their owner here."""

    def resolve(self, positions: Sequence[int]) -> Owners:
        """The owners of the events at `positions`; those that have none are rejected.

        Where another process was quicker with an identity, everything is looked at anew with what is known now:
        as if this batch had come after it.
        """
        for _ in range(ROUNDS):
            owners, faults = self._assign(positions)
            if self._claim():
                break
        else:
            raise OperationalError(f"others claimed the same identities {ROUNDS} times over")
        for position, error in faults:
            self.reject(position, error)
        self._create(owners)
        return owners

    def _assign(self, positions: Sequence[int]) -> tuple[Owners, list[tuple[int, Rejected]]]:
        owners, faults = Owners(), []
        for position in positions:
            try:
                owners.owner[position] = self._owner(position)
            except Rejected as error:
                faults.append((position, error))
        return owners, faults

    def _owner(self, position: int) -> UUID:
        one = self.batch[position]
        found, unclaimed = set(), []
        for identity in one.identities:
            owner = self.known.get(identity) or self.claims.get(identity)
            if owner is None:
                unclaimed.append(identity)
            else:
                found.add(owner)
        if one.member_id is not None:
            known = self.ids.get(one.member_id)
            if known is None:
                raise unknown_member_id()
            found.add(known)
        if len(found) > 1:
            raise split_identity()
        if not found and not one.joins:
            raise unknown_member()
        new = not found
        owner = new_member_id(one.time, one.source, one.key) if new else found.pop()
        self._check_order(one, owner)
        if new:
            self.joined[owner] = []
        for identity in unclaimed:
            self.claims[identity] = owner
        if owner in self.joined:
            self.joined[owner].append(position)
        return owner

    def _check_order(self, one: Incoming, owner: UUID) -> None:
        """An order belongs to one member: the first who is named with it, in the books or in this batch."""
        name = order_name(one.type, one.source, one.data)
        if name is None:
            return
        before = self.orders.owners.get(name)
        if before is None:
            self.orders.owners[name] = owner
            self.named.append(name)
        elif before != owner:
            raise order_of_another()

    def _claim(self) -> bool:
        """Give the identities to their members. False, with nothing claimed, where another process was quicker
        with one of them: then whose it is is known."""
        if not self.claims:
            return True
        held = service.claim(self.cursor, sorted(self.claims.items()), self.now)
        lost = {identity: owner for identity, owner in held.items() if owner != self.claims[identity]}
        if not lost:
            return True
        service.release(self.cursor, [one for one in self.claims.items() if one[0] not in lost])
        self.known.update(lost)
        for name in self.named:
            del self.orders.owners[name]
        self.claims.clear()
        self.joined.clear()
        self.named.clear()
        return False

    def forget(self, owners: Owners, rejected: Collection[int]) -> None:
        """Of events that were refused after all, nothing stays: nobody has the identities that only they named."""
        if not (rejected and self.claims):
            return
        told = {
            identity
            for position in owners.owner
            if position not in rejected
            for identity in self.batch[position].identities
        }
        service.release(self.cursor, [one for one in self.claims.items() if one[0] not in told])

    def _create(self, owners: Owners) -> None:
        """Make the new members, who joined with the earliest of their events."""
        firsts = {
            member_id: min((self.batch[position] for position in some), key=lambda one: one.time)
            for member_id, some in self.joined.items()
        }
        if firsts:
            service.create(
                self.cursor,
                [(member_id, one.source, one.time) for member_id, one in firsts.items()],
                self.now,
            )
        owners.fresh = set(firsts)
