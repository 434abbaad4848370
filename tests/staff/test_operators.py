"""Accounts for the console."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth import authenticate
from django.db import connections
from django.test import RequestFactory

from regulars.staff import queries, service
from regulars.staff.contracts import NoSuchOperator, StaffProblem
from regulars.staff.models import AuditEntry, Operator

pytestmark = pytest.mark.django_db


def test_an_operator_signs_in_with_the_password_that_was_made_up(rf: RequestFactory) -> None:
    operator, word = service.create_operator(" Ann@Example.com ", "Ann", "reader")
    assert (operator.email, operator.name, operator.role) == ("ann@example.com", "Ann", "reader")
    assert len(word) >= 16
    assert authenticate(rf.post("/"), email="ann@example.com", password=word) == operator
    assert authenticate(rf.post("/"), email="ann@example.com", password=word + "x") is None
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.detail) == (
        "operator.created",
        "ann@example.com",
        {"role": "reader"},
    )


def test_the_chosen_password_is_kept() -> None:
    operator, word = service.create_operator("ann@example.com", password="a long walk by the lake")
    assert word == "a long walk by the lake"
    assert operator.check_password(word)
    assert operator.role == "admin"


@pytest.mark.parametrize(
    ("email", "role", "password", "field"),
    [
        ("ann", "admin", None, "email"),
        ("ANN@example.com", "admin", None, "email"),
        ("bob@example.com", "king", None, "role"),
        ("bob@example.com", "admin", "short", "password"),
        ("bob@example.com", "admin", "password123", "password"),
    ],
)
def test_an_operator_that_can_not_be(email: str, role: str, password: str | None, field: str) -> None:
    service.create_operator("ann@example.com")
    with pytest.raises(StaffProblem) as refused:
        service.create_operator(email, "", role, password)
    assert [error.field for error in refused.value.errors] == [field]
    assert Operator.objects.count() == 1
    assert AuditEntry.objects.count() == 1


def roles() -> dict[str, tuple[str, bool]]:
    return {each.email: (each.role, each.is_active) for each in Operator.objects.all()}


def test_one_administrator_stays() -> None:
    ann, _word = service.create_operator("ann@example.com")
    bob, _word = service.create_operator("bob@example.com")
    service.set_operator_active(bob.pk, False, "ann@example.com")
    before = AuditEntry.objects.count()
    for refused in (
        lambda: service.set_operator_active(ann.pk, False, service.COMMAND_LINE),
        lambda: service.change_operator(ann.pk, "Ann", "reader", service.COMMAND_LINE),
    ):
        with pytest.raises(StaffProblem, match="only administrator left"):
            refused()
    assert roles() == {"ann@example.com": ("admin", True), "bob@example.com": ("admin", False)}
    assert AuditEntry.objects.count() == before
    service.change_operator(bob.pk, "", "reader", "ann@example.com")
    assert roles()["bob@example.com"] == ("reader", False)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_can_not_unseat_each_other_at_once() -> None:
    people = [service.create_operator(f"{name}@example.com")[0] for name in ("ann", "bob")]
    start = Barrier(2)

    def unseat(victim: int, actor: str) -> bool:
        start.wait()
        try:
            return service.set_operator_active(victim, False, actor)
        except StaffProblem:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(unseat, [people[0].pk, people[1].pk], ["bob@example.com", "ann@example.com"]))
    assert sorted(done) == [False, True]
    assert sorted(active for _role, active in roles().values()) == [False, True]


def test_there_is_no_such_operator() -> None:
    with pytest.raises(NoSuchOperator):
        service.reset_password(7, "ann@example.com")
    with pytest.raises(NoSuchOperator):
        queries.operator(7)


def test_how_operators_sign_in_is_told() -> None:
    ann, _word = service.create_operator("ann@example.com")
    service.create_operator("bob@example.com", role="reader")
    TOTP.activate(ann, generate_totp_secret())
    RecoveryCodes.activate(ann)
    found = queries.operators()
    assert [(each.email, each.two_step, each.passkeys, each.recovery_codes) for each in found] == [
        ("ann@example.com", True, 0, 10),
        ("bob@example.com", False, 0, 0),
    ]
