"""Unsubscribing: a page with one button, and the one-click POST of mail programs (RFC 8058)."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.language.text import say
from regulars.messaging import service as messaging
from regulars.portal.pages import chosen_language, person
from regulars.programme.service import NotPublished, current


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST does it; again and again is the same. Needs no cookie and no sign-in: the link is the proof.

    The link of a record that was merged is the member's now; the record keeps the wish should that be undone.
    """
    refusal = messaging.read_token(token)
    member = person(refusal.member_id) if refusal else None
    with translation.override(chosen_language(request, member.language if member else "")):
        if refusal is None or member is None:
            return _page(request, "unknown", status=404)
        if request.method != "POST":
            return _page(request, "ask", category=refusal.category)
        back = request.POST.get("action") == "subscribe"
        messaging.unsubscribe(refusal, allowed=back)
        if member.id != refusal.member_id:
            messaging.unsubscribe(replace(refusal, member_id=member.id), allowed=back)
        return _page(request, "back" if back else "done", category=refusal.category)


def _page(request: HttpRequest, state: str, category: str = "", status: int = 200) -> HttpResponse:
    try:
        brand = say(current().name, translation.get_language() or "")
    except NotPublished:
        brand = ""
    values = {"state": state, "category": category, "brand": brand}
    response = render(request, "portal/unsubscribe.html", values, status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
