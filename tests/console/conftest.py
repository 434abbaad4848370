"""Operators, and a shop that is open, empty or full."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client

from regulars.kit import clock
from regulars.staff.models import Operator
from tests.console.shop import NOW, fill_shop, open_shop

PASSWORD = "a-long-password-1"


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.fixed(NOW):
        yield


@pytest.fixture
def alice(db: None) -> Operator:  # noqa: ARG001 - the database must be there
    """An administrator."""
    return Operator.objects.create_user(
        "alice@example.com", PASSWORD, name="Alice", role="admin", language="en"
    )


@pytest.fixture
def bob(db: None) -> Operator:  # noqa: ARG001
    """Somebody who may only look."""
    return Operator.objects.create_user("bob@example.com", PASSWORD, name="Bob", role="reader", language="en")


@pytest.fixture
def empty_shop(db: None) -> None:  # noqa: ARG001
    open_shop()


@pytest.fixture
def shop(empty_shop: None) -> dict[str, UUID]:  # noqa: ARG001
    return fill_shop()


@pytest.fixture
def desk(alice: Operator) -> Client:
    """Alice's browser, signed in."""
    client = Client()
    client.force_login(alice)
    return client
