"""PostgreSQL keeps the same books as the naive model, in 200 random lives of 30 steps, and they add up."""

import pytest

from tests.books.drivers import Postgres
from tests.books.running import live

pytestmark = pytest.mark.django_db
LIVES, STEPS = 200, 30


def test_the_engine_keeps_the_books_as_the_model_does() -> None:
    Postgres.publish()
    live(Postgres, LIVES, STEPS)
