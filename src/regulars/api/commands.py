"""The commands on value over the API: what each asks of the engine, and what it answers.

The addresses are in `value`; the short way past Django (`door`) comes to the same functions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from pydantic_core import to_json

from regulars.api import command_bodies as bodies
from regulars.api import plan_bodies as plans
from regulars.api import texts
from regulars.api.amounts import scale_of, units_of
from regulars.api.auth import holder_of
from regulars.api.problems import ApiProblem, language_of, respond
from regulars.api.reading import KEY_HEADER, idempotency_key, region
from regulars.api.sending import source_of
from regulars.api.value_shapes import approval, done
from regulars.approvals import service as approvals
from regulars.approvals.contracts import Answer, Change, Kind, State
from regulars.engine import level_operations, merging, operations, plan_operations, tagging
from regulars.engine.contracts import BY_KEY, Outcome, Rejected
from regulars.engine.operations import NOBODY, OrderRef, Request
from regulars.events import queries as events
from regulars.kit import clock
from regulars.kit.ids import time_id
from regulars.kit.problems import speak
from regulars.language.events import Identity
from regulars.ledger import draws
from regulars.members import queries as members
from regulars.members.contracts import BadIdentity, MemberUnknown
from regulars.members.logic import normalise_identity, split_reference
from regulars.programme.contracts import Programme
from regulars.programme.service import recent
from regulars.staff.contracts import Scope

STATUS = {
    "unknown_member": 404,
    "record_unknown": 404,
    "operation_unknown": 404,
    "receiver_unknown": 404,
    "key_conflict": 409,
    "insufficient": 409,
    "used_meanwhile": 409,
    "nothing_left": 409,
    "nothing_held": 409,
    "too_much": 409,
    "gift_settled": 409,
    "lot_closed": 409,
    "plan_unknown": 404,
    "trial_used": 409,
    "plan_running": 409,
    "plan_not_running": 409,
    "approval_needed": 409,
    "already_applied": 409,
    "already_approved": 409,
    "entry_not_met": 409,
    "nothing_to_decide": 409,
    "daily_limit": 409,
    "already_merged": 409,
    "not_merged": 409,
    "benefit_unknown": 404,
    "entitlement_unknown": 404,
    "code_not_valid": 404,
    "not_entitled": 409,
    "quota_used": 409,
    "choice_made": 409,
    "claim_window": 409,
    "out_of_stock": 409,
    "not_claimed": 409,
    "already_claimed": 409,
    "already_used": 409,
    "taken_back": 409,
    "too_late": 409,
    "failed_rule": 500,
    "failed_database": 500,
}
"""HTTP status by the code of a refusal; 422 for any other."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A command that came in: who is meant, under which name, on which operation (where the address names one)."""

    http: HttpRequest
    programme: Programme
    request: Request
    operation: UUID | None = None

    @property
    def member_id(self) -> UUID:
        assert self.request.named is None
        return self.request.member_id

    @property
    def on(self) -> UUID:
        assert self.operation is not None
        return self.operation

    def units(self, amount: str, asset: str) -> int:
        return units_of(amount, scale_of(asset, self.programme))

    def units_on(self, amount: str | None, operation: UUID) -> int | None:
        """An amount of what an operation moved. Refuses one that is none of this member's."""
        if amount is None:
            return None
        asset = draws.asset_of(self.member_id, operation)
        if asset is None:
            raise ApiProblem(404, "operation_unknown", texts.OPERATION_UNKNOWN, field="operation_id")
        return self.units(amount, asset)


Doing = Callable[[Ask, Any], Outcome | Answer]


@dataclass(frozen=True, slots=True)
class Command:
    """One command: what its key must be allowed, what it is told, what it does. `direct`: it needs nothing to be known
    of the member before the engine has them."""

    scope: Scope
    body: type[bodies.Body]
    do: Doing
    direct: bool = False


