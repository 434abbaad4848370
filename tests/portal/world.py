"""A published programme, members with a past, and the ways of a visitor."""

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from django.test import Client

from regulars.engine import operations
from regulars.engine.doors import receive
from regulars.engine.operations import Request
from regulars.programme.contracts import Programme
from regulars.programme.service import publish, version

GROCERY = Path(__file__).parents[2] / "programmes" / "grocery.yaml"
MALL = GROCERY.with_name("mall.yaml")
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
CHINESE, ENGLISH, TAIWANESE = "zh-CN,zh;q=0.9", "en-GB,en;q=0.9", "zh-TW,zh;q=0.9"


def open_programme(path: Path = GROCERY) -> Programme:
    """The grocery's programme, or another one, in force."""
    version.cache_clear()
    return publish(path.read_text(), "test")


def tell(kind: str, member: dict[str, str], key: str, time: datetime = NOW, **data: Any) -> UUID:
    """One event through the door; the member's id."""
    event = {"id": key, "type": kind, "member": member, "time": time.isoformat(), "data": data}
    [result] = receive(json.dumps(event).encode(), "pos", "en")
    assert result["status"] == "processed", result
    return UUID(result["member_id"])


def paid(member: dict[str, str], order: str, total: str, time: datetime = NOW) -> UUID:
    """A purchase."""
    return tell(
        "order.paid", member, f"e-{order}", time, order_id=order, total=total, currency="CNY", store="S01"
    )


_keys = count(1)


def command(member: UUID, name: str, *args: Any, reason: str = "", **options: Any) -> UUID:
    """A command from the till; the operation's id."""
    request = Request(member, "till", f"c{next(_keys)}", reason=reason)
    outcome = getattr(operations, name)(request, *args, **options)
    assert outcome.error is None, outcome.error.text
    assert isinstance(outcome.event_id, UUID)
    return outcome.event_id


def topped_up(member: dict[str, str], number: str, amount: str, time: datetime = NOW) -> UUID:
    """Money paid into the wallet."""
    return tell(
        "wallet.topped_up", member, f"t-{number}", time,
        wallet="wallet", topup_id=number, amount=amount, currency="CNY",
    )  # fmt: skip


def rain(email: str = "rain@example.cn") -> UUID:
    """A member with a name, a phone, a mailbox, two purchases and a refund."""
    who = {"phone": "+8613800001234", "email": email}
    tell(
        "member.joined", who, "j-rain", datetime(2026, 9, 1, tzinfo=UTC), name="林小雨", birthday="1990-05-17"
    )
    paid(who, "1001", "600.00", datetime(2026, 10, 6, 3, 0, tzinfo=UTC))
    paid(who, "1002", "688.50", datetime(2026, 11, 19, 3, 0, tzinfo=UTC))
    just = NOW - timedelta(minutes=1)
    return tell("order.refunded", who, "r-1002", just, order_id="1002", amount="88.50", currency="CNY")


def visitor(language: str = CHINESE, forwarded: str = "") -> Client:
    """A browser that checks what Django checks."""
    headers = {"accept-language": language, **({"x-forwarded-for": forwarded} if forwarded else {})}
    return Client(enforce_csrf_checks=True, headers=headers)


def post(client: Client, path: str, **fields: str) -> Any:
    """Send the page's form, with the token that the page gave."""
    token = client.cookies["csrftoken"].value
    return client.post(path, {**fields, "csrfmiddlewaretoken": token})


def ask(client: Client, address: str) -> Any:
    """Ask for a code; the answer to the form."""
    client.get("/m/sign-in/")
    return post(client, "/m/sign-in/", address=address)


def shown_code(client: Client) -> str:
    """The code that the demo shows."""
    found = re.search(r"<b>(\d{6})</b>", text_of(client.get("/m/sign-in/code/")))
    assert found is not None
    return found[1]


def sign_in(client: Client, address: str) -> Any:
    """All the way in, by the code that the demo shows; the answer to the right code."""
    assert ask(client, address).status_code == 302
    return post(client, "/m/sign-in/code/", code=shown_code(client))


def words(page: str) -> str:
    """The page's text, one space between words."""
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", "", page, flags=re.S)).split())


def seen(client: Client, path: str) -> str:
    """The text of a page that is there."""
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return words(text_of(response))


def text_of(response: Any) -> str:
    return str(response.content.decode())
