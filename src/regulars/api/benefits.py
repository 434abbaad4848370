"""Benefits over the API: what a member has, claiming, using, verifying a code."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from regulars.api import benefit_schemas as schemas
from regulars.api.auth import key
from regulars.api.benefit_commands import COMMANDS, verified
from regulars.api.endpoints import Endpoint, Preview, add
from regulars.api.members import REFERENCE, member_id
from regulars.api.problems import language_of
from regulars.api.reading import parameters
from regulars.api.value_examples import named
from regulars.benefits.contracts import KINDS, Benefit
from regulars.engine.queries import amount_of, money_of
from regulars.insight.benefits import Held, of_member
from regulars.kit import clock
from regulars.language.text import say
from regulars.programme.benefit_words import what_it_is
from regulars.programme.contracts import Programme
from regulars.programme.service import current
from regulars.staff.contracts import Scope

router = Router(tags=["benefits"])

EXAMPLES: dict[str, dict[str, Any]] = {
    "benefits/claim": {"benefits": ["birthday_cake"]},
    "benefits/use": {"benefit": "lounge", "store": "PVG-2", "terminal": "desk-1"},
    "benefits/undo": {"operation_id": "019a0f3c-5b00-7a31-9c5e-3f1f0a5b7000", "reason": "Pressed by mistake"},
    "benefits/give": {"benefit": "tea", "reason": "Apology for the long wait"},
    "benefits/take-back": {
        "entitlement_id": "019a0f3c-5b00-7a31-9c5e-3f1f0a5b7001",
        "reason": "Given to the wrong member",
    },
}


@router.get(
    "/members/{path:ref}/benefits",
    response=schemas.MemberBenefitsOut,
    auth=key(Scope.MEMBERS_READ),
    summary="Benefits of a member",
    operation_id="listMemberBenefits",
    description="What the member can claim, has claimed, and has the good of without claiming, with all that a till"
    f" needs to apply it; and what the next level would bring. {REFERENCE}",
)
@parameters()
def listed(request: HttpRequest, ref: str) -> Any:
    programme = current()
    found = of_member(member_id(ref), programme, clock.now())
    language = language_of(request)
    return {"items": [_held(one, programme, language) for one in found.held]}


def _held(one: Held, programme: Programme, language: str) -> schemas.BenefitOut:
    benefit, row = one.benefit, one.row
    kind = KINDS[benefit.kind]
    claimed = one.stage == "claimed"
    return schemas.BenefitOut(
        benefit=benefit.id,
        name=say(benefit.name, language),
        description=say(benefit.description, language),
        kind=kind.id,
        family=kind.family.value,
        mode=kind.mode.value,
        stage=one.stage.value,
        says=what_it_is(benefit, programme, language),
        terms=_terms(benefit, programme),
        entitlement_id=row.id if row else None,
        code=row.code or None if row else None,
        claim_by=None if claimed else one.ends_at,
        use_by=one.ends_at if claimed else None,
        left=one.left,
        uses_left=row.uses_left if row else None,
        out_of_stock=one.gone,
        level={"ladder": one.level[0], "level": one.level[1]} if one.level else None,
    )


def _terms(benefit: Benefit, programme: Programme) -> dict[str, Any]:
    """The kind's settings with money and units as decimals; 0 where there is no bound is left out."""
    told: dict[str, Any] = {}
    asset = programme.assets.get(benefit.terms.get("asset", ""))
    for name, value in benefit.terms.items():
        if name.endswith("_minor"):
            if value:
                told[name.removesuffix("_minor")] = money_of(value, programme.minor_digits)
        elif name in ("amount", "most") and asset is not None:
            if value:
                told[name] = amount_of(value, asset.scale)
        elif value not in ("", []):
            told[name] = value
    return told


@router.post(
    "/benefits/verify",
    response={200: schemas.ReceiptOut},
    auth=key(Scope.BENEFITS_USE),
    summary="Verify a code in the store",
    operation_id="verifyBenefit",
    description="Uses one piece of what the code stands for, once, and answers with the receipt. Every code that"
    " can't be used, unknown or used already, is answered alike: 404 `code_not_valid`. With `preview` it only looks.",
    openapi_extra=named({"code": "7KQ2-M9XW-3HTB", "store": "PVG-2", "terminal": "desk-1"}),
)
@parameters("preview")
def verify(request: HttpRequest, body: schemas.VerifyIn, preview: Preview) -> HttpResponse:
    return verified(request, body, preview)


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "benefits/claim",
        "Claim benefits",
        "claimBenefits",
        "All that are named, or none. What was granted and ends first is claimed, else what the member's standing"
        " gives. 409 `out_of_stock`, `quota_used`, `choice_made`, `claim_window`, `not_entitled`.",
    ),
    Endpoint(
        "benefits/use",
        "Use a benefit",
        "useBenefit",
        "One piece of what was claimed, or of what nobody has to claim.",
    ),
    Endpoint(
        "benefits/undo",
        "Undo a use",
        "undoBenefitUse",
        "As long as it is the last use of its entitlement; the code is good again.",
    ),
    Endpoint("benefits/give", "Give a benefit by hand", "giveBenefit", "On top of any quota."),
    Endpoint(
        "benefits/take-back",
        "Take a benefit back",
        "takeBackBenefit",
        "What is granted or claimed; and what was credited by claiming it, by the asset's clawback.",
    ),
)
add(router, ENDPOINTS, COMMANDS, lambda name: named(EXAMPLES[name]))
