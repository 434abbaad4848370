"""The alerts page: what differs, who knows of it, and that all is well."""

from uuid import UUID

from django.db import connection
from django.test import Client

from regulars.alerts import queries
from regulars.alerts.contracts import Alarm
from regulars.alerts.machinery import JOB_FAILING, LOOP_FAILING, ONE_ROLE
from regulars.alerts.models import Alert, Check
from regulars.alerts.service import raise_alerts
from regulars.campaigns.models import BudgetUse
from regulars.insight.watching import watch_budgets
from regulars.kit import clock
from regulars.ledger.tasks import look
from regulars.staff.models import AuditEntry, Operator
from tests.console import books as story
from tests.console.shop import NOW


def page(client: Client, path: str = "alerts/") -> str:
    response = client.get(f"/console/{path}")
    assert response.status_code == 200
    return response.content.decode()


def break_books(member: UUID, units: int = 7) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_balance SET spent = spent + %s WHERE member_id = %s AND asset = 'points'",
            [units, member],
        )


def test_a_look_that_found_nothing_is_seen_too(desk: Client, shop: dict[str, UUID]) -> None:  # noqa: ARG001
    assert "Not checked yet" in page(desk)
    look()
    assert "All in order" in page(desk)
    assert "Nothing needs you" in page(desk)
    home = page(desk, "figures")
    assert "The books add up." in home
    assert "badge bg-red" not in page(desk)
    Check.objects.update(at=NOW.replace(day=17))
    assert "The nightly check has been missed" in page(desk)
    assert "have not been checked lately" in page(desk, "figures")


def test_a_difference_calls_from_every_page_and_names_the_member(desk: Client, shop: dict[str, UUID]) -> None:
    lin = shop["lin"]
    break_books(lin)
    look()
    said = page(desk)
    assert "What was spent in all is not what the entries say" in said
    assert f'href="/console/members/{lin}/"' in said
    assert "found 7" in said
    assert "regulars verify" in said
    assert "1 difference" in said
    assert '<span class="badge bg-red text-red-fg ms-auto">1</span>' in page(desk, "members/")
    assert "1 alert needs somebody to look at it" in page(desk, "figures")


def test_taking_note_needs_a_note_and_is_on_record(
    desk: Client, alice: Operator, shop: dict[str, UUID]
) -> None:
    break_books(shop["lin"])
    look()
    [alert] = queries.there()
    path = f"/console/alerts/{alert.id}/acknowledge"
    assert "Say what it is" in desk.post(path, {"note": " "}, follow=True).content.decode()
    assert queries.calling() == 1
    said = desk.post(path, {"note": "ticket <42>"}, follow=True).content.decode()
    assert "Noted." in said
    assert "alice@example.com: “ticket &lt;42&gt;”" in said
    assert queries.calling() == 0
    assert AuditEntry.objects.filter(actor=alice.email, action="alert.acknowledged").count() == 1
    assert "Somebody has taken note" in desk.post(path, {"note": "again"}, follow=True).content.decode()
    assert "badge bg-red" not in page(desk)
    assert "somebody has taken note of it" in page(desk, "figures")
    look()
    assert queries.calling() == 0


def test_what_is_put_right_is_over(desk: Client, shop: dict[str, UUID]) -> None:
    break_books(shop["lin"])
    look()
    break_books(shop["lin"], -7)
    look()
    said = page(desk)
    assert "<h2>Over</h2>" in said
    assert "All in order" in said
    alert = Alert.objects.get()
    assert alert.resolved_at == clock.now()
    assert desk.post(f"/console/alerts/{alert.pk}/acknowledge", {"note": "late"}).status_code == 404


def test_a_reader_looks_and_takes_no_note(bob: Operator, shop: dict[str, UUID]) -> None:
    break_books(shop["lin"])
    look()
    client = Client()
    client.force_login(bob)
    assert "Take note" not in page(client)
    [alert] = queries.there()
    assert client.post(f"/console/alerts/{alert.id}/acknowledge", {"note": "x"}).status_code == 403
    assert queries.calling() == 1


def test_a_stranger_sees_nothing(shop: dict[str, UUID]) -> None:  # noqa: ARG001
    assert Client().get("/console/alerts/").status_code == 302


def test_a_budget_and_work_that_fails_are_told_in_words(desk: Client) -> None:
    story.tell()
    BudgetUse.objects.filter(rule="base", period="2026-11").update(used_up_at=NOW, used_up_of=400)
    watch_budgets()
    raise_alerts(
        [
            Alarm(LOOP_FAILING, "settle", {"name": "settle", "failures": 4, "error": "OperationalError"}),
            Alarm(JOB_FAILING, "ops.verify", {"name": "ops.verify", "failures": 2}),
            Alarm(ONE_ROLE, params={"tables": 5}),
        ]
    )
    said = page(desk)
    assert "A budget is used up" in said
    assert "Base, 400: used up on Nov 20, 2026, 12:00" in said
    assert 'href="/console/books/budgets/"' in said
    assert "settle: failed 4 times in a row (OperationalError)" in said
    assert "ops.verify: failed 2 times in a row" in said
    assert "History is kept by triggers only" in said
    assert "expected" not in said
    assert "Since Nov 20, 2026, 12:00 too little is left" in page(desk, "books/budgets/")
