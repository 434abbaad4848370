"""The examples and schemas of the events door, as the OpenAPI page shows them."""

from typing import Any

from regulars.engine.bodies import EVENTS_LIMIT
from regulars.engine.doors import EVENT_LIMIT
from regulars.events.payloads import ITEMS_LIMIT

ORDER: dict[str, Any] = {
    "id": "o-1001",
    "source": "pos",
    "type": "order.paid",
    "member": {"phone": "+8613800000000"},
    "time": "2026-11-22T10:00:00+08:00",
    "data": {
        "order_id": "1001",
        "total": "128.00",
        "currency": "CNY",
        "channel": "store",
        "store": "S01",
        "items": [
            {
                "sku": "A1",
                "name": "高山乌龙茶 250 g",
                "category": "tea",
                "brand": "Corner",
                "quantity": 1,
                "price": "128.00",
            }
        ],
    },
}
REFUND: dict[str, Any] = {
    "id": "r-77",
    "source": "pos",
    "type": "order.refunded",
    "member": {"phone": "+8613800000000"},
    "time": "2026-11-23T09:30:00+08:00",
    "data": {"order_id": "1001", "refund_id": "77", "amount": "28.00", "currency": "CNY"},
}
CHECKIN: dict[str, Any] = {
    "id": "c-2026-11-22-5",
    "source": "miniprogram",
    "type": "checkin",
    "member": {"wechat": "oAbC123"},
    "time": "2026-11-22T08:00:00+08:00",
    "data": {"channel": "wechat"},
}
RESULT: dict[str, Any] = {
    "id": "o-1001",
    "status": "processed",
    "member_id": "019a0f3c-5b00-7a31-9c5e-3f1f0a5b7c05",
    "effects": [
        {
            "kind": "credit",
            "rule": "base_points",
            "asset": "points",
            "amount": 128,
            "reason": "Points for purchases",
        },
        {
            "kind": "credit",
            "rule": "base_points",
            "asset": "growth",
            "amount": 128,
            "reason": "Points for purchases",
        },
        {
            "kind": "message",
            "rule": "base_points",
            "template": "order_points",
            "reason": "Points for purchases",
        },
    ],
    "balances": {"points": 228, "growth": 128},
    "tier": {"ladder": "level", "level": "basic", "name": "Member", "since": "2026-11-22", "until": None},
    "tiers": {
        "level": {"ladder": "level", "level": "basic", "name": "Member", "since": "2026-11-22", "until": None}
    },
}
_ERROR: dict[str, Any] = {
    "field": "member",
    "code": "unknown_member",
    "message": "there is no such member, and this type of event does not create one",
}
REJECTED: dict[str, Any] = {
    "id": "c-2026-11-22-5",
    "status": "rejected",
    "error": _ERROR,
    "errors": [_ERROR],
}

_EVENT: dict[str, Any] = {
    "type": "object",
    "title": "Event",
    "required": ["id", "type", "member"],
    "additionalProperties": False,
    "properties": {
        "id": {
            "type": "string", "minLength": 1, "maxLength": 200,
            "description": "Your name for it, unique within the source. Sending it again changes nothing and "
            "answers with the first result; the same id with another body is refused.",
        },
        "source": {
            "type": "string", "minLength": 1, "maxLength": 60,
            "description": "The system it comes from; else the name of the API key.",
        },
        "type": {
            "type": "string",
            "description": "One of GET /event-types.",
            "examples": ["order.paid", "order.refunded", "member.joined", "checkin"],
        },
        "member": {
            "type": "object",
            "description": "Identities of one member, any of them: phone, email, card, wechat, wechat_union, wecom, "
            "weibo, alipay, pos, external, a kind of your own, or `id`. For types that may create members an "
            "unknown one joins. Whatever the type, identities that nobody has are given to the member whom the others "
            "name; identities of two members are refused.",
            "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 254},
            "minProperties": 1,
        },
        "time": {
            "type": "string", "format": "date-time",
            "description": "When it happened, with its offset; else now. Late events count at their own time.",
        },
        "data": {
            "type": "object",
            "description": "What the type's payload holds. Money as decimal text. Fields of your own are kept. "
            f"At most {ITEMS_LIMIT:,} order lines, {EVENT_LIMIT:,} characters of JSON in all.",
        },
    },
}  # fmt: skip
_RESULT: dict[str, Any] = {
    "type": "object",
    "title": "Result",
    "required": ["id", "status"],
    "properties": {
        "id": {"type": ["string", "null"]},
        "status": {"enum": ["processed", "duplicate", "rejected"]},
        "member_id": {"type": ["string", "null"], "format": "uuid"},
        "effects": {
            "type": "array",
            "items": {"type": "object"},
            "description": "What followed, in order: credit, take, tier, tag, message, refund; each names its rule. "
            "`amount`, `debt` and `waived` are written as the balances are, a refund's `amount` as decimal text.",
        },
        "balances": {
            "type": "object",
            "additionalProperties": {"type": ["integer", "string"]},
            "description": "After it, by asset: whole units, or decimal text for assets with decimals.",
        },
        "tier": {
            "type": ["object", "null"],
            "description": "After it, on the first ladder: ladder, level, name, since, until.",
        },
        "tiers": {"type": "object", "description": "After it, on every ladder."},
        "error": {
            "type": "object",
            "description": "Of a rejected event, the first thing that is wrong: the field, a stable code, and a "
            "sentence in your language.",
            "properties": {
                "field": {"type": "string"}, "code": {"type": "string"}, "message": {"type": "string"},
            },
        },
        "errors": {
            "type": "array", "items": {"type": "object"}, "description": "Everything that is wrong with it.",
        },
    },
}  # fmt: skip

POST_EVENTS: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": False,
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
            "description": "Stands in for `id` where a single event has none.",
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": [
                        _EVENT,
                        {
                            "type": "object",
                            "title": "Events",
                            "required": ["events"],
                            "additionalProperties": False,
                            "properties": {
                                "events": {
                                    "type": "array", "items": _EVENT, "minItems": 1, "maxItems": EVENTS_LIMIT,
                                }
                            },
                        },
                    ]
                },
                "examples": {
                    "order": {"summary": "An order was paid", "value": ORDER},
                    "refund": {"summary": "Part of it was refunded", "value": REFUND},
                    "batch": {"summary": "Several at once", "value": {"events": [ORDER, CHECKIN]}},
                },
            }
        },
    },
    "responses": {
        200: {
            "description": "One result for each event, in the order sent.",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["results"],
                        "properties": {"results": {"type": "array", "items": _RESULT}},
                    },
                    "examples": {
                        "order": {"value": {"results": [RESULT]}},
                        "batch": {
                            "summary": "The second was rejected, the first is not touched by it",
                            "value": {"results": [RESULT, REJECTED]},
                        },
                    },
                }
            },
        }
    },
}  # fmt: skip
