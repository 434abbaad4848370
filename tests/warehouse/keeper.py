"""A house that keeps a warehouse, with a clock of its own: each look at the log is a minute after the one before."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from regulars.engine import merging
from regulars.engine.operations import Request
from regulars.kit import clock
from regulars.warehouse import follower
from regulars.warehouse.contracts import Tables
from regulars.warehouse.opened import Opened
from tests.engine.world import took, who_is


@dataclass(slots=True)
class Keeper:
    """Its warehouse lies in `place`."""

    place: Path
    now: datetime = datetime(2026, 6, 1, tzinfo=UTC)

    @contextmanager
    def clock(self) -> Iterator[None]:
        with clock.fixed(self.now):
            yield

    def sends(self, *events: dict[str, Any]) -> None:
        with self.clock():
            took(*events)

    def merges(self, kept: str, gone: str, key: str, do: Callable[..., Any] = merging.merge) -> None:
        with self.clock():
            outcome = do(Request(who_is(kept), "console", key, "lin", "same person"), gone)
        assert outcome.error is None, outcome.error.text

    def turn(self, step: Callable[[str], None] = lambda _: None, most: int = 100_000) -> follower.Turn | None:
        self.now += timedelta(minutes=1)
        with self.clock():
            return follower.turn(self.place, step, most)

    def follows(self, most: int = 100_000) -> int:
        """Until everything is in; how many events came."""
        events = 0
        while (done := self.turn(most=most)) is None or done.building:
            events += done.events if done else 0
        return events + done.events

    def opens(self) -> Tables:
        return Opened(self.place, 1, "256MB").tables()


def rows(table: Any, *columns: str) -> list[tuple[Any, ...]]:
    """The table's rows in these columns, in their order."""
    found = table.select(*columns).to_pyarrow().to_pydict()
    return sorted(zip(*(found[name] for name in columns), strict=True), key=repr)
