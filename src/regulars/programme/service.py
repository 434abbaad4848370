"""Publishing a programme, and the versions that are published."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from time import monotonic

from django.db import connection, transaction

from regulars.kit import clock
from regulars.kit.once import once
from regulars.kit.problems import NotFound, Problem
from regulars.kit.rows import Question
from regulars.language.problems import words
from regulars.programme.contracts import Programme
from regulars.programme.held import audiences, find, refuse
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


def digest_of(source: str) -> str:
    """By which a text is known to be the same."""
    return hashlib.sha256(source.encode()).hexdigest()


def read_text(source: str) -> Programme:
    """The programme that a text states, not published yet. Raises InvalidProgramme.

    A text that was published before is not proofread again, so that one can always go back to it.
    """
    known = Version.objects.filter(digest=digest_of(source)).values_list("number", flat=True).first()
    return replace(load(source, known), number=0) if known else load(source)


def lock_publishing() -> None:
    """Until this transaction ends nobody else publishes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHING])


def publish(source: str, published_by: str, note: str = "", accepted: Iterable[str] = ()) -> Programme:
    """Make `source` the version in force. The text of the version in force again: that version, nothing new.

    Raises, and writes nothing: InvalidProgramme when the text is no programme, StillHeld when members hold what it
    has not, unless that is among what is `accepted`.
    """
    after = read_text(source)
    with transaction.atomic():
        lock_publishing()
        number = issue(source, after, published_by, note, accepted)
    forget_recent()
    return version(number)


def issue(source: str, after: Programme, by: str, note: str, accepted: Iterable[str] = ()) -> int:
    """The number under which the text is in force now, in the caller's transaction, which holds the lock.

    Raises StillHeld."""
    latest = Version.objects.order_by("-number").values_list("number", "digest").first()
    number, digest = latest or (0, "")
    if digest == digest_of(source):
        return int(number)
    refuse(find(version(number), after) if number else audiences(None, after), accepted)
    made = Version.objects.create(
        number=number + 1,
        source=source,
        digest=digest_of(source),
        note=note,
        published_at=clock.now(),
        published_by=by,
    )
    audit(by, "programme.published", str(made.number), note=note)
    return made.number


def forget_recent() -> None:
    """After a publication: look anew at what is in force."""
    _recent.clear()
