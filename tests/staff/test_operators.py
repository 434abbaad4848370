"""Accounts for the console."""

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory

from regulars.staff import service
from regulars.staff.contracts import StaffProblem
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
