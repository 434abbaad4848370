"""Settings: who works here, which keys other systems use, what was done."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from regulars.console.shell import page
from regulars.staff.models import Operator
from regulars.staff.queries import api_keys, audit_trail

ROLES = {"admin": _("Administrator"), "operator": _("Operator"), "reader": _("Reader")}
DEEDS = {
    "operator.created": _("Added an operator"),
    "apikey.created": _("Made an API key"),
    "apikey.revoked": _("Revoked an API key"),
    "programme.published": _("Published the programme"),
    "members.exported": _("Exported members"),
}
DEEDS_SHOWN = 50


@page(needs_programme=False)
def show(request: HttpRequest) -> HttpResponse:
    """Keys and the audit trail are for administrators."""
    admin = getattr(request.user, "role", "") == Operator.Role.ADMIN
    context = {
        "part": "settings",
        "admin": admin,
        "operators": [
            (operator, ROLES.get(operator.role, operator.role))
            for operator in Operator.objects.order_by("email")[:200]
        ],
        "keys": api_keys() if admin else [],
        "deeds": [(deed, DEEDS.get(deed.action, deed.action)) for deed in audit_trail(DEEDS_SHOWN)]
        if admin
        else [],
    }
    return render(request, "console/settings.html", context)
