"""Operators: adding, changing, disabling them, and helping those who can't sign in. For administrators."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.console.forms import NewOperatorForm, OperatorForm, refuse
from regulars.console.people import ADMINS, ROLES
from regulars.console.shell import operator_of, page
from regulars.kit.problems import Problem
from regulars.staff import service
from regulars.staff.queries import operator

page_for_admins = page(roles=ADMINS, needs_programme=False)


@page_for_admins
def add(request: HttpRequest) -> HttpResponse:
    """A form; then the password, shown this once."""
    form = NewOperatorForm(request.POST or None, initial={"role": "operator"})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            made, word = service.create_operator(
                asked["email"], asked["name"], asked["role"], actor=operator_of(request).email
            )
        except Problem as problem:
            refuse(form, problem)
        else:
            return _password(request, made.email, word)
    return render(request, "console/operator_new.html", {"part": "settings", "form": form})


@page_for_admins
def show(request: HttpRequest, operator_id: int) -> HttpResponse:
    """One operator: name and role to change, how they sign in, and what can be done about it."""
    found = operator(operator_id)
    form = OperatorForm(request.POST or None, initial={"name": found.name, "role": found.role})
    if request.method == "POST" and form.is_valid():
        try:
            service.change_operator(
                operator_id, form.cleaned_data["name"], form.cleaned_data["role"], operator_of(request).email
            )
        except Problem as problem:
            refuse(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("console:operator", operator_id)
    context = {
        "part": "settings",
        "form": form,
        "found": found,
        "role": ROLES.get(found.role, found.role),
        "oneself": found.id == operator_of(request).pk,
    }
    return render(request, "console/operator.html", context)


@page_for_admins
@require_POST
def password(request: HttpRequest, operator_id: int) -> HttpResponse:
    """A new password, shown this once."""
    word = service.reset_password(operator_id, operator_of(request).email)
    return _password(request, operator(operator_id).email, word)


def _then_back(act: Callable[[HttpRequest, int], str]) -> Callable[..., HttpResponseBase]:
    """A page that does something on POST, says so, and shows the operator again."""

    def answer(request: HttpRequest, operator_id: int) -> HttpResponse:
        messages.success(request, act(request, operator_id))
        return redirect("console:operator", operator_id)

    return page_for_admins(require_POST(answer))


def _disable(request: HttpRequest, operator_id: int) -> str:
    service.set_operator_active(operator_id, False, operator_of(request).email)
    return _("They can't sign in any more.")


def _enable(request: HttpRequest, operator_id: int) -> str:
    service.set_operator_active(operator_id, True, operator_of(request).email)
    return _("They can sign in again.")


def _second_step(request: HttpRequest, operator_id: int) -> str:
    service.forget_second_step(operator_id, operator_of(request).email)
    return _("Two-step sign-in and passkeys are off; they sign in with the password alone.")


disable, enable, second_step = _then_back(_disable), _then_back(_enable), _then_back(_second_step)


def _password(request: HttpRequest, email: str, word: str) -> HttpResponse:
    context = {
        "part": "settings",
        "title": _("The password of %(email)s") % {"email": email},
        "secret": word,
        "note": _(
            "It is shown this once. Hand it over in person or by telephone; they sign in at %(address)s and change it "
            "under My account."
        ) % {"address": request.build_absolute_uri(reverse("account_login"))},
    }  # fmt: skip
    return render(request, "console/secret.html", context)
