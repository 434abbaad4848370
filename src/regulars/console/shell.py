"""What the console's pages share: who may see them, and what the frame around them shows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.alerts.queries import calling
from regulars.approvals.queries import waiting_count
from regulars.imports.queries import open_count as imports_open
from regulars.insight.bulk.queries import open_count as bulk_count
from regulars.insight.simulating.queries import open_count
from regulars.kit.problems import Problem
from regulars.programme import publications
from regulars.programme.contracts import Programme
from regulars.staff.contracts import Permission, role_may
from regulars.staff.models import Operator


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the side bar. `part` is what a page says it belongs to."""

    part: str
    url: str
    label: Promise | str
    icon: str


ENTRIES = (
    Entry("home", "console:home", _("Home"), "home"),
    Entry("members", "console:members", _("Members"), "users"),
    Entry("programme", "console:programme", _("Programme"), "stairs-up"),
    Entry("benefits", "console:benefits", _("Benefits"), "gift"),
    Entry("plans", "console:plans", _("Paid plans"), "id-badge-2"),
    Entry("books", "console:books", _("Books"), "report-money"),
    Entry("insight", "console:reports", _("Insight"), "chart-bar"),
    Entry("events", "console:events", _("Events"), "activity"),
    Entry("alerts", "console:alerts", _("Alerts"), "bell"),
    Entry("settings", "console:settings", _("Settings"), "settings"),
)

View = Callable[..., HttpResponseBase]


def programme_of(request: HttpRequest) -> Programme:
    """The programme in force, as the middleware found it. A page marked `needs_programme` has one."""
    programme: Programme = request.programme  # type: ignore[attr-defined]
    return programme


def operator_of(request: HttpRequest) -> Operator:
    """Who is signed in; pages have one."""
    if not isinstance(request.user, Operator):
        raise PermissionDenied
    return request.user


def may(request: HttpRequest, permission: Permission) -> bool:
    """Whether who is signed in may do it."""
    return role_may(operator_of(request).role, permission)


def page(roles: tuple[str, ...] = (), needs_programme: bool = True) -> Callable[[View], View]:
    """A page for signed-in operators, of these roles (none named: all).

    Others go to sign-in or are refused with 403. Without a published programme it says how to publish one.
    A Problem that the rooms raise is shown as a sentence, with its status.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if roles and operator_of(request).role not in roles:
                raise PermissionDenied
            if needs_programme and programme_of(request) is None:
                return render(request, "console/unpublished.html", {"part": "home"})
            try:
                return view(request, *args, **kwargs)
            except Problem as problem:
                said = problem.say(request.LANGUAGE_CODE or settings.LANGUAGE_CODE)
                return render(request, "console/problem.html", {"said": said}, status=problem.status)

        return login_required(answer)

    return decorate


def _to_approve() -> int:
    """What waits for a second person: changes of value, and programmes."""
    return waiting_count() + publications.waiting_count()


def _has_plans(request: HttpRequest) -> bool:
    """Rooms that a brand does not use are not shown."""
    programme: Programme | None = getattr(request, "programme", None)
    return programme is not None and bool(programme.plans)


def frame(request: HttpRequest) -> dict[str, object]:
    """Context of every console and sign-in page: the side bar, the languages, the brand's name."""
    if not hasattr(request, "programme"):
        return {}
    return {
        "entries": [one for one in ENTRIES if one.part != "plans" or _has_plans(request)],
        "languages": settings.LANGUAGES,
        "programme": programme_of(request),
        "calling": calling() if request.user.is_authenticated else 0,
        "simulating": open_count() + bulk_count() + imports_open() if request.user.is_authenticated else 0,
        "to_approve": _to_approve() if request.user.is_authenticated else 0,
    }
