"""A comparison over Spark, for histories that are more than one machine wants to live through.

The log is written once into Parquet, by portions of the members, and every Spark task lives through whole portions with
the very functions that `insight.portions` calls: the figures are the same. Executors need Regulars installed, and no
database.
"""

import json
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import django
import pyarrow as pa
import pyarrow.parquet as pq
from django.apps import apps
from pydantic_core import from_json, to_json

if not apps.ready:  # an executor comes here first
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
    django.setup()

from regulars.audiences.contracts import Definition, Kind
from regulars.audiences.queries import generation
from regulars.engine.history import History, Portion, history
from regulars.engine.simulate import Batch, Origin
from regulars.insight.comparing import Compared, compare, packed, unpacked, whole
from regulars.insight.portions import divided, looked_at
from regulars.language.events import Event
from regulars.programme.contracts import Programme
from regulars.programme.loader import load
from regulars.settings import CONFIG
from regulars.warehouse.backends import connect

ROWS = 20_000
"""So many events are written at a time."""

LOG = pa.schema(
    [
        ("portion", pa.int32()),
        ("place", pa.int64()),
        ("received_us", pa.int64()),
        ("member", pa.binary()),
        ("event", pa.binary()),
        ("source", pa.string()),
        ("key", pa.string()),
        ("type", pa.string()),
        ("time_us", pa.int64()),
        ("data", pa.string()),
        ("origins", pa.string()),
    ]
)
"""An event of the log; the first row of each portion is none, but brings what its members brought along, and the live
audiences."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Lived:
    """A portion as a Spark task has it at hand."""

    until: datetime
    left_out: int
    found: dict[UUID, Origin]
    live: Sequence[Definition]
    rows: Iterable[dict[str, Any]]

    def origins(self) -> dict[UUID, Origin]:
        return self.found

    def audiences(self) -> Sequence[Definition]:
        return self.live

    def batches(self) -> Iterator[tuple[datetime, Batch]]:
        for received_us, some in groupby(self.rows, key=itemgetter("received_us")):
            yield _moment(received_us), [_event(one) for one in some]


def write_log(
    folder: Path,
    parts: Iterable[Portion],
    until: datetime,
    lines: bool,
    scores: Collection[str] = (),
    revision: int | None = None,
) -> None:
    """The log as Parquet, one file a portion, in the order in which it became known."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, part in enumerate(parts):
        past = history(until, part.buckets, lines, scores, revision)
        with pq.ParquetWriter(folder / f"portion-{number:05}.parquet", LOG) as file:
            rows: list[dict[str, Any]] = [_first(number, past)]
            for place, (received_at, event) in enumerate(_each(past), 1):
                rows.append(_row(number, place, received_at, event))
                if len(rows) >= ROWS:
                    file.write_table(pa.Table.from_pylist(rows, LOG))
                    rows = []
            file.write_table(pa.Table.from_pylist(rows, LOG))


def over_spark(
    before: Programme, after: Programme, sources: tuple[str, str], first: datetime, until: datetime, url: str
) -> Compared:
    """The whole: the log written into the data folder, lived through, and cleared away. `url`: `pyspark://`, and what
    Spark is told after a question mark. On a cluster the data folder must be one that executors see. Raises
    `BackendDown`."""
    backend: Any = connect(url)
    spark = backend._session
    revision = generation()
    lines, scores = looked_at(before, after, revision)
    parts = divided(before, after, until, spark.sparkContext.defaultParallelism)
    try:
        with TemporaryDirectory(dir=CONFIG.data, prefix="simulation-") as folder:
            write_log(Path(folder), parts, until, lines, scores, revision)
            return live_on_spark(spark, Path(folder), sources, (before.number, after.number), first, until)
    finally:
        backend.disconnect()


def live_on_spark(
    spark: Any,
    folder: Path,
    sources: tuple[str, str],
    numbers: tuple[int, int],
    first: datetime,
    until: datetime,
) -> Compared:
    """What came of a log that `write_log` has written, under both programmes (their texts and version numbers)."""
    if spark.sparkContext.master.startswith("local"):
        spark.sparkContext.pythonExec = sys.executable
    portions = spark.read.parquet(str(folder))
    count = portions.select("portion").distinct().count()
    each = portions.repartition(count, "portion").sortWithinPartitions("portion", "place")
    answers = each.mapInArrow(_Task(sources, numbers, first, until), "portion int, result string").collect()
    before, after = _programmes(sources, numbers)
    results = {row["portion"]: json.loads(row["result"]) for row in answers}
    return whole([unpacked(results[number], before, after, first, until) for number in sorted(results)])


@dataclass(frozen=True, slots=True)
class _Task:
    """What a Spark task does with its rows: a portion in, one row with what came of it out."""

    sources: tuple[str, str]
    numbers: tuple[int, int]
    first: datetime
    until: datetime

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        before, after = _programmes(self.sources, self.numbers)
        rows = (row for batch in batches for row in batch.to_pylist())
        for number, some in groupby(rows, key=itemgetter("portion")):
            result = json.dumps(packed(compare(before, after, _lived(some, self.until), self.first)))
            yield pa.RecordBatch.from_pydict(
                {"portion": pa.array([number], pa.int32()), "result": pa.array([result], pa.string())}
            )


def _lived(rows: Iterator[dict[str, Any]], until: datetime) -> Lived:
    brought = json.loads(next(rows)["origins"])
    live = [Definition(**one | {"kind": Kind(one["kind"])}) for one in brought["audiences"]]
    return Lived(until, brought["left_out"], _origins(brought["members"]), live, rows)


def _programmes(sources: tuple[str, str], numbers: tuple[int, int]) -> tuple[Programme, Programme]:
    before = load(sources[0], numbers[0])
    return before, before if sources[0] == sources[1] else load(sources[1], numbers[1])


def _each(past: History) -> Iterator[tuple[datetime, Event]]:
    return ((received_at, event) for received_at, batch in past.batches() for event in batch)


def _first(number: int, past: History) -> dict[str, Any]:
    members = [
        [
            str(member),
            one.source,
            one.joined_at.isoformat() if one.joined_at else None,
            sorted(one.identities),
            one.scores,
        ]
        for member, one in past.origins().items()
    ]
    audiences = [asdict(one) for one in past.audiences()]
    brought = json.dumps({"left_out": past.left_out, "members": members, "audiences": audiences})
    return dict.fromkeys(LOG.names) | {"portion": number, "place": 0, "origins": brought}


def _row(number: int, place: int, received_at: datetime, event: Event) -> dict[str, Any]:
    return {
        "portion": number,
        "place": place,
        "received_us": _micros(received_at),
        "member": event.member_id.bytes,
        "event": event.id.bytes,
        "source": event.source,
        "key": event.key,
        "type": event.type,
        "time_us": _micros(event.time),
        "data": to_json(event.data).decode(),
        "origins": None,
    }


def _event(row: dict[str, Any]) -> Event:
    return Event(
        UUID(bytes=bytes(row["event"])),
        row["source"],
        row["key"],
        row["type"],
        UUID(bytes=bytes(row["member"])),
        _moment(row["time_us"]),
        from_json(row["data"]),
    )


def _origins(members: list[list[Any]]) -> dict[UUID, Origin]:
    return {
        UUID(member): Origin(
            source,
            datetime.fromisoformat(joined) if joined else None,
            frozenset(kinds),
            {name: (value, label) for name, (value, label) in scores.items()},
        )
        for member, source, joined, kinds, scores in members
    }


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _moment(micros: int) -> datetime:
    return _EPOCH + micros * _MICROSECOND