def run(
    http: HttpRequest,
    name: str,
    ref: str,
    body: bodies.Body,
    operation: UUID | None = None,
    preview: bool = False,
    among: Mapping[str, Command] | None = None,
) -> HttpResponse:
    """Do the command `name` for the member `ref`, or tell what it would do; the answer to it. `among` other commands
    than those on value."""
    named = idempotency_key(http)
    if named is None:
        if not preview:
            raise ApiProblem(400, "no_idempotency_key", texts.KEY_NEEDED, field=KEY_HEADER)
        named = f"preview:{time_id(clock.now())}"
    programme = recent()
    command = (among or COMMANDS)[name]
    identity = identity_of(ref) if command.direct else None
    member_id = NOBODY if identity else member_of(ref)
    by = f"{BY_KEY}{holder_of(http).name}"
    reason = getattr(body, "reason", "")
    request = Request(member_id, source_of(http), named, by, reason, preview=preview, named=identity)
    result = command.do(Ask(http, programme, request, operation), body)
    return _answer(http, ref, result, preview)


def identity_of(ref: str) -> Identity | None:
    """The identity that is written so; None where it is no identity."""
    written = split_reference(ref)
    if written is None:
        return None
    try:
        return normalise_identity(*written, region())
    except BadIdentity as refused:
        raise ApiProblem(422, refused.code, refused.detail, field="ref") from None


def member_of(ref: str) -> UUID:
    """The member's id. One that is written as an id is looked up by the engine itself."""
    written = members.as_id(ref)
    if written is not None:
        return written
    try:
        return members.get(ref, region()).id
    except BadIdentity as refused:
        raise ApiProblem(422, refused.code, refused.detail, field="ref") from None


def _answer(http: HttpRequest, ref: str, result: Outcome | Answer, preview: bool) -> HttpResponse:
    language = language_of(http)
    found = Answer(result) if isinstance(result, Outcome) else result
    if found.outcome is not None and found.outcome.error is not None:
        return _refused(language, ref, found.outcome.error)
    if found.request is not None and not preview:
        asked = approval(found.request)
        if found.waits:
            return _json({"status": "waiting", "approval": asked}, 202)
        if found.request.state in (State.REJECTED, State.WITHDRAWN):
            state, note = found.request.state.value, found.request.note or "—"
            detail = speak(texts.NOT_APPROVED, language, state=state, note=note)
            return respond(language, 409, "not_approved", detail, extra={"approval": to_plain(asked)})
    assert found.outcome is not None
    return _json(done(found.outcome, language))


def to_plain(value: Any) -> Any:
    """A schema as plain JSON values."""
    return value.model_dump(mode="json")


def _json(body: dict[str, Any], status: int = 200) -> HttpResponse:
    return HttpResponse(to_json(body), status=status, content_type="application/json; charset=utf-8")


def _refused(language: str, ref: str, error: Rejected) -> HttpResponse:
    """What the books refuse, with the field as the caller wrote it."""
    if error.code == "unknown_member":
        raise MemberUnknown(ref)
    message = speak(error.text, language)
    field = "Idempotency-Key" if error.code == "key_conflict" else error.field.removeprefix("data.")
    errors = [{"field": field, "message": message, "code": error.code}] if field else []
    detail = speak(texts.INVALID_ONE, language, field=field, message=message) if field else message
    return respond(language, STATUS.get(error.code, 422), error.code, detail, errors)


def _order(ask: Ask, body: bodies.SpendIn | bodies.CreditIn) -> OrderRef | None:
    if body.order_id is None:
        if body.order_source is not None:
            raise ApiProblem(422, "order_id_missing", texts.ORDER_SOURCE_ALONE, field="order_source")
        return None
    return body.order_source or ask.request.source, body.order_id


def _credit(ask: Ask, body: bodies.CreditIn) -> Outcome:
    units = ask.units(body.amount, body.asset)
    return operations.credit(
        ask.request, body.asset, units, expires_at=body.expires_at, order=_order(ask, body)
    )


def _spend(ask: Ask, body: bodies.SpendIn) -> Outcome:
    return operations.spend(
        ask.request, body.asset, ask.units(body.amount, body.asset), order=_order(ask, body)
    )


def _hold(ask: Ask, body: bodies.HoldIn) -> Outcome:
    if body.minutes is not None and body.until is not None:
        raise ApiProblem(422, "minutes_or_until", texts.MINUTES_OR_UNTIL, field="until")
    units = ask.units(body.amount, body.asset)
    return operations.hold(
        ask.request, body.asset, units, body.until, minutes=body.minutes, order=_order(ask, body)
    )


def _capture(ask: Ask, body: bodies.PartIn) -> Outcome:
    return operations.capture(ask.request, ask.on, ask.units_on(body.amount, ask.on))


