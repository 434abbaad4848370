"""Publishing a programme, and the versions that are published."""

import hashlib
from time import monotonic

from django.db import connection, transaction

from regulars.kit import clock
from regulars.kit.once import once
from regulars.kit.problems import NotFound, Problem
from regulars.kit.rows import Question
from regulars.language.problems import words
from regulars.programme.contracts import Programme
from regulars.programme.loader import load
from regulars.programme.models import Version
from regulars.staff.service import audit


class NotPublished(Problem):
    """No programme has been published yet: events can't be decided."""

    status = 409
    code = "not_published"
    title = words("方案未发布", "方案未發布", "No programme")

    def __init__(self) -> None:
        super().__init__(
            words(
                "还没有发布会员方案，请先运行：regulars programme publish 文件",
                "尚未發布會員方案，請先執行：regulars programme publish 檔案",
                "No programme is published yet; run: regulars programme publish FILE",
            )
        )


class UnknownVersion(NotFound):
    """There is no version of that number."""

    code = "unknown_version"

    def __init__(self, number: int) -> None:
        super().__init__(
            words(
                f"方案没有第 {number} 版。",
                f"方案沒有第 {number} 版。",
                f"There is no version {number} of the programme.",
            )
        )


@once(most=64)
def version(number: int) -> Programme:
    """Version `number`, as it was published. A version never changes, so it is read once per process."""
    try:
        source = Version.objects.values_list("source", flat=True).get(number=number)
    except Version.DoesNotExist:
        raise UnknownVersion(number) from None
    return load(source, number)


RECENT_SECONDS = 1.0

IN_FORCE = "SELECT coalesce(max(number), 0) FROM programme_version"


def in_force() -> Question[int]:
    """The number of the version in force; 0 while there is none."""
    return Question(IN_FORCE, (), lambda rows: int(rows[0][0]))


def current_number() -> int:
    """The number of the version in force; 0 while there is none."""
    with connection.cursor() as cursor:
        cursor.execute(IN_FORCE)
        row = cursor.fetchone()
    return int(row[0])


def current() -> Programme:
    """The version in force. Raises NotPublished."""
    number = current_number()
    if not number:
        raise NotPublished
    return version(number)


_recent: list[tuple[float, Programme]] = []


def recent() -> Programme:
    """The version in force, as of at most a second ago: for checking what comes in. Deciding looks for itself."""
    now = monotonic()
    kept = next(iter(_recent), None)
    if kept is None or now - kept[0] > RECENT_SECONDS or not version.knows(kept[1].number):
        kept = (now, current())
        _recent[:] = [kept]
    return kept[1]


PUBLISHING = 0x7265_6775_6C61_7273
"""The lock that whoever publishes holds: one after the other, each seeing the version of the one before."""


def publish(source: str, published_by: str, note: str = "") -> Programme:
    """Make `source` the version in force. The text of the version in force again: that version, nothing new.

    Raises InvalidProgramme, and writes nothing, when the text is no programme.
    """
    load(source)
    digest = hashlib.sha256(source.encode()).hexdigest()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHING])
        latest = Version.objects.order_by("-number").values_list("number", "digest").first()
        number = latest[0] if latest else 0
        if latest is None or latest[1] != digest:
            number += 1
            Version.objects.create(
                number=number,
                source=source,
                digest=digest,
                note=note,
                published_at=clock.now(),
                published_by=published_by,
            )
            audit(published_by, "programme.published", str(number), note=note)
    _recent.clear()
    return version(number)
