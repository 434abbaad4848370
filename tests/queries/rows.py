"""Rows as the engine writes them, made by hand: small enough to count on one's fingers."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.events.models import Event, Tally
from regulars.kit import ids
from regulars.language.calendar import RoundUp, local_day
from regulars.ledger.contracts import Asset, Clawback, Expiry
from regulars.ledger.models import Balance, Entry, Lot
from regulars.members.models import Identity, Member
from regulars.messaging.models import Message
from regulars.orders.models import MemberTotals, Order, Refund
from regulars.programme.contracts import Programme
from regulars.tiers.contracts import TOTAL, Kind, Ladder, Level, Measure, Over, Part, Period
from regulars.tiers.models import Change, Standing

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def text(name: str) -> dict[str, str]:
    return {"zh-hans": name, "zh-hant": name, "en": name}


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


LADDER = Ladder(
    id="level",
    name=text("Level"),
    measure=Measure(Kind.ASSET, (Part("credit:growth", TOTAL),), "growth", Over.MONTHS, 12),
    period=Period(12, RoundUp.MONTH),
    levels=(
        Level("basic", text("Member"), 0, 0),
        Level("silver", text("Silver"), 1000, 1, "", 1000),
        Level("gold", text("Gold"), 2500, 2, "", 2500),
    ),
)

PROGRAMME = Programme(
    number=1,
    id="test",
    name=text("Test"),
    zone=SHANGHAI,
    currency="CNY",
    minor_digits=2,
    language="zh-hans",
    quiet_after_days=2,
    assets={
        "points": Asset("points", text("points"), True, Expiry(months=6), Clawback.DEBT),
        "growth": Asset("growth", text("growth"), False, Expiry(), Clawback.DEBT),
    },
    ladders={"level": LADDER},
    attributes={},
    templates={},
    event_types={},
    rules=(),
)

_numbers = count()


def member(
    name: str = "", joined: datetime | None = None, tags: tuple[str, ...] = (), **identities: str
) -> UUID:
    """A member known by `identities` (kind=value, as normalised)."""
    at = joined or days_ago(400)
    made = ids.member_id(at, "tests", str(next(_numbers)))
    Member.objects.create(
        id=made,
        bucket=ids.bucket_of(made),
        name=name,
        joined_at=at,
        updated_at=at,
        tags=list(tags),
        source="pos",
    )
    for kind, value in identities.items():
        Identity.objects.create(
            kind=kind, value=value, member_id=made, bucket=ids.bucket_of(made), created_at=at
        )
    return made


def event(who: UUID, type_id: str, at: datetime, key: str = "", **more: Any) -> UUID:
    """An event of `who`; `more` sets other columns."""
    made = ids.time_id(at)
    columns: dict[str, Any] = {
        "source": "pos", "received_at": at, "digest": b"0" * 16, "data": {}, "version": 1,
        "effects": [], "outcome": {}, "trace": [],
    }  # fmt: skip
    columns.update(more)
    Event.objects.create(
        member_id=who,
        id=made,
        bucket=ids.bucket_of(who),
        key=key or str(made),
        type=type_id,
        time=at,
        **columns,
    )
    return made


def entry(who: UUID, cause: UUID, ordinal: int, asset: str, amount: int, account: str, at: datetime) -> None:
    """One movement with its lot and balance kept in step."""
    lot_id = ids.child_id(cause, ordinal)
    bucket = ids.bucket_of(who)
    Entry.objects.create(
        member_id=who, id=lot_id, bucket=bucket, asset=asset, amount=amount, account=account, lot_id=lot_id,
        rule="base_points", time=at,
    )  # fmt: skip
    if account == "issue":
        lot(who, lot_id, asset, amount, amount, at, None)
    held, _ = Balance.objects.get_or_create(
        member_id=who, asset=asset, bucket=bucket,
        defaults={"balance": 0, "earned": 0, "spent": 0, "expired": 0, "reversed": 0},
    )  # fmt: skip
    held.balance += amount
    column = {"issue": "earned", "spend": "spent", "expire": "expired", "reverse": "reversed"}[account]
    setattr(held, column, getattr(held, column) + abs(amount))
    held.save()


def lot(
    who: UUID, lot_id: UUID, asset: str, amount: int, remaining: int, at: datetime, until: datetime | None
) -> None:
    Lot.objects.create(
        member_id=who, id=lot_id, bucket=ids.bucket_of(who), asset=asset, amount=amount, remaining=remaining,
        earned_at=at, expires_at=until,
    )  # fmt: skip


def tally(who: UUID, name: str, day: date, total: int, count: int = 1) -> None:
    Tally.objects.create(
        member_id=who, name=name, day=day, bucket=ids.bucket_of(who), count=count, total=total
    )


def order(who: UUID, order_id: str, total_minor: int, at: datetime, refunded_minor: int = 0) -> UUID:
    """A paid order: event, order, 1 point and 1 growth per whole yuan, totals and tally."""
    cause = event(
        who, "order.paid", at, key=f"o-{order_id}", data={"order_id": order_id, "total_minor": total_minor}
    )
    Order.objects.create(
        member_id=who, id=cause, bucket=ids.bucket_of(who), source="pos", order_id=order_id,
        total_minor=total_minor, refunded_minor=refunded_minor, currency="CNY", paid_at=at, paid_by=cause, lines=1,
    )  # fmt: skip
    entry(who, cause, 1, "points", total_minor // 100, "issue", at)
    entry(who, cause, 2, "growth", total_minor // 100, "issue", at)
    tally(who, "credit:growth", local_day(at, SHANGHAI), total_minor // 100)
    totals, new = MemberTotals.objects.get_or_create(
        member_id=who, bucket=ids.bucket_of(who),
        defaults={"orders": 1, "spend_minor": total_minor, "refunded_minor": refunded_minor, "first_at": at,
                  "last_at": at},
    )  # fmt: skip
    if not new:
        totals.orders += 1
        totals.spend_minor += total_minor
        totals.refunded_minor += refunded_minor
        totals.first_at, totals.last_at = min(totals.first_at, at), max(totals.last_at, at)
        totals.save()
    return cause


def refund(who: UUID, order_id: str, amount_minor: int, at: datetime) -> UUID:
    """Money back; points follow in proportion as the caller writes them with `entry`."""
    cause = event(who, "order.refunded", at, data={"order_id": order_id, "amount_minor": amount_minor})
    Refund.objects.create(
        member_id=who, id=cause, bucket=ids.bucket_of(who), source="pos", order_id=order_id, refund_id="r1",
        amount_minor=amount_minor, refunded_at=at,
    )  # fmt: skip
    return cause


def standing(who: UUID, level: str, since: date, until: date | None = None) -> None:
    Standing.objects.create(
        member_id=who, ladder="level", bucket=ids.bucket_of(who), level=level, since=since, until=until
    )


def change(who: UUID, cause: UUID, before: str, after: str, at: datetime, reason: str = "earned") -> None:
    Change.objects.create(
        member_id=who, id=ids.child_id(cause, 3), bucket=ids.bucket_of(who), ladder="level", before=before,
        after=after, reason=reason, since=local_day(at, SHANGHAI), until=None, time=at,
    )  # fmt: skip


def message(who: UUID, cause: UUID, template: str, at: datetime, waiting: bool = False) -> UUID:
    """A message in the inbox, or one that has yet to leave the house."""
    made = ids.child_id(cause, 4)
    bucket = ids.bucket_of(who)
    Message.objects.create(
        member_id=who, id=made, bucket=bucket, template=template, version=1, category="service",
        context={"earned": {"points": 24}},
        created_at=at, due_at=at if waiting else None, inbox=not waiting,
    )  # fmt: skip
    return made
