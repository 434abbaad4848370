"""What a movement of value says about itself: who asked for it and why, and what it was about."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.console import effects, formats
from regulars.engine.contracts import BY_KEY
from regulars.events.contracts import RecordedEvent
from regulars.events.queries import by_ids
from regulars.language.text import say
from regulars.members.contracts import MemberName
from regulars.members.queries import names
from regulars.programme.contracts import Programme
from regulars.staff.service import COMMAND_LINE

_UNDO = ("asset.reversed", "asset.corrected", "hold.captured", "hold.released")
_OTHERS = {
    "asset.gifted": "to",
    "gift.revoked": "to",
    "asset.received": "from",
    "member.merged": "member",
    "member.unmerged": "member",
    "member.merged_away": "into",
    "member.restored": "from",
}
"""Which field of an event's data names the other member."""


class About:
    """What events of one member are about. What they name is looked up at once, for all of them."""

    def __init__(self, member_id: UUID, events: Iterable[RecordedEvent], programme: Programme) -> None:
        found = list(events)
        self.programme = programme
        named = [operation for each in found if (operation := _operation(each)) is not None]
        self.operations = by_ids(member_id, named) if named else {}
        others = [other for each in found if (other := other_member(each)) is not None]
        self.names: dict[UUID, MemberName] = names(others) if others else {}

    def say(self, event: RecordedEvent) -> str:
        """One sentence; empty where the event speaks for itself."""
        return " ".join(part for part in (self._thing(event), _order(event)) if part)

    def _thing(self, event: RecordedEvent) -> str:
        data = event.data
        match event.type:
            case "asset.reversed" | "asset.corrected" | "hold.captured" | "hold.released":
                return self._operation(event)
            case "asset.converted":
                conversion = self.programme.conversions.get(data.get("conversion", ""))
                return say(conversion.name, get_language() or "en") if conversion else ""
            case "asset.gifted":
                return _("To %(name)s.") % {"name": self._name(event)}
            case "asset.received":
                return _("From %(name)s.") % {"name": self._name(event)}
            case "gift.revoked":
                return _("Taken back from %(name)s.") % {"name": self._name(event)}
            case "member.merged" | "member.unmerged" | "member.merged_away" | "member.restored":
                return self._name(event)
            case "hold.lapsed":
                return _("Its time limit had passed.")
        return ""

    def _operation(self, event: RecordedEvent) -> str:
        operation = _operation(event)
        known = self.operations.get(operation) if operation else None
        if known is None:
            return ""
        values = {
            "what": effects.event_name(known.type, self.programme),
            "day": formats.day(known.time),
        }
        if event.type == "asset.reversed":
            return _("Undoes “%(what)s” of %(day)s.") % values
        if event.type == "asset.corrected":
            return _("Puts “%(what)s” of %(day)s right.") % values
        return _("Of “%(what)s” of %(day)s.") % values

    def _name(self, event: RecordedEvent) -> str:
        other = other_member(event)
        known = self.names.get(other) if other else None
        return known.name if known and known.name else _("a member without a name")


def operator_said(event: RecordedEvent) -> str:
    """Who asked for a command, why, and who approved it; empty for what nobody asked for."""
    by, reason, approved = (str(event.data.get(name) or "") for name in ("by", "reason", "approved_by"))
    if not by and not reason:
        return ""
    said = _("“%(reason)s”") % {"reason": reason} if reason else ""
    who = _("by %(who)s") % {"who": person(by)} if by else ""
    if approved:
        who += _(", approved by %(who)s") % {"who": person(approved)}
    return " ".join(part for part in (said, who) if part)


def person(by: str) -> str:
    """An operator's address as it is, an API key by its name, the command line in the reader's language."""
    if by == COMMAND_LINE:
        return _("Command line")
    if by.startswith(BY_KEY):
        return _("API key %(name)s") % {"name": by.removeprefix(BY_KEY)}
    return by


def other_member(event: RecordedEvent) -> UUID | None:
    """The member at the other end of a gift or of a merge."""
    field = _OTHERS.get(event.type)
    return _id(event.data.get(field)) if field else None


def _operation(event: RecordedEvent) -> UUID | None:
    return _id(event.data.get("operation")) if event.type in _UNDO else None


def _id(text: object) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None


def _order(event: RecordedEvent) -> str:
    order = event.data.get("order_id")
    if not order:
        return ""
    if event.type.startswith("order."):
        return _("Order %(order)s") % {"order": order}
    return _("For order %(order)s.") % {"order": order}
