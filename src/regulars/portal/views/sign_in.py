"""The way in: an address, a code, and for newcomers a short form."""

import unicodedata

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from regulars.engine.doors import region_of
from regulars.kit import clock
from regulars.language.events import Identity
from regulars.language.text import say
from regulars.members.contracts import BadIdentity
from regulars.members.logic import normalise_identity
from regulars.members.queries import find, profile
from regulars.members.service import prove
from regulars.messaging import service as messaging
from regulars.portal import acts, codes, session
from regulars.portal.codes import Checked, TooSoonError, Wait
from regulars.portal.forms import JoinForm
from regulars.portal.pages import Visit, guest_page

ADDRESS_MAX = 254


@require_http_methods(["GET", "POST"])
@guest_page
def sign_in(visit: Visit) -> HttpResponse:
    """Ask for a phone number or an e-mail address and send a code there."""
    if session.member_id(visit.request):
        return redirect("portal:card")
    if visit.request.method == "GET":
        return visit.show("sign_in")
    typed = visit.request.POST.get("address", "")[:ADDRESS_MAX].strip()
    try:
        kind = "email" if "@" in typed else "phone"
        identity = normalise_identity(kind, typed, region_of(visit.programme))
    except BadIdentity as problem:
        return visit.show(
            "sign_in", address=typed, error=problem.say(visit.language) if typed else _need_one()
        )
    return _send(visit, identity) or redirect("portal:code")


@require_http_methods(["GET", "POST"])
@guest_page
def code(visit: Visit) -> HttpResponse:
    """Take the code."""
    identity = session.asked(visit.request)
    if identity is None:
        return redirect("portal:sign-in")
    if visit.request.method == "GET":
        return _code_page(visit, identity)
    typed = unicodedata.normalize("NFKC", visit.request.POST.get("code", "")[:20])
    result = codes.check(identity, "".join(typed.split()))
    if result is Checked.RIGHT:
        return _welcome(visit, identity)
    error = (
        _("That code is not right. Please check it and try again.")
        if result is Checked.WRONG
        else _("This code can no longer be used. Please get a new one.")
    )
    return _code_page(visit, identity, error=error)


@require_POST
@guest_page
def resend(visit: Visit) -> HttpResponse:
    """Send another code to the same address."""
    identity = session.asked(visit.request)
    if identity is None:
        return redirect("portal:sign-in")
    return _send(visit, identity) or redirect("portal:code")


@require_http_methods(["GET", "POST"])
@guest_page
def join(visit: Visit) -> HttpResponse:
    """Make whoever proved an address without a member a member."""
    proof = session.proved(visit.request)
    if proof is None:
        return redirect("portal:sign-in")
    identity, key = proof
    if visit.request.method == "GET":
        return visit.show("join", form=JoinForm(initial={"language": visit.language}), identity=identity)
    form = JoinForm(visit.request.POST)
    if not form.is_valid():
        return visit.show("join", form=form, identity=identity)
    given = form.cleaned_data
    data = acts.profile_data(given["name"], given["birthday"], given["language"])
    data["consent"] = {"email": given["marketing"]}
    try:
        member_id = acts.join(key, identity, data, visit.language)
    except acts.RefusedError as refused:
        return visit.show("join", form=form, identity=identity, error=str(refused))
    prove(member_id, identity, clock.now())
    session.sign_in(visit.request, member_id)
    return remember_language(redirect("portal:card"), given["language"])


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave."""
    session.sign_out(request)
    return redirect("portal:sign-in")


def remember_language(response: HttpResponse, language: str) -> HttpResponse:
    """The device goes on in this language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE), httponly=True,
    )  # fmt: skip
    return response


def client_address(request: HttpRequest) -> str:
    """The network address that asks, read past as many proxies as the installation says it has."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    proxies = settings.CONFIG.proxies
    if proxies and hops:
        return hops[-min(proxies, len(hops))]
    return str(request.META.get("REMOTE_ADDR", ""))


def _send(visit: Visit, identity: Identity) -> HttpResponse | None:
    """Send a code; None when one is on its way, else the page that says why not. Never says who is a member."""
    kind, value = identity
    if not settings.CONFIG.demo and (kind == "phone" or not messaging.can_mail()):
        return visit.show("sign_in", address=value, error=_no_way(kind))
    try:
        made = codes.issue(identity, client_address(visit.request))
    except TooSoonError as soon:
        if soon.why is Wait.MOMENT and session.asked(visit.request) == identity:
            return _code_page(visit, identity, error=_wait(soon))
        return visit.show("sign_in", address=value, error=_wait(soon))
    session.ask(visit.request, identity, made)
    if not settings.CONFIG.demo:
        brand = say(visit.programme.name, visit.language)
        words = messaging.Words(
            _("%(code)s is your %(brand)s code") % {"code": made, "brand": brand},
            _("Your code is %(code)s. It is good for 10 minutes.") % {"code": made}
            + "\n\n"
            + _("If you did not ask for it, you need not do anything."),
        )
        if not messaging.mail_now(value, words, visit.language, brand):
            error = _("The mail could not be sent just now. Please try again in a minute.")
            return visit.show("sign_in", address=value, error=error)
    return None


def _welcome(visit: Visit, identity: Identity) -> HttpResponse:
    """The right code: in, or on to joining."""
    kind, value = identity
    found = find(f"{kind}:{value}")
    if found is None:
        session.prove(visit.request, identity, acts.new_key())
        return redirect("portal:join")
    member = profile(found.id)
    if member is None or member.status != "active":
        session.forget_steps(visit.request)
        error = _("This membership is not active. Please ask our staff.")
        return visit.show("sign_in", address=value, error=error)
    prove(member.id, identity, clock.now())
    session.sign_in(visit.request, member.id)
    return redirect("portal:card")


def _code_page(visit: Visit, identity: Identity, error: str = "") -> HttpResponse:
    shown = session.shown_code(visit.request)
    return visit.show("code", identity=identity, error=error, shown_code=shown)


def _need_one() -> str:
    return _("Please type in your phone number or e-mail address.")


def _no_way(kind: str) -> str:
    if kind == "phone":
        return _("Codes by SMS are not available yet. Please use your e-mail address.")
    return _("Sign-in by e-mail is not set up yet. Please ask our staff.")


def _wait(soon: TooSoonError) -> str:
    if soon.why is Wait.MOMENT:
        text = ngettext(
            "A code has just been sent. You can get another one in %(count)d second.",
            "A code has just been sent. You can get another one in %(count)d seconds.",
            soon.seconds,
        )
        return text % {"count": soon.seconds}
    minutes = -(-soon.seconds // 60)
    text = ngettext(
        "Too many codes were asked for. Please try again in %(count)d minute.",
        "Too many codes were asked for. Please try again in %(count)d minutes.",
        minutes,
    )
    return text % {"count": minutes}
