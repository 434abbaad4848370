"""What members do with their value in the portal: give, take back, convert; what is refused is said in words."""

import re
from collections.abc import Callable
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.engine import benefits, operations
from regulars.engine.contracts import Outcome, Rejected
from regulars.engine.operations import Request
from regulars.kit.problems import Problem
from regulars.language.text import say
from regulars.ledger.contracts import Asset, Conversion
from regulars.portal import formats
from regulars.portal.acts import SOURCE, RefusedError

_KEY = re.compile(r"[0-9a-f]{32}")


def give(
    member_id: UUID, key: str, asset: Asset, units: int, to: UUID, language: str, preview: bool = False
) -> UUID:
    """Give units to another member; with `preview` only see whether that can be done. The gift's id.

    The same key again is the same gift. Raises RefusedError.
    """
    gifting = asset.gifting

    def words(error: Rejected) -> str:
        if gifting is None or error.code == "not_giftable":
            return _("This can't be given away.")
        most = formats.units(gifting.most, asset)
        told = {
            "gift_to_self": _("This is your own number. Please type in your friend's."),
            "receiver_unknown": _("We know no member with this number. Your friend can join first."),
            "gift_size": _bounds(formats.units(gifting.least, asset), most if gifting.most else ""),
            "daily_limit": _("You can give %(most)s a day at most. Please try less, or tomorrow.")
            % {"most": formats.units(gifting.per_day, asset)},
        }
        return told.get(error.code) or _common(error, language)

    request = Request(member_id, SOURCE, _key(member_id, key), preview=preview)
    return _done(lambda: operations.gift(request, asset.id, units, to), words, language)


def take_back(member_id: UUID, gift_id: UUID, to: UUID, language: str) -> UUID:
    """Take a gift back; asked twice it is done once. Raises RefusedError."""

    def words(error: Rejected) -> str:
        told = {
            "gift_settled": _("The time to take this gift back is over."),
            "nothing_left": _("You have taken this gift back already."),
            "operation_unknown": _("There is no such gift."),
        }
        return told.get(error.code) or _common(error, language)

    request = Request(member_id, SOURCE, f"{member_id}:back:{gift_id}")
    return _done(lambda: operations.revoke(request, gift_id, to), words, language)


def convert(
    member_id: UUID, key: str, conversion: Conversion, source: Asset, units: int, language: str
) -> UUID:
    """Turn units into those of another asset. The same key again is the same conversion. Raises RefusedError."""

    def words(error: Rejected) -> str:
        told = {
            "not_a_multiple": _("Please choose a multiple of %(step)s.")
            % {"step": formats.units(conversion.give, source)},
            "daily_limit": _("You can convert %(most)s a day at most. Please try less, or tomorrow.")
            % {"most": formats.units(conversion.per_day, source)},
        }
        return told.get(error.code) or _common(error, language)

    request = Request(member_id, SOURCE, _key(member_id, key))
    return _done(lambda: operations.convert(request, conversion.id, units), words, language)


def claim(member_id: UUID, key: str, benefit: str, entitlement: UUID | None, language: str) -> UUID:
    """Claim what was granted, or what the member's standing gives. The same key again is the same claim. Raises
    RefusedError."""

    def words(error: Rejected) -> str:
        told = {
            "out_of_stock": _("It has just run out. We are sorry."),
            "quota_used": _("You have had this as often as it can be had for now."),
            "choice_made": _("You have made your choice already."),
            "claim_window": _("The time to claim this is over."),
            "too_late": _("The time to claim this is over."),
            "not_entitled": _("This is not one of your benefits any more."),
            "taken_back": _("This is not one of your benefits any more."),
            "already_claimed": _("You have claimed this already."),
        }
        return told.get(error.code) or _common(error, language)

    request = Request(member_id, SOURCE, _key(member_id, key))
    if entitlement is not None:
        return _done(lambda: benefits.claim_entitlement(request, entitlement), words, language)
    return _done(lambda: benefits.claim(request, [benefit]), words, language)


def sound_key(key: str) -> bool:
    """Whether `key` is one that the portal put into a form."""
    return _KEY.fullmatch(key) is not None


def _key(member_id: UUID, key: str) -> str:
    """Every member's names are their own: nobody meets another one's command under it."""
    return f"{member_id}:{key}"


def _done(do: Callable[[], Outcome], words: Callable[[Rejected], str], language: str) -> UUID:
    try:
        outcome = do()
    except Problem as problem:
        raise RefusedError(problem.say(language)) from problem
    if outcome.error is not None:
        raise RefusedError(words(outcome.error)) from outcome.error
    return outcome.event_id or UUID(int=0)


def _common(error: Rejected, language: str) -> str:
    if error.code == "insufficient":
        return _("You do not have that many to use.")
    if error.code == "not_positive":
        return _("Please type in how many.")
    if error.code == "key_conflict":
        return _("This form has been sent already. Please look at your statement.")
    return say(error.text, language)


def _bounds(least: str, most: str) -> str:
    if most:
        return _("Please choose between %(least)s and %(most)s.") % {"least": least, "most": most}
    return _("Please choose at least %(least)s.") % {"least": least}
