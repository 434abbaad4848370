"""The card: who I am here, and what comes next."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from regulars.kit import clock
from regulars.ledger.contracts import Asset
from regulars.ledger.queries import balances, next_expiry
from regulars.portal import growth, qr
from regulars.portal.pages import MemberVisit, member_page
from regulars.tiers.queries import progress


@dataclass(frozen=True, slots=True)
class Holding:
    """What the member has of one asset, and what goes next."""

    asset: Asset
    balance: int
    expiring: int
    expires_at: object


@require_safe
@member_page
def card(visit: MemberVisit) -> HttpResponse:
    """The member's card with code, level, progress and points."""
    programme, member = visit.programme, visit.member
    today = timezone.localtime(clock.now()).date()
    steps = [
        growth.next_step(programme, programme.ladders[each.ladder], each)
        for each in progress(member.id, programme.ladders.values(), today)
    ]
    colour = growth.colour_of(steps[0].level) if steps else "#33415c"
    number = card_number(visit)
    return visit.show(
        "card",
        tab="card",
        number=number,
        code=qr.qr_svg(number) if number else "",
        steps=steps,
        level=steps[0].level if steps else None,
        colour=colour,
        ink=growth.ink_on(colour),
        holdings=holdings(visit),
        now=clock.now(),
        assets=programme.assets,
    )


def card_number(visit: MemberVisit) -> str:
    """What the code says: the card's number; for a member who has none, the member's id."""
    cards = [each.value for each in visit.member.identities if each.kind == "card"]
    return cards[0] if cards else str(visit.member.id)


def holdings(visit: MemberVisit) -> list[Holding]:
    """What the member can spend, with what expires next."""
    held = {row.asset: row.balance for row in balances(visit.member.id)}
    found = []
    for asset in visit.programme.assets.values():
        if asset.spendable:
            soon = next_expiry(visit.member.id, asset.id)
            at, amount = soon or (None, 0)
            found.append(Holding(asset, held.get(asset.id, 0), amount, at))
    return found
