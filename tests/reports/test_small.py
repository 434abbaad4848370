"""One March, small enough to count on one's fingers: every report's figures."""

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from regulars.insight import saying
from regulars.insight.answers import counted, members_behind
from regulars.insight.ground import ground_of
from regulars.insight.metrics import METRICS
from regulars.insight.registry import REPORTS, report_of
from regulars.insight.report import Against, Answer, Asked, Ground
from regulars.language.text import LANGUAGES
from regulars.warehouse.contracts import Tables
from tests.queries.rows import NOW, PROGRAMME
from tests.reports.small import member, order, says_what_it_means, tables_of

MARCH = Asked(date(2026, 3, 1), date(2026, 3, 31))


def step(number: int, before: str, after: str, day: date, reason: str = "earned") -> dict[str, Any]:
    return {
        "member": number,
        "ladder": "level",
        "before": before,
        "after": after,
        "reason": reason,
        "day": day,
    }


def entry(number: int, account: str, units: int, day: date, rule: str = "") -> dict[str, Any]:
    return {"member": number, "asset": "points", "account": account, "units": units, "rule": rule, "day": day}


def line(number: int, name: str, day: date, category: str, total_minor: int) -> dict[str, Any]:
    return {
        "member": number, "order": f"shop/{name}", "day": day, "sku": category[:1], "name": category,
        "category": category, "brand": "", "quantity": 1.0, "total_minor": total_minor,
    }  # fmt: skip


@cache
def history() -> Tables:
    """Alice (1) rose and came back; Bob (2) is new and gave something back; Carol (3) only looked; Dora (4) kept
    silver; Emil (5) lost it; Fay (6) joined in April."""
    return tables_of(
        members=[
            member(1, date(2026, 1, 10)), member(2, date(2026, 3, 2)), member(3, date(2026, 3, 15)),
            member(4, date(2026, 2, 1)), member(5, date(2025, 12, 1)), member(6, date(2026, 4, 2)),
        ],
        orders=[
            order(1, "1", date(2026, 1, 15), 1000),
            order(1, "2", date(2026, 3, 5), 2000),
            order(1, "3", date(2026, 3, 20), 3000, channel="app", store=""),
            order(2, "4", date(2026, 3, 2), 500),
            order(4, "5", date(2026, 2, 2), 700),
            order(6, "6", date(2026, 4, 3), 999),
        ],
        lines=[
            line(1, "2", date(2026, 3, 5), "tea", 1500),
            line(1, "2", date(2026, 3, 5), "cups", 500),
            line(1, "3", date(2026, 3, 20), "tea", 3000),
            line(2, "4", date(2026, 3, 2), "cups", 500),
        ],
        refunds=[{"member": 2, "order": "shop/4", "day": date(2026, 3, 10), "amount_minor": 200}],
        events=[{"member": 3, "event": "e1", "type": "page.viewed", "source": "web", "day": date(2026, 3, 16)}],
        entries=[
            entry(1, "issue", 10, date(2026, 1, 15), "earn"),
            entry(1, "issue", 20, date(2026, 3, 5), "earn"),
            entry(1, "issue", 30, date(2026, 3, 20), "bonus"),
            entry(2, "issue", 5, date(2026, 3, 2), "earn"),
            entry(2, "reverse", -2, date(2026, 3, 10)),
            entry(1, "spend", -15, date(2026, 3, 21)),
            entry(1, "expire", -7, date(2026, 3, 30)),
        ],
        steps=[
            step(5, "basic", "silver", date(2025, 12, 5)),
            step(4, "basic", "silver", date(2026, 2, 2)),
            step(1, "basic", "silver", date(2026, 3, 5)),
            step(4, "silver", "silver", date(2026, 3, 10), "kept"),
            step(5, "silver", "basic", date(2026, 3, 31), "ended"),
            step(6, "basic", "gold", date(2026, 4, 3)),
        ],
        standings=[
            {"member": 1, "ladder": "level", "level": "silver"}, {"member": 4, "ladder": "level", "level": "silver"},
            {"member": 5, "ladder": "level", "level": "basic"}, {"member": 6, "ladder": "level", "level": "gold"},
        ],
        entitlements=[
            {"member": 1, "benefit": "tea", "state": "claimed", "granted_day": date(2026, 3, 5),
             "claimed_day": date(2026, 3, 6)},
            {"member": 4, "benefit": "tea", "state": "granted", "granted_day": date(2026, 3, 7)},
            {"member": 4, "benefit": "cup", "state": "taken_back", "granted_day": date(2026, 3, 7)},
        ],
        messages=[{"member": 4, "template": "hello", "day": date(2026, 3, 9), "read_at": NOW}],
    )  # fmt: skip


