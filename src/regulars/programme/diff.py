"""What changed between two programmes, as sentences that a marketing head reads. Pure.

Parts that the programme can say in words are compared by what they say; whatever differs beyond that is told by its
place in the file, so that no change goes unsaid, also in parts that have no words here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from regulars.campaigns.contracts import Rule
from regulars.language.sentence import grouped
from regulars.language.text import LANGUAGES, Text, say
from regulars.programme import diff_words as said
from regulars.programme import ladder_words
from regulars.programme.contracts import Programme
from regulars.programme.diff_things import Thing, name_of, things
from regulars.tiers.contracts import Ladder

SHOWN_MOST = 40
"""A sentence shows no value that is longer: it only says that it changed."""


class Kind(StrEnum):
    """What happened to a part."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One sentence. `subject`: whose it is, by its id in the file."""

    kind: Kind
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """All that changed in one part of the programme."""

    part: str
    title: str
    changes: tuple[Change, ...]


def compare(before: Programme, after: Programme, language: str) -> tuple[Section, ...]:
    """What `after` has otherwise than `before`, part by part in the order of the file; empty: nothing that matters."""
    found = []
    for part in PARTS:
        mine, yours = things(part, before, language), things(part, after, language)
        changes = tuple(_compare(mine, yours, language))
        if part in _FRAMES:
            changes = tuple(_compare_frames(part, before, after, language)) + changes
        if changes:
            found.append(Section(part, say(said.PARTS.get(part, said.part(part)), language), changes))
    frame = tuple(_frame(before, after, language))
    if frame:
        found.insert(0, Section("frame", say(said.PARTS["frame"], language), frame))
    return tuple(found)


def count(sections: Iterable[Section]) -> int:
    """How many sentences that are."""
    return sum(len(section.changes) for section in sections)


_OWN = frozenset({
    "number", "id", "name", "zone", "currency", "minor_digits", "language", "quiet_after_days", "rules_on", "about",
    "second_person", "tag_rivals",
})  # fmt: skip
"""What is no part: the frame, and what follows from other parts."""

_ORDER = (
    "assets", "wallets", "conversions", "ladders", "matrices", "plans", "benefits", "campaigns", "experiments",
    "control_group", "rules", "tag_groups", "templates", "attributes", "event_types",
)  # fmt: skip


def _parts() -> tuple[str, ...]:
    """Every part of a programme, the ones known here first and in this order."""
    there = [each.name for each in fields(Programme) if each.name not in _OWN]
    return tuple(part for part in _ORDER if part in there) + tuple(
        part for part in there if part not in _ORDER
    )


PARTS = _parts()


# Comparing


def _compare(mine: Mapping[str, Thing], yours: Mapping[str, Thing], language: str) -> Iterator[Change]:
    for one_id, thing in mine.items():
        if one_id not in yours:
            yield Change(Kind.REMOVED, one_id, _put(said.REMOVED, language, name=_title(thing, language)))
    for one_id, thing in yours.items():
        if one_id not in mine:
            yield Change(Kind.ADDED, one_id, _added(thing, language))
        elif thing.value != mine[one_id].value:
            yield from _changes(mine[one_id], thing, language)
    shared = [one_id for one_id in mine if one_id in yours]
    if shared != [one_id for one_id in yours if one_id in mine] and _ordered(mine.values()):
        yield Change(Kind.CHANGED, "", say(said.ORDER, language))


def _ordered(things: Iterable[Thing]) -> bool:
    """Whether their order decides anything: only rules' does."""
    return any(hasattr(thing.value, "priority") for thing in things)


def _title(thing: Thing, language: str) -> str:
    return _put(said.QUOTED, language, name=thing.name)


def _added(thing: Thing, language: str) -> str:
    tells = " ".join(line for _, line in thing.lines if line)
    head = _put(said.ADDED, language, name=_title(thing, language))
    return _put(said.TELLING, language, head=head, said=tells) if tells else head


def _changes(before: Thing, after: Thing, language: str) -> Iterator[Change]:
    name = _title(after, language)
    found: list[str] = []
    if before.name != after.name:
        found.append(_put(said.RENAMED, language, before=_title(before, language), after=name))
    old, new = _narrowed(before, after, language)
    for aspect, line in new.items():
        if old.get(aspect, "") != line:
            found.append(_turned(name, old.get(aspect, ""), line, language))
    found += [_turned(name, line, "", language) for aspect, line in old.items() if line and aspect not in new]
    yield from (Change(Kind.CHANGED, after.id, text) for text in found)
    told = after.told | {"name"} if before.name != after.name else after.told - {"name"}
    said_anew = {aspect for aspect in {*old, *new} if old.get(aspect) != new.get(aspect)}
    told |= {field for field, aspects in after.said_by.items() if said_anew.intersection(aspects)}
    for place, was, now in _differences(before.value, after.value):
        top = place.split(".")[0].split("[")[0]
        if top in told or top == "rank":
            continue
        yield Change(Kind.CHANGED, after.id, _field(name, place, was, now, language))


def _narrowed(before: Thing, after: Thing, language: str) -> tuple[dict[str, str], dict[str, str]]:
    """What both say; of a rule that does the same under another condition, the condition alone."""
    old, new = dict(before.lines), dict(after.lines)
    mine, yours = before.value, after.value
    if isinstance(mine, Rule) and isinstance(yours, Rule) and (mine.on, mine.then) == (yours.on, yours.then):
        for lines, thing in ((old, before), (new, after)):
            lines["what"] = _put(said.CONDITION, language, when=thing.when or say(said.ALWAYS, language))
    return old, new


