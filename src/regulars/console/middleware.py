"""What every page for operators is shown in: the operator's own language, the programme's time zone."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from regulars.programme.contracts import Programme
from regulars.programme.service import NotPublished, current

Handler = Callable[[HttpRequest], HttpResponse]
PLACES = ("/console/", "/accounts/")
LANGUAGES = frozenset(code for code, _ in settings.LANGUAGES)


def programme_or_none() -> Programme | None:
    """The programme in force; None before the first is published."""
    try:
        return current()
    except NotPublished:
        return None


class OperatorPlace:
    """Runs after authentication, for the console's and the sign-in pages only."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PLACES):
            return self.get_response(request)
        chosen = getattr(request.user, "language", "")
        if chosen in LANGUAGES:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        programme = programme_or_none()
        request.programme = programme  # type: ignore[attr-defined]
        with timezone.override(programme.zone if programme else None):
            response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response
