"""The course of a member's plans in one family: from all that was done, the terms that follow each other. Pure.

Months are counted as China's Civil Code counts them (art. 201 and 202): the day of the start is not counted, the
last day is the same day of the last month, or that month's last day where it has no such day. A run that goes on is
counted from its start: from 31 January by months to 28 February, 31 March, 30 April.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from regulars.language.calendar import add_months
from regulars.language.effects import PlanAct
from regulars.plans.contracts import PaidPlan, RefundMode

DAY = timedelta(days=1)
SAME_MOMENT = {
    kind: place
    for place, kind in enumerate(
        ("applied", "refused", "approved", "trial", "paid", "failed", "refunded", "cancelled", "resumed")
    )
}
"""What is told with the same moment happened in this order: systems that tell seconds have many of them."""


@dataclass(slots=True)
class Term:
    """What one payment, or a trial, brought: a plan from `first` to `last`. `anchor` is the day before its first
    counted day, which a start on that very day has on top. `base` plus `months` is where it ends. `ended`: it was
    ended before its time, so that no grace follows. `value`: what its counted days are worth together."""

    act: PlanAct
    anchor: date
    first: date
    last: date
    value: int = 0
    base: date = date.min
    months: int = 0
    ended: bool = False
    whole: int = 0
    taken: int = 0
    """Days that it had, and how many of them refunds took."""

    def __post_init__(self) -> None:
        self.whole = self.days

    @property
    def plan(self) -> str:
        return self.act.plan

    @property
    def period(self) -> str:
        return self.act.period

    @property
    def is_trial(self) -> bool:
        return self.act.kind == "trial"

    @property
    def days(self) -> int:
        return max((self.last - self.anchor).days, 0)

    def unused(self, day: date) -> int:
        """Counted days after `day`."""
        return max((self.last - max(day, self.anchor)).days, 0)

    def worth(self, day: date) -> int:
        """What the days after `day` are worth."""
        return share(self.value, self.unused(day), self.days)

    def end(self, day: date) -> None:
        """Nothing of it is left from `day` on."""
        self.last, self.ended = min(self.last, day - DAY), True
        self.base, self.months = self.last, 0

    def shorten(self, taken: int, day: date) -> None:
        """`taken` days in all go, as far as there are that many after `day`."""
        self.last -= min(taken - self.taken, self.unused(day)) * DAY
        self.taken = taken
        self.base, self.months = self.last, 0
        self.ended = self.ended or self.last < day

    def move(self, anchor: date) -> None:
        """The same months, or the same days where it is no whole months any more, after `anchor`."""
        if self.months:
            self.last = add_months(anchor, self.act.months)
            self.base, self.months = anchor, self.act.months
        else:
            self.last = anchor + self.days * DAY
            self.base = self.last
        self.anchor, self.first = anchor, anchor + DAY
        self.whole = self.days + self.taken


def share(value: int, part: int, whole: int) -> int:
    """`part` days' share of what `whole` days are worth; with that of the other days it is the value exactly (largest
    remainder; the halves go to the part)."""
    if whole <= 0 or part <= 0:
        return 0
    found, rest = divmod(value * part, whole)
    return found + (1 if rest * 2 >= whole else 0)


@dataclass(slots=True)
class Course:
    """Where all that was done leads to. `terms` in the order of time; `stopped`: plans whose renewal was cancelled;
    `waiting`: payments for plans that nobody approved yet."""

    plans: Mapping[str, PaidPlan]
    terms: list[Term] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)
    renews: dict[str, bool] = field(default_factory=dict)
    applications: dict[str, str] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)
    waiting: list[PlanAct] = field(default_factory=list)
    quotes: dict[UUID, PlanAct] = field(default_factory=dict)
    refunds: dict[tuple[str, str], list[PlanAct]] = field(default_factory=dict)

    def at(self, day: date) -> Term | None:
        """The term that runs on `day`."""
        return next((term for term in self.terms if term.first <= day <= term.last), None)

    def rank(self, plan_id: str) -> int:
        return self.plans[plan_id].rank

    def held_over(self, plan_id: str, day: date) -> Term | None:
        """The plan's last term, if `day` lies in its grace."""
        past = [term for term in self.terms if term.plan == plan_id and term.last < day]
        if not past or past[-1].ended or past[-1].is_trial or plan_id in self.stopped:
            return None
        last = past[-1]
        return last if day <= last.last + self.plans[plan_id].grace_days * DAY else None

    # What was done

    def take(self, act: PlanAct) -> None:
        """One thing that was done."""
        if act.kind == "trial":
            self.tried.add(act.plan)
            last = act.day + act.days * DAY
            self._insert(Term(act, act.day, act.day, last, 0, last))
        elif act.kind == "paid":
            self._paid(act, act.day)
            self.stopped.discard(act.plan)
            if act.auto_renew is not None:
                self.renews[act.plan] = act.auto_renew
        elif act.kind == "refunded":
            self.refunds.setdefault(act.payment, []).append(act)
            self._refund(act)
        elif act.kind == "cancelled":
            self.stopped.add(act.plan)
            self.renews[act.plan] = False
        elif act.kind == "resumed":
            self.stopped.discard(act.plan)
            self.renews[act.plan] = True
        elif act.kind in ("applied", "approved", "refused"):
            self._application(act)

    def _application(self, act: PlanAct) -> None:
        self.applications[act.plan] = act.kind
        if act.kind == "approved":
            self.approved.add(act.plan)
            ready = [one for one in self.waiting if one.plan == act.plan]
            self.waiting = [one for one in self.waiting if one.plan != act.plan]
            for one in ready:
                self._paid(one, act.day)
        elif act.kind == "refused":
            self.approved.discard(act.plan)

    def _paid(self, act: PlanAct, day: date) -> None:
        plan = self.plans[act.plan]
        refunds = self.refunds.get(act.payment, [])
        if plan.asks_approval and act.plan not in self.approved:
            if sum(one.amount_minor for one in refunds) < act.amount_minor:
                self.waiting.append(act)
            return
        day = max(day, act.starts or day)
        running = self.at(day)
        quote = self.quotes.get(act.quote) if act.quote else None
        if running is not None and self.rank(running.plan) < plan.rank:
            term = self._from(act, day, self._cut(day, plan.rank), quote)
        else:
            term = self._after(act, day, plan)
        self._insert(term)
        for refund in refunds:  # those that came before it
            self._refund(refund)

    def _from(self, act: PlanAct, day: date, credit: int, quote: PlanAct | None) -> Term:
        """A new run from `day`, at once. What is left of lower plans is part of the price where it was quoted, and
        more days where it was not, or was more than the price."""
        last = add_months(day, act.months)
        value = act.amount_minor + (quote.credit_minor if quote else credit)
        price = quote.data.get("price_minor", 0) if quote else act.amount_minor
        extra = (value - price) * (last - day).days // price if 0 < price < value else 0
        term = Term(act, day, day, last, value, day, act.months)
        if extra:
            term.last += extra * DAY
            term.base, term.months, term.whole = term.last, 0, term.days
        return term

    def _after(self, act: PlanAct, day: date, plan: PaidPlan) -> Term:
        """After what runs without a gap and is as high or higher; from `day` where nothing runs."""
        last = self.at(day)
        if last is None:
            last = self.held_over(act.plan, day)
        else:
            for term in self.terms:
                if term.anchor == last.last and self.rank(term.plan) >= plan.rank:
                    last = term
        if last is None:
            return self._from(act, day, 0, None)
        base, months = (last.base, last.months) if last.plan == act.plan else (last.last, 0)
        until = add_months(base, months + act.months)
        return Term(act, last.last, last.last + DAY, until, act.amount_minor, base, months + act.months)

    def _cut(self, day: date, rank: int) -> int:
        """End all that is lower than `rank` on `day`; what its days to come are worth."""
        worth = 0
        for term in self.terms:
            if term.last >= day and self.rank(term.plan) < rank:
                left = term.worth(day)
                worth += left
                term.value -= left
                term.end(day)
        self._drop_empty()
        return worth

    def _insert(self, term: Term) -> None:
        """Put a term in its place; what comes after it moves on by as much as it must."""
        later = [one for one in self.terms if one.first >= term.first or one.anchor >= term.anchor]
        self.terms = [one for one in self.terms if one not in later] + [term]
        for one in later:
            if one.first <= self.terms[-1].last:
                one.move(self.terms[-1].last)
            self.terms.append(one)

    def _refund(self, act: PlanAct) -> None:
        """Money of a payment went back: its term ends, or is shortened; what follows moves up."""
        index = next((n for n, one in enumerate(self.terms) if one.act.payment == act.payment), None)
        waiting = [one for one in self.waiting if one.payment == act.payment]
        if waiting and self._gone_back(act) >= waiting[0].amount_minor:
            self.waiting.remove(waiting[0])
        if index is None:
            return
        term = self.terms[index]
        day, until = max(act.day, term.act.day), term.last
        paid, back = term.act.amount_minor, self._gone_back(act)
        if self.plans[term.plan].refund is RefundMode.END or back >= paid:
            term.end(max(day, term.first))
        else:
            term.shorten(share(term.whole, back, paid), day)
            term.value -= min(term.value, act.amount_minor)
        self._close_up(index, until)

    def _gone_back(self, act: PlanAct) -> int:
        """All that went back of the payment, up to and with `act`."""
        found = self.refunds[act.payment]
        return sum(one.amount_minor for one in found[: found.index(act) + 1])

    def _close_up(self, index: int, until: date) -> None:
        """What followed a term that ended on `until` follows it still."""
        anchor = self.terms[index].last
        for term in self.terms[index + 1 :]:
            if term.anchor != until:
                break
            until = term.last
            term.move(anchor)
            anchor = term.last
        self._drop_empty()

    def _drop_empty(self) -> None:
        self.terms = [one for one in self.terms if one.last >= one.first]


def follow(plans: Mapping[str, PaidPlan], acts: Iterable[PlanAct]) -> Course:
    """The course of one family, `plans`: what was done in the order in which it happened, whenever it was told."""
    known = list(acts)
    sold = {act.payment: act.plan for act in known if act.kind == "paid"}
    course = Course(plans, quotes={act.id: act for act in known if act.kind == "quoted"})
    for act in sorted(known, key=lambda one: (one.at, SAME_MOMENT.get(one.kind, 0), one.id)):
        if (
            act.plan or sold.get(act.payment)
        ) in plans:  # a refund that came before its payment names no plan
            course.take(act)
    return course
