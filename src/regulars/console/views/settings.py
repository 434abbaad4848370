"""Settings: who works here, which keys other systems use, what was done."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.console.asked import person
from regulars.console.people import ADMINS, DEEDS, ROLES, SCOPES
from regulars.console.shell import operator_of, page
from regulars.staff.models import AuditEntry
from regulars.staff.queries import api_keys, audit_trail, operators

DEEDS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the record: what was done, by whom, to what, when."""

    what: str
    actor: str
    subject: str
    at: datetime


@page(needs_programme=False)
def show(request: HttpRequest) -> HttpResponse:
    """Everybody sees who works here; keys, changes and the audit trail are for administrators."""
    admin = operator_of(request).role in ADMINS
    context = {
        "part": "settings",
        "admin": admin,
        "operators": [(each, ROLES.get(each.role, each.role)) for each in operators()],
        "keys": [(each, [SCOPES.get(scope, scope) for scope in each.scopes]) for each in api_keys()]
        if admin
        else [],
        "deeds": [told(deed) for deed in audit_trail(DEEDS_SHOWN)] if admin else [],
    }
    return render(request, "console/settings.html", context)


def told(deed: AuditEntry) -> Deed:
    """A deed in words; a key is called by its name, by what it begins with where the name is not on record."""
    name = deed.detail.get("name") if deed.action.startswith("apikey.") else None
    return Deed(
        str(DEEDS.get(deed.action, deed.action)),
        person(deed.actor),
        f"{name} ({deed.subject})" if name else deed.subject,
        deed.at,
    )
