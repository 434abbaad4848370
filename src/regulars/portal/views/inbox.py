"""What the brand told the member."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from regulars.kit.problems import BadCursor
from regulars.messaging import service as messaging
from regulars.messaging.contracts import Reader
from regulars.messaging.queries import in_inbox
from regulars.messaging.queries import inbox as inbox_of
from regulars.portal.pages import MemberVisit, member_page
from regulars.programme.service import version

SHOWN = 30


@require_safe
@member_page
def inbox(visit: MemberVisit) -> HttpResponse:
    """Messages, latest first, unread ones marked."""
    try:
        after = visit.request.GET.get("after") or None
        page = inbox_of(visit.member.id, version, _reader(visit), after, SHOWN)
    except BadCursor:
        return redirect("portal:inbox")
    later = bool(visit.request.GET.get("after"))
    return visit.show("inbox", tab="inbox", messages_=page.items, next=page.next, later=later)


@require_safe
@member_page
def message(visit: MemberVisit, message_id: UUID) -> HttpResponse:
    """One message; opening it is reading it."""
    item = in_inbox(visit.member.id, message_id, version, _reader(visit))
    if item is None:
        raise Http404
    messaging.mark_read(visit.member.id, [message_id])
    return visit.show("message", tab="inbox", item=item)


@require_POST
@member_page
def read_all(visit: MemberVisit) -> HttpResponse:
    """Mark everything read."""
    messaging.mark_read(visit.member.id)
    return redirect("portal:inbox")


def _reader(visit: MemberVisit) -> Reader:
    """The member, in the language that this page is in."""
    return Reader(visit.member.name, visit.language)
