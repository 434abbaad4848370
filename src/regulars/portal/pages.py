"""What every page of the portal is shown in: the member's language, the programme's zone, who is signed in."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from regulars.language.text import LANGUAGES, say
from regulars.members.contracts import MemberProfile
from regulars.members.queries import profile
from regulars.messaging.queries import unread
from regulars.portal import session
from regulars.programme.contracts import Programme
from regulars.programme.service import NotPublished, current

Rest = ParamSpec("Rest")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request by somebody who may not be a member yet."""

    request: HttpRequest
    programme: Programme
    language: str

    def show(self, template: str, **values: object) -> HttpResponse:
        """The page, in the visit's language."""
        return self.render(template, values)

    def render(self, template: str, values: dict[str, object]) -> HttpResponse:
        brand = say(self.programme.name, self.language)
        shared = {"brand": brand, "programme": self.programme, "languages": settings.LANGUAGES}
        return render(self.request, f"portal/{template}.html", {**shared, **values})


@dataclass(frozen=True, slots=True)
class MemberVisit(Visit):
    """One request by a member."""

    member: MemberProfile

    def show(self, template: str, **values: object) -> HttpResponse:
        unread_count = unread(self.member.id)
        return self.render(template, {"member": self.member, "unread": unread_count, **values})


GuestView = Callable[Concatenate[Visit, Rest], HttpResponse]
MemberView = Callable[Concatenate[MemberVisit, Rest], HttpResponse]
View = Callable[Concatenate[HttpRequest, Rest], HttpResponse]


def guest_page(view: GuestView[Rest]) -> View[Rest]:
    """For pages that anybody may open."""

    @wraps(view)
    def open_page(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        return _within(request, "", lambda visit: view(visit, *args, **kwargs))

    return open_page


def member_page(view: MemberView[Rest]) -> View[Rest]:
    """For pages of a member who is signed in; others are led to the sign-in."""

    @wraps(view)
    def open_page(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        member_id = session.member_id(request)
        member = person(member_id) if member_id else None
        if member is None or member.status != "active":
            if member_id:
                session.sign_out(request)
            return _private(redirect("portal:sign-in"))
        return _within(
            request,
            member.language,
            lambda visit: view(
                MemberVisit(visit.request, visit.programme, visit.language, member), *args, **kwargs
            ),
        )

    return open_page


def person(member_id: UUID) -> MemberProfile | None:
    """Whom this record belongs to now: who was merged goes on as the member they were merged into, and after that is
    undone as themselves."""
    found = profile(member_id)
    return profile(found.merged_into) if found is not None and found.merged_into is not None else found


def chosen_language(request: HttpRequest, member_language: str) -> str:
    """What was chosen on this device, else the member's own language, else what the browser asks for."""
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if cookie in LANGUAGES:
        return cookie
    if member_language in LANGUAGES:
        return member_language
    return translation.get_language_from_request(request)


def _within(
    request: HttpRequest, member_language: str, answer: Callable[[Visit], HttpResponse]
) -> HttpResponse:
    language = chosen_language(request, member_language)
    with translation.override(language):
        try:
            programme = current()
        except NotPublished:
            return _private(render(request, "portal/closed.html", status=503))
        with timezone.override(programme.zone):
            response = _private(answer(Visit(request, programme, language)))
        response.headers["Content-Language"] = language
        return response


def _private(response: HttpResponse) -> HttpResponse:
    """Pages show a member's own things: no cache in between may keep them."""
    add_never_cache_headers(response)
    patch_vary_headers(response, ("Cookie", "Accept-Language"))
    return response