def _release(ask: Ask, body: bodies.PartIn) -> Outcome:
    return operations.release(ask.request, ask.on, ask.units_on(body.amount, ask.on))


def _reverse(ask: Ask, body: bodies.ReversalIn) -> Outcome:
    units = ask.units_on(body.amount, body.operation_id)
    return operations.reverse(ask.request, body.operation_id, units)


def _correct(ask: Ask, body: bodies.CorrectionIn) -> Outcome | Answer:
    units = ask.units_on(body.amount, body.operation_id)
    return _watched(
        ask, Change(Kind.CORRECT, ask.member_id, body.reason, units=units, operation_id=body.operation_id)
    )


def _adjust(ask: Ask, body: bodies.AdjustmentIn) -> Outcome | Answer:
    units = ask.units(body.amount, body.asset)
    return _watched(ask, Change(Kind.ADJUST, ask.member_id, body.reason, body.asset, units))


def _watched(ask: Ask, change: Change) -> Outcome | Answer:
    """What a person does by hand is done by hand over the API, too: above the asset's limit it waits for a second
    person."""
    asker = approvals.key_asks(holder_of(ask.http), ask.request.source)
    if ask.request.preview:
        foreseen = approvals.foresee(asker, change)
        return replace(foreseen.outcome, status="waiting") if foreseen.needs_second else foreseen.outcome
    return approvals.ask_or_do(asker, change, ask.request.key)


def _end(ask: Ask, body: bodies.ExpirationIn) -> Outcome:
    units = ask.units(body.amount, body.asset) if body.amount is not None else None
    return operations.end(ask.request, body.asset, units)


def _convert(ask: Ask, body: bodies.ConversionIn) -> Outcome:
    conversion = ask.programme.conversions.get(body.conversion)
    units = ask.units(body.amount, conversion.source if conversion else "")
    return operations.convert(ask.request, body.conversion, units)


def _gift(ask: Ask, body: bodies.GiftIn) -> Outcome:
    return operations.gift(ask.request, body.asset, ask.units(body.amount, body.asset), _receiver(body.to))


def _receiver(named: dict[str, str]) -> UUID:
    found = _named(named, "to")
    if found is None:
        raise ApiProblem(404, "receiver_unknown", texts.RECEIVER_UNKNOWN, field="to")
    return found


def _named(named: dict[str, str], field: str) -> UUID | None:
    """The one member whom these identities name; those that nobody has say nothing. `field`: where they stand."""
    found: set[UUID] = set()
    for kind, value in named.items():
        written = members.as_id(value) if kind == "id" else None
        if kind == "id" and written is None:
            raise ApiProblem(422, "not_id", texts.NOT_ID, field=f"{field}.id")
        try:
            known = members.find(str(written) if written else f"{kind}:{value}", region())
        except BadIdentity as refused:
            raise ApiProblem(422, refused.code, refused.detail, field=f"{field}.{kind}") from None
        if known is not None:
            found.add(known.id)
    if len(found) > 1:
        raise ApiProblem(422, "identity_conflict", texts.RECEIVER_SPLIT, field=field)
    return found.pop() if found else None


def _revoke(ask: Ask, _body: bodies.RevokeIn) -> Outcome:
    receiver = draws.receiver_of(ask.member_id, ask.on)
    if receiver is None:
        raise ApiProblem(404, "operation_unknown", texts.OPERATION_UNKNOWN, field="operation_id")
    return operations.revoke(ask.request, ask.on, receiver)


def _merge(ask: Ask, body: bodies.MergeIn) -> Outcome:
    request = replace(ask.request, member_id=_belongs(ask.member_id))
    gone = _other(body.member)
    before = events.by_name(request.source, request.key)
    if before is not None and before.type == "member.merged" and gone == before.member_id:
        gone = members.as_id(before.data["member"]) or gone
    return merging.merge(request, gone)


def _belongs(member_id: UUID) -> UUID:
    """The member whom this record belongs to now. Who there is not stays as asked for: the engine says so."""
    known = members.find(str(member_id))
    return known.id if known else member_id


