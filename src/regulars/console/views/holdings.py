"""A member's books: what they have, credit by credit, what is set aside, every movement, and a statement to keep."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.approvals.contracts import RequestRow, State
from regulars.approvals.queries import requests
from regulars.console.foresight import kind_name
from regulars.console.house import asset_name
from regulars.console.lines import Speaker, Told
from regulars.console.people import EXPORTERS
from regulars.console.shell import may, operator_of, page, programme_of
from regulars.console.tables import KINDS, as_file
from regulars.kit import clock
from regulars.kit.sheets import Cell
from regulars.kit.sheets import Column as Sheet
from regulars.language.calendar import local_day, start_of
from regulars.language.text import say
from regulars.ledger import moves, statement
from regulars.ledger.contracts import Asset, BalanceRow
from regulars.ledger.draws import holds
from regulars.ledger.moves import OpenLot
from regulars.ledger.queries import balances
from regulars.ledger.statement import Span, Summary
from regulars.members.contracts import MemberProfile
from regulars.members.queries import profile
from regulars.programme.contracts import Programme
from regulars.staff.contracts import Permission
from regulars.staff.service import audit

LINES = 50
LOTS = 200
REQUESTS = 5


@dataclass(frozen=True, slots=True)
class Side:
    """One asset of what is shown: an asset by itself, or one side of a wallet."""

    asset_id: str
    asset: Asset | None
    name: str
    row: BalanceRow
    summary: tuple[int, int, int, int]
    """At the beginning of the time, in, out, at its end."""


@dataclass(frozen=True, slots=True)
class LotShown:
    """A credit of which something is left."""

    lot: OpenLot
    asset: Asset | None
    rule: str
    overdue: bool


class PeriodForm(forms.Form):
    """The days of a statement; what makes no sense is left out."""

    start = forms.DateField(required=False)
    end = forms.DateField(required=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the URL asks for: an asset or a wallet, and days."""

    id: str
    name: str
    assets: list[str]
    start: date | None
    end: date | None
    span: Span


