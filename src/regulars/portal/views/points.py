"""Points: how many, which go when, and where each came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from regulars.kit.problems import BadCursor
from regulars.language.effects import EXPIRE, ISSUE, REVERSE
from regulars.language.text import say
from regulars.ledger.contracts import Ending, EntryRow
from regulars.ledger.queries import balances, endings, entries
from regulars.portal.formats import last_day_of
from regulars.portal.pages import MemberVisit, member_page
from regulars.programme.contracts import Programme

SHOWN = 30
EXPIRIES = 12
"""The most days of expiry that are listed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One movement as the member reads it."""

    entry: EntryRow
    why: str


@dataclass(frozen=True, slots=True)
class Month:
    """The movements of one month, latest first."""

    first: date
    lines: tuple[Line, ...]


@require_safe
@member_page
def points(visit: MemberVisit) -> HttpResponse:
    """Balance, what expires when, history with the running balance."""
    assets = visit.programme.assets
    spendable = next((asset.id for asset in assets.values() if asset.spendable), next(iter(assets), ""))
    asset_id = visit.request.GET.get("asset", "") or spendable
    if asset_id not in assets:
        raise Http404
    member_id = visit.member.id
    held = {row.asset: row.balance for row in balances(member_id)}
    try:
        page = entries(member_id, asset_id, visit.request.GET.get("after") or None, SHOWN)
    except BadCursor:
        return redirect("portal:points")
    return visit.show(
        "points",
        tab="points",
        asset=assets[asset_id],
        assets=list(assets.values()),
        balance=held.get(asset_id, 0),
        expiries=expiries(endings(member_id, asset_id))[:EXPIRIES],
        months=by_month(page.items, visit.programme, visit.language),
        next=page.next,
        later=bool(visit.request.GET.get("after")),
    )


def expiries(found: Sequence[Ending]) -> list[tuple[date, int]]:
    """Units by the last day on which they are good, the first to go first."""
    sums: dict[date, int] = {}
    for each in found:
        if each.expires_at is not None and each.units > 0:
            last = last_day_of(each.expires_at)
            sums[last] = sums.get(last, 0) + each.units
    return sorted(sums.items())


def by_month(found: Sequence[EntryRow], programme: Programme, language: str) -> list[Month]:
    """The movements by month of the programme's zone."""
    rules = {rule.id: say(rule.name, language) for rule in programme.rules}

    def month(entry: EntryRow) -> date:
        return timezone.localtime(entry.time).date().replace(day=1)

    return [
        Month(first, tuple(Line(entry, why(entry, rules)) for entry in group))
        for first, group in groupby(found, month)
    ]


def why(entry: EntryRow, rules: dict[str, str]) -> str:
    """What moved it, in words."""
    if entry.account == EXPIRE:
        return _("Expired")
    if entry.account == REVERSE:
        return _("Taken back for a return")
    if entry.rule in rules:
        return rules[entry.rule]
    return _("Earned") if entry.account == ISSUE else _("Spent")
