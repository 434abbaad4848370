"""Which version is in force, which of its rules fail or are parked, and noting how they fared in a batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regulars.campaigns import service as campaigns
from regulars.campaigns.contracts import Fault
from regulars.campaigns.queries import FAILING_RULES
from regulars.engine.decide import Decided
from regulars.kit.rows import Cursor, Question, ask_one
from regulars.programme.service import IN_FORCE

READY = f"SELECT v.number, {FAILING_RULES} FROM ({IN_FORCE}) AS v(number)"


@dataclass(frozen=True, slots=True)
class Ready:
    """The version in force (0: none yet), its rules that have failed lately, and those that are parked."""

    number: int = 0
    faulty: frozenset[str] = frozenset()
    parked: frozenset[str] = frozenset()


def ready_question() -> Question[Ready]:
    """What is in force now, for asking with other questions."""

    def read(rows: list[Any]) -> Ready:
        number, faulty, parked = rows[0]
        return Ready(int(number), frozenset(faulty), frozenset(parked))

    return Question(READY, (), read)


def ready_to_run(cursor: Cursor) -> Ready:
    """What is in force now."""
    return ask_one(cursor, ready_question())


def note(
    cursor: Cursor, ready: Ready, faults: Sequence[Fault], decided: Iterable[Decided], now: datetime
) -> None:
    """Rules that failed are noted, and those that had failed and did not this time. Most batches have neither."""
    if faults:
        campaigns.note_faults(cursor, faults, ready.number, now)
    suspects = ready.faulty - ready.parked - {fault.rule for fault in faults}
    if suspects:
        campaigns.note_successes(
            line[0] for one in decided for line in one.trace if line[1] and line[0] in suspects
        )
