"""A shop with every kind of value over the API, and short ways to command it."""

from itertools import count
from typing import Any

from regulars.ledger.models import Balance, Draw, Entry, Lot
from tests.api.conftest import Caller
from tests.engine.world import moved, tables

MEMBER = "/members/phone:%2B8613800000000"
OTHER = "/members/phone:%2B8613800000001"

_keys = count(1)


def joined(caller: Caller, phone: str = "+8613800000000") -> str:
    """A new member with the joining gift of 100 points; their id."""
    event = {
        "id": f"join-{phone}",
        "source": "pos",
        "type": "member.joined",
        "member": {"phone": phone},
        "data": {},
    }
    response = caller.post("/events", event)
    assert response.status_code == 200, response.content
    return str(response.json()["results"][0]["member_id"])


def topped_up(caller: Caller, amount: str, topup_id: str = "t1", when: str | None = None) -> dict[str, Any]:
    """Money paid into the wallet, told by the payment side."""
    event = {
        "id": f"top-{topup_id}", "source": "pay", "type": "wallet.topped_up", "member": {"phone": "+8613800000000"},
        "data": {"wallet": "wallet", "topup_id": topup_id, "amount": amount, "currency": "CNY"},
    }  # fmt: skip
    response = caller.post("/events", {**event, "time": when} if when else event)
    assert response.status_code == 200, response.content
    result: dict[str, Any] = response.json()["results"][0]
    return result


def ask(caller: Caller, path: str, body: Any = None, key: str = "", member: str = MEMBER) -> Any:
    """The response to a command, under a key of its own where none is named."""
    return caller.post(f"{member}/{path}", body or {}, Idempotency_Key=key or f"key-{next(_keys)}")


def do(caller: Caller, path: str, body: Any = None, key: str = "", member: str = MEMBER) -> dict[str, Any]:
    """Done; the answer."""
    response = ask(caller, path, body, key, member)
    assert response.status_code == 200, response.content.decode()
    answer: dict[str, Any] = response.json()
    return answer


def books() -> tuple[Any, ...]:
    """All that the books hold, to see that nothing has changed."""
    return tuple(
        tuple(sorted(map(str, model.objects.values_list(*names))))
        for model, names in (
            (Entry, ("id", "amount", "account")),
            (Lot, ("id", "amount", "remaining", "held", "pending", "expired", "reversed")),
            (Balance, ("member_id", "asset", "balance", "held", "pending")),
            (Draw, ("id", "open", "used", "returned")),
        )
    )


def movements(event_id: str) -> list[tuple[str, int, str]]:
    """(asset, amount, account) of an operation's entries, in order."""
    first = int(event_id.replace("-", ""), 16)
    return [
        (entry.asset, entry.amount, entry.account)
        for entry in Entry.objects.order_by("id")
        if first < entry.id.int < first + 4096
    ]


__all__ = ["MEMBER", "OTHER", "ask", "books", "do", "joined", "moved", "movements", "tables", "topped_up"]
