"""Which version is in force, which of its rules fail or are parked, and noting how they fared in a batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic, sleep
from typing import Any

from regulars.audiences.queries import GENERATION
from regulars.campaigns import service as campaigns
from regulars.campaigns.contracts import Fault
from regulars.campaigns.queries import FAILING_RULES
from regulars.engine.decide import Decided
from regulars.engine.plan import Plan, grouped_plan, plan
from regulars.kit.rows import Cursor, Question, ask
from regulars.kit.sqlread import rows
from regulars.programme.service import IN_FORCE

READY = f"SELECT v.number, ({GENERATION}), {FAILING_RULES} FROM ({IN_FORCE}) AS v(number)"

DECIDING = 0x6465_6369_6469_6E67
"""The lock that every batch shares from before it looks what is in force until it is over: so it can be told when all
batches are over that decided under something older."""

SHARE = "SELECT pg_advisory_xact_lock_shared(%s::bigint)"

OLDER = """
SELECT virtualtransaction FROM pg_locks
 WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND classid = (%(lock)s::bigint >> 32)::bigint::oid AND objid = (%(lock)s::bigint & 4294967295)::bigint::oid
   AND objsubid = 1 AND granted AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Ready:
    """The version in force (0: none yet), the generation of audiences, rules that have failed lately, and those that
    are parked."""

    number: int = 0
    generation: int = 0
    faulty: frozenset[str] = frozenset()
    parked: frozenset[str] = frozenset()


def ready_question() -> Question[Ready]:
    """What is in force now, for asking with other questions."""

    def read(found: list[Any]) -> Ready:
        number, generation, faulty, parked = found[0]
        return Ready(int(number), int(generation), frozenset(faulty), frozenset(parked))

    return Question(READY, (), read)


def ready_to_run(cursor: Cursor) -> Ready:
    """What is in force now, for a batch that begins with it."""
    found: Ready = ask(cursor, [share_question(), ready_question()])[1]
    return found


def share_question() -> Question[None]:
    """To be asked before `ready_question`: whoever changes what is in force can wait for this batch."""
    return Question(SHARE, [DECIDING], lambda _: None)


def ready_plan(ready: Ready, failing: Iterable[str] = ()) -> Plan:
    """The plan that is in force, without the rules that are parked or `failing`."""
    whole = grouped_plan((ready.number, ready.generation)) if ready.generation else plan(ready.number)
    return whole.without(ready.parked, failing)


def under_way() -> frozenset[str]:
    """The batches that are being decided now, whatever they found in force."""
    return frozenset(name for (name,) in rows(OLDER, {"lock": DECIDING}))


def over(batches: frozenset[str], seconds: float = 5.0) -> bool:
    """Wait until these batches are over; False where that takes longer."""
    until = monotonic() + seconds
    while batches & under_way():
        if monotonic() > until:
            return False
        sleep(0.01)
    return True


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