@page()
def show(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """One member's books; 404 for an id that nobody has."""
    programme, member = programme_of(request), _member(member_id)
    rows = {row.asset: row for row in balances(member_id)}
    asked = read(request, programme, list(rows))
    cursor = request.GET.get("cursor") or None
    found = moves.latest(member_id, asked.assets, asked.span, cursor, LINES)
    summed = statement.summary(member_id, asked.assets, asked.span)
    speaker = Speaker(member_id, asked.assets, programme)
    context = {
        "part": "members",
        "member": member,
        "asked": asked,
        "choices": [(one, name, one == asked.id) for one, name, _assets in _choices(programme, list(rows))],
        "sides": [_side(asset, rows, summed, programme) for asset in asked.assets],
        "wallet": programme.wallets.get(asked.id),
        "lines": list(speaker.tell(found.items)),
        "next": found.next,
        "later_page": cursor is not None,
        "may_export": operator_of(request).role in EXPORTERS,
        "may_change": may(request, Permission.VALUE_ADJUST) and member.merged_into is None,
        "waiting": _waiting(member_id),
        **_set_aside(member_id, asked, speaker, programme),
    }
    return render(request, "console/holdings.html", context)


@page(roles=EXPORTERS)
def download(request: HttpRequest, member_id: UUID, kind: str) -> HttpResponseBase:
    """The statement as a file, the earliest movement first, with what was there before and after."""
    if kind not in KINDS:
        raise Http404
    programme, member = programme_of(request), _member(member_id)
    asked = read(request, programme, [row.asset for row in balances(member_id)])
    speaker = Speaker(member_id, asked.assets, programme)
    summed = statement.summary(member_id, asked.assets, asked.span)
    audit(
        operator_of(request).email,
        "statement.exported",
        str(member_id),
        asset=asked.id,
        start=str(asked.start or ""),
        end=str(asked.end or ""),
    )
    today = local_day(clock.now(), programme.zone).isoformat()
    name = f"{_('statement')}-{asked.id}-{(member.name or str(member.id)[:8])}-{today}"
    lines = speaker.tell(statement.lines(member_id, asked.assets, asked.span))
    return as_file(
        kind, name, _("Statement"), _sheet(asked, programme), _with_ends(lines, summed, asked.assets)
    )


def read(request: HttpRequest, programme: Programme, held: Sequence[str]) -> Asked:
    """What the URL asks for; what it names that is not there counts as not named."""
    choices = _choices(programme, held)
    wanted = request.GET.get("asset", "")
    usual = next((one for one in choices if one[0] in programme.assets), choices[0])
    ident, name, assets = next((one for one in choices if one[0] == wanted), usual)
    form = PeriodForm(request.GET)
    form.is_valid()
    start, end = form.cleaned_data.get("start"), form.cleaned_data.get("end")
    if start and end and end < start:
        start, end = end, start
    zone = programme.zone
    return Asked(
        ident,
        name,
        assets,
        start,
        end,
        Span(
            start_of(start, zone) if start else None,
            start_of(end + timedelta(days=1), zone) if end and end < date.max else None,
        ),
    )


def _choices(programme: Programme, held: Sequence[str]) -> list[tuple[str, str, list[str]]]:
    """(id, name, assets) of what can be looked at: assets, wallets as one, what older programmes left."""
    language = get_language() or "en"
    in_wallets = {
        asset for wallet in programme.wallets.values() for asset in (wallet.principal, wallet.bonus)
    }
    single = [asset for asset in programme.assets if asset not in in_wallets]
    older = [asset for asset in held if asset not in programme.assets]
    return [
        *((asset, asset_name(asset, programme), [asset]) for asset in single),
        *(
            (wallet.id, say(wallet.name, language), [wallet.principal, wallet.bonus])
            for wallet in programme.wallets.values()
        ),
        *((asset, asset, [asset]) for asset in older),
    ]


def _member(member_id: UUID) -> MemberProfile:
    member = profile(member_id)
    if member is None:
        raise Http404
    return member


def _side(asset: str, rows: dict[str, BalanceRow], summed: Summary, programme: Programme) -> Side:
    return Side(
        asset,
        programme.assets.get(asset),
        asset_name(asset, programme),
        rows.get(asset, BalanceRow(asset, 0, 0, 0, 0, 0)),
        (summed.opening[asset], summed.incoming[asset], summed.outgoing[asset], summed.closing[asset]),
    )


def _set_aside(member_id: UUID, asked: Asked, speaker: Speaker, programme: Programme) -> dict[str, object]:
    now = clock.now()
    lots = moves.open_lots(member_id, asked.assets, LOTS)

    def shown(lot: OpenLot) -> LotShown:
        over = lot.matures_at is not None and lot.matures_at <= now
        return LotShown(lot, programme.assets.get(lot.asset), speaker.rule_name(lot.rule), over)

    return {
        "lots": [shown(lot) for lot in lots if lot.remaining or lot.held],
        "lots_hidden": len(lots) == LOTS,
        "pending": [shown(lot) for lot in lots if lot.pending],
        "holds": [
            (hold, programme.assets.get(hold.asset))
            for hold in holds(member_id, limit=LOTS).items
            if hold.asset in asked.assets
        ],
    }


def _waiting(member_id: UUID) -> list[tuple[RequestRow, str]]:
    """Changes of this member's that wait for a second person."""
    found = requests(State.WAITING, member_id, limit=REQUESTS).items
    return [(row, kind_name(row.change.kind)) for row in found]


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the file."""

    time: datetime | None
    title: str
    details: str
    amounts: dict[str, int]
    balances: dict[str, int]
    event: str = ""


def _with_ends(lines: Iterator[Told], summed: Summary, assets: list[str]) -> Iterator[_Row]:
    yield _Row(None, _("At the beginning"), "", {}, summed.opening)
    for told in lines:
        yield _Row(
            told.line.time, told.title, told.details, told.line.amounts, told.line.balances,
            str(told.line.event_id),
        )  # fmt: skip
    yield _Row(None, _("Came in"), "", {asset: summed.incoming[asset] for asset in assets}, {})
    yield _Row(None, _("Went out"), "", {asset: -summed.outgoing[asset] for asset in assets}, {})
    yield _Row(None, _("At the end"), "", {}, summed.closing)


def _sheet(asked: Asked, programme: Programme) -> list[Sheet[_Row]]:
    def units(asset_id: str, of: str) -> Sheet[_Row]:
        asset = programme.assets.get(asset_id)
        scale = asset.scale if asset else 0
        heading = of if len(asked.assets) == 1 else f"{of}: {asset_name(asset_id, programme)}"

        def cell(row: _Row) -> Cell:
            amount = (row.amounts if of == _("Amount") else row.balances).get(asset_id)
            return None if amount is None else Decimal(amount).scaleb(-scale)

        return Sheet(heading, cell, 14)

    return [
        Sheet(_("When"), lambda row: row.time, 18),
        Sheet(_("What"), lambda row: row.title, 20),
        Sheet(_("Details"), lambda row: row.details, 40),
        *(units(asset, _("Amount")) for asset in asked.assets),
        *(units(asset, _("Balance")) for asset in asked.assets),
        Sheet(_("Event ID"), lambda row: row.event, 38),
    ]
