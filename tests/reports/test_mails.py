"""Reports by mail: when they are due, that each goes out once, what they hold, and how they end."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from regulars.console import report_mail
from regulars.insight import answers, freshness
from regulars.insight.subscriptions import service
from regulars.insight.subscriptions.logic import Rhythm, due_after, next_due, period_of
from regulars.insight.subscriptions.models import Subscription
from regulars.kit import clock
from regulars.staff.models import Operator
from tests.console.shop import open_shop
from tests.messaging.world import Post
from tests.reports.test_small import history

SHANGHAI = ZoneInfo("Asia/Shanghai")
SUNDAY = datetime(2026, 3, 29, 4, 0, tzinfo=UTC)
"""Noon in Shanghai."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_when_a_mail_is_due_and_of_which_days_it_tells() -> None:
    noon = at("2026-03-29T12:00")
    due = {rhythm: next_due(rhythm, 8, noon, SHANGHAI) for rhythm in Rhythm}
    assert due == {
        Rhythm.DAILY: at("2026-03-30T08:00"),
        Rhythm.WEEKLY: at("2026-03-30T08:00"),
        Rhythm.MONTHLY: at("2026-04-01T08:00"),
    }
    assert next_due(Rhythm.DAILY, 13, noon, SHANGHAI) == at("2026-03-29T13:00")
    assert period_of(Rhythm.DAILY, date(2026, 3, 30)) == (date(2026, 3, 29), date(2026, 3, 29))
    assert period_of(Rhythm.WEEKLY, date(2026, 3, 30)) == (date(2026, 3, 23), date(2026, 3, 29))
    assert period_of(Rhythm.MONTHLY, date(2026, 3, 1)) == (date(2026, 2, 1), date(2026, 2, 28))


def test_after_a_downtime_each_missed_one_follows_the_other_but_not_those_long_gone() -> None:
    back = at("2026-03-20T09:00")
    assert due_after(Rhythm.DAILY, 8, at("2026-03-18T08:00"), back, SHANGHAI) == at("2026-03-19T08:00")
    assert due_after(Rhythm.MONTHLY, 8, at("2025-06-01T08:00"), back, SHANGHAI) == at("2026-03-01T08:00")


@pytest.fixture
def operator(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:  # noqa: ARG001
    open_shop()
    freshness.forget()
    monkeypatch.setattr(answers, "open_tables", history)
    monkeypatch.setattr(answers, "freshness", clock.now)
    yield Operator.objects.create_user(
        "ann@example.com", "a-long-password-1", role="admin", language="zh-hans"
    )
    freshness.forget()


def weekly(operator: Operator) -> Subscription:
    return service.subscribe(operator.pk, "overview", "channel=store", Rhythm.WEEKLY, 8, SHANGHAI)


def test_a_report_goes_out_once_with_its_figures_and_a_workbook(operator: Operator, post: Post) -> None:
    with clock.fixed(SUNDAY):
        row = weekly(operator)
        assert (weekly(operator).pk, Subscription.objects.count()) == (row.pk, 1)
        assert report_mail.send_due() == 0
    with clock.fixed(at("2026-04-13T09:00")):
        assert (report_mail.send_due(), report_mail.send_due(), report_mail.send_due()) == (1, 1, 1)
        assert report_mail.send_due() == 0
    subjects = [str(mail["Subject"]) for mail in post.mails()]
    assert subjects == [
        "经营概览 · 2026年3月23日 – 2026年3月29日",
        "经营概览 · 2026年3月30日 – 2026年4月5日",
        "经营概览 · 2026年4月6日 – 2026年4月12日",
    ]
    mail = post.mails()[1]
    html = mail.get_body(("html",)).get_content()
    assert "1 位会员下了 1 笔订单，共 ¥9.99" in html
    assert "https://club.example.com/console/insight/reports/overview/?channel=store" in html.replace(
        "&amp;", "&"
    )
    [book] = list(mail.iter_attachments())
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book.get_content()))
    assert sheets.sheet_names == ["按时间", "会员消费额分布"]
    rows = sheets.get_sheet_by_name("按时间").to_python()
    assert rows[0][:3] == ["日期", "会员销售额", "订单数"]
    assert [row[1] for row in rows[1:]] == [0, 0, 0, 0, 9.99, 0, 0]
    row.refresh_from_db()
    assert (row.due_at, row.trouble) == (at("2026-04-20T08:00"), "")


def test_who_may_not_export_gets_no_workbook_and_who_left_gets_nothing(
    operator: Operator, post: Post
) -> None:
    operator.role = Operator.Role.READER
    operator.save()
    with clock.fixed(SUNDAY):
        weekly(operator)
    with clock.fixed(at("2026-03-30T09:00")):
        report_mail.send_due()
        assert [list(mail.iter_attachments()) for mail in post.mails()] == [[]]
    operator.is_active = False
    operator.save()
    with clock.fixed(at("2026-04-06T09:00")):
        report_mail.send_due()
    assert (len(post.mails()), Subscription.objects.count()) == (1, 0)


def test_a_mail_server_that_is_down_is_tried_again(operator: Operator, settings: object) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"smtp_url": "smtp://127.0.0.1:9"})  # type: ignore[attr-defined]
    with clock.fixed(SUNDAY):
        row = weekly(operator)
    monday = at("2026-03-30T09:00")
    with clock.fixed(monday):
        assert (report_mail.send_due(), report_mail.send_due()) == (1, 0)
    row.refresh_from_db()
    assert (row.attempts, row.due_at, row.claimed_until) == (
        1,
        at("2026-03-30T08:00"),
        monday + timedelta(minutes=1),
    )
    assert row.trouble


def test_the_page_says_in_words_what_each_is_narrowed_to(operator: Operator) -> None:
    weekly(operator)
    service.subscribe(operator.pk, "funnel", "level=gone&start=new&store=S1", Rhythm.WEEKLY, 8, SHANGHAI)
    client = Client()
    client.force_login(operator)
    page = client.get("/console/insight/mails/").content.decode()
    told = re.findall(r'<div class="quiet">(.+?)</div>', page)
    assert sorted(told) == ["当前等级 gone · 从谁开始 本期新会员 · 门店 S1", "渠道 门店"]


def test_a_link_in_the_mail_stops_it_without_signing_in(operator: Operator) -> None:
    row = weekly(operator)
    link = f"/console/insight/mails/stop/{service.token(row.pk, operator.pk)}"
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(link).status_code == 200
    assert Subscription.objects.count() == 1
    assert stranger.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Subscription.objects.count() == 0
    assert stranger.get(link[:-1] + "x").status_code == 404
