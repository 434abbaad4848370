"""Examples of the commands on value, as the OpenAPI page shows them."""

from typing import Any

OPERATION = "019a0f3c-5b00-7a31-9c5e-3f1f0a5b7000"

BODIES: dict[str, dict[str, Any]] = {
    "credits": {"asset": "points", "amount": 50, "reason": "Apology for the late delivery"},
    "spends": {"asset": "points", "amount": 100, "order_id": "1001", "order_source": "pos"},
    "holds": {"asset": "wallet", "amount": "88.00", "minutes": 30, "order_id": "1002"},
    "holds/capture": {"amount": "80.00"},
    "holds/release": {},
    "reversals": {"operation_id": OPERATION, "amount": 40, "reason": "Two of five pieces went back"},
    "corrections": {"operation_id": OPERATION, "amount": 90, "reason": "The till was set to the wrong price"},
    "adjustments": {"asset": "points", "amount": -30, "reason": "Credited twice by the old system"},
    "expirations": {"asset": "points", "reason": "The member asked to give them up"},
    "conversions": {"conversion": "points_to_coins", "amount": 100},
    "gifts": {"asset": "points", "amount": 100, "to": {"phone": "+8613800000001"}},
    "gifts/revoke": {},
    "merges": {"member": {"phone": "+8613800000001"}, "reason": "Joined twice: in the store and by WeChat"},
    "merges/undo": {"reason": "Father and son, not one person"},
    "levels": {"ladder": "level", "level": "gold", "until": "2027-12-31", "reason": "Invited by the founder"},
    "levels/release": {"ladder": "level", "reason": "Agreed with the member"},
    "tags": {"add": ["tea lover"], "remove": ["prospect"], "reason": "Told in the store"},
    "plans/trials": {"plan": "vip"},
    "plans/applications": {"plan": "business", "evidence": {"revenue": 21000000, "founded": "2020-05-17"}},
    "plans/approvals": {"plan": "business"},
    "plans/refusals": {"plan": "business", "reason": "The statement is missing a page"},
    "plans/cancellations": {"plan": "vip"},
    "plans/resumptions": {"plan": "vip"},
    "plans/quotes": {"plan": "vip", "period": "year"},
}

ANSWER: dict[str, Any] = {
    "operation_id": OPERATION,
    "id": "5f0c7b1e-spend-1",
    "status": "processed",
    "member_id": "019a0f3c-5b00-7a31-9c5e-3f1f0a5b7c05",
    "effects": [{"kind": "take", "rule": "", "asset": "points", "amount": 100, "account": "spend"}],
    "balances": {"points": 128, "growth": 228, "cash": "0.00", "gift_cash": "0.00"},
    "held": {"points": 0, "growth": 0, "cash": "0.00", "gift_cash": "0.00"},
    "pending": {"points": 0, "growth": 0, "cash": "0.00", "gift_cash": "0.00"},
    "tier": None,
    "tiers": {},
}


def of(name: str) -> dict[str, Any]:
    """The header that names a command, and an example of its body; of a spend its answer as well."""
    extra = named(BODIES[name])
    if name == "spends":
        extra["responses"] = {200: {"content": {"application/json": {"example": ANSWER}}}}
    return extra


def named(example: dict[str, Any]) -> dict[str, Any]:
    """The header that names a command, and an example of its body."""
    return {
        "parameters": [
            {
                "in": "header",
                "name": "Idempotency-Key",
                "required": True,
                "schema": {"type": "string", "minLength": 1, "maxLength": 200},
                "description": "Required, but for a preview. Your name for this operation: sent again with the same"
                " body it is done once and answers with the first result; with another body it is refused (409).",
            }
        ],
        "requestBody": {"content": {"application/json": {"example": example}}},
    }
