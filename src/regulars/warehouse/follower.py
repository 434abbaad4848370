"""Following the log: what was received since the last time goes into the warehouse, exactly once.

One turn adds a span of the log, takes the pictures that are due, or puts files together, and ends with one rename of
the manifest. A turn that is cut off anywhere before that has done nothing; the next one does the same again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import monotonic, time
from zoneinfo import ZoneInfo

import structlog

from regulars.events.queries import horizon
from regulars.kit import clock
from regulars.kit.sqlread import row
from regulars.language.calendar import local_day
from regulars.programme.service import current, current_number
from regulars.warehouse import files, manifest
from regulars.warehouse.facts import end_of_chunk, facts
from regulars.warehouse.manifest import BUILDING, LIVE, File, Manifest, Picture
from regulars.warehouse.pictures import PICTURES, STILL, due, marks, sql_of
from regulars.warehouse.place import SUSPECT, folder, mine
from regulars.warehouse.source import Source, reading, text

CHUNK_EVENTS = 100_000
"""Most events in one turn, about: what is held in memory."""

SWEEP_SECONDS = 300.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn did: events that went in, whether more are needed before the warehouse can be read, and why it was
    begun anew, empty if it was not."""

    events: int = 0
    building: bool = False
    anew: str = ""


Step = Callable[[str], None]
"""Is told before each step of a turn; tests stop it there."""


def turn(place: Path | None = None, step: Step = lambda _: None, most: int = CHUNK_EVENTS) -> Turn | None:
    """Do what is next for the warehouse in `place`; None: another process is at it, or there is nothing to follow."""
    where = place or folder()
    if not current_number():
        return None
    with mine(where) as allowed:
        return _Follower(where, current().zone, step, most).turn() if allowed else None


def begin_anew(place: Path | None = None) -> None:
    """Read the whole log again, beside what is there, which is replaced when all is in."""
    where = place or folder()
    with mine(where, wait=True):
        manifest.write(where / BUILDING, manifest.begun(current().zone.key))


@dataclass(slots=True)
class _Follower:
    where: Path
    zone: ZoneInfo
    step: Step
    most: int

    def turn(self) -> Turn:
        building = manifest.read(self.where / BUILDING)
        if building is not None and not self._fault(building):
            return self._build(building)
        (self.where / BUILDING).unlink(missing_ok=True)
        live = manifest.read(self.where / LIVE)
        fault = "missing" if live is None else self._fault(live)
        if live is not None and not fault:
            following, events, _ = self._advance(LIVE, live)
            self._sweep(self._tidy(LIVE, following))
            (self.where / SUSPECT).unlink(missing_ok=True)
            return Turn(events)
        if fault != "zone":
            (self.where / LIVE).unlink(missing_ok=True)
        _log.warning("warehouse_begun_anew", why=fault)
        return replace(self._build(manifest.begun(self.zone.key)), anew=fault)

    def _build(self, known: Manifest) -> Turn:
        """What is there already goes on being read until this holds the whole log."""
        following, events, whole = self._advance(BUILDING, known)
        self._tidy(BUILDING, following)
        if whole:
            self.step("built")
            (self.where / BUILDING).replace(self.where / LIVE)
            manifest.sync_folder(self.where)
            (self.where / SUSPECT).unlink(missing_ok=True)
        return Turn(events, building=not whole)

    def _fault(self, known: Manifest) -> str:
        """Why this manifest can't be gone on with; empty: it can."""
        if known.zone != self.zone.key:
            return "zone"
        broken = manifest.damaged(self.where, known, deep=(self.where / SUSPECT).exists())
        if broken:
            return broken
        if known.last is not None:
            member, event = known.last
            found = row("SELECT 1 FROM events_event WHERE member_id = %s AND id = %s", [member, event])
            return "" if found else "log"
        return ""

    def _advance(self, name: str, known: Manifest) -> tuple[Manifest, int, bool]:
        """The manifest after the next span of the log, how many events that is, and whether it was the last one."""
        until = horizon()
        added: list[File] = []
        gone: list[File] = []
        with reading() as source:
            following, events = self._facts(source, known, until, added)
            whole = following.until is not None and following.until >= until
            if whole:
                following = self._pictures(source, following, added, gone)
        if added or gone:
            following = following.with_files(added, gone)
        self.step("written")
        files.supersede(self.where, gone)
        self._save(name, following)
        return following, events, whole

    def _facts(
        self, source: Source, known: Manifest, until: datetime, added: list[File]
    ) -> tuple[Manifest, int]:
        """The manifest with the next span of the log, whose files come into `added`; and how many events that is."""
        if known.until is not None and known.until >= until:
            return replace(known, written_at=clock.now()), 0
        found = source.table(end_of_chunk(self.most, known.until))
        edge: datetime | None = found.column(0)[0].as_py() if found.num_rows else None
        end = until if edge is None or edge > until else edge
        rows = facts(source, known.until, end, self.zone)
        for table, part in rows.items():
            self.step(table)
            added += files.write_facts(self.where, table, part)
        last, events = known.last, rows["events"].num_rows
        if events:
            newest = source.table(
                "SELECT member_id::text, id::text FROM events_event"
                f" WHERE received_at < {text(end.isoformat())} ORDER BY received_at DESC LIMIT 1"
            )
            last = (newest.column(0)[0].as_py(), newest.column(1)[0].as_py())
        following = replace(known, until=end, written_at=clock.now(), last=last, events=known.events + events)
        return following, events

    def _pictures(self, source: Source, known: Manifest, added: list[File], gone: list[File]) -> Manifest:
        now, found = clock.now(), marks(source)
        after: list[Picture] = []
        for table in PICTURES:
            before, mark = known.picture(table), found[table]
            if before is None or due(before, mark, now):
                self.step(table)
                began = monotonic()
                added.append(files.write_picture(self.where, table, source.batches(sql_of(table, self.zone))))
                gone += known.of(table)
                after.append(Picture(table, now, monotonic() - began, mark, now))
            elif mark == before.mark:
                after.append(replace(before, true_at=max(before.true_at, now - STILL)))
            else:
                after.append(before)
        return replace(known, pictures=tuple(after))

    def _tidy(self, name: str, known: Manifest) -> Manifest:
        """Put files together where there are many."""
        month = local_day(clock.now(), self.zone).isoformat()[:7]
        while some := files.crowded(known) or files.quiet(known, month):
            self.step("together")
            one = files.together(self.where, some)
            files.supersede(self.where, some)
            self.step("tidied")
            known = known.with_files([one], some)
            self._save(name, known)
        return known

    def _sweep(self, known: Manifest) -> None:
        """Remove what nobody needs, now and then."""
        stamp = self.where / "swept"
        if not stamp.exists() or time() - stamp.stat().st_mtime > SWEEP_SECONDS:
            stamp.touch()
            other = manifest.read(self.where / BUILDING)
            files.sweep(self.where, [*known.files, *(other.files if other else ())])

    def _save(self, name: str, known: Manifest) -> None:
        self.step("manifest")
        manifest.write(self.where / name, known)
