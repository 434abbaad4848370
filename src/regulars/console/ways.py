"""Every way to change what a member has: its form, its words, and what it asks of the books."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from regulars.approvals.contracts import Answer, Asker, Change, Foreseen, Kind
from regulars.approvals.service import ask_or_do, foresee
from regulars.console.change_forms import (
    TAKE,
    AdjustForm,
    ChangeForm,
    CorrectForm,
    CreditForm,
    EndForm,
    Operation,
    OperationForm,
)
from regulars.engine import operations
from regulars.engine.contracts import Outcome
from regulars.engine.operations import Request
from regulars.language.calendar import start_of
from regulars.staff.service import audit


@dataclass(frozen=True, slots=True)
class Watched:
    """Done at once up to the asset's limit, above it by a second person: `change` is what `approvals` is asked for."""

    change: Callable[[ChangeForm, UUID], Change]

    def foresee(self, form: ChangeForm, member_id: UUID, asker: Asker) -> Foreseen:
        return foresee(asker, self.change(form, member_id))

    def carry_out(self, form: ChangeForm, member_id: UUID, asker: Asker, key: str) -> Answer:
        return ask_or_do(asker, self.change(form, member_id), key)


@dataclass(frozen=True, slots=True)
class Direct:
    """Gives nobody anything that was not theirs, so no limit watches it: `do` is what the books are asked for. It is
    recorded as `kind`."""

    kind: str
    do: Callable[[ChangeForm, Request], Outcome]

    def foresee(self, form: ChangeForm, member_id: UUID, asker: Asker) -> Foreseen:
        return Foreseen(self._done(form, member_id, asker, f"draft:{uuid4()}", preview=True))

    def carry_out(self, form: ChangeForm, member_id: UUID, asker: Asker, key: str) -> Answer:
        outcome = self._done(form, member_id, asker, key)
        if outcome.status == "processed":
            reason = form.cleaned_data["reason"]
            audit(asker.name, "value.done", str(member_id), kind=self.kind, reason=reason)
        return Answer(outcome)

    def _done(
        self, form: ChangeForm, member_id: UUID, asker: Asker, key: str, preview: bool = False
    ) -> Outcome:
        reason = form.cleaned_data["reason"]
        return self.do(form, Request(member_id, asker.source, key, asker.name, reason, preview=preview))


@dataclass(frozen=True, slots=True)
class Way:
    """One way. `on`: of ways that change what an event did, which events those are."""

    title: Promise
    meaning: Promise
    form: type[ChangeForm]
    deed: Watched | Direct
    on: Callable[[Operation], bool] | None = None


def _adjust(form: ChangeForm, member_id: UUID) -> Change:
    data, units = form.cleaned_data, form.units() or 0
    signed = -units if data["direction"] == TAKE else units
    return Change(Kind.ADJUST, member_id, data["reason"], data["asset"], signed)


def _credit(form: ChangeForm, member_id: UUID) -> Change:
    data = form.cleaned_data
    last: date | None = data.get("last_day")
    ends = start_of(last + timedelta(days=1), form.programme.zone) if last else None
    return Change(Kind.CREDIT, member_id, data["reason"], data["asset"], form.units(), expires_at=ends)


def _end(form: ChangeForm, member_id: UUID) -> Change:
    data = form.cleaned_data
    return Change(Kind.END, member_id, data["reason"], data["asset"], form.units())


def _reverse(form: ChangeForm, member_id: UUID) -> Change:
    reason, operation = form.cleaned_data["reason"], _operation(form)
    return Change(Kind.REVERSE, member_id, reason, units=form.units(), operation_id=operation.id)


def _correct(form: ChangeForm, member_id: UUID) -> Change:
    reason, operation = form.cleaned_data["reason"], _operation(form)
    return Change(Kind.CORRECT, member_id, reason, units=form.units(), operation_id=operation.id)


def _release(form: ChangeForm, request: Request) -> Outcome:
    return operations.release(request, _operation(form).id, form.units())


def _revoke(form: ChangeForm, request: Request) -> Outcome:
    operation = _operation(form)
    assert operation.receiver is not None
    return operations.revoke(request, operation.id, operation.receiver)


def _operation(form: ChangeForm) -> Operation:
    assert form.operation is not None
    return form.operation


def _any(_: Operation) -> bool:
    return True


def _gift(operation: Operation) -> bool:
    return operation.type == "asset.gifted" and operation.receiver is not None


WAYS: dict[str, Way] = {
    "adjust": Way(
        gettext_lazy("Adjust"),
        gettext_lazy("Adds units or takes them, down to zero. They don't count as earned."),
        AdjustForm,
        Watched(_adjust),
    ),
    "credit": Way(
        gettext_lazy("Credit"),
        gettext_lazy("Gives units as if they had been earned: they count for the level."),
        CreditForm,
        Watched(_credit),
    ),
    "end": Way(
        gettext_lazy("Let expire"),
        gettext_lazy("Lets units expire before their time, the earliest to end first."),
        EndForm,
        Watched(_end),
    ),
    "reverse": Way(
        gettext_lazy("Undo"),
        gettext_lazy(
            "Undoes what this did, as far as something is left of it. What was spent goes back to where it came from."
        ),
        OperationForm,
        Watched(_reverse),
        _any,
    ),
    "correct": Way(
        gettext_lazy("Put right"),
        gettext_lazy("Puts it right, as if it had been that much from the start."),
        CorrectForm,
        Watched(_correct),
        _any,
    ),
    "release": Way(
        gettext_lazy("Release the hold"),
        gettext_lazy("Held units can be used again."),
        OperationForm,
        Direct("release", _release),
        _any,
    ),
    "revoke": Way(
        gettext_lazy("Take the gift back"),
        gettext_lazy(
            "The units return to the giver with the ends that they had. The receiver has not used them yet."
        ),
        ChangeForm,
        Direct("revoke", _revoke),
        _gift,
    ),
}
"""By its name in the address."""
