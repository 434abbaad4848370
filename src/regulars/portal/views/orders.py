"""Purchases, of every channel."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from regulars.kit.problems import BadCursor
from regulars.orders.queries import of_member
from regulars.portal.pages import MemberVisit, member_page

SHOWN = 30


@require_safe
@member_page
def orders(visit: MemberVisit) -> HttpResponse:
    """The member's orders, latest first."""
    try:
        page = of_member(visit.member.id, visit.request.GET.get("after") or None, SHOWN)
    except BadCursor:
        return redirect("portal:orders")
    later = bool(visit.request.GET.get("after"))
    return visit.show("orders", tab="orders", orders=page.items, next=page.next, later=later)
