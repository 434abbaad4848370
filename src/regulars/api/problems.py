"""Errors as problem details (RFC 9457), in the reader's language, whatever went wrong."""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header
from ninja.errors import AuthenticationError, HttpError, ValidationError

from regulars.api import texts
from regulars.engine.contracts import Rejected
from regulars.kit.problems import LANGUAGES, FieldError, Problem, Sentence, speak

CONTENT_TYPE = "application/problem+json"
ACCEPT_MAX = 500
STEP_MAX = 100
"""Names that callers make up are told back no further."""

log = structlog.get_logger(__name__)


class ApiProblem(Problem):
    """What the API itself refuses. `values` fill the sentence; `extra` are further members of the answer."""

    def __init__(
        self, status: int, code: str, detail: Sentence, field: str = "", extra: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None, **values: object,
    ) -> None:  # fmt: skip
        filled = {language: speak(detail, language, **values) for language in LANGUAGES}
        errors = (FieldError(field, code, filled),) if field else ()
        super().__init__(filled, errors=errors)
        self.http_status = status
        self.problem_code = code
        self.extra = extra or {}
        self.headers = headers or {}


def language_of(request: HttpRequest) -> str:
    """The language that the reader asked for with Accept-Language; else the installation's own."""
    return _negotiate(request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:ACCEPT_MAX])


@lru_cache(maxsize=256)
def _negotiate(accepted: str) -> str:
    for code, _ in parse_accept_lang_header(accepted):
        if code == "*":
            break
        try:
            found: str = get_supported_language_variant(code)
        except LookupError:
            continue
        return found
    return str(settings.LANGUAGE_CODE)


def respond(
    language: str, status: int, code: str, detail: str, errors: Iterable[dict[str, str]] = (),
    extra: dict[str, Any] | None = None, title: Sentence | None = None,
) -> HttpResponse:  # fmt: skip
    """A problem details answer. `type` is a stable name that a program can branch on."""
    body: dict[str, Any] = {
        "type": f"urn:regulars:problem:{code}",
        "title": speak(title or texts.TITLES.get(status, texts.TITLES[400]), language),
        "status": status,
        "detail": detail,
        "errors": list(errors),
        **(extra or {}),
    }
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=CONTENT_TYPE)
    response["Content-Language"] = language
    return response


def from_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A named error of any room."""
    language = language_of(request)
    errors = [
        {"field": error.field, "message": speak(error.message, language), "code": error.code}
        for error in problem.errors
    ]
    if isinstance(problem, ApiProblem):
        response = respond(
            language, problem.http_status, problem.problem_code, problem.say(language), errors, problem.extra
        )
        for name, value in problem.headers.items():
            response[name] = value
        return response
    return respond(language, problem.status, problem.code, problem.say(language), errors, title=problem.title)


def from_rejected(request: HttpRequest, refused: Rejected) -> HttpResponse:
    """Something at the engine's door that could not be taken as a whole."""
    language = language_of(request)
    message = speak(refused.text, language)
    error = {"field": refused.field, "message": message, "code": refused.code}
    detail = (
        speak(texts.INVALID_ONE, language, field=refused.field, message=message) if refused.field else message
    )
    return respond(language, 422, refused.code, detail, [error] if refused.field else [])


def from_validation(request: HttpRequest, refused: ValidationError) -> HttpResponse:
    """Parameters and fields that are not as they should be, each named."""
    language = language_of(request)
    if any(
        error["type"] == "missing" and tuple(error["loc"]) == ("body", "body") for error in refused.errors
    ):
        return respond(language, 400, "no_body", speak(texts.NO_BODY, language))
    errors = [
        {"field": path(error["loc"]), "message": _message(error, language), "code": str(error["type"])}
        for error in refused.errors
    ]
    return respond(language, 422, "invalid", summary(errors, language), errors)


def summary(errors: list[dict[str, str]], language: str) -> str:
    """One sentence for all of them."""
    if len(errors) == 1:
        return speak(texts.INVALID_ONE, language, field=errors[0]["field"], message=errors[0]["message"])
    return speak(texts.INVALID, language, count=len(errors))


def path(steps: Iterable[str | int]) -> str:
    """("query", "limit") → `limit`; ("data", "items", 0, "price") → `data.items[0].price`."""
    found = ""
    for n, step in enumerate(steps):
        if (n == 0 and step in ("query", "path", "header", "body")) or (n == 1 and step in ("asked", "body")):
            continue
        if isinstance(step, int):
            found += f"[{step}]"
        elif step != "[key]":
            found += f".{step[:STEP_MAX]}" if found else step[:STEP_MAX]
    return found


def from_exception(request: HttpRequest, error: Exception) -> HttpResponse:
    """Whatever was raised, as a problem. What nobody foresaw is logged and answered with 500."""
    language = language_of(request)
    if isinstance(error, Problem):
        return from_problem(request, error)
    if isinstance(error, Rejected):
        return from_rejected(request, error)
    if isinstance(error, ValidationError):
        return from_validation(request, error)
    if isinstance(error, AuthenticationError):
        response = respond(language, 401, "no_key", speak(texts.NO_KEY, language))
        response["WWW-Authenticate"] = 'Bearer realm="regulars"'
        return response
    if isinstance(error, Http404):
        return respond(language, 404, "no_route", speak(texts.NO_ROUTE, language))
    if isinstance(error, RequestDataTooBig):
        return respond(language, 413, "too_large", speak(texts.TITLES[413], language))
    if isinstance(error, HttpError) and isinstance(error.__cause__, Problem):
        return from_problem(request, error.__cause__)  # the parser's own refusal of a body
    if isinstance(error, HttpError):
        return respond(language, error.status_code, "bad_request", error.message)
    return _unforeseen(request, error, language)


def _unforeseen(request: HttpRequest, error: Exception, language: str) -> HttpResponse:
    """The database is away: 503. It can't hold a value that was sent: 422. Anything else: 500 and a log line."""
    log.exception("api.failed", path=request.path, method=request.method)
    if isinstance(error, DataError):
        return respond(language, 422, "invalid", speak(texts.OTHERWISE, language))
    if isinstance(error, OperationalError | InterfaceError):
        response = respond(language, 503, "unavailable", speak(texts.NOT_ALIVE, language))
        response["Retry-After"] = "2"
        return response
    return respond(language, 500, "failed", speak(texts.BROKEN, language))


def _message(error: dict[str, Any], language: str) -> str:
    text = texts.PYDANTIC.get(str(error["type"]))
    if text is None:
        return str(error["msg"]) if language == "en" else speak(texts.OTHERWISE, language)
    try:
        return speak(text, language, **error.get("ctx", {}))
    except KeyError:
        return speak(texts.OTHERWISE, language)