def ground(asked: Asked = MARCH) -> Ground:
    return ground_of(asked, PROGRAMME, history(), date(2026, 4, 30))


def asked(report: str, question: Asked = MARCH) -> Answer:
    return report_of(report).build(ground(question))


def figures(found: Answer) -> dict[str, object]:
    return {figure.metric.id: figure.value for figure in found.figures}


def test_members_and_sales() -> None:
    found = asked("overview")
    assert figures(found) == {
        "sales": 5500, "orders": 3, "buyers": 2, "order_value": 1833, "members_at_end": 5, "joined": 2,
        "activity_rate": 0.4, "refunded": 200,
    }  # fmt: skip
    days = {row[0]: row[1:] for row in found.table("time").rows}
    assert len(days) == 31
    assert days[date(2026, 3, 2)] == (500, 1, 1, 1, 0, 500)
    assert days[date(2026, 3, 10)] == (0, 0, 0, 0, 200, None)


def test_the_targets_and_what_they_are_made_of() -> None:
    found = asked("rates")
    assert figures(found) == {
        "repurchase": 0.5, "upgrade": 0.5, "keep": 0.5, "claim": 0.5, "use": 0.0, "activity_rate": 0.4,
        "orders_per_buyer": 1.5, "spend_per_buyer": 2750,
    }  # fmt: skip
    parts = [row[1:3] for row in found.table("made_of").rows]
    assert parts == [(1, 2), (1, 2), (1, 2), (1, 2), (0, 2), (2, 5)]


def test_the_loop_narrows_step_by_step() -> None:
    found = asked("funnel")
    assert figures(found) == {
        "exposed": 1, "familiar": 1, "members_at_end": 5, "bought": 2, "reached": 3, "claimed": 1, "rebought": 1,
    }  # fmt: skip
    assert [row[1] for row in found.table("steps").rows] == [None, None, 5, 2, 1, 1, 1]
    silent = asked("funnel", Asked(date(2026, 1, 1), date(2026, 1, 31)))
    assert {name: figures(silent)[name] for name in ("exposed", "familiar", "bought")} == {
        "exposed": None, "familiar": None, "bought": 1,
    }, "nothing tells of these steps: that is not 0"  # fmt: skip
    assert [bool(figure.untold) for figure in silent.figures] == [True, True, *[False] * 5]
    new = asked("funnel", replace(MARCH, options=(("start", "new"),)))
    assert [row[1] for row in new.table("steps").rows] == [None, None, 2, 1, None, None, 0]


def test_the_months_after_the_first() -> None:
    found = asked("cohorts", Asked(date(2025, 12, 1), date(2026, 3, 31)))
    assert list(found.table("cohorts").rows) == [
        (date(2025, 12, 1), 1, 0.0, 0.0, 0.0, 0.0),
        (date(2026, 1, 1), 1, 1.0, 0.0, 1.0, None),
        (date(2026, 2, 1), 1, 1.0, 0.0, None, None),
        (date(2026, 3, 1), 2, 0.5, None, None, None),
    ]
    assert [row[1] for row in found.table("curve").rows] == [0.6, 0.0, 0.5, 0.0]
    bought = asked("cohorts", Asked(date(2025, 12, 1), date(2026, 3, 31), options=(("by", "ordered"),)))
    assert [row[:3] for row in bought.table("cohorts").rows] == [
        (date(2026, 1, 1), 1, 1.0), (date(2026, 2, 1), 1, 1.0), (date(2026, 3, 1), 1, 1.0),
    ]  # fmt: skip


def test_from_level_to_level() -> None:
    found = asked("levels")
    flows = {
        drill: row[2]
        for row, drill in zip(found.table("flows").rows, found.table("flows").drills, strict=True)
    }
    assert flows == {"-1:0": 2, "0:1": 1, "1:0": 1, "1:1": 1}
    levels = [row[1:] for row in found.table("levels").rows]
    assert levels == [(1, 3, 1, 3, 0.0), (2, 1, 1, 2, 0.5), (0, 0, 0, 0, None)]


