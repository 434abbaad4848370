"""Statements and wallets over the API."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, Literal
from uuid import UUID

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router, Schema
from pydantic import Field

from regulars.api import texts, value_schemas
from regulars.api import value_shapes as shapes
from regulars.api.auth import key
from regulars.api.members import REFERENCE, member_id
from regulars.api.problems import ApiProblem, language_of
from regulars.api.reading import parameters
from regulars.events import queries as events
from regulars.kit.paging import LIMIT_MAX
from regulars.kit.problems import speak
from regulars.kit.sheets import Column, csv_stream, xlsx_file
from regulars.language.calendar import start_of
from regulars.language.effects import HOLD, PENDING
from regulars.language.text import say
from regulars.ledger import queries as ledger
from regulars.ledger import statement
from regulars.ledger.statement import Line, Span
from regulars.programme.contracts import Programme
from regulars.programme.service import current
from regulars.staff.contracts import Scope

router = Router(tags=["value"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSX_MOST = 100_000
NAMED_AT_ONCE = 200


class StatementQuery(Schema):
    """What a statement shows. Days are whole days in the programme's time zone, both included."""

    asset: str = Field(
        max_length=30, description="An asset, or a wallet: then its two sides beside each other."
    )
    from_: date | None = Field(None, alias="from", description="The first day; else from the beginning.")
    to: date | None = Field(None, description="The last day; else until now.")
    format: Literal["", "json", "csv", "xlsx"] = Field(
        "",
        description="`csv` and `xlsx` are files of the whole time; `Accept: text/csv` asks for the former as well.",
    )
    cursor: str | None = Field(None, max_length=1000, description="The `next` of the page before; JSON only.")
    limit: int = Field(50, ge=1, le=LIMIT_MAX)


@dataclass(frozen=True, slots=True)
class Told:
    """A line of a statement with what its event says of itself."""

    line: Line
    type: str
    name: str
    reason: str
    order_id: str


@router.get(
    "/members/{path:ref}/statement",
    response=value_schemas.StatementOut,
    auth=key(Scope.LEDGER_READ),
    summary="Statement of a member",
    description="Opening balance, every movement with the balance after it, closing balance; one line for each event,"
    f" the earliest first, at its own time. As JSON in pages, or as a file. {REFERENCE}",
    operation_id="getStatement",
    openapi_extra={
        "responses": {
            200: {
                "content": {
                    "text/csv": {"schema": {"type": "string"}},
                    XLSX: {"schema": {"type": "string", "format": "binary"}},
                }
            }
        }
    },
)
@parameters("asset", "from", "to", "format", "cursor", "limit")
def read(request: HttpRequest, ref: str, asked: Query[StatementQuery]) -> Any:
    programme, language = current(), language_of(request)
    assets, span = _assets(asked.asset, programme), _span(asked, programme)
    who = member_id(ref)
    kind = asked.format or ("csv" if _wants_csv(request) else "json")
    if kind != "json":
        return _file(_Sheet(who, assets, span, programme, language), kind, asked)
    page = statement.page(who, assets, span, asked.cursor, asked.limit)
    return value_schemas.StatementOut(
        member_id=who,
        columns=_columns(statement.summary(who, assets, span), assets, programme, language),
        first_day=asked.from_,
        last_day=asked.to,
        items=[_line(told, programme) for told in _told(who, page.items, programme, language)],
        next=page.next,
    )


@router.get(
    "/wallets",
    response=list[value_schemas.WalletOut],
    auth=key(Scope.PROGRAMME_READ),
    summary="List wallets",
    operation_id="listWallets",
)
@parameters()
def wallets(request: HttpRequest) -> Any:
    """Stored value as the programme defines it: top-ups with what they bring, limits, the order of spending."""
    programme, language = current(), language_of(request)
    return [shapes.wallet(each, programme, language) for each in programme.wallets.values()]


@router.get(
    "/members/{path:ref}/wallets",
    response=list[value_schemas.MemberWalletOut],
    auth=key(Scope.LEDGER_READ),
    summary="Wallets of a member",
    description=f"What the member has stored, principal and bonus apart. {REFERENCE}",
    operation_id="getWallets",
)
@parameters()
def member_wallets(request: HttpRequest, ref: str) -> Any:
    programme, language = current(), language_of(request)
    held = {row.asset: row for row in ledger.balances(member_id(ref))}
    return [shapes.member_wallet(each, held, programme, language) for each in programme.wallets.values()]


def _assets(named: str, programme: Programme) -> tuple[str, ...]:
    wallet = programme.wallets.get(named)
    if wallet is not None:
        return wallet.principal, wallet.bonus
    if named not in programme.assets:
        known = ", ".join([*programme.assets, *programme.wallets])
        raise ApiProblem(422, "asset_unknown", texts.ASSET_UNKNOWN, field="asset", known=known)
    return (named,)


def _span(asked: StatementQuery, programme: Programme) -> Span:
    for day in (asked.from_, asked.to):
        if day is not None and not 1970 <= day.year <= 2200:
            raise ApiProblem(422, "day_far_off", texts.DAY_FAR_OFF)
    if asked.from_ and asked.to and asked.from_ > asked.to:
        raise ApiProblem(422, "time_empty", texts.STATEMENT_EMPTY, field="from")
    return Span(
        start_of(asked.from_, programme.zone) if asked.from_ else None,
        start_of(asked.to + timedelta(days=1), programme.zone) if asked.to else None,
    )


def _wants_csv(request: HttpRequest) -> bool:
    accepted = [each.split(";")[0].strip() for each in request.META.get("HTTP_ACCEPT", "").split(",")]
    return "text/csv" in accepted and "application/json" not in accepted


