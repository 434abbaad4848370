"""The shortest way in for events: from WSGI to the engine's door, past what only other requests need.

Django's way to a view costs an event more than deciding it does. A request that is plainly a write of events comes
in here; whatever is unusual about one goes the long way, to the same functions and the same answers.
"""

from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from regulars.api.auth import holder
from regulars.api.guard import EVENTS_BODY_MAX, guard, read_body
from regulars.api.reading import named_by_header
from regulars.api.sending import send
from regulars.kit import metrics
from regulars.staff.contracts import KeyHolder, Scope

PATH = "/api/v1/events"
ROUTE = PATH[1:]
BEARER = "Bearer "

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class _Request(HttpRequest):
    """What the API's functions look at, and no more."""

    auth: KeyHolder

    def __init__(self, environ: Environ) -> None:
        self.META = environ
        self.method = environ["REQUEST_METHOD"]
        self.path = self.path_info = PATH
        self._stream = environ["wsgi.input"]
        self._read_started = False


@guard
def _take(request: _Request) -> HttpResponseBase:
    request.auth = holder(request.META["HTTP_AUTHORIZATION"][len(BEARER) :], Scope.EVENTS_WRITE)
    return send(request, named_by_header(request, read_body(request, EVENTS_BODY_MAX)))


class EventsDoor:
    """A WSGI application: takes writes of events itself, and leaves all else to `application`."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if (
            environ["PATH_INFO"] != PATH
            or environ["REQUEST_METHOD"] != "POST"
            or environ.get("QUERY_STRING")
            or not environ.get("HTTP_AUTHORIZATION", "").startswith(BEARER)
        ):
            return self.application(environ, start_response)
        begun = perf_counter()
        response = _take(_Request(environ))
        close_old_connections()
        assert isinstance(response, HttpResponse)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Length"] = str(len(response.content))
        metrics.observe_request(ROUTE, "POST", response.status_code, perf_counter() - begun)
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return (response.content,)
