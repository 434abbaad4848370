"""Whether the books add up: the latest look at them, the chain over them, and having a look now."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.alerts import queries as alerts
from regulars.alerts.contracts import CheckRow
from regulars.console import formats
from regulars.console.house import asset_name
from regulars.console.notices import BOOK_KINDS, books_check, notice
from regulars.console.people import ANSWERING
from regulars.console.shell import operator_of, page, programme_of
from regulars.console.tables import Column, Table, Units
from regulars.kit import background
from regulars.language.effects import ADJUST, CONVERT, EXPIRE, GIFT, ISSUE, MERGE, REVERSE, SPEND
from regulars.ledger import house
from regulars.ledger.proof.nightly import CHECK as CHAIN_CHECK
from regulars.programme.contracts import Programme
from regulars.staff.service import audit

JOBS = {"ops.reconcile_now": "ops.reconcile", "ops.verify_now": "ops.verify"}
"""What `ops.nightly` registers, asked for by name → the lock that it shares with what runs at night."""

COUNTED = {
    "balances": gettext_lazy("balances"),
    "lots": gettext_lazy("credits"),
    "draws": gettext_lazy("spendings and holds"),
    "topups": gettext_lazy("top-ups"),
    "effects": gettext_lazy("effects"),
}


@page()
def show(request: HttpRequest) -> HttpResponse:
    """The latest look, what differs, and where the chain ends."""
    return render(request, "console/reconciliation.html", _context(request))


@page()
def running(request: HttpRequest) -> HttpResponse:
    """How the look that was asked for stands; the page is loaded anew when it is over."""
    if any(background.state(job) for job in JOBS):
        return render(request, "console/_looking.html", _progress())
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


@page(roles=ANSWERING)
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Have the worker look now. Asked again while it is at it, nothing more happens."""
    asked = [background.ask(job, lock) for job, lock in JOBS.items()]
    if any(asked):
        audit(operator_of(request).email, "books.checked")
        messages.success(request, _("The worker looks at the books now."))
    else:
        messages.info(request, _("The worker is at it already."))
    return redirect("console:reconciliation")


def _context(request: HttpRequest) -> dict[str, object]:
    programme = programme_of(request)
    looked = books_check()
    chained = alerts.check(CHAIN_CHECK)
    return {
        "part": "books",
        "tab": "reconciliation",
        "looked": looked,
        "checked": [
            (COUNTED[name], count)
            for name, count in sorted(looked.row.figures.get("checked", {}).items())
            if name in COUNTED
        ]
        if looked
        else [],
        "house": _table(looked.row, programme) if looked else None,
        "took": _("%(seconds)s seconds") % {"seconds": formats.number(Decimal(f"{looked.row.seconds:.1f}"))}
        if looked
        else "",
        "chain": house.chain(),
        "chained": chained,
        "differing": [notice(row, programme) for row in alerts.there() if row.code in BOOK_KINDS],
        "may_run": operator_of(request).role in ANSWERING,
        **_progress(),
    }


def _progress() -> dict[str, object]:
    return {"jobs": [state for job in JOBS if (state := background.state(job)) is not None]}


def _table(row: CheckRow, programme: Programme) -> Table[tuple[str, dict[str, int]]]:
    """What every asset summed up to in the latest look: the house's accounts and the members, together nothing."""

    def units(heading: str, account: str, rare: bool = False) -> Column[tuple[str, dict[str, int]]]:
        return Column(
            heading, lambda line: Units(line[1].get(account, 0), programme.assets.get(line[0])), rare
        )

    return Table(
        "sums",
        _("All accounts"),
        [
            Column(_("Asset"), lambda line: asset_name(line[0], programme)),
            units(_("Issued"), ISSUE),
            units(_("Spent"), SPEND),
            units(_("Expired"), EXPIRE),
            units(_("Taken back"), REVERSE),
            units(_("Adjusted"), ADJUST, True),
            units(_("Converted"), CONVERT, True),
            units(_("Gifts"), GIFT, True),
            units(_("Merges"), MERGE, True),
            units(_("Members"), "members"),
            units(_("Held"), "held", True),
            units(_("Pending"), "pending", True),
            Column(_("Sum"), lambda line: Units(sum(line[1].values()), programme.assets.get(line[0]))),
        ],
        sorted(row.figures.get("house", {}).items()),
        programme,
    )
