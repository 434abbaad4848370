"""The door to the engine inside the house: events in, what became of them out, settled and on disk.

Group commit: whatever threads of a process submit at the same time goes into one transaction. The first to
come leads: it takes what has gathered, commits it for all, and hands the lead on; so there is no thread to
start, none to watch, and a lone event waits for nobody. When a whole batch waits behind the one under way, a
second leader takes it, so that one is decided while the other is being written.
"""

import threading
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import sleep
from typing import ClassVar, TypeVar
from uuid import UUID

import structlog
from django.db import DatabaseError
from django.db.utils import InterfaceError, OperationalError

from regulars.engine.asking import RuleFailed, told
from regulars.engine.batch import process, settle_members
from regulars.engine.contracts import Incoming, Outcome, Rejected
from regulars.kit.problems import Problem, Sentence
from regulars.language.problems import words
from regulars.settings import CONFIG

log = structlog.get_logger("regulars.engine")
Result = TypeVar("Result")

LEADERS = 2

SHARES_FROM = 50
"""From so many events on a batch leaves members whom another has in hand for later."""

TRACEBACK_MOST = 3000

RETRIES = 5
"""How often a batch that lost against another (deadlock, dropped connection) is tried again."""


class Unavailable(Problem):
    """The database can't be reached; nothing was taken."""

    status = 503
    code = "unavailable"
    title: ClassVar[Sentence] = {
        "zh-hans": "暂时无法处理",
        "zh-hant": "暫時無法處理",
        "en": "Temporarily unavailable",
    }


@dataclass(slots=True, eq=False)
class _Ticket:
    """A submission on its way: its events, and in the end its outcomes or what went wrong.

    `wake`: there is something to do, be it to lead or to go home; `done`: the events are decided.
    """

    events: Sequence[Incoming]
    wake: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    outcomes: list[Outcome] = field(default_factory=list)
    error: BaseException | None = None
    leads: bool = False


