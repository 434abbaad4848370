"""Taking a file, saying how it is to be read, having it checked, having it imported, calling it off."""

import zlib
from collections.abc import Sequence
from dataclasses import astuple
from hashlib import blake2b, sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from regulars.audiences import queries as audiences
from regulars.audiences.contracts import Kind, NotAList
from regulars.engine.tagging import TAG_MOST, BadTag
from regulars.imports import mapping, queries, workbook
from regulars.imports.contracts import (
    CANCELLED,
    CHECKED,
    CHECKING,
    CHOOSING,
    FAILED,
    IMPORTING,
    OPEN,
    BadFile,
    NothingLeft,
    NotNow,
    Target,
)
from regulars.imports.delimited import Table, look_over
from regulars.imports.models import Content, Import, Row
from regulars.imports.refusals import FILE_MOST
from regulars.kit import clock, ids
from regulars.programme.contracts import Programme
from regulars.staff.service import audit

TITLE_MOST = 200
CHOSEN = (CHOOSING, CHECKED)
"""States in which one may still say how the file is to be read."""


def take(title: str, data: bytes, programme: Programme, by: str, target: Target | None = None) -> UUID:
    """Keep a file, read and mapped as well as that can be found out. Nothing is done with it yet. Raises BadFile."""
    if len(data) > FILE_MOST:
        raise BadFile.large()
    text = workbook.as_text(data)
    table = look_over(text)
    one = Import(
        id=ids.time_id(clock.now()),
        title=title.replace("\0", "")[:TITLE_MOST] or "–",
        digest=sha256(data).hexdigest(),
        mapping=list(mapping.guess(table, programme)),
        by=by,
        made_at=clock.now(),
        **_read_as(table),
        **_meant(target or Target()),
    )
    with transaction.atomic():
        one.save(force_insert=True)
        Content.objects.create(one=one, packed=zlib.compress(text, 1))
    return one.id


def read_otherwise(
    import_id: UUID, encoding: str, separator: str, has_header: bool, programme: Programme
) -> None:
    """Read the file in another encoding, with another separator, or its first row as data. Its columns are mapped
    anew. Raises BadFile, NotNow, UnknownImport."""
    asked = queries.get(import_id)
    table = look_over(text_of(import_id), encoding, separator, has_header)
    changes = _read_as(table) | {"mapping": list(mapping.guess(table, programme))}
    _change(asked.id, CHOSEN, state=CHOOSING, **changes)


def ask_check(import_id: UUID, targets: Sequence[str], target: Target, programme: Programme) -> None:
    """Have it checked: what each row would do. Raises BadFile, BadTag, NotAList, UnknownAudience, NotNow,
    UnknownImport."""
    asked = queries.get(import_id)
    known = mapping.targets(programme)
    chosen = [each if each in known else mapping.LEFT_OUT for each in targets][: len(asked.headings)]
    chosen += [mapping.LEFT_OUT] * (len(asked.headings) - len(chosen))
    _check_target(target)
    mapping.check(chosen, programme, bool(target.audience or target.tag))
    _change(
        asked.id, CHOSEN, state=CHECKING, mapping=chosen, name=_name(asked.digest, astuple(asked.form), chosen, target),
        looked=0, wanted=0, checked={}, began_at=None, claimed_until=None, attempts=0, error={}, **_meant(target),
    )  # fmt: skip


def start(import_id: UUID, by: str) -> None:
    """Have the rows imported that were found good. Raises NothingLeft, NotNow, UnknownImport."""
    asked = queries.get(import_id)
    if asked.state == CHECKED and not asked.wanted:
        raise NothingLeft
    _check_target(asked.target)
    now = clock.now()
    with transaction.atomic():
        _change(
            asked.id,
            (CHECKED,),
            state=IMPORTING,
            started_at=now,
            began_at=None,
            claimed_until=None,
            attempts=0,
        )
        told = {"audience": asked.target.audience, "tag": asked.target.tag}
        audit(by, "members.imported", asked.title, rows=asked.wanted, digest=asked.digest,
              **{name: value for name, value in told.items() if value})  # fmt: skip


def go_on(import_id: UUID, by: str) -> None:
    """Go on where it ended before its end. Raises NotNow, UnknownImport."""
    asked = queries.get(import_id)
    if asked.started_at is None or asked.cleared:
        raise NotNow
    with transaction.atomic():
        _change(asked.id, (FAILED, CANCELLED), state=IMPORTING, ended_at=None, began_at=None, claimed_until=None,
                attempts=0, error={})  # fmt: skip
        audit(by, "members.import_resumed", asked.title)


def cancel(import_id: UUID, by: str) -> bool:
    """Nothing more of it is done; what was imported stays. Whether it was not over yet."""
    asked = queries.get(import_id)
    with transaction.atomic():
        there = Import.objects.filter(id=import_id, state__in=(*OPEN, *CHOSEN))
        changed = there.update(state=CANCELLED, ended_at=clock.now(), claimed_until=None)
        if changed:
            audit(by, "members.import_cancelled", asked.title, rows=asked.handled)
        if changed and asked.started_at is None:
            forget([import_id])
    return bool(changed)


def forget(import_ids: Sequence[UUID]) -> None:
    """What people's names stand in goes: the files and their rows. What was counted stays."""
    Content.objects.filter(one_id__in=import_ids).delete()
    Row.objects.filter(one_id__in=import_ids).delete()
    Import.objects.filter(id__in=import_ids).update(cleared=True, samples=[])


def text_of(import_id: UUID) -> bytes:
    """The file as text. Raises NotNow where it is gone."""
    found = Content.objects.filter(one_id=import_id).first()
    if found is None:
        raise NotNow
    return zlib.decompress(found.packed)


def _check_target(target: Target) -> None:
    if target.audience:
        found = audiences.get(target.audience)
        if found.kind is not Kind.LIST or found.archived:
            raise NotAList(target.audience)
    if len(target.tag) > TAG_MOST or (target.tag and not target.tag.isprintable()):
        raise BadTag


def _change(import_id: UUID, states: Sequence[str], **fields: Any) -> None:
    """Change it where it stands in one of `states`. Raises NotNow."""
    if not Import.objects.filter(id=import_id, state__in=states).update(**fields):
        raise NotNow


def _read_as(table: Table) -> dict[str, Any]:
    form = table.form
    return {
        "encoding": form.encoding, "separator": form.separator, "has_header": form.has_header,
        "headings": list(table.headings), "samples": [list(each) for each in table.samples], "rows": table.count,
    }  # fmt: skip


def _meant(target: Target) -> dict[str, Any]:
    return {"audience": target.audience, "tag": target.tag, "only_known": target.only_known}


def _name(digest: str, form: tuple[Any, ...], targets: Sequence[str], target: Target) -> str:
    """What names the events of this file, read and meant like this: the same again is the same."""
    said = "\0".join((digest, repr(form), *targets, *map(str, astuple(target))))
    return f"{digest[:12]}.{blake2b(said.encode(), digest_size=8).hexdigest()}"
