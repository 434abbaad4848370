"""Measures every answer, and spares the API what only pages need."""

from collections.abc import Callable
from time import perf_counter
from typing import cast

from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from regulars.kit import metrics

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class MeasureRequests:
    """Counts requests and their time by the pattern of their address; addresses we don't have are one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        begun = perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = match.route if match else "unknown"
        method = request.method if request.method in METHODS else "other"
        metrics.observe_request(route, str(method), response.status_code, perf_counter() - begun)
        return response


class _Bare(BaseHandler):
    """Django's way from a request to its view, with no middleware on it."""

    _view_middleware: tuple[()] = ()
    _template_response_middleware: tuple[()] = ()
    _exception_middleware: tuple[()] = ()

    def resolve(self, request: HttpRequest) -> HttpResponseBase:
        """The view's answer."""
        answer: HttpResponseBase = self._get_response(request)  # type: ignore[attr-defined]
        return answer


class SpareTheApi:
    """Sessions, forms and page languages are nothing to the API: they would cost it half of its time.

    Whatever is below `/api/` goes from here straight to its view.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.answer = cast(
            Callable[[HttpRequest], HttpResponseBase], convert_exception_to_response(_Bare().resolve)
        )

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith("/api/"):
            return self.get_response(request)
        response = self.answer(request)
        response["X-Content-Type-Options"] = "nosniff"
        if isinstance(response, HttpResponse):
            response.setdefault("Content-Length", str(len(response.content)))
        return response
