"""What the brand told the member."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from regulars.kit.ids import parent_id
from regulars.kit.problems import BadCursor
from regulars.messaging import service as messaging
from regulars.messaging.queries import between
from regulars.messaging.queries import inbox as inbox_of
from regulars.portal.pages import MemberVisit, member_page

SHOWN = 30


@require_safe
@member_page
def inbox(visit: MemberVisit) -> HttpResponse:
    """Messages, latest first, unread ones marked."""
    try:
        page = inbox_of(visit.member.id, visit.request.GET.get("after") or None, SHOWN)
    except BadCursor:
        return redirect("portal:inbox")
    later = bool(visit.request.GET.get("after"))
    return visit.show("inbox", tab="inbox", messages_=page.items, next=page.next, later=later)


@require_safe
@member_page
def message(visit: MemberVisit, message_id: UUID) -> HttpResponse:
    """One message; opening it is reading it."""
    event_id = parent_id(message_id)
    for item in between(visit.member.id, event_id, event_id):
        for delivery in item.deliveries:
            if item.id == message_id and delivery.channel == "inbox" and delivery.status == "sent":
                messaging.mark_read(visit.member.id, [message_id])
                return visit.show("message", tab="inbox", item=item, words=delivery)
    raise Http404


@require_POST
@member_page
def read_all(visit: MemberVisit) -> HttpResponse:
    """Mark everything read."""
    messaging.mark_read(visit.member.id)
    return redirect("portal:inbox")
