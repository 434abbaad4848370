"""Windows over a tally come to the same, whether its days are at hand or only what they had come to."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from regulars.engine.sheet import Sums, Windows
from regulars.language.calendar import window_start
from regulars.language.condition import Window
from regulars.language.snapshot import Base, Snapshot, Tally

TODAY = date(2026, 11, 23)
NAME = "order.paid"
CELLS = st.tuples(st.integers(0, 3), st.integers(-500, 500)).map(list)
DAYS = st.dictionaries(st.integers(-5, 500).map(lambda back: TODAY - timedelta(days=back)), CELLS, max_size=8)
WINDOWS = st.lists(
    st.builds(Window, days=st.integers(1, 400)) | st.builds(Window, months=st.integers(1, 14)),
    min_size=1,
    max_size=5,
    unique=True,
)


@given(DAYS, DAYS, WINDOWS)
def test_what_is_new_is_added_to_what_was_known(before: Tally, added: Tally, windows: list[Window]) -> None:
    """Also where something late is of a day that only some windows hold, or none."""
    whole = Snapshot(UUID(int=1), tallies={NAME: {day: list(cell) for day, cell in added.items()}})
    whole.add_past(NAME, {day: list(cell) for day, cell in before.items()})
    known = Snapshot(UUID(int=1), tallies={NAME: added} if added else {}, unread={NAME})
    known.bases = {NAME: _base(before, windows)}
    sums = []
    for member in (whole, known):
        found: Sums = {}
        Windows(NAME, tuple(windows)).sum(found, member, TODAY)
        sums.append(found)
    assert sums[0] == sums[1]
    assert known.unread == {NAME}, "the days were not read for it"


def _base(days: Tally, windows: list[Window]) -> Base:
    """What PostgreSQL answers."""
    places, sums = {}, []
    for one in windows:
        first = window_start(TODAY, days=one.days, months=one.months)
        inside = [cell for day, cell in days.items() if first <= day <= TODAY]
        places[NAME, one.days, one.months] = len(sums)
        sums += [sum(count for count, _ in inside), sum(total for _, total in inside)]
    return Base(TODAY, places, sums)
