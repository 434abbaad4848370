"""Asking a report: the warehouse opened, the tables narrowed, the other period counted too, the answer kept.

One and the same question is counted once, whoever asks: by what was asked, the programme's version and the day. What
is counted quickly is at most 30 seconds old, what takes longer up to 5 minutes while it is counted anew (`freshness`);
every answer carries the moment up to which the warehouse knew everything. A page shows at once what took long when it
was counted last (`glanced`), and what is true now when it has been counted; the night counts ahead (`prepare`).
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from threading import Thread
from time import monotonic
from urllib.parse import urlencode

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from django.db import connection

from regulars.audiences import queries as audiences
from regulars.insight import shelf
from regulars.insight.abreast import abreast
from regulars.insight.freshness import STALE_SECONDS, kept, remembered
from regulars.insight.ground import ground_of
from regulars.insight.report import Answer, Asked, BadQuestion, Figure, Ground, Report
from regulars.kit import clock
from regulars.language.calendar import local_day
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.programme.contracts import Programme
from regulars.warehouse.contracts import Tables
from regulars.warehouse.queries import counting, freshness, open_tables

EVERYBODY = words("全部会员", "全部會員", "everybody")


@dataclass(frozen=True, slots=True)
class Crowd:
    """Whom a question is about: their name, and their numbers (column `member`; None: everybody's)."""

    name: Text
    members: ir.Table | None


Who = Callable[[str], Crowd]
"""Gives those in the audience of an id; everybody where it is empty."""

LONG_SECONDS = 2.0
"""What takes so long to count is kept for whoever asks again."""
MEMBERS_MOST = 10_000
"""So many members behind a figure are listed; all of them are counted."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, to which question of which report, and up to when everything that happened is in it."""

    report: Report
    asked: Asked
    answer: Answer
    at: datetime
    renewing: bool = False
    """Whether it is being counted anew."""


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Behind:
    """The members behind a figure: how many, and the ids of the first `MEMBERS_MOST`."""

    count: int
    ids: tuple[str, ...]


@counting()
def answered(report: Report, asked: Asked, programme: Programme) -> Answered:
    """The answer. Refuses (`BadQuestion`) what makes no sense to ask; `WarehouseUnavailable` where there is nothing to
    ask now."""
    check_options(report, asked, programme)
    return _answered(report, asked, programme, "")


@counting()
def glanced(report: Report, asked: Asked, programme: Programme, address: Mapping[str, str]) -> Answered:
    """As `answered`, but what took long is shown as it was counted last under that address, whose period may since have
    moved on, and is `renewing` until it has been counted anew."""
    check_options(report, asked, programme)
    name = _name(report, address, programme)
    if remembered(_key(report, asked, programme)):
        return _answered(report, asked, programme, name)
    laid = shelf.look(name)
    if laid is None:
        return _answered(report, asked, programme, name)
    found = Answered(report, *laid.value)
    if clock.now() - laid.at < timedelta(seconds=STALE_SECONDS):
        return found
    Thread(target=_renew, args=(report, asked, programme, name), daemon=True).start()
    return replace(found, renewing=True)


@counting()
def prepare(
    report: Report, asked: Asked, programme: Programme, address: Mapping[str, str], since: datetime
) -> None:
    """Count the answer and lay it where `glanced` looks, if that takes long, nobody else is at it and it has not been
    laid there since `since`. It is not kept in this process."""
    name = _name(report, address, programme)
    laid = shelf.look(name)
    if laid is not None and laid.at >= since:
        return
    with shelf.mine(name) as alone:
        if alone:
            _counted_for(report, asked, programme, name)


def _name(report: Report, address: Mapping[str, str], programme: Programme) -> str:
    return f"{report.id} {urlencode(address)} {programme.id} {programme.number}"


def _key(report: Report, asked: Asked, programme: Programme) -> tuple[object, ...]:
    today = local_day(clock.now(), programme.zone)
    return ("report", report.id, asked, programme.id, programme.number, today)


def _answered(report: Report, asked: Asked, programme: Programme, name: str) -> Answered:
    key = _key(report, asked, programme)
    return kept(key, lambda: _counted_for(report, asked, programme, name)).value


def _counted_for(report: Report, asked: Asked, programme: Programme, name: str) -> Answered:
    """The answer counted now, laid on the shelf under its name (empty: not) where that took long."""
    began, today = monotonic(), local_day(clock.now(), programme.zone)
    found = counted(report, asked, programme, open_tables(), today, freshness())
    if name and monotonic() - began >= LONG_SECONDS:
        shelf.lay(name, (found.asked, found.answer, found.at))
    return found


def _renew(report: Report, asked: Asked, programme: Programme, name: str) -> None:
    """In a thread of its own. What fails is tried again when somebody asks again."""
    try:
        with shelf.mine(name) as alone:
            if alone:
                _answered(report, asked, programme, name)
    except Exception:
        _log.exception("an answer could not be counted anew")
    finally:
        connection.close()


def in_audience(ident: str) -> Crowd:
    """Those who are in the audience now. Raises `UnknownAudience`."""
    if not ident:
        return Crowd(EVERYBODY, None)
    found = audiences.get(ident)
    numbers = pa.array(audiences.numbers(found.id), pa.int64())
    return Crowd(found.names, ibis.memtable(pa.table({"member": numbers})))


def counted(
    report: Report,
    asked: Asked,
    programme: Programme,
    tables: Tables,
    today: date,
    at: datetime,
    who: Who = in_audience,
) -> Answered:
    """The answer counted now, with what it is compared with beside it. `who` gives the members of an audience."""
    mine = who(asked.audience)
    answer = report.build(ground_of(asked, programme, tables, today, mine.members))
    other = asked.compared() if report.compares else None
    if other is not None:
        theirs = who(other.audience) if asked.among else mine
        second = report.build(ground_of(other, programme, tables, today, theirs.members))
        answer = abreast(answer, second, (mine.name, theirs.name)) if asked.among else beside(answer, second)
    return Answered(report, asked, answer, at)


def beside(answer: Answer, other: Answer) -> Answer:
    """The answer, each of its figures with what it was in the other one."""
    then = {(figure.metric.id, figure.asset): figure.value for figure in other.figures}

    def both(figure: Figure) -> Figure:
        return replace(figure, before=then.get((figure.metric.id, figure.asset)))

    return replace(answer, figures=tuple(both(figure) for figure in answer.figures))


@counting()
def behind(
    report: Report, asked: Asked, key: str, programme: Programme, most: int | None = MEMBERS_MOST
) -> Behind:
    """The members behind a figure or a row, by its drill's key: the first `most` of them (None: all)."""
    if report.members is None or not key:
        return Behind(0, ())
    check_options(report, asked, programme)
    tables = open_tables()
    today = local_day(clock.now(), programme.zone)
    ground = ground_of(asked, programme, tables, today, in_audience(asked.audience).members)
    return members_behind(report, ground, key, most)


def members_behind(report: Report, ground: Ground, key: str, most: int | None = MEMBERS_MOST) -> Behind:
    """As `behind`, on given ground."""
    assert report.members is not None
    numbers: ir.Table = report.members(ground, key).select("member").distinct()
    members = ground.people.members.semi_join(numbers, "member")
    count = int(members.count().to_pyarrow().as_py())
    chosen = members.order_by("member").limit(most).select("member_id")
    return Behind(count, tuple(chosen.to_pyarrow()["member_id"].to_pylist()))


def check_options(report: Report, asked: Asked, programme: Programme) -> None:
    """Refuses an option that the report lacks, a choice that the option does not have, and to compare members where
    that says nothing."""
    _check_others(report, asked)
    known = {option.id: option for option in report.options}
    for name, chosen in asked.options:
        if name not in known:
            raise BadQuestion(
                words(
                    f"这份报表没有选项 {name}，可用：{'、'.join(known) or '无'}。",
                    f"這份報表沒有選項 {name}，可用：{'、'.join(known) or '無'}。",
                    f"This report has no option {name!r}; it has: {', '.join(known) or 'none'}.",
                ),
                field=name,
            )
        choices = known[name].choices(programme)
        if choices and chosen not in choices:
            raise BadQuestion(
                words(
                    f"选项 {name} 没有 {chosen} 这一项，可选：{'、'.join(choices)}。",
                    f"選項 {name} 沒有 {chosen} 這一項，可選：{'、'.join(choices)}。",
                    f"Option {name!r} has no choice {chosen!r}; choose one of: {', '.join(choices)}.",
                ),
                field=name,
            )


def _check_others(report: Report, asked: Asked) -> None:
    """Refuses members beside members where the report does not tell them apart, and the same ones twice."""
    if not asked.among:
        return
    if not report.compares or "audience" not in report.filters:
        raise BadQuestion(_NOT_BY_MEMBERS, field="against")
    if asked.audience == asked.other:
        raise BadQuestion(_SAME_MEMBERS if asked.audience else _NO_AUDIENCE, field="against")


_NOT_BY_MEMBERS = words(
    "这份报表不按人群计算，无法与其他人群并列对比；请去掉 against。",
    "這份報表不依人群計算，無法與其他人群並列比較；請移除 against。",
    "This report can't set members beside other members: leave `against` out.",
)
_SAME_MEMBERS = words(
    "两边是同一个人群，请选择另一个人群，或与全部会员对比。",
    "兩邊是同一個人群，請選擇另一個人群，或與全部會員比較。",
    "That is the same audience twice: choose another one, or everybody.",
)
_NO_AUDIENCE = words(
    "要与全部会员对比，请先选择一个人群（audience）。",
    "要與全部會員比較，請先選擇一個人群（audience）。",
    "To compare with everybody, choose an audience first (`audience`).",
)
