"""Paid plans in words: plans, periods, statuses, and what became of a member's plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from regulars.console import formats
from regulars.language.text import say
from regulars.plans.queries import SubscriptionRow, of_members
from regulars.programme.contracts import Programme


@dataclass(frozen=True, slots=True)
class PlanShown:
    """A plan in words. `record`: whose it was before it was merged, where it was another record's."""

    row: SubscriptionRow
    name: str
    period: str
    status: str
    record: str = ""


STATUSES = {
    "active": gettext_lazy("runs"),
    "trial": gettext_lazy("on trial"),
    "cancelled": gettext_lazy("runs out, renewal cancelled"),
    "scheduled": gettext_lazy("begins later"),
    "lapsed": gettext_lazy("has lapsed"),
    "applied": gettext_lazy("applied for"),
    "approved": gettext_lazy("approved, not paid"),
    "refused": gettext_lazy("application refused"),
}
_DEEDS = {
    "trial": gettext_lazy("%(plan)s: trial"),
    "paid": gettext_lazy("%(plan)s paid: %(amount)s"),
    "failed": gettext_lazy("%(plan)s: the payment failed"),
    "refunded": gettext_lazy("%(plan)s: %(amount)s went back"),
    "cancelled": gettext_lazy("%(plan)s: renewal off"),
    "resumed": gettext_lazy("%(plan)s: renewal on"),
    "applied": gettext_lazy("Applied for %(plan)s"),
    "approved": gettext_lazy("Application for %(plan)s approved"),
    "refused": gettext_lazy("Application for %(plan)s refused"),
    "quoted": gettext_lazy("%(plan)s quoted: %(due)s to pay"),
}


def status_name(status: str) -> str:
    """A status in words."""
    return str(STATUSES.get(status, status))


def plan_name(plan_id: str, programme: Programme) -> str:
    """The plan's name; of one that there is no more, its id."""
    plan = programme.plans.get(plan_id)
    return say(plan.name, get_language() or "en") if plan else plan_id


def period_name(plan_id: str, period_id: str, programme: Programme) -> str:
    """The period's name."""
    plan = programme.plans.get(plan_id)
    period = plan.period(period_id) if plan else None
    return say(period.name, get_language() or "en") if period else period_id


def member_plans(member_id: UUID, gone: Mapping[UUID, str], programme: Programme) -> list[PlanShown]:
    """The member's plans, and what the records that were merged into theirs (id → name) had: history stays where it
    was written, and is shown where it is looked for."""
    if not programme.plans:
        return []
    found = sorted(of_members([member_id, *gone]), key=lambda one: one.member_id != member_id)
    return [
        PlanShown(
            one, plan_name(one.plan, programme), period_name(one.plan, one.period, programme),
            status_name(one.status), gone.get(one.member_id, ""),
        )
        for one in found
    ]  # fmt: skip


def plan_record(record: dict[str, Any], programme: Programme) -> str:
    """An effect on a paid plan, in words: what was done, how it stands, until when."""
    amount = record.get("amount_minor")
    values = {
        "plan": plan_name(record["plan"], programme),
        "amount": formats.money(amount, programme) if amount is not None else "",
        "due": record.get("due", ""),
    }
    if not record["plan"]:
        return (
            _("%(amount)s of a payment went back that is not known yet; it counts when the payment comes")
            % values
        )
    deed = _DEEDS.get(record.get("what", ""))
    said = str(deed) % values if deed else values["plan"]
    if record.get("what") == "quoted":
        return said
    if record.get("back_minor"):
        back = formats.money(record["back_minor"], programme)
        said = _("%(deed)s, of which %(back)s had gone back already") % {"deed": said, "back": back}
    if record.get("after"):
        said = _("%(deed)s; %(status)s") % {"deed": said, "status": status_name(record["after"])}
    until = record.get("until")
    return said + (_(", until %(day)s") % {"day": formats.day(date.fromisoformat(until))} if until else "")
