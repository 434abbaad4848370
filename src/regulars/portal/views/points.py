"""Points and every other value: how much, what is on its way, what goes when, and where each came from."""

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from regulars.events.queries import by_ids
from regulars.kit import clock, paging
from regulars.kit.problems import BadCursor
from regulars.language.text import say
from regulars.ledger.draws import HoldRow, holds
from regulars.ledger.history import Moves, lapses, moves, refundable, ripening, topups
from regulars.ledger.queries import balances, endings
from regulars.portal import pockets as purse
from regulars.portal.pages import MemberVisit, member_page
from regulars.portal.pockets import Pocket
from regulars.portal.statement import Line, Names, by_month, lines_of

SHOWN = 30
EXPIRIES = 12
"""The most days of expiry that are listed."""

TOPUPS = 12
HOLDS = 20


@require_safe
@member_page
def points(visit: MemberVisit) -> HttpResponse:
    """Balance, what is pending and held, what expires when, history with the running balance; of a wallet its two
    sides, its top-ups, and what of them can be paid back."""
    all_pockets = purse.pockets(visit.programme)
    wanted = visit.request.GET.get("asset", "")
    pocket = purse.pocket_of(visit.programme, wanted) if wanted else next(iter(all_pockets), None)
    if pocket is None:
        raise Http404
    if wanted and wanted != pocket.id:
        return redirect(f"{reverse('portal:points')}?asset={pocket.id}")
    member_id = visit.member.id
    try:
        page = moves(member_id, pocket.ids, visit.request.GET.get("after") or None, SHOWN)
    except BadCursor:
        return redirect("portal:points")
    ends = expiries_of(visit, pocket)
    return visit.show(
        "points",
        tab="points",
        pocket=pocket,
        unit=pocket.unit,
        pockets=all_pockets,
        held=purse.held(pocket, balances(member_id)),
        ripening=ripening(member_id, pocket.ids),
        holds=_holds(visit, pocket),
        soon=purse.soon(pocket, ends, timezone.localtime(clock.now()).date()),
        expiries=ends[:EXPIRIES],
        months=by_month(_lines(visit, pocket, page)),
        conversions=purse.conversions_of(visit.programme, pocket),
        next=page.next,
        later=bool(visit.request.GET.get("after")),
        **(_wallet(visit, pocket) if pocket.wallet else {}),
    )


def expiries_of(visit: MemberVisit, pocket: Pocket) -> list[tuple[date, int]]:
    """What ends when, by the last good day."""
    together = any(asset.expiry.together for asset in pocket.assets)
    found = [each for asset in pocket.ids for each in endings(visit.member.id, asset)]
    return purse.expiries(found, lapses(visit.member.id) if together else {})


def _wallet(visit: MemberVisit, pocket: Pocket) -> dict[str, object]:
    assert pocket.wallet is not None
    wallet, member_id = pocket.wallet, visit.member.id
    return {
        "topups": topups(member_id, wallet.id, wallet.principal, TOPUPS),
        "refundable": refundable(member_id, wallet.id, wallet.principal),
    }


def _holds(visit: MemberVisit, pocket: Pocket) -> list[HoldRow]:
    return [hold for hold in holds(visit.member.id, limit=HOLDS).items if hold.asset in pocket.ids]


def _lines(visit: MemberVisit, pocket: Pocket, page: paging.Page[Moves]) -> list[Line]:
    programme, language = visit.programme, visit.language
    names = Names(
        {rule.id: say(rule.name, language) for rule in programme.rules},
        {one.id: say(one.name, language) for one in programme.conversions.values()},
        pocket.wallet.bonus if pocket.wallet else "",
    )
    events = by_ids(visit.member.id, [each.event_id for each in page.items])
    return [line for each in page.items for line in lines_of(each, events.get(each.event_id), names)]
