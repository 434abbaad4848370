"""Reports by mail: what is due, written in each operator's language, sent once each, with a way out.

The mail holds the answer, the figures with their change, and the first chart as bars of table cells, which every mail
program shows; the workbook comes along for those who may export.
"""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from regulars.console import formats
from regulars.console.people import EXPORTERS
from regulars.console.report_book import workbook
from regulars.console.reporting import Shown, shown
from regulars.insight import answers
from regulars.insight.answers import Answered
from regulars.insight.asking import asked_of
from regulars.insight.registry import report_of
from regulars.insight.report import Against, BadQuestion, Draw, NoSuchReport
from regulars.insight.subscriptions import service as subscriptions
from regulars.insight.subscriptions.logic import period_of
from regulars.insight.subscriptions.service import Due
from regulars.kit import clock
from regulars.language.calendar import local_day
from regulars.language.text import say
from regulars.messaging.channels.base import Fate
from regulars.messaging.service import can_mail, post
from regulars.programme.contracts import Programme
from regulars.programme.service import NotPublished, current
from regulars.staff.models import Operator
from regulars.warehouse.trouble import WarehouseUnavailable

BARS_MOST = 31
XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the mail's chart: `width` in per cent of the longest."""

    label: str
    value: str
    width: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is to be sent."""

    subject: str
    text: str
    html: str
    stop_url: str
    name: str
    book: bytes | None


def send_due() -> int:
    """Send the reports that are due; how many were dealt with. Without a mail server they wait."""
    if not can_mail():
        return 0
    try:
        programme = current()
    except NotPublished:
        return 0
    found = subscriptions.claim()
    for due in found:
        _deal_with(due, programme)
    return len(found)


def _deal_with(due: Due, programme: Programme) -> None:
    operator = Operator.objects.filter(pk=due.operator_id, is_active=True).first()
    if operator is None:
        subscriptions.stop(due.id, due.operator_id)
        return
    try:
        letter = written(due, operator, programme)
    except (BadQuestion, NoSuchReport) as gone:
        subscriptions.sent(due, programme.zone, gone.say("en"))
        return
    except WarehouseUnavailable as down:
        subscriptions.failed(due, programme.zone, down.say("en"))
        return
    receipt = post(operator.email, composed(letter, due, operator.email))
    if receipt.fate is Fate.SENT:
        subscriptions.sent(due, programme.zone)
    elif receipt.fate is Fate.NEVER:
        subscriptions.sent(due, programme.zone, receipt.detail or "refused")
    else:
        subscriptions.failed(due, programme.zone, receipt.detail)


def written(due: Due, operator: Operator, programme: Programme) -> Letter:
    """The mail, in the operator's language. Readers, who export nothing, get no workbook."""
    report = report_of(due.report)
    first, last = period_of(due.rhythm, local_day(due.due_at, programme.zone))
    given = dict(parse_qsl(due.question)) | {"from": first.isoformat(), "to": last.isoformat()}
    asked = asked_of(given, report, last)
    if not asked.among:
        given["against"] = Against.PREVIOUS.value
        asked = asked_of(given, report, last)
    language = operator.language or programme.language
    with translation.override(language), timezone.override(programme.zone):
        found = answers.answered(report, asked, programme)
        page = shown(found, programme)
        base = settings.CONFIG.public_url.rstrip("/")
        stop_url = base + reverse("console:report_stop", args=[subscriptions.token(due.id, due.operator_id)])
        days = formats.day(first) if first == last else f"{formats.day(first)} – {formats.day(last)}"
        name = say(report.name, language)
        context = {
            "name": name,
            "days": days,
            "page": page,
            "bars": bars(found, page),
            "bars_title": page.charts[0].title if page.charts else "",
            "url": f"{base}{reverse('console:report', args=[report.id])}?{urlencode(given)}",
            "stop_url": stop_url,
            "brand": say(programme.name, language),
            "language": language,
            "when": formats.moment(found.at),
        }
        return Letter(
            subject=_("%(report)s, %(days)s") % {"report": name, "days": days},
            text=render_to_string("console/mail/report.txt", context),
            html=render_to_string("console/mail/report.html", context),
            stop_url=stop_url,
            name=f"{name}-{first:%Y%m%d}-{last:%Y%m%d}.xlsx",
            book=workbook(found, programme) if operator.role in EXPORTERS and not page.empty else None,
        )


def bars(found: Answered, page: Shown) -> list[Bar]:
    """The first chart that has an axis, as bars: its first series."""
    for chart, drawn in zip(
        [one for one in found.answer.charts if found.answer.table(one.table).rows], page.charts, strict=True
    ):
        if chart.draw not in (Draw.TIME, Draw.ACROSS, Draw.FUNNEL):
            continue
        table = next(one for one in found.answer.tables if one.id == chart.table)
        place = next(number for number, column in enumerate(table.columns) if column.id == chart.values[0])
        values = [row[place] for row in table.rows][-BARS_MOST:]
        numbers = [value if isinstance(value, int | float) else 0 for value in values]
        top = max(numbers, default=0)
        texts = _texts(found, page, chart.table, place)[-BARS_MOST:]
        if top <= 0:
            continue
        return [
            Bar(label, text, max(0, round(100 * number / top)))
            for label, text, number in zip(drawn.labels[-BARS_MOST:], texts, numbers, strict=True)
        ]
    return []


def _texts(found: Answered, page: Shown, table_id: str, place: int) -> list[str]:
    """A column of a table in words."""
    known = {table.id: table for table in page.tables}
    if table_id in known:
        return [row.cells[place].text for row in known[table_id].rows]
    return [str(row[place]) for row in found.answer.table(table_id).rows]


def composed(letter: Letter, due: Due, address: str) -> Callable[[bool], bytes]:
    """The mail as it goes over the wire; every attempt at the same one has the same Message-ID."""
    mail_from = settings.CONFIG.mail_from

    def compose(utf8: bool) -> bytes:
        mail = EmailMessage(policy=SMTP.clone(utf8=utf8, max_line_length=998))
        mail["From"] = mail_from
        mail["To"] = address
        mail["Subject"] = letter.subject
        mail["Date"] = format_datetime(clock.now())
        domain = parseaddr(mail_from)[1].rpartition("@")[2] or "localhost"
        mail["Message-ID"] = f"<report.{due.id}.{due.due_at:%Y%m%d%H}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["List-Unsubscribe"] = f"<{letter.stop_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(letter.text, cte="base64")
        mail.add_alternative(letter.html, subtype="html", cte="base64")
        if letter.book is not None:
            mail.add_attachment(letter.book, maintype=XLSX[0], subtype=XLSX[1], filename=letter.name)
        return mail.as_bytes()

    return compose