def test_what_came_and_went() -> None:
    found = asked("points")
    assert figures(found) == {
        "issued_in": 55, "spent_in": 15, "expired_in": 7, "reversed_in": 2, "other_in": 0, "closing": 41,
        "redeemed_share": 15 / 55,
    }  # fmt: skip
    assert [row[1:] for row in found.table("rules").rows] == [(30, 30 / 55), (25, 25 / 55)]
    assert found.table("time").rows[-1][-1] == 41


def test_new_and_returning() -> None:
    found = asked("mix", replace(MARCH, options=(("total", "110.00"),)))
    assert figures(found) == {
        "sales": 5500,
        "new_buyers": 1,
        "new_sales_share": 500 / 5500,
        "member_share": 0.5,
    }
    assert [row[1:4] for row in found.table("mix").rows] == [(1, 1, 500), (1, 2, 5000)]


def test_channels_stores_and_goods() -> None:
    channels = asked("channels").table("channel").rows
    assert channels == (
        ("app", 3000, 3000 / 5500, 1, 1, 0, 3000, 0.0, 0),
        ("store", 2500, 2500 / 5500, 2, 2, 1, 1250, 0.0, 200),
    )
    stores = asked("stores").table("store")
    assert [(row[1], drill) for row, drill in zip(stores.rows, stores.drills, strict=True)] == [
        (3000, ""), (2500, "S1"),
    ]  # fmt: skip
    goods = asked("products").table("goods").rows
    assert goods == (("tea", 4500, 4500 / 5500, 2, 1, 1.0), ("cups", 1000, 1000 / 5500, 2, 2, 0.0))


def test_one_is_not_told_as_many() -> None:
    def said(report: str, question: Asked = MARCH, language: str = "en") -> str:
        return saying.sentence(asked(report, question).sentence, PROGRAMME, language)

    app = replace(MARCH, channel="app")
    assert said("overview", app) == "1 of 5 members placed 1 order for ¥30.00, ¥30.00 on average."
    assert said("overview").startswith("2 of 5 members placed 3 orders for")
    assert said("rates", app).startswith("Of 1 buyer 0 (0.0%) bought more than once;")
    assert said("levels") == (
        "Against the beginning of the period 1 member stands higher, 1 lower, 1 where they stood."
    )
    assert said("mix").endswith("; 1 first-time buyer spent ¥5.00.")


def test_every_figure_and_every_column_of_figures_says_what_it_means() -> None:
    for report in REPORTS:
        found = asked(report.id)
        assert {figure.metric.id for figure in found.figures} <= {metric.id for metric in report.metrics}
        assert all(METRICS[metric.id] is metric for metric in report.metrics), report.id
        for language in LANGUAGES:
            assert not set("{|}") & set(saying.sentence(found.sentence, PROGRAMME, language)), report.id
        says_what_it_means(found)


def test_only_some_members_only_some_orders() -> None:
    silver = figures(asked("overview", replace(MARCH, level="silver")))
    assert (silver["members_at_end"], silver["buyers"], silver["sales"]) == (2, 1, 5000)
    basic = figures(asked("overview", replace(MARCH, level="basic")))
    assert (basic["members_at_end"], basic["buyers"], basic["sales"], basic["refunded"]) == (3, 1, 500, 200)
    app = figures(asked("overview", replace(MARCH, channel="app")))
    assert (app["sales"], app["orders"], app["refunded"], app["members_at_end"]) == (3000, 1, 0, 5)


def test_the_period_before_stands_beside() -> None:
    question = replace(MARCH, against=Against.PREVIOUS)
    found = counted(report_of("overview"), question, PROGRAMME, history(), date(2026, 4, 30), NOW).answer
    before = {figure.metric.id: figure.before for figure in found.figures}
    assert (before["sales"], before["orders"], before["members_at_end"]) == (700, 1, 3)


def test_the_members_behind_a_figure() -> None:
    def numbers(report: str, key: str) -> list[int]:
        found = members_behind(report_of(report), ground(), key)
        assert found.count == len(found.ids)
        return [int(each[-12:]) for each in found.ids]

    assert numbers("funnel", "reached") == [1, 4, 5]
    assert numbers("funnel", "passed:reached") == [1]
    assert numbers("funnel", "lost:bought") == [3, 4, 5]
    assert numbers("levels", "-1:0") == [2, 3]
    assert numbers("rates", "again") == [1]
    assert numbers("cohorts", "2026-03") == [2, 3]
    assert numbers("mix", "old") == [1]
    assert numbers("stores", "") == [1]
    assert numbers("points", "reverse") == [2]
