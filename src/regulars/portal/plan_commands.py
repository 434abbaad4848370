"""What members do with paid plans in the portal; what is refused is said in words."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.engine import plan_operations
from regulars.engine.contracts import Outcome
from regulars.engine.operations import Request
from regulars.kit.problems import Problem
from regulars.language.text import say
from regulars.portal.acts import SOURCE, RefusedError, new_key

CHANGES: dict[str, Callable[[Request, str], Outcome]] = {
    "try": plan_operations.take_trial,
    "cancel": plan_operations.cancel,
    "resume": plan_operations.resume,
}


def change(member_id: UUID, key: str, what: str, plan: str, language: str) -> None:
    """One of `CHANGES`; the same key again does it once. Raises RefusedError."""
    _done(lambda: CHANGES[what](_request(member_id, key), plan), language)


def apply(member_id: UUID, key: str, plan: str, evidence: Mapping[str, Any], language: str) -> None:
    """Apply for a plan. Raises RefusedError, which says which conditions are not met."""
    _done(lambda: plan_operations.apply(_request(member_id, key), plan, evidence), language)


def price(member_id: UUID, plan: str, period: str, language: str) -> dict[str, Any]:
    """What a period would cost now, as a quote tells it; nothing is kept. Raises RefusedError."""
    request = Request(member_id, SOURCE, f"{member_id}:{new_key()}", preview=True)
    outcome = _done(lambda: plan_operations.quote(request, plan, period), language)
    return next(one for one in outcome.effects if one["kind"] == "plan")


def _request(member_id: UUID, key: str) -> Request:
    return Request(member_id, SOURCE, f"{member_id}:{key}")


def _done(do: Callable[[], Outcome], language: str) -> Outcome:
    try:
        outcome = do()
    except Problem as problem:
        raise RefusedError(problem.say(language)) from problem
    error = outcome.error
    if error is None:
        return outcome
    told = {
        "trial_used": _("You have used the trial already."),
        "plan_running": _("You have a membership of this kind already."),
        "plan_not_running": _("You do not have this membership now."),
        "no_change": _("That is so already."),
        "already_applied": _("Your application is being looked at."),
    }
    text = told.get(error.code) or say(error.text, language)
    raise RefusedError(text[:1].upper() + text[1:])
