"""What an event did, as lines that a person reads: from the records that are stored with the event."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from regulars.audiences.queries import names as audience_names
from regulars.console import formats
from regulars.console.plan_words import plan_record
from regulars.language.effects import (
    ADJUST,
    CONVERT,
    EXPIRE,
    GIFT,
    HOLD,
    ISSUE,
    MERGE,
    PENDING,
    REVERSE,
    SPEND,
)
from regulars.language.text import say
from regulars.ledger.contracts import Asset
from regulars.programme.contracts import Programme
from regulars.programme.sentences import blanks

ACCOUNTS = {
    ISSUE: gettext_lazy("Issued"),
    SPEND: gettext_lazy("Spent"),
    EXPIRE: gettext_lazy("Expired"),
    REVERSE: gettext_lazy("Taken back"),
    ADJUST: gettext_lazy("Adjusted"),
    CONVERT: gettext_lazy("Converted"),
    GIFT: gettext_lazy("Gifts"),
    MERGE: gettext_lazy("Merges"),
    HOLD: gettext_lazy("Held"),
    PENDING: gettext_lazy("Pending"),
}
"""The house's accounts, and what is set aside, as headings."""

_CREDITED = {
    ADJUST: gettext_lazy("adjusted"),
    CONVERT: gettext_lazy("converted into it"),
    GIFT: gettext_lazy("received as a gift"),
    MERGE: gettext_lazy("stays here as a merge is undone"),
}
_TAKEN = {
    SPEND: gettext_lazy("spent"),
    EXPIRE: gettext_lazy("expired"),
    REVERSE: gettext_lazy("taken back"),
    ADJUST: gettext_lazy("adjusted"),
    CONVERT: gettext_lazy("converted"),
    GIFT: gettext_lazy("given away"),
    MERGE: gettext_lazy("moved out with a merge"),
    HOLD: gettext_lazy("held"),
}
_GIVEN = {
    SPEND: gettext_lazy("spending undone"),
    ADJUST: gettext_lazy("put right"),
    CONVERT: gettext_lazy("conversion undone"),
    GIFT: gettext_lazy("gift undone"),
    MERGE: gettext_lazy("moved in with a merge"),
    HOLD: gettext_lazy("no longer held"),
    PENDING: gettext_lazy("no longer pending"),
}
"""Why units came, went and came back, by account."""


@dataclass(frozen=True, slots=True)
class EffectLine:
    """One effect. `tone` is gain, loss or empty; `rule` the rule's name, empty for what the event means itself."""

    kind: str
    text: str
    tone: str
    rule: str


def lines(records: list[dict[str, Any]], programme: Programme) -> list[EffectLine]:
    """The effects in their order. A kind that this version does not know is shown by its name."""
    names = {rule.id: say(rule.name, get_language() or "en") for rule in programme.rules}
    return [
        EffectLine(
            str(record.get("kind", "")), _text(record, programme), _tone(record),
            names.get(record.get("rule", ""), str(record.get("rule", ""))),
        )
        for record in records
    ]  # fmt: skip


def event_name(event_type: str, programme: Programme) -> str:
    """What people call this type of event."""
    known = programme.event_types.get(event_type)
    name = say(known.name, get_language() or "en") if known else event_type
    return name[:1].upper() + name[1:]


def event_title(event_type: str, data: dict[str, Any], programme: Programme) -> str:
    """What people call this type of event, and which benefit it was about."""
    name = event_name(event_type, programme)
    if not event_type.startswith("benefit."):
        return name
    about = [str(data["benefit"])] if "benefit" in data else [str(each) for each in data.get("benefits", ())]
    named = _(", ").join(benefit_name(each, programme) for each in about)
    return f"{name} · {named}" if named else name


def level_name(ladder: str, level: str, programme: Programme) -> str:
    """What people call this level; its id where the programme in force has it no more."""
    known = programme.ladders.get(ladder)
    found = next((each for each in known.levels if each.id == level), None) if known else None
    return say(found.name, get_language() or "en") if found else level


