"""Changes of value by hand: done at once up to the asset's limit, above it by a second person.

What one person does to one member's asset in one local day counts together. Every request is named by its key: asked
again it gives the same answer, and whatever stops in between is taken up by asking, or approving, again.
"""

from collections.abc import Callable
from datetime import date
from hashlib import blake2b
from uuid import UUID

from django.db import connection, transaction

from regulars.approvals.contracts import (
    Answer,
    Asker,
    Change,
    Foreseen,
    Kind,
    NameTaken,
    NoSuchRequest,
    NotAllowed,
    NotWaiting,
    NotYours,
    OwnRequest,
    State,
    TextMissing,
    payload_of,
)
from regulars.approvals.limits import done_alone, left, limited, measure
from regulars.approvals.models import ChangeRequest
from regulars.approvals.queries import to_row
from regulars.engine import operations
from regulars.engine.contracts import BY_KEY, Outcome
from regulars.engine.operations import Request
from regulars.kit import clock
from regulars.kit.ids import time_id
from regulars.language.calendar import local_day
from regulars.programme.contracts import Programme
from regulars.programme.service import current
from regulars.staff.contracts import KeyHolder, Permission, role_may
from regulars.staff.service import COMMAND_LINE, audit

TEXT_MOST = 500
CONSOLE, APPROVALS = "console", "approvals"
"""Sources of what operators do: at once, and with a second person."""


def operator_asks(email: str, role: str) -> Asker:
    """An operator as the one who asks. Refuses (NotAllowed) a role that may not change what members hold."""
    if not role_may(role, Permission.VALUE_ADJUST):
        raise NotAllowed
    return Asker(email, email, CONSOLE)


def key_asks(holder: KeyHolder, source: str) -> Asker:
    """A key as the one who asks: whoever made it answers for it; a key of the command line for itself."""
    name = f"{BY_KEY}{holder.name}"
    made = holder.made_by if holder.made_by not in ("", COMMAND_LINE) else name
    return Asker(name, made, source)


def foresee(asker: Asker, change: Change) -> Foreseen:
    """What would come of `ask_or_do` now; nothing is written, nothing stays locked."""
    programme = current()
    outcome = _carry_out(change, Request(change.member_id, asker.source, _draft(), asker.name, preview=True))
    if outcome.error is not None:
        return Foreseen(outcome)
    measures = measure(change, outcome)
    limits = limited(measures, programme)
    rest = left(limits, done_alone(change.member_id, asker.person, _today(programme)))
    return Foreseen(outcome, measures, any(measures[asset] > rest[asset] for asset in rest), rest)


def ask_or_do(asker: Asker, change: Change, key: str) -> Answer:
    """Do it, where that is within what the asker may do alone today; else keep it until a second person decides.

    What can't be done is refused at once (`outcome.error`) and leaves nothing. Asked again under the same key it
    answers as it stands then: waiting, done, approved (both with the first outcome), rejected or withdrawn. Raises
    NameTaken for another change under the key, TextMissing without a reason. Not to be called in a transaction.
    """
    if not change.reason.strip() or len(change.reason) > TEXT_MOST:
        raise TextMissing("reason", TEXT_MOST)
    before = ChangeRequest.objects.filter(source=asker.source, key=key).first()
    if before is not None:
        return _as_it_stands(before, change)
    programme = current()
    foreseen = _carry_out(change, _request(asker, change, key, preview=True))
    if foreseen.error is not None:
        return Answer(foreseen)
    measures = measure(change, foreseen)
    limits = limited(measures, programme)
    if not limits or foreseen.status == "duplicate":
        return Answer(_do_at_once(asker, change, key))
    kept = _keep(asker, change, key, measures, limits, _today(programme))
    return _as_it_stands(kept, change)


def _as_it_stands(found: ChangeRequest, change: Change) -> Answer:
    same = (found.kind, found.member_id, found.reason, found.payload) == (
        change.kind.value,
        change.member_id,
        change.reason,
        payload_of(change),
    )
    if not same:
        raise NameTaken
    if found.state in (ChangeRequest.State.DONE, ChangeRequest.State.APPROVED):
        return _finish(found, change)
    return Answer(request=to_row(found))


def _keep(
    asker: Asker, change: Change, key: str, measures: dict[str, int], limits: dict[str, int], day: date
) -> ChangeRequest:
    """The request written down, done or waiting, decided while nobody else adds to this person's day."""
    with transaction.atomic():
        _lock(str(change.member_id), asker.person, day.isoformat())
        _lock(asker.source, key)
        before = ChangeRequest.objects.filter(source=asker.source, key=key).first()
        if before is not None:
            return before
        rest = left(limits, done_alone(change.member_id, asker.person, day))
        alone = all(measures[asset] <= rest[asset] for asset in rest)
        now = clock.now()
        made = ChangeRequest.objects.create(
            id=time_id(now),
            state=ChangeRequest.State.DONE if alone else ChangeRequest.State.WAITING,
            kind=change.kind.value,
            member_id=change.member_id,
            measures=measures,
            payload=payload_of(change),
            reason=change.reason,
            source=asker.source,
            key=key,
            asked_by=asker.name,
            person=asker.person,
            asked_at=now,
            day=day,
        )
        if not alone:
            _note("value.asked", asker.name, made)
        return made