def _columns(
    found: statement.Summary, assets: Iterable[str], programme: Programme, language: str
) -> list[value_schemas.StatementColumnOut]:
    return [
        value_schemas.StatementColumnOut(
            asset=asset,
            name=say(programme.assets[asset].name, language),
            scale=programme.assets[asset].scale,
            opening=shapes.shown(asset, found.opening[asset], programme),
            incoming=shapes.shown(asset, found.incoming[asset], programme),
            outgoing=shapes.shown(asset, found.outgoing[asset], programme),
            closing=shapes.shown(asset, found.closing[asset], programme),
        )
        for asset in assets
    ]


def _told(who: UUID, lines: Iterable[Line], programme: Programme, language: str) -> Iterator[Told]:
    """Lines with their events' types, reasons and orders; the events are read some at a time."""
    waiting = iter(lines)
    while some := list(islice(waiting, NAMED_AT_ONCE)):
        found = events.by_ids(who, [line.event_id for line in some])
        for line in some:
            event = found.get(line.event_id)
            kind, data = (event.type, event.data) if event else ("", {})
            known = programme.event_types.get(kind)
            name = say(known.name, language) if known else kind
            yield Told(line, kind, name, str(data.get("reason", "")), str(data.get("order_id", "")))


def _line(told: Told, programme: Programme) -> value_schemas.StatementLineOut:
    line = told.line
    accounts: dict[str, dict[str, int | str]] = {}
    for (asset, account), units in line.accounts.items():
        accounts.setdefault(asset, {})[account] = shapes.shown(asset, units, programme)
    return value_schemas.StatementLineOut(
        operation_id=line.event_id,
        time=line.time,
        type=told.type,
        name=told.name,
        reason=told.reason,
        order_id=told.order_id,
        amounts=shapes.by_asset(line.amounts, programme),
        balances=shapes.by_asset(line.balances, programme),
        accounts=accounts,
    )


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A statement on its way into a file."""

    who: UUID
    assets: tuple[str, ...]
    span: Span
    programme: Programme
    language: str

    def word(self, name: str) -> str:
        return speak(texts.STATEMENT[name], self.language)

    def rows(self, sums: statement.Summary) -> Iterator[Told]:
        """The opening balance, every line, the closing balance. The latter is what the lines come to, also where
        something became known while they were read."""
        last = sums.opening
        yield Told(self._edge(self.span.start, last), "", self.word("opening"), "", "")
        lines = statement.lines(self.who, self.assets, self.span)
        for told in _told(self.who, lines, self.programme, self.language):
            last = told.line.balances
            yield told
        yield Told(self._edge(self.span.end, last), "", self.word("closing"), "", "")

    def _edge(self, moment: Any, balances: statement.Units) -> Line:
        return Line(UUID(int=0), moment, dict.fromkeys(self.assets, 0), balances)

    def columns(self) -> list[Column[Told]]:
        """Time and what, then change and balance of each asset, what is set aside, reason, order and operation."""
        made: list[Column[Told]] = [
            Column(self.word("time"), self._time, 20),
            Column(self.word("what"), lambda told: told.name, 20),
        ]
        for asset in self.assets:
            made += self._columns_of(asset)
        return [
            *made,
            Column(self.word("reason"), lambda told: told.reason, 30),
            Column(self.word("order"), lambda told: told.order_id, 20),
            Column(self.word("operation"), lambda told: str(told.line.event_id) if told.type else "", 38),
        ]

    def _columns_of(self, asset: str) -> list[Column[Told]]:
        name = say(self.programme.assets[asset].name, self.language)
        heads = [f"{name} {self.word(part)}" for part in ("change", "balance", "hold", "pending")]

        def amount(units: int) -> Decimal:
            return Decimal(units).scaleb(-self.programme.assets[asset].scale)

        return [
            Column(heads[0], lambda told: amount(told.line.amounts[asset]) if told.line.accounts else None),
            Column(heads[1], lambda told: amount(told.line.balances[asset])),
            Column(heads[2], lambda told: self._aside(told, asset, HOLD)),
            Column(heads[3], lambda told: self._aside(told, asset, PENDING)),
        ]

    def _aside(self, told: Told, asset: str, account: str) -> Decimal | None:
        """By how much what is set aside grew (> 0) or shrank."""
        units = told.line.accounts.get((asset, account), 0)
        return Decimal(-units).scaleb(-self.programme.assets[asset].scale) if units else None

    def _time(self, told: Told) -> str:
        moment = told.line.time
        return f"{moment.astimezone(self.programme.zone):%Y-%m-%d %H:%M:%S}" if moment else ""


def _file(sheet: _Sheet, kind: str, asked: StatementQuery) -> HttpResponseBase:
    sums = statement.summary(sheet.who, sheet.assets, sheet.span)
    days = "_".join(day.isoformat() for day in (asked.from_, asked.to) if day)
    name = "-".join(part for part in ("statement", asked.asset, days) if part) + f".{kind}"
    if kind == "csv":
        streamed = StreamingHttpResponse(
            csv_stream(sheet.columns(), sheet.rows(sums)), content_type="text/csv; charset=utf-8"
        )
        streamed["Content-Disposition"] = f'attachment; filename="{name}"'
        return streamed
    rows = sheet.rows(sums)
    kept = list(islice(rows, XLSX_MOST + 2))
    if next(rows, None) is not None:
        raise ApiProblem(422, "too_long", texts.STATEMENT_LONG, field="format", most=f"{XLSX_MOST:,}")
    file = xlsx_file(sheet.word("statement"), sheet.columns(), kept)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