def ladder_name(ladder: str, programme: Programme) -> str:
    """What people call this ladder."""
    known = programme.ladders.get(ladder)
    return say(known.name, get_language() or "en") if known else ladder


def amount(asset_id: str, units: int, programme: Programme) -> str:
    """+24 points."""
    asset = programme.assets.get(asset_id)
    name = say(asset.name, get_language() or "en") if asset else asset_id
    sign = "+" if units > 0 else ""
    return f"{sign}{formats.units(units, asset)} {name}"


def message_name(template_id: str, programme: Programme) -> str:
    """What a message of this template is called, before it is written."""
    template = programme.templates.get(template_id)
    return blanks(say(template.subject, get_language() or "en")) if template else template_id


def level_step(
    ladder: str, before: str, after: str, reason: str, until: date | None, programme: Programme
) -> str:
    """A step on a ladder in words."""
    name = level_name(ladder, after, programme)
    said = {
        "earned": _("Rose to %(level)s"),
        "kept": _("Kept %(level)s"),
        "ended": _("Now %(level)s, the period ended"),
        "fell": _("Fell to %(level)s"),
        "grace": _("Not kept: %(level)s stays for a time of grace"),
        "placed": _("By hand: at least %(level)s"),
        "pinned": _("By hand: %(level)s"),
        "revised": _("The programme changed: %(level)s"),
        "released": _("No longer by hand: %(level)s"),
        "recomputed": _("Recomputed: %(level)s"),
        "rule": _("Set to %(level)s by a rule"),
    }.get(reason, _("Now %(level)s"))
    if not before and reason == "earned":
        said = _("Starts as %(level)s")
    text = said % {"level": name}
    return text + (_(", until %(day)s") % {"day": formats.day(until)} if until else "")


STATES: dict[str, Any] = {
    "granted": gettext_lazy("to be claimed"),
    "claimed": gettext_lazy("ready to use"),
    "used": gettext_lazy("has been used"),
    "expired": gettext_lazy("has expired"),
    "taken_back": gettext_lazy("was withdrawn"),
}
"""How an entitlement stands."""

_WHY = {
    "used": gettext_lazy("used once"),
    "undone": gettext_lazy("use undone"),
    "choice": gettext_lazy("no longer to choose"),
    "downgrade": gettext_lazy("taken back with the level"),
    "refund": gettext_lazy("taken back with the order"),
    "hand": gettext_lazy("taken back by hand"),
}


def benefit_name(benefit_id: str, programme: Programme) -> str:
    """What people call this benefit; its id where the programme in force has it no more."""
    known = programme.benefits.get(benefit_id)
    return say(known.name, get_language() or "en") if known else benefit_id


def audience_name(audience: str) -> str:
    """What people call this audience; its id where there is none of that id any more."""
    return say(audience_names().get(audience, {}), get_language() or "en") or audience


def audience_step(record: dict[str, Any], _programme: Programme) -> str:
    """An audience that was entered or left."""
    said = _("Entered the audience %(name)s") if record["enters"] else _("Left the audience %(name)s")
    return said % {"name": audience_name(record["audience"])}


def benefit_step(record: dict[str, Any], programme: Programme) -> str:
    """A benefit and how it now stands."""
    state = str(record.get("state", ""))
    said = str(_WHY.get(str(record.get("why", ""))) or STATES.get(state, state))
    text = _("Benefit %(name)s: %(state)s") % {
        "name": benefit_name(str(record.get("benefit", "")), programme),
        "state": said,
    }
    if not record.get("until"):
        return text
    last = datetime.fromisoformat(record["until"]) - timedelta(microseconds=1)
    return text + _(", until %(day)s") % {"day": formats.day(last)}


