"""What workers do for imports: check a file, import its rows by portions, forget what is old.

Whoever has the claim works; it is renewed with every portion. What a dead worker had claimed is taken up again: a check
from its beginning, for it changes nothing; an import behind the last portion that was noted, and what of the next was
done already is found in the log. A note is written only where nobody else wrote one meanwhile.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from uuid import UUID

import structlog
from django.db import transaction

from regulars.engine.doors import region_of
from regulars.imports import delimited, queries, service
from regulars.imports.checking import Check
from regulars.imports.contracts import (
    CHECKED,
    CHECKING,
    CHOOSING,
    DONE,
    FAILED,
    IMPORTING,
    OPEN,
    REFUSED,
    Asked,
)
from regulars.imports.faults import Fault, broke_off
from regulars.imports.lines import Line, Reader, reader
from regulars.imports.models import Content, Import, Row
from regulars.imports.writing import write
from regulars.kit import clock, rows
from regulars.kit.problems import Problem
from regulars.kit.sqlread import row
from regulars.language.text import Text
from regulars.programme.service import current

PORTION = 500
LEASE = timedelta(seconds=90)
RUN_SECONDS = 5.0
ATTEMPTS_MOST = 3
REASON_MOST = 300
KEPT = timedelta(days=30)

CLAIM = """
UPDATE imports_import
   SET claimed_until = %s, attempts = attempts + 1, began_at = coalesce(began_at, %s)
 WHERE id = (SELECT id FROM imports_import
              WHERE state IN ('checking', 'importing') AND (claimed_until IS NULL OR claimed_until < %s)
                AND (%s::uuid IS NULL OR id = %s::uuid)
              ORDER BY made_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, attempts
"""
REFUSE = """
UPDATE imports_row AS line SET faults = row.faults::jsonb
  FROM {rows} AS row(one_id, number, faults) WHERE line.one_id = row.one_id AND line.number = row.number
"""

_log = structlog.get_logger(__name__)


class LeftOff(Exception):
    """Nobody waits for it any more, or another worker has it."""


def import_due(only: UUID | None = None) -> int:
    """Check a file or import some of its rows, the oldest that waits first; 0: there is nothing to do. `only`: that
    one."""
    now = clock.now()
    found = row(CLAIM, [now + LEASE, now, now, only, only])
    if found is None:
        return 0
    import_id, attempts = found
    asked = queries.get(import_id)
    if attempts > ATTEMPTS_MOST:
        _fail(import_id, broke_off(ATTEMPTS_MOST, ""))
        return 1
    try:
        if asked.state == CHECKING:
            _check(asked, attempts)
        else:
            _import(asked)
    except LeftOff:
        pass
    except Problem as problem:
        _fail(import_id, problem.detail)
    except Exception as error:
        _log.exception("import_broke_off", one=str(import_id), attempts=attempts)
        Import.objects.filter(id=import_id, state__in=OPEN).update(claimed_until=None)
        if attempts >= ATTEMPTS_MOST:
            _fail(import_id, broke_off(ATTEMPTS_MOST, f"{type(error).__name__}: {error}"[:REASON_MOST]))
    return 1


def clear_old() -> int:
    """Forget the files and rows of imports that nobody has touched for `KEPT`; how many that were."""
    old = clock.now() - KEPT
    found = list(
        Import.objects.filter(cleared=False, made_at__lt=old)
        .exclude(state__in=OPEN)
        .exclude(ended_at__gte=old)
        .values_list("id", flat=True)[:1000]
    )
    if found:
        service.forget(found)
    return len(found)


def _check(asked: Asked, attempts: int) -> None:
    check = Check(_reader(asked), asked.name, asked.target.only_known)
    Row.objects.filter(one_id=asked.id).delete()
    looked, mine = 0, {"state": CHECKING, "attempts": attempts}
    for some in _portions(delimited.rows(service.text_of(asked.id), asked.form)):
        faults = check.look(some)
        looked += len(some)
        with transaction.atomic():
            _note(
                asked.id,
                mine,
                looked=looked,
                wanted=check.wanted,
                checked=dict(check.counts),
                claimed_until=clock.now() + LEASE,
            )
            Row.objects.bulk_create(
                Row(
                    one_id=asked.id,
                    number=one.number,
                    cells=list(one.cells),
                    faults=None if wrong is None else [each.as_json() for each in wrong],
                )
                for one, wrong in zip(some, faults, strict=True)
            )
    _note(asked.id, mine, state=CHECKED, claimed_until=None)


def _import(asked: Asked) -> None:
    """Some portions, until it is done or has taken long enough for once."""
    reading, earlier = _reader(asked), queries.before(asked.id, asked.name)
    until = time.monotonic() + RUN_SECONDS
    done, handled, counts = asked.done, asked.handled, Counter(asked.counts)
    while time.monotonic() < until:
        there = Row.objects.filter(one_id=asked.id, number__gt=done, faults__isnull=True)
        some = [(one.number, tuple(one.cells)) for one in there.order_by("number")[:PORTION]]
        if not some:
            _finish(asked.id, done)
            return
        lines, spoiled = _lines(reading, some)
        written = write(lines, asked.name, asked.target, earlier)
        spoiled |= {number: [fault] for number, fault in written.refused.items()}
        counts += written.counts
        if len(spoiled) > len(written.refused):
            counts[REFUSED] += len(spoiled) - len(written.refused)
        last, handled = some[-1][0], handled + len(some)
        with transaction.atomic():
            _note(
                asked.id,
                {"state": IMPORTING, "done": done},
                done=last,
                handled=handled,
                counts=dict(counts),
                attempts=0,
                claimed_until=clock.now() + LEASE,
            )
            _refuse(asked.id, spoiled)
        done = last
    Import.objects.filter(id=asked.id, state=IMPORTING, done=done).update(claimed_until=None)


def _finish(import_id: UUID, done: int) -> None:
    """It is done: of the file nothing stays but the rows that were left out."""
    with transaction.atomic():
        ended = {"state": DONE, "ended_at": clock.now(), "claimed_until": None}
        _note(import_id, {"state": IMPORTING, "done": done}, **ended)
        Content.objects.filter(one_id=import_id).delete()
        Row.objects.filter(one_id=import_id, faults__isnull=True).delete()


def _lines(
    reading: Reader, some: Sequence[tuple[int, tuple[str, ...]]]
) -> tuple[list[Line], dict[int, list[Fault]]]:
    """What the rows say; those that say it no longer (the programme has changed since the check) with their faults."""
    lines, spoiled = [], {}
    for number, cells in some:
        found = reading.read(delimited.Row(number, cells))
        if isinstance(found, Line):
            lines.append(found)
        else:
            spoiled[number] = found
    return lines, spoiled


def _refuse(import_id: UUID, spoiled: dict[int, list[Fault]]) -> None:
    with rows.cursor() as cursor:
        told = [
            (import_id, number, json.dumps([each.as_json() for each in faults], ensure_ascii=False))
            for number, faults in spoiled.items()
        ]
        rows.unnest(cursor, REFUSE, ("uuid", "int", "text"), told)


def _reader(asked: Asked) -> Reader:
    """The rows are read as of the moment of the upload, so that they say the same whenever they are read."""
    programme = current()
    return reader(asked.headings, asked.mapping, programme, region_of(programme), asked.made_at)


def _portions(found: Iterator[delimited.Row]) -> Iterator[list[delimited.Row]]:
    while some := list(islice(found, PORTION)):
        yield some


def _note(import_id: UUID, fence: Mapping[str, object], **fields: object) -> None:
    """Write how far it is, if it stands as this worker left it (`fence`). Raises LeftOff."""
    if not Import.objects.filter(id=import_id, **fence).update(**fields):
        raise LeftOff


def _fail(import_id: UUID, error: Text) -> None:
    """It could not be done. A check, which changes nothing, can be asked for again at once."""
    waiting = {"error": dict(error), "claimed_until": None}
    if Import.objects.filter(id=import_id, state=CHECKING).update(state=CHOOSING, **waiting):
        return
    Import.objects.filter(id=import_id, state=IMPORTING).update(state=FAILED, ended_at=clock.now(), **waiting)
