"""The member's own settings: profile, language, what they want to hear."""

from collections.abc import Sequence

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.language.text import LANGUAGES
from regulars.members.contracts import IdentityRow
from regulars.messaging import service as messaging
from regulars.portal import acts, session
from regulars.portal.forms import ProfileForm
from regulars.portal.pages import MemberVisit, Visit, guest_page, member_page
from regulars.portal.views.sign_in import remember_language

CONTACTS = ("phone", "email")


@require_safe
@member_page
def me(visit: MemberVisit) -> HttpResponse:
    """Who we think the member is, and the ways to change it."""
    return visit.show("me", tab="me", contacts=contacts(visit.member.identities))


@require_http_methods(["GET", "POST"])
@member_page
def edit(visit: MemberVisit) -> HttpResponse:
    """Change name, birthday, gender."""
    member = visit.member
    if visit.request.method == "GET":
        known = {"name": member.name, "birthday": member.birthday, "gender": member.gender}
        return visit.show("edit", tab="me", form=ProfileForm(initial=known))
    form = ProfileForm(visit.request.POST)
    if not form.is_valid():
        return visit.show("edit", tab="me", form=form)
    given = form.cleaned_data
    data = {**acts.profile_data(given["name"], given["birthday"]), "gender": given["gender"]}
    try:
        acts.update(member, data, visit.language)
    except acts.RefusedError as refused:
        return visit.show("edit", tab="me", form=form, error=str(refused))
    return redirect("portal:me")


@require_http_methods(["GET", "POST"])
@member_page
def preferences(visit: MemberVisit) -> HttpResponse:
    """What the member wants to hear, and where."""
    member_id = visit.member.id
    choices = [choice for choice in messaging.preferences(member_id) if not choice.fixed]
    if visit.request.method == "GET":
        return visit.show(
            "preferences", tab="me", choices=choices, has_email=has_email(visit.member.identities),
            saved="saved" in visit.request.GET,
        )  # fmt: skip
    for choice in choices:
        allowed = f"{choice.channel}.{choice.category}" in visit.request.POST
        if allowed != choice.allowed:
            messaging.set_preference(member_id, choice.channel, choice.category, allowed, "portal")
    return redirect(f"{reverse('portal:preferences')}?saved")


@require_POST
@guest_page
def language(visit: Visit) -> HttpResponse:
    """Go on in another language; a member's profile follows."""
    wanted = visit.request.POST.get("language", "")
    if wanted not in LANGUAGES:
        return HttpResponseBadRequest()
    member_id = session.member_id(visit.request)
    if member_id is None:
        return remember_language(redirect("portal:sign-in"), wanted)
    return _member_language(visit.request)


@member_page
def _member_language(visit: MemberVisit) -> HttpResponse:
    wanted = visit.request.POST["language"]
    if wanted != visit.member.language:
        acts.update(visit.member, {"language": wanted}, visit.language)
    return remember_language(redirect("portal:me"), wanted)


def contacts(identities: Sequence[IdentityRow]) -> list[tuple[str, str]]:
    """Phones and mailboxes, partly covered: a phone that lies on a table tells nobody much."""
    return [(each.kind, covered(each.kind, each.value)) for each in identities if each.kind in CONTACTS]


def covered(kind: str, value: str) -> str:
    """`+8613800001234` → `+86138****1234`, `rain@example.cn` → `r**n@example.cn`."""
    if kind == "phone":
        return f"{value[:-8]}****{value[-4:]}" if len(value) > 8 else value
    local, _, domain = value.partition("@")
    return f"{local[:1]}**{local[-1:] if len(local) > 2 else ''}@{domain}"


def has_email(identities: Sequence[IdentityRow]) -> bool:
    return any(each.kind == "email" for each in identities)
