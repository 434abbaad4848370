"""From effects to rows: every room gets the whole list of what is its own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from regulars.audiences import service as audiences
from regulars.benefits import service as benefits
from regulars.campaigns import service as campaigns
from regulars.campaigns.logic import Budgets
from regulars.engine.contracts import Incoming, tier_records
from regulars.engine.decide import Decided
from regulars.events import service as events
from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor
from regulars.language.effects import (
    AudienceChange,
    Credit,
    Give,
    LevelChange,
    MessageWish,
    OrderPaid,
    OrderRefunded,
    PlanAct,
    PlanChange,
    ProfileChange,
    TagChange,
    Take,
    ToppedUp,
    TopUpRefunded,
)
from regulars.language.snapshot import Due, Entitlement, Snapshot, Standing, Subscription
from regulars.ledger import service as ledger
from regulars.ledger import timing
from regulars.members import service as members
from regulars.messaging import service as messaging
from regulars.messaging.consent import consent
from regulars.messaging.contracts import Outgoing
from regulars.orders import service as orders
from regulars.plans import service as plans
from regulars.plans.logic import next_moment
from regulars.programme.contracts import Programme
from regulars.programme.service import version as programme
from regulars.tiers import service as tiers


def _dump(value: Any) -> str:
    """`value` as JSON."""
    return to_json(value).decode()


def apply(
    cursor: Cursor,
    decided: Sequence[Decided],
    snapshots: dict[UUID, Snapshot],
    sent: dict[UUID, Incoming],
    budgets: Budgets,
    version: int,
    now: datetime,
) -> None:
    """Write all that was decided. `sent`: the events that came from outside, by their id.

    Consent goes before messages, so that what an event refuses holds for the messages it causes.
    """
    templates = programme(version).templates
    movements: list[tuple[UUID, UUID, ledger.Written]] = []
    deeds: list[tuple[UUID, UUID, OrderPaid | OrderRefunded]] = []
    changes: list[tuple[UUID, LevelChange]] = []
    acts: list[tuple[UUID, PlanAct]] = []
    grouped: list[audiences.Change] = []
    outgoing: list[Outgoing] = []
    stated: dict[UUID, dict[str, Any]] = {}
    changed: set[UUID] = set()
    for one in decided:
        member_id = one.event.member_id
        for effect in one.effects:
            if isinstance(effect, Credit | Take | Give | ToppedUp | TopUpRefunded):
                movements.append((member_id, one.event.id, effect))
            elif isinstance(effect, OrderPaid | OrderRefunded):
                deeds.append((member_id, one.event.id, effect))
            elif isinstance(effect, MessageWish):
                channels = templates[effect.template].channels
                outgoing.append(Outgoing(member_id, effect, version, one.event.time, channels))
            elif isinstance(effect, LevelChange):
                changes.append((member_id, effect))
            elif isinstance(effect, AudienceChange):
                grouped.append((member_id, one.event.id, effect.audience, effect.enters, effect.at))
            elif isinstance(effect, PlanChange):
                if effect.act is not None:
                    acts.append((member_id, effect.act))
            elif isinstance(effect, TagChange | ProfileChange):
                changed.add(member_id)
                if isinstance(effect, ProfileChange):
                    stated.setdefault(member_id, {}).update(effect.fields.get("consent", {}))
    events.write(
        cursor,
        [_row(one, sent.get(one.event.id), version, now) for one in decided],
        [(one.event.member_id, *cell) for one in decided for cell in one.tallied],
    )
    orders.write(cursor, deeds)
    ledger.write(cursor, movements, _dues(programme(version), snapshots, now), now)
    tiers.write(cursor, changes, _moved(changes, snapshots))
    plans.write(cursor, acts, _subscriptions(programme(version), snapshots))
    campaigns.write(cursor, [(one.event.member_id, *use) for one in decided for use in one.used], budgets)
    benefits.write(cursor, _entitlements(snapshots))
    members.write(cursor, {one: (snapshots[one].profile, snapshots[one].tags) for one in changed}, now)
    consent(cursor, [(member_id, given) for member_id, given in stated.items() if given])
    audiences.write(cursor, grouped)
    messaging.enqueue(cursor, outgoing)


def _entitlements(snapshots: dict[UUID, Snapshot]) -> list[tuple[UUID, Entitlement]]:
    """Those that are no longer as they are stored."""
    return [
        (member_id, one)
        for member_id, snapshot in snapshots.items()
        if snapshot.held
        for one in snapshot.held.values()
        if one.changed
    ]


def _dues(current: Programme, snapshots: dict[UUID, Snapshot], now: datetime) -> dict[tuple[UUID, str], Due]:
    """What time has to do from now on, where that has changed or may be told better now."""
    dues = {}
    told_since = current.told_since(now)
    for member_id, snapshot in snapshots.items():
        for asset_id, due in snapshot.due.items():
            if snapshot.whole:
                at = timing.due_at(snapshot, current.assets.get(asset_id), asset_id, told_since)
                due.changed = due.changed or at != due.at
                due.at = at
            if due.changed:
                dues[member_id, asset_id] = due
    return dues


def _subscriptions(current: Programme, snapshots: dict[UUID, Snapshot]) -> list[tuple[UUID, Subscription]]:
    """The plans of which something has changed, with the moment at which time next has something to do."""
    changed = []
    for member_id, snapshot in snapshots.items():
        for one in snapshot.plans.values():
            if one.changed:
                moment = next_moment(one, current.plans[one.plan], current.zone)
                one.due_at = moment.at if moment is not None else None
                changed.append((member_id, one))
    return changed


def _moved(
    changes: Sequence[tuple[UUID, LevelChange]], snapshots: dict[UUID, Snapshot]
) -> list[tuple[UUID, Standing]]:
    names = {(member_id, change.ladder) for member_id, change in changes}
    names |= {(member_id, ladder) for member_id, snapshot in snapshots.items() for ladder in snapshot.redue}
    return [(member_id, snapshots[member_id].standings[ladder]) for member_id, ladder in sorted(names)]


def _row(one: Decided, sent: Incoming | None, version: int, now: datetime) -> tuple[Any, ...]:
    event = one.event
    outcome: dict[str, Any] = {}
    if one.balances:
        outcome["balances"] = one.balances
    if one.held:
        outcome["held"] = one.held
    if one.pending:
        outcome["pending"] = one.pending
    if one.standings:
        outcome["tiers"] = tier_records(one.standings)
    if one.follows:
        outcome["follows"] = one.follows
    return (
        event.member_id,
        event.id,
        bucket_of(event.member_id),
        event.source,
        event.key,
        event.type,
        event.time,
        now,
        sent.digest if sent else b"",
        sent.text if sent else _dump(event.data),
        event.cause,
        version,
        _dump(one.records),
        _dump(outcome),
        _dump(one.trace),
    )