def _finish(found: ChangeRequest, change: Change) -> Answer:
    """Carry out what is decided, or look again at what was. What is refused after all counts for nothing: one done
    alone is forgotten, an approved one waits again."""
    outcome = _carry_out(change, _request_of(found))
    if outcome.error is not None:
        undone = ChangeRequest.objects.filter(pk=found.pk, operation_id=None)
        if found.state == ChangeRequest.State.DONE:
            undone.delete()
            return Answer(outcome)
        undone.update(state=ChangeRequest.State.WAITING, decided_by="", decided_at=None, note="")
        found.refresh_from_db()
        return Answer(outcome, to_row(found))
    if found.operation_id is None:
        with transaction.atomic():
            first = ChangeRequest.objects.filter(pk=found.pk, operation_id=None).update(
                state=found.state,
                decided_by=found.decided_by,
                decided_at=found.decided_at,
                note=found.note,
                operation_id=outcome.event_id,
            )
            found.operation_id = outcome.event_id
            if first and found.state == ChangeRequest.State.DONE:
                _note("value.done", found.asked_by, found)
            elif first:
                _note("value.approved", found.decided_by, found)
    return Answer(outcome, to_row(found))


def approve(request_id: UUID, email: str, role: str, note: str = "") -> Answer:
    """The second person says yes, and it is done. Raises NoSuchRequest, NotAllowed, OwnRequest, NotWaiting.

    Where the books refuse it by now (`outcome.error`), it waits again. Not to be called in a transaction.
    """
    with transaction.atomic():
        found = _decidable(request_id, email, role)
        if found.state == ChangeRequest.State.WAITING:
            _decide(found, State.APPROVED, email, _text(note, False))
        elif found.state != ChangeRequest.State.APPROVED or found.operation_id is not None:
            raise NotWaiting
    return _finish(found, to_row(found).change)


def reject(request_id: UUID, email: str, role: str, note: str) -> None:
    """The second person says no, and why. Raises as `approve`, and TextMissing."""
    why = _text(note, True)
    with transaction.atomic():
        found = _decidable(request_id, email, role)
        _still_waiting(found)
        _decide(found, State.REJECTED, email, why)
        _note("value.rejected", email, found)


def withdraw(request_id: UUID, email: str) -> None:
    """Whoever asked takes it back, or whoever made the key that asked. Raises NoSuchRequest, NotYours, NotWaiting."""
    with transaction.atomic():
        found = _locked(request_id)
        if email not in (found.asked_by, found.person):
            raise NotYours
        _still_waiting(found)
        _decide(found, State.WITHDRAWN, email, "")
        _note("value.withdrawn", email, found)


def _decidable(request_id: UUID, email: str, role: str) -> ChangeRequest:
    if not role_may(role, Permission.VALUE_APPROVE):
        raise NotAllowed
    found = _locked(request_id)
    if email in (found.asked_by, found.person):
        raise OwnRequest
    return found


def _locked(request_id: UUID) -> ChangeRequest:
    found = ChangeRequest.objects.select_for_update().filter(pk=request_id).first()
    if found is None:
        raise NoSuchRequest
    return found


def _still_waiting(found: ChangeRequest) -> None:
    if found.state != ChangeRequest.State.WAITING:
        raise NotWaiting


def _decide(found: ChangeRequest, state: State, email: str, note: str) -> None:
    found.state, found.decided_by, found.decided_at, found.note = state.value, email, clock.now(), note
    found.save(update_fields=["state", "decided_by", "decided_at", "note"])


def _text(note: str, needed: bool) -> str:
    text = note.strip()
    if len(text) > TEXT_MOST or (needed and not text):
        raise TextMissing("note", TEXT_MOST)
    return text


def _note(action: str, actor: str, found: ChangeRequest) -> None:
    audit(
        actor,
        action,
        str(found.member_id),
        request=str(found.id),
        kind=found.kind,
        moves=found.measures,
        reason=found.reason,
        asked_by=found.asked_by,
        note=found.note,
    )


def _do_at_once(asker: Asker, change: Change, key: str) -> Outcome:
    """A change that no limit watches."""
    outcome = _carry_out(change, _request(asker, change, key))
    if outcome.status == "processed":
        detail = {"kind": change.kind.value, "reason": change.reason, **payload_of(change)}
        audit(asker.name, "value.done", str(change.member_id), **detail)
    return outcome


def _request(asker: Asker, change: Change, key: str, preview: bool = False) -> Request:
    return Request(change.member_id, asker.source, key, asker.name, change.reason, preview=preview)


def _request_of(found: ChangeRequest) -> Request:
    """The command that a request becomes: its own name where it was within the limit, else the request's id."""
    if found.state == ChangeRequest.State.DONE:
        return Request(found.member_id, found.source, found.key, found.asked_by, found.reason)
    return Request(found.member_id, APPROVALS, str(found.id), found.asked_by, found.reason, found.decided_by)


def _carry_out(change: Change, request: Request) -> Outcome:
    return CARRIED_OUT[change.kind](request, change)


def _operation(change: Change) -> UUID:
    if change.operation_id is None:
        raise ValueError(f"{change.kind} names an operation")
    return change.operation_id


CARRIED_OUT: dict[Kind, Callable[[Request, Change], Outcome]] = {
    Kind.ADJUST: lambda request, change: operations.adjust(request, change.asset, change.units or 0),
    Kind.CREDIT: lambda request, change: operations.credit(
        request, change.asset, change.units or 0, expires_at=change.expires_at
    ),
    Kind.REVERSE: lambda request, change: operations.reverse(request, _operation(change), change.units),
    Kind.CORRECT: lambda request, change: operations.correct(request, _operation(change), change.units or 0),
    Kind.END: lambda request, change: operations.end(request, change.asset, change.units),
}


def _today(programme: Programme) -> date:
    return local_day(clock.now(), programme.zone)


def _draft() -> str:
    return f"draft:{time_id(clock.now())}"


def _lock(*names: str) -> None:
    """Until this transaction ends, nobody else holds the lock of these names."""
    number = int.from_bytes(blake2b("\x00".join(names).encode(), digest_size=8).digest(), signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
