"""From a text to the version in force: at once, at a moment, and, where the programme asks for it, only when a second
person agrees.

Every request is a row (`programme_publication`). A version is made in the transaction that settles its row, under the
lock of publishing: so each is published once, by whoever comes first, also after the worker was down.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from regulars.alerts.contracts import Alarm, Kind
from regulars.alerts.service import raise_alerts, settle
from regulars.kit import clock
from regulars.kit.ids import time_id
from regulars.kit.problems import NotFound, Problem
from regulars.language.problems import words
from regulars.language.text import LANGUAGES
from regulars.programme.contracts import Programme
from regulars.programme.held import StillHeld, find, refuse
from regulars.programme.loader import InvalidProgramme
from regulars.programme.models import Draft, Publication, Version
from regulars.programme.publications import Author, PublicationRow, State, to_row
from regulars.programme.service import (
    NotPublished,
    current,
    current_number,
    digest_of,
    forget_recent,
    issue,
    lock_publishing,
    read_text,
)
from regulars.staff.service import audit

AHEAD_MOST = timedelta(days=366)
TEXT_MOST, NOTE_MOST = 500, 300
DUE_AT_ONCE = 20

FAILED = Kind(
    "publication_failed",
    words("定时发布没有完成", "排程發布沒有完成", "A scheduled publication did not happen"),
    words(
        "它没有通过检查，原来的方案继续生效。原因见“成长体系”页的发布记录；改好后请重新发布。",
        "它沒有通過檢查，原來的方案繼續生效。原因見「成長體系」頁的發布紀錄；改好後請重新發布。",
        "It did not pass, so the programme before it stays in force. The programme page says why; publish it again when"
        " that is put right.",
    ),
)


class UnknownPublication(NotFound):
    """There is no such request."""

    code = "publication_unknown"

    def __init__(self) -> None:
        super().__init__(
            words("没有这条发布申请。", "沒有這筆發布申請。", "There is no such request to publish.")
        )


class Overtaken(Problem):
    """Another version came into force after this one was looked at."""

    status = 409
    code = "overtaken"
    title = words("有冲突", "有衝突", "Conflict")

    def __init__(self, seen: int, number: int, by: str) -> None:
        self.number = number
        super().__init__(
            words(
                f"您核对时是第 {seen} 版，其间 {by} 发布了第 {number} 版。请先看它改了什么，再决定是否发布。",
                f"您核對時是第 {seen} 版，其間 {by} 發布了第 {number} 版。請先看它改了什麼，再決定是否發布。",
                f"You compared with version {seen}, and meanwhile {by} has published version {number}: look at what it"
                " changed before you publish.",
            ),
            field="follows",
        )


class BadMoment(Problem):
    """Nothing can be published then."""

    status = 422
    code = "bad_moment"

    def __init__(self) -> None:
        super().__init__(
            words(
                "发布时间应在现在之后、一年以内。",
                "發布時間應在現在之後、一年以內。",
                "The moment must lie ahead, and within a year.",
            ),
            field="publish_at",
        )


class NoteTooLong(Problem):
    """A note is too long, or missing where one is needed."""

    status = 422
    code = "text_missing"

    def __init__(self, most: int) -> None:
        super().__init__(
            words(
                f"请写明原因，最多 {most} 个字符。",
                f"請寫明原因，最多 {most} 個字元。",
                f"Say why, in at most {most} characters.",
            ),
            field="note",
        )


class Settled(Problem):
    """It has been decided, published or called off before."""

    status = 409
    code = "not_waiting"
    title = words("有冲突", "有衝突", "Conflict")

    def __init__(self) -> None:
        super().__init__(
            words("这条申请已经处理过。", "這筆申請已經處理過。", "This request has been settled already.")
        )


class OwnPublication(Problem):
    """Nobody is their own second person."""

    status = 403
    code = "own_request"
    title = words("没有权限", "沒有權限", "Not allowed")

    def __init__(self) -> None:
        super().__init__(
            words(
                "这是您本人（或您创建的密钥）提出的，须由另一人审批；您可以撤回。",
                "這是您本人（或您建立的金鑰）提出的，須由另一人簽核；您可以撤回。",
                "You asked for this yourself, or a key that you made did: somebody else decides on it. You can"
                " withdraw it.",
            )
        )


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be published. `follows`: the version it was compared with (None: whatever is in force); `accepted`:
    places of what members hold and lose by it; `at`: the moment, None for now."""

    source: str
    note: str = ""
    at: datetime | None = None
    follows: int | None = None
    accepted: tuple[str, ...] = ()
    draft_id: UUID | None = None


def needs_second() -> bool:
    """Whether the programme in force asks for a second person."""
    try:
        return current().second_person
    except NotPublished:
        return False


def ask(author: Author, wish: Wish) -> PublicationRow:
    """Publish, or have it wait for its moment or for a second person; how it stands then.

    The text in force again is published already; what is asked for twice waits once. Raises, and writes nothing:
    InvalidProgramme, StillHeld, Overtaken, BadMoment, NoteTooLong.
    """
    after = read_text(wish.source)
    note, now = wish.note.strip(), clock.now()
    if len(note) > NOTE_MOST:
        raise NoteTooLong(NOTE_MOST)
    if wish.at is not None and not now < wish.at <= now + AHEAD_MOST:
        raise BadMoment
    with transaction.atomic():
        lock_publishing()
        number = current_number()
        second = author.asks_only or needs_second()
        twin = _twin(author, wish)
        if twin is not None:
            return to_row(twin)
        _look_first(wish, after, number)
        row = Publication(
            id=time_id(now),
            state=State.WAITING if second and number else State.SCHEDULED,
            source=wish.source,
            note=note,
            follows=number,
            draft_id=wish.draft_id,
            accepted=list(wish.accepted),
            publish_at=wish.at,
            asked_by=author.name,
            person=author.person,
            asked_at=now,
        )
        if row.state == State.SCHEDULED and wish.at is None:
            _publish(row, after)
            if row.version == number:
                return to_row(row)  # it is in force already: nothing is written
        row.save(force_insert=True)
        if row.state != State.PUBLISHED:
            _note(row, "asked", author.name)
    forget_recent()
    return to_row(row)


