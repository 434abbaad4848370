"""The commands on benefits: what each asks of the engine, and the receipt of a use."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from pydantic_core import to_json

from regulars.api import benefit_schemas as schemas
from regulars.api import texts
from regulars.api.auth import holder_of
from regulars.api.commands import STATUS, Ask, Command
from regulars.api.problems import ApiProblem, language_of, respond
from regulars.api.reading import KEY_HEADER, idempotency_key
from regulars.api.sending import source_of
from regulars.engine import benefits
from regulars.engine.benefits import Where
from regulars.engine.contracts import Outcome, Rejected
from regulars.engine.verifying import Asker, Receipt, verify
from regulars.kit import clock
from regulars.kit.ids import time_id
from regulars.kit.problems import speak
from regulars.language.text import say
from regulars.members import queries as members
from regulars.programme.benefit_words import what_it_is
from regulars.programme.service import recent
from regulars.staff.contracts import Scope


def _claim(ask: Ask, body: schemas.ClaimIn) -> Outcome:
    if (body.entitlement_id is None) == (not body.benefits):
        raise ApiProblem(422, "benefits_or_entitlement", texts.BENEFITS_OR_ENTITLEMENT, field="benefits")
    if body.entitlement_id is not None:
        return benefits.claim_entitlement(ask.request, body.entitlement_id)
    return benefits.claim(ask.request, body.benefits)


def _use(ask: Ask, body: schemas.UseIn) -> Outcome:
    where = Where(body.store, body.terminal, body.order_id)
    if (body.entitlement_id is None) == (body.benefit is None):
        raise ApiProblem(422, "benefits_or_entitlement", texts.BENEFITS_OR_ENTITLEMENT, field="benefit")
    if body.entitlement_id is not None:
        return benefits.use_entitlement(ask.request, body.entitlement_id, where)
    assert body.benefit is not None
    return benefits.use(ask.request, body.benefit, where)


def _undo(ask: Ask, body: schemas.UndoUseIn) -> Outcome:
    return benefits.restore(ask.request, body.operation_id)


def _give(ask: Ask, body: schemas.GiveIn) -> Outcome:
    return benefits.give(ask.request, body.benefit)


def _take_back(ask: Ask, body: schemas.TakeBackIn) -> Outcome:
    return benefits.take_back(ask.request, body.entitlement_id)


COMMANDS: Mapping[str, Command] = {
    "benefits/claim": Command(Scope.BENEFITS_USE, schemas.ClaimIn, _claim),
    "benefits/use": Command(Scope.BENEFITS_USE, schemas.UseIn, _use),
    "benefits/undo": Command(Scope.BENEFITS_USE, schemas.UndoUseIn, _undo),
    "benefits/give": Command(Scope.BENEFITS_WRITE, schemas.GiveIn, _give),
    "benefits/take-back": Command(Scope.BENEFITS_WRITE, schemas.TakeBackIn, _take_back),
}
"""Address below a member → command."""


def verified(http: HttpRequest, body: schemas.VerifyIn, preview: bool) -> HttpResponse:
    """Use what a code stands for; the receipt."""
    named = idempotency_key(http)
    if named is None:
        if not preview:
            raise ApiProblem(400, "no_idempotency_key", texts.KEY_NEEDED, field=KEY_HEADER)
        named = f"preview:{time_id(clock.now())}"
    asker = Asker(source_of(http), named, f"key:{holder_of(http).name}", preview)
    language = language_of(http)
    try:
        found = verify(asker, body.code, Where(body.store, body.terminal, body.order_id))
    except Rejected as refused:
        return _refused(language, refused)
    answer = to_json(_receipt(found, language))
    return HttpResponse(answer, content_type="application/json; charset=utf-8")


def _refused(language: str, refused: Rejected) -> HttpResponse:
    message = speak(refused.text, language)
    field = KEY_HEADER if refused.code == "key_conflict" else refused.field
    errors = [{"field": field, "message": message, "code": refused.code}]
    detail = speak(texts.INVALID_ONE, language, field=field, message=message)
    return respond(language, STATUS.get(refused.code, 422), refused.code, detail, errors)


def _receipt(found: Receipt, language: str) -> dict[str, Any]:
    programme = recent()
    benefit = programme.benefits.get(found.benefit)
    who = members.profile(found.member_id)
    return {
        "operation_id": found.operation_id,
        "status": found.status,
        "member_id": found.member_id,
        "member_name": who.name if who else "",
        "benefit": found.benefit,
        "name": say(benefit.name, language) if benefit else found.benefit,
        "says": what_it_is(benefit, programme, language) if benefit else "",
        "at": found.at,
        "store": found.store,
        "terminal": found.terminal,
        "uses_left": found.uses_left,
    }
