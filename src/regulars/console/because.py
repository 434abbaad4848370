"""Why an event did what it does by itself, without a rule: value that ran out or was taken back, a level that changed.

Told from what is stored: the lots that an entry names carry the moment at which they were earned.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from regulars.console import effects, formats
from regulars.console.asked import About, operator_said
from regulars.events.contracts import RecordedEvent
from regulars.events.queries import by_ids
from regulars.kit.ids import parent_id
from regulars.language.effects import EXPIRE, PENDING, REVERSE, SPEND
from regulars.ledger.contracts import EntryRow
from regulars.ledger.queries import entries_between
from regulars.programme.contracts import Programme
from regulars.programme.ladder_words import ladder_in_words, level_in_words
from regulars.programme.sentences import asset_in_words

TAKEN = (EXPIRE, REVERSE)
MOVEMENTS = ("credit", "take", "give")


def reasons(event: RecordedEvent, records: list[dict[str, Any]], programme: Programme) -> list[str]:
    """For each of these effects of `event` a sentence that says why; empty where it speaks for itself.

    What somebody asked for, or time brought, is said once, at the first movement."""
    moved: list[EntryRow] = []
    if any(record.get("account") in TAKEN for record in records):
        moved = entries_between(event.member_id, event.id, event.id)
    found = []
    said = _said_once(event, programme)
    for record in records:
        if said and record.get("kind") in MOVEMENTS:
            found.append(said)
            said = ""
        else:
            found.append(_reason(event, record, moved, programme))
    return found


def _said_once(event: RecordedEvent, programme: Programme) -> str:
    if not event.type.startswith(("asset.", "hold.", "gift.")) or event.type == "asset.expired":
        return ""
    if event.type == "asset.matured":
        return _("It was pending, and is the member's to use from now on.")
    about = About(event.member_id, [event], programme).say(event)
    return " ".join(part for part in (about, operator_said(event)) if part)


def _reason(event: RecordedEvent, record: dict[str, Any], moved: list[EntryRow], programme: Programme) -> str:
    kind, account = record.get("kind"), record.get("account")
    if kind == "tier":
        return _level(record, programme)
    if event.type.startswith("order.") and kind == "give":
        return _came_back(str(account))
    if kind != "take" or account not in TAKEN:
        return ""
    if account == REVERSE and not event.type.startswith("order."):
        return ""
    lots = [each.lot_id for each in moved if (each.asset, each.account) == (record["asset"], account)]
    return (
        _expired(record, lots, programme) if account == EXPIRE else _returned(event, record, lots, programme)
    )


def _came_back(account: str) -> str:
    """Why a refund, a cancellation or a completed order gave something back."""
    return {
        SPEND: _("It was spent on the order, and goes back to where it came from with its own end."),
        PENDING: _("It had waited for the order."),
    }.get(account, "")


def _expired(record: dict[str, Any], lots: list[UUID], programme: Programme) -> str:
    """When it was earned, and how long it was good for."""
    if not lots:
        return ""
    first, last = _moment(min(lots)), _moment(max(lots))
    said = ngettext(
        "Earned on %(first)s and not used in time.",
        "Earned %(count)s times from %(first)s to %(last)s and not used in time.",
        len(lots),
    ) % {"count": formats.number(len(lots)), "first": formats.day(first), "last": formats.day(last)}
    asset = programme.assets.get(record["asset"])
    words = asset_in_words(asset, get_language() or "en") if asset else ()
    return _joined(said, *words[1:2])


def _returned(event: RecordedEvent, record: dict[str, Any], lots: list[UUID], programme: Programme) -> str:
    """Which order had earned how much, and what part of it was returned by then."""
    earned_by = sorted({parent_id(lot) for lot in lots})
    orders = by_ids(event.member_id, earned_by)
    order = next(
        (orders[each] for each in earned_by if each in orders and "total_minor" in orders[each].data), None
    )
    if order is None:
        return _("The order that had earned it was returned.")
    asset = record["asset"]
    credited = sum(
        each["amount"]
        for each in order.effects
        if each.get("kind") == "credit" and each.get("asset") == asset
    )
    refund = next((each for each in event.effects if each.get("kind") == "refund"), None)
    values = {
        "order": order.data.get("order_id", order.key),
        "day": formats.day(order.time),
        "total": formats.money(order.data["total_minor"], programme),
        "earned": effects.amount(asset, credited, programme).lstrip("+"),
        "refund": formats.money(refund.get("amount_minor") if refund else None, programme),
    }
    said = (
        _("Order %(order)s of %(day)s had earned %(earned)s for %(total)s; %(refund)s of it was returned.")
        if refund
        else _(
            "Order %(order)s of %(day)s had earned %(earned)s for %(total)s, and was returned before it came in."
        )
    ) % values
    return _joined(said, _("What it earned is taken back in the same proportion."))


def _level(record: dict[str, Any], programme: Programme) -> str:
    """What the level asks for, and what made it change now."""
    language = get_language() or "en"
    ladder = programme.ladders.get(record["ladder"])
    level = next((each for each in ladder.levels if each.id == record["after"]), None) if ladder else None
    if ladder is None or level is None:
        return ""
    asks = f"{effects.level_name(ladder.id, level.id, programme)}: {level_in_words(level, ladder, programme, language)}"
    why = {
        "earned": "",
        "kept": _("The period ended, and what was earned is enough to keep the level."),
        "ended": _("The period ended, and what was earned is enough for this level."),
        "fell": _("The measure no longer reaches the level before."),
        "grace": _("The period ended without reaching what keeps the level; there is time left to do so."),
        "placed": _("An operator decided that the member has at least this level."),
        "pinned": _("An operator decided on just this level."),
        "revised": _("A new version of the programme asks for something else."),
        "released": _("What an operator had decided was taken back."),
        "recomputed": _("What was earned on an earlier day has changed, so the level was worked out again."),
    }.get(record.get("reason", ""), "")
    return _joined(why, f"{asks}.", ladder_in_words(ladder, programme, language))


def _moment(ident: UUID) -> datetime:
    """The time that an id of version 7 carries."""
    return datetime.fromtimestamp((ident.int >> 80) / 1000, UTC)


def _joined(*sentences: str) -> str:
    between = "" if (get_language() or "").startswith("zh") else " "
    return between.join(each for each in sentences if each)
