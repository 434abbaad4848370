"""Short ways to live with a template: to publish it on a day, to let things happen, and to let time pass."""

from collections import Counter
from datetime import timedelta
from typing import Any

from regulars.engine.schedules import run_due
from regulars.engine.tasks import settle_all
from regulars.messaging.models import Message
from regulars.programme.contracts import Programme
from regulars.programme.gallery import template
from regulars.programme.service import current
from regulars.tiers.models import Standing
from tests.benefits.house import Guest
from tests.engine.world import event, fresh, moment, took, who_is
from tests.engine.world import today as at_moment


def opened(name: str, when: str = "2026-01-01") -> Programme:
    """The template of that name in force from a day on."""
    with at_moment(when):
        return fresh(template(name))


def day(when: str, *events: dict[str, Any]) -> None:
    """These events arrive when they happen."""
    with at_moment(when):
        took(*events)


def passes(when: str) -> None:
    """What time, and rules with a schedule, have done by then."""
    with at_moment(when):
        settle_all()
        while run_due():
            pass


def stands(who: str = "a", ladder: str = "level") -> str:
    """The member's level. Who never moved has no row, and stands at the bottom."""
    found = Standing.objects.filter(member_id=who_is(who), ladder=ladder).first()
    return found.level if found else current().ladders[ladder].levels[0].id


def until(who: str = "a", ladder: str = "level") -> str:
    """The last day of the level's period."""
    return str(Standing.objects.get(member_id=who_is(who), ladder=ladder).until)


def told(who: str = "a") -> dict[str, int]:
    """How often the member was sent which message."""
    return dict(Counter(Message.objects.filter(member_id=who_is(who)).values_list("template", flat=True)))


def guest(who: str = "a") -> Guest:
    """Commands on the member's benefits."""
    return Guest(who_is(who))


def topped(who: str, when: str, wallet: str, amount: str, topup_id: str) -> dict[str, Any]:
    data = {"wallet": wallet, "amount": amount, "topup_id": topup_id, "currency": "CNY"}
    return event("wallet.topped_up", who, when, data)


def later(when: str, days: int) -> str:
    """The day so many days later."""
    return (moment(when) + timedelta(days=days)).date().isoformat()
