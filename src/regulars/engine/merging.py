"""Two records of one person made one, and apart again. Commands, named by the caller's key as all others are.

All that the one who goes has becomes the other's: names, value, orders, messages, what counted for levels and limits,
and what either refused to hear stays refused. The history of both stays where it was lived; it says for ever what came
from whom, and by that everything finds its way back (decision 0026).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from regulars.audiences import merging as audiences
from regulars.benefits import merging as benefits
from regulars.campaigns import merging as uses
from regulars.campaigns import service as campaigns
from regulars.campaigns.logic import Budgets
from regulars.engine.apply import apply
from regulars.engine.batch import again, name_number, told_outcome
from regulars.engine.contracts import Incoming, Outcome, Rejected
from regulars.engine.decide import Decided, live, settle
from regulars.engine.doors import incoming
from regulars.engine.load import Loader, Orders
from regulars.engine.merged import (
    LOTS_PER_MOVE,
    MOVED_IN,
    MOVED_OUT,
    PARTED,
    RECKONED,
    lapses,
    open_lots,
)
from regulars.engine.operations import Request
from regulars.engine.plan import Plan
from regulars.engine.ready import ready_plan, ready_question, share_question
from regulars.engine.service import leaving_out_what_fails
from regulars.engine.stated import refusal
from regulars.events import merging as tallies
from regulars.events import service as events
from regulars.kit import clock, ids, lines, rows
from regulars.kit.rows import Cursor
from regulars.language.calendar import start_of
from regulars.language.events import RULES, Event
from regulars.language.snapshot import Snapshot
from regulars.ledger import merging as books
from regulars.members import merging as members
from regulars.members.merging import Merge
from regulars.messaging import merging as messages
from regulars.orders import merging as orders
from regulars.programme.service import NotPublished
from regulars.tiers import merging as levels


def merge(request: Request, gone: UUID) -> Outcome:
    """Make `gone` one with the member of the request, who stays. With `preview` all is done and nothing stays."""
    return _take(request, "member.merged", gone, _Work.merge)


def unmerge(request: Request, gone: UUID) -> Outcome:
    """Take `gone` out of the member of the request again: what came with them goes with them, as it now stands; what
    has happened since stays."""
    return _take(request, "member.unmerged", gone, _Work.unmerge)


def _take(request: Request, kind: str, gone: UUID, do: Any) -> Outcome:
    data = {"member": str(gone), "by": request.by, "reason": request.reason}
    said = {name: text for name, text in data.items() if text}
    one = incoming(request.source, request.key, kind, (), None, said, False, request.member_id, clock.now())
    try:
        outcome = leaving_out_what_fails(lambda failing: _run(one, gone, do, request.preview, failing))
    except Rejected as error:
        return Outcome(one.key, "rejected", error=error)
    return (
        replace(outcome, status="preview") if request.preview and outcome.status == "processed" else outcome
    )


def _run(one: Incoming, gone: UUID, do: Any, preview: bool, failing: Mapping[str, str]) -> Outcome:
    with lines.borrowed(), transaction.atomic(), rows.cursor() as cursor:
        _, ready, _, known = rows.ask(
            cursor,
            [
                share_question(),
                ready_question(),
                events.lock_names([name_number(one.source, one.key)]),
                events.known([(one.source, one.key)]),
            ],
        )
        if not ready.number:
            raise NotPublished
        if (one.source, one.key) in known:
            return again(one, known[one.source, one.key])
        outcome: Outcome = do(_Work(cursor, ready_plan(ready, failing), one, gone))
        if preview:
            transaction.set_rollback(True)
        return outcome


@dataclass(slots=True)
class _Work:
    """One merge, or its undoing, on its way. `kept` stays, `gone` goes. `told`: what has followed for `kept` so far;
    it is told with the command, now and whenever it is asked again."""

    cursor: Cursor
    ready: Plan
    one: Incoming
    gone: UUID
    at: datetime = field(default_factory=clock.now)
    steps: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)

    @property
    def kept(self) -> UUID:
        assert self.one.member_id is not None
        return self.one.member_id

    @property
    def event(self) -> Event:
        one = self.one
        return Event(
            ids.event_id(one.time, one.source, one.key),
            one.source,
            one.key,
            one.type,
            self.kept,
            one.time,
            one.data,
        )

    def merge(self) -> Outcome:
        pair = self._both()
        if any(one.runs or one.status == "scheduled" for one in pair[self.gone].plans.values()):
            raise refusal(
                "plan_running", "member",
                "名下有未到期的付费会员，请反过来合并，或等其到期", "名下有未到期的付費會員，請反過來合併，或等其到期",
                "has a paid plan that runs: merge the other way round, or wait until it has ended",
            )  # fmt: skip
        merge = members.begin(self.cursor, self.kept, self.gone, self.event.id, self.one.time)
        since = {name: day.isoformat() for name, day in tallies.first_days(self.cursor, self.gone).items()}
        idle = lapses(self.ready, pair[self.gone])
        lots = open_lots(pair[self.gone])
        self._out(pair[self.gone], lots)
        merge.memory["lots"] = books.join(self.cursor, self.gone, self.kept, self.ready.programme.zone)
        merge.memory["orders"] = orders.join(self.cursor, self.gone, self.kept)
        benefits.join(self.cursor, self.gone, self.kept)
        merge.memory["wishes"] = messages.join(self.cursor, self.gone, self.kept)
        merge.memory["standings"] = levels.leave(self.cursor, self.gone)
        tallies.add(self.cursor, self.gone, self.kept)
        uses.add(self.cursor, self.gone, self.kept)
        merge.memory["lists"] = audiences.join(self.cursor, self.gone, self.kept, self.event.id, self.at)
        members.join(self.cursor, merge, self.at)
        members.note(self.cursor, merge, self.one.data.get("by", ""), self.one.data.get("reason", ""))
        arriving = self._arriving(self.kept, lots, idle)
        reckoning = self._step(
            RECKONED, self.kept, {"since": since, "standings": merge.memory["standings"]}, key="levels"
        )
        outcome = self._live_on(self.kept, self.event, [*arriving, reckoning], since)
        self._tell(self.gone, "member.merged_away", {"into": str(self.kept)})
        books.note_latest(self.cursor, self.gone, self.kept)
        return outcome

    def unmerge(self) -> Outcome:
        merge = members.standing(self.cursor, self.kept, self.gone)
        if merge is None:
            raise refusal("not_merged", "member", "未合并到该会员，或已拆分", "未合併到該會員，或已拆分",
                          "is not merged into this member, or has been taken apart already")  # fmt: skip
        pair = self._both(parting=True)
        zone = self.ready.programme.zone
        self._keep_what_is_lent(merge)
        pair = self._load([self.kept])
        lots = open_lots(pair[self.kept], books.theirs(self.cursor, self.kept, merge.family))
        self._out(pair[self.kept], lots)
        cells = books.part(self.cursor, self.gone, self.kept, merge.family, merge.memory["lots"], zone)
        cells += orders.part(self.cursor, self.gone, self.kept, merge.family, merge.memory["orders"], zone)
        benefits.part(self.cursor, self.gone, self.kept, merge.family)
        messages.part(self.cursor, self.gone, self.kept, merge.family, merge.memory["wishes"])
        first = tallies.first_days(self.cursor, self.gone)
        tallies.subtract(self.cursor, self.gone, self.kept)
        tallies.shift(self.cursor, cells, self.kept, self.gone)
        uses.subtract(self.cursor, self.gone, self.kept)
        lists = merge.memory.get("lists", [])
        audiences.part(self.cursor, self.gone, self.kept, lists, self.event.id, self.at)
        levels.forget_steps(self.cursor, self.kept, _step_id(merge.id, merge.at, "levels"))
        levels.come_back(self.cursor, self.gone, merge.memory["standings"])
        members.part(self.cursor, merge, self.one.data.get("by", ""), self.at)
        since = {name: day.isoformat() for name, day in first.items()}
        outcome = self._live_on(
            self.kept, self.event, [self._step(RECKONED, self.kept, {"since": since}, key="levels")], since
        )
        self._come_back(lots, cells, since)
        return outcome

    def _come_back(
        self, lots: list[list[object]], cells: Iterable[tuple[str, date, int, int]], since: dict[str, str]
    ) -> None:
        """Whoever was merged lives on by themselves, and time does for them what it would have done."""
        changed: dict[str, str] = {}
        for name, day, _, _ in cells:
            changed[name] = min(changed.get(name, day.isoformat()), day.isoformat())
        arriving = self._arriving(self.gone, lots, {})
        reckoning = self._step(RECKONED, self.gone, {"since": changed}, key="restored")
        back = self._step("member.restored", self.gone, {"from": str(self.kept)})
        self._live_on(self.gone, back, [*arriving, reckoning], since)

    def _both(self, parting: bool = False) -> dict[UUID, Snapshot]:
        """Both as they are now, after all that time had to do. Raises Rejected where it can't be done."""
        if self.kept == self.gone:
            raise refusal("same_member", "member", "不能与自己合并", "不能與自己合併", "is the same member")
        pair = self._load([self.kept, self.gone])
        who = ((self.kept, "ref", "unknown_member"), (self.gone, "member", "record_unknown"))
        for member_id, name, code in who:
            if member_id not in pair:
                raise refusal(code, name, "没有这位会员", "沒有這位會員", "there is no such member")
            merged = parting and member_id == self.gone
            if pair[member_id].status != "active" and not merged:
                raise refusal("already_merged", name, "已合并到其他会员，请先拆分", "已合併到其他會員，請先拆分",
                              "has been merged into another member: take that apart first")  # fmt: skip
        budgets = campaigns.lock_budgets(self.cursor, [])
        settled = [
            one
            for member_id in sorted(pair)
            if pair[member_id].status == "active"
            for one in settle(self.ready, pair[member_id], self.one.time, self.at, budgets)
        ]
        self._write(settled, pair)
        return pair

    def _load(
        self, member_ids: list[UUID], happening: Iterable[Event] = (), back_to: date | None = None
    ) -> dict[UUID, Snapshot]:
        loader = Loader(self.cursor, self.ready, [*happening], Orders(), until=self.one.time)
        if back_to is not None:
            loader.moments.append(start_of(back_to, self.ready.programme.zone))
        loader.taking |= set(member_ids)
        return loader.load(member_ids)

    def _keep_what_is_lent(self, merge: Merge) -> None:
        lent = books.lent(self.cursor, self.kept, merge.family)
        parts = [[str(draw_id), str(lot_id)] for draw_id, lot_id in lent]
        for start in range(0, len(parts), LOTS_PER_MOVE // 4):
            some = self._step(PARTED, self.kept, {"parts": parts[start : start + LOTS_PER_MOVE // 4]})
            self._live(self._load([self.kept], [some]), [some])

    def _out(self, snapshot: Snapshot, lots: list[list[object]]) -> None:
        """What is open leaves this member's account."""
        leaving = [
            self._step(MOVED_OUT, snapshot.member_id, {"lots": lots[start : start + LOTS_PER_MOVE]})
            for start in range(0, len(lots), LOTS_PER_MOVE)
        ]
        if leaving:
            self._live({snapshot.member_id: snapshot}, leaving)

    def _arriving(self, member_id: UUID, lots: list[list[object]], idle: dict[str, str]) -> list[Event]:
        return [
            self._step(MOVED_IN, member_id, {"lots": lots[start : start + LOTS_PER_MOVE], "lapses": idle})
            for start in range(0, len(lots), LOTS_PER_MOVE)
        ]

    def _live_on(self, member_id: UUID, first: Event, others: list[Event], since: dict[str, str]) -> Outcome:
        """The member as the rows now are lives through what the merge means."""
        earliest = min(map(date.fromisoformat, since.values()), default=None)
        loaded = self._load([member_id], [first, *others], earliest)
        snapshot = loaded[member_id]
        snapshot.status = "active"
        decided = self._live(loaded, [*others, first])
        return told_outcome(decided[-1], self.ready.programme.number)

    def _live(self, loaded: dict[UUID, Snapshot], happening: list[Event]) -> list[Decided]:
        """The first decisions of these events, in their order; all that follows is written with them."""
        budgets = campaigns.lock_budgets(self.cursor, [])
        firsts, decided = [], []
        for event in happening:
            snapshot = loaded[event.member_id]
            decided += settle(self.ready, snapshot, event.time, self.at, budgets)
            lived = live(self.ready, snapshot, event, self.at, budgets)
            firsts.append(lived[0])
            decided += lived
            if event.member_id == self.kept:
                self.told += [
                    {**record, "event": each.event.type}
                    for each in lived
                    for record in each.records
                    if each.event.id != self.event.id
                ]
            if event.id == self.event.id:
                lived[0].follows = list(self.told)
        self._write(decided, loaded, budgets)
        return firsts

    def _write(
        self, decided: list[Decided], loaded: dict[UUID, Snapshot], budgets: Budgets | None = None
    ) -> None:
        drawn = budgets or campaigns.lock_budgets(self.cursor, [])
        with self.cursor.gather():
            apply(
                self.cursor,
                decided,
                loaded,
                {self.event.id: self.one},
                drawn,
                self.ready.programme.number,
                self.at,
            )

    def _tell(self, member_id: UUID, kind: str, data: dict[str, Any]) -> None:
        """Something that is only noted in this member's history."""
        event = self._step(kind, member_id, data)
        one = Decided(event)
        self._write([one], {})

    def _step(self, kind: str, member_id: UUID, data: dict[str, Any], key: str = "") -> Event:
        """An event that follows from the merge. `key` makes it findable later."""
        self.steps += 1
        name = f"{self.event.id}:{key or self.steps}"
        return Event(
            _step_id(self.event.id, self.one.time, key or str(self.steps)), RULES, name, kind, member_id,
            self.one.time, data, self.event.id, 1,
        )  # fmt: skip


def _step_id(event_id: UUID, at: datetime, key: str) -> UUID:
    return ids.event_id(at, RULES, f"{event_id}:{key}")
