"""My account: name and language, and how I sign in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from regulars.console.forms import ProfileForm, refuse
from regulars.console.people import ROLES
from regulars.console.shell import operator_of, page
from regulars.kit.problems import Problem
from regulars.staff import service
from regulars.staff.queries import operator


@page(needs_programme=False)
def show(request: HttpRequest) -> HttpResponse:
    """The operator's own page. A new language is used at once."""
    me = operator_of(request)
    form = ProfileForm(request.POST or None, initial={"name": me.name, "language": me.language})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            service.change_own_profile(me.pk, asked["name"], asked["language"])
        except Problem as problem:
            refuse(form, problem)
        else:
            with translation.override(asked["language"] or translation.get_language()):
                messages.success(request, _("Saved."))
            return redirect("console:account")
    context = {"part": "", "form": form, "found": operator(me.pk), "role": ROLES.get(me.role, me.role)}
    return render(request, "console/account.html", context)
