"""Around every operation: no answer below /api/ is anything but JSON, and no body is read beyond its limit."""

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver
from django.views.decorators.csrf import csrf_exempt

from regulars.api import texts
from regulars.api.problems import ApiProblem, from_exception, language_of, respond
from regulars.kit.problems import speak

View = Callable[..., HttpResponseBase]

BODY_MAX = 1 << 20
EVENTS_BODY_MAX = 4 << 20
"""1,000 events of a usual size come to about 1 MB; an order with many lines to 3 kB."""


def guarded(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The same patterns, each view guarded."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = guard(pattern.callback)
    return patterns


def guard(view: View) -> View:
    """`view` with a bound on its body, and every failure told as a problem."""

    @wraps(view, assigned=("__doc__",))
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            _bound(request, EVENTS_BODY_MAX if request.path.endswith("/events") else BODY_MAX)
            response = view(request, *args, **kwargs)
        except Exception as error:
            return from_exception(request, error)
        if isinstance(response, HttpResponseNotAllowed):
            return _not_allowed(request, response)
        return response

    return csrf_exempt(inner)


def _bound(request: HttpRequest, most: int) -> None:
    """Refuse a body of more than `most` bytes. One sent in chunks announces no length, for which Django would
    take it as empty: it is read here."""
    try:
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        announced = 0
    if announced > most:
        raise too_large(most)
    if not announced and "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        body = request.META["wsgi.input"].read(most + 1)
        if len(body) > most:
            raise too_large(most)
        request._stream = BytesIO(body)


def too_large(most: int) -> ApiProblem:
    """The refusal of a body that is longer than `most`."""
    return ApiProblem(413, "too_large", texts.TOO_LARGE, most=f"{most:,}")


def read_body(request: HttpRequest, most: int) -> bytes:
    """The whole body, at most `most` bytes."""
    body: bytes = request.read(most + 1)
    if len(body) > most:
        raise too_large(most)
    return body


@csrf_exempt
def no_route(request: HttpRequest) -> HttpResponse:
    """Any address below /api/ that is none."""
    language = language_of(request)
    return respond(language, 404, "no_route", speak(texts.NO_ROUTE, language))


def _not_allowed(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    language = language_of(request)
    allowed = ", ".join(sorted(each.strip() for each in refused["Allow"].split(",")))
    detail = speak(texts.NO_METHOD, language, method=request.method, allowed=allowed)
    response = respond(language, 405, "method_not_allowed", detail)
    response["Allow"] = allowed
    return response
