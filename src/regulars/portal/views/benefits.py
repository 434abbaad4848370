"""My benefits: to claim, to show, in force, and what the next level brings."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from regulars.insight.benefits import Stage, of_member
from regulars.kit import clock
from regulars.portal import acts, commands, perks
from regulars.portal.pages import MemberVisit, member_page


@require_safe
@member_page
def benefits(visit: MemberVisit) -> HttpResponse:
    """All of them, grouped by what can be done with them."""
    return _page(visit)


@require_POST
@member_page
def claim(visit: MemberVisit) -> HttpResponse:
    """Claim one, or ask for the code of one; the same form sent twice claims once."""
    post = visit.request.POST
    key, benefit, entitlement = post.get("key", ""), post.get("benefit", "")[:30], post.get("entitlement", "")
    if not commands.sound_key(key) or not (benefit or entitlement):
        return _page(visit)
    try:
        commands.claim(visit.member.id, key, benefit, _id(entitlement), visit.language)
    except acts.RefusedError as refused:
        return _page(visit, str(refused))
    return redirect(f"{reverse('portal:benefits')}?done=1")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _page(visit: MemberVisit, error: str = "") -> HttpResponse:
    found = of_member(visit.member.id, visit.programme, clock.now())
    programme = visit.programme
    return visit.show(
        "benefits",
        tab="benefits",
        claimable=perks.perks(found, programme, Stage.CLAIMABLE),
        claimed=perks.perks(found, programme, Stage.CLAIMED),
        active=perks.perks(found, programme, Stage.ACTIVE, Stage.SPENT),
        teasers=perks.teasers(found, programme),
        past=perks.past(found, programme),
        key=acts.new_key(),
        error=error,
        done=visit.request.GET.get("done", "") == "1",
    )
