"""The messages of a programme file, proofread: can every template be written, and is there what it asks for?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from regulars.campaigns.contracts import MessageAction
from regulars.events.contracts import EventType
from regulars.language.problems import Place, words
from regulars.language.text import Text
from regulars.messaging.contracts import Template
from regulars.messaging.proofs import Name, Slip, missing, proofread, rehearse
from regulars.programme.contracts import Programme

ORDER = "order.paid"
TIER = "tier."
PLAN = "plan."
TOPPED_UP, PAID_BACK = "wallet.topped_up", "wallet.refunded"
VALUE = ("asset.", "hold.", "gift.")
CONVERTED, RECEIVED = "asset.converted", "asset.received"
BENEFIT = "benefit."
OPEN_REASONS = frozenset({"asset.credited", "asset.spent", "asset.held", "asset.gifted"})
"""Types whose stated reason a message may show; why an operator put something right stays in the house."""


@dataclass(frozen=True, slots=True)
class Misprint:
    """One thing wrong with a message: the text where it stands, what it is, and how many lines into the text."""

    place: Place
    text: Text
    line: int | None


def context_shape(programme: Programme, event_type: EventType) -> dict[str, Any]:
    """What the engine gives to a message about an event of this type, with sample values."""
    shape: dict[str, Any] = {
        "event": {"type": event_type.id, "time": "2026-11-22T10:00+08:00"},
        "member": {
            "name": "Li Na",
            "recommendations": [{"name": "Tea", "price": "12.80", "reason": "You buy it often"}],
        },
        "earned": _sums(programme),
        "balances": _sums(programme),
        "tiers": {
            ladder.id: {"level": ladder.levels[0].id, "until": "2027-11-30"}
            for ladder in programme.ladders.values()
            if ladder.levels
        },
    }
    if event_type.id == ORDER:
        shape["order"] = {"order_id": "1001", "total": "128.00"}
    if event_type.id.startswith(TIER):
        shape["tier"] = dict.fromkeys(("ladder", "before", "after", "name", "until"), "gold")
    if event_type.id.startswith(VALUE) and (event_type.derived or event_type.command):
        shape |= _value(event_type.id)
    if event_type.id.startswith(BENEFIT):
        shape["benefit"] = {"id": "gift", "name": "gift", "description": "A gift", "until": "2026-11-30"}
    if event_type.id.startswith(PLAN):
        shape["plan"] = {
            "id": "vip", "name": "VIP", "status": "active", "period": "month", "period_name": "monthly",
            "until": "2026-12-22", "days_left": 5, "amount": "15.00", "auto_renew": True, "reason": "—",
            "before": "Member",
        }  # fmt: skip
    if event_type.id in (TOPPED_UP, PAID_BACK):
        shape["topup"] = {"wallet": "Wallet", "amount": "500.00", "bonus": "50.00", "balance": "550.00"}
    return shape


def _value(type_id: str) -> dict[str, Any]:
    """What a message has when value moved by itself."""
    asset = {"id": "points", "name": "points", "balance": 7}
    shape: dict[str, Any] = {"asset": asset, "units": 7, "change": "+7", "expires_on": "2026-11-30"}
    if type_id in OPEN_REASONS:
        shape["reason"] = "Thank you"
    if type_id == RECEIVED:
        shape |= {"friend": {"name": "Wang Fang"}, "usable_at": "2026-11-23T10:00+08:00"}
    if type_id == CONVERTED:
        shape["into"] = {**asset, "units": 7}
    return shape


def _sums(programme: Programme) -> dict[str, int | str]:
    """Units as a message shows them: of an asset with decimals as decimal text."""
    return {asset.id: f"{7:.{asset.scale}f}" if asset.scale else 7 for asset in programme.assets.values()}


def misprints(programme: Programme, sound: bool) -> Iterator[Misprint]:
    """What is wrong with the templates. `sound`: nothing else is wrong with the programme, so that the rules say
    on which events a message goes out; else it is taken to go out on any."""
    sent: dict[str, list[EventType]] = {}
    for rule in programme.rules if sound else ():
        for action in rule.then:
            if isinstance(action, MessageAction):
                sent.setdefault(action.template, []).append(programme.event_types[rule.on])
    everywhere = _merged(programme, list(programme.event_types.values()))
    for template in programme.templates.values():
        types = sent.get(template.id, [])
        yield from _of_template(
            template, types, _merged(programme, types) if types else everywhere, everywhere
        )


def _merged(programme: Programme, types: list[EventType]) -> dict[str, Any]:
    """All that there is on at least one of these types."""
    merged: dict[str, Any] = {}
    for event_type in types:
        merged |= context_shape(programme, event_type)
    return merged


def _of_template(
    template: Template, types: list[EventType], context: Mapping[str, Any], everywhere: Mapping[str, Any]
) -> Iterator[Misprint]:
    for part, text in (("subject", template.subject), ("body", template.body)):
        for language, source in text.items():
            place: Place = ("messages", template.id, part, language)
            unsound, names = proofread(source)
            slips = list(unsound)
            for name in names:
                slip = _unknown(name, types, context, everywhere)
                if slip is not None:
                    slips.append(slip)
            for slip in slips or rehearse(source, context):
                yield Misprint(place, slip.text, slip.line)


def _unknown(
    name: Name, types: list[EventType], context: Mapping[str, Any], everywhere: Mapping[str, Any]
) -> Slip | None:
    """A value that no message of these types has."""
    found = missing(name, context)
    if found is None:
        return None
    gone, there = found
    if missing(name, everywhere) is None:
        on = ", ".join(sorted({each.id for each in types}))
        return Slip(
            words(
                f"{gone} 在 {on} 的消息里没有",
                f"{gone} 在 {on} 的訊息裡沒有",
                f"a message on {on} has no {gone}",
            ),
            name.line,
        )
    if not there:
        whole = gone.rpartition(".")[0]
        return Slip(
            words(
                f"没有 {gone}，请直接写 {whole}",
                f"沒有 {gone}，請直接寫 {whole}",
                f"there is no {gone}: write {whole}",
            ),
            name.line,
        )
    known = ", ".join(there)
    return Slip(
        words(
            f"没有 {gone}，现有：{known}",
            f"沒有 {gone}，現有：{known}",
            f"there is no {gone}; there are: {known}",
        ),
        name.line,
    )
