"""Whose rows these are: members by the identities and ids that the rows name, and rows that came before."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from regulars.events.service import known
from regulars.imports.contracts import SOURCE
from regulars.imports.faults import Fault
from regulars.imports.lines import Line
from regulars.kit import rows
from regulars.language.events import Identity
from regulars.language.problems import words
from regulars.members.queries import existing
from regulars.members.service import find


def key_of(name: str, number: int) -> str:
    """The key of a row's event: the same for the same row of the same file, read and meant alike."""
    return f"{name}:{number}"


def owners(lines: Sequence[Line]) -> dict[int, tuple[dict[Identity, UUID], UUID | None]]:
    """Row → the members that its identities name, and the one that its id names."""
    asked = {line.member_id for line in lines if line.member_id is not None}
    with transaction.atomic(), rows.cursor() as cursor:
        named, there = rows.ask(
            cursor, [find(one for line in lines for one in line.identities), existing(asked)]
        )
    return {
        line.number: (
            {one: named[one] for one in line.identities if one in named},
            there.get(line.member_id) if line.member_id is not None else None,
        )
        for line in lines
    }


def taken(name: str, numbers: Sequence[int]) -> dict[int, UUID]:
    """Rows whose events are in the log already → their members."""
    keys = {key_of(name, number): number for number in numbers}
    with transaction.atomic(), rows.cursor() as cursor:
        found = rows.ask_one(cursor, known([(SOURCE, key) for key in keys]))
    return {keys[key]: one.member_id for (_source, key), one in found.items()}


def whose(line: Line, named: dict[Identity, UUID], by_id: UUID | None) -> UUID | Fault | None:
    """The one member whom a row means; None: somebody new."""
    if line.member_id is not None and by_id is None:
        return UNKNOWN_ID
    found = {*named.values(), *([by_id] if by_id is not None else [])}
    if len(found) > 1:
        return doubtful(named)
    return next(iter(found), None)


def doubtful(named: dict[Identity, UUID]) -> Fault:
    """The row names two members."""
    shown = [f"{kind} {value}" for kind, value in named]
    return Fault(
        "doubtful",
        "",
        words(
            f"这一行的标识属于不同的会员（{'、'.join(shown)}）：请核对，或先在后台合并这些会员",
            f"這一列的識別屬於不同的會員（{'、'.join(shown)}）：請核對，或先在後台合併這些會員",
            f"its identities belong to different members ({', '.join(shown)}): see which is right,"
            " or merge these members first",
        ),
    )


def repeated(number: int) -> Fault:
    """The row means the same person as one before."""
    return Fault(
        "repeated",
        "",
        words(
            f"与第 {number:,} 行是同一个人，以第 {number:,} 行为准",
            f"與第 {number:,} 列是同一個人，以第 {number:,} 列為準",
            f"the same person as row {number:,}, which counts",
        ),
    )


UNKNOWN_ID = Fault(
    "unknown_member",
    "",
    words("没有 ID 为此的会员", "沒有 ID 為此的會員", "no member has this id"),
)
STRANGER_FAULT = Fault(
    "stranger",
    "",
    words(
        "还不是会员（已选择只处理现有会员）",
        "還不是會員（已選擇只處理現有會員）",
        "not a member yet, and only members are wanted",
    ),
)
