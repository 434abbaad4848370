"""Giving to a friend: who and how many, a look at both, done; taking it back while there is time."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.engine.doors import region_of
from regulars.events.queries import by_ids
from regulars.kit import clock
from regulars.ledger.contracts import Asset
from regulars.ledger.history import Gift, gifts_given, gifts_waiting
from regulars.ledger.queries import balances
from regulars.members.contracts import BadIdentity, MemberProfile
from regulars.members.logic import normalise_identity
from regulars.members.queries import names
from regulars.portal import acts, commands, friends
from regulars.portal import pockets as purse
from regulars.portal.forms import GiftForm
from regulars.portal.pages import MemberVisit, member_page
from regulars.portal.pockets import Pocket

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """A gift as the member sees it. `friend`: the other's name, covered where it was not told."""

    gift: Gift
    asset: Asset
    friend: str
    may_be_taken_back: bool = False


@require_http_methods(["GET", "POST"])
@member_page
def gifts(visit: MemberVisit) -> HttpResponse:
    """The form, and gifts that can still be taken back; sent, it leads to a last look."""
    pocket = _pocket(visit)
    if visit.request.method != "POST":
        return _page(visit, pocket, GiftForm(pocket.unit.scale))
    form = GiftForm(pocket.unit.scale, visit.request.POST)
    receiver = _receiver(visit, form)
    if receiver is None:
        return _page(visit, pocket, form)
    key, units = acts.new_key(), form.cleaned_data["units"]
    try:
        commands.give(visit.member.id, key, pocket.unit, units, receiver.id, visit.language, preview=True)
    except acts.RefusedError as refused:
        return _page(visit, pocket, form, str(refused))
    return visit.show(
        "gift_confirm",
        tab="points",
        pocket=pocket,
        unit=pocket.unit,
        units=units,
        phone=form.cleaned_data["phone"],
        typed=visit.request.POST.get("units", ""),
        friend=friends.covered_name(receiver.name),
        hours=pocket.unit.gifting.revoke_hours if pocket.unit.gifting else 0,
        key=key,
    )


@require_POST
@member_page
def send(visit: MemberVisit) -> HttpResponse:
    """Give. The same form sent twice gives once."""
    pocket = _pocket(visit)
    key, form = visit.request.POST.get("key", ""), GiftForm(pocket.unit.scale, visit.request.POST)
    receiver = _receiver(visit, form)
    if receiver is None or not commands.sound_key(key):
        return _page(visit, pocket, form)
    try:
        units = form.cleaned_data["units"]
        commands.give(visit.member.id, key, pocket.unit, units, receiver.id, visit.language)
    except acts.RefusedError as refused:
        return _page(visit, pocket, form, str(refused))
    return redirect(f"{reverse('portal:gifts')}?asset={pocket.id}&done=sent")


@require_POST
@member_page
def take_back(visit: MemberVisit, gift_id: UUID) -> HttpResponse:
    """Take a gift back."""
    mine = [each for each in gifts_given(visit.member.id, SHOWN) if each.id == gift_id]
    if not mine or mine[0].other is None:
        raise Http404
    pocket = purse.pocket_of(visit.programme, mine[0].asset)
    if pocket is None:
        raise Http404
    try:
        commands.take_back(visit.member.id, gift_id, mine[0].other, visit.language)
    except acts.RefusedError as refused:
        return _page(visit, pocket, GiftForm(pocket.unit.scale), str(refused))
    return redirect(f"{reverse('portal:gifts')}?asset={pocket.id}&done=back")


def _pocket(visit: MemberVisit) -> Pocket:
    """What is to be given: the one asked for, else the first that may be. None at all is no page."""
    wanted = visit.request.POST.get("asset") or visit.request.GET.get("asset", "")
    givable = [one for one in purse.pockets(visit.programme) if one.may_be_given]
    found = next((one for one in givable if not wanted or one.id == wanted), None)
    if found is None:
        raise Http404
    return found


def _receiver(visit: MemberVisit, form: GiftForm) -> MemberProfile | None:
    """Whom the form means; None with the form saying why."""
    if not form.is_valid():
        return None
    try:
        identity = normalise_identity("phone", form.cleaned_data["phone"], region_of(visit.programme))
        found = friends.friend(visit.member.id, identity)
    except BadIdentity as problem:
        form.add_error("phone", problem.say(visit.language))
        return None
    except friends.TooManyError:
        form.add_error("phone", _("Too many numbers without a member were tried. Please try again tomorrow."))
        return None
    if found is None:
        form.add_error("phone", _("We know no member with this number. Your friend can join first."))
    return found


def _page(visit: MemberVisit, pocket: Pocket, form: GiftForm, error: str = "") -> HttpResponse:
    member_id = visit.member.id
    held = purse.held(pocket, balances(member_id))
    return visit.show(
        "gifts",
        tab="points",
        pocket=pocket,
        unit=pocket.unit,
        gifting=pocket.unit.gifting,
        balance=max(held.balance, 0),
        form=form,
        error=error,
        done=visit.request.GET.get("done", "") if not error and visit.request.method == "GET" else "",
        given=_given(visit),
        waiting=_waiting(visit),
    )


def _given(visit: MemberVisit) -> list[Shown]:
    found = [each for each in gifts_given(visit.member.id, SHOWN) if each.asset in visit.programme.assets]
    called = names(each.other for each in found if each.other is not None)
    now = clock.now()
    return [
        Shown(
            each,
            visit.programme.assets[each.asset],
            friends.covered_name(called[each.other].name) if each.other in called else "",
            each.until is not None and now < each.until and each.back < each.units,
        )
        for each in found
    ]


def _waiting(visit: MemberVisit) -> list[Shown]:
    found = [each for each in gifts_waiting(visit.member.id, SHOWN) if each.asset in visit.programme.assets]
    arrived = by_ids(visit.member.id, [each.id for each in found])
    givers = {one: UUID(event.data["from"]) for one, event in arrived.items() if "from" in event.data}
    called = names(givers.values())
    return [
        Shown(
            each,
            visit.programme.assets[each.asset],
            called[givers[each.id]].name if givers.get(each.id) in called else "",
        )
        for each in found
    ]
