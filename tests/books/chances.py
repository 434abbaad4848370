"""What is drawn from: whom, what, how much, how late. The first of each is the plainest, which a failure shrinks to."""

from datetime import timedelta

from hypothesis import strategies as st

from tests.books.brand import ASSETS

people = st.sampled_from((0, 0, 0, 1, 1, 2))
picks = st.integers(0, 11)
units = st.sampled_from((20, 1, 7, 25, 40, 60, 99, 100, 120, 150, 200, 400, -5, 0))
shares = st.sampled_from((100, 100, 100, 90, 67, 50, 33, 10, 1, 101, 0, -10))
"""Percent of what there is, so that most of what is asked for can be done."""
some_shares = st.sampled_from((None, None, 50, 10, 33, 100, 101, 0))
assets = st.sampled_from(("points", "points", "stars", "coins", *ASSETS, "gold"))
spendings = st.sampled_from(
    ("points", "points", "points", "stars", "coins", "purse", "purse", "cash", "growth")
)
totals = st.sampled_from((100, 999, 1000, 2550, 3333, 5000, 9999, 12_345, 20_000, 50_000))
lateness = st.sampled_from((None, None, None, timedelta(hours=1), timedelta(days=3), timedelta(days=50)))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
travels = st.sampled_from(
    (MINUTE, HOUR, 13 * HOUR, DAY, 5 * DAY, 8 * DAY, 8 * DAY, 20 * DAY, 46 * DAY, 93 * DAY, 200 * DAY, 800 * DAY)
)  # fmt: skip
SECOND, TICK = timedelta(seconds=1), timedelta(microseconds=1)
