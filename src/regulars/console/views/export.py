"""The members list as a file: the same filters, in the same order, every column."""

from dataclasses import asdict
from decimal import Decimal

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from regulars.console import filters
from regulars.console.shell import operator_of, page, programme_of
from regulars.console.tables import KINDS, as_file
from regulars.console.templatetags.console import member_status
from regulars.console.views.members import EXPORTERS
from regulars.insight.members import MemberLine, count_members, export_members
from regulars.kit import clock
from regulars.kit.problems import Problem
from regulars.kit.sheets import Column
from regulars.language.calendar import local_day
from regulars.language.text import say
from regulars.programme.contracts import Programme
from regulars.staff.service import audit

XLSX_MOST = 100_000


class TooLong(Problem):
    """More rows than a workbook is made for."""

    status = 422
    code = "too_long"

    def __init__(self) -> None:
        super().__init__(
            {
                "zh-hans": f"超过 {XLSX_MOST:,} 位会员，请导出 CSV，或先缩小筛选范围。",
                "zh-hant": f"超過 {XLSX_MOST:,} 位會員，請匯出 CSV，或先縮小篩選範圍。",
                "en": f"These are more than {XLSX_MOST:,} members: export CSV, or filter first.",
            }
        )


@page(roles=EXPORTERS)
def download(request: HttpRequest, kind: str) -> HttpResponseBase:
    """CSV as it is read, or a workbook of at most `XLSX_MOST` rows. Who exported what is kept in the audit trail."""
    if kind not in KINDS:
        raise Http404
    programme = programme_of(request)
    today = local_day(clock.now(), programme.zone)
    chosen = filters.read(request.GET, programme, today)
    count = count_members(programme, chosen.filter, chosen.view)
    if kind == "xlsx" and not (count.exact and count.number <= XLSX_MOST):
        raise TooLong
    asked = {name: value for name, value in asdict(chosen.filter).items() if value}
    audit(operator_of(request).email, "members.exported", kind, rows=count.number, filter=str(asked))
    columns, rows = _columns(programme), export_members(programme, chosen.filter, chosen.view)
    return as_file(kind, f"{_('members')}-{today.isoformat()}", _("Members"), columns, rows)


def _columns(programme: Programme) -> list[Column[MemberLine]]:
    language = translation.get_language() or "en"
    ladder = next(iter(programme.ladders.values()), None)
    levels = {level.id: say(level.name, language) for level in ladder.levels} if ladder else {}
    asset = next((asset for asset in programme.assets.values() if asset.spendable), None)
    scale = asset.scale if asset else 0

    def major(minor: int, digits: int) -> Decimal:
        return Decimal(minor).scaleb(-digits)

    def identity(kind: str, heading: str) -> Column[MemberLine]:
        return Column(
            heading,
            lambda line: "; ".join(each.value for each in line.member.identities if each.kind == kind),
            20,
        )

    return [
        Column("ID", lambda line: str(line.member.id), 38),
        Column(_("Name"), lambda line: line.member.name, 20),
        Column(_("Status"), lambda line: member_status(line.member.status), 10),
        identity("phone", _("Phone")),
        identity("email", _("E-mail")),
        identity("card", _("Card number")),
        Column(_("Level"), lambda line: levels.get(line.level, line.level)),
        Column(_("Level until"), lambda line: line.level_until.isoformat() if line.level_until else "", 12),
        Column(
            say(asset.name, language) if asset else _("Balance"), lambda line: major(line.balance, scale), 12
        ),
        Column(_("Orders"), lambda line: line.totals.orders, 10),
        Column(
            f"{_('Spend')} ({programme.currency})",
            lambda line: major(line.totals.spend_minor - line.totals.refunded_minor, programme.minor_digits),
        ),
        Column(_("Last order"), lambda line: line.totals.last_at, 18),
        Column(_("Joined"), lambda line: line.member.joined_at, 18),
        Column(
            _("Birthday"), lambda line: line.member.birthday.isoformat() if line.member.birthday else "", 12
        ),
        Column(_("Gender"), lambda line: line.member.gender, 10),
        Column(_("Source"), lambda line: line.member.source, 12),
        Column(_("Tags"), lambda line: "; ".join(line.member.tags), 24),
        *(
            Column(
                say(attribute.name, language),
                lambda line, key=attribute.id: str(line.member.attributes.get(key, "")),  # type: ignore[misc]
            )
            for attribute in programme.attributes.values()
        ),
    ]