def _twin(author: Author, wish: Wish) -> Publication | None:
    """The same request, still open: a double click, or one that is sent again."""
    found = Publication.objects.filter(
        state__in=(State.WAITING, State.SCHEDULED), person=author.person, publish_at=wish.at
    )
    return next((each for each in found if each.source == wish.source), None)


def _look_first(wish: Wish, after: Programme, number: int) -> None:
    """Refuse what was compared with another version than the one in force, and what members hold."""
    if not number:
        return
    latest = Version.objects.get(number=number)
    if latest.digest == digest_of(wish.source):
        return
    if wish.follows not in (None, number):
        raise Overtaken(wish.follows or 0, number, latest.published_by)
    refuse(find(current(), after), wish.accepted)


def _publish(row: Publication, after: Programme) -> None:
    """The row's text comes into force."""
    row.version = issue(row.source, after, row.asked_by, row.note, row.accepted)
    row.state, row.settled_at = State.PUBLISHED, clock.now()
    if row.draft_id is not None:
        Draft.objects.filter(pk=row.draft_id, source=row.source).delete()
    settle([FAILED.code], [])


def approve(publication_id: UUID, author: Author, note: str = "") -> PublicationRow:
    """The second person agrees: it is published, or waits for its moment. Raises UnknownPublication, OwnPublication,
    Settled, InvalidProgramme and StillHeld; then it waits as before."""
    said = _said(note, False)
    with transaction.atomic():
        lock_publishing()
        row = _decidable(publication_id, author)
        row.decided_by, row.decided_at, row.decision = author.name, clock.now(), said
        if row.publish_at is not None and row.publish_at > clock.now():
            row.state = State.SCHEDULED
        else:
            _publish(row, read_text(row.source))
        row.save()
        _note(row, "approved", author.name)
    forget_recent()
    return to_row(row)


def reject(publication_id: UUID, author: Author, note: str) -> PublicationRow:
    """The second person does not agree, and says why. Raises as `approve`, and NoteTooLong."""
    said = _said(note, True)
    with transaction.atomic():
        row = _decidable(publication_id, author)
        row.decided_by, row.decided_at, row.decision = author.name, clock.now(), said
        row.state, row.settled_at = State.REJECTED, clock.now()
        row.save()
        _note(row, "rejected", author.name)
    return to_row(row)


def call_off(publication_id: UUID, author: Author) -> PublicationRow:
    """It is not to be published after all, before it was. Raises UnknownPublication, Settled."""
    with transaction.atomic():
        row = _locked(publication_id)
        if row.state not in (State.WAITING, State.SCHEDULED):
            raise Settled
        row.state, row.settled_at = State.WITHDRAWN, clock.now()
        if row.decided_at is None:
            row.decided_by, row.decided_at = author.name, row.settled_at
        row.save()
        _note(row, "called_off", author.name)
    return to_row(row)


def publish_due() -> int:
    """Publish what is scheduled for now or before, the earliest first; how many were settled.

    Each is checked again; what does not pass any more is not published, and an alert says so.
    """
    for settled in range(DUE_AT_ONCE):
        if not _publish_next():
            return settled
    return DUE_AT_ONCE


def _publish_next() -> bool:
    if not Publication.objects.filter(state=State.SCHEDULED, publish_at__lte=clock.now()).exists():
        return False
    with transaction.atomic():
        lock_publishing()
        row = (
            Publication.objects.select_for_update()
            .filter(state=State.SCHEDULED, publish_at__lte=clock.now())
            .order_by("publish_at", "id")
            .first()
        )
        if row is None:
            return False
        try:
            with transaction.atomic():
                _publish(row, read_text(row.source))
        except (InvalidProgramme, StillHeld) as error:
            _fail(row, error)
        row.save()
    forget_recent()
    return True


def _fail(row: Publication, error: InvalidProgramme | StillHeld) -> None:
    row.state, row.settled_at, row.version = State.FAILED, clock.now(), None
    if isinstance(error, StillHeld):
        row.faults = [dict(each.text) for each in error.findings]
    else:
        row.faults = [{code: each.say(code) for code in LANGUAGES} for each in error.faults]
    raise_alerts([Alarm(FAILED, str(row.id))])
    _note(row, "failed", row.asked_by)


def _decidable(publication_id: UUID, author: Author) -> Publication:
    row = _locked(publication_id)
    if row.state != State.WAITING:
        raise Settled
    if author.person in (row.asked_by, row.person):
        raise OwnPublication
    return row


def _locked(publication_id: UUID) -> Publication:
    row = Publication.objects.select_for_update().filter(pk=publication_id).first()
    if row is None:
        raise UnknownPublication
    return row


def _said(note: str, needed: bool) -> str:
    text = note.strip()
    if len(text) > TEXT_MOST or (needed and not text):
        raise NoteTooLong(TEXT_MOST)
    return text


def _note(row: Publication, deed: str, actor: str) -> None:
    audit(
        actor,
        f"publication.{deed}",
        str(row.version or ""),
        publication=str(row.id),
        asked_by=row.asked_by,
        at=row.publish_at.isoformat() if row.publish_at else None,
        note=row.decision or row.note,
    )
