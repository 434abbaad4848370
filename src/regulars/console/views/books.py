"""The house view of the books: what was given and taken, what members have and what it is worth; every table a file."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from regulars.console import formats, house
from regulars.console.house import Choice
from regulars.console.notices import books_check
from regulars.console.people import EXPORTERS
from regulars.console.shell import operator_of, page, programme_of
from regulars.console.tables import KINDS, Table, as_file
from regulars.insight.house import Books, Worth, books, books_at_hand, worths
from regulars.kit import clock
from regulars.language.calendar import add_months, local_day
from regulars.programme.contracts import Programme
from regulars.staff.service import audit

MONTHS = 12
"""The period that is shown where none was chosen."""
TABLES: dict[str, Callable[[Books, Choice, Programme], Table[Any]]] = {
    "assets": lambda found, _choice, programme: house.assets_table(found, programme),
    "months": house.months_table,
    "rules": house.rules_table,
    "ages": house.ages_table,
    "ends": house.ends_table,
}


@page()
def show(request: HttpRequest) -> HttpResponse:
    """The page; where adding up would take long it comes without figures and asks for them."""
    programme = programme_of(request)
    context: dict[str, object] = {"part": "books", "tab": "house", "query": request.GET.urlencode()}
    if books_at_hand(programme):
        context |= _context(request, programme)
    return render(request, "console/books.html", context)


@page()
def counted(request: HttpRequest) -> HttpResponse:
    """The figures alone, once they are there."""
    return render(request, "console/_house.html", _context(request, programme_of(request)))


@page(roles=EXPORTERS)
def download(request: HttpRequest, name: str, kind: str) -> HttpResponseBase:
    """One table as a file. Who exported what is kept in the audit trail."""
    if name not in TABLES or kind not in KINDS:
        raise Http404
    programme = programme_of(request)
    found = books(programme).value
    choice = chosen(request, found, programme)
    table = table_of(name, found, choice, programme)
    period = f"{choice.first:%Y-%m}–{choice.last:%Y-%m}"
    asked = {} if name == "assets" else {"asset": choice.asset, "period": period}
    audit(operator_of(request).email, "books.exported", f"{name}.{kind}", rows=len(table.rows), **asked)
    today = local_day(clock.now(), programme.zone).isoformat()
    parts = [_("books"), name, *([choice.asset] if asked else []), today]
    return as_file(kind, "-".join(parts), table.title, table.sheet(), table.rows)


def chosen(request: HttpRequest, found: Books, programme: Programme) -> Choice:
    """The asset and the months in the URL; what makes no sense there counts as not chosen."""
    known = [*programme.assets, *found.assets]
    usual = next((asset.id for asset in programme.assets.values() if asset.spendable), known[0])
    asset = request.GET.get("asset", "")
    months = found.months
    last = _month(request.GET.get("to", ""), months) or months[-1]
    first = _month(request.GET.get("from", ""), months) or max(add_months(last, 1 - MONTHS), months[0])
    return Choice(asset if asset in known else usual, min(first, last), max(first, last))


def table_of(name: str, found: Books, choice: Choice, programme: Programme) -> Table[Any]:
    """The table of that name."""
    return TABLES[name](found, choice, programme)


def _context(request: HttpRequest, programme: Programme) -> dict[str, object]:
    dated = books(programme)
    found = dated.value
    choice = chosen(request, found, programme)
    known = worths(found, programme)
    return {
        "at": dated.at,
        "checked": books_check(),
        "answer": _answer(known, programme),
        "worths": [(worth, programme.assets.get(worth.asset)) for worth in known if worth.costed],
        "choice": choice,
        "asset": programme.assets.get(choice.asset),
        "asset_name": house.asset_name(choice.asset, programme),
        "assets": [(worth.asset, house.asset_name(worth.asset, programme)) for worth in known],
        "every_month": [(f"{month:%Y-%m}", formats.month(month)) for month in reversed(found.months)],
        "from": f"{choice.first:%Y-%m}",
        "to": f"{choice.last:%Y-%m}",
        "empty": not found.cells,
        "chart": house.flow_chart(found, choice, programme),
        "whole": table_of("assets", found, choice, programme),
        "tables": [table_of(name, found, choice, programme) for name in ("months", "rules")],
        "classes": [table_of(name, found, choice, programme) for name in ("ages", "ends")],
        "may_export": operator_of(request).role in EXPORTERS,
    }


def _answer(known: list[Worth], programme: Programme) -> str:
    """What the house owes, in a sentence."""
    owed = [worth for worth in known if worth.costed]
    if not owed:
        return _("No asset has a cost yet, so what members have can't be given in money.")
    total = sum(worth.liability_minor for worth in owed)
    parts = _(", ").join(
        _("%(asset)s %(amount)s") % {
            "asset": house.asset_name(worth.asset, programme),
            "amount": formats.money(worth.liability_minor, programme),
        }
        for worth in owed
    )  # fmt: skip
    said = _("What members have is worth %(total)s.") % {"total": formats.money(total, programme)}
    return f"{said} {parts}" if len(owed) > 1 else said


def _month(text: str, months: list[date]) -> date | None:
    return next((month for month in months if f"{month:%Y-%m}" == text), None)
