"""An audience as a file: for what it is wanted is asked first, and who does not allow that is left out and counted."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from regulars.audiences import queries
from regulars.console import audience_words as told
from regulars.console.people import ANSWERING
from regulars.console.shell import operator_of, page, programme_of
from regulars.console.tables import KINDS, as_file
from regulars.console.views.export import XLSX_MOST, TooLong
from regulars.insight import audiences as insight
from regulars.kit import clock
from regulars.kit.sheets import Column
from regulars.language.calendar import local_day
from regulars.staff.service import audit


@page(roles=ANSWERING)
def choose(request: HttpRequest, audience: str) -> HttpResponse:
    """On which channel and for what they are wanted; how many will be in the file, how many are left out."""
    found = queries.get(audience)
    asked = _asked(request)
    reach = insight.reach(audience, asked) if asked else None
    context = {
        "part": "members",
        "section": "audiences",
        "shown": told.shown(found),
        "channels": list(told.CHANNELS.items()),
        "categories": list(told.CATEGORIES.items()),
        "asked": asked,
        "reach": reach,
        "rows": reach.willing if reach else queries.size(audience),
        "sheet_most": XLSX_MOST,
        "kinds": [("csv", "CSV"), ("xlsx", "Excel (XLSX)")],
    }
    return render(request, "console/audience_export.html", context)


@page(roles=ANSWERING)
def download(request: HttpRequest, audience: str, kind: str) -> HttpResponseBase:
    """The file; a workbook has at most `XLSX_MOST` rows. Who took it, and for what, is kept in the audit trail."""
    if kind not in KINDS:
        raise Http404
    queries.get(audience)
    asked = _asked(request)
    rows = insight.reach(audience, asked).willing if asked else queries.size(audience)
    if kind == "xlsx" and rows > XLSX_MOST:
        raise TooLong
    channel = asked.channel if asked else ""
    audit(operator_of(request).email, "audience.exported", audience, rows=rows, channel=channel)
    today = local_day(clock.now(), programme_of(request).zone)
    people = insight.people(audience, asked)
    return as_file(kind, f"{audience}-{today.isoformat()}", _("Members"), _columns(), people)


def _asked(request: HttpRequest) -> insight.Consent | None:
    return insight.consent(request.GET.get("channel", ""), request.GET.get("category") or "marketing")


def _columns() -> list[Column[insight.Person]]:
    def identity(kind: str, heading: str) -> Column[insight.Person]:
        return Column(
            heading,
            lambda one: "; ".join(each.value for each in one.member.identities if each.kind == kind),
            20,
        )

    return [
        Column("ID", lambda one: str(one.member.id), 38),
        Column(_("Name"), lambda one: one.member.name, 20),
        identity("phone", _("Phone")),
        identity("email", _("E-mail")),
        identity("card", _("Card number")),
        Column(_("In it since"), lambda one: one.since, 18),
    ]
