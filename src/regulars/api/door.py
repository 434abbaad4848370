"""The shortest way in for events and commands: from WSGI to the engine's door, past what only other requests need.

Django's way to a view costs an event more than deciding it does. A request that is plainly a write of events, or a
command on value, comes in here; whatever is unusual about one goes the long way, to the same functions and the same
answers.
"""

import re
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any
from uuid import UUID

import ninja.errors
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from pydantic import ValidationError

from regulars.api.auth import holder
from regulars.api.command_bodies import Body, faults
from regulars.api.commands import COMMANDS, run
from regulars.api.guard import BODY_MAX, EVENTS_BODY_MAX, guard, read_body
from regulars.api.reading import json_object, named_by_header
from regulars.api.sending import send
from regulars.kit import metrics
from regulars.staff.contracts import KeyHolder, Scope

PATH = "/api/v1/events"
ROUTE = PATH[1:]
BEARER = "Bearer "
MEMBERS = "/api/v1/members/"

_COMMAND = re.compile(
    r"/api/v1/members/(?P<ref>[A-Za-z0-9_:+@.-]+)/(?P<name>[a-z]+)"
    r"(?:/(?P<operation>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(?P<act>[a-z]+))?",
    re.ASCII,
)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class _Request(HttpRequest):
    """What the API's functions look at, and no more."""

    auth: KeyHolder

    def __init__(self, environ: Environ) -> None:
        self.META = environ
        self.method = environ["REQUEST_METHOD"]
        self.path = self.path_info = environ["PATH_INFO"]
        self._stream = environ["wsgi.input"]
        self._read_started = False

    def show_key(self, scope: Scope) -> None:
        """Refuse a key that is none, or may not do `scope`."""
        self.auth = holder(self.META["HTTP_AUTHORIZATION"][len(BEARER) :], scope)


@guard
def _take(request: _Request) -> HttpResponseBase:
    request.show_key(Scope.EVENTS_WRITE)
    return send(request, named_by_header(request, read_body(request, EVENTS_BODY_MAX)))


@guard
def _command(request: _Request, name: str, ref: str, operation: UUID | None) -> HttpResponseBase:
    command = COMMANDS[name]
    request.show_key(command.scope)
    return run(request, name, ref, _body(request, command.body), operation)


def _body(request: _Request, kind: type[Body]) -> Body:
    raw = read_body(request, BODY_MAX)
    try:
        if not raw:
            return kind()
        return kind.model_validate(json_object(raw))
    except ValidationError as error:
        missing = [{"type": "missing", "loc": ("body", "body")}]
        raise ninja.errors.ValidationError(faults(error) if raw else missing) from None


class Door:
    """A WSGI application: takes writes of events and commands itself, and leaves all else to `application`."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        begun = perf_counter()
        found = _way(environ)
        if found is None:
            return self.application(environ, start_response)
        answer, route = found
        response = answer(_Request(environ))
        close_old_connections()
        assert isinstance(response, HttpResponse)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Length"] = str(len(response.content))
        metrics.observe_request(route, "POST", response.status_code, perf_counter() - begun)
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return (response.content,)


def _way(environ: Environ) -> tuple[Callable[[_Request], HttpResponseBase], str] | None:
    """Who answers, and under which route it is counted; None: it goes the long way."""
    if (
        environ["REQUEST_METHOD"] != "POST"
        or environ.get("QUERY_STRING")
        or not environ.get("HTTP_AUTHORIZATION", "").startswith(BEARER)
    ):
        return None
    path: str = environ["PATH_INFO"]
    if path == PATH:
        return _take, ROUTE
    found = _COMMAND.fullmatch(path) if path.startswith(MEMBERS) else None
    if found is None:
        return None
    ref, act, written = found["ref"], found["act"], found["operation"]
    name = f"{found['name']}/{act}" if act else found["name"]
    if name not in COMMANDS:
        return None
    operation = UUID(written) if written else None
    middle = f"{found['name']}/<operation_id>/{act}" if act else name
    return lambda request: _command(request, name, ref, operation), f"api/v1/members/<path:ref>/{middle}"
