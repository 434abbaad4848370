"""The pure core keeps the same books as the naive model, in 2,000 random lives."""

from tests.books.drivers import Core
from tests.books.running import live

LIVES, STEPS = 2000, 8


def test_the_core_keeps_the_books_as_the_model_does() -> None:
    live(Core, LIVES, STEPS)
