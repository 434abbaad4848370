"""Commands about paid plans. Each is an event of its own kind, named by the caller's key, as those on value are."""

from collections.abc import Mapping
from typing import Any

from regulars.engine.contracts import Outcome
from regulars.engine.operations import Request, command


def take_trial(request: Request, plan: str) -> Outcome:
    """A trial of a plan, once for each member."""
    return command("plan.trial_taken", request, {"plan": plan})


def apply(request: Request, plan: str, evidence: Mapping[str, Any]) -> Outcome:
    """Ask for a plan that not everybody may have, with the evidence that it wants."""
    return command("plan.applied", request, {**evidence, "plan": plan})


def approve(request: Request, plan: str) -> Outcome:
    """Say yes to the member's application."""
    return command("plan.approved", request, {"plan": plan})


def refuse(request: Request, plan: str) -> Outcome:
    """Say no to it; the request's reason is what the member is told."""
    return command("plan.refused", request, {"plan": plan})


def cancel(request: Request, plan: str) -> Outcome:
    """The plan is not to be renewed; it runs to the end that is paid."""
    return command("plan.cancelled", request, {"plan": plan})


def resume(request: Request, plan: str) -> Outcome:
    """The plan is to be renewed after all."""
    return command("plan.renewal_on", request, {"plan": plan})


def quote(request: Request, plan: str, period: str) -> Outcome:
    """What a period of a plan costs the member now; its operation id is what `plan.paid` names."""
    return command("plan.quoted", request, {"plan": plan, "period": period})