def _text(record: dict[str, Any], programme: Programme) -> str:
    room = ROOMS.get(str(record.get("kind")))
    if room is not None:
        return room(record, programme)
    match record.get("kind"):
        case "credit":
            return _credit(record, programme)
        case "take":
            return _take(record, programme)
        case "give":
            return _with(amount(record["asset"], record["amount"], programme), _GIVEN.get(record["account"]))
        case "topup" | "topup_refund":
            return _topup(record, programme)
        case "tier":
            until = date.fromisoformat(record["until"]) if record.get("until") else None
            return level_step(
                record["ladder"],
                record.get("before", ""),
                record["after"],
                record.get("reason", ""),
                until,
                programme,
            )
        case "tag":
            return _(", ").join(
                [
                    *(f"+{tag}" for tag in record.get("add", ())),
                    *(f"−{tag}" for tag in record.get("remove", ())),
                ]
            )
        case "message":
            return _("Message: %(subject)s") % {
                "subject": message_name(record.get("template", ""), programme)
            }
        case "profile":
            return _("Profile: %(fields)s") % {"fields": ", ".join(record.get("fields", ()))}
        case "order":
            return _("Order of %(amount)s") % {"amount": formats.money(record.get("total_minor"), programme)}
        case "refund":
            return _("Refund of %(amount)s") % {
                "amount": formats.money(record.get("amount_minor"), programme)
            }
    return str(record.get("kind", ""))


def group_record(record: dict[str, Any], programme: Programme) -> str:
    """The group of an experiment that the member is in."""
    experiment = programme.experiments.get(str(record.get("experiment", "")))
    group_id, language = str(record.get("group", "")), get_language() or "en"
    group = next((one for one in experiment.groups if one.id == group_id), None) if experiment else None
    return _("Experiment %(name)s: %(group)s") % {
        "name": say(experiment.name, language) if experiment else record.get("experiment", ""),
        "group": say(group.name, language) if group else group_id,
    }


ROOMS: dict[str, Callable[[dict[str, Any], Programme], str]] = {
    "plan": plan_record,
    "benefit": benefit_step,
    "experiment": group_record,
    "audience": audience_step,
}
"""Kinds of effect that have words of their own."""


def account_name(account: str) -> str:
    """What an account of the books is called."""
    return str(ACCOUNTS.get(account, account))


def _with(moved: str, why: object) -> str:
    return _("%(amount)s (%(why)s)") % {"amount": moved, "why": why} if why else moved


def _credit(record: dict[str, Any], programme: Programme) -> str:
    said = _with(
        amount(record["asset"], record["amount"], programme), _CREDITED.get(record.get("account", ISSUE))
    )
    if not record.get("pending"):
        return said
    ripe = record.get("matures_at")
    if ripe:
        return said + _(", pending until %(day)s") % {"day": formats.day(datetime.fromisoformat(ripe))}
    return said + _(", pending until the order is completed")


def _take(record: dict[str, Any], programme: Programme) -> str:
    asset = programme.assets.get(record["asset"])
    said = _with(amount(record["asset"], -record["amount"], programme), _TAKEN.get(record["account"]))
    if record.get("debt"):
        said += _(", of which %(debt)s is owed") % {"debt": formats.units(record["debt"], asset)}
    if record.get("waived"):
        said += _(", %(waived)s written off") % {"waived": formats.units(record["waived"], asset)}
    return said


def _topup(record: dict[str, Any], programme: Programme) -> str:
    """What was paid in or paid back, and what came or went on top of it."""
    wallet = programme.wallets.get(record["wallet"])
    asset: Asset | None = programme.assets.get(wallet.principal) if wallet else None
    values = {
        "principal": formats.units(record["principal"], asset),
        "bonus": formats.units(record["bonus"], asset),
    }
    if record["kind"] == "topup":
        if record["bonus"]:
            return _("Topped up %(principal)s, with a bonus of %(bonus)s") % values
        return _("Topped up %(principal)s") % values
    if record["bonus"]:
        return _("Paid back %(principal)s; the bonus of %(bonus)s went with it") % values
    return _("Paid back %(principal)s") % values


def _tone(record: dict[str, Any]) -> str:
    return {"credit": "gain", "give": "gain", "take": "loss"}.get(str(record.get("kind")), "")
