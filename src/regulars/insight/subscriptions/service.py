"""Subscribing, and the mails that are due: claimed, sent, tried again, given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.signing import BadSignature, Signer
from django.db import transaction

from regulars.insight.subscriptions.logic import ATTEMPTS_MOST, Rhythm, due_after, next_due, pause
from regulars.insight.subscriptions.models import Subscription
from regulars.kit import clock
from regulars.kit.problems import Problem
from regulars.kit.sqlread import rows
from regulars.language.problems import words

CLAIM = timedelta(minutes=10)
MOST = 50
"""So many subscriptions an operator may have."""


class TooManySubscriptions(Problem):
    """An operator has enough of them."""

    status = 422
    code = "too_many"

    def __init__(self) -> None:
        super().__init__(
            words(
                f"每人最多订阅 {MOST} 份报表，请先退订一份。",
                f"每人最多訂閱 {MOST} 份報表，請先取消一份。",
                f"Nobody can have more than {MOST} reports by mail: stop one first.",
            )
        )


@dataclass(frozen=True, slots=True)
class Due:
    """A mail that is due now."""

    id: int
    operator_id: int
    report: str
    question: str
    rhythm: Rhythm
    hour: int
    due_at: datetime
    attempts: int


def subscribe(
    operator_id: int, report: str, question: str, rhythm: Rhythm, hour: int, zone: ZoneInfo
) -> Subscription:
    """Get a report from now on. The same one twice is one, at the later hour asked for."""
    now = clock.now()
    if Subscription.objects.filter(operator_id=operator_id).count() >= MOST:
        raise TooManySubscriptions
    with transaction.atomic():
        row, _made = Subscription.objects.update_or_create(
            operator_id=operator_id,
            report=report,
            rhythm=rhythm.value,
            question=question,
            defaults={
                "hour": hour,
                "due_at": next_due(rhythm, hour, now, zone),
                "attempts": 0,
                "trouble": "",
            },
            create_defaults={"hour": hour, "due_at": next_due(rhythm, hour, now, zone), "created_at": now},
        )
    return row


def stop(subscription_id: int, operator_id: int) -> bool:
    """No more of it; False where that operator has none of that number."""
    gone, _each = Subscription.objects.filter(pk=subscription_id, operator_id=operator_id).delete()
    return bool(gone)


def token(subscription_id: int, operator_id: int) -> str:
    """What stops one subscription without signing in."""
    return _signer().sign(f"{subscription_id}-{operator_id}")


def read_token(text: str) -> tuple[int, int] | None:
    """(subscription, operator); None where it was not made here."""
    try:
        first, _dash, second = _signer().unsign(text).partition("-")
        return int(first), int(second)
    except (BadSignature, ValueError):
        return None


def of_operator(operator_id: int) -> list[Subscription]:
    """What an operator gets, the oldest first."""
    return list(Subscription.objects.filter(operator_id=operator_id).order_by("id"))


def claim(most: int = 5) -> list[Due]:
    """Mails that are due, which nobody else sends for the next minutes."""
    now = clock.now()
    found = rows(
        "UPDATE insight_subscription SET claimed_until = %s WHERE id IN ("
        " SELECT id FROM insight_subscription WHERE due_at <= %s AND (claimed_until IS NULL OR claimed_until <= %s)"
        " ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED)"
        " RETURNING id, operator_id, report, question, rhythm, hour, due_at, attempts",
        [now + CLAIM, now, now, most],
    )
    return [
        Due(ident, operator, report, question, Rhythm(rhythm), hour, due_at, attempts)
        for ident, operator, report, question, rhythm, hour, due_at, attempts in found
    ]


def sent(due: Due, zone: ZoneInfo, trouble: str = "") -> None:
    """It is out (or, with `trouble`, given up): the next one. Who stopped or changed it meanwhile is left alone."""
    now = clock.now()
    follows = due_after(due.rhythm, due.hour, due.due_at, now, zone)
    changes = {"due_at": follows, "claimed_until": None, "attempts": 0, "trouble": trouble[:300]}
    if not trouble:
        changes["sent_at"] = now
    Subscription.objects.filter(pk=due.id, due_at=due.due_at).update(**changes)


def failed(due: Due, zone: ZoneInfo, trouble: str) -> None:
    """It could not be sent now: again after a pause, given up after many."""
    if due.attempts + 1 >= ATTEMPTS_MOST:
        sent(due, zone, trouble or "given up")
        return
    Subscription.objects.filter(pk=due.id, due_at=due.due_at).update(
        claimed_until=clock.now() + pause(due.attempts), attempts=due.attempts + 1, trouble=trouble[:300]
    )


def _signer() -> Signer:
    return Signer(sep=".", salt="regulars.insight.subscriptions")
