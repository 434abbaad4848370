"""API keys: making and ending them. For administrators."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.console.forms import KeyForm, refuse
from regulars.console.people import ADMINS
from regulars.console.shell import operator_of, page
from regulars.kit.problems import Problem
from regulars.staff import service


@page(roles=ADMINS, needs_programme=False)
def add(request: HttpRequest) -> HttpResponse:
    """A form; then the key, shown this once: only its digest is kept."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            key = service.create_api_key(asked["name"], asked["scopes"], operator_of(request).email)
        except Problem as problem:
            refuse(form, problem)
        else:
            context = {
                "part": "settings",
                "title": _("The key “%(name)s”") % {"name": asked["name"]},
                "secret": key,
                "note": _(
                    "It is shown this once, because only its fingerprint is kept. Systems send it in the header "
                    "Authorization: Bearer …; make another one if it is lost."
                ),
            }
            return render(request, "console/secret.html", context)
    return render(request, "console/key_new.html", {"part": "settings", "form": form})


@page(roles=ADMINS, needs_programme=False)
@require_POST
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """Ends a key for good."""
    if service.revoke_api_key(key_id, operator_of(request).email):
        messages.success(request, _("The key is revoked; it is refused within seconds."))
    else:
        messages.info(request, _("There is no such key in force."))
    return redirect("console:settings")
