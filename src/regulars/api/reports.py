"""Reports over the API: which there are, what each answers, and the members behind a figure."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from regulars.api import texts
from regulars.api.auth import key
from regulars.api.problems import ApiProblem, language_of
from regulars.api.reading import parameters
from regulars.insight import answers, plainly
from regulars.insight.asking import FIELDS, asked_of
from regulars.insight.registry import REPORTS, report_of
from regulars.insight.report import Asked, Report
from regulars.kit import clock
from regulars.language.calendar import local_day
from regulars.programme.contracts import Programme
from regulars.programme.service import current
from regulars.staff.contracts import Scope

router = Router(tags=["reports"])

Plain = str | int | float | None


class MetricOut(Schema):
    """A figure's name and exact meaning."""

    id: str
    name: str
    unit: str = Field(description="`count`, `money`, `asset`, `rate` (1 for all) or `number`.")
    definition: str


class OptionOut(Schema):
    """A choice that the report has of its own: a query parameter of this name."""

    id: str
    name: str
    choices: dict[str, str] = Field(description="What may be asked → its name; empty: any text.")


class ReportOut(Schema):
    """A report, and what may be asked of it."""

    id: str
    name: str
    about: str
    filters: list[str]
    compares: bool
    options: list[OptionOut]
    metrics: list[MetricOut]


class FigureOut(Schema):
    """A metric's value in the period, and in the one compared with."""

    name: str
    unit: str
    asset: str | None = None
    value: Plain = Field(description="Money as decimal text; null: there is nothing to divide by.")
    units: int | float | None = Field(None, description="Money or an asset in the smallest unit.")
    before: Plain = Field(description="The same in the period, or of the members, compared with.")
    change: float | None = Field(
        None, description="By which share it differs from that; a rate: by how much."
    )
    definition: str
    members: str | None = Field(None, description="What to ask `/reports/{id}/members` for.")


class ColumnOut(Schema):
    """A typed column."""

    id: str
    name: str
    unit: str = Field(
        description="As of metrics, or `text`, `day`, `week`, `month`, `change`, `points`, `channel`, `code`."
    )
    asset: str | None = None
    definition: str | None = None


class TableOut(Schema):
    """Rows under typed columns."""

    id: str
    title: str
    columns: list[ColumnOut]
    rows: list[list[Plain]]


class AnswerOut(Schema):
    """What a report found."""

    report: str
    name: str
    from_: date = Field(alias="from")
    to: date
    against: str
    sides: list[str] = Field(description="Who is compared with whom, where members are compared; else empty.")
    filters: dict[str, str]
    options: dict[str, str]
    as_of: datetime = Field(description="Everything that happened until then is in it.")
    currency: str
    programme_version: int
    answer: str = Field(description="The answer in a sentence.")
    other_answer: str | None = Field(None, description="What is said of the members compared with.")
    empty: bool
    hints: list[str]
    figures: dict[str, FigureOut]
    tables: list[TableOut]


class BehindOut(Schema):
    """The members behind a figure: how many, and the ids of the first 10,000."""

    count: int
    members: list[str]


@router.get(
    "/reports",
    response=list[ReportOut],
    auth=key(Scope.REPORTS_READ),
    summary="List reports",
    operation_id="listReports",
)
@parameters()
def listed(request: HttpRequest) -> Any:
    """Every report with its metrics' definitions and the parameters it takes."""
    programme, language = current(), language_of(request)
    return [plainly.of_report(report, programme, language) for report in REPORTS]


@router.get(
    "/reports/{report}",
    response=AnswerOut,
    by_alias=True,
    exclude_none=False,
    auth=key(Scope.REPORTS_READ),
    summary="Ask a report",
    operation_id="getReport",
    description="`from` and `to` (inclusive days in the programme's zone) or `period` (`7d`, `30d`, `90d`, `12m`,"
    " `week`, `month`, `last_month`, `quarter`, `year`, `last_year`; the last 12 months where nothing is said),"
    " `against` (`previous`, `last_year`; or other members of the same days, `everybody` or `audience:ID`: tables then"
    " have `_other` and `_change` beside each figure), the report's filters and its own options as further parameters.",
)
def show(request: HttpRequest, report: str) -> Any:
    found, asked, programme = _asked(request, report)
    return plainly.of_answer(answers.answered(found, asked, programme), programme, language_of(request))


@router.get(
    "/reports/{report}/members",
    response=BehindOut,
    auth=key(Scope.MEMBERS_READ),
    summary="The members behind a figure",
    operation_id="getReportMembers",
    description="`of` is the `members` of a figure; the other parameters are those of the report.",
)
def members(request: HttpRequest, report: str, of: str) -> Any:
    found, asked, programme = _asked(request, report, "of")
    behind = answers.behind(found, asked, of, programme)
    return BehindOut(count=behind.count, members=list(behind.ids))


def _asked(request: HttpRequest, ident: str, *more: str) -> tuple[Report, Asked, Programme]:
    """Refuses parameters that the report does not know: a typing mistake must not pass for no filter."""
    programme, report = current(), report_of(ident[:100])
    known = (*FIELDS, *(option.id for option in report.options), *more)
    for name in request.GET:
        if name not in known:
            listed = ", ".join(known)
            raise ApiProblem(
                422, "unknown_parameter", texts.UNKNOWN_PARAMETER, field=name[:100], known=listed
            )
    today = local_day(clock.now(), programme.zone)
    return report, asked_of(request.GET.dict(), report, today), programme