class _Gate:
    """Gathers tickets; one thread leads, or two where there is enough to do for both."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._lock = threading.Lock()
        self._waiting: deque[_Ticket] = deque()
        self._leaders = 0

    def submit(self, events: Sequence[Incoming]) -> list[Outcome]:
        ticket = _Ticket(events)
        with self._lock:
            self._waiting.append(ticket)
            self._appoint()
        if not ticket.leads:
            ticket.wake.wait()
        if ticket.leads:
            self._lead(ticket)
        if ticket.error is not None:
            raise ticket.error
        return ticket.outcomes

    def _appoint(self) -> None:
        """Make the first who waits a leader, if what waits is worth one more. Under the lock."""
        if self._leaders == LEADERS:
            return
        heir = next((one for one in self._waiting if not one.leads), None)
        if heir is None:
            return
        if self._leaders == 0 or sum(len(one.events) for one in self._waiting) * 2 >= self.most:
            self._leaders += 1
            heir.leads = True
            heir.wake.set()

    def _lead(self, own: _Ticket) -> None:
        """Commit batches until the own ticket is done, by whichever leader, then hand the lead on."""
        try:
            while not own.done.is_set():
                tickets = self._gather()
                if tickets:
                    self._commit(tickets)
                else:
                    own.done.wait()
        finally:
            with self._lock:
                self._leaders -= 1
                self._appoint()

    def _gather(self) -> list[_Ticket]:
        """The tickets of one batch, in the order they came; never more events than a batch may have."""
        gathered: list[_Ticket] = []
        count = 0
        with self._lock:
            while self._waiting and (not gathered or count + len(self._waiting[0].events) <= self.most):
                ticket = self._waiting.popleft()
                gathered.append(ticket)
                count += len(ticket.events)
        return gathered

    def _commit(self, tickets: list[_Ticket]) -> None:
        try:
            outcomes = take([event for ticket in tickets for event in ticket.events])
            start = 0
            for ticket in tickets:
                ticket.outcomes = outcomes[start : start + len(ticket.events)]
                start += len(ticket.events)
        except BaseException as error:
            for ticket in tickets:
                ticket.error = error
            if not isinstance(error, Exception):
                raise
        finally:
            for ticket in tickets:
                ticket.done.set()
                ticket.wake.set()


_gate = _Gate(CONFIG.batch_events)


def submit(events: Sequence[Incoming]) -> list[Outcome]:
    """Take `events`, in company of others that arrive now; returns when they are on disk.

    The outcomes stand in the order of the events. Raises NotPublished and Unavailable, with nothing taken.
    """
    if not events:
        return []
    outcomes: list[Outcome] = []
    for start in range(0, len(events), CONFIG.batch_events):
        outcomes += _gate.submit(events[start : start + CONFIG.batch_events])
    return outcomes


def take(batch: Sequence[Incoming], wait: bool | None = None) -> list[Outcome]:
    """Take one batch by itself. One that fails as a whole is taken event by event, so that one bad event
    never stops the others: it is rejected and reported.

    A large batch does not `wait` for members whom another has in hand: their events are a second batch after it, so
    that two that share a few members go on beside each other.
    """
    waits = len(batch) < SHARES_FROM if wait is None else wait
    try:
        if len(batch) == 1:
            outcomes = leaving_out_what_fails(lambda failing: process(batch, waits, failing))
        else:
            outcomes = with_retries(lambda: process(batch, waits))
        later = [position for position, outcome in enumerate(outcomes) if outcome is None]
        if later:
            caught_up = take([batch[position] for position in later], wait=True)
            for position, outcome in zip(later, caught_up, strict=True):
                outcomes[position] = outcome
        return [outcome for outcome in outcomes if outcome is not None]
    except Problem:
        raise
    except Exception as error:
        if len(batch) == 1:
            log.exception("event_failed", source=batch[0].source, key=batch[0].key, type=batch[0].type)
            return [Outcome(batch[0].key, "rejected", error=failed(error))]
        log.warning("batch_failed", events=len(batch), error=repr(error))
        return [outcome for one in batch for outcome in take([one])]


def leaving_out_what_fails(work: Callable[[dict[str, str]], Result]) -> Result:
    """`work`, done again without the rules that break off: what a rule had done halfway is undone with the rest."""
    failing: dict[str, str] = {}
    while True:
        try:
            return with_retries(lambda: work(failing))
        except RuleFailed as failure:
            if failure.rule in failing:
                raise
            where = "".join(traceback.format_exception(failure.error))[-TRACEBACK_MOST:]
            log.error("rule_failed", rule=failure.rule, traceback=where)
            failing[failure.rule] = told(failure.error)


def settle(member_ids: Sequence[UUID], until: datetime) -> int:
    """Do what time alone has to do for these members through `until`; for how many of them it was done.

    A member for whom it can't be done holds up no other: that is logged, and tried again the next time.
    """
    try:
        if len(member_ids) == 1:
            leaving_out_what_fails(lambda failing: settle_members(member_ids, until, failing))
        else:
            with_retries(lambda: settle_members(member_ids, until))
    except Problem:
        raise
    except Exception as error:
        if len(member_ids) == 1:
            log.exception("member_not_settled", member=str(member_ids[0]))
            return 0
        log.warning("batch_failed", members=len(member_ids), error=repr(error))
        return sum(settle([member_id], until) for member_id in member_ids)
    return len(member_ids)


def with_retries(work: Callable[[], Result]) -> Result:
    """`work`, tried again where it lost against others. Raises Unavailable when that does not help."""
    for attempt in range(RETRIES):
        try:
            return work()
        except (OperationalError, InterfaceError) as error:
            log.warning("batch_retried", attempt=attempt + 1, error=str(error).strip())
            sleep(0.02 * 3**attempt)
    raise Unavailable(
        words(
            "数据库暂时无法访问，事件未入账，请稍后用同一 id 重发。",
            "資料庫暫時無法存取，事件未入帳，請稍後以同一 id 重送。",
            "The database can't be reached at the moment; nothing was taken. Send it again with the same id.",
        )
    )


def failed(error: Exception) -> Rejected:
    """The refusal of an event that could not be decided."""
    kind = "database" if isinstance(error, DatabaseError) else "rule"
    return Rejected(
        f"failed_{kind}",
        "",
        words(
            "处理此事件时出错，事件未入账；已记入日志，修复后请重发。",
            "處理此事件時發生錯誤，事件未入帳；已記入日誌，修復後請重送。",
            "This event could not be decided and was not taken; the log says why. Send it again once it is mended.",
        ),
    )
