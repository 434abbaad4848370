"""Reading paid plans: who has them, what was paid, who has asked for one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from regulars.kit import paging
from regulars.kit.ids import bucket_of, parent_id
from regulars.kit.sqlread import from_json, read, rows

_SUBSCRIPTION = (
    "s.member_id, s.plan, s.status, s.period, s.since, s.until, s.last_day, s.turns_on, s.auto_renew, s.trial_used,"
    " s.application"
)
_SOLD = (
    "CASE WHEN a.plan <> '' THEN a.plan ELSE coalesce((SELECT p.plan FROM plans_act p WHERE p.member_id = a.member_id"
    " AND p.bucket = a.bucket AND p.kind = 'paid' AND (p.source, p.payment_id) = (a.source, a.payment_id) LIMIT 1), '')"
    " END"
)
"""The plan that an act is about; a refund that came before its payment names none, its payment does."""
_LIST, _ASKED = "plans.list", "plans.asked"
LATEST = 100
"""So many acts of a member are told."""


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """A member's plan, as `language.snapshot.Subscription`."""

    member_id: UUID
    plan: str
    status: str
    period: str
    since: date | None
    until: date | None
    last_day: date | None
    turns_on: date | None
    auto_renew: bool
    trial_used: bool
    application: str


@dataclass(frozen=True, slots=True)
class ActRow:
    """One thing that was done about a plan."""

    id: UUID
    member_id: UUID
    plan: str
    kind: str
    at: datetime
    period: str
    payment_id: str
    amount_minor: int
    data: dict[str, Any]

    @property
    def event_id(self) -> UUID:
        """The event that it was."""
        return parent_id(self.id)


@dataclass(frozen=True, slots=True)
class Month:
    """What plans brought in a month of the programme's calendar: `2026-11`."""

    month: str
    plan: str
    payments: int
    paid_minor: int
    refunded_minor: int


def of_member(member_id: UUID) -> list[SubscriptionRow]:
    """The member's plans, those of now and those of before."""
    return of_members([member_id])


def of_members(member_ids: Iterable[UUID]) -> list[SubscriptionRow]:
    """The plans of some members, those of now and those of before, by plan."""
    whose = list(member_ids)
    return read(
        SubscriptionRow,
        f"SELECT {_SUBSCRIPTION} FROM plans_subscription s WHERE s.member_id = ANY(%s) AND s.bucket = ANY(%s)"
        " ORDER BY s.plan, s.until DESC",
        [whose, sorted({bucket_of(one) for one in whose})],
    )


def acts_of(member_id: UUID) -> list[ActRow]:
    """What was done about the member's plans, the latest first."""
    found = rows(
        "SELECT id, member_id, plan, kind, at, period, payment_id, amount_minor, data FROM plans_act"
        " WHERE member_id = %s AND bucket = %s ORDER BY at DESC, id DESC LIMIT %s",
        [member_id, bucket_of(member_id), LATEST],
    )
    return [_act(one) for one in found]


def _act(columns: tuple[Any, ...]) -> ActRow:
    *known, data = columns
    return ActRow(*[*known, from_json(data)])


def counts() -> dict[tuple[str, str, str], int]:
    """(plan, status, period) → members."""
    found = rows(
        "SELECT plan, status, period, count(*) FROM plans_subscription GROUP BY plan, status, period"
    )
    return {(plan, status, period): members for plan, status, period, members in found}


def running() -> dict[str, int]:
    """Plan → members for whom it runs, or will."""
    found = rows(
        "SELECT plan, count(*) FROM plans_subscription"
        " WHERE status IN ('trial', 'active', 'cancelled', 'scheduled') GROUP BY plan"
    )
    return dict(found)


def due_between(first: date, last: date, statuses: Iterable[str]) -> dict[str, int]:
    """Plan → members whose paid time ends on these days."""
    found = rows(
        "SELECT plan, count(*) FROM plans_subscription WHERE until BETWEEN %s AND %s AND status = ANY(%s)"
        " GROUP BY plan",
        [first, last, list(statuses)],
    )
    return dict(found)


def listed(
    plan: str = "",
    status: str = "",
    until_from: date | None = None,
    until_to: date | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> paging.Page[SubscriptionRow]:
    """Members' plans, the earliest end first, narrowed as far as something is stated."""
    size = paging.bounded(limit)
    after: list[Any] = list(paging.decode(_LIST, cursor, date.fromisoformat, UUID, str)) if cursor else []
    terms: list[str] = ["s.until IS NOT NULL"]
    params: list[Any] = []
    for term, value in (
        ("s.plan = %s", plan or None),
        ("s.status = %s", status or None),
        ("s.until >= %s", until_from),
        ("s.until <= %s", until_to),
    ):
        if value is not None:
            terms.append(term)
            params.append(value)
    if after:
        terms.append("(s.until, s.member_id, s.plan) > (%s, %s, %s)")
        params += after
    found = read(
        SubscriptionRow,
        f"SELECT {_SUBSCRIPTION} FROM plans_subscription s WHERE {' AND '.join(terms)}"
        " ORDER BY s.until, s.member_id, s.plan LIMIT %s",
        [*params, size + 1],
    )
    return paging.page(_LIST, found, size, lambda one: (one.until, one.member_id, one.plan))


def revenue(zone: str, first: date, last: date) -> list[Month]:
    """What was paid for plans and went back, by month and plan; a month is that of the time zone."""
    return read(
        Month,
        f"SELECT to_char(at AT TIME ZONE %s, 'YYYY-MM') AS month, {_SOLD} AS sold,"
        " count(*) FILTER (WHERE kind = 'paid'),"
        " coalesce(sum(amount_minor) FILTER (WHERE kind = 'paid'), 0)::bigint,"
        " coalesce(sum(amount_minor) FILTER (WHERE kind = 'refunded'), 0)::bigint"
        " FROM plans_act a WHERE kind IN ('paid', 'refunded') AND day BETWEEN %s AND %s"
        " GROUP BY month, sold ORDER BY month, sold",
        [zone, first, last],
    )


def applications(state: str = "applied", limit: int = LATEST) -> list[ActRow]:
    """Applications that stand so (applied: they wait), the oldest first: each with what was stated last."""
    found = rows(
        "SELECT DISTINCT ON (s.member_id, s.plan) a.id, a.member_id, a.plan, a.kind, a.at, a.period, a.payment_id,"
        " a.amount_minor, a.data FROM plans_subscription s JOIN plans_act a ON a.member_id = s.member_id"
        " AND a.bucket = s.bucket AND a.plan = s.plan AND a.kind = %s WHERE s.application = %s"
        " ORDER BY s.member_id, s.plan, a.at DESC",
        [state, state],
    )
    asked = [_act(one) for one in found]
    return sorted(asked, key=lambda one: (one.at, one.id), reverse=state != "applied")[:limit]


def waiting() -> int:
    """How many applications wait for an operator."""
    ((count,),) = rows("SELECT count(*) FROM plans_subscription WHERE application = 'applied'")
    return int(count)