def _turned(name: str, before: str, after: str, language: str) -> str:
    """One sentence of a thing that came, went or turned into another one."""
    before, after = _bare(before), _bare(after)
    if not before:
        return _put(said.NOW_ALSO, language, name=name, after=after)
    if not after:
        return _put(said.NO_MORE, language, name=name, before=before)
    return _put(said.TURNED, language, name=name, before=before, after=after)


def _bare(sentence: str) -> str:
    """A sentence as it stands in quotes."""
    return sentence.rstrip("。.")


def _field(name: str, place: str, before: Any, after: Any, language: str) -> str:
    label = say(said.FIELDS.get(place.rpartition(".")[2], said.part(place)), language)
    was, now = shown(before, language), shown(after, language)
    if was == now or len(was) > SHOWN_MOST or len(now) > SHOWN_MOST:
        return _put(said.OTHERWISE, language, name=name, field=label)
    return _put(said.FIELD, language, name=name, field=label, before=was, after=now)


def _differences(before: Any, after: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """(path, before, after) of everything that differs, as deep as both have the same shape."""
    if before == after:
        return
    if is_dataclass(before) and type(before) is type(after):
        for each in fields(before):
            inner = f"{place}.{each.name}" if place else each.name
            yield from _differences(getattr(before, each.name), getattr(after, each.name), inner)
    elif _is_text(before) and _is_text(after):
        yield place, before, after
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            inner = f"{place}.{name}" if place else str(name)
            yield from _differences(before.get(name), after.get(name), inner)
    elif isinstance(before, tuple) and isinstance(after, tuple) and len(before) == len(after):
        for index, (was, now) in enumerate(zip(before, after, strict=True)):
            yield from _differences(was, now, f"{place}[{index + 1}]")
    else:
        yield place, before, after


def _is_text(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value) and set(value) <= set(LANGUAGES)


def shown(value: Any, language: str) -> str:
    """A value as people write it."""
    if value is None or value == "" or (isinstance(value, tuple | list | Mapping) and not value):
        return say(said.NOTHING, language)
    if isinstance(value, bool):
        return say(said.YES if value else said.NO, language)
    if isinstance(value, int | Decimal):
        return grouped(value)
    if isinstance(value, Enum):
        return str(value.value)
    if _is_text(value):
        return say(value, language)
    if isinstance(value, date | datetime | timedelta | ZoneInfo):
        return str(value)
    if isinstance(value, tuple | list | frozenset | set):
        return say(said.LIST, language).join(shown(each, language) for each in value)
    if hasattr(value, "to_raw"):
        return str(value.to_raw())
    return name_of(value, str(value), language)


def _put(frame: Text, language: str, **values: str) -> str:
    return say(frame, language).format(**values)


# Levels, and the frame


def _levels(before: Programme, after: Programme, language: str) -> Iterator[Change]:
    """What changes on the levels of ladders that both have."""
    for ladder in after.ladders.values():
        old = before.ladders.get(ladder.id)
        if old is not None:
            mine, yours = _rungs(old, before, language), _rungs(ladder, after, language)
            for each in _compare(mine, yours, language):
                yield _threshold(each, (old, before), (ladder, after), language)


def _threshold(
    change: Change, old: tuple[Ladder, Programme], new: tuple[Ladder, Programme], language: str
) -> Change:
    """A level's other threshold, as people say it."""
    (before, _), (after, _) = old, new
    was = next((level for level in before.levels if level.id == change.subject), None)
    now = next((level for level in after.levels if level.id == change.subject), None)
    if was is None or now is None or was.at == now.at or not (was.at and now.at) or "→" not in change.text:
        return change
    moved = replace(was, at=now.at, rank=now.rank, keep_at=now.at if was.keep_at == was.at else was.keep_at)
    if (
        before.measure.kind is not after.measure.kind
        or replace(moved, name=now.name, colour=now.colour) != now
    ):
        return change
    values = {
        "name": say(now.name, language),
        "before": ladder_words.figure(before, was.at, old[1], language),
        "after": ladder_words.figure(after, now.at, new[1], language),
    }
    return Change(Kind.CHANGED, change.subject, _put(said.THRESHOLD, language, **values))


_LEVEL_TOLD = frozenset({"name", "at", "rank", "keep_at", "when", "period"})


def _rungs(ladder: Ladder, programme: Programme, language: str) -> dict[str, Thing]:
    rungs = {}
    for level in ladder.levels:
        line = ladder_words.level_in_words(level, ladder, programme, language)
        name = say(level.name, language)
        rungs[level.id] = Thing(level.id, name, level, [("at", line)], _LEVEL_TOLD)
    return rungs


_FRAMES: dict[str, Callable[[Programme, Programme, str], Iterator[Change]]] = {"ladders": _levels}


def _compare_frames(part: str, before: Programme, after: Programme, language: str) -> Iterator[Change]:
    return _FRAMES[part](before, after, language)


def _frame(before: Programme, after: Programme, language: str) -> Iterator[Change]:
    """Name, time zone and whatever else holds for the whole."""
    for name in ("id", "name", "about", "zone", "currency", "language", "quiet_after_days", "second_person"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            label = say(said.FIELDS[name], language)
            values = {"before": shown(was, language), "after": shown(now, language)}
            if values["before"] == values["after"] or max(map(len, values.values())) > SHOWN_MOST:
                yield Change(Kind.CHANGED, name, _put(said.WHOLE_OTHERWISE, language, field=label))
            else:
                yield Change(Kind.CHANGED, name, _put(said.WHOLE, language, field=label, **values))