def _other(named: str | dict[str, str]) -> UUID:
    """The record that is to go. An id is that very record's, whomever it belongs to."""
    if isinstance(named, str):
        written = members.as_id(named)
        if written is not None:
            return written
        if ":" not in named:
            raise ApiProblem(422, "not_id", texts.NOT_ID, field="member")
        kind, value = named.split(":", 1)
        named = {kind: value}
    elif list(named) == ["id"]:
        written = members.as_id(named["id"])
        if written is not None:
            return written
    found = _named(named, "member")
    if found is None:
        raise ApiProblem(404, "member_unknown", texts.NO_SUCH_MEMBER, field="member")
    return found


def _unmerge(ask: Ask, _body: bodies.UndoIn) -> Outcome:
    return merging.unmerge(replace(ask.request, member_id=_belongs(ask.member_id)), ask.on)


def _place(ask: Ask, body: bodies.LevelIn) -> Outcome:
    exact = body.hold == "exact"
    return level_operations.place(ask.request, body.ladder, body.level, body.until, exact=exact)


def _release_level(ask: Ask, body: bodies.LevelOutIn) -> Outcome:
    return level_operations.release(ask.request, body.ladder)


def _tags(ask: Ask, body: bodies.TagsIn) -> Outcome:
    if not body.add and not body.remove:
        raise ApiProblem(422, "no_tags", texts.NO_TAGS, field="add")
    return tagging.change(ask.request, body.add, body.remove)


def _plan(command: Callable[[Request, str], Outcome]) -> Doing:
    """A command that states nothing but the plan."""
    return lambda ask, body: command(ask.request, body.plan)


def _apply(ask: Ask, body: plans.ApplicationIn) -> Outcome:
    return plan_operations.apply(ask.request, body.plan, body.evidence)


def _quote(ask: Ask, body: plans.QuoteIn) -> Outcome:
    return plan_operations.quote(ask.request, body.plan, body.period)


COMMANDS: dict[str, Command] = {
    "credits": Command(Scope.LEDGER_WRITE, bodies.CreditIn, _credit),
    "spends": Command(Scope.LEDGER_SPEND, bodies.SpendIn, _spend, direct=True),
    "holds": Command(Scope.LEDGER_SPEND, bodies.HoldIn, _hold, direct=True),
    "holds/capture": Command(Scope.LEDGER_SPEND, bodies.PartIn, _capture),
    "holds/release": Command(Scope.LEDGER_SPEND, bodies.PartIn, _release),
    "reversals": Command(Scope.LEDGER_WRITE, bodies.ReversalIn, _reverse),
    "corrections": Command(Scope.LEDGER_WRITE, bodies.CorrectionIn, _correct),
    "adjustments": Command(Scope.LEDGER_WRITE, bodies.AdjustmentIn, _adjust),
    "expirations": Command(Scope.LEDGER_WRITE, bodies.ExpirationIn, _end, direct=True),
    "conversions": Command(Scope.LEDGER_SPEND, bodies.ConversionIn, _convert, direct=True),
    "gifts": Command(Scope.LEDGER_SPEND, bodies.GiftIn, _gift),
    "gifts/revoke": Command(Scope.LEDGER_SPEND, bodies.RevokeIn, _revoke),
    "merges": Command(Scope.MEMBERS_WRITE, bodies.MergeIn, _merge),
    "merges/undo": Command(Scope.MEMBERS_WRITE, bodies.UndoIn, _unmerge),
    "levels": Command(Scope.LEVELS_WRITE, bodies.LevelIn, _place),
    "levels/release": Command(Scope.LEVELS_WRITE, bodies.LevelOutIn, _release_level),
    "tags": Command(Scope.MEMBERS_WRITE, bodies.TagsIn, _tags, direct=True),
    "plans/trials": Command(Scope.PLANS_WRITE, plans.PlanIn, _plan(plan_operations.take_trial)),
    "plans/applications": Command(Scope.PLANS_WRITE, plans.ApplicationIn, _apply),
    "plans/approvals": Command(Scope.PLANS_DECIDE, plans.PlanIn, _plan(plan_operations.approve)),
    "plans/refusals": Command(Scope.PLANS_DECIDE, plans.PlanIn, _plan(plan_operations.refuse)),
    "plans/cancellations": Command(Scope.PLANS_WRITE, plans.PlanIn, _plan(plan_operations.cancel)),
    "plans/resumptions": Command(Scope.PLANS_WRITE, plans.PlanIn, _plan(plan_operations.resume)),
    "plans/quotes": Command(Scope.PLANS_WRITE, plans.QuoteIn, _quote),
}
"""Address below a member → command."""
